title   The pump runs and nobody has told the session
proves  table of classes: infusion-unrecorded, medium after 30 s; a pump never opens a session
monitor mon1 sends pr spo2 every 1 s
pump    P2449

0:00  pr 70, spo2 97
1:00  pump P2449 runs 17.5 mL/h 2 mg/mL
1:30  expect infusion-unrecorded start medium sounds
1:40  phase none
2:00  infusion-start kg 70, rate 17.5 mL/h, conc_mg_ml 2
2:00  expect no-baseline start medium
2:00  expect infusion-unrecorded end recovered
3:00  end
