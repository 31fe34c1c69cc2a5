"""Who else is at the port, and what is connected there: said by name, at the start and later."""
import fcntl
import os
import subprocess

from rig import DAEMON, NODE

BED = "pain/b1"
MASIMO = b"09/15/10 15:10:29 SPO2=097% BPM=064 PI=11.82% ALARM=20 EXC=800\r\n"


def link(station, bed=BED, source="oximeter"):
    message = station.last.get(f"{station.bed(bed)}/link/{source}")
    return message.doc if message else {}


def link_is(station, state, detail, bed=BED, source="oximeter", timeout=20):
    def seen():
        doc = link(station, bed, source)
        return doc.get("state") == state and detail in doc.get("detail", "")
    station.wait_for(seen, timeout, f"link of {source} is {state}, {detail}: {link(station, bed, source)}")


def test_a_port_in_use_is_named_and_taken_when_it_is_free(world):
    station = world.station()
    with open(world.oximeter.link, "rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        world.daemon.start()
        station.online(NODE)
        link_is(station, "busy", f"({os.getpid()})")
        station.alarm(BED, "link-lost-oximeter", state="active")
    station.alarm(BED, "link-lost-oximeter", phase="end", timeout=30)
    station.wait_for(lambda: world.value(station, BED, "spo2"), what="a value")


def test_another_reader_at_run_time_is_named(world):
    station = world.started()
    world.oximeter.silent = True  # this process has the other end open too, and might take the bytes
    link_is(station, "quiet", "also opened by ")


def test_another_device_at_the_port_is_told_and_its_bytes_make_no_value(world):
    station = world.started()
    world.oximeter.silent = True
    mark = station.mark()

    def told():
        world.oximeter.write(MASIMO)
        return link(station).get("state") == "wrong-device"
    station.wait_for(told, 30, "wrong-device")
    assert "another device, protocol or speed" in link(station)["detail"]
    assert not [m for m in station.messages[mark:] if m.topic.endswith("/obs/spo2") and m.doc.get("v") == 64]
    world.oximeter.silent = False
    link_is(station, "up", "")


def second_bed(text, port):
    """The settings with bed pain/b3 and a second oximeter."""
    return text + f"""
[[source]]
name = "second"
protocol = "nonin"
port = "{port}"
[[bed]]
unit = "pain"
name = "b3"
profile = "test"
sources = ["second"]
rate = "pr"
"""


def test_two_beds_at_one_device_are_refused_before_the_start(world):
    other = world.folder / "same-oximeter"
    other.symlink_to(world.oximeter.link)
    settings = world.daemon.settings.read_text()
    for name in (world.oximeter.link, other):
        world.daemon.settings.write_text(second_bed(settings, name))
        said = subprocess.run([DAEMON, "check", str(world.daemon.settings)], capture_output=True, text=True, timeout=60)
        assert said.returncode == 1 and 'of source "oximeter" in line' in said.stderr, said.stderr


def test_a_second_name_that_appears_later_is_told_who_has_the_device(world):
    other = world.folder / "same-oximeter"
    world.daemon.settings.write_text(second_bed(world.daemon.settings.read_text(), other))
    station = world.started()
    link_is(station, "down", "no such device", "pain/b3", "second")
    other.symlink_to(world.oximeter.link)
    link_is(station, "busy", f"in use by vitalsd ({world.daemon.process.child.pid})", "pain/b3", "second")
    assert link(station)["state"] == "up"
