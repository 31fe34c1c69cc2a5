title   A command that comes when its time is over is not executed
proves  contract scenario 10 (over the broker: test_commands.py, test_reconcile.py)
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  spo2 90
1:15  expect spo2-low start medium
1:20  restart after 8 s
1:24  ack spo2-low is unanswered
1:28  expect spo2-low update unacked data stale
1:28  expect spo2-low update unacked data fresh
1:30  ack spo2-low late 31 s is expired
1:31  infusion-stop late 60 s is expired
2:00  end
