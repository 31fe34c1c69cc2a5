"""Writes a dictionary as TOML, and the profiles that tests and demo use: the shipped one with shorter times.

Python reads TOML (tomllib) but does not write it; settings need tables, lists of tables and plain values only.
"""
import copy
import json
import tomllib
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "profiles" / "ketamine-adult.toml"


def inline(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def dump(document):
    """Top-level tables get a head line of their own, so that the daemon's complaints carry useful line numbers."""
    plain, tables = [], []
    for key, value in document.items():
        if isinstance(value, dict):
            tables.append(f"[{key}]\n" + "".join(f"{json.dumps(k)} = {inline(v)}\n" for k, v in value.items()))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [f"[[{key}]]\n" + "".join(f"{json.dumps(k)} = {inline(v)}\n" for k, v in entry.items())
                       for entry in value]
        else:
            plain.append(f"{key} = {inline(value)}\n")
    return "".join(plain) + "\n" + "\n".join(tables)


def shortened_profile(title, delay_s, technical, freshness, cuff={}):
    """The limits stay as shipped; every delay becomes `delay_s`, and the technical times are the caller's."""
    profile = copy.deepcopy(tomllib.loads(SHIPPED.read_text()))
    profile["title"] = title
    for limit in profile["limits"].values():
        limit["off_delay_s"] = delay_s
        for level in ("warn", "critical"):
            if any(key.startswith(level) for key in limit):
                limit[f"{level}_delay_s"] = delay_s
    profile.setdefault("technical", {}).update(technical)
    profile.setdefault("freshness", {}).update(freshness)
    for phase in profile["phase"].values():
        phase.update(cuff)
    return dump(profile)


def test_profile():
    """Delays of a second: a test waits for what it wants to see and for nothing else."""
    return shortened_profile(
        "for tests only", 1,
        {"sensor_delay_s": 1, "sensor_raise_after_s": 3, "stale_raise_after_s": 3, "link_delay_s": 1,
         "link_raise_after_s": 3, "blind_delay_s": 3, "off_delay_s": 1, "hr_zero_delay_s": 1},
        {"streaming_s": 3, "polled_min_s": 5})


def demo_profile():
    """A few seconds each: short enough to watch, long enough to see that there is a delay."""
    return shortened_profile(
        "for the demo only", 3,
        {"sensor_delay_s": 3, "sensor_raise_after_s": 8, "stale_raise_after_s": 8, "link_delay_s": 3,
         "link_raise_after_s": 8, "blind_delay_s": 20, "off_delay_s": 2, "hr_zero_delay_s": 2,
         "cuff_overdue_after_s": 0},
        {"streaming_s": 5, "polled_min_s": 10}, {"cuff_interval_s": 60, "cuff_interval_titrating_s": 60})
