title   Analgesia by the patient's own hand: slow breathing calls, slower breathing calls louder
proves  another profile, its own numbers: respiration below 10 for 15 s, below 8 for 10 s
profile postoperative-pca
monitor mon1 sends pr spo2 rr every 1 s

0:00  pr 70, spo2 97, rr 14
0:20  rr 9
0:35  expect rr-low start medium sounds limit 10
0:40  rr 7
0:40  expect rr-low update worst 7
0:50  expect rr-low escalate high sounds
0:55  ack rr-low
0:55  expect rr-low update acked
1:00  rr 12
1:05  expect rr-low end recovered
1:30  end
