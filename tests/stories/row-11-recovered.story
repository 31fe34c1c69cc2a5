title   Recovered means: inside by the deadband, for the off-delay, on valid data
proves  state machine: active, inside the deadband for the off-delay, latch off -> normal, end
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium
1:30  spo2 93                    # inside, but within the deadband of 2: nothing ends
2:00  spo2 94
2:04  spo2 92                    # 4 s are no off-delay
2:10  spo2 94
2:12  spo2 94 doubtful           # a doubtful value ends nothing
2:22  spo2 94
2:22  expect spo2-low end recovered value 94
3:00  end
