title   A single value out of all reason neither raises nor ends an alarm; one that stays does
proves  plausibility: a change faster than a patient makes is doubtful until two more values agree
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 60
1:00  shows spo2 60
1:01  spo2 97
1:10  no alarms
2:00  spo2 60
2:02  expect spo2-deep start high sounds value 60       # the third that says so
2:05  ack spo2-deep
2:05  expect spo2-deep update acked
2:10  expect spo2-low start high
2:11  spo2 97
2:12  spo2 60
2:30  end
