title   A latched alarm whose cause comes back is the same episode, and sounds again
proves  state machine: latched, violation again, delay elapsed -> active, update, same episode, unacked
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high episode 1
1:20  spo2 97
1:25  expect spo2-low update latched
2:00  spo2 90
2:15  expect spo2-low update active medium unacked sounds episode 1
2:30  spo2 97
2:35  expect spo2-low update latched
3:00  end
