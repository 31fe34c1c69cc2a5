"""Reads `llvm-cov show -show-branches=count`; prints each branch that was never taken one way, with its line."""
import re
import sys

FILE = re.compile(r"^(\S+\.[ch]pp):$")
SOURCE = re.compile(r"^\s*(\d+)\|\s*[\d.kMG]*\|(.*)$")
BRANCH = re.compile(r"Branch \((\d+):(\d+)\): \[True: ([\d.kMG]+), False: ([\d.kMG]+)\]")


def missed(lines):
    """(file, line, column, the way that is missing, source) of each; a line of several instances counts once."""
    file, source, never = "", {}, {}
    for line in lines:
        if found := FILE.match(line):
            file, source = found[1], {}
        elif found := SOURCE.match(line):
            source[found[1]] = found[2].strip()
        elif found := BRANCH.search(line):
            key = (file, int(found[1]), int(found[2]))
            ways = {way for way, count in (("true", found[3]), ("false", found[4])) if count == "0"}
            never[key] = (never[key][0] & ways if key in never else ways, source.get(found[1], ""))
    return [(*key, " and ".join(sorted(ways)), text) for key, (ways, text) in sorted(never.items()) if ways]


if __name__ == "__main__":
    found = missed(line.rstrip("\n") for line in sys.stdin)
    for file, line, column, ways, text in found:
        print(f"{file}:{line}:{column}: never {ways}: {text}")
    print(f"{len(found)} branches")
