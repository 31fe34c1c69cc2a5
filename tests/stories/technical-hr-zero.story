title   The monitor counts 0 beats and names no fault of a sensor: go and look
proves  table of classes: hr-zero, high after 5 s, latching; a rate of 0 is no value
monitor mon1 sends hr pr spo2 every 1 s
rate    hr

0:00  hr 70, pr 70, spo2 97
0:10  infusion-start kg 70, rate 0.5 mg/kg/h
0:10  expect no-baseline start medium
1:00  hr none zero
1:00  shows hr invalid
1:05  expect hr-zero start high sounds text "monitor reports 0: check patient"
1:30  hr none leads-off              # the electrodes: no answer to the question how the patient is
1:30  expect hr-zero update data lost
1:45  expect ecg-leads start low
2:05  expect hr-zero update calls unit
2:30  hr 70
2:30  expect hr-zero update data fresh
2:35  expect hr-zero update latched silent
2:35  expect ecg-leads end recovered
3:10  expect no-baseline update calls unit
3:30  end
