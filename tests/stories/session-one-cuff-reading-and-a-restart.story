title   One cuff reading, told again after a restart, is still one: no baseline
proves  a baseline of the pressure needs two measurements; no-baseline
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
1:00  nibp 120/70
3:00  restart
3:01  nibp 120/70
5:00  infusion-start rate 0.5 mg/kg/h
5:00  expect no-baseline start medium sounds
5:30  baseline-set sbp 120
5:30  expect no-baseline end recovered
6:00  end
