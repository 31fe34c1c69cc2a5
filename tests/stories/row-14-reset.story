title   A latched alarm is ended by a person: by reset, or by acknowledging it; so is one whose data are lost
proves  state machine: latched, or active with data stale or lost, reset (latched: also ack) -> normal, reset
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high episode 1
1:12  reset spo2-low is refused          # it is there, on fresh data
1:20  spo2 97
1:25  expect spo2-low update latched
1:40  reset spo2-low
1:40  expect spo2-low reset by-reset

2:00  spo2 86
2:10  expect spo2-low start high unacked episode 2
2:20  spo2 97
2:25  expect spo2-low update latched
2:40  ack spo2-low
2:40  expect spo2-low reset by-reset

3:00  spo2 90
3:15  expect spo2-low start medium episode 3
3:20  spo2 silent
3:34  expect spo2-low update data stale      # 15 s after the last value, of 3:19
3:34  expect spo2-stale start low
4:00  reset spo2-low
4:00  expect spo2-low reset by-reset data stale
4:30  end
