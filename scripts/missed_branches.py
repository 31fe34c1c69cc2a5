"""Reads what `llvm-cov export` says of several programs, and tells per file how many branches were taken, and which never.

Usage: missed_branches.py REPORT... -- ROOM...     (rooms: folders, from the top of the tree)

A branch is one way of one condition. Every program counts, and every instance of a template. No branches: the false way of a
CHECK, which aborts and is our own mistake (they are counted by themselves); a switch without `default`, whose compiler has seen
that no value is left; a comparison that the compiler writes. What no test can take stands in scripts/known_branches.txt.
"""
import collections
import json
import os
import sys
from pathlib import Path

WAYS = ("true", "false")
KNOWN = Path(__file__).with_name("known_branches.txt")


def known():
    """{(file, line of source, way): why} of what is explained."""
    out = {}
    for line in KNOWN.read_text().splitlines():
        if line and not line.startswith("#"):
            file, source, way, why = (part.strip() for part in line.split(" | "))
            out[file, source, way] = why
    return out


def tally(report, wanted, top, branches, checks):
    for one in json.loads(Path(report).read_text())["data"][0]["files"]:
        file = os.path.relpath(os.path.realpath(one["filename"]), top)
        if not wanted(file):
            continue
        for line, column, _, _, true, false, *_ in one["branches"]:
            counts = branches[file][line, column]
            counts[0] += true
            counts[1] += false
        for macro in one["expansions"]:
            if any(name.endswith("daemon/vitals/check.hpp") for name in macro["filenames"]):
                checks[file].add(tuple(macro["source_region"][:2]))


def main(arguments):
    split = arguments.index("--")
    reports, rooms = arguments[:split], [room.rstrip("/") + "/" for room in arguments[split + 1:]]
    top = os.path.realpath(".")
    branches = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    checks = collections.defaultdict(set)
    for report in reports:
        tally(report, lambda file: file.startswith(tuple(rooms)), top, branches, checks)

    explained, used, missed, rows = known(), set(), [], []
    for file in sorted(branches):
        source = Path(file).read_text().splitlines()
        of_file = explained_of_file = 0
        for (line, column), counts in sorted(branches[file].items()):
            if source[line - 1][:column - 1].endswith("switch (") or source[line - 1].endswith("= default;"):
                continue
            for way, count in zip(WAYS, counts):
                key = (file, source[line - 1].strip(), way)
                of_file += 1
                if count == 0 and key in explained:
                    explained_of_file += 1
                    used.add(key)
                elif count == 0:
                    missed.append((file, line, column, way, key[1]))
        taken = of_file - explained_of_file - sum(1 for one in missed if one[0] == file)
        rows.append((file, of_file, taken, explained_of_file, len(checks[file])))

    for room in rooms:
        print_table([row for row in rows if row[0].startswith(room)], room.rstrip("/"))
    print(f"{len(missed)} branches that no test has taken:")
    for file, line, column, way, text in missed:
        print(f"  {file}:{line}:{column}: never {way}: {text}")
    print(f"\n{len(used)} that scripts/known_branches.txt explains:")
    for key in sorted(used):
        print(f"  {key[0]}: never {key[2]}: {key[1]}\n    {explained[key]}")
    stale = [key for key in explained if key not in used and key[0].startswith(tuple(rooms))]
    for file, text, way in stale:
        print(f"explained and taken, or gone: {file}: {way}: {text}")
    return 1 if missed or stale else 0


def print_table(rows, title):
    """Of what is not explained; a CHECK is no branch here."""
    total = [sum(row[column] for row in rows) for column in range(1, 5)]
    print(f"{title:<42} branches  taken        %  explained  CHECKs")
    for name, branches, taken, explained, checks in [*rows, (title, *total)]:
        if branches + checks:
            share = 100 * taken / (branches - explained) if branches > explained else 100
            print(f"{name:<42} {branches:8} {taken:6} {share:8.2f} {explained:10} {checks:7}")
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
