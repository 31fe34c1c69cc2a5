title   In the middle of an infusion the values carry another patient's id
proves  table of classes: wrong-patient, high at once, ended by a person only, also over a restart
monitor ward sends hr spo2 every 1 s over HL7

0:00  patient 4711
0:00  hr 70, spo2 97
0:10  session-start
1:00  patient 4712
1:00  expect wrong-patient start high sounds
1:10  ack wrong-patient
1:10  expect wrong-patient update acked
2:00  restart after 5 s
2:05  expect wrong-patient update acked data stale
2:05  expect wrong-patient update acked data fresh
3:00  patient-confirm same
3:00  expect wrong-patient end recovered
3:30  phase baseline
4:00  end
