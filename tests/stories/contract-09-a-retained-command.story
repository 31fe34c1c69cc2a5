title   A command that was retained at the broker is not executed, whatever it says
proves  contract scenario 9 (the deletion on the broker: test_commands.py)
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium
1:20  ack spo2-low retained is refused
1:30  alarms spo2-low
2:00  end
