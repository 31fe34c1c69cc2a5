"""What an integration test stands on: a broker, the daemon as a process, and the folder they live in.

Nothing here waits by sleeping: a start is over when the thing itself says so.
"""
import ctypes
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from toml_text import dump

TOP = Path(__file__).resolve().parents[2]
BROKER_PROFILE = TOP / "config" / "mosquitto" / "loopback.conf.in"
DAEMON = os.environ.get("VITALSD_BIN", str(TOP / "build" / "dev" / "daemon" / "vitalsd"))
NODE = "gw-test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(name):
    """A program that Debian keeps in sbin, which is not in everybody's PATH."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise RuntimeError(f"{name} is not installed: run scripts/dependencies check")
    return found


PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def die_with_parent():
    """In the child: whatever ends us, it gets SIGTERM, so that nothing is left behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A child with its output in a log file. It is ended by the number it was started with, never by name.

    It has a process group of its own: Ctrl-C in the terminal reaches us alone, and we end things in their order.
    """

    def __init__(self, command, log, env=None):
        self.log = Path(log)
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                          env=env, process_group=0, preexec_fn=die_with_parent)

    @property
    def running(self):
        return self.child.poll() is None

    def end(self, how=signal.SIGTERM, timeout=10):
        if self.running:
            self.child.send_signal(how)
        return self.child.wait(timeout)

    def tail(self, lines=40):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def wait_for_port(port, process, timeout=10.0):
    """Returns when something accepts connections; fails with the log when the process ends before."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not process.running:
            raise RuntimeError(f"ended with {process.child.returncode} before it listened:\n{process.tail()}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            select.select([], [], [], 0.02)  # refused at once: there is nothing to wait on yet
    raise RuntimeError(f"nothing listens on port {port} after {timeout} s:\n{process.tail()}")


class Broker:
    """mosquitto on loopback with the project's own profile, as many lives as a test wants."""

    def __init__(self, folder, port=None):
        self.folder, self.port = Path(folder), port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "mosquitto.conf"
        text = BROKER_PROFILE.read_text().replace("@PORT@", str(self.port)).replace("@DIR@", str(self.folder))
        if os.getuid() == 0 and not re.search(r"^user ", text, re.M):
            text += "user root\n"  # mosquitto would drop to a user that may not write the test's folder
        self.config.write_text(text)
        self.process = None
        self.start()

    def start(self):
        self.process = Process([tool("mosquitto"), "-c", str(self.config)], self.folder / "mosquitto.out")
        wait_for_port(self.port, self.process)

    def stop(self):
        self.process.end()

    def kill(self):
        self.process.end(signal.SIGKILL)


class Daemon:
    """`vitalsd run` with a settings file. `start` returns once the process runs; a station sees when it is online."""

    def __init__(self, folder, settings, binary=DAEMON):
        self.folder, self.binary = Path(folder), binary
        self.settings = self.folder / "vitalsd.toml"
        self.settings.write_text(settings)
        self.log = self.folder / "vitalsd.log"
        self.process = None

    def start(self, more_env=None):
        env = {**os.environ, "ASAN_OPTIONS": "abort_on_error=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1",
               **(more_env or {})}
        self.process = Process([self.binary, "run", "--settings", str(self.settings)], self.log, env)
        return self

    def check(self):
        return subprocess.run([self.binary, "check", "--settings", str(self.settings)], capture_output=True, text=True,
                              timeout=60)

    def kill(self):
        self.process.end(signal.SIGKILL)

    def stop(self):
        """A clean stop must end by itself and with 0."""
        code = self.process.end(timeout=20)
        assert code == 0, f"vitalsd ended with {code}:\n{self.process.tail()}"

    def end(self):
        """For clean-up: whatever state it is in."""
        if self.process and self.process.running:
            try:
                self.process.end(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.end(signal.SIGKILL)


def settings_text(folder, profile, broker_port, mllp_port, pty_link, sim=False):
    """Bed pain/b1 with an oximeter on a pseudo terminal, bed pain/b2 with a monitor over HL7."""
    return dump({
        "node": {"name": NODE, "clock_trusted": True},
        "journal": {"path": str(Path(folder) / "journal.db")},
        "broker": {"host": "127.0.0.1", "port": broker_port},
        "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse", "ns-2": "viewer", "charge-1": "charge"}},
        "source": [
            {"name": "oximeter", "protocol": "nonin", "port": str(pty_link), "sim": sim},
            {"name": "monitor", "protocol": "hl7", "listen": f"127.0.0.1:{mllp_port}", "period_s": 2, "sim": sim,
             "connections_per_peer_max": 16, "metrics": ["hr", "pr", "spo2", "nibp"],
             "beds": {"b2": "pain/b2"}},
        ],
        "bed": [
            {"unit": "pain", "name": "b1", "profile": profile, "sources": ["oximeter"], "rate": "pr"},
            {"unit": "pain", "name": "b2", "profile": profile, "sources": ["monitor"], "rate": "hr",
             "pumps": ["P17"]},
        ],
    })
