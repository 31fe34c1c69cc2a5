"""Each house rule must be able to fail: a snippet that breaks it is found, one that keeps it is not."""
import house_rules
import pytest


def found(path, text):
    return " | ".join(why for _, why in house_rules.offences(path, text))


BROKEN = [
    ("daemon/vitals/a.hpp", '#include "daemon/alarms/alarm.hpp"\n', "dependencies point inward"),
    ("drivers/a.cpp", '#include "daemon/bed/bed.hpp"\n', "dependencies point inward"),
    ("daemon/alarms/a.cpp", "#include <boost/asio.hpp>\n", "is pure"),
    ("drivers/a.cpp", "#include <sqlite3.h>\n", "is pure"),
    ("daemon/infusion/a.cpp", "#include <fstream>\n", "is pure"),
    ("daemon/links/a.cpp", '#include "daemon/app.hpp"\n', "only daemon/*.cpp"),
    ("daemon/bed/a.cpp", "auto t = std::chrono::steady_clock::now();\n", "told the time"),
    ("daemon/links/a.cpp", "co_await x;\n", "no coroutines"),
    ("daemon/links/a.cpp", "spawn(x, asio::detached);\n", "detached"),
    ("drivers/a.cpp", 'void f() { printf("x"); }\n', "does not print"),
    ("drivers/a.cpp", "void f() { throw 1; }\n", "no exception"),
    ("tests/unit/a.cpp", "std::this_thread::sleep_for(1s);\n", "no sleep"),
    ("tests/integration/a.py", "time." + "sleep(1)\n", "no sleep"),
    ("daemon/a.cpp", "// TO" + "DO: later\n", "do it or drop it"),
    ("docs/a.md", "see /wo" + "rk/here\n", "stands alone"),
    ("tests/unit/a.cpp", "TEST(A, B) { GTEST_SKIP(); }\n", "not a test"),
    ("daemon/a.cpp", "\n" * 501, "stop at 500"),
    ("daemon/a.cpp", "void f(int x) {\n" + "  g();\n" * 70 + "}\n", "function of 72 lines"),
    ("daemon/a.cpp", "struct A {\n  void f() const noexcept {\n" + "  if (x) {\n  }\n" * 40 + "}\n};\n", "function of"),
]
KEPT = [
    ("daemon/bed/a.cpp", '#include "daemon/alarms/alarm.hpp"\n#include <vector>\n// steady_clock is for others\n'),
    ("daemon/app.cpp", '#include "daemon/links/link.hpp"\n#include <mqtt/async_client.h>\n'),
    ("daemon/vitals/check.hpp", "#include <cstdio>\n"),
    (".ci/run", "corpus=../" + "shared/x\n"),
    ("daemon/a.cpp", "namespace a {\n" + "void f(int x) {\n  g();\n}\n" * 100 + "}\n"),
    ("tests/unit/a.cpp", 'const char* text = "sleep(1)";\n'),
]


@pytest.mark.parametrize("path, text, why", BROKEN)
def test_an_offence_is_found(path, text, why):
    assert why in found(path, text)


def test_a_page_names_tests_that_are_there():
    names = {"Limits.a_test", "test_a_thing", "a.story", "kill_test.cpp", "test_x.py", "tests/unit/a/kill_test.cpp"}
    sound = "`Limits.a_test`, `test_a_thing`, `a.story`, `kill_test.cpp`, `test_x.py`, `tests/unit/a/kill_test.cpp`, `AA`"
    assert not list(house_rules.named_tests("docs/promises.md", sound, names))
    for wrong in ("Limits.another", "test_another", "b.story", "b_test.cpp", "test_b.py", "tests/unit/b/kill_test.cpp"):
        found = list(house_rules.named_tests("docs/promises.md", f"\n{sound}, `{wrong}`", names))
        assert found == [(2, f"{wrong}: no such test")]


def test_every_kind_of_test_is_found_in_the_tree(tmp_path):
    for path, text in {"unit/a/b_test.cpp": "TEST_F(Suite, name) {\nRC_GTEST_PROP(Prop, holds, ()) {\n",
                       "integration/test_c.py": "def test_it(world):\n", "stories/d.story": ""}.items():
        (tmp_path / "tests" / path).parent.mkdir(parents=True)
        (tmp_path / "tests" / path).write_text(text)
    assert house_rules.test_names(tmp_path) == {
        "Suite.name", "Prop.holds", "test_it", "b_test.cpp", "tests/unit/a/b_test.cpp", "test_c.py",
        "tests/integration/test_c.py", "d.story", "tests/stories/d.story"}


@pytest.mark.parametrize("path, text", KEPT)
def test_sound_code_passes(path, text):
    assert found(path, text) == ""
