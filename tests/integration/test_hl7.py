"""HL7 over MLLP: a positive answer means kept; whatever a peer sends, the next message works."""
import time

import pytest
from monitors import pcd01
from rig import NODE

BED = "pain/b2"


@pytest.mark.quick
@pytest.mark.asan
def test_alarm_is_durable_before_its_answer(world):
    station = world.started()
    monitor = world.sender()
    assert monitor.send(pcd01("M1", hr=72, spo2=97, cuff=(124, 76, 92), at=time.time() - 60)) == ("CA", "M1")
    code, control_id = monitor.send(pcd01("M2", hr=75, spo2=97, cuff=(186, 98, 127), at=time.time() - 1))
    assert (code, control_id) == ("CA", "M2")
    # The answer is here: from now on a crash may not lose the alarm.
    world.daemon.kill()
    mark = station.mark()
    world.daemon.start()
    station.online(NODE, after=mark)
    high = station.alarm(BED, "sbp-high", after=mark, state="active")
    assert high["prio"] == "high" and high["v"] == 186 and high["origin"] == "daemon"


def test_sustained_low_value_alarms_although_reports_are_seconds_apart(world):
    station = world.started()
    monitor = world.sender()
    monitor.send(pcd01("A1", hr=72, spo2=97))
    monitor.send(pcd01("A2", hr=72, spo2=85))
    # No further message: the timer of the delay raises it, not the next value.
    start = station.alarm(BED, "spo2-low", timeout=10, state="active")
    assert start["v"] == 85


def test_zero_heart_rate_is_its_own_high_alarm(world):
    station = world.started()
    monitor = world.sender()
    monitor.send(pcd01("Z1", hr=72, spo2=97))
    assert monitor.send(pcd01("Z2", hr=0, spo2=97))[0] == "CA"
    zero = station.alarm(BED, "hr-zero", state="active")
    assert zero["prio"] == "high"
    assert not station.alarm_documents(BED, "hr-low"), "zero is not a low rate"


def test_message_of_an_unknown_bed_is_answered_and_not_used(world):
    station = world.started()
    monitor = world.sender()
    code, _ = monitor.send(pcd01("U1", bed="icu^^b9", hr=20, spo2=50, cuff=(250, 150, 180)))
    assert code in ("CA", "AA", "CE", "AE")
    assert monitor.send(pcd01("U2", hr=72, spo2=97))[0] == "CA"
    assert "monitor: no bed for location" in world.daemon.log.read_text()
    judged = [m for m in station.messages if "/b2/alarm/" in m.topic and m.doc.get("kind") == "phys"]
    assert not judged, "values of an unknown bed are not judged at another one"


HARMLESS = [
    b"",                                                     # nothing at all
    b"\r\n  \x00 hello\r\n",                                 # a banner
    b"\x0b\x1c\r",                                           # an empty frame
    b"\x0bMSH|^~\\&|cut in the mid",                         # cut, and then a new start
    b"\x0b" + bytes(range(256)) + b"\x1c\r",
    b"\x0bMSH\x1c\r",
    b"\x0bMSH|^~\\&|T||||20260101||ORU^R01|X|P|2.6\rOBX|1|NM\x1c\r",
    b"\x0bPID|||1\rMSH|^~\\&|\x1c\r",
]


@pytest.mark.quick
@pytest.mark.asan
@pytest.mark.parametrize("noise", HARMLESS, ids=range(len(HARMLESS)))
def test_after_noise_a_good_message_is_answered(world, noise):
    world.started()
    monitor = world.sender()
    monitor.raw(noise)
    monitor.raw(b"\x0b" + pcd01("G1", hr=72, spo2=97).encode() + b"\x1c\r")
    answers = []
    while ("CA", "G1") not in answers:
        answers.append(monitor.answer())
    # "X" is HL7 with a row that cannot be read: the rest of it counts, so it is taken. Nothing else is.
    assert all(code not in ("AA", "CA") for code, control_id in answers if control_id not in ("G1", "X"))


@pytest.mark.asan
def test_a_frame_without_end_is_cut_off_and_others_go_on(world):
    world.started()
    endless, monitor = world.sender(), world.sender()
    try:
        endless.raw(b"\x0bMSH|^~\\&|T\r" + b"OBX|1|TX|X||" + b"x" * 8_000_000)
    except OSError:
        pass  # closed while we were still sending: as good
    assert endless.closed_by_peer(10), "a frame that is too long ends the connection"
    assert monitor.send(pcd01("E1", hr=72, spo2=97)) == ("CA", "E1")


def test_a_slow_sender_is_served_and_a_stalled_one_dropped(world):
    world.started()
    slow, stalled, monitor = world.sender(), world.sender(), world.sender()
    message = b"\x0b" + pcd01("S1", hr=72, spo2=97).encode() + b"\x1c\r"
    stalled.raw(message[:200])
    for at in range(0, len(message), 40):  # many small reads, another connection in between each
        slow.raw(message[at:at + 40])
        assert monitor.send(pcd01(f"B{at}", hr=72, spo2=97))[0] == "CA"
    assert slow.answer() == ("CA", "S1")
    assert stalled.closed_by_peer(20), "a frame that never ends is dropped"


def test_two_messages_in_one_write_get_two_answers_in_order(world):
    world.started()
    monitor = world.sender()
    monitor.raw(b"".join(b"\x0b" + pcd01(f"T{i}", hr=70 + i, spo2=97).encode() + b"\x1c\r" for i in range(5)))
    assert [monitor.answer() for _ in range(5)] == [("CA", f"T{i}") for i in range(5)]


def test_same_cuff_reading_again_is_no_new_one(world):
    """Monitors repeat the last cuff reading in each report: acknowledged, it stays acknowledged."""
    station = world.started()
    monitor = world.sender()
    at = time.time() - 5
    monitor.send(pcd01("C1", hr=72, spo2=97, cuff=(172, 92, 118), at=at))
    start = station.alarm(BED, "sbp-high", state="active")
    station.acknowledge(BED, start)
    acked = station.alarm(BED, "sbp-high", ack="acked")
    for i in range(3):
        assert monitor.send(pcd01(f"C{i + 2}", hr=72, spo2=97, cuff=(172, 92, 118), at=at))[0] == "CA"
    documents = station.alarm_documents(BED, "sbp-high")
    assert documents[-1]["rev"] == acked["rev"] and documents[-1]["ack"] == "acked"
