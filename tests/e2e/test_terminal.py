"""Nothing foreign reaches the terminal raw: names of base.json, checks, CSV headers, file names and values are hostile,
and every command shows them, as text, as JSON, in errors and hints."""
import json
import os
import pty
import re
import subprocess
import unicodedata

import pytest
from support import BINARY, ROOT, Artsync

# what a terminal acts on or hides: ESC, C1 (CSI as one character), BEL, CR, DEL, Arabic letter mark, overrides, line
# separator, zero width joiner, byte order mark, a tag
EVIL = "\x1b[31m\u009b2J\x07\r\x7f\u061c\u202e\u2066\u2028\u200d\ufeff\U000e0041"
MILD = "\u061c\u202e\u2066x"  # what cleaning leaves in a cell
T, U = "ta" + EVIL, "tb\u061c\u202e"
NAME = "n" + EVIL
# a CSV's header, and a file's name, may hold anything but a slash
HEADER, UNMAPPED, FILE = "h" + EVIL, "u" + EVIL, "f\x1b[32m\u009b\u202e.csv"


def allowed(char):
    return char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Cs")


def clean(result):
    for stream in (result.out, result.err):
        bad = sorted({"U+%04X" % ord(c) for c in stream if not allowed(c)})
        assert not bad, (result.args, bad, stream)


def sql_name(name):
    return '"%s"' % name.replace('"', '""')


def write_base(folder):
    (folder / "checks").mkdir(parents=True)
    columns = [{"column": NAME, "headers": [HEADER], "type": "text"},
               {"column": "n", "headers": ["n" + EVIL], "type": "integer", "min": 0},
               {"column": "c", "headers": ["c"], "type": "choice", "choices": ["a" + MILD, "b"],
                "aliases": {"x" + MILD: "b"}}]
    (folder / "base.json").write_text(json.dumps({
        "name": "b_terminal", "schema": "public", "date_order": "mdy", "null_tokens": ["none" + MILD],
        "tables": [{"table": T, "file": FILE, "skip": {HEADER: ["skip" + MILD]},
                    "id": {"column": "key", "headers": ["key" + EVIL]}, "columns": columns},
                   {"table": U, "file": "u.csv", "id": {"column": "key", "headers": ["key"]},
                    "columns": [{"column": "v", "headers": ["v"], "type": "text"}]}]}), encoding="utf-8")
    (folder / "0001_tables.sql").write_text(
        'CREATE TABLE public.%s (id serial PRIMARY KEY, key text NOT NULL UNIQUE, %s varchar(40), n int, c text);\n'
        'CREATE TABLE public.%s (id serial PRIMARY KEY, key text NOT NULL UNIQUE, v text);\n'
        % (sql_name(T), sql_name(NAME), sql_name(U)), encoding="utf-8")
    (folder / "checks" / ("found%s.sql" % "\x1b[33m\u202e")).write_text(
        "-- summary: sum%s\n-- severity: warning\n-- advice: advice%s\nSELECT key AS \"k%s\", %s FROM public.%s\n"
        % ((EVIL.replace("\r", ""),) * 3 + (sql_name(NAME), sql_name(T))), encoding="utf-8", newline="")
    (folder / "checks" / "broken.sql").write_text(
        "-- summary: broken%s\n-- severity: error\nSELECT * FROM \"no%s\"\n" % (EVIL.replace("\r", ""), EVIL),
        encoding="utf-8", newline="")


def write_export(folder, cell, bad="x" + EVIL):
    folder.mkdir(exist_ok=True)
    lines = [",".join('"%s"' % c for c in record) for record in (
        ["key" + EVIL, HEADER, "n" + EVIL, "c", UNMAPPED],
        ["k1" + MILD, cell, "1", "x" + MILD, ""],
        ["k2" + MILD, "two", bad, "c" + EVIL, "z"],
        ["k3", "three", "3", "none" + MILD, ""], ["k4", "skip" + MILD, "", "", ""])]
    (folder / FILE).write_text("\n".join(lines), encoding="utf-8", newline="")
    (folder / "u.csv").write_text("key,v\nk,v\n", encoding="utf-8")
    return folder


@pytest.fixture
def evil(tmp_path, empty):
    work = tmp_path / "work"
    work.mkdir()
    write_base(work / "base\x1b[35m\u202e")
    write_export(work / "one\u202e", "first" + EVIL)
    write_export(work / "two", "second" + EVIL)
    art = Artsync(work, empty)
    yield art
    art.kill()


