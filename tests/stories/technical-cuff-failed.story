title   A cuff measurement fails: low; the second in a row: medium; a good reading ends it
proves  table of classes: nibp-failed
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start
1:00  nibp failed
1:00  expect nibp-failed start low
2:00  nibp failed
2:00  expect nibp-failed escalate medium
3:00  nibp 120/70
3:00  expect nibp-failed end recovered
4:00  end
