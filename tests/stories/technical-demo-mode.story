title   The monitor runs in demo mode: its numbers are shown, coloured, and judge nothing
proves  table of classes: demo-mode, medium after 15 s, low without a session; no limit judges demo values
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  demo on
1:00  spo2 70
1:15  expect demo-mode-mon1 start medium
2:00  demo off
2:00  spo2 97
2:05  expect demo-mode-mon1 end recovered
3:00  session-end
4:00  demo on                                   # with nobody in a session it is low
4:15  expect demo-mode-mon1 start low
5:00  demo off
5:05  expect demo-mode-mon1 end recovered
6:00  end
