"""As a service: what systemd is told, and what is left behind by Ctrl-C."""
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rig import DAEMON, NODE

WATCHDOG_S = 1


class Manager:
    """The end of the notify socket that systemd would hold."""

    def __init__(self, path):
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def next(self, wanted, timeout=30):
        """Waits for a message with this line in it; the others come back, too."""
        seen, deadline = [], time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                seen.append(self.socket.recv(4096).decode())
            except TimeoutError:
                break
            if wanted in seen[-1].splitlines():
                return seen
        raise AssertionError(f"systemd was not told {wanted}, but {seen}")


@pytest.mark.quick
def test_systemd_is_told_of_the_start_of_every_second_and_of_the_end(world, tmp_path):
    manager = Manager(tmp_path / "notify")
    world.daemon.start({"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000)})
    first = manager.next("READY=1")
    assert not any("WATCHDOG=1" in message for message in first[:-1]), first
    for _ in range(3):
        manager.next("WATCHDOG=1")
    world.daemon.process.child.send_signal(signal.SIGTERM)
    manager.next("STOPPING=1")
    assert world.daemon.process.child.wait(20) == 0


def errors_in_journal(text):
    return [line for line in text.splitlines() if line.startswith("<3>")]


@pytest.mark.quick
def test_each_mistake_in_the_settings_is_an_error_of_its_own_to_journald(world, tmp_path):
    journald = {"JOURNAL_STREAM": "1:1"}
    good = world.daemon.settings.read_text()
    broken = good.replace("protocol", "protokoll").replace("clock_trusted", "clock_trustet")
    world.daemon.settings.write_text(broken)
    refused = subprocess.run([DAEMON, "run", "--settings", str(world.daemon.settings)], capture_output=True, text=True,
                             timeout=60, env={**os.environ, **journald})
    assert refused.returncode == 1
    place = f"<3>{world.daemon.settings}:"
    named = [line for line in errors_in_journal(refused.stderr) if line.startswith(place) and " error: " in line]
    assert len(named) >= 4 and not [line for line in refused.stderr.splitlines() if line[:1] != "<"], refused.stderr
    assert refused.stderr.splitlines()[-1] == f"<3>{world.daemon.settings} is not usable; not starting"

    world.daemon.settings.write_text(good)
    world.station()
    world.daemon.start(journald)
    station = world.stations[0]
    station.online(NODE)
    world.daemon.settings.write_text(broken)
    world.daemon.process.child.send_signal(signal.SIGHUP)

    def told():
        text = world.daemon.log.read_text()
        return len([line for line in errors_in_journal(text) if line.startswith(place)]) >= 4
    station.wait_for(told, 15, "each mistake with the priority of an error")


def descendants(pid):
    """Processes that this one has started, and theirs, by /proc."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue  # it has ended meanwhile
            children.setdefault(parent, []).append(int(entry.name))
    found, look = [], [pid]
    while look:
        look += children.get(look.pop(), [])
        found = sorted(set(found + look))
    return found


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_ctrl_c_ends_all_that_the_demo_has_started():
    demo = subprocess.Popen([sys.executable, "-u", str(Path(__file__).with_name("demo_session.py"))], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "VITALSD_BIN": DAEMON})
    try:
        said = []
        for line in demo.stdout:
            said.append(line)
            if "session starts" in line:
                break
        started = descendants(demo.pid)
        assert len(started) >= 4, f"broker, daemon and two monitors: {started}\n{''.join(said)}"
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
        assert demo.returncode == 0, said
        assert not [pid for pid in started if runs(pid)]
    finally:
        demo.kill()
        demo.wait()
