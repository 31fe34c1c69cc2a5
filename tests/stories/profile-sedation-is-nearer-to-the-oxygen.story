title   Sedation for a procedure: 93 % is already too low, and 10 s are enough
proves  a profile that rests on another one says its own numbers and keeps the rest
profile procedural-sedation
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 98
0:20  spo2 93
0:30  expect spo2-low start medium sounds limit 94
0:40  spo2 97
0:45  expect spo2-low end recovered
1:00  pr 125
1:10  expect hr-high start medium limit 120       # ketamine-adult's own number
1:20  pr 80
1:25  expect hr-high end recovered
1:30  end
