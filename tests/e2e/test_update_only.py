"""Tables that are only updated, that are not artsync's, and ids of several columns."""
import json
import os

import pytest
from support import Artsync, by_table, counts, error_of

JOBS = """
CREATE TABLE public.jobs (job integer NOT NULL, release text NOT NULL, fab_order numeric(10, 1), stage text, note text NOT NULL,
    PRIMARY KEY (job, release));
"""
COLUMNS = [{"column": "job", "type": "integer"}, {"column": "release", "type": "text"},
           {"column": "fab_order", "type": "decimal"}, {"column": "stage", "type": "text"}]


@pytest.fixture
def other(databases):
    db = databases("empty")
    db.run(JOBS.replace("integer NOT NULL", "numeric NOT NULL"))
    return db


@pytest.fixture
def plant(tmp_path, empty, other):
    """The binary beside a table of somebody else, which a base updates from another database."""
    folder = tmp_path / "work"
    (folder / "base").mkdir(parents=True)
    base = {"name": "plant", "tables": [
        {"table": "jobs", "source": {"database": "OTHER_URL", "table": "public.jobs"}, "insert": False, "metadata": False,
         "id": {"columns": ["job", "release"]}, "columns": COLUMNS}]}
    (folder / "base" / "base.json").write_text(json.dumps(base))
    (folder / ".env").write_text("OTHER_URL=%s\nARTSYNC_BASE=./base\n" % other.admin_url)
    os.chmod(folder / ".env", 0o600)
    empty.run(JOBS)
    empty.run("ALTER TABLE jobs OWNER TO artsync_tester")
    art = Artsync(folder, empty)
    yield art
    art.kill()


def fill(db, *rows):
    for job, release, order, stage in rows:
        db.run("INSERT INTO jobs VALUES (%s, %s, %s, %s, 'n')", job, release, order, stage)


def test_only_rows_that_are_there_are_updated(plant, empty, other):
    fill(other, ("1.0", "A", 500, "cut"), (2, "B/C", None, ""), (3, "D\\E", 7, "weld"), (9, "Z", 1, None))
    fill(empty, (1, "A", 510, "cut"), (2, "B/C", 3, None), (3, "D\\E", 7, "weld"), (4, "X", 5, "paint"))
    before = empty.copy("SELECT a.attname, a.atttypid FROM pg_attribute a WHERE attrelid = 'jobs'::regclass ORDER BY attnum")
    plant.ok("db", "migrate")
    assert before == empty.copy("SELECT a.attname, a.atttypid FROM pg_attribute a WHERE attrelid = 'jobs'::regclass "
                                "ORDER BY attnum")
    assert empty.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'jobs'::regclass") == 0
    report = plant.sync(None)
    assert counts(report, "jobs", "read", "created", "updated", "unchanged", "rejected", "not_found", "conflicts") == (
        4, 0, 2, 1, 0, 1, 0), report
    assert report["not_found"] == [{"table": "jobs", "id": "9/Z"}]
    rows = empty.rows("SELECT job, release, fab_order::text, stage FROM jobs ORDER BY job")
    assert [tuple(r.values()) for r in rows] == [(1, "A", "500.0", "cut"), (2, "B/C", None, ""), (3, "D\\E", "7.0", "weld"),
                                                 (4, "X", "5.0", "paint")]
    assert {r["id"] for r in plant.ok("history", "last", "--json").json["changes"]} == {"1/A", "2/B\\/C"}
    assert empty.value("SELECT records_not_found FROM sync_logs") == 1
    assert plant.sync(None)["t"]["jobs"]["skipped"]
    fill(empty, (9, "Z", 2, None))  # the record that was not found has a row now, whose value nothing explains
    assert counts(plant.sync(None, status=1), "jobs", "not_found", "updated", "conflicts") == (0, 1, 1)
    assert plant.ok("validate", "--parity", "--json").json["parity"]["status"] == "pass"
    plant.ok("rollback", "last")
    assert empty.value("SELECT fab_order::text FROM jobs WHERE job = 9") == "2.0"


