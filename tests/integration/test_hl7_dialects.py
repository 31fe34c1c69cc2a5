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


@pytest.fixture
def ward(tmp_path, contract, monkeypatch):
    monkeypatch.setenv("TZ", "<+0545>-5:45")  # of monitor and daemon: some makers send local time without its offset
    broker = Broker(tmp_path / "broker")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "test.toml").write_text(test_devices.profile())
    port = free_port()
    daemon = Daemon(tmp_path, toml_text.dump({
        "node": {"name": NODE, "clock_trusted": True},
        "journal": {"path": str(tmp_path / "journal.db")},
        "broker": {"host": "127.0.0.1", "port": broker.port},
        "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse"}},
        "source": [{"name": "monitor", "protocol": "hl7", "listen": f"127.0.0.1:{port}", "period_s": 2, "sim": True,
                    "metrics": ["hr", "pr", "spo2", "nibp"], "beds": {"b1": BED}}],
        "bed": [{"unit": "pain", "name": "b1", "profile": "test", "sources": ["monitor"], "rate": "hr"}],
    }))
    station = Station(broker.port, "ns-1", contract=contract)
    station.wait_for(lambda: station.connected, what="station connected")
    daemon.start()
    station.online(NODE)
    devices = []

    def play(dialect):
        devices.append(Process([DAEMON, "simulate", "hl7", "--dialect", dialect, "--bed", BED,
                                "--connect", f"127.0.0.1:{port}",
                                "--scenario", str(test_devices.SCENARIOS / "device.toml")], tmp_path / "device.log"))
        return station

    yield play
    for device in devices:
        device.end()
    daemon.end()
    assert "device-clock" not in daemon.log.read_text(), "the monitor's clock is right"
    station.close()
    broker.stop()
    assert not station.problems, "payloads that break the contract:\n" + "\n".join(station.problems[:10])


def obs(station, metric, wanted, timeout=20):
    topic = f"{station.bed(BED)}/obs/{metric}"
    return station.wait_for(lambda: next((m.doc for m in station.messages if m.topic == topic and wanted(m.doc)), None),
                            timeout, f"{metric} as wanted")


@pytest.mark.parametrize("dialect", dialects())
def test_dialect_from_the_wire_to_the_station(ward, dialect):
    station = ward(dialect)
    for metric, (value, unit) in TRUTH.items():
        obs(station, metric, lambda d, v=value, u=unit: d["q"] == "valid" and d["v"] == v and d["u"] == u)
    obs(station, "nibp", test_devices.cuff_reading)
    obs(station, "spo2", lambda d: d["q"] in ("unavailable", "invalid") and d.get("v") is None)
