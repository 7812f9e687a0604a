"""What people read, command by command, on a terminal of 80 columns, beside the texts of tests/e2e/golden.

A text has what a command printed, with {bold}, {red} ... {/} for colours, then what it wrote to stderr, behind "! ". What is
new in each run (ids, times, durations) is replaced. ARTSYNC_GOLDEN=write writes the texts anew: read them before committing.
"""
import difflib
import fcntl
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import termios
import unicodedata

import support
from support import BINARY, ROOT, rid

GOLDEN = ROOT / "tests" / "e2e" / "golden"
COLORS = {"\x1b[1m": "{bold}", "\x1b[2m": "{dim}", "\x1b[32m": "{green}", "\x1b[33m": "{yellow}", "\x1b[31m": "{red}",
          "\x1b[0m": "{/}"}
LONG = "the_table_of_all_prints_that_the_gallery_ever_sold"  # 50 characters, the longest name
WIDE, RIGHT = "商品目録", "שלום עולם"


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in line)


class Terminal:
    """Runs commands on a terminal and keeps what they print as one text."""

    def __init__(self, art):
        self.art, self.text, self.ids = art, "", {}

    def _print(self, args):
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        attributes = termios.tcgetattr(child)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(child, termios.TCSANOW, attributes)
        env = {"PATH": os.environ["PATH"], "HOME": str(self.art.cwd), "LC_ALL": "C.UTF-8", "TERM": "xterm",
               "DATABASE_URL": self.art.db.url, "ARTSYNC_ENV": "development"}
        done = subprocess.Popen([BINARY, *args], cwd=self.art.cwd, env=env, stdin=subprocess.DEVNULL, stdout=child,
                                stderr=subprocess.PIPE)
        os.close(child)
        parts = []
        try:
            while part := os.read(parent, 65536):
                parts.append(part)
        except OSError:  # the end, on a terminal
            pass
        os.close(parent)
        err = done.communicate(timeout=support.TIMEOUT)[1].decode()
        return b"".join(parts).decode(), err, done.returncode

    def _steady(self, text):
        """Without what differs from run to run."""
        for escape, name in COLORS.items():
            text = text.replace(escape, name)
        named = r"(?m)(^.*(?:artsync_test_|\.s\.PGSQL|on /|PostgreSQL \d| MB ).*)\n  +(?=\S)"  # how long these names are differs: where the line breaks
        while re.search(named, text):
            text = re.sub(named, r"\1 ", text)
        text = re.sub(r"(?<![\w-])[0-9a-f]{8}(?![0-9a-f])(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?",
                      lambda m: self.ids.setdefault(m.group(0)[:8], "<sync-%d>" % (len(self.ids) + 1)), text)
        text = re.sub(r"Done in [\d.]+ m?s", "Done in # ms", text)
        text = re.sub(r"(?<= )[ \d]{2}\d ms\b|(?<= )\d?\d\.\d s\b", "  # ms", text)
        text = re.sub(r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?", "2026-11-28 12:00:00", text)
        text = re.sub(r"\bartsync_test_\w+", "gallery", text)
        text = re.sub(r" on /\S+ as \w+", " on the server", text)
        text = re.sub(r" +({\w+})?-?\d{5,20}({/})?$", " #", text, flags=re.M)
        text = re.sub(r"PostgreSQL \d[^,]*", "PostgreSQL #", re.sub(r"[\d,]+ MB", "# MB", text))
        text = re.sub(r"(rows{/}) +({bold}checksum)", r"\1  \2", text)
        text = re.sub(r"(?m)(^artsync(  0|\.)(?!000[1-3]).*\n)+", "...\n", text)  # a new migration changes no other text
        text = re.sub(r"\b\d+ (migrations applied|pending|tables, views|entries in the log|rows$)", r"# \1", text, flags=re.M)
        return re.sub(r"\b\d{2,3},\d{3} bytes", "# bytes", text)

    def run(self, line, status=0, again=False):
        """`again`: a command that only looks is run without colour, too, which changes nothing else."""
        args = shlex.split(line)
        out, err, got = self._print(args)
        out, err = self._steady(out), self._steady(err)
        assert got == status, (line, got, out, err)
        for printed in re.sub(r"{(bold|dim|green|yellow|red|/)}", "", out).splitlines():
            assert width(printed) <= 80 or "artsync " in printed or "gallery" in printed or " " not in printed.strip(), printed
        self.text += "$ artsync %s\n%s%s\n" % (line, out, "".join("! %s\n" % part for part in err.splitlines()))
        if again:
            plain = self._steady(self._print(["--no-color", *args])[0])
            assert plain == re.sub(r"{(bold|dim|green|yellow|red|/)}", "", out), line

    def compare(self, name):
        path = GOLDEN / name
        if os.environ.get("ARTSYNC_GOLDEN") == "write":
            path.write_text(self.text, encoding="utf-8")
        want = path.read_text(encoding="utf-8")
        assert self.text == want, "\n" + "\n".join(difflib.unified_diff(want.splitlines(), self.text.splitlines(), name, "now",
                                                                        lineterm="", n=2))


def test_a_gallery(empty, tmp_path):
    art = support.Artsync(tmp_path, empty)
    shop = support.shop(tmp_path / "first")
    shop.save()
    later = shop.copy(tmp_path / "later")
    later.print("P1", notes="theirs").edition("E1", price="much", frame="Ikea").edition("E2", price="£60.00", sold="checked")
    later.edition("E8", "P2", number=8, in_gallery="3/14/202").headers["prints"].append("Shelf")
    later.save()
    screen = Terminal(art)
    screen.run("sync --export-dir first", status=3)
    screen.run("db status")
    screen.run("db migrate")
    for line in ("db migrate", "db status", "stats", "history", "rejects"):
        screen.run(line)
    screen.run("status --export-dir first", again=True)
    screen.run("sync --dry-run --export-dir first")
    screen.run("sync --export-dir first")
    screen.run("sync --export-dir first")
    screen.run("status --export-dir first")
    empty.edit("prints", "P1", notes="mine")
    screen.run("diff --export-dir later", status=1, again=True)
    screen.run("sync --export-dir later --strict", status=4)
    screen.run("sync --export-dir later", status=1)
    for line in ("stats", "status --export-dir later", "rejects", "history", "history last",
                 "history --record %s" % rid("E2"), "validate --list", "phase", "db grants artsync_tester --for read", "base show", "base check", "db verify",
                 "help rejects", "help db", "version"):
        screen.run(line)
    screen.run("validate", status=1, again=True)
    screen.run("validate --parity --export-dir later", status=1)
    screen.run("phase primary --export-dir later", status=4)
    screen.run("rejects --table editions --csv fixed.csv")
    screen.run("export --dir out")
    screen.run("report --html report.html")
    screen.run("backup gallery.backup")
    screen.run("restore gallery.backup", status=4)
    screen.run("restore gallery.backup --force")
    empty.edit("editions", "E2", retail_price="70")
    screen.run("rollback last --dry-run", status=1)
    screen.run("rollback last --strict", status=4)
    screen.run("rollback last", status=1)
    screen.run("watch --once --export-dir first", status=1)
    screen.run("doctor --export-dir first")
    screen.run("detach --dir books", status=2)
    screen.run("detach --dir books --yes", status=4)
    screen.run("db drop", status=2)
    screen.run("db reset --yes")
    screen.run("db drop --yes")
    for line in ("synk", "sync --mdoe full", "sync --mode ful", "help re", "validate --check duplicate_name"):
        screen.run(line, status=2)
    screen.compare("gallery.txt")


def write_names(folder):
    """Names as long as PostgreSQL has them, wide ones, and values written from right to left."""
    columns = [{"column": "the_name_of_a_column_that_is_as_long_as_the_names_of_postgres_63"[:63], "headers": ["Name"],
                "type": "text", "required": True},
               {"column": "金額", "headers": ["金額"], "type": "integer", "max": 100}]
    tables = [{"table": t, "file": "%s.csv" % t, "id": {"column": "key", "headers": ["Key"]}, "columns": columns}
              for t in (LONG, WIDE)]
    (folder / "checks").mkdir(parents=True)
    (folder / "base.json").write_text(json.dumps({"name": "names", "schema": "public", "date_order": "mdy", "tables": tables}),
                                      encoding="utf-8")
    (folder / "0001_tables.sql").write_text("".join(
        'CREATE TABLE public."%s" (id serial PRIMARY KEY, key text NOT NULL UNIQUE, "%s" text, "%s" integer);\n'
        % (t, columns[0]["column"], columns[1]["column"]) for t in (LONG, WIDE)), encoding="utf-8")
    (folder / "checks" / "a_check_with_a_name_that_takes_more_than_half_of_the_line.sql").write_text(
        '-- summary: Rows of 商品目録 that cost nothing\n-- severity: warning\n-- advice: Enter %s.\n'
        'SELECT key FROM public."%s" WHERE "金額" = 0\n' % (RIGHT, WIDE), encoding="utf-8")
    for name, number in (("first", 1), ("later", 2)):
        (folder / name).mkdir()
        for t in (LONG, WIDE):
            (folder / name / ("%s.csv" % t)).write_text("Key,Name,金額\nk1,%s,0\nk2,浮世絵 %s,%d\nk3,%s,%d00\n" % (
                RIGHT, "x" * 90, number, "🖼️ e\u0301", number), encoding="utf-8")


def test_names_of_any_length_and_script(empty, tmp_path):
    art = support.Artsync(tmp_path, empty)
    write_names(tmp_path / "names")
    screen = Terminal(art)
    base = "--base ./names "
    screen.run(base + "db migrate")
    for line in ("base show", "stats", "status --export-dir names/first"):
        screen.run(base + line)
    screen.run(base + "sync --export-dir names/first")
    screen.run(base + "diff --export-dir names/later --max-rejects 50%", status=1)
    screen.run(base + "sync --export-dir names/later --max-rejects 50%", status=1)
    empty.run("UPDATE sync_logs SET records_created = 1000000 WHERE records_created > 0")  # as of a million rows
    for line in ("stats", "status --export-dir names/later", "rejects", "history", "history last", "validate", "validate --list"):
        screen.run(base + line)
    screen.run(base + "export --dir out")
    screen.run(base + "stats --table x", status=2)
    screen.run(base + "rejects --table %s" % LONG[:-1], status=2)
    screen.compare("names.txt")