def test_the_first_sync_is_a_merge_and_later_ones_keep_edits(plant, empty, other):
    fill(other, (1, "A", 500, "cut"), (2, "B", 600, "cut"))
    fill(empty, (1, "A", 510, "cut"), (2, "B", 600, "cut"))
    plant.ok("db", "migrate")
    report = plant.sync(None)
    assert counts(report, "jobs", "updated", "conflicts", "overwritten") == (1, 0, 1)
    empty.run("UPDATE jobs SET stage = 'edited' WHERE job = 2")
    other.run("UPDATE jobs SET fab_order = 7 WHERE job = 1")
    assert counts(plant.sync(None), "jobs", "updated", "conflicts") == (1, 0)
    assert empty.value("SELECT stage FROM jobs WHERE job = 2") == "edited"


def test_a_record_that_is_not_found_is_never_a_reject(plant, empty, other):
    other.run("ALTER TABLE jobs ALTER COLUMN fab_order TYPE text, DROP CONSTRAINT jobs_pkey")
    other.run("ALTER TABLE jobs ALTER COLUMN release DROP NOT NULL")
    fill(other, (1, "A", "bad", "cut"), (2, "B", "bad", "cut"), (3, "", "1", "cut"), (4, None, "1", "cut"))
    fill(empty, (1, "A", 510, "cut"))
    plant.ok("db", "migrate")
    report = plant.sync(None, "--max-rejects", "100%", status=1)
    assert counts(report, "jobs", "rejected", "not_found") == (3, 1)
    assert sorted((r["id"] or "-", r["column"], r["code"]) for r in report["rejects"]) == [
        ("-", "release", "missing_id"), ("-", "release", "missing_id"), ("1/A", "fab_order", "invalid_value")]


def test_a_foreign_table_is_left_as_it_is(plant, empty, other):
    fill(empty, (1, "A", 510, "cut"))
    fill(other, (1, "A", 500, "cut"))
    plant.ok("db", "migrate")
    plant.sync(None)
    result = plant.ok("sync", "--json", "--mode", "full", status=4)
    assert "full" in error_of(result)["message"]
    plant.ok("base", "check")
    plant.ok("db", "verify")
    plant.ok("export", "--dir", "out")
    assert (plant.cwd / "out" / "jobs.csv").read_text(encoding="utf-8-sig") == "job,release,fab_order,stage\n1,A,500.0,cut"
    plant.ok("db", "drop", "--yes", env={"ARTSYNC_ENV": "development"})
    assert empty.value("SELECT count(*) FROM jobs") == 1 and empty.value("SELECT to_regnamespace('artsync')") is None


def test_db_drop_leaves_a_foreign_table_that_a_file_of_the_base_made(plant, empty, other):
    (plant.cwd / "base" / "0001_tables.sql").write_text(JOBS.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"))
    plant.ok("db", "migrate")
    plant.ok("db", "drop", "--yes", env={"ARTSYNC_ENV": "development"})
    assert empty.value("SELECT count(*) FROM jobs") == 0


def test_two_rows_with_one_id_are_refused(plant, empty, other):
    empty.run("ALTER TABLE jobs DROP CONSTRAINT jobs_pkey")
    fill(empty, (1, "A", 510, "cut"), (1, "A", 511, "cut"))
    fill(other, (1, "A", 500, "cut"))
    plant.ok("db", "migrate")
    assert "two rows have the id 1/A" in error_of(plant.ok("sync", "--json", status=4))["message"]


def test_several_id_columns_insert_too(plant, empty, other):
    settings = json.loads((plant.cwd / "base" / "base.json").read_text())
    del settings["tables"][0]["insert"], settings["tables"][0]["metadata"]
    (plant.cwd / "base" / "base.json").write_text(json.dumps(settings))
    empty.run("ALTER TABLE jobs ALTER COLUMN note SET DEFAULT 'made'")
    fill(other, (1, "A/B", 500, "cut"), (2, "C", 600, "cut"))
    plant.ok("db", "migrate")
    assert counts(plant.sync(None), "jobs", "created") == (2,)
    other.run("UPDATE jobs SET stage = 'weld' WHERE job = 1")
    other.run("DELETE FROM jobs WHERE job = 2")
    report = plant.sync(None, "--mode", "full")
    assert counts(report, "jobs", "updated", "deactivated") == (1, 1)
    plant.ok("rollback", "last")
    first = empty.value("SELECT sync_id FROM sync_logs ORDER BY id LIMIT 1")
    plant.ok("rollback", first)
    assert empty.value("SELECT count(*) FROM jobs") == 0
