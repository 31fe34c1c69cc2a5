"""Gate, checklist, recovery, early warning: shown, warned of and recorded, over kill -9, and nothing of it decides."""
import pytest
from session_steps import BED, applied, infusion, restart


@pytest.mark.quick
def test_gate_and_recovery_warn_and_are_recorded_over_kill_nine(world):
    station = world.started()
    applied(station, "session-start", kg=70, checklist={"psychosis": True, "liver": False})
    station.wait_for(lambda: infusion(station).get("gate", {}).get("state") == "not-met", what="the gate")
    assert "psychosis" in infusion(station)["gate"]["not_met"] and "sbp" in infusion(station)["gate"]["unknown"]
    restart(world, station)
    applied(station, "checklist", answers={"psychosis": False, "pregnancy": True})
    wrong = station.command(BED, "checklist", args={"answers": {"lever": True}})
    assert wrong["status"] == "invalid" and "it asks for cardiovascular" in wrong["text"]
    text = applied(station, "infusion-start", mg_per_kg=0.5, kg=70, planned_min=60)
    assert "pregnancy answered yes" in text and "psychosis" not in text
    kept = station.wait_for(lambda: infusion(station).get("phase") == "infusing" and infusion(station)["gate"], what="the gate kept")
    assert kept["not_met"] == ["pregnancy"]
    restart(world, station)
    assert infusion(station)["gate"] == kept
    applied(station, "infusion-stop")
    applied(station, "observe", rass=-1, hallucination=False, aldrete=9)
    station.wait_for(lambda: "sedation" in infusion(station).get("recovery", {}).get("not_met", []), what="the recovery")
    restart(world, station)
    assert infusion(station)["phase"] == "recovery"
    text = applied(station, "session-end")
    assert "60 min since the stop" in text and "RASS 0" in text and "escort" in text and "Aldrete" not in text
    ended = station.wait_for(lambda: infusion(station).get("phase") == "ended" and infusion(station), what="ended")
    assert ended["recovery"]["text"] == text
    station.wait_for(lambda: any(m.doc["phase"] == "ended" and m.doc["recovery"]["text"] == text
                                 for m in station.messages if m.topic.endswith("/event/infusion")), what="the end as an event")
    restart(world, station)
    assert infusion(station)["recovery"]["text"] == text


def test_early_warning_is_partial_until_all_is_known_and_goes_with_the_session(world):
    station = world.started()
    topic = f"{station.bed(BED)}/news2"

    def news2():
        return station.last[topic].doc if topic in station.last else {}

    applied(station, "session-start", kg=70, spo2_scale=2)
    first = station.wait_for(lambda: "pulse" in news2().get("points", {}) and news2(), what="a partial score")
    assert first["complete"] is False and "total" not in first and first["scale"] == 2
    assert "spo2" not in first["points"], "97 % on scale 2 means nothing without knowing of oxygen"
    applied(station, "observe", rr=22, o2_l_min=0, acvpu="A", temp=36.7)
    station.wait_for(lambda: news2()["points"].get("rr") == 2 and news2()["points"].get("spo2") == 0, what="the nurse's parts")
    assert news2()["complete"] is False and "sbp" not in news2()["points"]
    assert news2()["valid_until"] > news2()["ts"]
    restart(world, station)
    station.wait_for(lambda: news2()["points"].get("rr") == 2 and news2()["scale"] == 2, what="the same over kill -9")
    applied(station, "session-end")
    station.wait_for(lambda: station.last[topic].payload == b"", what="the score gone")
