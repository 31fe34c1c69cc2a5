#!/usr/bin/python3
"""Prints "PASSED FAILED SKIPPED" of JUnit reports, as GoogleTest and pytest write them: files, or folders of them."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def count(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def reports(names):
    for path in map(pathlib.Path, names):
        yield from path.glob("*.xml") if path.is_dir() else [path]


if __name__ == "__main__":
    print(*map(sum, zip((0, 0, 0), *map(count, reports(sys.argv[1:])))))
