"""What docs/CONTRIBUTING.md says of an addition is all there is to it: each patch of tests/contrib adds one thing."""
import json
import os
import shutil
import subprocess

import pytest

import support
from support import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """artsync with all patches applied, from a copy in which only changed files are compiled."""
    scratch = tmp_path_factory.mktemp("contrib")
    for name in ("src", "include", "sql"):
        shutil.copytree(ROOT / name, scratch / name)
    shutil.copy2(ROOT / "Makefile", scratch)
    shutil.copytree(os.path.dirname(os.path.abspath(support.BINARY)), scratch / "build",
                    ignore=shutil.ignore_patterns("unit", "replay", "fuzz", "coverage", "*.log", "demo-pg"))
    for patch in sorted((ROOT / "tests" / "contrib").glob("*.patch")):
        subprocess.run(["patch", "-s", "-p1", "-i", str(patch)], cwd=scratch, check=True)
    subprocess.run(["make", "-s", "--no-print-directory"], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
    return scratch / "build" / "artsync"


def run(binary, *args):
    return subprocess.run([str(binary), *args], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def test_a_command_with_an_option(built):
    assert run(built, "greet") == "Hello, world.\n"
    assert json.loads(run(built, "greet", "--name", "you", "--json")) == {"greeted": "you"}
    assert "greet somebody" in run(built, "help")
    assert "greet" in run(built, "completion", "bash")


def test_a_form_of_report(built):
    assert run(built, "greet", "--fields") == "greeted=world\n"
    assert "--fields" in run(built, "help")


def test_a_check(built):
    listed = json.loads(run(built, "validate", "--list", "--json"))["checks"]
    assert "prints_without_name" in [check["name"] for check in listed]
