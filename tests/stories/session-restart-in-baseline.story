title   The daemon dies between the baseline and the start of the infusion; the baseline is still there
proves  promise P2; limits relative to the baseline; no `no-baseline`
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
1:00  nibp 120/70
5:00  nibp 124/72
5:30  restart
5:31  nibp 124/72                       # the monitor tells its last reading again
8:00  infusion-start rate 0.5 mg/kg/h
8:00  no alarms
10:00 nibp 150/80                       # a fifth above 122
10:00 expect sbp-high start medium sounds
12:00 nibp 128/74
12:00 expect sbp-high end recovered
13:00 end
