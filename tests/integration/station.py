"""A nursing station: connects as one, keeps what it sees, confirms alarms, sends commands."""
import itertools
import json
import threading
import time
import uuid
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt

CONFIRM_WITHIN_S = 0.5   # the contract wants receipts batched within 1 s
CONFIRM_AT_LEAST_S = 8   # and one at least every 10 s


def new_client(client_id):
    """A paho client with the callback signatures of version 1, which both 1.6 and 2.x offer."""
    if hasattr(mqtt, "CallbackAPIVersion"):
        return mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, client_id, clean_session=True, protocol=mqtt.MQTTv311)
    return mqtt.Client(client_id, clean_session=True, protocol=mqtt.MQTTv311)


def now_ms():
    return int(time.time() * 1000)


@dataclass
class Message:
    topic: str
    payload: bytes
    retain: bool
    at: float  # monotonic seconds
    doc: dict = field(default_factory=dict)  # empty for an empty payload

    def __str__(self):
        text = self.payload.decode("utf-8", "replace")
        return f"{self.topic} {'(retained) ' if self.retain else ''}{text[:400]}"


class Station:
    """One login at the broker. All state is guarded by `changed`; `wait_for` sleeps until something arrives."""

    def __init__(self, port, name="ns-1", root="vitals", contract=None, confirm=True, password=None, quiet=("tick",),
                 client_id=None, qos=1):
        self.name, self.root, self.contract, self.confirm = name, root, contract, confirm
        self.quiet, self.qos = quiet, qos
        self.changed = threading.Condition()
        self.messages, self.last, self.problems = [], {}, []
        self.connected = self.closing = False
        self.listeners = []
        self._unconfirmed, self._nodes = [], set()
        self._ids = itertools.count(1)
        self.client = new_client(client_id or name)
        if password is not None:
            self.client.username_pw_set(name, password)
        self.client.will_set(self.status_topic, self._status("offline"), qos=1, retain=True)
        self.client.on_connect, self.client.on_disconnect = self._on_connect, self._on_disconnect
        self.client.on_message = self._on_message
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", port, keepalive=5)
        self.client.loop_start()
        self._worker = threading.Thread(target=self._confirm_loop, daemon=True)
        self._worker.start()

    @property
    def status_topic(self):
        return f"{self.root}/1/station/{self.name}/status"

    def _status(self, state):
        return json.dumps({"schema": "vitals.station/1", "state": state, "boot": "t", "conn": 1, "station": self.name,
                           "ts": now_ms()})

    # --- the broker's side ---

    def _on_connect(self, client, _userdata, _flags, code):
        if code != 0:
            with self.changed:
                self.problems.append(f"connect refused with {code}")
            return
        client.subscribe(f"{self.root}/1/#", qos=self.qos)
        client.publish(self.status_topic, self._status("online"), qos=1, retain=True)
        with self.changed:
            self.connected = True
            self.changed.notify_all()

    def _on_disconnect(self, _client, _userdata, _code):
        with self.changed:
            self.connected = False
            self.changed.notify_all()

    def _on_message(self, _client, _userdata, raw):
        message = Message(raw.topic, raw.payload, bool(raw.retain), time.monotonic())
        try:
            message.doc = json.loads(raw.payload) if raw.payload else {}
        except (ValueError, RecursionError):
            message.doc = {}
        if not isinstance(message.doc, dict):
            message.doc = {}
        with self.changed:
            self._take(message)
            self.changed.notify_all()
        for listener in self.listeners:
            listener(message)

    def _take(self, message):
        parts = message.topic.split("/")
        if self.contract and "cmd" not in parts:
            problem = self.contract.problem(message.topic, message.payload)
            if problem:
                self.problems.append(problem)
        if parts[-1] in self.quiet:
            return
        self.messages.append(message)
        self.last[message.topic] = message
        doc = message.doc
        if parts[2] == "node":
            self._nodes.add(parts[3])
        if parts[-2] == "alarm" and "event" not in parts and doc.get("state") == "active":
            self._unconfirmed.append(("/".join(parts[:-2]), {"id": doc.get("id"), "rev": doc.get("rev")}))

    def _confirm_loop(self):
        """Receipts: each new revision soon, and an empty list as the station's heartbeat."""
        last = 0.0
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.closing, CONFIRM_WITHIN_S)
                if self.closing:
                    return
                if not (self.confirm and self.connected):
                    continue
                batch, self._unconfirmed = self._unconfirmed, []
                nodes = sorted(self._nodes)
            if batch:
                for scope in {scope for scope, _ in batch}:
                    self.send(scope, "received", args={"list": [entry for s, entry in batch if s == scope]})
            if time.monotonic() - last > CONFIRM_AT_LEAST_S:
                last = time.monotonic()
                for node in nodes:
                    self.send(f"{self.root}/1/node/{node}", "received", args={"list": []})

    def close(self):
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        self._worker.join()
        if self.connected:
            self.client.publish(self.status_topic, self._status("offline"), qos=1, retain=True).wait_for_publish(2)
            self.client.disconnect()
        self.client.loop_stop()

    # --- what a test asks ---

    def wait_for(self, predicate, timeout=10.0, what=""):
        """Calls `predicate` whenever something arrived; its first true answer is returned."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                result = predicate()
                if result:
                    return result
                left = deadline - time.monotonic()
                if left <= 0:
                    tail = "\n  ".join(str(m) for m in self.messages[-25:] if "/obs/" not in m.topic)
                    raise AssertionError(f"not seen within {timeout} s: {what or predicate}\nlast messages:\n  {tail}")
                self.changed.wait(min(left, 0.5))

    def bed(self, bed):
        return f"{self.root}/1/bed/{bed}"

    def alarm_documents(self, bed, condition, after=0):
        """The documents of a condition in the order in which they came, the empty ones left out."""
        topic = f"{self.bed(bed)}/alarm/{condition}"
        return [m.doc for m in self.messages[after:] if m.topic == topic and m.doc]

    def alarm(self, bed, condition, timeout=10.0, after=0, **wanted):
        """Waits for a document of the condition whose members are as `wanted`."""
        def seen():
            for doc in self.alarm_documents(bed, condition, after):
                if all(doc.get(key) == value for key, value in wanted.items()):
                    return doc
            return None
        return self.wait_for(seen, timeout, f"{condition} of {bed} with {wanted}")

    def node_alarm(self, condition, timeout=10.0, **wanted):
        """The newest document of a condition of a daemon itself whose members are as `wanted`."""
        def seen():
            for message in reversed(self.messages):
                parts = message.topic.split("/")
                if parts[2] == "node" and parts[4:] == ["alarm", condition] and \
                        all(message.doc.get(key) == value for key, value in wanted.items()):
                    return message.doc
            return None
        return self.wait_for(seen, timeout, f"{condition} of the daemon with {wanted}")

    def mark(self):
        """A point in the stream: pass it as `after` to look only at what came later."""
        with self.changed:
            return len(self.messages)

    def online(self, node, timeout=15.0, after=0):
        """Waits until the node says that what is seen is complete, and returns its status document."""
        topic = f"{self.root}/1/node/{node}/status"

        def seen():
            for message in self.messages[after:]:
                if message.topic == topic and message.doc.get("state") == "online":
                    return message.doc
            return None
        return self.wait_for(seen, timeout, f"{node} online")

    # --- commands ---

    def send(self, scope, verb, target=None, args=None, client=None, **override):
        """Publishes a command without waiting for its answer; returns its cmd_id."""
        document = {"schema": "vitals.cmd/1", "cmd_id": uuid.uuid4().hex[:26].upper(), "verb": verb,
                    "issued_at": now_ms(), "ttl_s": 30, "actor": "rn-17", "station": self.name}
        if target is not None:
            document["target"] = target
        if args is not None:
            document["args"] = args
        retain = override.pop("retain", False)
        document.update(override)
        topic = f"{scope}/cmd/{verb}/{client or self.name}"
        self.client.publish(topic, json.dumps(document), qos=1, retain=retain)
        return document["cmd_id"]

    def answer_to(self, cmd_id, timeout=10.0):
        return self.wait_for(
            lambda: next((m.doc for m in self.messages if "/rsp/" in m.topic and m.doc.get("cmd_id") == cmd_id), None),
            timeout, f"an answer to {cmd_id}")

    def command(self, bed, verb, target=None, args=None, timeout=10.0, **override):
        """Sends a command to a bed and returns the answer."""
        return self.answer_to(self.send(self.bed(bed), verb, target, args, **override), timeout)

    def acknowledge(self, bed, doc):
        return self.command(bed, "ack", {"cond": doc["cond"], "id": doc["id"], "rev": doc["rev"]})

    def history(self, bed, from_seq):
        """The bed's event log from a number on, as `replay` gives it, all pages, oldest first."""
        out, topic = [], f"/rsp/{self.name}"
        while True:
            mark = self.mark()
            answer = self.command(bed, "replay", args={"from_seq": from_seq})
            if answer["status"] == "refused":  # at most once in a second
                continue
            assert answer["status"] == "applied", answer
            page = [m.doc for m in self.messages[mark:] if m.topic.endswith(topic) and m.doc.get("hist")]
            assert len(page) == answer["records"]
            out += page
            if answer["text"] != "more follow":
                return out
            from_seq = answer["to_seq"] + 1
