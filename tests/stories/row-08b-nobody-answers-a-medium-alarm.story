title   A medium alarm calls the unit after three minutes and nobody further
proves  state machine: active, unacked time-out -> active, update of audience, not of priority
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium calls bed
4:15  expect spo2-low update medium calls unit
20:00 end
