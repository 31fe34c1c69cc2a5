title   The end of the session ends the alarms of the patient; a probe that is off stays one
proves  state machine: any, session ended by command -> normal, end, session-end; technical ones go on
monitor mon1 sends hr pr spo2 every 1 s
rate    hr

0:00  hr 100, pr 100, spo2 97
0:10  session-start
1:00  hr 145, pr 145
1:05  expect hr-high start high
1:30  probe off
1:45  expect spo2-sensor start low
2:00  session-end
2:00  expect hr-high end session-end
2:06  expect hr-high start high episode 2       # absolute limits run on: the next value is of 2:01
2:20  hr 100
2:25  expect hr-high update latched
9:00  alarms hr-high spo2-sensor
9:00  end
