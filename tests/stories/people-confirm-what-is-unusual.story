title   What is unusual is asked about first; only the answer to that question does it
proves  confirm-needed: same login, same values, within 60 s, once; forgotten by a restart
monitor mon1 sends pr spo2 nibp every 1 s

0:00  pr 70, spo2 97
0:10  session-start
0:20  infusion-start kg 20, rate 6 mg/kg/h, confirm true is confirm-needed      # nobody has asked yet
0:21  phase baseline
0:30  infusion-start kg 20, rate 6.5 mg/kg/h, confirm true is confirm-needed    # other values
0:40  infusion-start kg 20, rate 6.5 mg/kg/h, confirm true by ns-2/rn-17 is confirm-needed   # another login
0:41  infusion-start kg 20, rate 6.5 mg/kg/h is confirm-needed                  # asked again, and the minute begins anew
1:42  infusion-start kg 20, rate 6.5 mg/kg/h, confirm true is confirm-needed    # a second too late
1:50  restart
1:51  infusion-start kg 20, rate 6.5 mg/kg/h, confirm true is confirm-needed    # the question went with the process
1:52  phase baseline
2:00  infusion-start kg 20, rate 6.5 mg/kg/h, confirm true
2:00  expect no-baseline start medium calls unit
2:01  phase infusing
2:10  baseline-set sbp 120, hr 70
2:10  expect no-baseline end recovered
2:20  infusion-rate rate 1 mg/kg/h, confirm true                                # nothing to be asked
2:30  infusion-rate rate 3 mg/kg/h is confirm-needed
2:31  infusion-rate rate 3 mg/kg/h, confirm true
2:32  infusion-rate rate 1 mg/kg/h
2:33  infusion-rate rate 3 mg/kg/h, confirm true is confirm-needed              # an answer counts once
3:00  end
