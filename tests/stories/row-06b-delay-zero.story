title   A deep desaturation, and a cuff reading, have no delay
proves  state machine: normal, delay 0 -> active, start
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97, nibp 128/78
0:58  spo2 90
1:00  spo2 80                    # a fall of more than 15 points at once would have to be confirmed first
1:00  expect spo2-deep start high sounds text "SpO2 80 <= 80 %"
1:01  spo2 92
1:02  spo2 97
1:06  expect spo2-deep update latched silent
2:00  nibp 170/90
2:00  expect sbp-high start medium text "SBP 170 > 160 mmHg"
3:00  end
