title   Nobody looks at the patient; then somebody does, and finds him too deep
proves  table of classes: obs-overdue, low and medium at twice the interval; obs-out-of-range, medium and high
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  session-start kg 70
0:20  baseline-set sbp 120, hr 70
1:00  infusion-start rate 0.5 mg/kg/h
18:00 expect obs-overdue start low sounds        # due every 15 min in the first hour, overdue 2 min later
31:00 expect obs-overdue escalate medium
32:00 observe rass 0, pain 2
32:00 expect obs-overdue end recovered
40:00 observe rass -3
40:00 expect obs-out-of-range start medium sounds
41:00 observe rass -5
41:00 expect obs-out-of-range update medium      # its new text, and at once
41:00 expect obs-out-of-range escalate high sounds
41:30 ack obs-out-of-range
41:30 expect obs-out-of-range update acked
43:00 observe rass -1
43:00 expect obs-out-of-range end recovered
50:00 end
