title   A bed that rests without a session says so, and watches from the moment one begins
proves  phases: none, bed setting idle = "off"
monitor mon1 sends pr spo2 every 1 s
idle    off

0:00  pr 70, spo2 86
1:00  monitoring none
2:00  no alarms
2:00  session-start
2:11  expect spo2-low start high          # its delay counts from the first value of the session, at 2:01
2:30  end
