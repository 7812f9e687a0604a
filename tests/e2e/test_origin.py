"""What started a run, and what kind of run it was, as the log has it."""
import os
import pty
import subprocess

import pytest
from support import BINARY, default_signals, shop


@pytest.fixture
def export(tmp_path):
    return shop(tmp_path / "export").save()


def origin(art):
    return art.ok("history", "--json").json["syncs"][0]["origin"]


@pytest.mark.parametrize("variables, expected", [
    ({}, "other"), ({"INVOCATION_ID": "b1946ac9"}, "systemd"), ({"INVOCATION_ID": ""}, "other"),
    ({"ARTSYNC_STARTED_BY": "watch", "INVOCATION_ID": "b1946ac9"}, "watch"), ({"ARTSYNC_STARTED_BY": "cron"}, "other")])
def test_variables(art, export, variables, expected):
    art.ok("sync", "--export-dir", export, env=variables)
    assert origin(art) == expected
    assert set(art.db.column("SELECT DISTINCT origin FROM sync_logs")) == {expected}


@pytest.mark.parametrize("name, expected", [("cron", "cron"), ("CROND", "cron"), ("cronjob", "systemd")])
def test_an_ancestor_called_cron(art, export, tmp_path, name, expected):
    daemon = tmp_path / name
    # a process whose own name is that of the daemon, with a shell between, as cron starts its jobs
    daemon.write_text("#!/bin/sh\n/bin/sh -c '\"$@\"; exit $?' sh \"$@\"\nexit $?\n")
    daemon.chmod(0o755)
    run = art.finish(art.start("sync", "--export-dir", export, env={"INVOCATION_ID": "b1946ac9"}, through=[str(daemon)]))
    assert run.status == 0 and origin(art) == expected


def test_a_person_at_a_terminal(art, export):
    leader, follower = pty.openpty()
    child = subprocess.Popen([BINARY, "sync", "--export-dir", export], cwd=art.cwd, stdin=follower, stdout=subprocess.PIPE,
                             env={"PATH": os.environ["PATH"], "DATABASE_URL": art.db.url}, preexec_fn=default_signals)
    child.communicate()
    assert child.returncode == 0 and origin(art) == "terminal"
    os.close(leader)
    os.close(follower)


def test_a_rollback_has_one_too(art, export):
    art.sync(export)
    art.ok("rollback", "last", env={"INVOCATION_ID": "b1946ac9"})
    assert [s["origin"] for s in art.ok("history", "--json").json["syncs"]] == ["systemd", "other"]


def test_a_named_file_is_a_manual_run(art, export):
    art.sync(export)
    art.sync(None, "--file", "prints=%s" % (export / "Prints-Grid view.csv"), "--mode", "merge")
    types = [(s["type"], [t["table"] for t in s["tables"]]) for s in art.ok("history", "--json").json["syncs"]]
    assert types == [("manual", ["prints"]), ("incremental", ["prints", "distributors", "editions"])]
    # for everything else it is a sync like any other
    assert art.ok("status", "--export-dir", export, "--json").json["tables"][0]["last_sync_id"] == \
        art.ok("history", "--json").json["syncs"][0]["sync_id"]
