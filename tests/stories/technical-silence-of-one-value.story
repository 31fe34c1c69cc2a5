title   The monitor goes on with the pulse and says nothing more of SpO2: that is an alarm without any new word
proves  table of classes: -stale, low when the freshness limit has passed, medium after 60 s in a session; P1; P3
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  spo2 silent
1:13.999 shows spo2 97
1:14  shows spo2 stale
1:14  monitoring partial
1:14  expect spo2-stale start low sounds text "SpO2: no current value"
2:14  expect spo2-stale escalate medium
3:00  spo2 97
3:05  expect spo2-stale end recovered
4:00  end
