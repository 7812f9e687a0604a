"""Tables of another PostgreSQL as a source: read in one moment, by COPY, with NULL apart from ''."""
import json
import os

import pytest
from support import Artsync, error_of

TABLES = """
CREATE TABLE public.jobs (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job_id varchar(40) NOT NULL UNIQUE, title text,
    hours numeric(8, 2), due date, started timestamptz, is_open boolean, tags text[], weight double precision, pause interval,
    details jsonb);
"""

COLUMNS = [{"column": "title", "type": "text"}, {"column": "hours", "type": "decimal"}, {"column": "due", "type": "date"},
           {"column": "started", "type": "datetime"}, {"column": "is_open", "type": "boolean"},
           {"column": "tags", "type": "list"}, {"column": "weight", "type": "decimal"},
           {"column": "pause", "type": "duration"}, {"column": "details", "type": "json"}]

SOURCE = """
CREATE TABLE public.work (job_id text, title text, hours numeric, due date, started timestamptz, is_open boolean,
    tags text[], weight double precision, pause interval, details jsonb, secret text);
INSERT INTO public.work VALUES
    ('J1', 'Harbour', 1.500, '2024-02-03', '2024-02-03 12:30:00+02', true, '{a,"b, c",NULL,"q\\"x"}', 0.1, '1 day 02:03:04',
     '{"a": 1}', 'hidden'),
    ('J2', '', 2, NULL, NULL, NULL, '{}', NULL, NULL, NULL, NULL),
    ('J3', NULL, NULL, '2024-12-31', NULL, false, NULL, NULL, NULL, NULL, NULL);
"""


def jobs_base(folder, source, columns=None, **table):
    """A base of one table, jobs, whose records are read from a database."""
    folder.mkdir(exist_ok=True)
    settings = {"name": "works", "date_order": "dmy", "tables": [
        {"table": "jobs", "source": source, "id": {"column": "job_id", "headers": ["job_id"]},
         "columns": COLUMNS if columns is None else columns, **table}]}
    (folder / "base.json").write_text(json.dumps(settings))
    (folder / "0001_tables.sql").write_text(TABLES)
    return folder


@pytest.fixture
def other(databases):
    """The database that is read."""
    db = databases("empty")
    db.run(SOURCE)
    return db


@pytest.fixture
def works(tmp_path, empty, other):
    """The binary at an empty database, with a base that reads `work` of the other one."""
    folder = tmp_path / "work"
    folder.mkdir()
    jobs_base(folder / "base", {"database": "OTHER_URL", "table": "public.work"})
    (folder / ".env").write_text("OTHER_URL=%s\nARTSYNC_BASE=./base\n" % other.admin_url)
    os.chmod(folder / ".env", 0o600)
    art = Artsync(folder, empty)
    art.ok("db", "migrate")
    yield art
    art.kill()


def test_a_table_is_read_with_its_types(works, empty, other):
    report = works.sync(None)
    assert (report["t"]["jobs"]["created"], report["t"]["jobs"]["rejected"]) == (3, 0), report
    assert report["t"]["jobs"]["file"] == "OTHER_URL/public.work"
    rows = {r["job_id"]: r for r in empty.rows("SELECT job_id, title, hours::text, due::text, started::text, is_open, tags, "
                                               "weight, pause::text, details::text FROM jobs")}
    assert list(rows["J1"].values()) == ["J1", "Harbour", "1.50", "2024-02-03", "2024-02-03 10:30:00+00", True,
                                         ["a", "b, c", 'q"x'], 0.1, "1 day 02:03:04", '{"a": 1}']
    assert rows["J2"]["title"] == "" and rows["J2"]["is_open"] is None and rows["J2"]["tags"] == []
    assert rows["J3"]["title"] is None and rows["J3"]["is_open"] is False and rows["J3"]["tags"] is None
    log = empty.row("SELECT source_file, source_hash FROM sync_logs")
    assert log["source_file"] == "OTHER_URL/public.work" and len(log["source_hash"]) == 64
    before = empty.snapshot(["jobs"])
    again = works.sync(None)
    assert again["t"]["jobs"]["skipped"] and empty.snapshot(["jobs"]) == before
    other.run("UPDATE work SET secret = 'other' WHERE job_id = 'J1'")  # a column that no header names is not read
    assert works.sync(None)["t"]["jobs"]["updated"] == 0


