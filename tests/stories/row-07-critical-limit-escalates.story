title   A low value falls below the critical limit: the same alarm rises, and its acknowledgement is gone
proves  state machine: active, critical limit for its own delay -> active, escalate, ack removed; contract scenario 18
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium sounds
1:20  ack spo2-low by ns-1/rn-17
1:20  expect spo2-low update medium acked silent by ns-1/rn-17
1:30  spo2 86
1:30  expect spo2-low update acked value 86 worst 86       # the worst so far, at most every 5 s
1:40  expect spo2-low escalate high unacked sounds worst 86 text "SpO2 86 < 88 %" episode 1
2:00  end
