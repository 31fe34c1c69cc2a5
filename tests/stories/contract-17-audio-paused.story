title   The sound is paused for two minutes; an alarm that is new sounds in spite of it
proves  contract scenario 17; a pause covers what had called when it was pressed
monitor mon1 sends pr spo2 rr every 1 s

0:00  pr 70, spo2 97, rr 14
1:00  spo2 90
1:15  expect spo2-low start medium sounds
1:20  audio-pause scope bed, secs 120
1:20  expect spo2-low update silent unacked audio=paused
1:35  rr 26
1:50  expect rr-high start medium sounds
3:20  expect spo2-low update sounds unacked audio=on     # over: it was no acknowledgement
3:30  end
