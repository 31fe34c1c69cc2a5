#!/usr/bin/python3
"""Makes each fault once, with the delays of the shipped profile, and prints how long a station or the bed waits for it:
the table in docs/faults.md.   VITALSD_BIN=build/quick/daemon/vitalsd tests/integration/fault_times.py [words of some rows]"""
import concurrent.futures
import contextlib
import os
import resource
import select
import signal
import sys
import tempfile
import time
from pathlib import Path

from conftest import World
from contract import Contract
from monitors import adt, pcd01
from rig import NODE, Broker
from station import Station
from tcp_proxy import Proxy
from test_disk import SmallDisk
from test_ports import MASIMO
from toml_text import SHIPPED

BED, WARD_BED = "pain/b1", "pain/b2"


class Bedside(World):
    """A world with the shipped profile, and a program at the bed that writes into a pipe."""

    begun = None  # when the fault began, where that is before its function returns

    def __init__(self, folder):
        super().__init__(folder, Contract())
        (folder / "profiles" / "test.toml").write_text(SHIPPED.read_text())
        os.mkfifo(folder / "said")
        self.said = os.open(folder / "said", os.O_RDWR)
        program = folder / "beeper"
        program.write_text(f'#!/bin/sh\necho "$1" > {folder / "said"}\n')
        program.chmod(0o700)
        settings = self.daemon.settings
        settings.write_text(f'{settings.read_text()}\n[fallback]\nprogram = ["{program}"]\nrepeat_s = 300\n')

    def told(self, word, timeout=60):
        text, until = "", time.monotonic() + timeout
        while word not in text.split():
            ready, _, _ = select.select([self.said], [], [], max(0, until - time.monotonic()))
            assert ready, f"the bed was not told {word}, but {text!r}"
            text += os.read(self.said, 4096).decode()

    def infusing(self, station):
        for verb, args in (("session-start", {"kg": 70}), ("infusion-start", {"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})):
            assert station.command(BED, verb, args=args)["status"] == "applied"

    def node(self, station, condition, after=0, timeout=90):
        topic = f"vitals/1/node/{NODE}/alarm/{condition}"
        station.wait_for(lambda: any(m.topic == topic and m.doc.get("state") == "active" for m in station.messages[after:]),
                         timeout, condition)

    def offline(self, station, after, timeout=60):
        topic = f"vitals/1/node/{NODE}/status"
        station.wait_for(lambda: any(m.topic == topic and m.doc.get("state") == "offline" for m in station.messages[after:]),
                         timeout, "offline")

    def set(self, before, after):
        """Changes the settings, before the daemon is started."""
        text = self.daemon.settings.read_text()
        assert text.count(before) == 1
        self.daemon.settings.write_text(text.replace(before, after))

    def end(self):
        if self.daemon.process and self.daemon.process.running:
            self.daemon.process.child.send_signal(signal.SIGCONT)
        self.close()
        os.close(self.said)


FAULTS = []


@contextlib.contextmanager
def nothing(_world):
    yield None


def fault(what, seen, kept, around=nothing):
    """`around(world)`: what stands around the daemon while the fault is made; `make` gets what it yields."""
    def add(make):
        FAULTS.append((what, seen, kept, make, around))
        return make
    return add


@contextlib.contextmanager
def second_of_two(world):
    broker, port = Broker(world.folder / "second"), f'"port" = {world.broker.port}\n'
    world.set(port, f'{port}alternates = ["127.0.0.1:{broker.port}"]\n')
    yield broker
    broker.stop()


@contextlib.contextmanager
def network_to_broker(world):
    network = Proxy(world.broker.port)
    world.set(f'"port" = {world.broker.port}\n', f'"port" = {network.port}\n')
    yield network
    world.daemon.end()
    network.close()


@contextlib.contextmanager
def small_disk(world):
    disk, path = SmallDisk(world.folder / "state"), str(world.folder / "journal.db")
    world.set(path, str(disk.folder / "journal.db"))
    yield disk
    world.daemon.end()
    disk.close()


@fault("SpO2 falls to 90 % (no fault: for comparison)", "`spo2-low`, medium", "all")
def low(world, station):
    world.oximeter.show(spo2=90)
    return lambda: station.alarm(BED, "spo2-low", 60)


@fault("SpO2 falls to 75 %", "`spo2-deep`, high", "all")
def deep(world, station):
    world.oximeter.show(spo2=75)
    return lambda: station.alarm(BED, "spo2-deep", 60)


@fault("probe off the finger", "`spo2-sensor`, low, medium later; no number is shown", "an alarm that was active stays")
def probe(world, station):
    world.oximeter.finger = False
    return lambda: station.alarm(BED, "spo2-sensor", 60)


@fault("cable pulled", "`link-lost-oximeter`, medium, high later while infusing", "an alarm that was active stays")
def cable(world, station):
    world.oximeter.unplug()
    return lambda: station.alarm(BED, "link-lost-oximeter", 60)


@fault("the monitor stops sending, the line stays", "`spo2-stale`, low, medium later; the value is withdrawn", "an alarm that was active stays")
def silent(world, station):
    world.oximeter.silent = True
    return lambda: station.alarm(BED, "spo2-stale", 60)


@fault("another patient is admitted to the bed (ADT)", "`wrong-patient`, medium (high when the values say so), until a person answers", "session and alarms go on")
def patient(world, station):
    monitor = world.sender()
    assert station.command(WARD_BED, "session-start", args={"kg": 70})["status"] == "applied"
    monitor.send(pcd01("F1", hr=72, spo2=97, patient="P1"))
    monitor.send(adt("A01", "F2", "P2"))
    return lambda: station.alarm(WARD_BED, "wrong-patient", 60)


@fault("daemon killed (-9)", "status `offline` by the broker", "all that was confirmed; the same episodes after the restart")
def killed(world, station):
    mark = station.mark()
    world.daemon.kill()
    return lambda: world.offline(station, mark)


@fault("daemon killed (-9) with an active alarm, started again at once", "the same alarm, `online`", "episode, acknowledgement, session")
def restarted(world, station):
    world.oximeter.show(spo2=90)
    station.alarm(BED, "spo2-low", 60)
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    return lambda: (station.alarm(BED, "spo2-low", 60, after=mark), station.online(NODE, 60, after=mark))


@fault("daemon frozen (SIGSTOP)", "status `offline` by the broker; heartbeats stop after 5 s", "all")
def frozen(world, station):
    mark = station.mark()
    world.daemon.process.child.send_signal(signal.SIGSTOP)
    return lambda: world.offline(station, mark)


@fault("broker killed while infusing", "the bed itself calls; stations see that they are cut off at once", "all; events of the time are replayed")
def broker(world, station):
    world.infusing(station)
    world.told("off")
    world.broker.kill()
    return lambda: world.told("on")


@fault("broker killed and back after an alarm began", "the alarm, from the broker's start", "all")
def broker_back(world, station):
    mark = station.mark()
    world.broker.kill()
    station.wait_for(lambda: not station.connected, what="the station is cut off")
    world.oximeter.show(spo2=75)
    world.broker.start()
    return lambda: station.alarm(BED, "spo2-deep", 60, after=mark)


@fault("broker killed, and back without its memory", "the alarm again and `online`, from the broker's start", "all")
def broker_forgets(world, station):
    world.oximeter.show(spo2=75)
    station.alarm(BED, "spo2-deep", 60)
    mark = station.mark()
    world.broker.kill()
    station.wait_for(lambda: not station.connected, what="the station is cut off")
    for memory in world.broker.folder.glob("mosquitto.db*"):
        memory.unlink()
    world.broker.start()
    return lambda: (station.alarm(BED, "spo2-deep", 60, after=mark), station.online(NODE, 60, after=mark))


@fault("first of two brokers killed", "`online` at the second", "all; events of the time are replayed", second_of_two)
def second_broker(world, station, second):
    topic = f"vitals/1/node/{NODE}/status"
    there = Station(second.port, "ns-2", contract=world.contract)
    world.stations.append(there)
    there.wait_for(lambda: there.connected, what="a station at the second broker")
    world.broker.kill()
    return lambda: there.wait_for(lambda: topic in there.last and there.last[topic].doc["state"] == "online", 60, "online")


@fault("the required station is switched off", "`no-listener` at the others, medium", "all")
def station_off(world, station):
    other = world.station("ns-2")
    other.online(NODE)
    state = f"{other.bed(BED)}/state"
    other.wait_for(lambda: state in other.last and other.last[state].doc["stations_online"] == 2, 40, "both are heard of")
    world.begun = time.monotonic()  # it takes its time to leave
    station.close()
    return lambda: world.node(other, "no-listener")


@fault("the required station hangs: connected, confirms nothing", "`confirm-missing`; the bed itself calls", "all")
def station_hangs(world, station):
    world.told("off")
    station.confirm = False
    world.oximeter.show(spo2=75)
    station.alarm(BED, "spo2-deep", 60)
    return lambda: (world.node(station, "confirm-missing"), world.told("on"))


@fault("network to the broker half-open: bytes vanish, nobody is told", "status `offline` by the broker", "all; events of the time are replayed", network_to_broker)
def half_open(world, station, network):
    mark = station.mark()
    network.vanish()
    return lambda: world.offline(station, mark)


@fault("the same while infusing", "the bed itself calls", "all; events of the time are replayed", network_to_broker)
def half_open_bed(world, station, network):
    world.infusing(station)
    world.told("off")
    select.select([], [], [], 5)  # until a station has confirmed what the infusion raises
    network.vanish()
    return lambda: world.told("on")


@fault("the network stands still for 3 s as SpO2 falls to 75 %", "`spo2-deep`, high", "all", network_to_broker)
def network_stops(world, station, network):
    network.hold()
    world.oximeter.show(spo2=75)
    world.begun = time.monotonic()
    select.select([], [], [], 3)
    network.hold(False)
    return lambda: station.alarm(BED, "spo2-deep", 60)


@fault("another device at the port", "`wrong-device-oximeter`, low, medium in a session; its bytes make no value", "an alarm that was active stays")
def wrong_device(world, station):
    world.oximeter.silent = True
    topic = f"{station.bed(BED)}/alarm/wrong-device-oximeter"

    def told():
        world.oximeter.write(MASIMO)
        return topic in station.last
    return lambda: station.wait_for(told, 60, "wrong-device")


@fault("an HL7 monitor sends a rate of 0", "`hr-zero`, high", "all")
def zero(world, station):
    world.sender().send(pcd01("Z1", hr=0, spo2=97))
    return lambda: station.alarm(WARD_BED, "hr-zero", 60)


@fault("an HL7 monitor ends its connection", "`link-lost-monitor`, low, medium in a session", "an alarm that was active stays")
def hl7_ends(world, station):
    monitor = world.sender()
    monitor.send(pcd01("E1", hr=72, spo2=97))
    monitor.close()
    return lambda: station.alarm(WARD_BED, "link-lost-monitor", 60)


@fault("journal damaged while the daemon was down, from its start", "the same alarm, unacknowledged; `online`", "what the broker retained; the rest is in the file set aside")
def damaged(world, station):
    world.oximeter.show(spo2=75)
    station.alarm(BED, "spo2-deep", 60)
    world.daemon.stop()
    mark, journal = station.mark(), world.folder / "journal.db"
    journal.write_bytes(b"\xff" * 4096 + journal.read_bytes()[4096:])
    world.begun = time.monotonic()
    world.daemon.start()
    return lambda: (station.alarm(BED, "spo2-deep", 60, after=mark), station.online(NODE, 60, after=mark))


@fault("less than 64 MiB left on the disk", "`disk-low`, low, medium after 10 min", "all", small_disk)
def disk_low(world, station, disk):
    disk.fill()
    return lambda: world.node(station, "disk-low", timeout=100)


@fault("not a byte left on it", "`journal-failed`, medium, with the next thing to be kept", "the state, once there is room", small_disk)
def disk_full(world, station, disk):
    disk.fill()
    world.begun = time.monotonic()
    station.send(station.bed(BED), "note", args={"text": "x"})
    return lambda: world.node(station, "journal-failed")


@fault("the disk refuses all writes", "`journal-failed`, medium; commands are answered `accepted`", "the state, once it takes them")
def disk(world, station):
    resource.prlimit(world.daemon.process.child.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    station.send(station.bed(BED), "note", args={"text": "x"})
    return lambda: world.node(station, "journal-failed")


@fault("settings file broken, `systemctl reload`", "`settings-invalid`, low (without the reload up to 5 min later)", "what runs runs on")
def settings(world, station):
    world.daemon.settings.write_text("nonsense = 1\n")
    world.daemon.process.child.send_signal(signal.SIGHUP)
    return lambda: world.node(station, "settings-invalid")


def measure(what, seen, kept, make, around):
    with tempfile.TemporaryDirectory() as name:
        world = Bedside(Path(name))
        try:
            with around(world) as stands:
                wait = make(world, world.started(), *([stands] if stands else []))
                begun = world.begun or time.monotonic()
                wait()
                took = time.monotonic() - begun
        finally:
            world.end()
    return f"| {what} | {seen} | {took:.1f} s | {kept} |"


def main():
    print("| Fault | What a nurse sees | After | What is kept |\n|---|---|---|---|")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wanted = [one for one in FAULTS if all(word in one[0] for word in sys.argv[1:])]
        for row in pool.map(lambda one: measure(*one), wanted):
            print(row, flush=True)


if __name__ == "__main__":
    main()
