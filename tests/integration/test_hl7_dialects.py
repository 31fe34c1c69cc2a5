"""Each maker's HL7 from a simulated monitor to the station: real daemon, real broker, a TCP connection.

The simulated monitors write their codes by themselves; they share no table with the driver.
"""
import re
import subprocess

import pytest
from rig import DAEMON, NODE, Broker, Daemon, Process, free_port
from station import Station
import test_devices
import toml_text

BED = "pain/b1"
TRUTH = {"hr": (74, "/min"), "pr": (75, "/min"), "spo2": (97, "%")}


def dialects():
    shown = subprocess.run([DAEMON, "simulate", "hl7", "--help"], capture_output=True, text=True, timeout=60, check=True)
    return re.search(r"--dialect TEXT:\{([^}]*)\}", shown.stdout).group(1).split(",")


class Ward:
    """One bed with one simulated HL7 monitor, which connects to the daemon or is connected to."""

    def __init__(self, folder, contract):
        self.folder = folder
        self.broker = Broker(folder / "broker")
        (folder / "profiles").mkdir()
        (folder / "profiles" / "test.toml").write_text(test_devices.profile())
        self.address = f"127.0.0.1:{free_port()}"
        self.station = Station(self.broker.port, "ns-1", contract=contract)
        self.daemon = self.device = None

    def play(self, dialect, scenario="device.toml", **source):
        """`source` adds to the settings of the source; with `connect` the monitor listens."""
        listens = "connect" in source
        self.daemon = Daemon(self.folder, toml_text.dump({
            "node": {"name": NODE, "clock_trusted": True},
            "journal": {"path": str(self.folder / "journal.db")},
            "broker": {"host": "127.0.0.1", "port": self.broker.port},
            "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse"}},
            "source": [{"name": "monitor", "protocol": "hl7", "period_s": 2, "sim": True,
                        "metrics": ["hr", "pr", "spo2", "nibp"], "beds": {"b1": BED},
                        **({} if listens else {"listen": self.address}), **source}],
            "bed": [{"unit": "pain", "name": "b1", "profile": "test", "sources": ["monitor"], "rate": "hr"}],
        }))
        self.station.wait_for(lambda: self.station.connected, what="station connected")
        self.daemon.start()
        self.station.online(NODE)
        self.device = Process([DAEMON, "simulate", "hl7", "--dialect", dialect, "--bed", BED,
                               "--listen" if listens else "--connect", self.address,
                               "--scenario", str(test_devices.SCENARIOS / scenario)], self.folder / "device.log")
        return self.station

    def close(self):
        if self.device:
            self.device.end()
        if self.daemon:
            self.daemon.end()
        self.station.close()
        self.broker.stop()


@pytest.fixture
def ward(tmp_path, contract, monkeypatch):
    monkeypatch.setenv("TZ", "<+0545>-5:45")  # of monitor and daemon: some makers send local time without its offset
    ward = Ward(tmp_path, contract)
    yield ward
    ward.close()
    assert "device-clock" not in ward.daemon.log.read_text(), "the monitor's clock is right"
    assert not ward.station.problems, "payloads that break the contract:\n" + "\n".join(ward.station.problems[:10])


def obs(station, metric, wanted, after=0, timeout=20):
    topic = f"{station.bed(BED)}/obs/{metric}"

    def seen():
        return next((m.doc for m in station.messages[after:] if m.topic == topic and wanted(m.doc)), None)
    return station.wait_for(seen, timeout, f"{metric} as wanted")


def values(station, after=0):
    for metric, (value, unit) in TRUTH.items():
        obs(station, metric, lambda d, v=value, u=unit: d["q"] == "valid" and d["v"] == v and d["u"] == u, after)


def no_value(doc):
    return doc["q"] in ("unavailable", "invalid") and doc.get("v") is None


@pytest.mark.parametrize("dialect", dialects())
def test_dialect_from_the_wire_to_the_station(ward, dialect):
    station = ward.play(dialect)
    values(station)
    obs(station, "nibp", test_devices.cuff_reading)
    obs(station, "spo2", no_value)


