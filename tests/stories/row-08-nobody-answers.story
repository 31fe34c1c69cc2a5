title   Nobody acknowledges: first the unit is called, then the second contact; the priority stays
proves  state machine: active, unacked time-out -> active, update of audience, not of priority
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high calls bed
2:10  expect spo2-low update high calls unit
3:10  expect spo2-low update high calls second
9:00  end
