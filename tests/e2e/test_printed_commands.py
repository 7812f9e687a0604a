"""Commands in messages: they name the base that they were given for, and a POSIX shell runs them as they are printed."""
import json
import os
import re
import shlex
import subprocess

import pytest
from support import BINARY, ROOT, error_of

NAME = "It's a \"table\" $HOME `x`; é"


def one_table(folder, name, table="Order Items", file="Order_Items.csv"):
    """A base of its own: one table with a key and a number."""
    folder.mkdir(parents=True)
    (folder / "base.json").write_text(json.dumps({
        "name": name, "schema": "public", "date_order": "mdy", "tables": [
            {"table": table, "file": file, "id": {"column": "key", "headers": ["Record ID"]},
             "columns": [{"column": "n", "headers": ["n"], "type": "integer"}]}]}), encoding="utf-8")
    (folder / "0001_tables.sql").write_text(
        'CREATE TABLE public."%s" (id serial PRIMARY KEY, key text NOT NULL UNIQUE, n int);' % table.replace('"', '""'),
        encoding="utf-8")
    export = folder / "before"
    export.mkdir()
    (export / file).write_text("Record ID,n\nk1,1\nk2,many\n", encoding="utf-8")
    return folder


def commands_in(text):
    """The commands that a message tells people to run: from "artsync" to the end of its line."""
    return re.findall(r"\b(artsync .*)$", text, re.MULTILINE)


