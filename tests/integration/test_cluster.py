"""A broker that is three nodes (RabbitMQ): the daemon at one, stations at others, and a node killed under load. No alarm is
lost; what such a cluster does not keep, repeats and `resync` make good."""
import json
import threading
import time

import pytest
from monitors import pcd01
from rabbit import Cluster, scripts
from rig import NODE
from station import Station, new_client

BED, MONITOR_BED = "pain/b1", "pain/b2"
STATUS = f"vitals/1/node/{NODE}/status"
HIGH, FINE = (186, 98, 127), (124, 76, 92)
PASSWORD = "ns-1 knows it"


class Load:
    """Other people's messages from one node to another, a kilobyte every 5 ms. The publisher's node may die: it goes on
    when that is back."""

    def __init__(self, here, there):
        self.came, self._ended, self._ready = 0, threading.Event(), threading.Event()
        self.clients = [new_client(f"load-{port}") for port in (here, there)]
        self.clients[1].on_connect = lambda client, *_: client.subscribe("load/#", qos=1)
        self.clients[1].on_subscribe = lambda *_: self._ready.set()
        self.clients[1].on_message = self._count
        for client, port in zip(self.clients, (here, there)):
            client.connect("127.0.0.1", port, keepalive=60)
            client.loop_start()
        assert self._ready.wait(20)
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self._thread.start()

    def _count(self, *_):
        self.came += 1

    def _publish(self):
        while not self._ended.wait(0.005):
            self.clients[0].publish("load/x", "x" * 1024, qos=1)

    def close(self):
        self._ended.set()
        self._thread.join()
        for client in self.clients:
            client.disconnect()
            client.loop_stop()


class Ward:
    """The world of the other tests, with the cluster in the place of its broker."""

    def __init__(self, world, cluster):
        self.world, self.nodes = world, cluster.nodes
        ports = [node.port for node in self.nodes]
        alternates = json.dumps([f"127.0.0.1:{port}" for port in ports[1:]])
        settings, port = world.daemon.settings.read_text(), f'"port" = {world.broker.port}\n'
        assert settings.count(port) == 1
        world.daemon.settings.write_text(settings.replace(port, f'"port" = {ports[0]}\nalternates = {alternates}\nsubscribe_qos = 0\n'))
        self.monitor = None

    def add_login(self, name):
        """With the rights that docs/scale.md gives a station."""
        queues, topics = "^mqtt-subscription-", r"^(amq\.topic|mqtt-subscription-)"
        own = rf"^vitals\.1\.(.*\.cmd\.[a-z-]+\.{name}|station\.{name}\.status)$"
        control = self.nodes[0].control
        control("add_user", name, PASSWORD)
        control("set_permissions", name, queues, topics, topics)
        control("set_topic_permissions", name, "amq.topic", own, r"^vitals\.1\.")

    def station(self, name, node, password=None):
        # At each node an id of its own: the queue of an id stays at its node, and dies and comes back with it.
        station = Station(self.nodes[node].port, name, contract=self.world.contract, password=password,
                          client_id=f"{name}-{node}", qos=0)
        self.world.stations.append(station)
        station.wait_for(lambda: station.connected, 20, f"{name} connected")
        return station

    def leave(self, station):
        self.world.stations.remove(station)
        station.close()

    def cuff(self, number, reading):
        self.monitor = self.monitor or self.world.sender()
        assert self.monitor.send(pcd01(f"C{number}", hr=72, spo2=97, cuff=reading)) == ("CA", f"C{number}")


def insist(station, bed, verb):
    """A command that finds the daemon between two connections is lost: one without an answer is sent again."""
    sent = []

    def answered():
        if not sent or time.monotonic() - sent[-1][1] > 3:
            sent.append((station.send(station.bed(bed), verb), time.monotonic()))
        return next((m.doc for m in station.messages if "/rsp/" in m.topic and m.doc.get("cmd_id") in dict(sent)), None)
    return station.wait_for(answered, 20, f"an answer to {verb}")


def online_again(station, after, begun):
    """Seconds until the daemon has said that all is complete, from another connection."""
    station.online(NODE, 60, after=after)
    return time.monotonic() - begun


@pytest.fixture
def ward(world, tmp_path):
    if not scripts():
        pytest.skip("rabbitmq-server is not installed: scripts/dependencies check brings it")
    cluster = Cluster(tmp_path / "cluster")
    load = None
    try:
        ward = Ward(world, cluster)
        load = Load(cluster.nodes[0].port, cluster.nodes[1].port)
        yield ward
        assert load.came > 1000, "there was a load"
    finally:
        if load:
            load.close()
        world.daemon.end()
        for station in list(world.stations):
            ward.leave(station)
        cluster.close()


