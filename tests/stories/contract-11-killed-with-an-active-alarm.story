title   The daemon is killed during an alarm: afterwards it is the same episode, with its acknowledgement
proves  contract scenario 11 (kill -9 and the will: test_delivery.py); P2; P6
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium rev=1 episode 1
1:20  ack spo2-low by ns-1/rn-17
1:20  expect spo2-low update acked rev=2
1:25  restart after 8 s
1:33  expect spo2-low update active acked by ns-1/rn-17 data stale rev=1001800 episode 1
1:33  expect spo2-low update active acked data fresh rev=1001801 episode 1
1:50  spo2 97
1:55  expect spo2-low end recovered episode 1
3:00  end
