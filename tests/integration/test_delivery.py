"""Nothing confirmed is lost: kill -9, broker away, station away; and every sign of life in both directions."""
import json
import signal
import time

import pytest
from monitors import pcd01
from rig import NODE, Broker
from station import Station

pytestmark = pytest.mark.faults

BED = "pain/b1"


def test_with_the_first_broker_dead_the_next_one_serves_and_the_first_is_gone_back_to(world):
    second = Broker(world.folder / "second")
    try:
        port = f'"port" = {world.broker.port}\n'
        settings = world.daemon.settings.read_text()
        assert settings.count(port) == 1
        world.daemon.settings.write_text(settings.replace(port, f'{port}alternates = ["127.0.0.1:{second.port}"]\n'))
        station = world.started()
        elsewhere = Station(second.port, "ns-1", contract=world.contract)
        world.stations.append(elsewhere)
        world.broker.kill()
        elsewhere.online(NODE)
        world.oximeter.show(spo2=85)
        alarm = elsewhere.alarm(BED, "spo2-low", phase="start")
        assert elsewhere.acknowledge(BED, alarm)["status"] == "applied"
        status, mark = f"vitals/1/node/{NODE}/status", station.mark()
        there = elsewhere.last[status].doc["conn"]
        world.broker.start()  # what it kept still says "online", of the first connection
        station.wait_for(lambda: any(m.topic == status and m.doc["state"] == "online" and m.doc["conn"] > there
                                     for m in station.messages[mark:]), 60, "the way back")
        again = station.alarm(BED, "spo2-low", id=alarm["id"], ack="acked")
        assert again["state"] == "active"
        left = elsewhere.last[status].doc
        assert left["state"] == "offline" and left["reason"] == "fail-back"
    finally:
        second.stop()


def test_with_the_broker_gone_during_an_infusion_the_bed_itself_calls(world, beeper):
    station = world.started()
    beeper.told("off")
    assert station.command(BED, "session-start", args={"kg": 70})["status"] == "applied"
    assert station.command(BED, "infusion-start", args={"mg_per_kg": 0.5, "kg": 70, "planned_min": 60})["status"] == "applied"
    world.broker.kill()
    beeper.told("on no connection to the broker: stations hear nothing")
    mark = station.mark()
    world.broker.start()
    station.online(NODE, timeout=30, after=mark)
    beeper.told("off")


def test_an_alarm_that_no_station_confirms_calls_at_the_bed(world, beeper):
    station = world.started()
    beeper.told("off")
    station.confirm = False
    world.oximeter.show(spo2=85)
    beeper.told("on no nursing station has confirmed an alarm")
    station.confirm = True
    beeper.told("off")


