title   A dip of 20 s: the alarm starts when 15 s have run, and the value is seen before it
proves  state machine: pending, delay elapsed on a fresh violation -> active, start; contract scenario 2
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium unacked sounds value 90 limit 92 text "SpO2 90 < 92 %" episode 1
1:20  spo2 97
1:25  expect spo2-low end recovered
2:00  end
