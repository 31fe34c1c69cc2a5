title   An acknowledgement given while the screen still said medium does not silence what is high by now
proves  contract scenario 7; P6
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium rev=1
1:20  spo2 86
1:20  expect spo2-low update worst 86 rev=2
1:30  expect spo2-low escalate high unacked rev=3
1:31  ack spo2-low rev 2 is conflict
1:31  alarms spo2-low
1:32  ack spo2-low rev 3
1:32  expect spo2-low update high acked rev=4
2:00  end
