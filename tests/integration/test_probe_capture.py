"""`vitalsd probe` and `vitalsd capture` at every simulated device: what is connected is recognised, the stanza that is
printed is one that `vitalsd check` takes, and what is captured can be replayed."""
import fcntl
import json
import os
import pty
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import toml_text
from rig import DAEMON, Process, free_port, wait_for_port

SCENARIO = Path(__file__).parent / "scenarios" / "steady.toml"
# Two protocols that nobody can tell apart by their bytes.
TWINS = {"contec-5", "berry-bci"}


def facts():
    listed = subprocess.run([DAEMON, "drivers", "--json"], capture_output=True, text=True, timeout=60, check=True)
    return {entry["name"]: entry for entry in json.loads(listed.stdout) if entry["name"] != "hl7"}


def run(*arguments, timeout=240):
    return subprocess.run([DAEMON, *arguments], capture_output=True, text=True, timeout=timeout)


class Device:
    """A simulated monitor on a line of its own; `target` is how probe and capture call it."""

    def __init__(self, folder, protocol, line, *options):
        port = free_port()
        self.target = str(folder / "monitor") if line == "pty" else f"{line}://127.0.0.1:{port}"
        where = ["--pty" if line == "pty" else "--listen", self.target]
        extra = [word for option in options for word in ("--option", option)]
        self.process = Process([DAEMON, "simulate", protocol, "--scenario", str(SCENARIO), *where, *extra],
                               folder / "device.log")
        if line == "tcp":
            wait_for_port(port, self.process)
        deadline = time.monotonic() + 10
        while line == "pty" and not os.path.exists(self.target):
            assert time.monotonic() < deadline and self.process.running, self.process.tail()
            os.sched_yield()


@pytest.fixture
def device(tmp_path):
    started = []

    def start(protocol, line="pty", *options):
        started.append(Device(tmp_path, protocol, line, *options))
        return started[-1]
    yield start
    for one in started:
        one.process.end()


def settings_with(folder, stanza, metrics):
    """Settings that consist of the stanza and a bed for it."""
    bed = {"unit": "pain", "name": "b1", "profile": "test", "sources": ["mon1"]}
    if {"hr", "pr"} & set(metrics):
        bed["rate"] = "pr" if "pr" in metrics else "hr"
    if {"nibp-sys", "art-sys"} <= set(metrics):
        bed["pressure"] = "nibp"
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "profiles" / "test.toml").write_text(toml_text.test_profile())
    settings = folder / "probed.toml"
    settings.write_text(toml_text.dump({
        "node": {"name": "gw-test"}, "broker": {"host": "127.0.0.1"}, "stations": {"roles": {"ns-1": "nurse"}},
        "bed": [bed]}) + "\n" + stanza)
    return str(settings)


def assert_found(folder, said, protocol):
    about = facts()[protocol]
    proves_itself = about["integrity"] in ("checksum", "crc")
    assert said.returncode == 0, said.stdout + said.stderr
    assert re.match(rf"{protocol}: {'sure' if proves_itself else 'likely'} \(", said.stdout), said.stdout
    stanza = said.stdout[said.stdout.index("[[source]]"):]
    check = run("check", settings_with(folder, stanza, about["metrics"]))
    assert check.returncode == 0 and "error" not in check.stderr, check.stderr + stanza
    return stanza


# Some speak by themselves, the others when asked: a listener is told that there is this possibility.
@pytest.mark.parametrize("protocol", sorted(set(facts()) - TWINS))
def test_probe_names_every_device_on_a_port(tmp_path, device, protocol):
    monitor = device(protocol)
    said = run("probe", monitor.target, "--seconds", "12")  # five rows of the slowest
    if said.returncode != 0:
        assert "--poll" in said.stderr or "no frame" in said.stderr, said.stderr
        said = run("probe", monitor.target, "--poll", "--seconds", "2")
    stanza = assert_found(tmp_path, said, protocol)
    assert f'port = "{monitor.target}"' in stanza


@pytest.mark.parametrize("protocol", sorted(TWINS))
def test_probe_does_not_guess_between_twins(device, protocol):
    said = run("probe", device(protocol).target, "--seconds", "5")
    assert said.returncode == 2 and said.stdout.startswith("ambiguous"), said.stdout
    for name in TWINS:
        assert f'# protocol = "{name}"' in said.stdout, "both are named, neither is ready to paste"
    assert "\n[[source]]" not in said.stdout


@pytest.mark.parametrize("form", ["7", "8"])
def test_probe_finds_the_format_of_an_oximeter(tmp_path, device, form):
    said = run("probe", device("nonin", "pty", f"format={form}").target, "--seconds", "8")
    assert said.returncode == 0, said.stdout + said.stderr
    stanza = said.stdout[said.stdout.index("[[source]]"):]
    assert f'format = "{form}"' in stanza
    assert run("check", settings_with(tmp_path, stanza, ["pr", "spo2"])).returncode == 0


