title   While a low value waits for its delay the probe comes off: the nurse hears of the probe at once
proves  state machine: pending, monitor says sensor off -> normal, the technical condition starts at once at medium
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 89
1:10  probe off
1:10  expect spo2-sensor start medium data fresh sounds text "SpO2 sensor off"
1:10  avoided spo2-low 1
2:00  probe on
2:05  expect spo2-sensor end recovered
2:15  expect spo2-low start medium       # the delay began anew with the first value at 2:00
3:00  end
