title   What is active or latched is said again every 30 s, with the same revision, and emptied 5 s after its end
proves  state machine: active, latched, every 30 s -> same, continue; contract scenario 21
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  spo2 86
0:20  expect spo2-low start high rev=1
0:30  expect spo2-low continue high active rev=1
0:40  spo2 97
0:45  expect spo2-low update latched rev=2
1:00  expect spo2-low continue latched rev=2
1:10  reset spo2-low
1:10  expect spo2-low reset rev=3
1:15  expect spo2-low emptied
3:00  end
