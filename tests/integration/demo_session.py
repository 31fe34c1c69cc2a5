#!/usr/bin/python3
"""A ketamine session from baseline to its end, on loopback: broker, daemon, two simulated monitors, one station.

  demo_session.py          plays the session, then shows what comes until Ctrl-C
  demo_session.py --once   plays it and ends: 0 when exactly the expected alarms came in their order, else 1

Nothing here is a patient; every document on the wire says "sim": true.
"""
import difflib
import signal
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from contract import Contract  # noqa: E402
from demo_screen import Screen  # noqa: E402
from rig import DAEMON, NODE, Broker, Daemon, Process, free_port, settings_text  # noqa: E402
from station import Station  # noqa: E402
from toml_text import SHIPPED, demo_profile  # noqa: E402

SCENARIOS = Path(__file__).resolve().parent / "scenarios"

# Every change of an alarm that the session brings, in order: bed, condition, what happens, priority.
EXPECTED = [
    ("b1", "spo2-low", "start", "medium"),
    ("b1", "spo2-low", "update", "medium"),   # acknowledged
    ("b1", "spo2-low", "end", "medium"),
    ("b2", "sbp-high", "start", "medium"),    # 24 % above the patient's own baseline, and below every absolute limit
    ("b2", "sbp-high", "update", "medium"),   # acknowledged
    ("b2", "sbp-high", "end", "medium"),
    ("b1", "spo2-sensor", "start", "low"),
    ("b1", "spo2-sensor", "escalate", "medium"),
    ("b1", "spo2-sensor", "end", "medium"),
    ("b2", "nibp-overdue", "start", "low"),
    ("b2", "nibp-overdue", "end", "low"),
]

FIRST_ALARM_S = 60  # from the start of the daemon, at the most


class Stopped(Exception):
    pass


