title   A limit that the next phase does not watch ends with the phase
proves  state machine: active, condition not watched in the new phase -> normal, end, phase
monitor mon1 sends pr spo2 every 1 s
not-watched hr-high in recovery

0:00  pr 70, spo2 97
0:10  session-start
0:20  baseline-set hr 120, sbp 120
0:30  infusion-start kg 70, rate 0.5 mg/kg/h
1:00  pr 130
1:10  expect hr-high start medium
2:00  infusion-stop
2:00  expect hr-high end phase
5:00  no alarms
5:00  end
