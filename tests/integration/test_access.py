"""The broker's access rules as `vitalsd acl` makes them from the settings: each role gets through what it may send, in its
own name, and the broker itself keeps everything else away."""
import signal
import subprocess
import threading

import pytest
import toml_text
from rig import DAEMON, NODE, Broker, tool
from station import new_client

VIEWER = {"received", "resync", "replay"}
NURSE = VIEWER | {"ack", "unack", "audio-pause", "audio-resume", "respond", "reset", "session-start", "baseline-set",
                  "session-end", "patient-confirm", "infusion-start", "infusion-rate", "infusion-bolus", "infusion-hold",
                  "infusion-resume", "infusion-stop", "observe", "checklist", "note"}
CHARGE = NURSE | {"shelve", "unshelve", "limits-set"}
MAY = {"wall": VIEWER, "ns-1": NURSE, "lead": CHARGE, "tools": CHARGE}
AT_NODE = VIEWER | {"ack", "unack", "audio-pause", "audio-resume", "respond", "reset"}
BED, PLACE = "vitals/1/bed/pain/b1", f"vitals/1/node/{NODE}"
LAST = "last"


class Client:
    """One login; collects what comes."""

    def __init__(self, port, login, *filters):
        self.seen, self.changed = [], threading.Condition()
        self.client = new_client(f"test-{login}")
        self.client.username_pw_set(login, "secret")
        self.client.on_message = self._on_message
        ready = threading.Event()
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.on_connect = lambda client, *_: client.subscribe([(one, 1) for one in filters]) if filters else ready.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert ready.wait(10), f"{login} is not let in"

    def _on_message(self, _client, _userdata, message):
        with self.changed:
            self.seen.append((message.topic, message.payload.decode()))
            self.changed.notify_all()

    def publish(self, topic, payload=""):
        self.client.publish(topic, payload, qos=1).wait_for_publish(10)

    def until(self, payload):
        with self.changed:
            assert self.changed.wait_for(lambda: any(p == payload for _, p in self.seen), 10), f"no {payload!r} came"
            return list(self.seen)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def guarded(tmp_path):
    """A broker with the rules of a ward: one daemon, a login of each role."""
    folder = tmp_path / "broker"
    broker = Broker(folder)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "test.toml").write_text(toml_text.test_profile())
    settings = tmp_path / "vitalsd.toml"
    settings.write_text(toml_text.dump({
        "node": {"name": NODE},
        "journal": {"path": str(tmp_path / "journal.db")},
        "broker": {"host": "127.0.0.1", "port": broker.port, "user": "daemon-1"},
        "stations": {"roles": {"wall": "viewer", "ns-1": "nurse", "lead": "charge", "tools": "admin"}},
        "source": [{"name": "monitor", "protocol": "hl7", "listen": "127.0.0.1:2575", "period_s": 2, "metrics": ["hr", "spo2"]}],
        "bed": [{"unit": "pain", "name": "b1", "profile": "test", "sources": ["monitor"], "rate": "hr"}],
    }))
    made = subprocess.run([DAEMON, "acl", str(settings)], capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    (folder / "acl").write_text(made.stdout)
    passwords = folder / "passwd"
    passwords.touch(mode=0o600)
    for login in (*MAY, "daemon-1", "stranger"):
        subprocess.run([tool("mosquitto_passwd"), "-b", str(passwords), login, "secret"], check=True, capture_output=True)
    broker.stop()
    text = broker.config.read_text().replace("allow_anonymous true", "allow_anonymous false")
    broker.config.write_text(text + f"acl_file {folder}/acl\npassword_file {passwords}\n")
    broker.start()
    yield broker
    broker.stop()


def commands_that_arrive(broker, login):
    """Sends every verb to bed and node, in the own name and in another's; what of it the daemon gets."""
    daemon = Client(broker.port, "daemon-1", f"{BED}/cmd/#", f"{PLACE}/cmd/#")
    client = Client(broker.port, login)
    other = next(name for name in MAY if name != login)
    for place in (BED, PLACE):
        for verb in sorted(CHARGE | {"fly"}):
            client.publish(f"{place}/cmd/{verb}/{other}", "foreign")
            client.publish(f"{place}/cmd/{verb}/{login}", "own")
    client.close()
    if login != "stranger":
        last = Client(broker.port, login)
        last.publish(f"{BED}/cmd/received/{login}", LAST)
        last.close()
    else:
        daemon.publish(f"{BED}/cmd/received/daemon-1", LAST)
    seen = [(topic, payload) for topic, payload in daemon.until(LAST) if payload != LAST]
    daemon.close()
    return seen


@pytest.mark.parametrize("login", MAY)
def test_a_command_reaches_the_daemon_only_in_the_own_name_and_by_its_role(guarded, login):
    expected = {(f"{BED}/cmd/{verb}/{login}", "own") for verb in MAY[login]}
    expected |= {(f"{PLACE}/cmd/{verb}/{login}", "own") for verb in MAY[login] & AT_NODE}
    assert set(commands_that_arrive(guarded, login)) == expected


def test_a_login_without_a_role_reaches_nobody(guarded):
    assert commands_that_arrive(guarded, "stranger") == []


def test_stations_read_the_ward_and_nobody_elses_answers_and_write_nothing_of_it(guarded):
    daemon = Client(guarded.port, "daemon-1", f"{BED}/#", "vitals/1/station/+/status")
    wall = Client(guarded.port, "wall", "vitals/1/#")
    topics = [f"{BED}/{name}" for name in ("state", "infusion", "limits", "news2", "link/monitor", "obs/hr", "alarms",
                                          "alarm/hr-high", "event/alarm", "rsp/wall")]
    topics += [f"{PLACE}/{name}" for name in ("status", "info", "heartbeat", "alarm/broker-lost", "event/cmd", "rsp/wall")]
    for topic in topics:
        wall.publish(topic, "forged")
        daemon.publish(topic, "true")
    daemon.publish(f"{BED}/rsp/ns-1", "for another")
    daemon.publish(f"{BED}/cmd/ack/ns-1", "a command")
    wall.publish("vitals/1/station/ns-1/status", "forged")
    wall.publish("vitals/1/station/wall/status", "own")
    daemon.publish(f"{BED}/state", LAST)
    assert {topic for topic, payload in wall.until(LAST) if payload == "true"} == set(topics)
    assert {payload for _, payload in wall.seen} == {"true", LAST}
    daemon.until("own")
    assert "forged" not in {payload for _, payload in daemon.until(LAST)}


@pytest.mark.faults
def test_a_broker_that_discards_what_the_daemon_says_counts_as_lost(world, beeper):
    """It acknowledges what its rules refuse: only what comes back proves that somebody can hear us."""
    world.broker.stop()
    rules = world.folder / "acl"
    rules.write_text("topic read vitals/1/#\ntopic readwrite vitals/1/station/#\ntopic write vitals/1/node/+/cmd/#\n")
    world.broker.config.write_text(world.broker.config.read_text() + f"acl_file {rules}\n")
    world.broker.start()
    station = world.station()
    world.daemon.start()
    beeper.told("off")
    world.oximeter.show(spo2=75)
    beeper.told("on no connection to the broker: stations hear nothing")
    assert "the broker discards what we publish: check its access rules" in world.daemon.log.read_text()
    rules.write_text("topic readwrite #\n")
    world.broker.process.child.send_signal(signal.SIGHUP)
    station.online(NODE)
    station.alarm("pain/b1", "spo2-deep", state="active")
    beeper.told("off")
