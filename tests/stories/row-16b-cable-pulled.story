title   Somebody pulls the cable during an alarm: nothing ends, the lost connection is the alarm beside it
proves  state machine: active, data lost -> active and a technical condition, update; P1; P7
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 90
1:15  expect spo2-low start medium
1:30  cable pulled
1:40  expect link-lost-mon1 start medium
1:44  expect spo2-low update active data lost
1:44  shows spo2 stale
2:00  cable back
2:00  spo2 97
2:00  expect spo2-low update data fresh
2:05  expect link-lost-mon1 end recovered
2:05  expect spo2-low end recovered data fresh
4:00  end
