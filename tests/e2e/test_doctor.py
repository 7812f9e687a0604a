"""doctor: each thing that a run at night needs, broken by itself; what is said, which command fixes it, and that it does."""
import os
import re
import subprocess
import time

import psycopg2
import pytest
from support import shop

DEVELOPMENT = {"ARTSYNC_ENV": "development"}


class Patient:
    """A database that was synced, an export, and what doctor finds."""

    def __init__(self, art, export):
        self.art, self.export = art, export

    def findings(self, *args, env=None, status=None, url=True):
        told = self.art.run("doctor", "--export-dir", self.export.path, "--json", *args, env=env or DEVELOPMENT, url=url)
        found = told.json["findings"]
        problems = [f for f in found if not f["ok"]]
        assert told.status == (1 if problems else 0), told
        assert all(sorted(f) == ["command", "message", "name", "ok"] for f in found)
        return found

    def problems(self, *args, env=None, url=True):
        return {f["name"]: (f["message"], f["command"]) for f in self.findings(*args, env=env, url=url) if not f["ok"]}

    def fine(self, name, **how):
        return [f["message"] for f in self.findings(**how) if f["ok"] and f["name"] == name]


@pytest.fixture
def patient(art, tmp_path):
    export = shop(tmp_path / "export")
    art.sync(export.save())
    return Patient(art, export)


def test_nothing_is_wrong_and_nothing_is_changed(patient):
    before = patient.art.db.versions(), patient.art.db.logs(), sorted(os.listdir(patient.art.cwd))
    found = patient.findings()
    assert all(f["ok"] for f in found), found
    assert {f["name"] for f in found} == {
        ".env", "settings", "base.json", "connection", "TLS", "server", "schema", "grants", "drift", "mapping", "locks",
        "last sync", "rejects", "export", "disk", "backup", "timer"}
    assert (patient.art.db.versions(), patient.art.db.logs(), sorted(os.listdir(patient.art.cwd))) == before
    told = patient.art.ok("doctor", "--export-dir", patient.export.path, env=DEVELOPMENT)
    assert "all of them are fine" in told.out and "problem" not in told.out
    assert patient.art.ok("doctor", "-q", "--export-dir", patient.export.path, env=DEVELOPMENT).out == ""


def test_settings_are_named_with_where_they_come_from_and_without_secrets(patient):
    file = patient.art.cwd / ".env"
    file.write_text("PGPASSWORD=hidden-one\nARTSYNC_MODE=merge\nARTSYNC_MASK_KEY=hidden-two-hidden-two\n")
    file.chmod(0o644)
    secret = {**DEVELOPMENT, "ARTSYNC_HEARTBEAT_URL": "https://example.org/hidden-three"}
    assert patient.problems(env=secret) == {".env": (".env holds a password and others can read it", "chmod 600 .env")}
    file.chmod(0o600)
    settings = patient.fine("settings", env=secret)
    assert "ARTSYNC_MODE=merge, from .env, line 2: ARTSYNC_MODE" in settings
    assert "ARTSYNC_HEARTBEAT_URL=***, from the environment" in settings
    assert "DATABASE_URL=***, from the environment" in settings
    assert "hidden" not in str(patient.findings(env=secret))
    file.write_text("ARTSYNC_MODE=all\n")
    assert ".env, line 1: ARTSYNC_MODE: \"all\" is not a valid value" in patient.problems()["settings"][0]
    file.write_text("no setting\n")
    assert ".env, line 1" in patient.problems()[".env"][0]


def test_a_notifier_that_cannot_be_run(patient):
    program = patient.art.cwd / "tell"
    env = {**DEVELOPMENT, "ARTSYNC_NOTIFY": str(program)}
    assert "there is no program" in patient.problems(env=env)["notify"][0]
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    assert patient.problems(env=env)["notify"][1] == "chmod +x %s" % program
    program.chmod(0o755)
    assert patient.problems(env=env) == {}


