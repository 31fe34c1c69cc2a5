"""The end of the daemon: a monitor that was asked to speak is told, and nobody delays the end."""
import os
import pty
import select
import socket
import threading
import tty

import pytest
import toml_text
from rig import NODE, Broker, Daemon
from station import Station

STOP_LIVE = bytes.fromhex("7D81A2808080808080")       # contec-9
RELEASE = 0x09                                        # philips-intellivue: first byte of a release request


class Heard:
    """What the daemon wrote to the device, which answers nothing."""

    def __init__(self, descriptor):
        self.descriptor, self.pieces = descriptor, []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ending.is_set():
            if select.select([self.descriptor], [], [], 0.1)[0]:
                self.pieces.append(os.read(self.descriptor, 65536))

    def end(self):
        self.ending.set()
        self.thread.join()
        return b"".join(self.pieces)


@pytest.fixture
def ward(tmp_path, contract):
    """Starts a daemon with one source, and waits until it is online."""
    open_things = []

    def start(**source):
        broker = Broker(tmp_path / "broker")
        (tmp_path / "profiles").mkdir()
        (tmp_path / "profiles" / "test.toml").write_text(toml_text.test_profile())
        bed = {"unit": "pain", "name": "b1", "profile": "test", "sources": ["monitor"], "rate": "pr"}
        if source["protocol"] != "contec-9":
            bed["pressure"] = "nibp"
        daemon = Daemon(tmp_path, toml_text.dump({
            "node": {"name": NODE, "clock_trusted": True}, "journal": {"path": str(tmp_path / "journal.db")},
            "broker": {"host": "127.0.0.1", "port": broker.port},
            "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse"}},
            "source": [{"name": "monitor", **source}], "bed": [bed]}))
        station = Station(broker.port, "ns-1", contract=contract)
        open_things.extend([daemon.end, station.close, broker.stop])
        station.wait_for(lambda: station.connected, what="station connected")
        daemon.start()
        station.online(NODE)
        return daemon, station
    yield start
    for end in open_things:
        end()


@pytest.fixture
def port():
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_an_oximeter_in_live_mode_is_stopped(ward, port):
    master, name = port
    heard = Heard(master)
    daemon, station = ward(protocol="contec-9", port=name)
    station.wait_for(lambda: b"".join(heard.pieces).count(b"\x7d\x81\xa1"), what="live mode asked for")
    daemon.stop()
    assert heard.end().endswith(STOP_LIVE)


def test_a_monitor_on_the_network_gets_its_association_back(ward):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as monitor:
        monitor.bind(("127.0.0.1", 0))
        heard = Heard(monitor.fileno())
        daemon, station = ward(protocol="philips-intellivue", connect=f"udp://127.0.0.1:{monitor.getsockname()[1]}")
        station.wait_for(lambda: any(piece[0] == 0x0D for piece in heard.pieces), what="association request")
        daemon.stop()
        heard.end()
        assert heard.pieces[-1][0] == RELEASE


def test_a_device_that_takes_nothing_does_not_delay_the_end(ward, port):
    master, name = port
    daemon, station = ward(protocol="ge-s5-dri", port=name)
    # Nobody reads: the terminal is filled until it takes no more, as a line whose handshake holds us off.
    slave = os.open(name, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(slave, bytes(4096))
    daemon.stop()  # ends by itself, with 0
    os.close(slave)
