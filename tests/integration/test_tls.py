"""HL7 over TLS and behind an allow list, on real sockets: who is let in, and that everybody else is refused with a
reason that a person can use."""
import socket
import ssl
import subprocess
import threading

import pytest
import toml_text
from monitors import MllpSender, pcd01
from rig import NODE, Broker, Daemon, free_port, tool
from station import Station

BED = "pain/b2"


def openssl(folder, *arguments):
    subprocess.run([tool("openssl"), *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign",  # newer clients want to see it
            "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(folder, name, signed_by, address="127.0.0.1"):
    (folder / f"{name}.ext").write_text(f"subjectAltName=IP:{address},DNS:{name}\nbasicConstraints=critical,CA:false\n"
                                        "authorityKeyIdentifier=keyid,issuer\nsubjectKeyIdentifier=hash\n")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signed_by}.pem", "-CAkey", f"{signed_by}.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The hospital's authority and what it has signed; another authority and a monitor that it has signed."""
    folder = tmp_path_factory.mktemp("papers")
    for name in ("hospital", "stranger"):
        authority(folder, name)
    for name, signed_by in (("box", "hospital"), ("monitor", "hospital"), ("impostor", "stranger")):
        certificate(folder, name, signed_by)
    return folder


class Ward:
    """A daemon with one HL7 source, its broker and a station."""

    def __init__(self, folder, contract, source):
        self.broker = Broker(folder / "broker")
        (folder / "profiles").mkdir()
        (folder / "profiles" / "test.toml").write_text(toml_text.test_profile())
        self.daemon = Daemon(folder, toml_text.dump({
            "node": {"name": NODE, "clock_trusted": True},
            "journal": {"path": str(folder / "journal.db")},
            "broker": {"host": "127.0.0.1", "port": self.broker.port},
            "stations": {"required": ["ns-1"], "roles": {"ns-1": "nurse"}},
            "source": [{"name": "monitor", "protocol": "hl7", "period_s": 2, "metrics": ["hr", "spo2"], **source}],
            "bed": [{"unit": "pain", "name": "b2", "profile": "test", "sources": ["monitor"], "rate": "hr"}],
        }))
        self.station = Station(self.broker.port, "ns-1", contract=contract)
        self.station.wait_for(lambda: self.station.connected, what="station connected")
        self.daemon.start()
        self.station.online(NODE)

    def log_says(self, *words):
        def seen():
            return any(all(word in line for word in words) for line in self.daemon.log.read_text().splitlines())
        self.station.wait_for(seen, 20, f"a line of the log with {words}:\n{self.daemon.process.tail()}")

    def value(self, spo2):
        topic = f"{self.station.bed(BED)}/obs/spo2"
        self.station.wait_for(lambda: topic in self.station.last and self.station.last[topic].doc.get("v") == spo2,
                              20, f"SpO2 {spo2}")

    def close(self):
        self.daemon.end()
        self.station.close()
        self.broker.stop()


@pytest.fixture
def ward(tmp_path, contract):
    made = []

    def start(**source):
        made.append(Ward(tmp_path, contract, source))
        return made[-1]
    yield start
    for one in made:
        one.close()
        assert not one.station.problems, one.station.problems[:3]


def listening(papers, port, **more):
    files = {"cert_file": str(papers / "box.pem"), "key_file": str(papers / "box.key"),
             "ca_file": str(papers / "hospital.pem")}
    return {"listen": f"127.0.0.1:{port}", "tls": {**files, **more}}


def peer_context(papers, own=None):
    context = ssl.create_default_context(cafile=str(papers / "hospital.pem"))
    if own:
        context.load_cert_chain(papers / f"{own}.pem", papers / f"{own}.key")
    return context


class TlsSender(MllpSender):
    def __init__(self, port, context):
        super().__init__(port)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")


def test_a_monitor_with_a_certificate_of_the_hospital_is_let_in(papers, ward):
    port = free_port()
    at = ward(**listening(papers, port, peer_names=["monitor"]))
    sender = TlsSender(port, peer_context(papers, "monitor"))
    assert sender.send(pcd01("T1", hr=72, spo2=96)) == ("CA", "T1")
    at.value(96)
    at.log_says("monitor: connection from 127.0.0.1")
    sender.close()


@pytest.mark.parametrize("own, reason", [
    (None, "did not return a certificate"),
    ("impostor", "the certificate of the peer: "),
], ids=["no-certificate", "another-authority"])
def test_a_peer_without_the_right_certificate_is_refused(papers, ward, own, reason):
    port = free_port()
    at = ward(**listening(papers, port))
    with pytest.raises(OSError):  # in the handshake or, with TLS 1.3, at the first use
        sender = TlsSender(port, peer_context(papers, own))
        sender.send(pcd01("T1", hr=72, spo2=96))
    at.log_says("monitor: 127.0.0.1 refused", reason)
    good = TlsSender(port, peer_context(papers, "monitor"))
    assert good.send(pcd01("T2", hr=72, spo2=95)) == ("CA", "T2"), "others are served"


def test_a_certificate_without_the_expected_name_is_refused(papers, ward):
    port = free_port()
    at = ward(**listening(papers, port, peer_names=["monitor-7"]))
    with pytest.raises(OSError):
        TlsSender(port, peer_context(papers, "monitor")).send(pcd01("T1", hr=72, spo2=96))
    at.log_says("monitor: 127.0.0.1 refused", "none of the expected names")


def test_a_plain_peer_at_a_tls_port_is_told_apart(papers, ward):
    port = free_port()
    at = ward(**listening(papers, port))
    with pytest.raises(OSError):
        MllpSender(port).send(pcd01("T1", hr=72, spo2=96))
    at.log_says("monitor: 127.0.0.1 refused", "plain MLLP")


def test_only_the_peers_of_the_list_are_let_in(ward):
    port = free_port()
    at = ward(listen=f"0.0.0.0:{port}", peers=["127.0.0.2"])
    stranger = MllpSender(port)
    assert stranger.closed_by_peer(10)
    at.log_says("monitor: 127.0.0.1 refused: not an allowed peer")
    known = MllpSender(port)
    known.socket.close()
    known.socket = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=("127.0.0.2", 0))
    assert known.send(pcd01("L1", hr=72, spo2=94)) == ("CA", "L1")
    at.value(94)


