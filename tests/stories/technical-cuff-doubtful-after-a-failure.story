title   A cuff measurement fails, the next one is doubtful: the failure stands until a good one
proves  a doubtful value never ends; the doubtful reading was taken, so that none is overdue
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
0:20  baseline-set sbp 120, hr 70
1:00  infusion-start rate 0.5 mg/kg/h
5:00  nibp failed
5:00  expect nibp-failed start low
7:00  nibp 122/71 doubtful
8:30  alarms nibp-failed                # not overdue: it is due again at 12:00
10:00 nibp failed
10:00 expect nibp-failed escalate medium
12:30 nibp 124/70
12:30 expect nibp-failed end recovered
14:00 end
