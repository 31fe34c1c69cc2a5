"""What the demo's nursing station shows in a terminal: one line a change, coloured by priority where there is colour."""
import sys
import threading
import time

COLOURS = {"high": "\033[1;97;41m", "medium": "\033[30;43m", "low": "\033[30;46m", "info": "\033[37m",
           "end": "\033[32m", "nurse": "\033[1;34m", "dim": "\033[2m"}
SIGNS = {"high": "!!!", "medium": "!! ", "low": "!  ", "info": "i  "}
WORDS = {"start": "ALARM", "escalate": "RISES", "deescalate": "falls", "update": "now", "end": "over", "reset": "reset"}


class Screen:
    def __init__(self):
        self.colour = sys.stdout.isatty()
        self.lock = threading.Lock()
        self.values = {}
        self.shown_values = ""

    def paint(self, text, name):
        return f"{COLOURS[name]}{text}\033[0m" if self.colour and name in COLOURS else text

    def line(self, text, name=None):
        with self.lock:
            print(f"{time.strftime('%H:%M:%S')}  {self.paint(text, name) if name else text}", flush=True)

    def alarm(self, doc):
        """A change of one alarm, as a nurse would want to hear it."""
        over = doc["state"] == "inactive"
        sign = "ok " if over else SIGNS[doc["prio"]]
        place = f"{doc['unit']}/{doc['bed']}" if doc.get("bed") else doc["node"]
        head = f"{sign} {place:8} {WORDS[doc['phase']]:5} {doc['prio']:6} {doc['text']}"
        tail = []
        if doc["ack"] == "acked" and not over:
            tail.append(f"acknowledged by {doc['ack_by']}")
        if doc.get("data") not in ("fresh", None) and not over:
            tail.append(f"data {doc['data']}")
        if doc["phase"] in ("start", "escalate"):
            if doc.get("dose_mg") is not None:
                tail.append(f"ketamine so far {doc['dose_mg']:.2f} mg")
            if doc.get("advice"):
                tail.append(doc["advice"])
        if over:
            tail.append(doc.get("end_reason") or "")
        self.line(" | ".join([head] + [t for t in tail if t]), "end" if over else doc["prio"])

    def value(self, bed, metric, doc):
        """Keeps the newest value; `values_line` shows all of them, and a word where there is none."""
        if metric == "nibp":
            text = f"{doc['sys']:.0f}/{doc['dia']:.0f}" if "sys" in doc else f"-- ({doc['q']})"
        else:
            text = f"{doc['v']:.0f}" if "v" in doc else f"-- ({doc['q']})"
        with self.lock:
            self.values.setdefault(bed, {})[metric] = text

    def values_line(self):
        with self.lock:
            beds = [f"{bed}  " + "  ".join(f"{m} {v}" for m, v in sorted(values.items()))
                    for bed, values in sorted(self.values.items())]
        text = "      " + "   |   ".join(beds)
        if beds and text != self.shown_values:
            self.shown_values = text
            self.line(text, "dim")
