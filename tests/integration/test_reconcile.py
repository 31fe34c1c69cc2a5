"""What a broker has forgotten, what a station has missed, what came while nobody was there: all of it is made good."""
import pytest
from rig import NODE, settings_text

pytestmark = pytest.mark.faults

BED = "pain/b1"
EVENTS = 1500


def retained(world, name):
    """What a station that joins now finds: its own birth comes back after everything that was retained."""
    station = world.station(name)

    def birth():
        own = (i for i, m in enumerate(station.messages) if m.topic == station.status_topic and not m.retain)
        return next(own, 0)
    end = station.wait_for(birth, what="its own birth")
    with station.changed:
        found = {m.topic: m.doc for m in station.messages[:end] if m.retain}
    station.close()
    world.stations.remove(station)
    return found


def test_a_broker_that_has_forgotten_everything_has_it_again_with_the_word_online(world):
    """Killed before it wrote its memory to the disk: what is retained afterwards equals the truth."""
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    station.acknowledge(BED, start)
    station.alarm(BED, "spo2-low", ack="acked")
    before = retained(world, "ns-2")
    mark = station.mark()
    world.broker.kill()
    station.wait_for(lambda: not station.connected, what="the station noticed")
    for memory in world.broker.folder.glob("mosquitto.db*"):
        memory.unlink()
    world.broker.start()
    station.wait_for(lambda: station.connected, 35, "the station is back")
    station.online(NODE, 35, after=mark)
    after = retained(world, "ns-2")

    def daemon_says(found):
        """What stands: what is over is told and then taken away, whenever that is."""
        return {topic for topic, doc in found.items()
                if "/station/" not in topic and "broker-lost" not in topic and doc.get("state") != "inactive"}
    assert daemon_says(after) == daemon_says(before)
    topic = f"{station.bed(BED)}/alarm/spo2-low"
    assert (after[topic]["id"], after[topic]["state"], after[topic]["ack"]) == (start["id"], "active", "acked")
    assert after[f"{station.bed(BED)}/alarms"]["set"][0]["id"] == start["id"]


def test_a_station_that_was_away_sees_by_the_numbers_that_it_has_missed_something(world):
    """The log is numbered without gaps; every document carries the newest number, so that no new event is needed."""
    station = world.started()
    viewer = world.station("ns-2")
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    target = {"cond": "spo2-low", "id": start["id"], "rev": start["rev"]}
    log = f"{station.bed(BED)}/event/"
    viewer.wait_for(lambda: any(m.doc.get("id") == start["id"] for m in viewer.messages if m.topic.startswith(log)))
    seen = max(m.doc["seq"] for m in viewer.messages if m.topic.startswith(log))
    viewer.close()
    world.stations.remove(viewer)

    mark = station.mark()
    for n in range(EVENTS // 4):  # each pair of them is four events: two commands, two documents
        station.send(station.bed(BED), "ack", target)
        last = station.send(station.bed(BED), "unack", target)
    assert station.answer_to(last, 60)["status"] in ("applied", "accepted")

    def numbered():
        return [m.doc["seq"] for m in station.messages[mark:] if m.topic.startswith(log)]
    numbers = station.wait_for(lambda: len(numbered()) >= EVENTS - 1 and numbered(), 60, "the log, which gives way to answers")
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "without gaps, in order"

    back = world.station("ns-2")
    # Retained it may still be the one from before; it is repeated every 30 s.
    back.wait_for(lambda: (m := back.last.get(f"{back.bed(BED)}/state")) and m.doc["seq"] > seen, 60, "a newer state")
    alarm = back.alarm(BED, "spo2-low", state="active")
    assert alarm["seq"] - seen >= EVENTS - 1, "the alarm itself says how much was missed"
    assert (alarm["id"], alarm["ack"]) == (start["id"], "unacked"), "and is the truth without what was missed"


def test_a_command_sent_while_the_daemon_is_dead_is_never_executed(world):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    mark = station.mark()
    world.daemon.kill()
    station.send(station.bed(BED), "ack", {"cond": "spo2-low", "id": start["id"], "rev": start["rev"]})
    world.daemon.start()
    station.online(NODE, after=mark)
    assert station.command(BED, "resync")["status"] in ("applied", "accepted"), "what was waiting has come before this"
    again = station.alarm(BED, "spo2-low", after=mark, state="active", data="fresh")
    assert (again["id"], again["ack"]) == (start["id"], "unacked")


@pytest.mark.quick
def test_everything_that_a_simulator_makes_is_coloured(world):
    world.daemon.settings.write_text(
        settings_text(world.folder, "test", world.broker.port, world.mllp_port, world.oximeter.link, sim=True))
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    station.acknowledge(BED, start)
    station.command(BED, "session-start", args={"kg": 70})
    world.oximeter.show(spo2=97)
    station.alarm(BED, "spo2-low", phase="end")
    told = [m for m in station.messages if m.topic.startswith(station.bed(BED)) and m.doc]
    told = [m for m in told if "/rsp/" not in m.topic and "/cmd/" not in m.topic]
    assert {m.topic.split("/")[5] for m in told} >= {"obs", "alarm", "alarms", "state", "infusion", "limits", "link", "event"}
    assert not [str(m) for m in told if m.doc.get("sim") is not True]
