"""What others say of a bed in a session: the vitals name another patient, the administration moves one, a pump runs."""
import time

import pytest
from monitors import adt, pcd01, pump

BED = "pain/b2"


class Session:
    """Bed pain/b2 with patient P1 in the baseline phase."""

    def __init__(self, world):
        self.station = world.started()
        self.monitor = world.sender()
        self.count = 0
        self.vitals()
        self.station.wait_for(lambda: world.value(self.station, BED, "hr"), what="a first value")
        assert self.station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"
        self.station.wait_for(lambda: self.document("state")["session"], what="the bed's state with its session")

    def _send(self, message, **what):
        self.count += 1
        answer = self.monitor.send(message(f"M{self.count}", **what))
        assert answer == ("CA", f"M{self.count}"), answer

    def vitals(self, patient="P1", spo2=97):
        self._send(pcd01, hr=72, spo2=spo2, patient=patient)

    def administration(self, trigger, patient, **where):
        self._send(lambda control_id: adt(trigger, control_id, patient, **where))

    def pump(self, event=None, ml_h=0.0, **how):
        self._send(pump, event=event, ml_h=ml_h, **how)

    def document(self, name):
        return self.station.last[f"{self.station.bed(BED)}/{name}"].doc

    def wait(self, what, predicate):
        """Until the infusion document is as wanted; the predicate gets it."""
        self.station.wait_for(lambda: predicate(self.document("infusion")), what=what)
        return self.document("infusion")


@pytest.mark.quick
def test_another_patient_in_the_vitals_is_asked_about_and_alarms_go_on(world):
    session = Session(world)
    station = session.station
    name = session.document("state")["session"]
    session.vitals(patient="P2")
    wrong = station.alarm(BED, "wrong-patient", state="active")
    assert wrong["prio"] == "high" and wrong["ack"] == "unacked"
    session.vitals(patient="P2", spo2=85)
    assert station.alarm(BED, "spo2-low", state="active")["session"] == name, "absolute limits go on"
    answer = station.command(BED, "patient-confirm", args={"patient": "same"})
    assert answer["status"] == "applied", answer
    assert station.alarm(BED, "wrong-patient", state="inactive")["id"] == wrong["id"]
    assert session.document("state")["session"] == name
    again = station.command(BED, "patient-confirm", args={"patient": "same"})
    assert again["status"] == "refused", "nothing is left to be confirmed"


def test_another_patient_by_administration_and_the_answer_new_ends_the_session(world):
    session = Session(world)
    station = session.station
    assert station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})["status"] == "applied"
    session.administration("A01", "P3")
    wrong = station.alarm(BED, "wrong-patient", state="active")
    assert wrong["prio"] == "medium"
    assert session.document("state")["phase"] == "infusing", "nothing is relabelled by itself"
    session.vitals(spo2=85)
    station.alarm(BED, "spo2-low", state="active")
    assert station.command(BED, "patient-confirm", args={"patient": "new"})["status"] == "applied"
    assert station.alarm(BED, "wrong-patient", state="inactive")["end_reason"] == "session-end"
    assert station.alarm(BED, "spo2-low", state="inactive")["end_reason"] == "session-end"
    station.wait_for(lambda: session.document("state")["phase"] == "none", what="no session")


def test_an_update_that_names_another_patient_or_no_bed_is_asked_about(world):
    session = Session(world)
    station = session.station
    for patient, bed, text in (("P3", "pain^^b2", "the administration puts another patient into this bed"),
                               ("P1", '""', "the patient was moved away from this bed")):
        session.administration("A08", "P1", bed="pain^^b2")
        session.administration("A08", "P9", bed="pain^^b7")
        mark = station.mark()
        session.administration("A08", patient, bed=bed)
        wrong = station.alarm(BED, "wrong-patient", after=mark, state="active")
        assert (wrong["prio"], wrong["text"]) == ("medium", text)
        assert station.command(BED, "patient-confirm", args={"patient": "same"})["status"] == "applied"
        assert station.alarm(BED, "wrong-patient", after=mark, state="inactive")["id"] == wrong["id"]
    assert session.document("state")["phase"] == "baseline"


@pytest.mark.quick
def test_a_pump_starts_changes_pauses_and_goes_on_in_the_session(world):
    session = Session(world)
    session.pump("START", 12)
    doc = session.wait("infusing at 12 mL/h of 2 mg/mL", lambda d: d["phase"] == "infusing")
    assert (doc["by"], doc["rate"], doc["rate_unit"]) == ("pump", 24, "mg/h")
    mark = session.station.mark()
    session.pump("STOP", 12, delivery="transitioning")
    session.pump("START", 18)
    session.wait("36 mg/h", lambda d: d["rate"] == 36)
    session.pump(None, 20)  # a snapshot
    session.wait("40 mg/h", lambda d: d["rate"] == 40)
    phases = {m.doc["phase"] for m in session.station.messages[mark:] if m.topic.endswith("/b2/infusion")}
    assert phases == {"infusing"}, "a rate change is no pause"
    session.pump("STOP", 0, delivery="not-delivering")
    session.wait("held", lambda d: d["phase"] == "held" and d["by"] == "pump")
    session.pump("START", 20)
    session.wait("infusing again", lambda d: d["phase"] == "infusing")
    session.pump("COMP", 0, delivery="not-delivering")
    doc = session.wait("held at the end of the volume", lambda d: d["phase"] == "held")
    assert doc["by"] == "pump", "recovery and the end are for people"
    assert session.station.command(BED, "infusion-stop")["status"] == "applied"
    session.pump("START", 20)
    session.vitals()
    assert session.document("state")["phase"] == "recovery", "no pump takes a session out of recovery"


def test_a_bolus_of_the_pump_is_shown_and_counted(world):
    session = Session(world)
    session.pump("START", 12)
    before = session.wait("infusing", lambda d: d["phase"] == "infusing")
    session.pump("STOP", 12, delivery="transitioning")
    session.pump("START", 360, source="clinician")  # 720 mg/h: 10.3 mg/kg/h
    doc = session.wait("a bolus", lambda d: d.get("bolus"))
    assert doc["rate"] == 24 and doc["rate_mg_kg_h"] == pytest.approx(720 / 70, abs=0.001)
    session.pump("COMP", 0, delivery="transitioning", source="clinician")
    session.pump("START", 12)
    doc = session.wait("the bolus is over", lambda d: "bolus" not in d)
    assert doc["phase"] == "infusing" and doc["rate_mg_kg_h"] == pytest.approx(24 / 70, abs=0.001)
    assert doc["dose_mg"] >= before["dose_mg"]


def test_a_pump_beside_the_session_is_an_alarm_and_never_a_session(world):
    session = Session(world)
    station = session.station
    assert station.command(BED, "session-end", args={"confirm": True})["status"] == "applied"
    session.pump("START", 12)
    deadline = time.monotonic() + 45
    topic = f"{station.bed(BED)}/alarm/infusion-unrecorded"
    while topic not in station.last:  # it must be heard of all the time: the next word is due in 2 s
        assert time.monotonic() < deadline, "infusion-unrecorded after 30 s"
        session.pump(None, 12)
        with station.changed:
            station.changed.wait_for(lambda: topic in station.last, 2)
    assert station.last[topic].doc["prio"] == "medium"
    assert session.document("state")["phase"] == "ended"
    session.pump("STOP", 0, delivery="not-delivering")
    station.alarm(BED, "infusion-unrecorded", phase="end")
