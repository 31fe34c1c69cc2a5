title   The probe comes off a desaturating patient: the alarm stays, and the probe is an alarm of its own
proves  state machine: active, data lost -> active and a technical condition, update; contract scenario 4; P7
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 90
1:15  expect spo2-low start medium
1:30  probe off
1:30  expect spo2-low update active data lost
1:45  expect spo2-sensor start low
2:45  expect spo2-sensor escalate medium
4:15  expect spo2-low update active data lost calls unit
5:45  expect spo2-sensor update calls unit
9:00  alarms spo2-low spo2-sensor
9:00  end
