"""Between the daemon, the broker and a station lies a network: slow, stopping, half-open, flapping."""
import random
import select
import time

import pytest
from rig import NODE
from station import Station
from tcp_proxy import Proxy

pytestmark = pytest.mark.faults

BED = "pain/b1"
STATUS = f"vitals/1/node/{NODE}/status"


@pytest.fixture
def network(world):
    """Between the daemon and the broker; stations are at the broker itself."""
    proxy = Proxy(world.broker.port)
    settings = world.daemon.settings.read_text()
    port = f'"port" = {world.broker.port}\n'
    assert settings.count(port) == 1
    world.daemon.settings.write_text(settings.replace(port, f'"port" = {proxy.port}\n'))
    yield proxy
    world.daemon.end()
    proxy.close()


def after(seconds):
    """Lets a time pass in which something must not happen, or must go on without us."""
    select.select([], [], [], seconds)


def connection(station):
    return station.last[STATUS].doc["conn"]


def test_a_slow_network_delays_an_alarm_by_what_it_takes_and_breaks_nothing(world, network):
    network.latency_s = 0.3
    station = world.started()
    conn = connection(station)
    mark = station.mark()
    world.oximeter.show(spo2=90)
    start = station.alarm(BED, "spo2-low", phase="start")
    topic = f"{station.bed(BED)}/alarm/spo2-low"
    came = next(m for m in station.messages[mark:] if m.topic == topic)
    took = time.time() - start["ts"] / 1000 - (time.monotonic() - came.at)
    assert 0.25 < took < 2, "one way of the network, and little more"
    assert station.acknowledge(BED, start)["status"] == "applied"
    after(12)  # twice the keep-alive
    assert connection(station) == conn and network.connections == 1, "slow is not gone"
    assert not [m for m in station.messages if "/node/" in m.topic and "/alarm/" in m.topic and m.doc.get("state") == "active"]


def test_bytes_that_wait_on_the_way_come_in_their_order_and_once(world, network):
    station = world.started()
    conn, mark = connection(station), station.mark()
    network.hold()
    world.oximeter.show(spo2=90)
    after(3)  # less than the keep-alive, more than the delay of the alarm
    assert not station.alarm_documents(BED, "spo2-low", mark), "the network stands still"
    let_through = time.time()
    network.hold(False)
    start = station.alarm(BED, "spo2-low", phase="start")
    assert start["ts"] / 1000 < let_through, "it was raised meanwhile"
    world.oximeter.show(spo2=97)
    end = station.alarm(BED, "spo2-low", phase="end")
    assert (end["id"], connection(station)) == (start["id"], conn)
    log = f"{station.bed(BED)}/event/"
    numbers = [m.doc["seq"] for m in station.messages[mark:] if m.topic.startswith(log)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_half_open_connection_to_the_broker_is_noticed_by_both_and_the_bed_calls(world, network, beeper):
    station = world.started()
    beeper.told("off")
    conn, mark = connection(station), station.mark()
    network.vanish()
    world.oximeter.show(spo2=85)
    station.wait_for(lambda: station.last[STATUS].doc["state"] == "offline", 30, "the will: the broker gives up")
    beeper.told("on no connection to the broker: stations hear nothing", timeout=60)
    assert not station.alarm_documents(BED, "spo2-low", mark), "nothing has come through"
    network.heal()
    alarm = station.alarm(BED, "spo2-low", 40, after=mark, state="active")
    assert alarm["data"] == "fresh" and alarm["ts"] - alarm["t_on"] > 10_000, "raised while nobody could hear"
    station.online(NODE, 20, after=mark)
    assert connection(station) > conn
    beeper.told("off")
    station.node_alarm("broker-lost", 20, phase="end")


def test_a_half_open_station_is_missed_and_hears_all_when_it_is_back(world):
    network = Proxy(world.broker.port)
    try:
        station = Station(network.port, "ns-1", contract=world.contract)  # the one that must be there
        world.stations.append(station)
        viewer = world.station("ns-2")
        world.daemon.start()
        station.online(NODE)
        viewer.online(NODE)
        viewer.wait_for(lambda: world.value(viewer, BED, "spo2"), what="a first value")
        network.vanish()
        mark = station.mark()
        world.oximeter.show(spo2=85)
        start = viewer.alarm(BED, "spo2-low", phase="start")
        missing = viewer.node_alarm("confirm-missing", 30, phase="start")
        assert missing["ts"] - start["ts"] >= 14_000
        viewer.node_alarm("no-listener", 60, phase="start")
        network.heal()
        again = station.alarm(BED, "spo2-low", 40, after=mark, state="active")
        assert again["id"] == start["id"]
        viewer.node_alarm("confirm-missing", 30, phase="end")
        viewer.node_alarm("no-listener", 40, phase="end")
    finally:
        network.close()


def test_over_a_flapping_network_no_transition_is_missing_from_the_log(world, network):
    """Cut at times that nobody chose, while an alarm rises and ends; then every event is asked for again."""
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    station = world.started()
    first = station.last[f"{station.bed(BED)}/state"].doc["seq"]
    until = time.monotonic() + 25
    while time.monotonic() < until:
        world.oximeter.show(spo2=chance.choice([90, 97]))
        after(chance.uniform(0.05, 3.5))
        network.cut()
    world.oximeter.show(spo2=97)
    mark = station.mark()
    station.online(NODE, 30, after=mark)
    station.wait_for(lambda: not station.last.get(f"{station.bed(BED)}/alarm/spo2-low") or
                     not station.last[f"{station.bed(BED)}/alarm/spo2-low"].doc, 30, "the alarm over and emptied")
    live = {(m.doc["id"], m.doc["rev"], m.doc["phase"]) for m in station.messages
            if m.topic == f"{station.bed(BED)}/event/alarm" and m.doc["cond"] == "spo2-low"}
    log = station.history(BED, first + 1)
    kept = [(doc["id"], doc["rev"], doc["phase"]) for doc in log if doc.get("cond") == "spo2-low"]
    assert live <= set(kept) and len(kept) == len(set(kept))
    episodes = {}
    for episode, _, phase in kept:
        episodes.setdefault(episode, []).append(phase)
    assert episodes, "an alarm at least"
    for phases in episodes.values():
        assert (phases[0], phases[-1]) == ("start", "end") and phases.count("start") == 1
    numbers = [doc["seq"] for doc in log]
    assert numbers == list(range(first + 1, first + 1 + len(numbers)))
