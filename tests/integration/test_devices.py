"""Every serial monitor from its simulated device to the station: real daemon, real broker, a pseudo terminal.

The list comes from `vitalsd drivers`: a driver without a simulated device fails here.
"""
import json
import subprocess
import time
from pathlib import Path

import pytest
from rig import DAEMON, NODE, Broker, Daemon, Process, free_port
from station import Station
import toml_text

SCENARIOS = Path(__file__).parent / "scenarios"
BED = "pain/b1"
# Settings without which a driver leaves a parameter out.
OPTIONS = {"ivy-450c": {"arterial": "P1"}, "pm6750": {"temperature": "on"}}
# These have no way to say why a value is missing: it is stale in the end, and says no more.
NO_REASON = {"ge-s5-dri"}
# What the scenario's patient has, by metric; a cuff reading travels as one document, its systolic rises.
TRUTH = {"hr": 74, "pr": 75, "spo2": 97, "rr": 14, "temp": 36.6, "art-sys": 131, "art-dia": 71, "art-map": 91}
UNIT = {"hr": "/min", "pr": "/min", "spo2": "%", "rr": "/min", "temp": "Cel", "art-sys": "mmHg", "art-dia": "mmHg",
        "art-map": "mmHg"}
# Devices that put the scenario's alarm on their own list.
OWN_ALARMS = {"philips-intellivue", "draeger-medibus"}


def cuff_reading(doc):
    return doc["q"] == "valid" and 121 <= doc["sys"] <= 141 and (doc["dia"], doc["map"]) == (76, 91)


def profile():
    """Delays of a second; values stay fresh for the slowest of the monitors, which reports every 5 s."""
    return toml_text.shortened_profile(
        "for tests only", 1,
        {"sensor_delay_s": 1, "sensor_raise_after_s": 3, "stale_raise_after_s": 3, "link_delay_s": 1,
         "link_raise_after_s": 3, "blind_delay_s": 3, "off_delay_s": 1, "hr_zero_delay_s": 1},
        {"streaming_s": 7, "polled_min_s": 7})


def assert_times(message):
    """A value is of now, and says until when it counts; the monitor's own time, where there is one, is of now too."""
    doc, now_ms = message.doc, (time.time() - time.monotonic() + message.at) * 1000
    assert abs(doc["ts"] - now_ms) < 10_000, "ts is when it came"
    if doc["q"] in ("valid", "questionable"):
        assert doc["ts"] < doc["valid_until"] < now_ms + 3_600_000
    assert doc.get("t_src") is None or abs(doc["ts"] - doc["t_src"]) < 60_000


def facts():
    listed = subprocess.run([DAEMON, "drivers", "--json"], capture_output=True, text=True, timeout=60, check=True)
    return {entry["name"]: entry for entry in json.loads(listed.stdout)}


