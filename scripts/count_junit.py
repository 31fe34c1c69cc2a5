#!/usr/bin/python3
"""Reads JUnit reports, as GoogleTest and pytest write them: files, or folders of them. Prints "PASSED FAILED SKIPPED",
then each failed test with the first lines of what it said."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

SAID_LINES_MAX = 6


def failure_of(case):
    for name in ("failure", "error"):
        failure = case.find(name)
        if failure is not None:
            return failure.get("message") or failure.text or ""
    return "" if case.get("status") == "fail" else None


def look(path):
    """How many passed and were left out, and what failed: (name, what it said)."""
    passed = skipped = 0
    failed = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        said = failure_of(case)
        if said is not None:
            failed.append((f"{case.get('classname')}.{case.get('name')}", said.strip().splitlines()[:SAID_LINES_MAX]))
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def reports(names):
    for path in map(pathlib.Path, names):
        yield from path.glob("*.xml") if path.is_dir() else [path]


def main(names):
    seen = [look(path) for path in reports(names)]
    failures = [failure for _, failed, _ in seen for failure in failed]
    print(sum(passed for passed, _, _ in seen), len(failures), sum(skipped for _, _, skipped in seen))
    for name, said in failures:
        print("failed:", name)
        for line in said:
            print("   ", line[:200])


if __name__ == "__main__":
    main(sys.argv[1:])
