"""detach: artsync leaves the database, its bookkeeping lies in a folder, and the tables work as before."""
import csv
import os
import signal

import pytest
from support import TABLES, connect


@pytest.fixture
def archived(art, shop):
    """A database with history and a reject, in phase archive."""
    art.sync(shop.put("editions", "E2", price="cheap").save(), "--max-rejects", "5", status=1)
    art.db.edit("editions", "E1", retail_price=99)
    art.sync(shop.put("prints", "P1", notes="two\nlines, \"quoted\"").save())
    art.ok("phase", "archive", "--export-dir", shop.path, "--force")
    return art


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def anything_of_artsync(db):
    return db.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'artsync'") + db.value(
        "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'artsync%%'")


def test_the_tables_work_on(archived, tmp_path):
    db = archived.db
    before = db.snapshot(TABLES)
    logs = db.copy("SELECT * FROM sync_logs ORDER BY id")
    expected = {t: db.value("SELECT count(*) FROM artsync.%s" % t) for t in ("changes", "rejects", "migrations", "state_editions")}
    shown = archived.ok("detach", "--dir", tmp_path / "out", "--yes")
    assert "works without artsync now" in shown.out and anything_of_artsync(db) == 0
    assert db.snapshot(TABLES) == before and db.copy("SELECT * FROM sync_logs ORDER BY id") == logs
    # the bookkeeping, every row of it
    rows = {t: read(tmp_path / "out" / (t + ".csv")) for t in expected}
    assert {t: len(r) for t, r in rows.items()} == expected and all(expected.values())
    assert rows["rejects"][0]["value"] == "cheap" and "0001_bookkeeping.sql" in {r["file"] for r in rows["migrations"]}
    assert oct((tmp_path / "out" / "changes.csv").stat().st_mode)[-3:] == "600"
    # the business goes on: new rows get their defaults, changed ones are stamped, a stamp that is set is kept
    db.run("INSERT INTO prints (name) VALUES ('After')")
    row = db.row("SELECT * FROM prints WHERE name = 'After'")
    assert row["is_active"] and row["sync_version"] == 1 and row["created_at"] and row["updated_at"] and row["airtable_id"]
    db.run("UPDATE prints SET updated_at = '2001-01-01'")
    db.run("UPDATE prints SET notes = 'again' WHERE name = 'After'")
    stamps = {r["name"]: r["updated_at"].year for r in db.rows("SELECT name, updated_at FROM prints")}
    assert stamps.pop("After") > 2001 and set(stamps.values()) == {2001}
    for view in ("sales_by_month", "stock_by_distributor", "unsold_by_print"):
        db.rows("SELECT * FROM %s" % view)
    # there is nothing left to detach, or to sync into
    for command in (["detach", "--dir", tmp_path / "again", "--yes"], ["sync"], ["status"]):
        assert archived.ok(*command, status=3)
    assert not (tmp_path / "again").exists()


def test_json(archived, tmp_path):
    report = archived.ok("detach", "--dir", tmp_path / "out", "--yes", "--keep-columns", "--json").json
    assert report["triggers"] == 3 and report["base"] == "art"
    for file in report["files"]:
        assert file["rows"] == len(read(file["file"])) and file["file"] == str(tmp_path / "out" / (file["table"] + ".csv"))


def test_only_in_phase_archive(art, shop, tmp_path):
    art.sync(shop.save())
    for phase in (None, "primary"):
        if phase:
            art.ok("phase", phase, "--export-dir", shop.path, "--force")
        run = art.ok("detach", "--dir", tmp_path / "out", "--yes", status=4)
        assert "not in phase archive" in run.err and not (tmp_path / "out").exists()
    art.ok("db", "verify")


def test_it_has_to_be_meant(archived, tmp_path):
    assert "--yes" in archived.ok("detach", "--dir", tmp_path / "out", status=2).err
    assert "--dir" in archived.ok("detach", "--yes", status=2).err
    assert not (tmp_path / "out").exists()
    archived.ok("db", "verify")