def shell(art, command, status=0, **env):
    """Paste it into a shell."""
    environment = {"PATH": "%s:%s" % (os.path.dirname(BINARY), os.environ["PATH"]), "LC_ALL": "C.UTF-8",
                   "HOME": str(art.cwd), "DATABASE_URL": art.db.url, **env}
    done = subprocess.run(["sh", "-c", command], cwd=art.cwd, env=environment, encoding="utf-8", check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == status, (command, done.stdout, done.stderr)
    return done


@pytest.mark.parametrize("table", ["Order Items", NAME, "tab\there\u202e"])
def test_the_commands_of_a_sync_can_be_pasted(art, empty, table):
    art.db = empty
    base = one_table(art.cwd / "my base", "items", table)
    failed = art.ok("--base", base, "sync", "--export-dir", base / "before", status=3)
    command, = commands_in(failed.err.split("hint:")[1])
    shell(art, command)
    text = art.ok("--base", base, "sync", "--max-rejects", "50%", "--export-dir", base / "before", status=1).out
    assert len(commands_in(text)) == 3
    for command in commands_in(text)[:2]:
        assert shlex.split(command)[:3] == ["artsync", "--base", str(base)]
        written = shell(art, command).stdout
    fixed = art.cwd / "fixed.csv"
    fixed.write_text(fixed.read_text(encoding="utf-8").replace("many", "2"), encoding="utf-8")
    assert commands_in(written) == commands_in(text)[2:]
    shell(art, commands_in(text)[2])
    assert art.db.value("SELECT sum(n) FROM public.\"%s\"" % table.replace('"', '""').replace("%", "%%")) == 3
    assert commands_in(art.ok("--base", base, "rejects").out) == []


def test_a_plain_command_has_no_quotes_and_the_default_base_no_name(art, shop):
    text = art.ok("sync", "--export-dir", shop.edition("E1", price="much").save(), "--max-rejects", "50", status=1).out
    assert commands_in(text) == ["artsync rejects", "artsync rejects --table editions --csv fixed.csv",
                                 "artsync sync --file editions=fixed.csv"]


@pytest.mark.parametrize("args", [["history", "zz"], ["rejects", "zz"], ["rollback", "zzzz"], ["validate", "--check", "zz"],
                                  ["rollback", "zz"]])
def test_hints_name_the_base_and_the_env_file(art, empty, args):
    art.db = empty
    base = one_table(art.cwd / "items", "items")
    (art.cwd / "my.env").write_text("ARTSYNC_MODE=merge\n")
    os.chmod(art.cwd / "my.env", 0o600)
    art.ok("--base", "./items", "db", "migrate")
    hint = error_of(art.ok("--base", "./items", "--env-file", "my.env", *args, "--json", status=2))["hint"]
    assert commands_in(hint)[0].startswith("artsync --base ./items --env-file my.env "), hint
    shell(art, commands_in(hint)[0])
    from_environment = art.ok(*args, "--json", status=2, env={"ARTSYNC_BASE": str(base)})
    assert shlex.split(commands_in(error_of(from_environment)["hint"])[0])[:3] == ["artsync", "--base", str(base)]


def test_a_database_named_by_option_is_named_again_but_never_its_password(art, empty, databases):
    other = databases("empty")
    art.db = other
    hint = error_of(art.ok("-d", empty.url, "sync", "--json", status=3))["hint"]
    shell(art, commands_in(hint)[0])
    assert empty.value("SELECT to_regclass('public.prints') IS NOT NULL")
    assert other.value("SELECT to_regclass('public.prints') IS NULL")
    art.db = empty
    secret = other.url.replace("postgresql:///", "postgresql://artsync_tester:hush-hush@/")
    failed = art.ok("-d", secret, "sync", "--json", status=3)
    assert "hush" not in failed.out + failed.err
    command, = commands_in(error_of(failed)["hint"])
    assert command == "artsync -d URL db migrate"
    shell(art, command, status=2)


# ---- the default base, unnamed, beside another one ----

def test_db_migrate_never_makes_the_default_base_in_another_ones_database(art, empty):
    art.db = empty
    base = one_table(art.cwd / "my base", "items")
    art.ok("--base", base, "db", "migrate")
    for args in (["db", "migrate"], ["db", "migrate", "--adopt"], ["db", "reset", "--yes"]):
        error = error_of(art.ok(*args, "--json", status=2, env={"ARTSYNC_ENV": "development"}))
        assert "items" in error["message"] and "art" in error["message"]
        assert [shlex.split(c)[:3] for c in commands_in(error["hint"])] == [["artsync", "--base", "art"],
                                                                          ["artsync", "--base", str(base)]]
    assert empty.value("SELECT to_regclass('public.prints') IS NULL")
    for command in commands_in(error_of(art.ok("db", "migrate", "--json", status=2))["hint"]):
        shell(art, command)
    assert empty.value("SELECT to_regclass('public.prints') IS NOT NULL")
    art.ok("db", "migrate")  # it is there now: nothing to ask


def test_a_command_without_a_base_in_another_ones_database_names_the_command(art, empty):
    """As it was typed, for the base that the database has; it can be pasted."""
    art.db = empty
    base = one_table(art.cwd / "my base", "items")
    art.ok("--base", base, "db", "migrate")
    error = error_of(art.ok("sync", "--json", "--quiet", "--export-dir", base / "before", "--max-rejects", "90%", status=3))
    assert error["code"] == "schema" and "items" in error["message"]
    here, there = commands_in(error["hint"])
    assert shlex.split(here) == ["artsync", "--base", "art", "db", "migrate"]
    assert shlex.split(there) == ["artsync", "--base", str(base), "sync", "--export-dir", str(base / "before"), "--max-rejects", "90%"]
    shell(art, there, status=1)
    for args in (["rejects", "--table", "Order Items"], ["rollback", "last", "--dry-run"], ["stats"]):
        error = error_of(art.ok(*args, "--json", status=3))
        assert shlex.split(commands_in(error["hint"])[1])[3] == args[0], error
    art.ok("db", "status", "--json", env={"ARTSYNC_BASE": str(base)})


def test_a_named_default_base_may_be_beside_others(art, databases):
    for how in ({"args": ["--base", "art"]}, {"env": {"ARTSYNC_BASE": "art"}}):
        art.db = databases("empty")
        art.ok("--base", ROOT / "tests" / "bases" / "people", "db", "migrate")
        art.ok(*how.get("args", []), "db", "migrate", env=how.get("env"))


# ---- sync ids ----

@pytest.mark.parametrize("command", ["rollback", "history", "rejects"])
def test_an_empty_sync_id_is_refused(art, shop, command):
    art.sync(shop.save())
    before = art.db.versions()
    error = error_of(art.ok(command, "", "--json", status=2))
    assert "empty" in error["message"] and art.db.versions() == before


def test_a_prefix_for_rollback_has_four_characters(art, shop):
    sync_id = art.sync(shop.save())["sync_id"]
    before = art.db.versions()
    for n in (1, 2, 3):
        assert "4" in art.ok("rollback", sync_id[:n], status=2).err
        art.ok("history", sync_id[:n])
    assert art.db.versions() == before
    art.ok("rollback", sync_id[:4])
    assert not art.db.has("prints", "P1")


@pytest.mark.parametrize("args", [["backup", ""], ["restore", ""], ["phase", ""], ["help", ""], ["completion", ""]])
def test_no_argument_may_be_empty(art, args):
    assert "empty" in art.ok(*args, status=2).err


# ---- history ----

def test_last_where_no_sync_has_completed(art, shop):
    assert "there is no sync of the base art yet" in art.ok("history", "last", status=2).err
    for _ in range(2):
        art.ok("sync", "--strict", "--export-dir", shop.edition("E1", "P1", number=1, price="much").save(), status=4)
    assert "no sync of the base art has completed: 2 failed" in art.ok("history", "last", status=2).err
    assert "no sync of the base art can be undone: 2 failed" in art.ok("rollback", "last", status=2).err
    art.sync(shop.edition("E1", "P1", number=1, price="5").save())
    art.sync(shop.path)
    art.ok("rollback", "last")
    assert "no sync of the base art can be undone: 2 failed, 1 rolled back, 1 without changes" in art.ok(
        "rollback", "last", status=2).err


def test_history_says_why_a_sync_failed(art, shop):
    art.sync(shop.save())
    failed = art.ok("sync", "--strict", "--export-dir", shop.edition("E1", price="much").save(), status=4)
    reason = re.search("error: (.*)", failed.err).group(1)
    newest = art.ok("history", "--json").json["syncs"][0]
    assert (newest["status"], newest["reason"]) == ("failed", reason)
    assert art.ok("history", "--json").json["syncs"][1]["reason"] is None
    assert reason in art.ok("history").out
    one = art.ok("history", newest["sync_id"], "--json").json
    assert one == {"changes": [], "reason": reason}
    text = art.ok("history", newest["sync_id"]).out
    assert reason in text and "It changed nothing" not in text


def test_history_shows_what_a_rollback_deleted_as_deleted(art, shop):
    art.sync(shop.save())
    art.ok("rollback", "last")
    newest = {t["table"]: t for t in art.ok("history", "--json").json["syncs"][0]["tables"]}
    assert {t: (newest[t]["deleted"], newest[t]["deactivated"]) for t in newest} == {
        "prints": (2, 0), "distributors": (2, 0), "editions": (6, 0)}
    heading, rollback, sync = (re.split("  +", line) for line in art.ok("history").out.splitlines()[:3])
    assert rollback[heading.index("deleted")] == "10" and rollback[heading.index("deactivated")] == "0"
    assert sync[heading.index("deleted")] == "0"


@pytest.mark.parametrize("command", [["history"], ["rollback"], ["rejects"], ["history", "--record"]])
def test_an_id_that_is_not_utf8_is_a_usage_error(art, command):
    error = art.ok(*command, os.fsdecode(b"\xff\xfe\xfd\xfc"), status=2).err
    assert "not UTF-8" in error
