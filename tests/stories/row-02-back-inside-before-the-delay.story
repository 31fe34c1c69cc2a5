title   A dip of 12 s at 89 % is shorter than the delay of 15 s: no alarm, one avoided
proves  state machine: pending, value back inside -> normal, counted as avoided; contract scenario 1
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 89
1:12  spo2 97
1:12  avoided spo2-low 1
5:00  no alarms
5:00  end
