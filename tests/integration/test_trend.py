"""What was measured, as a person gets it out of the journal: while the daemon runs, and after it."""
import csv
import io
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from rig import DAEMON
from session_steps import BED, applied


def trend(world, *options, bed=BED):
    return subprocess.run([DAEMON, "journal", "trend", str(world.folder / "journal.db"), bed, *options],
                          capture_output=True, text=True, timeout=60)


def lines(answer):
    assert answer.returncode == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


@pytest.mark.asan
@pytest.mark.quick
def test_a_session_is_kept_second_by_second_and_read_while_the_daemon_runs(world):
    station = world.started()
    assert "no trend of pain/b2 yet" in trend(world, bed="pain/b2").stderr  # its monitor is silent
    applied(station, "session-start", kg=70, session="s-7")
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    world.daemon.stop()  # the minute at hand is kept
    world.daemon.start()
    station.wait_for(lambda: world.value(station, BED, "spo2"), what="values again")
    found = lines(trend(world))
    spo2 = [line for line in found if line["metric"] == "spo2" and line["seconds"] == "1"]
    assert spo2 and {line["session"] for line in spo2} == {"s-7"}
    assert spo2[-1]["value"] == "90.0" and spo2[-1]["quality"] == "valid"
    times = [line["time"] for line in spo2]
    assert times == sorted(set(times)), "at most one value a second"
    picture = trend(world, "--svg")
    assert picture.returncode == 0, picture.stderr
    text = "".join(ElementTree.fromstring(picture.stdout).itertext())
    for word in (BED, "s-7", "spo2-low", start["text"]):
        assert word in text


def test_without_a_session_a_minute_is_its_summary(world):
    station = world.started()
    world.oximeter.show(spo2=95)
    station.wait_for(lambda: world.value(station, BED, "spo2") == 95, what="95 %")
    world.daemon.stop()
    found = [line for line in lines(trend(world)) if line["metric"] == "spo2"]
    assert 1 <= len(found) <= 2
    assert found[-1]["session"] == "" and float(found[-1]["least"]) <= 95 <= float(found[-1]["most"])
    assert "it has no bed pain/b9; it has pain/b1, pain/b2" in trend(world, bed="pain/b9").stderr
    assert "is no time" in trend(world, "--from", "yesterday").stderr
    assert trend(world, "--csv", "--svg").returncode != 0


def test_a_folder_that_may_not_be_written_is_an_alarm_and_the_watch_goes_on(world):
    """The path of the journal is a folder's: nothing can be opened there, whoever tries."""
    (world.folder / "journal.db").mkdir()
    station = world.started()
    topic = f"{station.root}/1/node/gw-test/alarm/journal-failed"
    station.wait_for(lambda: topic in station.last and station.last[topic].doc["state"] == "active", 15, "journal-failed")
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start", timeout=15)
    assert station.acknowledge(BED, start)["status"] == "accepted", "done, but not kept"
    (world.folder / "journal.db").rmdir()
    station.wait_for(lambda: station.last[topic].payload == b"" or station.last[topic].doc["state"] == "inactive", 90,
                     "the journal is there")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    again = station.alarm(BED, "spo2-low", after=mark, state="active")
    assert (again["id"], again["ack"]) == (start["id"], "acked")