def test_null_and_an_empty_text_are_two_values(works, empty, other):
    works.sync(None)
    other.run("UPDATE work SET title = CASE job_id WHEN 'J2' THEN NULL WHEN 'J3' THEN '' ELSE title END")
    changes = works.ok("diff", "--json").json["changes"]
    assert {(c["id"], c["columns"]["title"]["from"], c["columns"]["title"]["to"]) for c in changes} == {
        ("J2", "", None), ("J3", None, "")}
    assert works.sync(None)["t"]["jobs"]["updated"] == 2
    assert [(r["job_id"], r["title"]) for r in empty.rows("SELECT job_id, title FROM jobs ORDER BY 1")][1:] == [
        ("J2", None), ("J3", "")]
    assert works.ok("validate", "--parity", "--json").json["parity"]["tables"][0]["differing"] == 0
    empty.run("UPDATE jobs SET title = NULL WHERE job_id = 'J3'")  # an edit: kept, and parity tells it from ''
    other.run("UPDATE work SET hours = 7 WHERE job_id = 'J1'")
    report = works.sync(None)
    assert (report["t"]["jobs"]["updated"], report["t"]["jobs"]["conflicts"]) == (1, 0)
    assert empty.value("SELECT title FROM jobs WHERE job_id = 'J3'") is None
    assert works.ok("validate", "--parity", "--json", status=1).json["parity"]["tables"][0]["differing"] == 1
    works.ok("rollback", "last")
    works.ok("rollback", empty.value("SELECT sync_id FROM sync_logs WHERE sync_type = 'incremental' AND records_updated = 2"), status=1)
    assert [r["title"] for r in empty.rows("SELECT title FROM jobs ORDER BY job_id")] == ["Harbour", "", None]  # J3: kept


def test_a_query_gives_the_records(works, empty, tmp_path):
    jobs_base(works.cwd / "base", {"database": "OTHER_URL",
                                   "query": "SELECT job_id, upper(title) AS title FROM public.work WHERE hours > 0; "},
              [{"column": "title", "type": "text"}])
    report = works.sync(None)
    assert report["t"]["jobs"]["file"] == "OTHER_URL/query"
    assert empty.rows("SELECT job_id, title FROM jobs ORDER BY 1") == [
        {"job_id": "J1", "title": "HARBOUR"}, {"job_id": "J2", "title": ""}]


def test_rejects_of_a_database_name_the_record_and_can_be_replayed(works, empty, other):
    other.run("UPDATE work SET due = 'infinity' WHERE job_id = 'J1'")
    report = works.ok("sync", "--json", status=1).json
    assert [(r["id"], r["column"], r["line"], r["file"]) for r in report["rejects"]] == [
        ("J1", "due", None, "OTHER_URL/public.work")]
    assert "line" not in works.run("rejects").out.replace("deadline", "")
    works.ok("rejects", "last", "--table", "jobs", "--csv", "fix.csv")
    text = (works.cwd / "fix.csv").read_text()
    assert "infinity" in text
    (works.cwd / "fix.csv").write_text(text.replace("infinity", "2024-05-06"))
    assert works.sync(None, "--file", "jobs=fix.csv")["t"]["jobs"]["created"] == 1
    assert str(empty.value("SELECT due FROM jobs WHERE job_id = 'J1'")) == "2024-05-06"


