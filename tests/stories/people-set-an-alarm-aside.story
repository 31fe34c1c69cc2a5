title   A known fast heart is set aside: its alarm is information until it rises
proves  verbs shelve and unshelve: nobody is called, a rise in priority ends it, its end calls anew
monitor mon1 sends pr spo2 every 1 s

0:00  pr 70, spo2 97
1:00  shelve cond hr-high, secs 600, reason known by charge-1/rn-2
2:00  pr 115                                      # in steps that can be believed
2:10  pr 125
2:20  expect hr-high start info silent inhibit=shelved prio_unshelved=medium
6:00  unshelve cond hr-high by charge-1/rn-2      # nobody was called in four minutes
6:00  expect hr-high update medium sounds calls bed
6:10  shelve cond hr-high, secs 60, reason known by charge-1/rn-2
6:10  expect hr-high update info silent
7:10  expect hr-high update medium sounds         # over
7:20  shelve cond hr-high, secs 600, reason known by charge-1/rn-2
7:20  expect hr-high update info silent
7:30  restart
7:30  expect hr-high update info silent data stale
7:31  expect hr-high update info silent data fresh
8:00  pr 145
8:00  expect hr-high update info silent worst 145   # all of it is told below the shelf
8:05  expect hr-high escalate high sounds
8:10  shelve cond hr-high, secs 600, reason known by charge-1/rn-2 is refused
8:30  end