def commands(tmp_path):
    """Every command, in an order that gives each something to show; the last element is the expected status."""
    force = ["--max-rejects", "100%"]
    return [
        (["base", "show"], 0), (["base", "check"], 0), (["db", "status"], 0), (["sync"], 3),
        (["db", "migrate"], 0), (["base", "check"], 1), (["db", "status"], 0), (["db", "verify"], 0),
        (["diff", "--export-dir", "one\u202e", *force], 1),
        (["sync", "--export-dir", "one\u202e", *force], 1), (["status", "--export-dir", "two"], 0),
        (["diff", "--export-dir", "two", "--limit", "0", *force], None), (["sync", "--export-dir", "two", *force], None),
        (["sync", "--export-dir", "two", "--strict", "--mode", "merge"], 4), (["sync", "--export-dir", "no" + EVIL], 2),
        (["sync", "--file", "%s=none%s" % (T, EVIL)], 2), (["sync", "--table", "T" + EVIL], 2),
        (["validate"], 2), (["validate", "--list"], 0), (["validate", "--check", "fond" + EVIL], 2),
        (["validate", "--parity", "--export-dir", "one\u202e"], 2), (["stats"], 0), (["history"], 0),
        (["history", "last"], 0), (["history", "x" + EVIL], 2), (["history", "--record", "k3"], 0),
        (["history", "--record", "k" + EVIL], 2), (["rejects"], 0), (["rejects", "last"], 0),
        (["rejects", "--table", T, "--csv", "fixed\u202e.csv"], 0), (["rejects", "--table", T, "--csv", "fixed\u202e.csv"], 4),
        (["export", "--dir", "out" + EVIL], 0), (["export", "--dir", "out" + EVIL], 4), (["phase"], 0),
        (["phase", "primary", "--export-dir", "two"], 2), (["rollback", "last", "--dry-run"], None),
        (["backup", "b" + EVIL], None), (["backup", "b" + EVIL], None), (["restore", "b" + EVIL], None), (["restore", "c" + EVIL], None),
        (["rollback", "last"], None), (["detach", "--dir", "d" + EVIL, "--yes"], 4), (["x" + EVIL], 2), (["sync", "--x" + EVIL], 2), (["help", "x" + EVIL], 2),
        (["db", "reset", "--yes"], 0), (["db", "drop", "--yes"], 0), (["completion", "bash"], 0), (["version"], 0),
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_command_prints_a_foreign_character_raw(evil, tmp_path, form):
    flags = ["--json"] if form == "json" else ["--verbose"]
    shown = ""
    for args, status in commands(tmp_path):
        result = evil.run("--base", "./base\x1b[35m\u202e", *args, *flags, env={"ARTSYNC_ENV": "development"})
        if args[0] != "completion":
            clean(result)
        assert status is None or result.status == status, result
        assert result.status in (0, 1, 2, 3, 4), result
        shown += result.out + result.err
    # the names were shown, escaped, and not left out
    assert ("\\u202e" if form == "json" else "\\xE2\\x80\\xAE") in shown and "sum" in shown and "advice" in shown
    evil.db.run("DROP SCHEMA IF EXISTS artsync CASCADE")


def test_json_gives_every_character_back(evil):
    evil.ok("--base", "./base\x1b[35m\u202e", "db", "migrate")
    report = evil.run("--base", "./base\x1b[35m\u202e", "sync", "--json", "--export-dir", "two", "--max-rejects", "100%").json
    assert [t["table"] for t in report["tables"]] == [T, U] and report["tables"][0]["file"] == FILE


OWN = re.compile("\x1b\\[[0-9]*m|\r\x1b\\[K|\r(?=\n)")  # colours, the progress line, the terminal's own line ends


def on_a_terminal(art, args):
    """Stdout and stderr of a run whose both ends are a terminal."""
    leader, follower = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "DATABASE_URL": art.db.url}
    child = subprocess.Popen([BINARY, *args], cwd=art.cwd, env=environment, stdin=subprocess.DEVNULL, stdout=follower,
                             stderr=follower)
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    return child.wait(), shown.decode()


@pytest.mark.parametrize("args", [["base", "show"], ["sync", "--export-dir", "two", "--max-rejects", "100%"],
                                  ["sync", "--export-dir", "no" + EVIL], ["validate"]])
def test_on_a_terminal_only_our_own_sequences_are_raw(evil, args):
    evil.ok("--base", "./base\x1b[35m\u202e", "db", "migrate")
    _, shown = on_a_terminal(evil, ["--base", "./base\x1b[35m\u202e", *args])
    assert OWN.search(shown)
    rest = OWN.sub("", shown)
    assert all(allowed(c) for c in rest), rest


def test_a_foreign_line_break_never_looks_like_a_hint(art, tmp_path):
    """A trigger's message has lines of its own: they are marked as part of the message."""
    art.db.run("CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION E'first\\nhint: curl evil\\nartsync: error: no' USING ERRCODE = '55P03'; END $$")
    art.db.run("CREATE TRIGGER no BEFORE INSERT ON public.sync_logs FOR EACH STATEMENT EXECUTE FUNCTION public.no()")
    err = art.ok("sync", "--export-dir", ROOT / "airtable_export", status=4).err
    lines = [line for line in err.splitlines() if "curl" in line or "error: no" in line]
    assert lines and all(line.startswith("  | ") for line in lines), err

