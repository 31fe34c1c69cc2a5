#!/usr/bin/python3
"""House rules as a test: reads the sources, prints every offence as FILE:LINE: text, exits 1 when there is one.

What a compiler, clang-format or clang-tidy already refuses is not repeated here.
"""
import os
import re
import sys
from pathlib import Path

LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# Dependencies point inward. A room may include itself and the rooms named here.
ROOMS = {
    "daemon/vitals": set(),
    "daemon/alarms": {"daemon/vitals"},
    "daemon/infusion": {"daemon/vitals"},
    "drivers": {"daemon/vitals"},
    "daemon/bed": {"daemon/vitals", "daemon/alarms", "daemon/infusion", "drivers"},
    "daemon/contract": {"daemon/vitals", "daemon/alarms", "daemon/infusion"},
    "daemon/settings": {"daemon/vitals", "daemon/alarms", "daemon/infusion", "daemon/contract", "drivers"},
    "daemon/journal": {"daemon/vitals", "daemon/alarms", "daemon/infusion", "daemon/contract", "daemon/service"},
    "daemon/links": {"daemon/vitals", "drivers", "daemon/service"},
    "daemon/stations": {"daemon/vitals", "daemon/alarms", "daemon/infusion", "daemon/contract", "daemon/service"},
    "daemon/service": {"daemon/vitals"},
}
PURE = ("daemon/vitals", "daemon/alarms", "daemon/infusion", "daemon/bed", "drivers")
# Standard headers that bring a clock to read, a file, a thread, a stream or unbounded work.
NOT_PURE_HEADERS = {
    "cstdio", "ctime", "filesystem", "fstream", "future", "iostream", "mutex", "ostream", "istream", "print",
    "regex", "sstream", "stop_token", "syncstream", "thread", "condition_variable", "random",
}
# check.hpp prints one line before it aborts.
PURE_HEADER_EXCEPTIONS = {("daemon/vitals/check.hpp", "cstdio")}

CODE = (".cpp", ".hpp")
SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".pytest_cache"}
# Assembled, so that this file does not offend against its own rule.
WORKPLACE = re.compile(r"(?<![\w.])/(?:" + "wo" + r"rk|" + "fa" + r"rm)/\w|bash_" + "jobs|" + r"\.\./" + "shared")


def room_of(path):
    """The room of a source: "drivers" or "daemon/NAME"; None for daemon/*.cpp (they know everything) and tests."""
    parts = path.split("/")
    if parts[0] == "drivers":
        return "drivers"
    if parts[0] == "daemon" and len(parts) > 2:
        return "/".join(parts[:2])
    return None