class Server:
    """A monitor that listens with TLS: sends one report to whoever connects, and keeps the answers."""

    def __init__(self, papers, own, wants_certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(papers / f"{own}.pem", papers / f"{own}.key")
        if wants_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(papers / "hospital.pem")
        self.context, self.answers, self.failures = context, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(plain, server_side=True) as peer:
                    peer.settimeout(10)
                    peer.sendall(b"\x0b" + pcd01("S1", hr=72, spo2=93).encode() + b"\x1c\r")
                    self.answers.append(peer.recv(4096))
            except OSError as failure:
                self.failures.append(str(failure))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(15)


@pytest.fixture
def server(papers):
    made = []

    def start(own="monitor", wants_certificate=True):
        made.append(Server(papers, own, wants_certificate))
        return made[-1]
    yield start
    for one in made:
        one.close()


def connecting(papers, server, own="box"):
    tls = {"ca_file": str(papers / "hospital.pem")}
    if own:
        tls |= {"cert_file": str(papers / f"{own}.pem"), "key_file": str(papers / f"{own}.key")}
    return {"connect": f"tcp://127.0.0.1:{server.port}", "tls": tls}


def test_the_daemon_connects_with_its_certificate_and_answers(papers, ward, server):
    monitor = server()
    at = ward(**connecting(papers, monitor))
    at.value(93)
    at.station.wait_for(lambda: monitor.answers, 20, "an answer")
    assert b"MSA|CA|S1" in monitor.answers[0]


def test_the_daemon_refuses_a_server_of_another_authority(papers, ward, server):
    monitor = server("impostor", wants_certificate=False)
    at = ward(**connecting(papers, monitor))
    at.log_says("monitor: no connection with 127.0.0.1: the certificate of the peer: ")
    topic = f"{at.station.bed(BED)}/link/monitor"
    at.station.wait_for(lambda: topic in at.station.last and at.station.last[topic].doc["state"] == "down",
                        what="the link is down")
    assert not monitor.answers


def test_a_server_that_wants_a_certificate_gets_no_values_from_a_daemon_without(papers, ward, server):
    monitor = server()
    at = ward(**connecting(papers, monitor, own=None))
    at.station.wait_for(lambda: monitor.failures, 20, "a refusal by the server")
    at.station.alarm(BED, "link-lost-monitor", timeout=40, state="active")
    assert not monitor.answers
