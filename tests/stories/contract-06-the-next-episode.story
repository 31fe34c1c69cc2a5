title   Acknowledged, recovered, and low again: a new alarm that nobody has acknowledged
proves  contract scenario 6; P6
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium unacked episode 1
1:20  ack spo2-low
1:20  expect spo2-low update acked
1:30  spo2 97
1:35  expect spo2-low end recovered
2:00  spo2 90
2:15  expect spo2-low start medium unacked sounds episode 2
2:20  ack spo2-low episode 1 is refused
3:00  end
