"""A disk that fills up during a session: a small one of its own, which only root can mount."""
import os
import subprocess

import pytest
from monitors import pcd01
from rig import NODE, tool
from test_kills import Witness

pytestmark = pytest.mark.faults

BED, MONITOR_BED = "pain/b1", "pain/b2"
HIGH, FINE = (186, 98, 127), (124, 76, 92)


class SmallDisk:
    def __init__(self, folder):
        self.folder, self.ballast = folder, folder / "ballast"
        folder.mkdir()
        # Above the 64 MiB below which the daemon calls a disk nearly full.
        done = subprocess.run([tool("mount"), "-t", "tmpfs", "-o", "size=96m,mode=0700", "vitalsd-test", str(folder)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"needs a disk of its own, and none may be mounted here: {done.stderr.strip()}")

    def fill(self):
        with open(self.ballast, "wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while file.write(b"\1" * size) == size:
                        pass
                except OSError:
                    continue
        assert os.statvfs(self.folder).f_bavail == 0

    def free(self):
        self.ballast.unlink()

    def close(self):
        subprocess.run([tool("umount"), str(self.folder)], check=True)


@pytest.fixture
def disk(world):
    disk = SmallDisk(world.folder / "state")
    settings, path = world.daemon.settings.read_text(), str(world.folder / "journal.db")
    assert settings.count(path) == 1
    world.daemon.settings.write_text(settings.replace(path, str(disk.folder / "journal.db")))
    yield disk
    world.daemon.end()
    disk.close()


def test_a_disk_that_fills_up_in_a_session_delays_no_alarm_is_two_and_loses_nothing_confirmed(world, disk):
    station, monitor = world.started(), world.sender()
    witness = Witness(station)
    for verb, args in (("session-start", {"kg": 70}), ("infusion-start", {"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})):
        assert station.command(BED, verb, args=args)["status"] == "applied"
    assert monitor.send(pcd01("D1", hr=72, spo2=97, cuff=HIGH)) == ("CA", "D1")
    high = station.alarm(MONITOR_BED, "sbp-high", phase="start")
    world.oximeter.show(spo2=90)
    low = station.alarm(BED, "spo2-low", phase="start")
    assert station.acknowledge(BED, low)["status"] == "applied"
    witness.note(BED)
    witness.note(MONITOR_BED)
    assert {doc["id"] for doc in witness.confirmed.values()} >= {high["id"], low["id"]}

    disk.fill()
    mark = station.mark()
    world.oximeter.show(spo2=97)
    assert station.alarm(BED, "spo2-low", 5, after=mark, phase="end")["id"] == low["id"]
    assert station.node_alarm("journal-failed", 15, state="active")["prio"] == "medium"
    world.oximeter.show(spo2=90)
    second = station.alarm(BED, "spo2-low", 5, after=mark, phase="start")
    assert station.acknowledge(BED, second)["status"] == "accepted", "done, but not kept"
    assert monitor.send(pcd01("D2", hr=72, spo2=97, cuff=FINE)) == ("CE", "D2"), "its end is not kept"
    assert station.alarm(MONITOR_BED, "sbp-high", 5, after=mark, state="latched")["id"] == high["id"]
    assert station.node_alarm("disk-low", 90, state="active")["prio"] == "low"

    disk.free()
    station.node_alarm("journal-failed", 90, phase="end")
    station.node_alarm("disk-low", 90, phase="end")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    again = station.alarm(BED, "spo2-low", after=mark, state="active")
    assert (again["id"], again["ack"]) == (second["id"], "acked"), "what waited for the disk was kept"
    assert station.last[f"{station.bed(BED)}/infusion"].doc["phase"] == "infusing"
    # What happened while nothing could be written is missing in the log of events, which says so, and only that.
    station.wait_for(lambda: any(m.doc.get("event") == "log-lost" for m in station.messages
                                 if m.topic.endswith("/event/node")), what="log-lost")
    kept = {(doc["id"], doc["rev"]) for bed in (BED, MONITOR_BED) for doc in station.history(bed, 0)
            if doc["schema"] == "vitals.alarm/1"}
    assert set(witness.confirmed) <= kept
