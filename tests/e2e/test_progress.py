"""The progress line of a run on a terminal: what it says, that it moves while the server works, and that it leaves nothing."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest
from support import BINARY, TIMEOUT, default_signals, shop

WIPE = "\r\x1b[K"
READING = re.compile(r"^prints: (\d+)%(, [\d,]+ records)?, [\d,]+( records)?/s, \d+:\d\d left$")


class Terminal:
    """A run whose stderr is a terminal of some width; its stdout is a pipe."""

    def __init__(self, art, columns, *args):
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "DATABASE_URL": art.db.url}
        self.child = subprocess.Popen([BINARY, *map(str, args)], cwd=art.cwd, env=environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=follower, preexec_fn=default_signals)
        art.children.append(self.child)
        os.close(follower)
        self.text = ""

    def more(self):
        """What is written next; False at the end."""
        readable, _, _ = select.select([self.leader], [], [], TIMEOUT)
        assert readable, self.text
        try:
            part = os.read(self.leader, 65536).decode()
        except OSError:  # the other end is closed
            part = ""
        self.text += part
        return part != ""

    def until(self, pattern):
        deadline = time.monotonic() + TIMEOUT
        while not re.search(pattern, self.text):
            assert self.more() and time.monotonic() < deadline, (pattern, self.text)

    def end(self):
        while self.more():
            pass
        os.close(self.leader)
        self.child.stdout.read()
        return self.child.wait()

    @property
    def lines(self):
        return self.text.split(WIPE)


@pytest.mark.parametrize("columns", [80, 40])
def test_reading_says_percentage_rate_and_time_left(art, tmp_path, columns):
    export = shop(tmp_path / "export")
    for i in range(500):  # bytes are the measure: most of the records are almost nothing of the file
        export.print("S%d" % i, total=1)
    for i in range(120):
        export.print("L%d" % i, total=1, notes="note %d " % i + "long " * 30000)
    export.save()
    run = Terminal(art, columns, "sync", "--export-dir", export.path)
    assert run.end() == 0
    assert all(len(line) < columns for line in run.lines)
    seen = [m for m in map(READING.match, run.lines) if m]
    assert seen, run.text
    assert bool(seen[0].group(2)) == (columns == 80)  # the number of records is what a narrow line does without
    shares = [int(m.group(1)) for m in seen]
    assert shares == sorted(shares) and 50 < shares[-1] <= 100
    assert run.lines[-1] == "" and "\n" not in run.text


def hold(db, table):
    """A session that writes the table waits until the lock is released."""
    db.run("CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS "
           "'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'")
    db.run("CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON public.%s FOR EACH ROW EXECUTE FUNCTION public.hold()" % table)
    db.run("SELECT pg_advisory_lock(4711)")


@pytest.mark.parametrize("columns", [80, 40])
def test_phases_are_named_and_the_line_is_never_still(art, tmp_path, columns):
    export = shop(tmp_path / "export")
    export.save()
    hold(art.db, "editions")
    run = Terminal(art, columns, "sync", "--export-dir", export.path)
    run.until(r"editions: writing, 0:02")  # by itself: the server says nothing meanwhile
    art.db.run("SELECT pg_advisory_unlock(4711)")
    assert run.end() == 0
    for second in range(3):
        assert "editions: writing, 0:0%d" % second in run.lines
    for phase in ("editions: checking keys", "editions: writing the history", "database: commit"):
        assert phase + ", 0:00" in run.lines, (phase, run.lines)
    assert any(line.endswith(": looking for changes, 0:00") for line in run.lines)
    assert all(len(line) < columns for line in run.lines) and run.lines[-1] == "" and "\n" not in run.text


def test_a_first_load_names_the_indexes(art, tmp_path):
    run = Terminal(art, 80, "sync", "--export-dir", shop(tmp_path / "export").save())
    assert run.end() == 0
    assert "prints: indexes, 0:00" in run.lines and "prints: writing, 0:00" in run.lines


def test_other_commands_have_it_too(art, tmp_path):
    export = shop(tmp_path / "export").save()
    art.sync(export)
    for args, line in ((["validate", "--parity", "--export-dir", export], "editions: reading its rows, 0:00"),
                       (["export", "--dir", "out"], "editions: writing, 0:00"),
                       (["backup", "a.backup"], "backup: reading it back, 0:00"),
                       (["rollback", "last"], "prints: reading the changes of the sync, 0:00")):
        run = Terminal(art, 80, *args)
        assert run.end() in (0, 1)
        assert line in run.lines and run.lines[-1] == "", run.text


def test_a_refused_run_leaves_its_message_alone(art, tmp_path):
    export = shop(tmp_path / "export").save()
    with open(export / "Editions-All Records.csv", "a", encoding="utf-8") as file:
        file.write('"open\n')
    run = Terminal(art, 80, "sync", "--export-dir", export)
    assert run.end() == 4
    assert "\n" not in WIPE.join(run.lines[:-1]) and "error:" in run.lines[-1]


@pytest.mark.parametrize("args", [["--quiet"], ["-q", "--json"]])
def test_quiet_runs_have_none(art, tmp_path, args):
    run = Terminal(art, 80, "sync", "--export-dir", shop(tmp_path / "export").save(), *args)
    assert run.end() == 0 and run.text == ""


def test_nothing_where_stderr_is_no_terminal(art, tmp_path):
    assert art.ok("sync", "--export-dir", shop(tmp_path / "export").save()).err == ""
