title   Somebody sets the clock: delays, re-alarm and dose count the time that has really passed
proves  contract scenario 19 (that it is logged: a test of its own, see README.md)
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:05  clock step -1 h
1:15  expect spo2-low start medium delay_s=15
1:20  ack spo2-low
1:20  expect spo2-low update acked
2:00  clock step 3 h
4:20  expect spo2-low update unacked
5:00  spo2 97
5:05  expect spo2-low end recovered
6:00  end
