"""What nurses observe and note: published as codes and numbers, judged, kept over kill -9; text stays in the journal."""
import sqlite3

import pytest
from rig import NODE
from station import now_ms

BED = "pain/b1"


def infusing(world, station=None):
    station = station or world.started()
    assert station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"
    assert station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})["status"] == "applied"
    return station


def infusion(station):
    return station.last[f"{station.bed(BED)}/infusion"].doc


@pytest.mark.quick
def test_an_observation_is_an_event_and_stands_on_the_infusion(world):
    station = world.started()
    refused = station.command(BED, "observe", args={"pain": 3})
    assert refused["status"] == "refused" and "session-start" in refused["text"]
    infusing(world, station)
    t_obs = now_ms() - 1000
    args = {"pain": 3, "rass": -1, "acvpu": "A", "rr": 14, "nausea": True, "t_obs": t_obs, "actions": ["antiemetic"],
            "note": "the patient's own words"}
    assert station.command(BED, "observe", args=args)["status"] == "applied"
    topic = f"{station.bed(BED)}/event/nurse"
    event = station.wait_for(lambda: station.last.get(topic), what="event/nurse").doc
    assert event["items"] == {"pain": 3, "rass": -1, "nausea": True, "rr": 14, "acvpu": "A"}
    assert event["actions"] == ["antiemetic"] and event["by"] == "ns-1/rn-17" and event["phase"] == "infusing"
    station.wait_for(lambda: infusion(station).get("obs", {}).get("rass") == -1, what="the observation on the infusion")
    shown = infusion(station)
    assert shown["obs"]["due"] == pytest.approx(max(shown["obs"]["t"], shown["t_start"]) + 15 * 60_000, abs=10)


@pytest.mark.parametrize("args, right", [
    ({"pain": 11}, "from 0 to 10"), ({"temp": 98.6}, "from 25 to 45"), ({"acvpu": "X"}, "one of A, C, V, P, U"),
    ({"poss": "1"}, "by rass"), ({"pain": 1, "t_obs": -31}, "30 min"), ({"pain": 1, "t_obs": 10}, "ahead"),
    ({"pain": 1, "t_obs": -20}, "session began"), ({}, "at least one")])
def test_what_does_not_fit_is_answered_with_what_would(world, args, right):
    station = infusing(world)
    if "t_obs" in args:
        args = {**args, "t_obs": now_ms() + args["t_obs"] * 60_000}
    answer = station.command(BED, "observe", args=args)
    assert answer["status"] == "invalid" and right in answer["text"], answer
    assert f"{station.bed(BED)}/event/nurse" not in station.last


def test_out_of_range_is_the_nurses_alarm_over_kill_nine(world):
    station = infusing(world)
    station.command(BED, "observe", args={"rass": -4})
    start = station.alarm(BED, "obs-out-of-range", phase="start")
    assert start["prio"] == "high" and start["origin"] == "nurse" and start["text"] == "RASS -4: moves to touch only"
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)
    again = station.alarm(BED, "obs-out-of-range", after=mark, state="active", data="fresh")
    assert again["id"] == start["id"] and again["prio"] == "high"
    assert infusion(station)["obs"]["rass"] == -4
    station.command(BED, "observe", args={"rass": 0})
    end = station.alarm(BED, "obs-out-of-range", after=mark, phase="end")
    assert end["id"] == start["id"] and end["end_reason"] == "recovered"


def test_free_text_is_in_the_journal_and_nowhere_else(world):
    station = infusing(world)
    words = {"note": "asked for water 4711", "observe": "sees colours 4712", "infusion-hold": "bag empty 4713"}
    assert station.command(BED, "note", args={"text": words["note"]})["status"] == "applied"
    assert station.command(BED, "observe", args={"pain": 1, "note": words["observe"]})["status"] == "applied"
    assert station.command(BED, "infusion-hold", args={"reason": words["infusion-hold"]})["status"] == "applied"
    station.wait_for(lambda: {"note", "observe", "infusion-hold"} <= {
        m.doc["verb"] for m in station.messages if m.topic.endswith("/event/cmd")}, what="their events, which follow the answers")
    world.daemon.stop()
    for text in words.values():
        assert not [m for m in station.messages if text.encode() in m.payload and "/cmd/" not in m.topic], text
    with sqlite3.connect(world.folder / "journal.db") as journal:
        rows = dict(journal.execute("SELECT verb, text FROM note"))
    assert rows == words
