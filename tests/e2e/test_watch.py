"""watch: a sync for every new export, at intervals, and again once the database is back; and what a service manager hears."""
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import time

import psycopg2.extensions
import pytest
from support import ROOT, TIMEOUT, connect, shop

# files need not be still for long, and nothing but events tells of them
STILL = {"ARTSYNC_TEST_STILL_MS": "50", "ARTSYNC_TEST_LOOK_MS": "3600000"}
NEVER = {"ARTSYNC_TEST_STILL_MS": "3600000"}
SYNCED = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ art: synced"


class Watch:
    """A watch that runs, and the socket of its service manager."""

    def __init__(self, art, *args, env=None, url=True, abstract=False):
        self.art, self.said, self.lines, self.rest = art, [], [], b""
        path = "\0artsync-%d" % os.getpid() if abstract else str(art.cwd / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if not abstract and os.path.exists(path):
            os.unlink(path)
        self.socket.bind(path)
        self.child = art.start("watch", *args, url=url,
                               env={**STILL, **(env or {}), "NOTIFY_SOCKET": path.replace("\0", "@")})
        self.out = self.child.stdout.fileno()

    def hear(self):
        """Whatever comes next: a message, or lines of stdout."""
        readable, _, _ = select.select([self.socket, self.out], [], [], TIMEOUT)
        assert readable, (self.said, self.lines)
        if self.socket in readable:
            self.said.append(self.socket.recv(4096).decode())
        if self.out in readable:
            part = os.read(self.out, 65536)
            *whole, self.rest = (self.rest + part).split(b"\n")
            self.lines += [line.decode() for line in whole]
            assert part, (self.said, self.lines, self.child.stderr.read())

    def until(self, condition):
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < deadline, (self.said, self.lines)
            self.hear()

    def line(self, number):
        """The line of the n-th sync."""
        self.until(lambda: len(self.lines) >= number)
        return self.lines[number - 1]

    def says(self, pattern):
        self.until(lambda: any(re.match(pattern, message) for message in self.said))

    def idle(self):
        """The last sync is over, and what comes now is an event or nothing."""
        self.until(lambda: self.said and self.said[-1].startswith("STATUS=waiting"))

    def stop(self, number=signal.SIGTERM, status=0):
        self.child.send_signal(number)
        _, err = self.child.communicate(timeout=TIMEOUT)
        self.socket.setblocking(False)
        try:
            while True:
                self.said.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            pass
        self.socket.close()
        assert self.child.returncode == status, err
        return err

    def sync_pid(self):
        with open("/proc/%d/task/%d/children" % (self.child.pid, self.child.pid), encoding="ascii") as file:
            return int(file.read().split()[0])


@pytest.fixture
def export(tmp_path):
    x = shop(tmp_path / "export")
    x.save()
    return x


def hold(db):
    """A transaction that writes a print waits until the lock is released."""
    db.run("CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS "
           "'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'")
    db.run("CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON public.prints FOR EACH ROW EXECUTE FUNCTION public.hold()")
    db.run("SELECT pg_advisory_lock(4711)")


def wait_for_held(db):
    db.wait("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 4711 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = %s)", db.name)


def test_a_sync_for_every_new_export(art, export):
    watch = Watch(art, "--export-dir", export.path)
    assert re.match(SYNCED + ", 10 created$", watch.line(1))
    watch.idle()
    export.edition("E7", "P1", number=7).save("editions")  # a file is written anew
    assert re.match(SYNCED + ", 1 created$", watch.line(2))
    watch.idle()
    export.print("P1", "Harbour at night").save("prints")
    part = export.path / ".part"
    assert ", 1 updated" in watch.line(3)
    part.write_bytes(b"hidden files are of no interest")
    watch.says("STATUS=waiting for the next export; syncing in 3600 s at the latest")
    assert watch.said[0] == "READY=1"
    err = watch.stop()
    assert watch.said[-1] == "STOPPING=1" and len(watch.lines) == 3 and "watching" in err
    assert set(art.db.column("SELECT origin FROM sync_logs")) == {"watch"}


def test_files_that_change_are_waited_for(art, export):
    watch = Watch(art, "--export-dir", export.path, env=NEVER)
    watch.says("STATUS=the export is still changing")
    (export.path / "Editions.csv.crdownload").write_text("a download")
    watch.stop()
    assert watch.lines == [] and art.db.logs() == []


def test_an_export_of_yesterday_is_complete(art, export):
    """Nothing is waited for where the last change is longer ago than files have to be still."""
    os.utime(export.path / "Prints-Grid view.csv", (1, 1))  # ... of which the time of modification says nothing
    watch = Watch(art, "--export-dir", export.path, env={"ARTSYNC_TEST_STILL_MS": "1"})
    assert re.match(SYNCED, watch.line(1))
    watch.stop()


def test_the_interval(art, export):
    watch = Watch(art, "--export-dir", export.path, "--interval", "1s")
    assert re.match(SYNCED + ", 10 created$", watch.line(1))
    assert re.match(SYNCED + ", nothing changed$", watch.line(2)) and re.match(SYNCED + ", nothing changed$", watch.line(3))
    watch.stop()


@pytest.mark.parametrize("text", ["", "1", "h", "0s", "-1s", "1 h", "1w", "367d", "99999999999999999999s", "1hh"])
def test_a_bad_interval(art, export, text):
    assert "--interval" in art.ok("watch", "--export-dir", export.path, "--interval=" + text, status=2).err


@pytest.mark.parametrize("link", [False, True])
def test_the_folder_is_replaced(art, tmp_path, export, link):
    name = tmp_path / "exports" / "current"
    name.parent.mkdir()
    watch = Watch(art, "--export-dir", "%s/" % name)
    assert "art: not synced: prints: there is no file" in watch.line(1)  # not there yet

    def put(folder):
        if link:
            (tmp_path / "link").symlink_to(folder)
            os.rename(tmp_path / "link", name)
            return
        if name.exists():
            shutil.move(name, tmp_path / "old")
        shutil.copytree(folder, tmp_path / "copy")
        os.rename(tmp_path / "copy", name)

    watch.idle()
    put(export.path)
    assert re.match(SYNCED + ", 10 created$", watch.line(2))
    other = export.copy(tmp_path / "other")
    other.edition("E7", "P1", number=7).save()
    watch.idle()
    put(other.path)
    watch.until(lambda: any("1 created" in line for line in watch.lines[2:]))
    watch.idle()
    other.path = tmp_path / "other" if link else name
    other.edition("E8", "P1", number=8).save("editions")  # the new folder is watched as well
    watch.until(lambda: sum("1 created" in line for line in watch.lines[2:]) == 2)
    watch.stop()


def test_a_sync_that_fails_is_no_end(art, export):
    good = export.file("editions").read_bytes()
    export.file("editions").write_bytes(good + b'"open\n')
    watch = Watch(art, "--export-dir", export.path)
    assert "art: not synced: " in watch.line(1) and "broken quoting" in watch.lines[0]
    export.file("editions").write_bytes(good)
    assert re.match(SYNCED + ", 10 created$", watch.line(2))
    assert "error:" in watch.stop()


def test_sigterm_in_the_middle_of_a_sync(art, export):
    """To all processes at once, as a service manager does it: the transaction is finished."""
    hold(art.db)
    watch = Watch(art, "--export-dir", export.path)
    wait_for_held(art.db)
    pid = watch.sync_pid()
    watch.child.send_signal(signal.SIGTERM)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGHUP)
    watch.says("STATUS=syncing for 1 s")
    assert watch.child.poll() is None
    art.db.run("SELECT pg_advisory_unlock(4711)")
    watch.stop()
    assert art.db.value("SELECT count(*) FROM editions") == 6
    assert {(r["status"], r["origin"]) for r in art.db.logs()} == {("completed", "watch")}


