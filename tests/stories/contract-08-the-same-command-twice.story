title   The same acknowledgement delivered twice is done once, also over a restart
proves  contract scenario 8
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium
1:20  ack spo2-low
1:20  expect spo2-low update acked
1:21  ack spo2-low again is duplicate
1:25  restart
1:25  expect spo2-low update acked data stale
1:26  expect spo2-low update acked data fresh
1:30  ack spo2-low again is duplicate
2:00  end
