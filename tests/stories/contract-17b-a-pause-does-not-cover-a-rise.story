title   The sound of one alarm is paused; when it rises to high it sounds, and people are called as without a pause
proves  contract scenario 17, 18; a pause is broken by a rise in priority
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium sounds
1:20  audio-pause spo2-low, secs 180
1:20  expect spo2-low update silent audio=paused
1:30  spo2 86
1:30  expect spo2-low update silent worst 86
1:40  expect spo2-low escalate high sounds audio=on
2:40  expect spo2-low update calls unit
3:00  end