def test_an_interrupt_in_the_middle_of_a_sync(art, export):
    hold(art.db)
    watch = Watch(art, "--export-dir", export.path)
    wait_for_held(art.db)
    watch.stop(signal.SIGINT, status=130)
    assert art.db.value("SELECT count(*) FROM prints") == 0
    art.db.quiet()
    assert {r["status"] for r in art.db.logs()} == {"failed"}
    art.db.run("SELECT pg_advisory_unlock(4711)")


def test_the_watchdog_hears_of_a_long_sync(art, export):
    hold(art.db)
    watch = Watch(art, "--export-dir", export.path, env={"WATCHDOG_USEC": "400000"}, abstract=True)
    wait_for_held(art.db)
    watch.until(lambda: watch.said.count("WATCHDOG=1") >= 5)
    watch.says("STATUS=syncing for 1 s")
    assert watch.lines == []
    art.db.run("SELECT pg_advisory_unlock(4711)")
    assert re.match(SYNCED, watch.line(1))
    before = watch.said.count("WATCHDOG=1")
    watch.until(lambda: watch.said.count("WATCHDOG=1") >= before + 3)  # and while nothing is to do
    watch.stop()


def test_a_watchdog_of_another_process(art, export):
    watch = Watch(art, "--export-dir", export.path, env={"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
    watch.line(1)
    watch.says("STATUS=waiting")
    watch.stop()
    assert "WATCHDOG=1" not in watch.said


def test_the_options_of_the_sync(art, export, tmp_path):
    export.edition("E9", "P1", number=9, price="dear").save()
    hold(art.db)
    secret = psycopg2.extensions.parse_dsn(art.db.url)
    watch = Watch(art, "--database", art.db.url + "&password=s3cr3t", "--export-dir", export.path, "--json", "--mode=merge", "-v",
                  "--report", tmp_path / "page.html", "--max-rejects", "50%", url="postgresql://wrong@127.0.0.1:1/none")
    wait_for_held(art.db)
    arguments = open("/proc/%d/cmdline" % watch.sync_pid(), encoding="utf-8").read()
    assert "s3cr3t" not in arguments and secret["dbname"] not in arguments
    art.db.run("SELECT pg_advisory_unlock(4711)")
    watch.until(lambda: "}" in watch.lines)
    report = json.loads("\n".join(watch.lines))
    assert report["mode"] == "merge" and report["tables"][2]["rejected"] == 1
    watch.stop()
    assert (tmp_path / "page.html").exists()


def test_once(art, export):
    assert re.match(SYNCED + ", 10 created$", art.ok("watch", "--once", "--export-dir", export.path, env=STILL).out)
    assert art.ok("watch", "--once", "--quiet", "--export-dir", export.path, env=STILL).out == ""
    export.edition("E9", "P1", number=9, price="dear").save()
    run = art.ok("watch", "--once", "--quiet", "--export-dir", export.path, env=STILL, status=1)
    assert re.match(r"^\S+ art: synced, needs attention, 1 rejected, 1 of them new\n$", run.out)
    assert art.ok("watch", "--once", "--export-dir", export.path / "none", env=STILL, status=2).out.count("\n") == 1


def test_the_server_is_stopped_and_started_again(art, export, tmp_path):
    """It is tried again until the server is back; the notifier hears of that once."""
    folder, script = tmp_path / "server", str(ROOT / "tests" / "pg.sh")
    folder.mkdir()
    folder.chmod(0o711)
    (tmp_path / "told").write_text("#!/bin/sh\necho $ARTSYNC_STATUS >> %s/calls\n" % tmp_path)
    (tmp_path / "told").chmod(0o755)
    server = lambda *args: subprocess.run([script, *args, "--dir", folder], check=True, stdout=subprocess.PIPE, encoding="utf-8")
    server("start", "--fast")
    try:
        url = server("url").stdout.strip()
        art.ok("db", "migrate", url=url)
        watch = Watch(art, "--export-dir", export.path, "--notify", tmp_path / "told", url=url)
        assert re.match(SYNCED + ", 10 created$", watch.line(1))
        server("stop")
        export.edition("E7", "P1", number=7).save("editions")
        assert "art: not synced: " in watch.line(2) and "art: not synced: " in watch.line(3)
        watch.says("STATUS=the last sync failed with status 3; trying again in 1 s")
        watch.says("STATUS=the last sync failed with status 3; trying again in 2 s")
        server("start", "--fast")
        watch.until(lambda: "1 created" in watch.lines[-1])
        watch.stop()
        assert (tmp_path / "calls").read_text() == "3\n"
        with connect(url).cursor() as cursor:
            cursor.execute("SELECT count(*) FROM editions")
            assert cursor.fetchone() == (7,)
    finally:
        server("stop", "--remove")