def test_a_bad_day_of_a_monitor(ward):
    station = ward.play("pcd01", "hl7-monitor.toml")
    values(station)
    cuff = obs(station, "nibp", test_devices.cuff_reading)
    assert cuff["u"] == "mmHg" and 0 <= cuff["ts"] - cuff["t_src"] < 10_000 and cuff["valid_until"] > cuff["ts"]

    obs(station, "spo2", no_value)
    station.alarm(BED, "spo2-stale", phase="start", timeout=20)
    mark = station.mark()
    station.alarm(BED, "spo2-stale", phase="end", timeout=20)
    obs(station, "hr", no_value, after=mark)
    theirs = monitor_alarm(station, state="active")
    assert (theirs["origin"], theirs["prio"], theirs["kind"], theirs["src"]) == ("monitor", "medium", "phys", "monitor")
    assert theirs["text"].startswith("ECG LEADS OFF") and theirs["src_code"]
    assert monitor_alarm(station, state="inactive")["id"] == theirs["id"]
    obs(station, "hr", lambda d: d["q"] == "questionable" and d["v"] == TRUTH["hr"][0], after=mark)

    mark = station.mark()
    station.alarm(BED, "spo2-stale", phase="start", after=mark, timeout=40)  # silence
    station.alarm(BED, "spo2-stale", phase="end", after=mark, timeout=40)
    station.alarm(BED, "link-lost-monitor", phase="start", after=mark, timeout=40)
    station.alarm(BED, "link-lost-monitor", phase="end", after=mark, timeout=40)
    values(station, after=station.mark())
    assert not station.alarm_documents(BED, "hr-low") and not station.alarm_documents(BED, "hr-zero")


def monitor_alarm(station, **wanted):
    """The first alarm of the monitor's own that is as wanted."""
    prefix = f"{station.bed(BED)}/alarm/mon-monitor-"

    def seen():
        return next((m.doc for m in station.messages if m.topic.startswith(prefix) and m.doc
                     and all(m.doc.get(key) == value for key, value in wanted.items())), None)
    return station.wait_for(seen, 30, f"an alarm of the monitor with {wanted}")


def test_a_play_may_be_faster_than_life(tmp_path):
    """--speed: a scenario of ten minutes is over long before the test gives up, and says each of its times."""
    scenario = tmp_path / "fast.toml"
    scenario.write_text('duration_s = 600\nkeyframe = [{t = 0, pr = 75, spo2 = 97}]\n'
                        'event = [{t = 450, kind = "probe-off", say = "probe off"}]\n')
    for device in (["nonin", "--pty", str(tmp_path / "port")],
                   ["hl7", "--bed", BED, "--listen", f"127.0.0.1:{free_port()}"]):
        played = subprocess.run([DAEMON, "simulate", *device, "--scenario", str(scenario), "--speed", "100"],
                                capture_output=True, text=True, timeout=120, check=True)
        said = next(line for line in played.stdout.splitlines() if "probe off" in line)
        assert 450 <= float(said.split()[0]) < 600, played.stdout


def test_a_monitor_that_is_connected_to(ward):
    """Mindray PDS: the monitor listens, wants to hear a heartbeat, and writes its alarms as a list."""
    station = ward.play("mindray-pds", "hl7-monitor.toml", connect=f"tcp://{ward.address}",
                        options={"keep_alive": "mindray-pds"})
    values(station)
    obs(station, "nibp", test_devices.cuff_reading)
    theirs = monitor_alarm(station, state="active")
    assert theirs["origin"] == "monitor" and theirs["text"].startswith("ECG LEADS OFF")
    assert monitor_alarm(station, state="inactive")["id"] == theirs["id"]
    mark = station.mark()
    station.alarm(BED, "link-lost-monitor", phase="start", after=mark, timeout=120)
    station.alarm(BED, "link-lost-monitor", phase="end", after=mark, timeout=120)
    values(station, after=station.mark())
