title   A baseline tightens a limit: the next cuff reading is judged by it, and ends by it
proves  state machine: any, limits change -> unchanged; the next fresh value is judged by the new limits
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  infusion-start kg 70, rate 0.5 mg/kg/h
0:10  expect no-baseline start medium
0:30  nibp 145/80
1:00  baseline-set sbp 115, hr 70
1:00  expect no-baseline end recovered
2:00  nibp 146/80                                 # 20 % above 115 is 138, and 140 is reached
2:00  expect sbp-high start medium value 146 limit 140
3:00  baseline-set sbp 130                        # 156 now; nothing ends before the next reading
4:00  nibp 147/80
4:00  expect sbp-high end recovered limit 156
4:30  end
