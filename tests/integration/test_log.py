"""What the journal of the system tells the person who looks why nothing works."""
import select
import subprocess

import pytest
from rig import NODE, tool
from station import now_ms


def said(world, text, timeout=20):
    """The line of the log that has this in it, once there."""
    until = now_ms() + timeout * 1000
    while now_ms() < until:
        for line in world.daemon.log.read_text(errors="replace").splitlines() if world.daemon.log.exists() else []:
            if text in line:
                return line
        assert world.daemon.process is None or world.daemon.process.running, world.daemon.process.tail()
        select.select([], [], [], 0.05)
    raise AssertionError(f"not in the log: {text}\n{world.daemon.process.tail()}")


def guard(world):
    """From now on the broker wants a login and its password."""
    passwords = world.broker.folder / "passwd"
    passwords.touch(mode=0o600)
    for login in ("daemon-1", "ns-1"):
        subprocess.run([tool("mosquitto_passwd"), "-b", str(passwords), login, "secret"], check=True, capture_output=True)
    world.broker.stop()
    text = world.broker.config.read_text().replace("allow_anonymous true", "allow_anonymous false")
    world.broker.config.write_text(text + f"password_file {passwords}\n")
    world.broker.start()


def log_in_with(world, password):
    file = world.folder / "password"
    file.write_bytes(password)
    settings = world.daemon.settings.read_text()
    world.daemon.settings.write_text(
        settings.replace("[broker]\n", f'[broker]\nuser = "daemon-1"\npassword_file = "{file}"\n'))


def test_a_broker_that_is_not_there_is_named(world):
    world.broker.stop()
    world.daemon.start()
    assert " error " in said(world, f"broker: no connection to 127.0.0.1 port {world.broker.port}: cannot be reached")


def test_a_broker_that_refuses_us_says_why(world):
    guard(world)
    log_in_with(world, b"wrong\n")
    world.daemon.start()
    assert "refuses our login" in said(world, "broker: no connection to 127.0.0.1 port ")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_password_ends_where_its_line_does(world, end):
    guard(world)
    log_in_with(world, b"secret" + end)
    world.daemon.start()
    said(world, "broker: connected to")


def test_a_journal_that_cannot_be_opened_is_an_alarm_and_the_log_says_why(world):
    (world.folder / "journal.db").mkdir()
    station = world.station()
    world.daemon.start()
    station.online(NODE)
    alarm = station.node_alarm("journal-failed", state="active")
    assert "earlier alarms and sessions are not known" in alarm["text"]
    assert " error " in said(world, "journal.db: not read: earlier alarms and sessions are not known: ")
    assert "unfinished episodes" not in world.daemon.log.read_text()
