title   A value that plays around its limit for five minutes is one alarm
proves  contract scenario 5
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 91                    # long enough for the alarm
1:15  expect spo2-low start medium episode 1
1:16  spo2 91 92 93 92 in turn
4:15  expect spo2-low update calls unit
6:16  spo2 97
6:21  expect spo2-low end recovered episode 1
8:00  end
