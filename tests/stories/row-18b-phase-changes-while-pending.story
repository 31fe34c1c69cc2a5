title   The phase changes while a value waits for its delay: the timer runs on
proves  state machine: any, limits change (phase) -> unchanged, timers run on
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 90
1:10  infusion-start kg 70, rate 0.5 mg/kg/h
1:10  expect no-baseline start medium
1:15  expect spo2-low start medium
2:00  end
