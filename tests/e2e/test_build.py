"""make compiles again what was compiled in another way, and installs all of it: pages, completion, units, a crontab."""
import os
import re
import shlex
import subprocess

import pytest
from support import BINARY, ROOT


def made(folder, *how):
    done = subprocess.run(["make", "--no-print-directory", "BUILD=%s" % folder, *how, "%s/util/err.o" % folder], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return "src/util/err.c" in done.stdout


def test_another_compiler_compiles_again(tmp_path):
    assert made(tmp_path, "CC=cc")
    assert not made(tmp_path, "CC=cc")
    assert made(tmp_path, "CC=gcc")
    assert made(tmp_path, "CC=gcc", "CFLAGS=-O1")
    assert not made(tmp_path, "CC=gcc", "CFLAGS=-O1")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    folder = os.path.relpath(os.path.dirname(BINARY), ROOT)
    subprocess.run(["make", "-s", "install", "BUILD=" + folder, "DESTDIR=%s" % root, "PREFIX=/usr"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return root / "usr"


def test_install_puts_everything_in_place(installed):
    found = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    assert {path for path in found if not path.startswith("share/doc/")} == {
        "bin/artsync", "share/man/man1/artsync.1", "share/man/man5/base.json.5", "share/bash-completion/completions/artsync",
        "share/zsh/site-functions/_artsync", "share/fish/vendor_completions.d/artsync.fish",
        "lib/systemd/system/artsync.service", "lib/systemd/system/artsync.timer", "lib/systemd/system/artsync-watch.service"}
    assert {"share/doc/artsync/examples/crontab", "share/doc/artsync/examples/notify-mail", "share/doc/artsync/CHANGELOG.md",
            "share/doc/artsync/examples/artsync.env"} <= found


def test_the_version_is_said_in_one_place(installed):
    version = subprocess.run([BINARY, "version"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.split()[1]
    changes = (ROOT / "docs" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changes, re.M).group(1) == version
    for page in ("man1/artsync.1", "man5/base.json.5"):
        assert '"artsync %s"' % version in (installed / "share" / "man" / page).read_text(encoding="utf-8").split("\n", 1)[0]
    said = subprocess.run(["git", "grep", "-lF", '"%s"' % version, "--", "src", "include", "docs", "Makefile"], cwd=ROOT,
                          check=False, stdout=subprocess.PIPE, encoding="utf-8").stdout.split()
    assert said == ["include/artsync/cli.h"]


# ---- systemd and cron ----

def unit(name):
    return ROOT / "docs" / "systemd" / name


@pytest.fixture(scope="module")
def units(installed, tmp_path_factory):
    """The installed units as systemd-analyze can look at them here: what they run is a program of this machine."""
    folder = tmp_path_factory.mktemp("units")
    for path in (installed / "lib" / "systemd" / "system").iterdir():
        text = path.read_text(encoding="utf-8").replace("/usr/bin/artsync", BINARY).replace("Documentation=man:artsync(1)\n", "")
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def test_systemd_accepts_the_units(units):
    done = subprocess.run(["systemd-analyze", "verify", *map(str, sorted(units.iterdir()))], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8")
    ours = [line for line in done.stdout.split("\n") if "artsync" in line]
    assert done.returncode == 0 and ours == [], done.stdout


@pytest.mark.parametrize("name", ["artsync.service", "artsync-watch.service"])
def test_the_services_may_do_little(units, name):
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=19", str(units / name)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert done.returncode == 0 and "Overall exposure level" in done.stdout, done.stdout[-300:]


@pytest.mark.parametrize("status, says", [("0", ""), ("1", "<4>needs attention"), ("4", "<3>failed with status 4")])
def test_the_journal_is_told_how_a_run_ended(status, says):
    """Nothing counts status 1 as success, and nothing starts the run again before its time."""
    text = unit("artsync.service").read_text(encoding="utf-8")
    command = re.search(r"^ExecStopPost=/bin/sh -c '(.*)'$", text, re.M).group(1).replace("$$", "$")
    done = subprocess.run(["/bin/sh", "-c", command], check=True, stdout=subprocess.PIPE, env={"EXIT_STATUS": status},
                          encoding="utf-8")
    assert done.stdout.startswith(says) and bool(done.stdout) == bool(says)
    assert "SuccessExitStatus" not in text and "Restart=" not in text


def test_the_commands_of_units_and_crontab_are_ones(installed):
    """Each is parsed by the program itself: with --help behind it, it does nothing else."""
    lines = [line for name in ("artsync.service", "artsync-watch.service")
             for line in re.findall(r"^ExecStart=(.*)", unit(name).read_text(encoding="utf-8"), re.M)]
    crontab = (installed / "share" / "doc" / "artsync" / "examples" / "crontab").read_text(encoding="utf-8")
    lines += re.findall(r"^\d+ \d+ \* \* \*  artsync  cd /srv/artsync && (.*)", crontab, re.M)
    assert len(lines) == 4
    for line in lines:
        program, *args = shlex.split(line)
        assert program == "/usr/bin/artsync"
        done = subprocess.run([BINARY, *args, "--help"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == 0, (line, done.stderr)
        for path in re.findall(r"(?<=dir )\S+|(?<=file )\S+", line):
            assert path.startswith("/")