class Demo:
    def __init__(self, folder):
        self.screen, self.stop = Screen(), threading.Event()
        self.seen, self.faces, self.cuffs, self.processes = [], {}, {}, []
        self.broker = Broker(folder / "broker")
        (folder / "profiles").mkdir()
        (folder / "profiles" / "demo.toml").write_text(demo_profile())
        self.mllp_port = free_port()
        self.link = folder / "oximeter"
        text = settings_text(folder, "demo", self.broker.port, self.mllp_port, self.link, sim=True)
        self.daemon = Daemon(folder, text)
        self.folder = folder
        self.station = Station(self.broker.port, "ns-1", contract=Contract())
        self.station.listeners.append(self.on_message)

    def on_message(self, message):
        parts = message.topic.split("/")
        if len(parts) < 7 or parts[2] != "bed" or not message.doc or message.retain:
            return
        bed, kind = parts[4], parts[5]
        if kind == "obs":
            self.screen.value(bed, parts[6], message.doc)
            if parts[6] == "nibp" and "sys" in message.doc:
                with self.station.changed:
                    self.cuffs.setdefault(bed, set()).add(message.doc["t_src"])
                    self.station.changed.notify_all()
        elif kind == "alarm" and message.doc["phase"] != "continue":
            doc = message.doc
            # `worst` and the audience move on as updates too; shown is what a nurse would act on.
            face = (doc["id"], doc["phase"] == "update", doc["state"], doc["prio"], doc["ack"], doc["data"])
            if doc["phase"] != "update" or self.faces.get((bed, doc["cond"])) != face:
                self.screen.alarm(doc)
            self.faces[bed, doc["cond"]] = face
            with self.station.changed:
                change = (bed, doc["cond"], doc["phase"], doc["prio"])
                if doc["phase"] != "update" or (doc["ack"] == "acked" and change not in self.seen):
                    self.seen.append(change)
                self.station.changed.notify_all()

    # --- the script's words ---

    def pause(self, seconds):
        if self.stop.wait(seconds):
            raise Stopped

    def until(self, bed, condition, phase, timeout):
        """Waits for a change, but not past a Ctrl-C."""
        def there():
            if self.stop.is_set():
                raise Stopped
            return any(s[:3] == (bed, condition, phase) for s in self.seen)
        self.station.wait_for(there, timeout, f"{condition} {phase} at {bed}")

    def cuff_readings(self, bed, count):
        """Waits until that many were measured: a baseline needs two of its own phase."""
        def there():
            if self.stop.is_set():
                raise Stopped
            return len(self.cuffs.get(bed, ())) >= count
        self.station.wait_for(there, 60, f"{count} cuff readings at {bed}")

    def nurse(self, bed, verb, say, target=None, **args):
        answer = self.station.command(f"pain/{bed}", verb, target=target, args=args)
        if answer["status"] == "confirm-needed":
            self.screen.line(f"    {bed}: {answer['text']}; the nurse confirms", "nurse")
            answer = self.station.command(f"pain/{bed}", verb, target=target, args={**args, "confirm": True})
        self.screen.line(f"    {bed}: {say} -> {answer['status']} {answer.get('text', '')}".rstrip(), "nurse")
        if answer["status"] not in ("applied", "accepted"):
            raise AssertionError(f"{verb} at {bed}: {answer}")

    def acknowledge(self, bed, condition):
        doc = [d for d in self.station.alarm_documents(f"pain/{bed}", condition) if d["state"] == "active"][-1]
        self.nurse(bed, "ack", f"nurse acknowledges {condition}",
                   target={"cond": condition, "id": doc["id"], "rev": doc["rev"]})

    # --- the session ---

    def start(self):
        def simulate(kind, name, *arguments):
            self.processes.append(Process([DAEMON, "simulate", kind, "--scenario", str(SCENARIOS / name), *arguments],
                                          self.folder / f"{name}.log"))
        self.screen.line(f"broker on 127.0.0.1:{self.broker.port}; settings and logs in {self.folder}", "dim")
        simulate("nonin", "demo-oximeter.toml", "--pty", str(self.link))
        self.daemon.start()
        self.started = time.monotonic()
        simulate("hl7", "demo-monitor.toml", "--connect", f"127.0.0.1:{self.mllp_port}", "--bed", "pain/b2")
        self.station.online(NODE)
        self.screen.line("vitalsd is online. A secondary alarm: the bedside monitor stays the primary one.", "dim")
        threading.Thread(target=self.show_values, daemon=True).start()

    def show_values(self):
        while not self.stop.wait(5):
            self.screen.values_line()

    def play(self):
        nothing_against = {item: False for item in tomllib.loads(SHIPPED.read_text())["checklist"]}
        self.nurse("b2", "session-start", "session starts, 70 kg; the patient rests, the cuff is read twice", kg=70,
                   checklist=nothing_against)
        self.nurse("b2", "observe", "the nurse observes: alert and calm, 14 breaths a minute", rass=0, rr=14)
        self.nurse("b1", "session-start", "session starts, 82 kg", kg=82, checklist=nothing_against)
        self.nurse("b1", "baseline-set", "baseline entered", rate=76, spo2=97)
        self.nurse("b1", "infusion-start", "infusion starts: 0.5 mg/kg over 60 min", mg_per_kg=0.5, planned_min=60)
        self.until("b1", "spo2-low", "start", FIRST_ALARM_S - (time.monotonic() - self.started))
        self.pause(4)
        self.acknowledge("b1", "spo2-low")
        self.until("b1", "spo2-low", "end", 40)
        self.cuff_readings("b2", 2)
        self.nurse("b2", "infusion-start", "infusion starts: 0.3 mg/kg/h", rate=0.3, rate_unit="mg/kg/h", planned_min=60)
        self.pause(4)
        self.nurse("b2", "infusion-rate", "the rate is raised to 0.5 mg/kg/h", rate=0.5, rate_unit="mg/kg/h",
                   reason="pain 6 of 10")
        self.until("b2", "sbp-high", "start", 40)
        self.pause(4)
        self.acknowledge("b2", "sbp-high")
        self.nurse("b2", "observe", "observed: pain 3 of 10, restless, mild dissociation", pain=3, rass=1, dissociation="mild")
        self.nurse("b2", "infusion-hold", "the infusion is held", reason="blood pressure")
        self.until("b2", "sbp-high", "end", 50)
        self.nurse("b2", "infusion-resume", "the infusion goes on")
        self.until("b1", "spo2-sensor", "start", 40)
        self.until("b1", "spo2-sensor", "end", 40)
        self.nurse("b1", "infusion-stop", "the infusion is over: recovery")
        self.until("b2", "nibp-overdue", "start", 60)
        self.until("b2", "nibp-overdue", "end", 40)
        self.nurse("b2", "infusion-stop", "the infusion is over: recovery")
        self.pause(6)
        for bed in ("b1", "b2"):
            self.nurse(bed, "session-end", "discharged, sooner than the profile wants: it is a demo")
        self.pause(2)

    def verdict(self):
        """What differs from the expected alarms and from the contract; empty when nothing does."""
        line = " ".join
        out = list(difflib.unified_diff([line(e) for e in EXPECTED], [line(s) for s in self.seen], "expected", "seen",
                                        lineterm=""))
        return out + self.station.problems

    def end(self):
        self.stop.set()
        for process in self.processes:
            process.end()
        self.daemon.end()
        self.station.close()
        self.broker.stop()


def run(once):
    with tempfile.TemporaryDirectory(prefix="vitalsd-demo-") as folder:
        demo = Demo(Path(folder))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: demo.stop.set())
        try:
            demo.start()
            demo.play()
            if once:
                return report(demo)
            demo.screen.line("The session is over. The monitors go on; Ctrl-C ends everything.", "dim")
            demo.stop.wait()
        except Stopped:
            return 130 if once else 0
        except AssertionError as error:
            print(f"{error}\n--- the daemon's log:\n{demo.daemon.process.tail(20)}", file=sys.stderr)
            return 1
        finally:
            demo.end()
    return 0


def report(demo):
    differences = demo.verdict()
    print("\n".join(differences) if differences else f"exactly the {len(EXPECTED)} expected changes came, in order")
    return 1 if differences else 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--once"]):
        sys.exit(__doc__)
    sys.exit(run(sys.argv[1:] == ["--once"]))
