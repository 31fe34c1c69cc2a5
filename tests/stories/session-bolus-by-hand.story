title   A loading dose by hand, then the infusion, then another bolus: watched as after a rise of the rate
proves  infusion-bolus: the cuff interval of titrating, limits relative to the baseline, the question above 0.35 mg/kg
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
1:00  nibp 120/70
4:00  nibp 121/71
5:00  infusion-bolus mg_per_kg 0.3
5:01  phase infusing
9:00  nibp 150/80                          # a fifth above the baseline
9:00  expect sbp-high start medium dose_mg=21
11:00 nibp 130/74
11:00 expect sbp-high end recovered
12:30 observe rass 0
13:00 infusion-start rate 0.3 mg/kg/h
17:00 nibp 131/74
23:00 nibp 132/74
27:00 observe rass 0
29:00 nibp 130/75                          # titrating is over: the next one is due in 10 min
33:00 infusion-bolus mg_per_kg 0.5 is confirm-needed
33:10 infusion-bolus mg_per_kg 0.5, confirm true
36:00 expect nibp-overdue start low        # 5 min after the last reading, and 2
37:00 nibp 140/78
37:00 expect nibp-overdue end recovered
38:00 infusion-bolus mg 700, confirm true is refused
38:10 infusion-bolus mg 7, mg_per_kg 0.1 is invalid
38:20 infusion-bolus mg 7 by hallway/visitor is unauthorised
39:00 end