def test_probe_through_a_device_server(tmp_path, device):
    monitor = device("nonin", "tcp")
    address = monitor.target.removeprefix("tcp://")
    for target in (monitor.target, address):
        stanza = assert_found(tmp_path, run("probe", target, "--seconds", "5"), "nonin")
        assert f'connect = "{monitor.target}"' in stanza


def test_probe_of_datagrams_asks_only_when_told(tmp_path, device):
    monitor = device("philips-intellivue", "udp", "transport=lan")
    refused = run("probe", monitor.target)
    assert refused.returncode == 1 and "--poll" in refused.stderr
    stanza = assert_found(tmp_path, run("probe", monitor.target, "--poll"), "philips-intellivue")
    assert f'connect = "{monitor.target}"' in stanza


def test_probe_names_who_holds_the_port(tmp_path, device):
    monitor = device("nonin")
    with open(monitor.target, "rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = run("probe", monitor.target)
    assert said.returncode == 1
    assert "busy" in said.stderr and f"({os.getpid()})" in said.stderr, said.stderr


def test_probe_of_silence_says_what_to_look_at(tmp_path):
    master, slave = pty.openpty()
    said = run("probe", os.ttyname(slave), "--seconds", "1")
    os.close(master), os.close(slave)
    assert said.returncode == 1 and "nothing was sent" in said.stderr and "cable" in said.stderr


CAPTURES = [("nonin", "pty"), ("ge-dinamap", "pty"), ("contec-9", "pty"), ("nonin", "tcp"), ("ge-s5-dri", "tcp"),
            ("philips-intellivue", "udp")]


@pytest.mark.parametrize("protocol, line", CAPTURES, ids="-".join)
def test_what_is_captured_can_be_replayed(tmp_path, device, protocol, line):
    monitor = device(protocol, line, *(["transport=lan"] if line == "udp" else []))
    out = tmp_path / "monitor.capture"
    link = f'{"port" if line == "pty" else "connect"} = "{monitor.target}"'
    stanza = f'[[source]]\nname = "mon1"\nprotocol = "{protocol}"\n{link}\n'
    settings = settings_with(tmp_path, stanza, facts()[protocol]["metrics"])
    capture = Process([DAEMON, "capture", "--settings", settings, "--source", "mon1", "--out", str(out)],
                      tmp_path / "capture.log")
    deadline = time.monotonic() + 60
    while not re.search(r"bytes, ([5-9]|\d\d+) frames;", capture.tail(400)):
        assert time.monotonic() < deadline and capture.running, capture.tail()
        try:
            capture.child.wait(0.2)
        except subprocess.TimeoutExpired:
            pass
    assert capture.end(signal.SIGINT) == 0
    head, *events = [json.loads(text) for text in out.read_text().splitlines()]
    assert head["protocol"] == protocol and head["datagrams"] is (line == "udp")
    assert head["identity"] == "as-is" and "up" in events[0]
    assert any("in" in event for event in events)
    replayed = run("replay", str(out), "--settings", settings)
    assert replayed.returncode == 0, replayed.stderr
    values = [json.loads(text) for text in replayed.stdout.splitlines()]
    sys_or_spo2 = [v["v"] for v in values if v.get("metric") in ("spo2", "nibp-sys") and v.get("v") is not None]
    assert sys_or_spo2 and set(sys_or_spo2) <= {97, 121}, replayed.stdout[:2000]


def test_a_capture_that_nothing_could_be_opened_for_says_so_and_leaves_no_file(tmp_path, device):
    out = tmp_path / "none.capture"

    def refused(*link):
        said = run("capture", "--out", str(out), "--seconds", "2", *link)
        assert said.returncode == 1 and "nothing could be opened: " in said.stderr, said.stderr
        assert not out.exists(), "a second try would be refused for it"
        return said.stderr
    assert "no such device" in refused("--protocol", "nonin", "--port", str(tmp_path / "none"))
    assert "refused" in refused("--protocol", "nonin", "--connect", f"tcp://127.0.0.1:{free_port()}")
    monitor = device("nonin")
    with open(monitor.target, "rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert f"({os.getpid()})" in refused("--protocol", "nonin", "--port", monitor.target)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused("--protocol", "hl7", "--listen", "127.0.0.1:%d" % taken.getsockname()[1])


def test_a_capture_that_nobody_sent_anything_to_is_one(tmp_path):
    out = tmp_path / "quiet.capture"
    said = run("capture", "--out", str(out), "--seconds", "1", "--protocol", "hl7", "--listen", f"127.0.0.1:{free_port()}")
    assert said.returncode == 0 and out.exists(), said.stderr