@pytest.mark.parametrize("change, status, words", [
    ("unset", 2, "OTHER_URL is not set"),
    ("host=/nowhere dbname=x user=y password=secret1", 3, "OTHER_URL"),
    ("postgresql://u:secret1@localhost:1/x", 3, "OTHER_URL"),
    ("no table", 2, "there is no table public.nothing"),
])
def test_a_source_that_cannot_be_read_is_told_and_no_secret_with_it(works, empty, change, status, words):
    if change == "no table":
        jobs_base(works.cwd / "base", {"database": "OTHER_URL", "table": "nothing"})
    else:
        (works.cwd / ".env").write_text("ARTSYNC_BASE=./base\n" + ("" if change == "unset" else "OTHER_URL=%s\n" % change))
    os.chmod(works.cwd / ".env", 0o600)
    for command in (["sync"], ["diff"], ["validate", "--parity"]):
        result = works.ok(*command, "--json", status=status)
        assert words in error_of(result)["message"], result
        assert "secret1" not in result.out + result.err
    assert empty.value("SELECT count(*) FROM sync_logs") == 0
    assert works.run("status", "--json").status in (2, 3)


@pytest.mark.parametrize("query", ["WITH d AS (DELETE FROM public.work RETURNING job_id) SELECT job_id FROM d",
                                   "SELECT job_id FROM public.work FOR UPDATE"])
def test_a_query_that_writes_is_a_wrong_setting(works, other, query):
    jobs_base(works.cwd / "base", {"database": "OTHER_URL", "query": query})
    error = error_of(works.ok("sync", "--json", status=2))
    assert "in a read-only transaction" in error["message"] and error["hint"].startswith("a source is only read")
    assert other.value("SELECT count(*) FROM work") == 3


def test_hints_name_the_setting_of_the_source(works, other):
    (works.cwd / ".env").write_text("ARTSYNC_BASE=./base\nOTHER_URL=%s\n" % other.admin_url.replace("/" + other.name, "/no_such"))
    error = error_of(works.ok("sync", "--json", status=3))
    assert "no_such" in error["message"] and error["hint"].endswith("name another one in OTHER_URL")


def test_the_decimal_mark_of_files_is_none_of_a_database(works, empty):
    path = works.cwd / "base" / "base.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "decimal_mark": "comma"}))
    assert works.sync(None)["t"]["jobs"]["rejected"] == 0
    assert str(empty.value("SELECT hours FROM jobs WHERE job_id = 'J1'")) == "1.50"


def test_a_connection_string_in_base_json_is_refused_and_not_repeated(works):
    jobs_base(works.cwd / "base", {"database": "postgresql://u:secret1@h/d", "table": "t"})
    result = works.ok("base", "check", status=1)
    assert "not the name of a setting" in result.out + result.err and "secret1" not in result.out + result.err
    result = works.ok("sync", status=2)
    assert "secret1" not in result.out + result.err


@pytest.mark.parametrize("source", [{"table": "public.jobs"}, {"query": "SELECT * FROM public.jobs_view"}])
def test_a_table_is_no_source_of_itself(works, empty, source):
    empty.run("CREATE VIEW jobs_view AS SELECT * FROM jobs")
    jobs_base(works.cwd / "base", {"database": "SELF", **source})
    result = works.ok("sync", "--json", status=2, env={"SELF": empty.admin_url + "&application_name=x"})  # another role
    assert "the source is the table that is written to" in error_of(result)["message"]
    empty.run("CREATE TABLE plan AS SELECT 'J9'::text AS job_id, 'Pier'::text AS title")
    jobs_base(works.cwd / "base", {"database": "SELF", "table": "plan"}, [{"column": "title", "type": "text"}])
    assert works.ok("sync", "--json", env={"SELF": empty.admin_url}).json["tables"][0]["created"] == 1


