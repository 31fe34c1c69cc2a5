title   No cuff reading: due every 5 minutes after the start of the infusion, overdue 2 minutes later
proves  table of classes: nibp-overdue, low, medium at twice the interval, ended by the next reading; P1
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start
0:20  baseline-set sbp 120, hr 70
1:00  nibp 120/70
2:00  infusion-start kg 70, rate 0.5 mg/kg/h
9:00  expect nibp-overdue start low sounds       # from the start of the infusion, not from the reading before it
12:00 expect nibp-overdue escalate medium
12:30 nibp 130/80
12:30 expect nibp-overdue end recovered
15:00 end
