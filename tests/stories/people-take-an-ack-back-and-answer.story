title   An acknowledgement is taken back, somebody says that he goes, another that he cannot
proves  verbs unack and respond; P6
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 86
1:10  expect spo2-low start high sounds
1:20  ack spo2-low by ns-1/rn-17
1:20  expect spo2-low update acked silent by ns-1/rn-17
1:30  unack spo2-low by ns-2/rn-4
1:30  expect spo2-low update unacked sounds
1:40  respond spo2-low, response reject by ns-1/rn-17
1:40  expect spo2-low update sounds calls unit resp=rejected
1:50  respond spo2-low, response accept by ns-2/rn-4
1:50  expect spo2-low update sounds calls unit resp=accepted      # he goes: nobody else is called
9:00  end
