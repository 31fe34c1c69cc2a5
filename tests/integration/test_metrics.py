"""What the biomedical engineer sees: figures over HTTP, lines in the log."""
import re
import urllib.error
import urllib.request

import pytest
from monitors import nonin_packet, pcd01
from rig import free_port


class Scraper:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def text(self, path="/metrics"):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            return answer.read().decode()

    def figures(self):
        """{name: {labels: value}} with the labels as a dictionary's items, sorted."""
        out = {}
        for line in self.text().splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = re.fullmatch(r'(\w+)(?:\{(.*)\})? (\S+)', line).groups()
            pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
            out.setdefault(name, {})[tuple(sorted(pairs))] = float(value)
        return out

    def value(self, name, **labels):
        return self.figures().get(name, {}).get(tuple(sorted(labels.items())))


@pytest.fixture
def scraped(world):
    """The usual world with metrics, and what scrapes them."""
    port = free_port()
    with open(world.daemon.settings, "a") as settings:
        settings.write(f'\n[metrics]\nlisten = "127.0.0.1:{port}"\n')
    world.scraper = Scraper(port)
    return world


def with_unmapped(control_id, value):
    return pcd01(control_id, hr=72, spo2=97) + (
        f"OBX|9|NM|4711^PVC^99X|1.1.1.4711|{value}|/min^^UCUM|||||R\r"
        "OBX|10|ST|4712^WHO^99X|1.1.1.4712|MEYER^ANNA|||||R\r")


@pytest.mark.quick
@pytest.mark.asan
def test_a_parameter_that_no_table_knows_is_in_the_figures_and_once_in_the_log(scraped):
    station = scraped.started()
    monitor = scraped.sender()
    for i, value in enumerate((3, 4, 5)):
        assert monitor.send(with_unmapped(f"U{i}", value))[0] in ("AA", "CA")
    code = {"source": "monitor", "code": "4711^PVC^99X", "unit": "/min^^UCUM"}
    assert scraped.scraper.value("vitalsd_unmapped_parameter_total", **code) == 3
    assert scraped.scraper.value("vitalsd_unmapped_parameter_last_value", **code) == 5
    text = scraped.scraper.text()
    assert "4712^WHO" in text and "MEYER" not in text, "a text value could be a name"
    assert "P1" not in re.findall(r'="([^"]*)"', text), "no patient id"
    log = scraped.daemon.log.read_text()
    assert log.count('parameter "4711^PVC^99X"') == 1 and "MEYER" not in log
    assert station.wait_for(lambda: scraped.value(station, "pain/b2", "hr") == 72, what="the rate all the same")


def test_the_figures_follow_what_happens(scraped):
    station = scraped.started()
    see = scraped.scraper.value
    assert see("vitalsd_source_state", source="oximeter", protocol="nonin", state="up") == 1
    assert see("vitalsd_broker_connected") == 1 and see("vitalsd_journal_failed") == 0
    station.wait_for(lambda: (see("vitalsd_observations_total", bed="pain/b1", metric="spo2", quality="valid") or 0)
                     > 0, what="values counted")
    assert see("vitalsd_source_received_bytes_total", source="oximeter") >= 125
    assert see("vitalsd_alarms_active", bed="pain/b1", priority="high") == 0

    monitor = scraped.sender()
    assert monitor.send(pcd01("F1", hr=0, spo2=97))[0] == "CA"
    station.alarm("pain/b2", "hr-zero", state="active")
    assert see("vitalsd_alarms_active", bed="pain/b2", priority="high") == 1
    assert see("vitalsd_alarm_transitions_total", bed="pain/b2", phase="start") >= 1
    assert see("vitalsd_unit_alarms_begun_last_hour", unit="pain") >= see("vitalsd_alarms_begun_last_hour", bed="pain/b2") >= 1
    assert see("vitalsd_hl7_answers_total", source="monitor", code="CA") == 1
    assert see("vitalsd_source_connections", source="monitor") == 1
    assert see("vitalsd_journal_commit_seconds_count") >= 1

    scraped.oximeter.unplug()
    station.wait_for(lambda: see("vitalsd_source_state", source="oximeter", protocol="nonin", state="down") == 1,
                     what="the pulled cable")
    scraped.oximeter.plug()
    station.wait_for(lambda: see("vitalsd_source_opened_total", source="oximeter") >= 2, timeout=20,
                     what="the link again")


def test_damaged_bytes_are_named_in_the_log_and_counted(scraped):
    station = scraped.started()
    packet = bytearray(nonin_packet(72, 97))
    packet[4] ^= 0x55  # the first checksum
    for _ in range(3):
        scraped.oximeter.write(bytes(packet))

    def broken():
        return sum(value for labels, value in scraped.scraper.figures().get("vitalsd_source_faults_total", {}).items()
                   if ("kind", "broken") in labels and ("source", "oximeter") in labels)
    station.wait_for(lambda: broken() > 0, what="faults counted")
    first = [line for line in scraped.daemon.log.read_text().splitlines() if "oximeter: broken (" in line]
    assert first and len(first) == len({line.split("oximeter: ")[1].split(",")[0] for line in first})


def test_a_taken_port_keeps_no_bed_from_being_watched(scraped):
    import socket
    port = int(scraped.scraper.url.rsplit(":", 1)[1])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        scraped.started()
        assert f"metrics: 127.0.0.1:{port}: cannot listen" in scraped.daemon.log.read_text()


def test_nothing_else_is_served_and_a_stop_does_not_wait_for_scrapers(scraped):
    import socket
    scraped.started()
    for path in ("/", "/etc/passwd", "/metrics/../../etc/passwd"):
        with pytest.raises(urllib.error.HTTPError):
            scraped.scraper.text(path)
    port = int(scraped.scraper.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as idle:  # says nothing
        assert scraped.scraper.value("vitalsd_clock_synchronised") == 1
        scraped.daemon.stop()
        idle.close()
