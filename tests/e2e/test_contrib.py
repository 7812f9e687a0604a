"""What docs/CONTRIBUTING.md says of an addition is all there is to it: each patch of tests/contrib adds one thing."""
import json
import shutil
import subprocess

import pytest
import support
from support import ROOT, Artsync

PATCHES = sorted((ROOT / "tests" / "contrib").glob("*.patch"))

# The files that already exist and that an addition of each kind has to touch. Everything else in its patch is new.
PLACES = {
    "check": [],
    "command": ["src/cli/commands.c"],
    "field_type": ["include/artsync/field_types.h"],
    "form": ["src/cli/options.c", "src/report/forms.c"],
    "source": ["src/source/kinds.c"],
    "writer": ["docs/ARCHITECTURE.md", "src/sync/table_run.c"],
}


def make_copy(folder):
    for name in ("src", "include", "sql", "docs", "tests/cases", "tests/unit"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Makefile", "tests/lint_graph.py"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def apply(patch, folder, *options):
    result = subprocess.run(["patch", "-s", "-p1", *options, "-i", str(patch)], cwd=folder, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8")
    assert result.returncode == 0, (patch.name, result.stdout)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the sources with all patches applied and built: quickly, not for speed."""
    folder = make_copy(tmp_path_factory.mktemp("contrib") / "artsync")
    for patch in PATCHES:
        apply(patch, folder, "--dry-run")  # alone
    for patch in PATCHES:
        apply(patch, folder)
    subprocess.run(["make", "-s", "-j2", "--no-print-directory", "CFLAGS=-O0 -Werror", "build/artsync", "build/unit/test_fields"],
                   cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def run(folder, *args):
    return subprocess.run([str(folder / "build" / "artsync"), *args], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


@pytest.fixture
def patched(copy, tmp_path, loaded, monkeypatch):
    """The patched binary at a database that has rows."""
    monkeypatch.setattr(support, "BINARY", str(copy / "build" / "artsync"))
    art = Artsync(tmp_path, loaded)
    yield art
    art.kill()


def test_there_is_a_patch_for_each_kind_of_addition():
    assert [patch.stem for patch in PATCHES] == sorted(PLACES)


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_an_addition_touches_the_documented_places_only(kind):
    text = (ROOT / "tests" / "contrib" / (kind + ".patch")).read_text(encoding="utf-8")
    before = [line[4:] for line in text.splitlines() if line.startswith("--- ")]
    assert sorted(name[2:] for name in before if name != "/dev/null") == PLACES[kind]
    document = (ROOT / "docs" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for place in PLACES[kind]:
        assert place in document


def test_the_additions_keep_the_rules_of_the_folders(copy):
    subprocess.run(["tests/lint_graph.py", "build", "src", "include/artsync", "docs/ARCHITECTURE.md", "tests"], cwd=copy,
                   check=True)


def test_a_command_with_an_option(copy):
    assert run(copy, "greet") == "Hello, world.\n"
    assert json.loads(run(copy, "greet", "--name", "you", "--json")) == {"greeted": "you"}
    assert "greet somebody" in run(copy, "help")
    assert "greet" in run(copy, "completion", "bash")


def test_a_form_of_report(copy):
    assert run(copy, "greet", "--fields") == "greeted=world\n"
    assert "--fields" in run(copy, "help")


def test_a_check(copy):
    listed = json.loads(run(copy, "validate", "--list", "--json"))["checks"]
    assert "prints_without_name" in [check["name"] for check in listed]


def test_a_field_type(copy):
    """Its cases are among those that the unit test of all types runs."""
    subprocess.run(["build/unit/test_fields"], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    with open(copy / "tests" / "cases" / "color.cases", "a", encoding="utf-8") as cases:
        cases.write("red => #ff0000\n")
    result = subprocess.run(["build/unit/test_fields"], cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            encoding="utf-8")
    assert result.returncode != 0 and "color.cases" in result.stderr


def test_a_source(patched):
    """Records of a kind of file of its own, one of them rejected and then listed with its original bytes."""
    path = patched.cwd / "prints.tsv"
    path.write_text("Record ID\tName\tTotal Editions\n%s\tThe Quay\t30\n%s\tThe Mole\tmany\n" %
                    (support.rid("Q1"), support.rid("Q2")), encoding="utf-8")
    report = patched.ok("sync", "--json", "--file", "prints=%s" % path, "--max-rejects", "1", "--mode", "merge", status=1)
    assert support.counts(support.by_table(report.json), "prints", "read", "created", "rejected") == (2, 1, 1)
    assert patched.db.get("prints", "Q1")["total_editions"] == 30
    kept = patched.db.value("SELECT source FROM artsync.rejects WHERE record_id = %s", support.rid("Q2"))
    assert b"\tThe Mole\tmany" in bytes(kept)


def test_a_writer(patched):
    """The patched dry run counts records and takes all of them as they are."""
    path = patched.cwd / "prints.csv"
    path.write_text("Record ID,Name\n%s,The Quay\n" % support.rid("Q1"), encoding="utf-8")
    report = patched.ok("sync", "--json", "--dry-run", "--file", "prints=%s" % path)
    assert support.counts(support.by_table(report.json), "prints", "read", "created", "unchanged") == (1, 0, 1)
