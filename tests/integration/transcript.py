#!/usr/bin/python3
"""Plays an outage of the broker with an alarm that gets worse meanwhile, and prints what mosquitto_sub shows of it: the
transcript in docs/faults.md.   VITALSD_BIN=build/quick/daemon/vitalsd tests/integration/transcript.py

Times are from the moment at which the broker was killed. `r` marks what the broker had retained. Left out: ticks,
heartbeats, limits, the station's own confirmations, all but the first of several values in a row, and of each document the
members that are not in KEPT."""
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from fault_times import BED, Bedside
from rig import NODE, tool

KEPT = ("cmd_id", "verb", "status", "state", "reason", "conn", "phase", "monitoring", "rev", "prio", "ack", "ack_by", "v", "q",
        "data", "unacked", "top", "text", "n", "hist")
LEFT_OUT = ("/tick", "/heartbeat", "/limits", "/cmd/received/", "/info", "/news2", "/link/")
AWAY_S = 25


class Listener:
    """mosquitto_sub as anybody would call it, and the time at which each line came."""

    def __init__(self, port):
        command = [tool("mosquitto_sub"), "-p", str(port), "-k", "5", "-t", "vitals/1/#", "-F", "%r %t %p"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.append((time.monotonic(), line.rstrip("\n")))

    def close(self):
        self.child.terminate()
        self.child.wait()
        self._thread.join()
        self.child.stdout.close()


def shortened(payload):
    if not payload:
        return "(empty)"
    document = json.loads(payload)
    kept = {key: document[key] for key in KEPT if key in document and not isinstance(document[key], (dict, list))}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))[:-1] + (",...}" if len(kept) < len(document) else "}")


def show(lines, killed_at, until):
    values = 0
    for at, line in lines:
        retained, topic, payload = (line.split(" ", 2) + [""])[:3]
        if at > until or any(part in topic for part in LEFT_OUT):
            continue
        if "/obs/" in topic:
            values += 1
            if values > 2:  # pulse rate and SpO2
                continue
        elif values:
            if values > 2:
                print(f"                  ... {values - 2} more values")
            values = 0
        print(f"{at - killed_at:+7.2f} s {'r' if retained == '1' else ' '} {topic.removeprefix('vitals/1/')} {shortened(payload)}")
    if values > 2:
        print(f"                  ... {values - 2} more values")


def play(folder):
    world = Bedside(folder)
    listener = None
    try:
        station = world.started()
        world.infusing(station)
        listener = Listener(world.broker.port)
        world.oximeter.show(spo2=90)
        start = station.alarm(BED, "spo2-low", 60, state="active")
        station.acknowledge(BED, start)
        station.alarm(BED, "spo2-low", ack="acked")
        conn = station.online(NODE)["conn"]
        begun, mark = time.monotonic(), station.mark()
        world.broker.kill()
        world.oximeter.show(spo2=85)
        world.told("on")
        called = time.monotonic()
        station.wait_for(lambda: time.monotonic() > begun + AWAY_S, 60)
        world.broker.start()
        started = time.monotonic()
        # What the broker had kept says "online" too: of the connection before.
        status = f"vitals/1/node/{NODE}/status"
        station.wait_for(lambda: any(m.topic == status and m.doc.get("state") == "online" and m.doc["conn"] > conn
                                     for m in station.messages[mark:]), 60, "the daemon is back")
        until = time.monotonic() + 1
        station.wait_for(lambda: time.monotonic() > until)
        print(f"The broker was killed at 0 s and started at {started - begun:.1f} s; the bed called from {called - begun:.1f} s on.\n")
        show([line for line in listener.lines if line[0] > begun - 16.5], begun, until)
    finally:
        if listener:
            listener.close()
        world.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        play(Path(name))
