title   The probe is off, then searches, then is off again: each of these is short, the patient is unwatched all the time
proves  P1: causes that take turns do not hide each other
monitor mon1 sends hr pr spo2 every 1 s
rate    hr

0:00  hr 70, pr 70, spo2 97
0:10  session-start
1:00  probe off
1:10  probe on
1:10  signal poor
1:20  signal good
1:20  probe off
1:29  expect spo2-stale start low        # 15 s without a value, and 15 s that a cause may wait for its delay
1:29  expect pr-stale start low
1:30  probe on
1:30  signal poor
1:45  expect spo2-signal start low       # one of them has lasted: it says why
1:45  expect spo2-stale update data lost
1:45  expect pr-stale update data lost
2:00  end
