"""Sessions of a series see what the earlier ones left; a scheduled session waits, over kill -9 too."""
import pytest
from session_steps import BED, applied, confirmed, infusion, restart
from station import now_ms


def state(station):
    return station.last[f"{station.bed(BED)}/state"].doc


def shown(station, what, predicate):
    return station.wait_for(lambda: predicate(infusion(station)) and infusion(station), what=what)


@pytest.mark.quick
def test_the_next_session_of_a_series_sees_what_the_last_one_left(world):
    station = world.started()
    applied(station, "session-start", kg=70, series="k-41", n=1, m=6, interval_days=7)
    first = shown(station, "the series", lambda doc: doc.get("series"))
    assert first["series"] | {"series": "k-41", "n": 1, "m": 6, "interval_days": 7, "sessions": 0, "sessions_year": 0} == first["series"]
    assert "last" not in first["series"]
    confirmed(station, "infusion-start", mg_per_kg=0.5, kg=70, planned_min=10)  # 0.1 mg within the restart
    world.oximeter.show(spo2=87)
    station.alarm(BED, "spo2-low", phase="start")
    restart(world, station)
    world.oximeter.show(spo2=97)
    station.wait_for(lambda: world.value(station, BED, "spo2") == 97, what="97 %")
    applied(station, "infusion-stop")
    applied(station, "session-end")
    ended = shown(station, "the end", lambda doc: doc["phase"] == "ended")
    assert ended["extremes"]["spo2_min"] == 87 and ended["extremes"]["events"] >= 1 and ended["dose_mg"] > 0
    restart(world, station)
    applied(station, "session-start", kg=70, series="k-41", n=2, m=6)
    series = shown(station, "the history", lambda doc: doc["phase"] == "baseline" and "last" in doc.get("series", {}))["series"]
    assert (series["n"], series["sessions"], series["sessions_year"]) == (2, 1, 1)
    assert series["spo2_min"] == 87 and series["last"]["session"] == ended["session"]
    assert series["dose_mg"] == pytest.approx(ended["dose_mg"], abs=0.11)
    applied(station, "session-end")
    applied(station, "session-start", kg=70, series="k-42")
    shown(station, "another series", lambda doc: doc["series"]["series"] == "k-42" and doc["series"]["sessions"] == 0)


def test_a_scheduled_session_waits_over_kill_nine_and_is_started_by_its_name(world):
    station = world.started()
    at = now_ms() + 3_600_000
    applied(station, "session-start", session="s-noon", at=at, kg=70, series="k-41", n=3, m=6,
            checklist={"liver": True})
    shown(station, "the schedule", lambda doc: doc["phase"] == "scheduled" and doc.get("t_scheduled") == at)
    assert "liver" in infusion(station)["gate"]["not_met"]
    restart(world, station)
    assert state(station)["phase"] == "scheduled" and state(station)["session"] == "s-noon"
    assert infusion(station)["t_scheduled"] == at and infusion(station)["kg"] == 70
    assert station.command(BED, "observe", args={"pain": 1})["status"] == "refused"
    assert station.command(BED, "infusion-hold")["status"] == "refused"
    other = station.command(BED, "session-start", args={"session": "s-other"})
    assert other["status"] == "refused" and "s-noon" in other["text"]
    applied(station, "session-start", session="s-noon")
    begun = shown(station, "the baseline", lambda doc: doc["phase"] == "baseline")
    assert begun["session"] == "s-noon" and begun["series"]["n"] == 3 and "t_scheduled" not in begun
    assert "liver" in begun["gate"]["not_met"]


def test_a_scheduled_session_is_watched_as_an_idle_bed_and_can_be_cancelled_or_overtaken_by_an_infusion(world):
    station = world.started()
    applied(station, "session-start", session="s-noon", at=now_ms() + 3_600_000)
    world.oximeter.show(spo2=87)
    assert station.alarm(BED, "spo2-low", phase="start")["session"] is None
    world.oximeter.show(spo2=97)
    applied(station, "session-end")
    shown(station, "the end", lambda doc: doc["phase"] == "ended" and "t_scheduled" not in doc)
    applied(station, "session-start", session="s-late", at=now_ms() + 3_600_000)
    applied(station, "infusion-start", mg_per_kg=0.5, kg=70, planned_min=60)
    doc = shown(station, "the infusion", lambda doc: doc["phase"] == "infusing")
    assert doc["session"] == "s-late" and "t_scheduled" not in doc


def test_a_bolus_by_hand_counts_in_the_dose_over_kill_nine(world):
    station = world.started()
    applied(station, "session-start", kg=70)
    applied(station, "infusion-bolus", mg_per_kg=0.2)
    given = shown(station, "the bolus", lambda doc: doc.get("last_bolus"))
    assert given["phase"] == "infusing" and given["rate"] is None and given["last_bolus"]["mg"] == 14 == given["dose_mg"]
    restart(world, station)
    assert infusion(station)["last_bolus"] == given["last_bolus"] and infusion(station)["dose_mg"] == 14
    confirmed(station, "infusion-bolus", mg=28)
    shown(station, "the second one", lambda doc: doc["last_bolus"]["mg"] == 28 and doc["dose_mg"] == 42)
    applied(station, "infusion-start", rate=0.5, rate_unit="mg/kg/h", planned_min=60)
    shown(station, "the rate", lambda doc: doc["rate"] == 0.5 and doc["planned_min"] == 60)
    station.wait_for(lambda: [m.doc["dose_mg"] for m in station.messages if m.topic.endswith("/event/infusion")
                              and "last_bolus" in m.doc][:2] == [14, 42], what="both as events")