def check_nothing_lost(station, stations):
    """Whatever alarmed, by the daemon's own log, was seen by a station while it lasted or as it ended."""
    episodes = {m.doc["id"] for one in stations for m in one.messages if "/alarm/" in m.topic and m.doc}
    for bed in (BED, MONITOR_BED):
        kept = {doc["id"]: doc for doc in station.history(bed, 0) if doc["schema"] == "vitals.alarm/1"}
        missed = [doc for episode, doc in kept.items() if episode not in episodes]
        assert not missed, f"no station has seen {missed}"


def test_a_node_that_dies_under_load_costs_no_alarm(ward):
    world = ward.world
    ward.add_login("ns-1")
    nurse, viewer = ward.station("ns-1", 2, PASSWORD), ward.station("ns-2", 1)
    world.daemon.start()
    nurse.online(NODE, 30)
    viewer.online(NODE, 30)
    ward.cuff(0, FINE)
    world.oximeter.show(spo2=90)
    low = nurse.alarm(BED, "spo2-low", phase="start")
    assert nurse.acknowledge(BED, low)["status"] == "applied", "from one node to another and back"
    viewer.alarm(BED, "spo2-low", ack="acked")

    # The node of the daemon.
    mark, begun = nurse.mark(), time.monotonic()
    ward.nodes[0].kill()
    ward.cuff(1, HIGH)  # while it is connected to nothing
    high = nurse.alarm(MONITOR_BED, "sbp-high", 60, after=mark, state="active")
    print(f"an alarm during the move was at a station {time.monotonic() - begun:.1f} s after the node died")
    print(f"the daemon was online at another node after {online_again(nurse, mark, begun):.1f} s")
    again = nurse.alarm(BED, "spo2-low", 10, after=mark, state="active")
    assert (again["id"], again["ack"]) == (low["id"], "acked")
    assert nurse.acknowledge(MONITOR_BED, high)["status"] == "applied"

    # It comes back, and so does the daemon, saying farewell where it was.
    mark = viewer.mark()
    ward.nodes[0].start()
    ward.nodes[0].wait()
    viewer.wait_for(lambda: any(m.topic == STATUS and m.doc.get("reason") == "fail-back" for m in viewer.messages[mark:]),
                    90, "the farewell")
    viewer.online(NODE, 30, after=viewer.mark())

    # The node of the nurse's station, which goes to the next one of its list.
    ward.cuff(2, FINE)
    viewer.alarm(MONITOR_BED, "sbp-high", 20, phase="end", id=high["id"])
    mark = viewer.mark()
    ward.nodes[2].kill()
    nurse.wait_for(lambda: not nurse.connected, 20, "the station notices")
    ward.cuff(3, HIGH)
    second = viewer.alarm(MONITOR_BED, "sbp-high", 20, after=mark, state="active")
    ward.leave(nurse)
    before, nurse = nurse, ward.station("ns-1", 1, PASSWORD)
    for bed in (BED, MONITOR_BED):
        assert insist(nurse, bed, "resync")["status"] in ("applied", "accepted")
    assert nurse.alarm(BED, "spo2-low", state="active")["id"] == low["id"]
    assert nurse.alarm(MONITOR_BED, "sbp-high", state="active")["id"] == second["id"]
    assert nurse.last[f"{nurse.bed(BED)}/state"].doc["stations_online"] >= 1

    # Who asks for nothing, at a node that has kept nothing for it, hears of what is active all the same.
    quiet, begun = ward.station("charge-1", 0), time.monotonic()
    assert quiet.alarm(BED, "spo2-low", 40, state="active")["id"] == low["id"]
    print(f"a station that asked for nothing had the active alarm after {time.monotonic() - begun:.1f} s")

    # A login commands in its own name only: the broker ends the connection of one that tries another.
    mark = viewer.mark()
    target = {"cond": "sbp-high", "id": second["id"], "rev": second["rev"]}
    nurse.client.publish(f"{nurse.bed(MONITOR_BED)}/cmd/ack/charge-1", "{}", qos=0)
    nurse.wait_for(lambda: not nurse.connected, 20, "thrown out")
    nurse.wait_for(lambda: nurse.connected, 30, "back under its own name")
    assert nurse.command(MONITOR_BED, "ack", target)["status"] == "applied"
    assert not [m for m in viewer.messages[mark:] if m.topic.endswith("/cmd/ack/charge-1")]

    world.oximeter.show(spo2=97)
    assert viewer.alarm(BED, "spo2-low", 20, phase="end")["id"] == low["id"]
    check_nothing_lost(nurse, [before, nurse, viewer, quiet])
