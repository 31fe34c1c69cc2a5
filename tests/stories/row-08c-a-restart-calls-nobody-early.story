title   After a restart people are called when they would have been without it
proves  state machine: active, unanswered -> update, audience, counted from the last call; P2
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium sounds
1:20  ack spo2-low
1:20  expect spo2-low update acked
3:30  spo2 86
3:30  expect spo2-low update medium acked worst 86
3:40  expect spo2-low escalate high unacked sounds                    # the call that counts
3:45  restart
3:45  expect spo2-low update active high unacked data stale
3:46  expect spo2-low update active high unacked sounds data fresh
4:40  expect spo2-low update high calls unit
5:40  expect spo2-low update high calls second
6:00  end
