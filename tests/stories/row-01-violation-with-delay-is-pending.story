title   A value beyond its limit waits for its delay, and nothing is told meanwhile
proves  state machine: normal, violation with a delay -> pending; nothing is published
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:14  no alarms
1:14  avoided spo2-low 0      # it waits, it has not been spared yet
1:14.999 end
