title   Rate and SpO2 are both gone while ketamine flows
proves  table of classes: bed-blind, high after 30 s; link lost, medium, high after 60 s while infusing; P1
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start
0:20  baseline-set sbp 120, hr 70
0:30  infusion-start kg 70, rate 0.5 mg/kg/h
0:40  nibp 125/75
1:00  cable pulled
1:10  expect link-lost-mon1 start medium
1:14  shows spo2 stale
1:14  monitoring blind
1:44  expect bed-blind start high sounds text "neither rate nor SpO2 is current"
2:10  expect link-lost-mon1 escalate high sounds
2:44  expect bed-blind update calls unit
3:10  expect link-lost-mon1 update calls unit
3:30  cable back
3:30  monitoring full
3:35  expect bed-blind end recovered
3:35  expect link-lost-mon1 end recovered
4:00  end
