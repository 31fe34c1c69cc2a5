title   The pressure rises with the infusion: relative to the baseline first, then past the critical limit
proves  limits: relative to the baseline, medium and high, one condition; a cuff reading has no delay, the next one decides
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
1:00  nibp 118/76
5:00  nibp 122/76
6:00  infusion-start rate 0.5 mg/kg/h
10:00 nibp 146/84
10:00 expect sbp-high start medium sounds limit 144 text "SBP 146 > 144 mmHg"
11:00 ack sbp-high
11:00 expect sbp-high update acked
13:00 nibp 170/92
13:00 expect sbp-high escalate high unacked sounds text "SBP 170 > 168 mmHg"
13:50 ack sbp-high
13:50 expect sbp-high update acked
15:50 expect sbp-high update unacked sounds        # high and still there: after two minutes again
16:00 ack sbp-high
16:00 expect sbp-high update acked
17:00 nibp 150/86
17:00 expect sbp-high deescalate medium acked
18:00 nibp 152/84
18:50 nibp 139/80
18:50 expect sbp-high end recovered
22:00 end