def test_the_bed_calls_by_a_tone_as_long_as_stations_hear_nothing(world, monkeypatch):
    """The loudspeaker is a file: ALSA's own plugin writes into it what it would play."""
    sound, config = world.folder / "sound.raw", world.folder / "asound.conf"
    config.write_text(f'pcm.bed {{ type file format raw slave.pcm {{ type null }} file "{sound}" }}\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    settings = world.daemon.settings.read_text()
    world.daemon.settings.write_text(f'{settings}\n[fallback]\ntone = {{ device = "bed" }}\n')
    station = world.started()
    station.confirm = False
    world.oximeter.show(spo2=85)  # high: ten pulses

    def pulses():
        samples = sound.read_bytes() if sound.exists() else b""
        loud = [any(samples[at:at + 960]) for at in range(0, len(samples), 960)]  # of 10 ms
        return sum(now and not before for before, now in zip([False] + loud, loud))
    station.wait_for(lambda: pulses() == 10, 40, "a burst")
    mark = station.mark()
    station.confirm = True
    station.node_alarm("confirm-missing", 20, phase="end")
    station.wait_for(lambda: "fallback at the bed off" in world.daemon.log.read_text(), 20, "the end of the call")
    assert pulses() % 10 == 0 and not any("fallback-failed" in m.topic for m in station.messages[mark:])


@pytest.mark.quick
@pytest.mark.asan
def test_kill_nine_keeps_episode_and_acknowledgement(world, kill_rounds):
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert station.acknowledge(BED, start)["status"] == "applied"
    last = station.alarm(BED, "spo2-low", ack="acked")
    for _ in range(min(kill_rounds, 30)):  # an acknowledgement holds for three minutes, then the alarm calls again
        mark = station.mark()
        world.daemon.kill()
        world.daemon.start()
        station.online(NODE, after=mark)
        again = station.alarm(BED, "spo2-low", after=mark, state="active", id=start["id"])
        assert again["rev"] > last["rev"], "no revision is used twice"
        assert again["boot"] != last["boot"]
        assert again["ack"] == "acked", "an acknowledgement survives a restart"
        last = again
    mark = station.mark()
    world.oximeter.show(spo2=97)
    end = station.alarm(BED, "spo2-low", phase="end", after=mark)
    assert end["id"] == start["id"]


def test_time_of_the_last_cuff_reading_survives_kill_nine(world):
    """Without it a reading would be called overdue that was taken before the restart."""
    station = world.started()
    monitor = world.sender()
    assert station.command("pain/b2", "session-start", args={"kg": 70})["status"] == "applied"
    at = int(time.time()) - 30
    assert monitor.send(pcd01("K1", hr=72, spo2=97, cuff=(124, 76, 92), at=at)) == ("CA", "K1")
    mark = station.mark()
    world.daemon.kill()  # the answer is here: what the message caused is kept
    world.daemon.start()
    station.online(NODE, after=mark)
    state = station.last[f"{station.bed('pain/b2')}/state"].doc
    assert state["last_obs"] == {"nibp": 1000 * at}, "the time, and no value that would look alive"


def test_killed_right_after_the_alarm_it_is_found_again(world, kill_rounds):
    """Kill -9 at the moment the first document is seen: whatever was committed, the alarm is there afterwards."""
    station = world.started()
    for _ in range(kill_rounds):
        mark = station.mark()
        world.oximeter.show(spo2=90)
        first = station.alarm(BED, "spo2-low", after=mark, state="active")
        world.daemon.kill()
        mark = station.mark()
        world.daemon.start()
        station.online(NODE, after=mark)
        again = station.alarm(BED, "spo2-low", after=mark, state="active", data="fresh")
        assert again["id"] == first["id"], "the same episode: from the journal, or from the broker's copy"
        mark = station.mark()
        world.oximeter.show(spo2=97)
        station.alarm(BED, "spo2-low", phase="end", after=mark)


@pytest.mark.asan
def test_alarm_raised_while_the_broker_is_away_arrives(world):
    station = world.started()
    mark = station.mark()
    world.broker.stop()
    station.wait_for(lambda: not station.connected, what="the station noticed")
    world.oximeter.show(spo2=90)
    world.broker.start()
    station.wait_for(lambda: station.connected, 15, "the station is back")
    start = station.alarm(BED, "spo2-low", timeout=20, after=mark, state="active")
    assert start["ack"] == "unacked"
    station.online(NODE, after=mark)


def test_begin_and_end_while_the_broker_is_dead_leave_no_ghost(world):
    """The retained copy of an alarm that ended meanwhile is removed; the event log shows that it was."""
    station = world.started()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    mark = station.mark()
    world.broker.kill()
    station.wait_for(lambda: not station.connected, what="the station noticed")
    world.oximeter.show(spo2=97)
    # The engine needs its off-delay with good values; wait for the daemon's own word that the broker is lost.
    world.broker.start()
    station.wait_for(lambda: station.connected, 15, "the station is back")
    end = station.alarm(BED, "spo2-low", timeout=20, after=mark, phase="end")
    assert end["id"] == start["id"]
    topic = f"{station.bed(BED)}/alarm/spo2-low"
    station.wait_for(lambda: station.last[topic].payload == b"", 20, "the retained copy is gone")
    late = world.station("ns-2")
    late.online(NODE)
    assert topic not in late.last or not late.last[topic].doc, "a station that joins later sees no ghost"


def test_planted_ghost_is_removed(world):
    """A retained alarm under our bed that nobody knows: emptied at the next start, logged, not shown as ours."""
    station = world.station()
    topic = f"{station.bed(BED)}/alarm/hr-low"
    station.client.publish(topic, b'{"schema":"vitals.alarm/1","node":"%s"}' % NODE.encode(), qos=1, retain=True)
    station.wait_for(lambda: topic in station.last, what="the planted document")
    station.problems.clear()  # it is not a valid document: that is the point
    world.daemon.start()
    station.wait_for(lambda: station.last[topic].payload == b"", 20, "the ghost emptied")


@pytest.mark.quick
def test_status_heartbeat_and_clean_stop(world):
    station = world.started()
    online = station.online(NODE)
    beat = station.wait_for(
        lambda: next((m.doc for m in station.messages if m.topic.endswith(f"{NODE}/heartbeat")), None), what="heartbeat")
    assert beat["boot"] == online["boot"] and beat["beds"] == 2
    world.daemon.stop()
    status = f"{station.root}/1/node/{NODE}/status"
    offline = station.wait_for(lambda: station.last[status].doc.get("state") == "offline" and station.last[status].doc)
    assert offline["reason"] == "clean"


def test_kill_nine_lets_the_will_speak(world):
    station = world.started()
    online = station.online(NODE)
    mark = station.mark()
    world.daemon.kill()
    status = f"{station.root}/1/node/{NODE}/status"
    will = station.wait_for(
        lambda: next((m.doc for m in station.messages[mark:] if m.topic == status), None), what="the will")
    assert (will["state"], will["reason"], will["boot"]) == ("offline", "will", online["boot"])


def test_a_foreign_offline_is_answered(world):
    """The will of an older connection may come late: the daemon says again that it is there."""
    station = world.started()
    status = f"{station.root}/1/node/{NODE}/status"
    online = station.online(NODE)
    late_will = dict(online, state="offline", reason="will", conn=0)
    late_will.pop("ver", None)
    mark = station.mark()
    station.client.publish(status, json.dumps(late_will), qos=1, retain=True)
    station.online(NODE, after=mark)


def test_an_alarm_that_no_station_confirms_is_repeated_and_then_said(world):
    """A station that shows itself and stays dumb; a viewer that confirms does not count, since it is not required."""
    dumb = world.station("ns-1", confirm=False)
    viewer = world.station("ns-2")
    world.daemon.start()
    viewer.online(NODE)
    viewer.wait_for(lambda: world.value(viewer, "pain/b1", "spo2"), what="a first value of pain/b1")
    mark = viewer.mark()
    world.oximeter.show(spo2=90)
    start = viewer.alarm(BED, "spo2-low", after=mark, phase="start")
    missing = viewer.node_alarm("confirm-missing", 25, phase="start")
    assert missing["kind"] == "tech" and missing["t_on"] - start["ts"] >= 14_000
    repeats = [d for d in viewer.alarm_documents(BED, "spo2-low", mark) if d["phase"] == "continue"]
    assert len(repeats) >= 2, "said again at 5 s and at 10 s"
    dumb.confirm = True
    dumb.send(dumb.bed(BED), "received", args={"list": [{"id": start["id"], "rev": start["rev"]}]})
    viewer.node_alarm("confirm-missing", 15, phase="end")


def test_an_alarm_that_nobody_had_confirmed_before_a_crash_is_missed_after_it(world):
    dumb = world.station("ns-1", confirm=False)
    viewer = world.station("ns-2")
    world.daemon.start()
    viewer.online(NODE)
    viewer.wait_for(lambda: world.value(viewer, "pain/b1", "spo2"), what="a first value of pain/b1")
    world.oximeter.show(spo2=90)
    start = viewer.alarm(BED, "spo2-low", phase="start")
    mark = viewer.mark()
    world.daemon.kill()
    world.daemon.start()
    # Fresh at once or stale at first: the first value may come before the broker answers.
    again = viewer.alarm(BED, "spo2-low", after=mark, data="fresh", state="active", timeout=20)
    assert again["id"] == start["id"] and again["rev"] > start["rev"]
    viewer.node_alarm("confirm-missing", 30, phase="start")
    dumb.confirm = True
    dumb.send(dumb.bed(BED), "received", args={"list": [{"id": again["id"], "rev": again["rev"]}]})
    viewer.node_alarm("confirm-missing", 15, phase="end")


def test_no_station_is_an_alarm_that_the_next_one_finds(world):
    viewer = world.station("ns-2")
    world.daemon.start()
    viewer.online(NODE)
    alone = viewer.node_alarm("no-listener", 25, phase="start")
    assert alone["prio"] == "medium", "ns-2 is not required: its confirmations do not count"
    world.station("ns-1")
    viewer.node_alarm("no-listener", 25, phase="end")


def test_a_hang_up_does_not_end_the_watch(world):
    station = world.started()
    for _ in range(20):
        world.daemon.process.child.send_signal(signal.SIGHUP)
    world.oximeter.show(spo2=90)
    station.alarm(BED, "spo2-low", phase="start")
    assert world.daemon.process.running and "is what runs" in world.daemon.log.read_text()
    world.daemon.stop()


def test_a_reload_tells_of_limits_that_a_restart_would_take(world):
    station = world.started()
    node = f"{station.root}/1/node/{NODE}"
    before = station.last[f"{node}/info"].doc["config"]
    profile = world.folder / "profiles" / "test.toml"
    profile.write_text(profile.read_text() + "# another line\n")
    world.daemon.process.child.send_signal(signal.SIGHUP)

    def said():
        return "has changed; a restart takes it" in world.daemon.log.read_text()
    station.wait_for(said, 15, "that a profile has changed")
    assert "is what runs" not in world.daemon.log.read_text()
    world.daemon.stop()
    mark = station.mark()
    world.daemon.start()
    station.online(NODE, after=mark)
    station.wait_for(lambda: station.last[f"{node}/info"].doc["config"] != before, 15, "another hash of the settings")


def test_the_log_of_the_node_tells_of_starts_and_stops_and_of_stations_that_come_and_go(world):
    station = world.started()
    node = f"{station.root}/1/node/{NODE}"

    def told(event, **wanted):
        return next((m.doc for m in station.messages if m.topic == f"{node}/event/node" and m.doc["event"] == event
                     and all(m.doc.get(k) == v for k, v in wanted.items())), None)
    viewer = world.station("ns-2")
    station.wait_for(lambda: told("station-up", station="ns-2"), 15, "that a station has come")
    world.stations.remove(viewer)
    viewer.close()
    station.wait_for(lambda: told("station-down", station="ns-2"), 15, "that it has gone")
    mark = station.mark()
    world.daemon.stop()
    world.daemon.start()
    online = station.online(NODE, after=mark)
    assert station.answer_to(station.send(node, "replay", args={"from_seq": 0}))["status"] == "applied"
    log = [m.doc for m in station.messages if m.topic.endswith("/rsp/ns-1") and m.doc["schema"] == "vitals.event-node/1"]
    assert [d["event"] for d in log if "station" not in d] == ["start", "stop", "start"]
    assert log[0]["boot"] != log[-1]["boot"] == online["boot"]
    info = station.last[f"{node}/info"].doc
    assert {d["config"] for d in log} == {info["config"]}
    assert all(d["hist"] for d in log)


def test_settings_that_become_unusable_are_an_alarm_before_the_next_start_fails(world):
    station = world.started()
    good = world.daemon.settings.read_text()
    world.daemon.settings.write_text(good.replace("protocol", "protokoll"))
    world.daemon.process.child.send_signal(signal.SIGHUP)
    alarm = station.node_alarm("settings-invalid", 75, phase="start")
    assert alarm["prio"] == "low" and "protokoll" in world.daemon.log.read_text()
    world.daemon.settings.write_text(good)
    world.daemon.process.child.send_signal(signal.SIGHUP)
    station.node_alarm("settings-invalid", 75, phase="end")