class Ward:
    """One bed with one simulated device, its link and a station."""

    def __init__(self, folder, contract, protocol, line):
        self.folder, self.protocol = folder, protocol
        self.datagrams = line == "udp"
        link = str(folder / "monitor") if line == "pty" else f"{line}://127.0.0.1:{free_port()}"
        self.line = ["--pty" if line == "pty" else "--listen", link]
        self.options = dict(OPTIONS.get(protocol, {}), **({"transport": "lan"} if line == "udp" else {}))
        self.broker = Broker(folder / "broker")
        (folder / "profiles").mkdir()
        (folder / "profiles" / "test.toml").write_text(profile())
        self.metrics = facts()[protocol]["metrics"]
        self.daemon = Daemon(folder, toml_text.dump({
            "node": {"name": NODE, "clock_trusted": True},
            "journal": {"path": str(folder / "journal.db")},
            "broker": {"host": "127.0.0.1", "port": self.broker.port},
            "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse"}},
            "source": [{"name": "monitor", "protocol": protocol, "port" if line == "pty" else "connect": link,
                        "options": self.options, "sim": True}],
            "bed": [self.bed()],
        }))
        self.station = Station(self.broker.port, "ns-1", contract=contract)
        self.device = None

    def bed(self):
        out = {"unit": "pain", "name": "b1", "profile": "test", "sources": ["monitor"]}
        if {"hr", "pr"} & set(self.metrics):
            out["rate"] = "pr" if "pr" in self.metrics else "hr"
        if {"nibp-sys", "art-sys"} <= set(self.metrics):
            out["pressure"] = "nibp"  # the limits need to know which of two
        return out

    def start(self):
        self.station.wait_for(lambda: self.station.connected, what="station connected")
        self.daemon.start()
        self.station.online(NODE)
        scenario = SCENARIOS / ("device.toml" if set(TRUTH) & set(self.metrics) else "cuff-module.toml")
        self.device = Process([DAEMON, "simulate", self.protocol, "--scenario", str(scenario), *self.line,
                               *(["--option", "transport=lan"] if "transport" in self.options else [])],
                              self.folder / "device.log")

    def obs(self, metric, wanted, after=0, timeout=20):
        """Waits for an observation document of the metric that `wanted` accepts."""
        topic = f"{self.station.bed(BED)}/obs/{metric}"

        def seen():
            return next((m for m in self.station.messages[after:] if m.topic == topic and wanted(m.doc)), None)
        message = self.station.wait_for(seen, timeout, f"{metric} as wanted")
        assert_times(message)
        return message.doc

    def monitor_alarm(self, **wanted):
        """The first document of the scenario's alarm that is as wanted."""
        prefix = f"{self.station.bed(BED)}/alarm/mon-monitor-"

        def seen():
            return next((m.doc for m in self.station.messages if m.topic.startswith(prefix)
                         and all(m.doc.get(key) == value for key, value in wanted.items())
                         and ("TEST ALARM" in m.doc.get("text", "") or "id" in wanted)), None)
        return self.station.wait_for(seen, 30, f"an alarm of the monitor with {wanted}")

    def close(self):
        if self.device:
            self.device.end()
        self.daemon.end()
        self.station.close()
        if self.broker.process.running:
            self.broker.stop()


@pytest.fixture
def ward(tmp_path, contract, request):
    ward = Ward(tmp_path, contract, *request.param)
    yield ward
    ward.close()
    assert not ward.station.problems, "payloads that break the contract:\n" + "\n".join(ward.station.problems[:10])


def lines():
    """Each on a serial port; one behind a serial device server and the one that speaks datagrams also there."""
    serial = [(name, "pty") for name in facts() if name != "hl7"]
    return [*serial, ("nonin", "tcp"), ("philips-intellivue", "udp")]


@pytest.mark.parametrize("ward", lines(), indirect=True, ids="-".join)
def test_device_from_the_wire_to_the_station(ward):
    ward.start()
    station = ward.station
    for metric, value in TRUTH.items():
        if metric in ward.metrics:
            doc = ward.obs(metric, lambda d, v=value: d["q"] == "valid" and abs(d["v"] - v) < 0.06)
            assert (doc["u"], doc["metric"], doc["src"]) == (UNIT[metric], metric, "monitor")
    if "nibp-sys" in ward.metrics:
        cuff = ward.obs("nibp", cuff_reading, timeout=60)
        assert cuff["u"] == "mmHg" and cuff.get("t_src"), "when it was taken"

    if ward.protocol in OWN_ALARMS:
        theirs = ward.monitor_alarm(state="active")
        assert (theirs["origin"], theirs["src"]) == ("monitor", "monitor") and "TEST ALARM" in theirs["text"]
        assert ward.monitor_alarm(state="inactive", id=theirs["id"])["origin"] == "monitor"

    oximeter = "spo2" in ward.metrics
    if oximeter:
        ward.obs("spo2", lambda d: d["q"] == "invalid" and d.get("v") is None)
    if oximeter and ward.protocol not in NO_REASON:
        station.alarm(BED, "spo2-sensor", phase="start", timeout=30)
        station.alarm(BED, "spo2-sensor", phase="end", timeout=30)
    if oximeter and not ward.datagrams:  # there silence is a lost link, which covers what it takes along
        station.alarm(BED, "spo2-stale", phase="start", timeout=40)
        station.alarm(BED, "spo2-stale", phase="end", timeout=40)
    mark = station.mark()
    station.alarm(BED, "link-lost-monitor", phase="start", timeout=60)
    station.alarm(BED, "link-lost-monitor", phase="end", timeout=40, after=mark)
    mark = station.mark()
    if oximeter:
        ward.obs("spo2", lambda d: d["q"] == "valid" and d["v"] == TRUTH["spo2"], after=mark, timeout=30)
    elif "nibp-sys" in ward.metrics:
        ward.obs("nibp", cuff_reading, after=mark, timeout=40)