def test_base_and_connection(patient):
    found = patient.problems(url="postgresql:///none?host=/nowhere")
    assert list(found) == ["connection"] and "cannot connect" in found["connection"][0]
    (patient.art.cwd / "base").mkdir()
    (patient.art.cwd / "base" / "base.json").write_text("{}")
    found = patient.problems("--base", "./base")
    assert found["base.json"][1] == "artsync --base ./base base check"


def test_the_schema_and_what_the_role_may_do(patient):
    db = patient.art.db
    db.run("DROP VIEW public.sales_by_month")
    assert patient.problems()["drift"] == ("1 difference from what the migrations make, the view public.sales_by_month first",
                                           "artsync db verify")
    db.run("DELETE FROM artsync.migrations WHERE source = 'art' AND file = "
           "(SELECT max(file) FROM artsync.migrations WHERE source = 'art')")
    message, command = patient.problems()["schema"]
    assert message.startswith("1 migration is not applied") and command == "artsync db migrate"
    db.run("UPDATE artsync.migrations SET sha256 = repeat('0', 64) WHERE file = '0001_bookkeeping.sql'")
    assert "edited" in patient.problems()["schema"][0]


def test_a_missing_grant_is_named_and_fixed(patient):
    db = patient.art.db
    owner = db.value("SELECT tableowner FROM pg_tables WHERE tablename = 'prints'")
    db.run("ALTER TABLE public.prints OWNER TO %s" % db.value("SELECT current_user"))
    db.run("REVOKE ALL ON public.prints FROM %s" % owner)
    db.run("GRANT SELECT ON public.prints TO %s" % owner)
    message, command = patient.problems()["grants"]
    assert "lacks a privilege" in message and command.startswith("GRANT ") and "public.prints" in command
    for finding in patient.findings():
        if finding["name"] == "grants":
            db.run(finding["command"])
    assert "grants" not in patient.problems()


def test_a_mapping_that_does_not_fit(patient):
    patient.art.db.run("ALTER TABLE public.prints DROP COLUMN description CASCADE")
    assert "description" in patient.problems()["mapping"][0]


@pytest.mark.parametrize("own, mode", [(True, "ROW EXCLUSIVE"), (False, "SHARE")])
def test_a_session_that_holds_a_lock(patient, own, mode):
    """An ordinary role sees what its own sessions do, and of others only their locks."""
    idle = psycopg2.connect(patient.art.db.url if own else patient.art.db.admin_url, application_name="forgotten")
    idle.cursor().execute("LOCK TABLE public.prints IN %s MODE" % mode)
    message, command = patient.problems()["locks"]
    assert message.startswith("forgotten of ") and "holds a lock on prints (" in message
    with pytest.raises(psycopg2.OperationalError):
        patient.art.db.run(command.split("'")[1])
        idle.cursor().execute("SELECT 1")
    assert patient.problems() == {}


def test_the_last_runs(patient):
    db = patient.art.db
    patient.export.edition("E1", price="much").save()
    patient.art.sync(patient.export.path, "--max-rejects", "50", status=1)
    assert patient.problems()["rejects"] == ("1 reject is open", "artsync rejects")
    db.run("UPDATE sync_logs SET completed_at = now() - interval '2 days'")
    assert patient.fine("last sync") == ["completed 2 days ago"]
    assert patient.problems(env={"ARTSYNC_ENV": "production"})["last sync"][1] == "artsync sync"
    patient.export.edition("E1", price="more").save()
    patient.art.sync(patient.export.path, "--strict", status=4)
    assert patient.problems()["last sync"][0].startswith("the newest run failed: ")


