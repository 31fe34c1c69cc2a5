"""What may come over the broker, and what may happen to the disk, and what must go on all the same."""
import json
import os
import resource

import pytest
from rig import NODE
from station import now_ms

pytestmark = pytest.mark.faults

BED = "pain/b1"


WRONG = [
    *({"issued_at": value} for value in ("now", None, 1e308, -1, 2 ** 63, 2 ** 64, -2 ** 63, 1.5, True, [])),
    *({"ttl_s": value} for value in (0, -5, 61, 2 ** 63, 1e300, "30")),
    *({"actor": value} for value in (5, "x" * 3000)),
    *({"verb": value} for value in (5, None, "ack")),
    *({"schema": value} for value in (5, None, "vitals.cmd/2")),
    *({"args": value} for value in (5, [], {"kg": "70"}, {"kg": -1}, {"kg": 1e300}, {"kg": [70]}, {"kg": True}, {"nonsense": 1})),
    *({"station": value} for value in (5, None, "ns-2")),
]


@pytest.mark.asan
def test_a_command_with_one_wrong_member_is_refused_and_does_nothing(world):
    station = world.started()
    ids = {}
    for wrong in WRONG:
        ids[station.send(station.bed(BED), "session-start", **{"args": {"kg": 70}, **wrong})
            if "verb" not in wrong else send_as(station, wrong)] = wrong
    for cmd_id, wrong in ids.items():
        assert station.answer_to(cmd_id)["status"] in ("invalid", "unauthorised", "expired"), wrong
    assert station.last[f"{station.bed(BED)}/state"].doc["phase"] == "none"


def send_as(station, wrong):
    """The verb of the topic stays, that of the document is the wrong one."""
    document = {"schema": "vitals.cmd/1", "cmd_id": f"V{now_ms()}{wrong['verb']}", "issued_at": now_ms(), "ttl_s": 30,
                "actor": "rn-17", "station": station.name, "args": {"kg": 70}, **wrong}
    station.client.publish(f"{station.bed(BED)}/cmd/session-start/{station.name}", json.dumps(document), qos=1)
    return document["cmd_id"]


GARBAGE = [b"", b"{", b"[]", b"null", b"5", b"\xff\xfe" * 50, b'{"state":5}', b"x" * 60_000,
           b'{"schema":"vitals.station/1","state":"dance","station":5}']


@pytest.mark.asan
def test_garbage_on_every_topic_around_the_daemon_harms_nothing(world):
    """Retained, over its own documents and those of stations; a restart on top finds all of it on the broker."""
    station = world.started()
    station.contract = None  # what we plant breaks it, on purpose
    own = [f"{station.root}/1/node/{NODE}/{t}" for t in ("status", "info", "heartbeat", "alarm/zzz", "alarm/broker-lost")]
    own += [f"{station.bed(BED)}/{t}" for t in ("state", "alarms", "limits", "infusion", "link/oximeter", "obs/spo2", "alarm/spo2-low",
                                                "alarm/x", "event/alarm", "rsp/ns-1", "no/such/topic")]
    own += [f"{station.root}/1/station/{s}/status" for s in ("ns-1", "ns-2", "ns-9", "NS%20", "x" * 100)]
    for payload in GARBAGE:
        for topic in own:
            station.client.publish(topic, payload, qos=1, retain=True)
    station.client.publish(station.status_topic, station._status("online"), qos=1, retain=True).wait_for_publish(10)
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", after=mark, phase="start")
    assert station.acknowledge(BED, start)["status"] == "applied"
    for ghost in (f"{station.bed(BED)}/alarm/x", f"{station.root}/1/node/{NODE}/alarm/zzz"):
        station.wait_for(lambda: station.last[ghost].payload == b"", 15, f"{ghost} emptied")


def test_a_full_disk_delays_no_alarm_and_is_one(world):
    """Writes of the daemon to files fail, as on a full disk; then there is room again."""
    station = world.started()
    pid = world.daemon.process.child.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start", timeout=5)
    station.node_alarm("journal-failed", 15, state="active")
    assert station.acknowledge(BED, start)["status"] == "accepted", "done, but not kept"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    kept = station.wait_for(
        lambda: station.command(BED, "resync")["status"] == "applied" or None, 30, "the journal writes again")
    assert kept
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    again = station.alarm(BED, "spo2-low", after=mark, state="active")
    assert (again["id"], again["ack"]) == (start["id"], "acked"), "what waited for the disk was kept"


@pytest.mark.parametrize("damage", ["head", "half", "pages"])
def test_a_damaged_journal_is_set_aside_and_the_alarm_found_again(world, damage):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert station.acknowledge(BED, start)["status"] == "applied"
    world.daemon.stop()
    journal = world.folder / "journal.db"
    content = bytearray(journal.read_bytes())
    if damage == "head":
        content[:4096] = b"\xff" * 4096
    elif damage == "half":
        content = content[:len(content) // 2 + 13]
    else:
        content[4096:] = os.urandom(len(content) - 4096)
    journal.write_bytes(content)
    mark = station.mark()
    world.daemon.start()
    station.online(NODE, after=mark)
    again = station.alarm(BED, "spo2-low", after=mark, state="active", data="fresh")
    assert again["id"] == start["id"], "the same episode, from the broker's copy"
    assert again["ack"] == "unacked", "nobody knows of an acknowledgement any more: it sounds"
    assert list(world.folder.glob("journal.db.broken-*")), "kept for whoever wants to look"
