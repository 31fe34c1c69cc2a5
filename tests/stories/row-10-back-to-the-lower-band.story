title   Out of the critical band for the off-delay, and still below the limit: medium again
proves  state machine: active, back to the lower band for the off-delay -> active, deescalate
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high
1:20  ack spo2-low
1:20  expect spo2-low update acked
1:30  spo2 89                    # above 88, and not by the deadband of 2
1:40  spo2 91
1:45  expect spo2-low deescalate medium acked text "SpO2 91 < 92 %"
3:00  end