def test_the_export(patient):
    name = patient.export.file("prints")
    whole = name.read_bytes()
    name.write_bytes(whole.replace(b"Print Name", b"Title"))
    message, command = patient.problems()["export"]
    assert "Title" in message and command == "artsync base check"
    name.write_bytes(whole + b'\n"\xff')
    assert "prints" in patient.problems()["export"][0].lower()
    name.write_bytes(whole.replace(b"\n", b"\n\xff", 1))
    assert "1 record in Prints-Grid view.csv not in UTF-8, line 2 first" in patient.problems()["export"][0]
    name.write_bytes(whole)
    os.utime(name, (time.time(), time.time() - 9 * 86400))
    assert patient.problems() == {}
    assert "was written 9 days ago" in patient.problems(env={"ARTSYNC_ENV": "production"})["export"][0]
    name.unlink()
    assert "Prints-Grid view.csv" in patient.problems()["export"][0]


def test_backups_and_space(patient):
    folder = patient.art.cwd / "backups"
    production = {"ARTSYNC_ENV": "production", "ARTSYNC_BACKUP_DIR": str(folder)}
    assert patient.problems(env=production)["disk"][1] == "mkdir -p %s" % folder
    folder.mkdir()
    file = folder / "art-x-2026-01-01T000000Z.backup"
    file.write_text("")  # no backup, whatever its name
    message, command = patient.problems(env=production)["backup"]
    assert "there is no backup in" in message and command == "artsync backup --dir %s" % folder
    patient.art.ok("backup", file, "--force")
    assert "backup" not in patient.problems(env=production)
    made = re.search(rb'"at":"([^"]+)"', file.read_bytes()).group(1)
    old = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3 * 86400)).encode()
    file.write_bytes(file.read_bytes().replace(made, old))  # copied just now, made long before
    assert "3 days ago" in patient.problems(env=production)["backup"][0]
    file.write_bytes(file.read_bytes().replace(b'"base":"art"', b'"base":"shp"'))
    assert "there is no backup in" in patient.problems(env=production)["backup"][0]
    assert "0 MB are available" in patient.problems(env={**production, "ARTSYNC_BACKUP_DIR": "/proc"})["disk"][0]
    assert "names no folder" in patient.problems(env={"ARTSYNC_ENV": "production"})["backup"][0]


def test_commands_on_files_can_be_pasted(patient):
    place = patient.art.cwd / "it's here"
    env = {**DEVELOPMENT, "ARTSYNC_NOTIFY": str(place / "tell me"), "ARTSYNC_BACKUP_DIR": str(place)}
    subprocess.run(patient.problems(env=env)["disk"][1], shell=True, check=True)
    (place / "tell me").write_text("")
    settings = place / "my settings"
    settings.write_text("PGPASSWORD=hidden\n")
    settings.chmod(0o644)
    found = patient.problems("--env-file", settings, env=env)
    assert sorted(found) == [".env", "notify"]
    for _, command in found.values():
        subprocess.run(command, shell=True, check=True)
    assert patient.problems("--env-file", settings, env=env) == {}
    message, command = patient.problems(env={**env, "ARTSYNC_NOTIFY": str(place)})["notify"]
    assert "is not a file" in message and command is None


def test_a_timer_in_production(patient):
    production = {"ARTSYNC_ENV": "production"}
    assert patient.problems(env=production)["timer"][1] == "systemctl enable --now artsync.timer"
    wants = patient.art.cwd / ".config" / "systemd" / "user" / "timers.target.wants"
    wants.mkdir(parents=True)
    (wants / "artsync.timer").write_text("")
    assert patient.fine("timer", env=production) == ["found in a unit of systemd, of this user"]
    (wants / "artsync.timer").unlink()
    patient.art.sync(patient.export.path, env={"INVOCATION_ID": "b1946ac9"})
    assert patient.fine("timer", env=production) == ["systemd started a run within the last two days"]


def test_online_tries_the_heartbeat_without_sending_one(patient):
    closed = {**DEVELOPMENT, "ARTSYNC_HEARTBEAT_URL": "http://127.0.0.1:1/hidden"}
    assert "heartbeat" not in patient.problems(env=closed)
    message = patient.problems("--online", env=closed)["heartbeat"][0]
    assert "hidden" not in message and "connect" in message
