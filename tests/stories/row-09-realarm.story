title   Acknowledged and still there: after three minutes (medium) or two (high) it sounds again
proves  state machine: active, re-alarm time while acked -> active, update, ack removed
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium
1:20  ack spo2-low
1:20  expect spo2-low update acked silent
4:20  expect spo2-low update unacked sounds
5:00  spo2 86
5:00  expect spo2-low update worst 86
5:10  expect spo2-low escalate high
5:12  ack spo2-low
5:12  expect spo2-low update high acked
7:12  expect spo2-low update high unacked sounds
8:00  end
