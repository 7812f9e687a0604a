"""Files and output streams: full disks, closed pipes, signals, what may be replaced and what is left behind."""
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess

import psycopg2.extensions
import pytest
import support
from proxy import when
from support import BINARY, ROOT, TABLES, error_of
from test_backup import other, pg_dump_waits
from test_waiting import preload

DEMO = ROOT / "airtable_export"


def raw(art, *args, env=None, **kwargs):
    environment = {"PATH": os.environ["PATH"], "HOME": str(art.cwd), "DATABASE_URL": art.db.url, "LC_ALL": "C.UTF-8"}
    environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
    environment.update(env or {})
    kwargs.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([BINARY, *map(str, args)], cwd=art.cwd, env=environment, check=False, timeout=support.TIMEOUT,
                          stderr=subprocess.PIPE, encoding="utf-8", **kwargs)


def files_below(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


# ---- the outcome does not depend on stdout ----

@contextlib.contextmanager
def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextlib.contextmanager
def full_disk():
    with open("/dev/full", "wb") as full:
        yield full


WORK = [  # what each step does is seen in the database or in files
    (["db", "migrate"], 0), (["sync", "--export-dir", DEMO], 0), (["sync", "--export-dir", "bad"], 1),
    (["rejects", "--table", "editions", "--csv", "rejects.csv"], 0), (["export", "--dir", "out"], 0),
    (["backup", "art.backup"], 0), (["rollback", "last"], 0), (["restore", "art.backup", "--force"], 0),
    (["phase", "parallel"], 0), (["db", "reset", "--yes"], 0), (["db", "drop", "--yes"], 0)]
PRINT = [["stats"], ["history"], ["history", "last"], ["status", "--export-dir", DEMO], ["rejects"],
         ["diff", "--export-dir", DEMO], ["sync", "--dry-run", "--export-dir", DEMO], ["validate"], ["base", "show"],
         ["base", "check"], ["db", "status"], ["db", "verify"], ["phase"], ["help"], ["help", "sync"], ["version"],
         ["completion", "bash"]]


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("out", [closed_pipe, full_disk])
def test_work_is_done_whatever_becomes_of_the_report(art, empty, out, form):
    art.db = empty
    path = shutil.copytree(DEMO, art.cwd / "bad") / "Editions-All Records.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub("£[0-9.]+", "much", text, count=1), encoding="utf-8")
    for args, status in WORK:
        with out() as stdout:
            result = raw(art, *args, *form, env={"ARTSYNC_ENV": "development"}, stdout=stdout)
        assert result.returncode == status, (args, result.stderr)
        assert "error" not in result.stderr, (args, result.stderr)
        said = "cannot write to standard output: No space left on device; the command did its work" in result.stderr
        assert said == (out is full_disk), (args, result.stderr)
    assert files_below(art.cwd / "out") == sorted(p.name for p in DEMO.iterdir())
    assert (art.cwd / "rejects.csv").exists() and (art.cwd / "art.backup").exists()
    assert empty.value("SELECT to_regclass('prints') IS NULL")


@pytest.mark.parametrize("args", PRINT, ids=lambda args: "-".join(a for a in args if isinstance(a, str)))
def test_printing_commands(art_loaded, args):
    """A reader that left had enough; a report that a full disk cut short is a failure, where printing is all there is."""
    normal = raw(art_loaded, *args)
    with closed_pipe() as stdout:
        left = raw(art_loaded, *args, stdout=stdout)
    assert (left.returncode, left.stderr) == (normal.returncode, normal.stderr)
    with full_disk() as stdout:
        full = raw(art_loaded, *args, stdout=stdout)
    assert full.returncode == (normal.returncode or 4)
    assert "cannot write to standard output: No space left" in full.stderr


def test_a_long_report_and_a_reader_that_takes_one_line(art_loaded):
    """The pipe breaks in the middle of the output, long before the end of the run."""
    command = '%s diff --limit 0 --mode full --force --export-dir %s; echo "status $?" >&2' % (BINARY, ROOT / "tests" / "export_later")
    result = subprocess.run(["sh", "-c", "{ %s; } | head -n 1" % command], cwd=art_loaded.cwd, check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                            env={"PATH": os.environ["PATH"], "DATABASE_URL": art_loaded.db.url})
    assert result.stderr.splitlines()[-1] == "status 0", result.stderr
    assert "error" not in result.stderr


# ---- what may be replaced ----

def make_device(path):
    """A device of the test's own, never the machine's: a fault would replace it. False: only root may make one."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        return False
    return True


def test_force_replaces_only_files_and_links(art_loaded):
    cwd = art_loaded.cwd
    os.mkfifo(cwd / "fifo")
    targets = {"fifo": "FIFO", "socket": "socket"}
    with socket.socket(socket.AF_UNIX) as unix:
        before = os.getcwd()
        os.chdir(cwd)  # a socket's path is short
        unix.bind("socket")
        os.chdir(before)
    if make_device(cwd / "device"):
        targets["device"] = "device"
    for target, kind in targets.items():
        for command in (["backup", target, "--force"], ["backup", target]):
            error = error_of(art_loaded.ok(*command, "--json", status=4))
            assert error["message"] == "%s is a %s" % (target, kind) and "--force" not in error["hint"]
        assert not stat.S_ISREG((cwd / target).stat().st_mode)
    (cwd / "out").mkdir()
    os.mkfifo(cwd / "out" / "Prints-Grid view.csv")
    error = error_of(art_loaded.ok("export", "--dir", "out", "--force", "--json", status=4))
    assert "is a FIFO" in error["message"]
    assert files_below(cwd / "out") == ["Prints-Grid view.csv"]


def test_a_link_is_replaced_only_where_it_leads_to_a_file(art_loaded):
    cwd = art_loaded.cwd
    os.mkfifo(cwd / "fifo")
    (cwd / "folder").mkdir()
    (cwd / "page.html").write_text("another's")
    for target, kind in {"fifo": "FIFO", "folder": "folder"}.items():
        link = cwd / ("to-" + target)
        link.symlink_to(target)
        for command in (["report", "--html", link.name], ["backup", link.name, "--force"]):
            error = error_of(art_loaded.ok(*command, "--json", status=4))
            assert error["message"] == "%s is a link to a %s" % (link.name, kind)
        assert link.is_symlink()
    # as /dev/stdout is: a file where output is redirected, and yet not to be replaced
    (cwd / "stdout").symlink_to("/proc/self/fd/1")
    with open(cwd / "redirected", "w") as out:
        told = subprocess.run([BINARY, "report", "--html", "stdout"], cwd=cwd, stdout=out, stderr=subprocess.PIPE,
                              encoding="utf-8", env={"PATH": os.environ["PATH"], "DATABASE_URL": art_loaded.db.url})
    assert told.returncode == 4 and "stdout is a link to an open file of the process" in told.stderr
    assert (cwd / "stdout").is_symlink()
    (cwd / "latest.html").symlink_to("page.html")
    (cwd / "dangling.html").symlink_to("none")
    for link in ("latest.html", "dangling.html"):
        art_loaded.ok("report", "--html", link)
        assert not (cwd / link).is_symlink() and (cwd / link).read_text().startswith("<!doctype html>")
    assert (cwd / "page.html").read_text() == "another's"


def test_an_empty_argument_is_refused_first(art, empty):
    art.db = empty  # not even migrated: nothing is looked at
    for command in (["backup", ""], ["restore", ""], ["rollback", ""], ["history", ""], ["rejects", ""], ["phase", ""]):
        error = error_of(art.ok(*command, "--json", status=2))
        assert error["code"] == "usage" and "an argument is empty" in error["message"]
    for option in ("--base", "--database", "--env-file"):
        error = error_of(art.ok("stats", option, "", "--json", status=2))
        assert error["code"] == "usage" and error["message"] == option + " is empty"


def test_restore_does_not_wait_for_a_pipe(art):
    os.mkfifo(art.cwd / "fifo")
    error = error_of(art.ok("restore", "fifo", "--json", status=4))
    assert error["message"] == "fifo is not a regular file"
    assert "not a regular file" in art.ok("restore", "/dev/null", status=4).err  # it is only read
    assert "not a regular file" in art.ok("restore", ".", status=4).err


# ---- full disks: a limit of file sizes replaces one ----

def limited(size):
    def set_limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return set_limit


def test_export_replaces_all_files_or_none(art_loaded):
    out = art_loaded.cwd / "out"
    art_loaded.ok("export", "--dir", "out")
    art_loaded.db.run("UPDATE prints SET notes = 'changed'; UPDATE distributors SET notes = 'changed'")
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    assert max(map(len, before.values())) > 30000 > sorted(map(len, before.values()))[1]
    for form in ([], ["--json"]):
        result = raw(art_loaded, "export", "--dir", "out", "--force", *form, preexec_fn=limited(30000))
        assert result.returncode == 4 and "File too large" in result.stderr, result.stderr
        assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    result = raw(art_loaded, "export", "--dir", "new", preexec_fn=limited(30000))
    assert result.returncode == 4 and not (art_loaded.cwd / "new").exists()


def test_backup_and_rejects_say_why_they_could_not_be_written(art, shop):
    for i in range(40):
        shop.edition("B%d" % i, "P1", number=100 + i, price="much", notes="n" * 200)
    art.sync(shop.save(), "--force", status=1)
    for command in (["backup", "art.backup"], ["rejects", "--table", "editions", "--csv", "rejects.csv"]):
        result = raw(art, *command, "--json", preexec_fn=limited(6000))
        assert result.returncode == 4
        assert "File too large" in json.loads(result.stdout)["error"]["message"], result.stdout
    assert files_below(art.cwd) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU, signal.SIGUSR1, signal.SIGUSR2,
                                    signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGPOLL, signal.SIGPWR])
def test_signals_leave_nothing_behind(art_loaded, number):
    with pg_dump_waits(art_loaded, "new.backup") as child:
        child.send_signal(number)
        result = art_loaded.finish(child)
    assert result.status == (130 if number == signal.SIGQUIT else 143), result
    assert files_below(art_loaded.cwd) == []


SIGNAL_WHILE_NAMING = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
/* SIGTERM comes right after the first file got its name. */
int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    int result = real(from, to);
    raise(SIGTERM);
    return result;
}
"""


def test_an_export_that_replaced_a_file_is_not_called_interrupted(tmp_path, art_loaded):
    out = art_loaded.cwd / "out"
    art_loaded.ok("export", "--dir", "out")
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    art_loaded.db.run("UPDATE prints SET notes = 'changed'; UPDATE distributors SET notes = 'changed';"
                      "UPDATE editions SET notes = 'changed'")
    result = art_loaded.run("export", "--dir", "out", "--force", env=preload(tmp_path, SIGNAL_WHILE_NAMING))
    assert result.status == 0 and "nothing was changed" not in result.err, result
    assert sorted(p.name for p in out.iterdir() if p.read_bytes() != before.get(p.name)) == sorted(before)


def test_a_hangup_that_nohup_ignores_stays_ignored(art_loaded):
    child = subprocess.Popen(["nohup", BINARY, "backup", "new.backup"], cwd=art_loaded.cwd, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={"PATH": os.environ["PATH"], "DATABASE_URL": art_loaded.db.url})
    art_loaded.children.append(child)
    while os.readlink("/proc/%d/exe" % child.pid) != os.path.realpath(BINARY):
        assert child.poll() is None
    child.send_signal(signal.SIGHUP)
    assert child.wait(support.TIMEOUT) == 0
    assert files_below(art_loaded.cwd) == ["new.backup"]


def test_a_silent_network_does_not_hold_up_a_signal(art, proxy, shop):
    """pg_dump, asked to end, first asks the server to cancel; where that gets no answer, it is killed."""
    art.sync(shop.save())
    proxy.plan(when("LOCK TABLE"))
    child = art.start("backup", "new.backup", url=proxy.url)
    proxy.wait()
    proxy.silent = True  # from now on new connections, a cancel request for one, get no answer
    child.terminate()
    assert art.finish(child).status == 143
    assert files_below(art.cwd) == []


def test_temporary_files_go_where_tmpdir_says(art_loaded):
    assert "TMPDIR" in error_of(art_loaded.ok("backup", "x", "--json", status=4, env={"TMPDIR": "/no/where"}))["hint"]
    error = error_of(art_loaded.ok("backup", "x", "--json", status=4, env={"TMPDIR": "/no/where"}))
    assert "/no/where" in error["message"]
    (art_loaded.cwd / "tmp").mkdir()
    art_loaded.ok("backup", "x", env={"TMPDIR": str(art_loaded.cwd / "tmp")})
    art_loaded.ok("restore", "x", "--force", env={"TMPDIR": str(art_loaded.cwd / "tmp")})
    assert files_below(art_loaded.cwd) == ["x"]


# ---- names ----

@pytest.mark.parametrize("name", ['my "own" studio', "two  blanks", "studio TABLE x", "Ünï'cödé; DROP", "two\nlines", "COPY \n\"x\" FROM stdin;"])
def test_backup_of_a_schema_with_any_name(tmp_path, art, empty, databases, name):
    art.db = empty
    base = shutil.copytree(ROOT / "tests" / "bases" / "people", tmp_path / "people")
    for path in base.rglob("*.sql"):
        text = path.read_text(encoding="utf-8").replace("studio", '"%s"' % name.replace('"', '""'))
        path.write_text(text, encoding="utf-8")
    settings = json.loads((base / "base.json").read_text(encoding="utf-8"))
    settings["schema"] = name
    (base / "base.json").write_text(json.dumps(settings), encoding="utf-8")
    art.ok("--base", base, "db", "migrate")
    art.ok("--base", base, "sync", "--export-dir", base / "export")
    art.ok("--base", base, "backup", "people.backup")
    comments = """SELECT c.relname, objsubid, description FROM pg_description d JOIN pg_class c ON c.oid = objoid
                  JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = %s ORDER BY 1, 2"""
    expected, quoted = empty.rows(comments, name), '"%s"' % name.replace('"', '""')
    assert expected
    copy = other(art, databases("empty"))
    for force in ([], ["--force"]):
        copy.ok("--base", base, "restore", "people.backup", *force)
        for table in ("people", "assets"):
            assert copy.db.copy("SELECT * FROM %s.%s" % (quoted, table)) == empty.copy("SELECT * FROM %s.%s" % (quoted, table))
        assert copy.db.rows(comments, name) == expected
        copy.ok("--base", base, "db", "verify")


def test_a_file_name_that_is_not_utf8_is_named(art, shop):
    path = os.fsdecode(os.fsencode(shop.save()) + b"/caf\xe9.csv")
    shutil.copy(shop.file("prints"), path)
    for command in (["sync"], ["sync", "--dry-run"], ["diff"]):
        result = raw(art, *command, "--json", "--file", "prints=" + path)
        error = json.loads(result.stdout)["error"]
        assert result.returncode == 2 and error["code"] == "usage"
        assert "is not UTF-8" in error["message"] and "caf\ufffd.csv" in error["message"]
    assert art.db.logs() == []


# ---- the working folder is not trusted ----

def test_a_folder_art_does_not_replace_the_built_in_base(art, empty):
    art.db = empty
    planted = shutil.copytree(ROOT / "sql" / "art", art.cwd / "art")
    (planted / "0003_planted.sql").write_text("CREATE TABLE public.planted ();", encoding="utf-8")
    art.ok("db", "migrate")
    assert empty.value("SELECT to_regclass('public.planted') IS NULL")
    assert art.ok("base", "check", "--json").json["base"] == "sql/art/base.json (embedded)"
    shutil.copytree(ROOT / "tests" / "bases" / "people", art.cwd / "people")
    assert "--base ./people" in error_of(art.ok("--base", "people", "base", "show", "--json", status=2))["hint"]
    art.ok("--base", "./people", "base", "show")


def test_only_numbered_files_are_migrations(art, empty, tmp_path):
    art.db = empty
    base = shutil.copytree(ROOT / "tests" / "bases" / "people", tmp_path / "people")
    for name in ("seed.sql", "2_more.sql", "0002.sql", "00002_x.sql"):
        (base / name).write_text("CREATE TABLE public.planted ();", encoding="utf-8")
    found = art.ok("--base", base, "base", "check", "--json", status=1).json["problems"]
    assert [os.path.basename(p["place"]) for p in found] == ["00002_x.sql", "0002.sql", "2_more.sql", "seed.sql"]
    assert "not applied" in found[0]["message"] and "NNNN_name.sql" in found[0]["hint"]
    assert "seed.sql is not a migration" in art.ok("--base", base, "db", "migrate").err
    assert empty.value("SELECT to_regclass('public.planted') IS NULL")


def test_an_env_file_that_others_can_write(art, db):
    path = art.cwd / ".env"
    path.write_text("DATABASE_URL=%s\n" % db.url, encoding="utf-8")
    for mode, status in ((0o600, 0), (0o644, 0), (0o620, 2), (0o602, 2), (0o666, 2)):
        path.chmod(mode)
        result = art.ok("stats", "--json", status=status, url=None)
        if status:
            error = error_of(result)
            assert error["code"] == "config" and "can write" in error["message"] and "chmod go-w" in error["hint"]
        art.ok("stats", "--env-file", ".env", url=None)  # the user's own choice


def test_libpqs_variables_in_the_env_file(art, db):
    dsn = psycopg2.extensions.parse_dsn(db.url)
    lines = ["PGHOST='%s'" % dsn["host"], "PGPORT=%s" % dsn.get("port", "5432"), "export PGUSER=%s" % dsn["user"],
             "PGDATABASE=%s" % db.name, "PGPASWORD=x"]
    path = art.cwd / ".env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)
    result = art.ok("stats", "--json", url=None)
    assert [t["table"] for t in result.json["tables"]] == TABLES
    assert "did you mean PGPASSWORD?" in result.err
    art.ok("backup", "art.backup", url=None)  # pg_dump finds the database, too
    assert "nowhere" in art.ok("stats", url=None, status=3, env={"PGDATABASE": "nowhere"}).err
