"""Fixtures: one world (broker, daemon, station) a test, ended whatever happens."""
import os
import select

import pytest
from contract import Contract
from monitors import MllpSender, PtyNonin
from rig import NODE, Broker, Daemon, free_port, settings_text
from station import Station
from toml_text import test_profile


def pytest_configure(config):
    config.addinivalue_line("markers", "quick: also part of ./check --quick")
    config.addinivalue_line("markers", "asan: also run with the sanitizer build")
    config.addinivalue_line("markers", "faults: ./check --long runs these, too, with both sanitizers")


@pytest.fixture(scope="session")
def contract():
    return Contract()


class World:
    """A broker, a daemon with bed pain/b1 (oximeter on a pty) and pain/b2 (HL7), and the stations of a test."""

    def __init__(self, folder, contract):
        self.folder, self.contract = folder, contract
        self.stations, self.senders = [], []
        self.broker = Broker(folder / "broker")
        self.mllp_port = free_port()
        self.oximeter = PtyNonin(folder / "oximeter")
        (folder / "profiles").mkdir()
        (folder / "profiles" / "test.toml").write_text(test_profile())
        self.daemon = Daemon(folder, settings_text(folder, "test", self.broker.port, self.mllp_port, self.oximeter.link))

    def station(self, name="ns-1", **options):
        station = Station(self.broker.port, name, contract=self.contract, **options)
        self.stations.append(station)
        station.wait_for(lambda: station.connected, what=f"{name} connected")
        return station

    def started(self):
        """The usual beginning: a station that listens, and the daemon online with fresh values of the oximeter."""
        station = self.station()
        self.daemon.start()
        station.online(NODE)
        station.wait_for(lambda: self.value(station, "pain/b1", "spo2"), what="a first value of pain/b1")
        return station

    @staticmethod
    def value(station, bed, metric):
        message = station.last.get(f"{station.bed(bed)}/obs/{metric}")
        return message and message.doc.get("v")

    def sender(self):
        sender = MllpSender(self.mllp_port)
        self.senders.append(sender)
        return sender

    def close(self):
        for sender in self.senders:
            sender.close()
        self.daemon.end()
        for station in self.stations:
            station.close()
        self.oximeter.close()
        if self.broker.process.running:
            self.broker.stop()


@pytest.fixture
def world(tmp_path, contract, request):
    world = World(tmp_path, contract)
    yield world
    world.close()
    problems = [problem for station in world.stations for problem in station.problems]
    assert not problems, "payloads that break the contract:\n" + "\n".join(problems[:10])
    # A daemon that died of its own mistake, or that a sanitizer stopped, must not pass unseen.
    log = world.daemon.log.read_text(errors="replace") if world.daemon.log.exists() else ""
    for word in ("CHECK failed", "AddressSanitizer", "ThreadSanitizer", "runtime error:", "LeakSanitizer"):
        assert word not in log, f"the daemon's log says '{word}':\n{world.daemon.process.tail()}"


@pytest.fixture
def kill_rounds():
    return int(os.environ.get("VITALSD_KILL_ROUNDS", "3"))


class Beeper:
    """A program at the bed, and the pipe into which it writes what it is told."""

    def __init__(self, folder):
        self.program, pipe = folder / "beeper", folder / "said"
        os.mkfifo(pipe)
        self.said, self.text = os.open(pipe, os.O_RDWR), ""
        self.program.write_text(f'#!/bin/sh\necho "$@" > {pipe}\n')
        self.program.chmod(0o700)

    def told(self, line, timeout=40):
        """The next thing that it is told."""
        while "\n" not in self.text:
            ready, _, _ = select.select([self.said], [], [], timeout)
            assert ready, f"not told {line!r} within {timeout} s"
            self.text += os.read(self.said, 4096).decode()
        said, self.text = self.text.split("\n", 1)
        assert said == line

    def close(self):
        os.close(self.said)


@pytest.fixture
def beeper(world):
    beeper = Beeper(world.folder)
    settings = world.daemon.settings.read_text()
    world.daemon.settings.write_text(f'{settings}\n[fallback]\nprogram = ["{beeper.program}"]\nrepeat_s = 300\n')
    yield beeper
    beeper.close()
