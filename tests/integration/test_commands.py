"""Commands: what is refused, what happens once, and what the session does."""
import contextlib
import json
import sqlite3
import subprocess

import pytest
from rig import DAEMON, NODE
from station import now_ms

BED = "pain/b1"


@pytest.mark.quick
@pytest.mark.asan
def test_session_from_start_to_end_with_the_dose_in_the_alarm(world):
    station = world.started()

    def applied(verb, **args):
        answer = station.command(BED, verb, args=args)
        assert answer["status"] == "applied", (verb, answer)

    applied("session-start", kg=70)
    applied("baseline-set", rate=72, spo2=97, sbp=124, dbp=76)
    applied("infusion-start", mg_per_kg=0.5, kg=70, planned_min=60)
    state = f"{station.bed(BED)}/state"
    station.wait_for(lambda: station.last[state].doc["phase"] == "infusing", what="phase infusing")
    infusion = station.wait_for(
        lambda: (doc := station.last[f"{station.bed(BED)}/infusion"].doc)["rate_mg_kg_h"] is not None and doc, what="the rate")
    assert infusion["rate_mg_kg_h"] == pytest.approx(0.5) and infusion["kg"] == 70
    world.oximeter.show(spo2=87)
    alarm = station.alarm(BED, "spo2-low", phase="start")
    assert alarm["phase_bed"] == "infusing" and alarm["session"]
    assert alarm["dose_mg"] >= 0 and alarm["dose_mg_kg"] >= 0
    world.oximeter.show(spo2=97)
    applied("infusion-hold")
    station.wait_for(lambda: station.last[state].doc["phase"] == "held", what="phase held")
    applied("infusion-resume")
    applied("infusion-stop")
    station.wait_for(lambda: station.last[state].doc["phase"] == "recovery", what="phase recovery")
    answer = station.command(BED, "session-end")
    if answer["status"] == "confirm-needed":  # the minimum of the recovery is not over
        answer = station.command(BED, "session-end", args={"confirm": True})
    assert answer["status"] == "applied", answer
    station.wait_for(lambda: station.last[state].doc["phase"] in ("ended", "none"), what="the session is over")


def test_relative_limit_needs_the_baseline_of_the_session(world):
    """SpO2 93 is inside the absolute limit; with a baseline of 99 it is more than 5 points below and under 94."""
    station = world.started()
    world.oximeter.show(spo2=93)
    assert station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"
    assert not station.alarm_documents(BED, "spo2-low")
    assert station.command(BED, "baseline-set", args={"rate": 72, "spo2": 99})["status"] == "applied"
    assert station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})["status"] == "applied"
    start = station.alarm(BED, "spo2-low", phase="start")
    assert start["prio"] == "medium" and start["v"] == 93


def test_session_survives_kill_nine(world):
    station = world.started()
    station.command(BED, "session-start", args={"kg": 70})
    station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})
    state = f"{station.bed(BED)}/state"
    station.wait_for(lambda: station.last[state].doc["phase"] == "infusing", what="phase infusing")
    session = station.last[state].doc["session"]
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    assert station.last[state].doc["phase"] == "infusing" and station.last[state].doc["session"] == session


