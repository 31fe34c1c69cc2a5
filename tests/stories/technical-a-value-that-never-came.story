title   A monitor that is connected and never sends SpO2 is not waited for without end
proves  P1: a metric that never came counts from the connection
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70
0:15  expect spo2-stale start low
0:15  shows spo2 nothing
2:00  end
