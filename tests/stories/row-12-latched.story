title   It was high and nobody has seen it: when it is over the notice stays, silent
proves  state machine: active, inside the deadband, latch on, unacked -> latched, update
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high sounds
1:20  spo2 97
1:25  expect spo2-low update latched high unacked silent
9:00  alarms spo2-low
9:00  end