def test_nothing_happens_where_something_needs_it(archived, tmp_path):
    """A view of the business on the history; a file that already exists; a folder that cannot be written."""
    db = archived.db
    db.run("CREATE VIEW public.our_changes AS SELECT * FROM artsync.changes")
    run = archived.ok("detach", "--dir", tmp_path / "out", "--yes", status=4)
    assert "our_changes" in run.err and not (tmp_path / "out").exists()
    db.run("DROP VIEW public.our_changes")
    db.run("CREATE TYPE artsync.ours AS ENUM ('a')")
    assert "ours" in archived.ok("detach", "--dir", tmp_path / "out", "--yes", status=4).err
    db.run("DROP TYPE artsync.ours")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rejects.csv").write_text("of somebody else")
    run = archived.ok("detach", "--dir", tmp_path / "out", "--yes", status=4)
    assert "rejects.csv already exists" in run.err and "--force" not in run.err  # detach has no such option
    assert os.listdir(tmp_path / "out") == ["rejects.csv"]
    (tmp_path / "file").write_text("")
    assert archived.ok("detach", "--dir", tmp_path / "file" / "out", "--yes", status=4)
    archived.ok("db", "verify")
    archived.ok("history")


def test_names_that_are_taken(archived, tmp_path):
    """The business has a trigger and a function of the names that would be given."""
    db = archived.db
    db.run("CREATE FUNCTION public.prints_touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.notes := ''theirs''; RETURN NEW; END'")
    db.run("CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.prints FOR EACH ROW EXECUTE FUNCTION public.prints_touch()")
    archived.ok("detach", "--dir", tmp_path / "out", "--yes")
    db.run("UPDATE prints SET updated_at = '2001-01-01'")
    db.run("UPDATE prints SET description = 'x'")
    assert {(r["notes"], r["updated_at"].year > 2001) for r in db.rows("SELECT notes, updated_at FROM prints")} == {("theirs", True)}


def test_a_column_of_another_name(art, tmp_path):
    base = art.cwd / "base"
    base.mkdir()
    (base / "0001_tables.sql").write_text(
        "CREATE TABLE public.\"my things\" (id serial PRIMARY KEY, key text NOT NULL UNIQUE, v text);\n")
    (base / "base.json").write_text(
        '{"name": "things", "schema": "public", "date_order": "mdy", "tables": [{"table": "my things", "file": "t.csv", '
        '"metadata": {"updated_at": "it\'s \\"changed\\""}, "id": {"column": "key", "headers": ["key"]}, '
        '"columns": [{"column": "v", "headers": ["v"], "type": "text"}]}]}')
    art.ok("--base", "./base", "db", "migrate")
    export = tmp_path / "export"
    export.mkdir()
    (export / "t.csv").write_text("key,v\nk,v\n")
    art.ok("--base", "./base", "sync", "--export-dir", export)
    art.ok("--base", "./base", "phase", "archive", "--export-dir", export, "--force")
    run = art.ok("--base", "./base", "detach", "--dir", tmp_path / "out", "--yes")
    # the other base of the database is as it was
    assert "other bases" in run.out
    art.ok("db", "verify")
    assert art.db.value("SELECT count(*) FROM artsync.migrations WHERE source = 'things'") == 0
    assert [r["source"] for r in read(tmp_path / "out" / "migrations.csv")] == ["things"]
    assert len(read(tmp_path / "out" / "state_my things.csv")) == 1
    art.db.run('UPDATE public."my things" SET "it\'s ""changed""" = \'2001-01-01\'')
    art.db.run("UPDATE public.\"my things\" SET v = 'w'")
    assert art.db.value('SELECT extract(year FROM "it\'s ""changed""")::int FROM public."my things"') > 2001
    art.ok("--base", "./base", "detach", "--dir", tmp_path / "again", "--yes", status=3)


def test_interrupted(archived, tmp_path):
    holder = connect(archived.db.admin_url)
    holder.autocommit = False
    holder.cursor().execute("LOCK TABLE artsync.rejects")
    child = archived.start("detach", "--dir", tmp_path / "out", "--yes")
    archived.db.wait("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'artsync%%' "
                     "AND wait_event_type = 'Lock')", archived.db.name)
    child.send_signal(signal.SIGTERM)
    assert archived.finish(child).status == 143
    holder.close()
    assert not (tmp_path / "out").exists()
    archived.ok("db", "verify")
