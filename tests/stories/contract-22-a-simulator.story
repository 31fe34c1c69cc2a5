title   Everything that a simulator makes is coloured
proves  contract scenario 22 (every payload on the wire: test_reconcile.py)
monitor mon1 sends pr spo2 every 1 s simulated

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium sim=true
1:20  cable off
1:30  expect link-lost-mon1 start low sim=true
1:34  expect spo2-low update data lost sim=true
2:00  end