def without_comments_and_strings(text):
    """The same text with comments, strings and characters blanked; lines and columns stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    return re.sub(r"(?<=\d)'(?=\d)", "_", re.sub(pattern, blank, re.sub(r"(?<=\d)'(?=[\da-fA-F])", "_", text), flags=re.S))


def includes(path, text):
    room = room_of(path)
    allowed = ROOMS.get(room)
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match or room is None:
            continue
        quoted, name = match.group(1) == '"', match.group(2)
        if quoted:
            target = room_of(name) if "/" in name else room
            if target is None:
                yield number, f'{room} includes "{name}": only daemon/*.cpp may see it'
            elif allowed is not None and target != room and target not in allowed:
                yield number, f"{room} must not see {target}: dependencies point inward"
        elif room in PURE and (path, name) not in PURE_HEADER_EXCEPTIONS:
            if "/" in name or "." in name or name in NOT_PURE_HEADERS:
                yield number, f"{room} is pure: no <{name}>"


def words(path, code):
    """Words that must not stand in code (comments and strings are blanked already)."""
    pure = room_of(path) in PURE
    rules = [(r"\b(co_await|co_yield|co_return)\b", "no coroutines: g++ 12 destroys temporaries of theirs twice")]
    rules.append((r"\basio::detached\b", "detached swallows exceptions: use a handler that logs and aborts"))
    if pure:
        rules.append((r"\b(steady_clock|system_clock|high_resolution_clock)\b", "a pure room is told the time"))
        rules.append((r"\b(std::regex|std::stod|std::stoi|std::stol|sscanf)\b", "use std::from_chars"))
    if path.startswith("drivers/"):
        rules.append((r"\b(printf|fprintf|puts|fputs|std::cout|std::cerr|std::clog)\b", "a driver does not print"))
        rules.append((r"\bthrow\b", "no exception leaves a driver"))
    if path.startswith("tests/"):
        rules.append((r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(", "no sleep: wait for the thing itself"))
    return list(find(rules, code))


def find(rules, text):
    for pattern, why in rules:
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, f"'{match.group(0).strip()}': {why}"


def any_text(path, text):
    rules = [(r"\b(TO" + r"DO|FIX" + r"ME)\b", "do it or drop it")]
    rules.append((WORKPLACE.pattern, "the project stands alone"))
    if path.endswith(".py") and path.startswith("tests/"):
        rules.append((r"\btime\.sleep\b|\bfrom time import .*\bsleep\b", "no sleep: wait for the thing itself"))
    if path.endswith(CODE) and "VITALSD_CORPUS" not in text:
        rules.append((r"\b(GTEST_SKIP|DISABLED_)", "a test that does not run is not a test"))
    return [o for o in find(rules, text) if not (path == ".ci/run" and "../" in o[1])]


# Pages that say which test shows what: `Suite.name`, `test_name`, and files of tests.
PAGES_OF_TESTS = ("docs/promises.md", "docs/faults.md")
NAMES_A_TEST = re.compile(r"`((?:[A-Z]\w*\.\w+|test_\w+|[\w-]+\.story|[\w/]*\w+_test\.cpp|[\w/]*test_\w+\.py))`")


def test_names(top):
    """Every test by its name, and every file below tests by its own and by its path."""
    names = set()
    for path in files(top / "tests"):
        names |= {path.rpartition("/")[2], f"tests/{path}"}
        if path.endswith("_test.cpp"):
            text = (top / "tests" / path).read_text(encoding="utf-8")
            names |= {f"{suite}.{name}" for suite, name in re.findall(r"^\w*(?:TEST\w*|PROP)\((\w+), (\w+)", text, re.M)}
        elif re.search(r"(^|/)test_\w+\.py$", path):
            names |= set(re.findall(r"^def (test_\w+)", (top / "tests" / path).read_text(encoding="utf-8"), re.M))
    return names


def named_tests(path, text, names):
    """A page must not point to a test that is not there (any more)."""
    if path in PAGES_OF_TESTS:
        for match in NAMES_A_TEST.finditer(text):
            if match.group(1) not in names:
                yield text.count("\n", 0, match.start()) + 1, f"{match.group(1)}: no such test"


def functions(code):
    """(first line, lines) of each function body: blocks outside of functions whose head has a parameter list."""
    depth_line, stack, head_start = None, [], 0
    for match in re.finditer(r"[{};]", code):
        position, sign = match.start(), match.group(0)
        if sign == "{":
            head = code[head_start:position].strip()
            is_function = bool(re.search(r"\)[^()=]*$", head)) and not re.match(r"(enum|namespace|class|struct|union)\b", head)
            stack.append(is_function)
            if is_function and stack.count(True) == 1:
                depth_line = code.count("\n", 0, position) + 1
        elif sign == "}" and stack:
            if stack.pop() and not any(stack):
                yield depth_line, code.count("\n", 0, position) + 2 - depth_line
        head_start = position + 1


def sizes(path, text, code):
    lines = text.count("\n")
    if lines > LINES_MAX:
        yield 1, f"{lines} lines: stop at {LINES_MAX}; is it one room, or two?"
    if path.endswith(CODE) and not path.startswith("tests/"):  # a test may be a long table of cases
        for line, length in functions(code):
            if length > FUNCTION_LINES_MAX:
                yield line, f"function of {length} lines: stop at {FUNCTION_LINES_MAX}"


def offences(path, text):
    out = list(any_text(path, text))
    if path.endswith(CODE + (".py",)) or path in ("check", "demo"):
        code = without_comments_and_strings(text) if path.endswith(CODE) else text
        out += sizes(path, text, code)
        if path.endswith(CODE):
            out += list(includes(path, text)) + words(path, code)
    return sorted(out)


def files(top):
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(names):
            yield (Path(folder) / name).relative_to(top).as_posix()


def main():
    top = Path(__file__).resolve().parents[2]
    count = bad = 0
    names = test_names(top)
    for path in files(top):
        try:
            text = (top / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # captures are bytes
        count += 1
        for line, why in offences(path, text) + list(named_tests(path, text, names)):
            bad += 1
            print(f"{path}:{line}: {why}")
    print(f"house rules: {count} files read, {bad} offences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
