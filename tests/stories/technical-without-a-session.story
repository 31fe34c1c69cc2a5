title   Without a session the limits run on, and what is missing is at most low
proves  phases: none, as without a session
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high
1:20  spo2 97
1:25  expect spo2-low update latched
2:00  probe off
2:15  expect spo2-sensor start low
20:00 alarms spo2-low spo2-sensor           # no cuff reading is due, nothing rises
20:00 end
