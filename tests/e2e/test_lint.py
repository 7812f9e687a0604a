"""What make lint finds: circles of object files, arrows that the table does not allow, structs of many members, words that
are not plain, loops that do not name their cases."""
import subprocess
import sys

import pytest
from support import ROOT

TABLE = """
| folder | does | headers | may use |
| --- | --- | --- | --- |
| `src/top` | uses | top | low |
| `src/low` | is used | low | nothing |
"""
SOURCES = {
    "top/top": '#include "artsync/low.h"\nint top(void) { return low(); }\n',
    "low/low": "int even(int n);\nint low(void) { return even(4); }\n",
    "low/even": "int even(int n) { return n % 2 == 0; }\n",
}
# even needs odd, and odd needs even
CIRCLE = {
    "low/even": "int odd(int n);\nint even(int n) { return n == 0 || odd(n - 1); }\n",
    "low/odd": "int even(int n);\nint odd(int n) { return n != 0 && even(n - 1); }\n",
}


@pytest.fixture
def lint(tmp_path):
    """Compile some sources below the real ones' layout and lint them: (status, what it says)."""
    def run(sources, table=TABLE, tests=[]):
        (tmp_path / "include").mkdir()
        for header in ("top", "low"):
            (tmp_path / "include" / (header + ".h")).write_text("int %s(void);\n" % header)
        (tmp_path / "table.md").write_text(table)
        (tmp_path / "include" / "artsync").symlink_to(".")
        for name, text in {**SOURCES, **sources}.items():
            source, target = tmp_path / "src" / (name + ".c"), tmp_path / "build" / (name + ".o")
            source.parent.mkdir(parents=True, exist_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text)
            subprocess.run(["cc", "-I", str(tmp_path / "include"), "-c", "-o", str(target), str(source)], check=True)
        done = subprocess.run([sys.executable, "-B", str(ROOT / "tests" / "lint_graph.py"), "build", "src", "include",
                               "table.md"] + tests, cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8")
        return done.returncode, done.stderr
    return run


def test_lint_accepts_what_the_table_allows(lint):
    assert lint({}) == (0, "")


def test_lint_refuses_a_circle_within_a_folder(lint):
    status, says = lint(CIRCLE)
    assert status == 1 and "a circle of low/even low/odd" in says
    assert "low/even uses odd of low/odd" in says and "low/odd uses even of low/even" in says


def test_lint_refuses_a_symbol_of_a_folder_that_may_not_be_used(lint):
    status, says = lint({"low/odd": "int top(void);\nint odd(void) { return top(); }\n"})
    assert status == 1 and "low/odd uses top of top/top" in says and "does not let low use top" in says


def test_lint_refuses_a_header_of_a_folder_that_may_not_be_used(lint):
    status, says = lint({"low/odd": '#include "artsync/top.h"\nint odd(void) { return 1; }\n'})
    assert status == 1 and "src/low/odd.c includes top.h" in says and "does not let low use top" in says


def test_lint_refuses_a_table_that_allows_what_is_not_so(lint):
    status, says = lint({}, table=TABLE.replace("| low | nothing |", "| low | top |"))
    assert status == 1 and "low may use top, which is not below it" in says


def test_lint_refuses_an_arrow_that_is_allowed_and_not_used(lint):
    more = TABLE.replace("| top | low |", "| top | low, lower |") + "| `src/lower` | is there | | nothing |\n"
    status, says = lint({"lower/lower": "int lower(void) { return 0; }\n"}, table=more)
    assert status == 1 and "top may use lower, but does not" in says


def test_lint_refuses_a_public_function_that_nothing_else_uses(lint, tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_top.c").write_text("int main(void) { return top(); }\n")
    status, says = lint({"low/odd": "int odd(void) { return 1; }\n"}, tests=["tests"])
    assert status == 1 and "odd of low/odd is used by no other file" in says
    assert "top of" not in says and "low of" not in says


def test_lint_refuses_a_folder_without_a_row(lint):
    status, says = lint({"new/new": "int fresh(void) { return 0; }\n"})
    assert status == 1 and "new is not in the table" in says


# ---- structs and words ----

def run_lint(name, *arguments):
    done = subprocess.run([sys.executable, "-B", str(ROOT / "tests" / name), *map(str, arguments)], stderr=subprocess.PIPE,
                          encoding="utf-8")
    return done.returncode, done.stderr


@pytest.mark.parametrize("members, status", [(16, 0), (17, 1)])
def test_lint_refuses_a_struct_of_many_members(tmp_path, members, status):
    names = ", *".join("m%d" % i for i in range(members - 2))
    (tmp_path / "wide.h").write_text("struct Wide { /* int c; */ void (*f)(int a, int b); struct { int a, b; } in; int *%s; };\n"
                                     % names)
    assert run_lint("lint_structs.py", tmp_path)[0] == status


@pytest.mark.parametrize("line", ["/* who-ever st-ands there */", 'err_set(err, 0, "fix it", "no-body reads %s", key);',
                                  "static void make_ro-om(void);", "int dou-btful;", "| the export w-ins |"])
def test_lint_refuses_a_word_that_is_not_plain(tmp_path, line):
    line = line.replace("-", "")  # here, too, the lint reads
    (tmp_path / "old.c").write_text("int fine;\n%s\n" % line)
    status, says = run_lint("lint_words.py", ROOT / "tests" / "lint_words.txt", tmp_path / "old.c")
    assert status == 1 and "old.c:2: %s" % line in says


def test_lint_accepts_plain_words(tmp_path):
    (tmp_path / "new.c").write_text("/* the caller waits for the module; its window is winning nothing */\n")
    assert run_lint("lint_words.py", ROOT / "tests" / "lint_words.txt", tmp_path / "new.c") == (0, "")


# ---- loops over cases ----

LOOP = """#include "case.h"

static void even(void **state)
{
    (void)state;
    static const int cases[] = {2, 4, 5, 6};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CASE("the number %d", cases[i]);
        assert_int_equal(cases[i] % 2, 0);
    }
}

static void odd(void **state)
{
    (void)state;
    for (int i = 1; i < 5; i += 2) {
        CASE("another number, %d", i);
        assert_int_equal(i % 2, 1);
    }
    assert_true(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(even), cmocka_unit_test(odd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
"""


def test_a_failed_case_is_named_and_no_other(tmp_path):
    (tmp_path / "test_loop.c").write_text(LOOP)
    subprocess.run(["cc", "-I", str(ROOT / "tests" / "unit"), "-o", "test_loop", "test_loop.c", "-lcmocka"], cwd=tmp_path,
                   check=True)
    done = subprocess.run(["./test_loop"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert done.returncode == 2 and "the case: the number 5" in done.stdout
    assert done.stdout.count("the case:") == 1  # odd fails behind its loop


@pytest.mark.parametrize("old, new, status", [("", "", 0), ('CASE("the number %d", cases[i]);', "", 1)])
def test_lint_finds_loops_that_name_no_case(tmp_path, old, new, status):
    (tmp_path / "test_loop.c").write_text(LOOP.replace(old, new))
    done = subprocess.run([sys.executable, "-B", str(ROOT / "tests" / "lint_cases.py"), "test_loop.c"], cwd=tmp_path,
                          stderr=subprocess.PIPE, encoding="utf-8")
    assert done.returncode == status and ("test_loop.c:7: " in done.stderr) == bool(status)
