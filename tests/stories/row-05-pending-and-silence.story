title   One value a minute by HL7: the delay runs on through the silence and the alarm comes when it ends
proves  state machine: pending, silence while the value is fresh -> pending, the timer runs on; contract scenario 3
monitor ward sends hr spo2 every 60 s over HL7

0:00  hr 70, spo2 97
2:00  spo2 90
2:15  expect spo2-low start medium value 90     # not at 3:00 with the next value
4:00  end