def test_all_tables_of_a_database_are_read_in_one_moment(works, empty, other):
    """While the first table is read, people move a value to the second: it is seen once, as before."""
    other.run("CREATE TABLE places (job_id text, title text); INSERT INTO places VALUES ('P1', 'Dock')")
    settings = json.loads((works.cwd / "base" / "base.json").read_text())
    second = dict(settings["tables"][0], table="places", source={"database": "OTHER_URL", "table": "places"})
    settings["tables"][0]["source"] = {"database": "OTHER_URL", "query":
                                       "SELECT * FROM public.work WHERE pg_advisory_xact_lock_shared(77) IS NOT NULL"}
    second["columns"] = [{"column": "title", "type": "text"}]
    settings["tables"].append(second)
    (works.cwd / "base" / "base.json").write_text(json.dumps(settings))
    (works.cwd / "base" / "0002_places.sql").write_text("CREATE TABLE places (job_id varchar(40) NOT NULL UNIQUE, title text);")
    works.ok("db", "migrate")
    other.run("SELECT pg_advisory_lock(77)")
    child = works.start("sync", "--json")
    other.wait("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
    other.run("UPDATE places SET title = 'Moved'; UPDATE work SET title = 'Moved'")
    other.run("SELECT pg_advisory_unlock(77)")
    result = works.finish(child)
    assert result.status == 0, result
    assert empty.column("SELECT title FROM places") == ["Dock"] and "Moved" not in empty.column("SELECT title FROM jobs")
    assert other.value("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", other.name) == 0


def test_a_lost_source_fails_the_sync_and_changes_nothing(works, empty, other):
    works.sync(None)
    before = empty.snapshot(["jobs"])
    jobs_base(works.cwd / "base", {"database": "OTHER_URL", "query":
              "SELECT job_id, 'new' AS title FROM public.work WHERE job_id < 'J3' OR pg_advisory_xact_lock_shared(77) IS NOT NULL"},
              [{"column": "title", "type": "text"}])
    for end in ("kill", "interrupt"):
        other.run("SELECT pg_advisory_lock(77)")
        child = works.start("sync", "--json")
        other.wait("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        if end == "kill":
            other.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                      other.name)
        else:
            child.terminate()
        result = works.finish(child)
        other.run("SELECT pg_advisory_unlock(77)")
        assert result.status == (4 if end == "kill" else 143), result
        if end == "kill":
            assert "OTHER_URL/query: " in error_of(result)["message"]
        assert empty.snapshot(["jobs"]) == before
        other.wait("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid())", other.name)


def test_names_of_a_source_are_found_in_its_schemas_alone(works, empty, other):
    """A function that somebody plants in public is not what a query of the source calls."""
    other.run("CREATE FUNCTION public.upper(text) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;"
              "ALTER DATABASE %s SET search_path = public, pg_catalog" % other.name)
    jobs_base(works.cwd / "base", {"database": "OTHER_URL", "query": "SELECT job_id, upper(title) AS title FROM public.work"},
              [{"column": "title", "type": "text"}])
    works.sync(None)
    assert empty.value("SELECT title FROM jobs WHERE job_id = 'J1'") == "HARBOUR"
    jobs_base(works.cwd / "base", {"database": "OTHER_URL", "query": "DELETE FROM public.work RETURNING job_id, title"},
              [{"column": "title", "type": "text"}])
    result = works.ok("sync", "--json", status=2)
    assert "read-only" in error_of(result)["message"] and other.value("SELECT count(*) FROM work") == 3


def test_status_show_check_and_export_know_the_source(works, empty):
    works.sync(None)
    assert works.ok("status", "--json").json["tables"][0]["file"] == "OTHER_URL/public.work"
    assert works.ok("status", "--json").json["tables"][0]["changed"] is False
    assert "OTHER_URL/public.work" in works.ok("base", "show").out
    works.ok("base", "check")
    works.ok("export", "--dir", "out")
    assert (works.cwd / "out" / "jobs.csv").exists()
    assert works.ok("sync", "--dry-run", "--json", "--table", "jobs").json["tables"][0]["skipped"] is True
