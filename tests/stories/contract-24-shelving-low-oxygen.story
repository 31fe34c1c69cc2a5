title   Low oxygen saturation is never set aside, whoever asks and whether or not it alarms
proves  contract scenario 24: an attempt to shelve spo2-low while infusing is refused
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
0:10  infusion-start kg 70, rate 0.5 mg/kg/h
0:10  expect no-baseline start medium
0:20  baseline-set hr 70
0:20  expect no-baseline end recovered
1:00  shelve cond spo2-low, secs 600, reason probe by charge-1/rn-2 is refused
2:00  spo2 90
2:15  expect spo2-low start medium sounds
2:20  shelve cond spo2-low, secs 600, reason probe by charge-1/rn-2 is refused
2:30  shelve cond hr-high, secs 600, reason known by ns-1/rn-17 is unauthorised
3:00  end