@pytest.mark.quick
def test_same_command_twice_is_done_once(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    target = {"cond": "spo2-low", "id": start["id"], "rev": start["rev"]}
    cmd_id = station.send(station.bed(BED), "ack", target)
    assert station.answer_to(cmd_id)["status"] == "applied"
    mark = station.mark()
    station.send(station.bed(BED), "ack", target, cmd_id=cmd_id)
    second = station.wait_for(
        lambda: next((m.doc for m in station.messages[mark:] if "/rsp/" in m.topic and m.doc.get("cmd_id") == cmd_id), None),
        what="the second answer")
    assert second["status"] == "duplicate"


def test_duplicate_is_known_after_kill_nine(world):
    station = world.started()
    cmd_id = station.send(station.bed(BED), "session-start", args={"kg": 70})
    assert station.answer_to(cmd_id)["status"] == "applied"
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    station.send(station.bed(BED), "session-start", args={"kg": 70}, cmd_id=cmd_id)
    second = station.wait_for(
        lambda: next((m.doc for m in station.messages[mark:] if "/rsp/" in m.topic and m.doc.get("cmd_id") == cmd_id), None),
        what="the second answer")
    assert second["status"] == "duplicate"


@pytest.mark.quick
def test_retained_command_is_never_executed(world):
    """Planted before the daemon starts: deleted, and nothing is done."""
    station = world.station()
    station.send(station.bed(BED), "session-start", args={"kg": 70}, retain=True)
    topic = f"{station.bed(BED)}/cmd/session-start/ns-1"
    station.wait_for(lambda: topic in station.last, what="the planted command")
    mark = station.mark()
    world.daemon.start()
    station.online(NODE, after=mark)
    station.wait_for(lambda: station.last[topic].payload == b"", 15, "the retained command deleted")
    assert station.last[f"{station.bed(BED)}/state"].doc["phase"] == "none"


@pytest.mark.parametrize("issued_s", [-120, +20], ids=["late", "from the future"])
def test_a_command_is_judged_by_its_age(world, issued_s):
    station = world.started()
    state = f"{station.bed(BED)}/state"
    answer = station.command(BED, "session-start", args={"kg": 70}, issued_at=now_ms() + 1000 * issued_s)
    if station.last[state].doc["clk"] == "unsync":
        # Without a synchronised clock its age cannot be judged: arrival counts, and the state says "unsync".
        assert answer["status"] == "applied", answer
        return
    assert answer["status"] in ("expired", "refused", "invalid"), answer
    assert station.last[state].doc["phase"] == "none"


FOREIGN = [
    {"client": "ns-9"},   # a login that has no role
    {"client": "ns-2"},   # the topic of another login than the payload's station
    {"station": "ns-7"},  # a station that is not the login
]


@pytest.mark.parametrize("override", FOREIGN, ids=["no role", "topic of another", "station of another"])
def test_only_the_login_itself_with_its_role_may_command(world, override):
    station = world.started()
    answer = station.command(BED, "session-start", args={"kg": 70}, **override)
    assert answer["status"] == "unauthorised", answer
    assert station.last[f"{station.bed(BED)}/state"].doc["phase"] == "none"


def test_a_viewer_may_look_and_not_touch(world):
    station = world.started()
    viewer = world.station("ns-2")
    assert viewer.command(BED, "session-start", args={"kg": 70})["status"] == "unauthorised"
    assert viewer.command(BED, "resync")["status"] == "applied"
    assert station.last[f"{station.bed(BED)}/state"].doc["phase"] == "none"


def test_broken_commands_are_answered_or_dropped_and_harm_nothing(world):
    station = world.started()
    topic = f"{station.bed(BED)}/cmd/ack/ns-1"
    for payload in (b"", b"{", b"[]", b"null", b'{"cmd_id":1}', b'{"cmd_id":"A","verb":"ack"}', b"\xff\xfe",
                    b'{"cmd_id":"B","pad":"' + b"x" * 9000 + b'"}', b"[" * 4000):
        station.client.publish(topic, payload, qos=1)
    for verb in ("fly", "a" * 200, "ack%20"):
        station.client.publish(f"{station.bed(BED)}/cmd/{verb}/ns-1", json.dumps({"cmd_id": "C"}), qos=1)
    assert station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"


def test_resync_brings_the_documents_again(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    mark = station.mark()
    assert station.command(BED, "resync")["status"] in ("applied", "accepted")
    again = station.alarm(BED, "spo2-low", after=mark, phase="continue")
    assert again["id"] == start["id"]
    station.wait_for(lambda: any(m.topic.endswith("/b1/state") for m in station.messages[mark:]), what="the bed's state")


def test_the_audit_of_commands_is_whole_after_kill_nine_and_a_change_is_seen(world):
    station = world.started()
    journal = world.folder / "journal.db"
    for _ in range(3):
        assert station.command(BED, "note", args={"text": "asked for water"})["status"] == "applied"
        world.daemon.kill()
        mark = station.mark()
        world.daemon.start()
        station.online(NODE, after=mark)

    def verify():
        return subprocess.run([DAEMON, "journal", "verify", str(journal)], capture_output=True, text=True, timeout=60)

    assert "stop the service" in verify().stderr
    world.daemon.stop()
    assert "3 commands (1 to 3), none changed, none missing" in verify().stdout
    with contextlib.closing(sqlite3.connect(journal)) as file, file:
        file.execute("UPDATE audit SET client = 'ns-9' WHERE id = 2")
    changed = verify()
    assert changed.returncode == 1 and "row 2 has been changed" in changed.stderr


def records(station, cmd_id):
    """What came on the station's answers before the answer to a command."""
    answers = [m.doc for m in station.messages if m.topic.endswith(f"/rsp/{station.name}")]
    end = next(i for i, doc in enumerate(answers) if doc.get("cmd_id") == cmd_id and doc["schema"] == "vitals.rsp/1")
    begin = next((i for i in range(end, 0, -1) if not answers[i - 1].get("hist")), 0)
    return answers[begin:end]


def test_scenario_20_a_station_that_was_away_gets_every_event_by_replay(world):
    station = world.started()
    away = world.station("ns-2")  # a viewer
    away.wait_for(lambda: away.last.get(f"{away.bed(BED)}/state"), what="the bed")
    assert station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"
    events = f"{station.bed(BED)}/event/"
    seen = away.wait_for(lambda: max((m.doc["seq"] for m in away.messages if m.topic.startswith(events)), default=0),
                         what="an event before it goes")
    away.close()
    mark, count = station.mark(), 1500
    for turn in range(0, count, 50):  # in pieces: more at once than a broker holds for a client would be lost
        ids = [station.send(station.bed(BED), "note", args={"text": f"note {turn + i}"}) for i in range(50)]
        station.answer_to(ids[-1], timeout=30)
    missed = {m.doc["seq"]: m.doc for m in station.messages[mark:] if m.topic.startswith(events)}
    assert len(missed) >= count
    away = world.station("ns-2")  # back, with a clean session
    away.wait_for(lambda: away.last.get(f"{away.bed(BED)}/state"), what="the bed again")
    assert station.command(BED, "note", args={"text": "one more"})["status"] == "applied"
    newest = away.wait_for(lambda: max((m.doc["seq"] for m in away.messages if m.topic.startswith(events)
                                        and m.doc["seq"] > seen + 1), default=0), what="the gap")
    got, asked, answer = [], seen + 1, {"text": "more follow"}
    while answer["text"] == "more follow":
        cmd_id = away.send(away.bed(BED), "replay", args={"from_seq": asked})
        answer = away.answer_to(cmd_id)
        if answer["status"] == "refused" and "once in a second" in answer["text"]:
            answer = {"text": "more follow"}
            continue
        assert answer["status"] == "applied" and answer["from_seq"] == asked, answer
        page = records(away, cmd_id)
        assert len(page) == answer["records"]
        got, asked = got + page, answer["to_seq"] + 1
    assert [doc["seq"] for doc in got] == list(range(seen + 1, seen + 1 + len(got))), "in order, without a gap"
    assert asked > newest
    for doc in got:
        assert doc.pop("hist") is True
        assert doc["seq"] not in missed or doc == missed[doc["seq"]], "as it was"
    assert "note 7" not in json.dumps(got), "what people type stays in the journal"


def test_replay_goes_on_over_a_restart_and_knows_the_node(world):
    station = world.started()
    first = station.command(BED, "replay", args={"from_seq": 0})
    assert first["status"] == "applied" and first["from_seq"] > 0, "older ones were never there"
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=station.mark())
    again = station.command(BED, "replay", args={"from_seq": first["from_seq"]})
    assert again["status"] == "applied" and again["records"] > first["records"]
    assert again["to_seq"] - first["to_seq"] >= 1000, "numbers jump after a restart; those between hold nothing"
    node = f"{station.root}/1/node/{NODE}"
    assert station.answer_to(station.send(node, "replay", args={"from_seq": 0}))["status"] == "applied"


def target(doc):
    return {"cond": doc["cond"], "id": doc["id"], "rev": doc["rev"]}


@pytest.mark.quick
def test_scenario_17_audio_pause_of_the_bed_is_broken_by_a_new_alarm(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    low = station.alarm(BED, "spo2-low", phase="start")
    answer = station.command(BED, "audio-pause", args={"scope": "bed", "secs": 60})
    assert answer["status"] == "applied", answer
    paused = station.alarm(BED, "spo2-low", audio="paused")
    assert paused["id"] == low["id"] and paused["ack"] == "unacked" and paused["audio_until"] > paused["ts"]
    assert paused["audio_by"] == "ns-1/rn-17"
    state = f"{station.bed(BED)}/state"
    audio = station.wait_for(lambda: station.last[state].doc["audio"]["state"] == "paused" and station.last[state].doc["audio"])
    assert audio["by"] == "ns-1/rn-17"
    world.oximeter.show(rate=180)
    fast = station.alarm(BED, "hr-high", state="active")
    assert fast["audio"] == "on"
    station.wait_for(lambda: station.last[state].doc["audio"]["state"] == "on", what="the bed sounds again")
    assert station.command(BED, "audio-pause", target(fast), args={"secs": 9})["status"] == "invalid"
    assert station.command(BED, "audio-resume", args={"scope": "bed"})["status"] == "applied"
    station.wait_for(lambda: station.last[f"{station.bed(BED)}/alarm/spo2-low"].doc["audio"] == "on", what="sound again")


def test_audio_pause_of_one_alarm_survives_kill_nine(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    low = station.alarm(BED, "spo2-low", phase="start")
    assert station.command(BED, "audio-pause", target(low))["status"] == "applied"
    paused = station.alarm(BED, "spo2-low", audio="paused")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    again = station.alarm(BED, "spo2-low", after=mark, state="active", id=low["id"], timeout=20)
    assert (again["audio"], again["audio_until"]) == ("paused", paused["audio_until"])
    assert again["audio_by"] == "ns-1/rn-17"


def test_audio_pause_of_the_bed_survives_kill_nine(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    station.alarm(BED, "spo2-low", phase="start")
    assert station.command(BED, "audio-pause", args={"scope": "bed", "secs": 180})["status"] == "applied"
    state = f"{station.bed(BED)}/state"
    before = station.wait_for(lambda: station.last[state].doc["audio"]["state"] == "paused" and station.last[state].doc["audio"])
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    assert station.last[state].doc["audio"] == before


@pytest.mark.quick
def test_an_acknowledgement_is_taken_back_and_somebody_is_on_the_way(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    low = station.alarm(BED, "spo2-low", phase="start")
    assert station.acknowledge(BED, low)["status"] == "applied"
    acked = station.alarm(BED, "spo2-low", ack="acked")
    mark = station.mark()
    assert station.command(BED, "unack", target(acked))["status"] == "applied"
    back = station.alarm(BED, "spo2-low", after=mark, ack="unacked")
    assert back["ack_by"] is None
    assert station.command(BED, "respond", target(back), args={"response": "reject"})["status"] == "applied"
    rejected = station.alarm(BED, "spo2-low", resp="rejected")
    assert rejected["audience"] == "unit" and rejected["resp_by"] == "ns-1/rn-17"
    assert station.command(BED, "respond", target(rejected), args={"response": "accept"})["status"] == "applied"
    assert station.alarm(BED, "spo2-low", resp="accepted")["audio"] == "on", "it silences nothing"


def settings_told(station):
    return [m.doc["text"] for m in station.messages if m.topic.endswith("/event/config")]


def test_scenario_24_shelving_spo2_low_while_infusing_is_refused(world):
    station = world.started()
    charge = world.station("charge-1")
    station.command(BED, "session-start", args={"kg": 70})
    station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})
    answer = charge.command(BED, "shelve", args={"cond": "spo2-low", "secs": 600, "reason": "probe is moved"})
    assert answer["status"] == "refused", answer
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert start["prio"] == "medium" and start["inhibit"] is None


@pytest.mark.quick
def test_a_shelf_is_for_the_charge_seen_by_all_and_survives_kill_nine(world):
    station = world.started()
    charge = world.station("charge-1")
    shelf = {"cond": "hr-high", "secs": 900, "reason": "known tachycardia"}
    assert station.command(BED, "shelve", args=shelf)["status"] == "unauthorised"
    assert charge.command(BED, "shelve", args=shelf)["status"] == "applied"
    state = f"{station.bed(BED)}/state"
    shelved = station.wait_for(lambda: station.last[state].doc.get("shelved"), what="the shelf in the bed's state")
    assert [(one["cond"], one["by"]) for one in shelved] == [("hr-high", "charge-1/rn-17")]
    world.oximeter.show(rate=130)
    start = station.alarm(BED, "hr-high", phase="start")
    assert (start["prio"], start["prio_unshelved"], start["inhibit"]) == ("info", "medium", "shelved")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    assert station.last[state].doc["shelved"] == shelved
    again = station.alarm(BED, "hr-high", after=mark, state="active", id=start["id"])
    assert (again["prio"], again["inhibit"]) == ("info", "shelved")
    assert not [m for m in station.messages if b"tachycardia" in m.payload and "/cmd/" not in m.topic], "free text stays inside"
    assert charge.command(BED, "unshelve", args={"cond": "hr-high"})["status"] == "applied"
    back = station.alarm(BED, "hr-high", after=mark, phase="update", prio="medium")
    assert back["inhibit"] is None and back["ack"] == "unacked" and "prio_unshelved" not in back
    station.wait_for(lambda: "shelved" not in station.last[state].doc, what="no shelf in the bed's state")
    told = station.wait_for(lambda: len(settings_told(station)) > 1 and settings_told(station), what="both in the log")
    assert told == ["hr-high shelved for 900 s by charge-1/rn-17", "hr-high: the shelf was taken back"]


@pytest.mark.quick
def test_a_limit_is_set_for_one_session_by_the_charge_and_survives_kill_nine(world):
    station = world.started()
    charge = world.station("charge-1")
    wanted = {"cond": "spo2-low", "warn": 89, "crit": 86, "reason": "known chronic disease"}
    assert charge.command(BED, "limits-set", args=wanted)["status"] == "refused", "there is no session"
    station.command(BED, "session-start", args={"kg": 70})
    assert station.command(BED, "limits-set", args=wanted)["status"] == "unauthorised"
    assert charge.command(BED, "limits-set", args={**wanted, "warn": 1})["status"] == "refused", "beyond the profile's bounds"
    assert charge.command(BED, "limits-set", args=wanted)["status"] == "applied"
    limits = f"{station.bed(BED)}/limits"

    def spo2_low():
        return next(one for one in station.last[limits].doc["set"] if one["cond"] == "spo2-low")

    station.wait_for(lambda: spo2_low()["source"] == "limits-set", what="the limit in the limits document")
    assert (spo2_low()["warn"], spo2_low()["crit"], spo2_low()["by"]) == (89, 86, "charge-1/rn-17")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    assert (spo2_low()["warn"], spo2_low()["by"]) == (89, "charge-1/rn-17")
    world.oximeter.show(spo2=88)
    assert station.alarm(BED, "spo2-low", after=mark, phase="start")["limit"] == 89
    assert not [m for m in station.messages if b"chronic" in m.payload and "/cmd/" not in m.topic], "free text stays inside"
    assert station.command(BED, "session-end", args={"confirm": True})["status"] == "applied"
    station.wait_for(lambda: spo2_low()["source"] != "limits-set" and "by" not in spo2_low(), what="the preset's limit again")
    told = station.wait_for(lambda: len(settings_told(station)) > 1 and settings_told(station), what="both in the log")
    assert told[0].startswith("spo2-low: warn ") and told[-1] == "limits are those of the preset again", told
