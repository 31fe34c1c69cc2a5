"""Somebody sets the clock of the box: alarms, acknowledgements and freshness do not run on it."""
import mmap
import struct
import subprocess
from pathlib import Path

import pytest
from rig import NODE, tool
from station import now_ms

pytestmark = pytest.mark.faults

BED = "pain/b1"
HOUR_MS = 3_600_000


class Clock:
    """The daemon's wall clock is ours and `offset_ms`."""

    def __init__(self, folder):
        self.library, offset = folder / "stepped_clock.so", folder / "offset"
        source = Path(__file__).with_name("stepped_clock.cpp")
        subprocess.run([tool("c++"), "-std=c++20", "-O1", "-shared", "-fPIC", "-o", self.library, source], check=True)
        offset.write_bytes(bytes(8))
        self.offset_ms = 0
        with open(offset, "r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(self.library), "STEPPED_CLOCK": str(offset)}

    def step(self, by_ms):
        self.offset_ms += by_ms
        self._shared[:] = struct.pack("=q", self.offset_ms)

    def near(self, ms):
        return abs(ms - now_ms() - self.offset_ms) < 10_000


@pytest.fixture
def clock(world, monkeypatch):
    clock = Clock(world.folder)
    with monkeypatch.context() as only_daemon:
        for name, value in clock.environment.items():
            only_daemon.setenv(name, value)
        world.daemon.start()
    return clock


@pytest.mark.parametrize("step_h", [3, -3], ids=["ahead", "back"])
def test_a_clock_that_is_set_changes_no_alarm_and_is_in_the_log(world, clock, step_h):
    station = world.station()
    station.online(NODE)
    station.wait_for(lambda: world.value(station, BED, "spo2"), what="a first value")
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert station.acknowledge(BED, start)["status"] == "applied"
    station.alarm(BED, "spo2-low", ack="acked")
    mark = station.mark()
    clock.step(step_h * HOUR_MS)
    log = f"{station.root}/1/node/{NODE}/event/config"
    said = station.wait_for(lambda: next((m.doc for m in station.messages[mark:] if m.topic == log), None), what="the step")
    assert said["text"].startswith("the system clock was set by ") and clock.near(said["ts"])

    target = {"cond": "spo2-low", "id": start["id"], "rev": start["rev"]}
    by_the_old_clock = station.command(BED, "unack", target)  # three hours late, or as much ahead
    assert by_the_old_clock["status"] == ("expired" if step_h > 0 else "refused"), by_the_old_clock
    by_its_clock = {"issued_at": now_ms() + clock.offset_ms}
    assert station.command(BED, "note", args={"text": "x"}, **by_its_clock)["status"] == "applied"

    beats = f"{station.root}/1/node/{NODE}/heartbeat"
    station.wait_for(lambda: len([m for m in station.messages[mark:] if m.topic == beats]) >= 3, 20, "heartbeats go on")
    values = [m.doc for m in station.messages[mark:] if m.topic == f"{station.bed(BED)}/obs/spo2"]
    assert all(doc["q"] == "valid" for doc in values), "no value turned stale"
    newest = values[-1]
    assert clock.near(newest["ts"]) and 0 < newest["valid_until"] - newest["ts"] <= 15_000
    others = {m.doc["cond"] for m in station.messages[mark:] if "/alarm/" in m.topic and m.doc.get("state") == "active"}
    assert others <= {"spo2-low"}, "the step raised nothing"

    world.oximeter.show(spo2=97)
    end = station.alarm(BED, "spo2-low", after=mark, phase="end")
    assert (end["id"], end["ack"]) == (start["id"], "acked") and clock.near(end["t_end"])
    mark = station.mark()
    world.oximeter.show(spo2=90)
    again = station.alarm(BED, "spo2-low", after=mark, phase="start")
    assert again["id"] != start["id"] and clock.near(again["t_on"])
