title   An infusion from the first value to the end of the session, without a single alarm
proves  phases: none, baseline, infusing, held, recovery, ended
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
1:00  session-start kg 70
1:00  phase baseline
2:00  nibp 124/76
6:00  nibp 126/78
8:00  infusion-start rate 0.5 mg/kg/h, planned_min 60
8:00  phase infusing
13:00 nibp 138/80
18:00 nibp 139/82
20:00 infusion-hold
20:00 phase held
21:00 infusion-resume
21:00 phase infusing
22:00 observe rass 0, pain 3
23:00 nibp 137/80
33:00 nibp 136/80
36:00 observe rass -1, pain 2
43:00 nibp 134/80
49:00 observe rass -1, pain 1
50:00 infusion-stop
50:00 phase recovery
58:00 nibp 128/76
1:03:00 observe rass 0, pain 1
1:10:00 nibp 126/76
1:20:00 session-end
1:20:00 phase ended
1:30:00 no alarms
1:30:00 end
