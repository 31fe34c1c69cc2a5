"""One run of the end-to-end measurements: broker, receiver and load are started, measured and ended.

A receiver is the daemon or the floor (floor.cpp). Everything runs on loopback on this machine, so a figure alone
says little: what counts is the ratio of two receivers in one run.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from rig import Broker, Daemon, Process, free_port, wait_for_port  # noqa: E402
import node_red.flow as node_red  # noqa: E402
from toml_text import dump, shortened_profile  # noqa: E402


def programs_of(build):
    build = Path(build).resolve()
    return {"daemon": str(build / "daemon" / "vitalsd"), "floor": str(build / "tests" / "bench" / "bench_floor"),
            "load": str(build / "tests" / "bench" / "bench_load"), "publish": str(build / "tests" / "bench" / "bench_publish")}


def bench_profile():
    """The shipped limits without any delay: what is measured is ours."""
    return shortened_profile("for benches only", 0, {}, {})


def settings_text(folder, broker_port, mllp_port, beds, connections, values):
    names = [f"bed-{number:05}" for number in range(beds)]
    return dump({
        "node": {"name": "bench", "clock_trusted": True},
        "journal": {"path": str(Path(folder) / "journal.db")},
        "broker": {"host": "127.0.0.1", "port": broker_port, "values": values},
        "source": [{"name": "monitors", "protocol": "hl7", "listen": f"127.0.0.1:{mllp_port}", "period_s": 10,
                    "connections_max": max(connections, 4), "connections_per_peer_max": max(connections, 4),
                    "metrics": ["hr", "pr", "spo2", "nibp"], "beds": {name: f"pain/{name}" for name in names}}],
        "bed": [{"unit": "pain", "name": name, "profile": "bench", "sources": ["monitors"], "rate": "hr"}
                for name in names],
    })


class Receiver:
    """A program under load, with a broker of its own."""

    def __init__(self, name, programs, folder):
        self.name, self.programs = name, programs
        self.folder = Path(folder) / name
        self.folder.mkdir(parents=True)
        self.process = None

    def start(self, beds, connections, values):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        self.broker = Broker(folder / "broker")
        self.port = free_port()
        if self.name == "node-red":
            self.process = Process(node_red.command(self.programs["node-red"], folder / "node-red", self.port, self.broker.port),
                                   folder / "node-red.log")
        elif self.name == "floor":
            self.process = Process([self.programs["floor"], str(self.port), str(self.broker.port)], folder / "floor.log")
        else:
            (folder / "profiles").mkdir()
            (folder / "profiles" / "bench.toml").write_text(bench_profile())
            daemon = Daemon(folder, settings_text(folder, self.broker.port, self.port, beds, connections, values),
                            self.programs["daemon"])
            self.process = daemon.start().process
        wait_for_port(self.port, self.process)

    def end(self):
        self.process.end(timeout=30)
        self.broker.stop()

    def load(self, kind, beds=1, connections=1, values="per-metric", **options):
        """A fresh receiver under one load: what the load program says."""
        self.start(beds, connections, values)
        try:
            topic, match = ("floor/#", "") if self.name != "daemon" else ("vitals/1/bed/+/+/alarm/spo2-low",
                                                                        '"phase":"start"')
            command = [self.programs["load"], kind, "--port", str(self.port), "--pid", str(self.process.child.pid),
                       "--beds", str(beds), "--connections", str(connections)]
            if kind in ("steady", "storm"):
                command += ["--broker", str(self.broker.port), "--topic", topic]
                command += ["--match", match] if match else []
            for key, value in options.items():
                command += [f"--{key.replace('_', '-')}", str(value)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300 + options.get("seconds", 0))
            if done.returncode not in (0, 1):
                raise RuntimeError(f"{' '.join(command)}\n{done.stderr}\n{self.process.tail()}")
            return json.loads(done.stdout)
        finally:
            self.end()
