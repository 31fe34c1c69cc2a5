title   It was high and somebody has seen it: when it is over it is gone
proves  state machine: active, inside the deadband, latch on, acked -> normal, end
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high
1:15  ack spo2-low
1:15  expect spo2-low update acked
1:20  spo2 97
1:25  expect spo2-low end recovered
3:00  end
