title   While a low value waits for its delay the monitor says 'no value' and not why
proves  state machine: pending, monitor says invalid -> normal, the technical condition starts at once at medium
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 89
1:05  spo2 none
1:05  expect spo2-stale start medium text "SpO2: no current value"
1:05  avoided spo2-low 1
1:30  spo2 97
1:35  expect spo2-stale end recovered
2:30  end
