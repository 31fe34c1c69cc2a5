"""An alarm from the monitor's bytes to the nurse's acknowledgement, and its end."""
import time

import pytest
from monitors import pcd01
from rig import NODE

BED = "pain/b1"


@pytest.mark.quick
@pytest.mark.asan
def test_raised_acknowledged_and_ended(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert (start["state"], start["prio"], start["ack"], start["limit"]) == ("active", "medium", "unacked", 92)
    assert start["v"] == 90 and start["data"] == "fresh"

    answer = station.acknowledge(BED, start)
    assert answer["status"] == "applied", answer
    acked = station.alarm(BED, "spo2-low", ack="acked")
    assert acked["id"] == start["id"] and acked["rev"] > start["rev"]
    assert acked["ack_by"] == "ns-1/rn-17"
    assert acked["state"] == "active", "an acknowledgement never ends a condition"

    world.oximeter.show(spo2=97)
    end = station.alarm(BED, "spo2-low", phase="end")
    assert (end["state"], end["id"], end["end_reason"]) == ("inactive", start["id"], "recovered")
    assert end["t_end"] >= end["t_on"]
    topic = f"{station.bed(BED)}/alarm/spo2-low"
    station.wait_for(lambda: station.last[topic].payload == b"", 15, "the empty retained message after the end")


@pytest.mark.quick
def test_value_is_published_before_its_alarm(world):
    """Of each start and escalation, whatever the rhythm of values: the last word on SpO2 before it is its value."""
    station = world.started()
    world.oximeter.show(spo2=90)
    station.alarm(BED, "spo2-low", phase="start")
    world.oximeter.show(spo2=84)
    higher = station.alarm(BED, "spo2-low", phase="escalate")
    assert station.acknowledge(BED, higher)["status"] == "applied"  # or it would stay, latched
    world.oximeter.show(spo2=97)
    station.alarm(BED, "spo2-low", phase="end")
    value, seen = None, []
    for message in list(station.messages):
        if message.topic.endswith("/b1/obs/spo2"):
            value = message.doc.get("v")
        elif message.topic.endswith("/b1/alarm/spo2-low") and message.doc.get("phase") in ("start", "escalate", "end"):
            assert value == message.doc["v"], f"{message.doc['phase']} says {message.doc['v']}, seen before it: {value}"
            seen.append(message.doc["phase"])
    assert seen == ["start", "escalate", "end"]


def test_values_of_a_bed_as_one_document(world):
    """values = "per-bed": nothing on obs, and before an alarm the value that it rests on, with those beside it."""
    text = world.daemon.settings.read_text()
    world.daemon.settings.write_text(text.replace("[broker]\n", '[broker]\nvalues = "per-bed"\n'))
    station = world.station()
    world.daemon.start()
    station.online(NODE)
    topic = f"{station.bed(BED)}/values"
    station.wait_for(lambda: topic in station.last, what="a document of values")
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    last = {}
    for message in list(station.messages):
        assert "/obs/" not in message.topic
        if message.topic == topic:
            last = {value["metric"]: value.get("v") for value in message.doc["values"]}
        elif message.topic.endswith("/b1/alarm/spo2-low") and message.doc == start:
            assert last["spo2"] == start["v"] and "pr" in last
            return
    raise AssertionError("the alarm is not among the messages")


def test_a_cuff_reading_is_published_before_its_alarm(world):
    station = world.started()
    monitor = world.sender()
    monitor.send(pcd01("V1", hr=72, spo2=97, cuff=(186, 98, 127), at=time.time() - 1))
    high = station.alarm("pain/b2", "sbp-high", phase="start")
    topics = [m.topic for m in station.messages]
    alarm_at = topics.index(f"{station.bed('pain/b2')}/alarm/sbp-high")
    before = [m.doc for m in station.messages[:alarm_at] if m.topic.endswith("/b2/obs/nibp")]
    assert before and before[-1]["sys"] == high["v"] == 186


def test_escalation_takes_the_acknowledgement_away(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    station.acknowledge(BED, start)
    acked = station.alarm(BED, "spo2-low", ack="acked")
    world.oximeter.show(spo2=84)
    higher = station.alarm(BED, "spo2-low", phase="escalate")
    assert (higher["prio"], higher["ack"], higher["id"]) == ("high", "unacked", start["id"])
    # An acknowledgement given while looking at the medium one must not silence the high one.
    answer = station.acknowledge(BED, acked)
    assert answer["status"] == "conflict", answer
    assert station.acknowledge(BED, higher)["status"] == "applied"


def test_a_second_episode_is_new_and_unacknowledged(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    first = station.alarm(BED, "spo2-low", phase="start")
    station.acknowledge(BED, first)
    world.oximeter.show(spo2=97)
    station.alarm(BED, "spo2-low", phase="end")
    mark = station.mark()
    world.oximeter.show(spo2=90)
    second = station.alarm(BED, "spo2-low", phase="start", after=mark)
    assert second["id"] != first["id"] and second["ack"] == "unacked"
    answer = station.acknowledge(BED, first)
    assert answer["status"] == "refused", "the acknowledgement of an old episode"


@pytest.mark.quick
def test_probe_off_is_a_technical_alarm_and_ends_nothing(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    low = station.alarm(BED, "spo2-low", phase="start")
    world.oximeter.finger = False
    sensor = station.alarm(BED, "spo2-sensor", phase="start")
    assert sensor["kind"] == "tech"
    lost = station.wait_for(
        lambda: next((d for d in station.alarm_documents(BED, "spo2-low") if d["data"] != "fresh"), None),
        what="spo2-low says that its data are gone")
    assert (lost["id"], lost["state"]) == (low["id"], "active")
    spo2 = station.wait_for(
        lambda: next((m.doc for m in reversed(station.messages)
                      if m.topic == f"{station.bed(BED)}/obs/spo2" and m.doc["q"] not in ("valid", "questionable")), None))
    assert "v" not in spo2, "no number where there is none"
    world.oximeter.finger = True
    station.alarm(BED, "spo2-sensor", phase="end")
    world.oximeter.show(spo2=97)
    station.alarm(BED, "spo2-low", phase="end")


@pytest.mark.asan
def test_pulled_cable_is_an_alarm_and_comes_back(world):
    station = world.started()
    world.oximeter.unplug()
    lost = station.alarm(BED, "link-lost-oximeter", phase="start")
    assert lost["kind"] == "tech"
    station.wait_for(lambda: station.last[f"{station.bed(BED)}/link/oximeter"].doc["state"] == "down", what="link down")
    world.oximeter.plug()
    station.alarm(BED, "link-lost-oximeter", phase="end", timeout=20)
    station.wait_for(lambda: station.last[f"{station.bed(BED)}/link/oximeter"].doc["state"] == "up", what="link up")
    mark = station.mark()
    world.oximeter.show(spo2=90)
    station.alarm(BED, "spo2-low", phase="start", after=mark)


def test_silence_is_an_alarm_without_any_new_byte(world):
    station = world.started()
    world.oximeter.silent = True
    station.alarm(BED, "spo2-stale", phase="start", timeout=15)
    stale = station.wait_for(
        lambda: next((m.doc for m in station.messages
                      if m.topic.endswith("/b1/obs/spo2") and m.doc["q"] == "stale"), None), what="spo2 marked stale")
    assert "v" not in stale
    world.oximeter.silent = False
    station.alarm(BED, "spo2-stale", phase="end", timeout=15)


def test_summary_names_what_is_active(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    topic = f"{station.bed(BED)}/alarms"
    summary = station.wait_for(
        lambda: topic in station.last and station.last[topic].doc["n"]["medium"] == 1 and station.last[topic].doc,
        what="a summary with one medium alarm")
    assert summary["top"] == "medium" and summary["unacked"] == 1
    assert {"spo2-low": start["id"]}.items() <= {e["cond"]: e["id"] for e in summary["set"]}.items()
    assert NODE == summary["node"]


@pytest.mark.quick
def test_stations_are_told_that_nobody_has_signed_the_shipped_limits(world):
    station = world.started()
    state = station.wait_for(lambda: station.last.get(f"{station.bed(BED)}/state"), what="the bed's state").doc
    limits = station.wait_for(lambda: station.last.get(f"{station.bed(BED)}/limits"), what="the bed's limits").doc
    assert (state["signed_off"], limits["signed_off_by"]) == (False, "")
