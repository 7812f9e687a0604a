"""Who may CREATE in schema public gets nothing by it: no statement of artsync, on any connection, in any migration or
view, runs what such a role has planted there."""
import json

import planted
import psycopg2
import pytest
import support
from planted import MARK

PATHS = [None, "public, pg_catalog"]
DEVELOPMENT = {"ARTSYNC_ENV": "development"}


def exports(tmp_path):
    """Three nights: a first load with rejects; changes, a rename, a record gone, edits; the same once more."""
    first = support.shop(tmp_path / "first")
    first.edition("E7", "P1", number=9, size="Huge").edition("E8", "P1", number=1, price="much")
    second = first.copy(tmp_path / "second").print("P2", "Lighthouse II").drop("editions", "E6")
    second.edition("E1", price="£77.00").edition("E2", number=3).edition("E3", number=2).edition("E8", price="£5.00")
    second.edition("E9", "P2", number=12).print("P3", "Dunes")
    return first.save(), second.save()


class Night:
    """Runs commands and looks at all they say for a sign of what was planted."""

    def __init__(self, art, url):
        self.art, self.url, self.ran, self.failed = art, url, [], []

    def run(self, *args, status=(0,)):
        result = self.art.run(*args, url=self.url, env=DEVELOPMENT)
        words = [line for line in (result.out + result.err).splitlines() if MARK in line]
        self.ran += ["artsync %s: %s" % (" ".join(map(str, args)), w) for w in words[:3]]
        if result.status not in status:
            self.failed.append(result)
        return result


def every_command(night, first, second, folder):
    night.run("db", "status")
    night.run("db", "migrate")
    night.run("db", "status", "--json")
    night.run("db", "verify")
    night.run("base", "show")
    night.run("base", "check")
    night.run("status", "--export-dir", first)
    night.run("diff", "--export-dir", first, "--limit", 0, status=(0, 1))
    night.run("sync", "--export-dir", first, "--dry-run", status=(0, 1))
    night.run("sync", "--export-dir", first, status=(1,))
    night.run("sync", "--export-dir", first)
    night.run("diff", "--export-dir", second, status=(0, 1))
    night.run("sync", "--export-dir", second, status=(0, 1))
    last = json.loads(night.run("history", "--json").out or "{}").get("syncs", [{}])[0].get("sync_id", "last")
    night.run("sync", "--export-dir", second, "--mode", "merge", status=(0, 1))
    night.run("sync", "--export-dir", second, "--mode", "full", "--max-deactivate", "50%", status=(0, 1))
    night.run("sync", "--export-dir", first, "--on-conflict", "reject", status=(0, 1))
    night.run("rollback", "last", "--dry-run", status=(0, 1))
    night.run("rollback", "last", status=(0, 1))
    night.run("sync", "--file", "editions=%s" % (second / "Editions-All Records.csv"), "--table", "editions",
              status=(0, 1))
    night.run("validate", status=(0, 1))
    night.run("validate", "--parity", "--export-dir", second, status=(0, 1))
    night.run("validate", "--list")
    night.run("stats")
    night.run("status", "--export-dir", second)
    night.run("history")
    night.run("history", last)
    night.run("history", "--record", support.rid("E1"))
    night.run("rejects")
    night.run("rejects", last)
    night.run("rejects", "--table", "editions", "--csv", folder / "rejects.csv")
    night.run("export", "--dir", folder / "out")
    night.run("phase")
    night.run("phase", "primary", "--force", "--export-dir", second, status=(0, 1))
    night.run("phase", "parallel")
    night.run("backup", folder / "backup")
    night.run("restore", folder / "backup", status=(4,))
    night.run("restore", "--force", folder / "backup")
    night.run("rollback", last, status=(0, 1))
    night.run("db", "reset", "--yes")
    night.run("sync", "--export-dir", first, status=(1,))


@pytest.mark.parametrize("path", PATHS, ids=["ordinary path", "public first"])
@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_no_command_runs_what_was_planted(empty, tmp_path, role, path):
    assert planted.plant(empty, path) > 1000
    art = support.Artsync(tmp_path, empty)
    night = Night(art, empty.url if role == "owner" else empty.admin_url)
    every_command(night, *exports(tmp_path), tmp_path)
    read_views(night, empty)
    night.run("db", "drop", "--yes")
    assert not night.ran, "\n".join(night.ran)
    assert not night.failed, night.failed


def read_views(night, db):
    """As people read them, under the database's own search_path."""
    connection = psycopg2.connect(db.admin_url)
    with connection.cursor() as cursor:
        for view in ("sales_by_month", "stock_by_distributor", "unsold_by_print"):
            cursor.execute("TABLE public.%s" % view)
            cursor.fetchall()
    night.ran += [n for n in connection.notices if MARK in n]
    connection.close()


# ---- whose schema it is ----

def plant_schema(db, *, owner=planted.ROLE, extra=""):
    """A schema artsync as it would be after `db migrate`, but with the planter's trigger and defaults on its tables."""
    db.run("GRANT CREATE ON DATABASE %s TO %s" % (db.name, owner))
    connection = support.connect(support.make_url(psycopg2.extensions.parse_dsn(db.admin_url), user=owner))
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE SCHEMA artsync;
            GRANT ALL ON SCHEMA artsync TO PUBLIC;
            CREATE FUNCTION artsync.caught() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE WARNING 'PLANTED trigger as %', CURRENT_USER; RETURN NEW; END $$;
            CREATE FUNCTION artsync.caught_row() RETURNS text LANGUAGE plpgsql AS
                $$ BEGIN RAISE WARNING 'PLANTED function as %', CURRENT_USER; RETURN ''; END $$;
            CREATE TABLE artsync.migrations (source text, file text, sha256 text, adopted boolean,
                applied_at timestamptz DEFAULT pg_catalog.now(), applied_by text DEFAULT artsync.caught_row(),
                PRIMARY KEY (source, file));
            GRANT ALL ON artsync.migrations TO PUBLIC;
            CREATE TRIGGER caught BEFORE INSERT OR UPDATE OR DELETE ON artsync.migrations
                FOR EACH ROW EXECUTE FUNCTION artsync.caught();
        """ + extra)
    connection.close()


VIEW = """
    DROP TABLE artsync.migrations;
    CREATE VIEW artsync.migrations AS SELECT artsync.caught_row() AS source, ''::text AS file, ''::text AS sha256,
        pg_catalog.now() AS applied_at;
    GRANT ALL ON artsync.migrations TO PUBLIC;
"""
COMMANDS = [("db", "migrate"), ("db", "status"), ("db", "verify"), ("db", "drop", "--yes"), ("db", "reset", "--yes"),
            ("sync",), ("sync", "--dry-run"), ("diff",), ("status",), ("validate",), ("stats",), ("history",),
            ("rejects",), ("rollback", "last"), ("export", "--dir", "out"), ("phase",), ("phase", "primary"),
            ("backup", "file"), ("restore", "--force", "backup")]


@pytest.fixture(name="planter")
def _planter(empty):
    empty.run("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN; END IF; END $$" %
              (planted.ROLE, planted.ROLE))
    return planted.ROLE


@pytest.mark.parametrize("extra", ["", VIEW], ids=["table", "view"])
@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_a_schema_artsync_of_somebody_else_is_refused(databases, loaded, empty, planter, tmp_path, role, extra):
    art = support.Artsync(tmp_path, loaded)
    art.ok("backup", "backup")
    (tmp_path / "airtable_export").symlink_to(support.ROOT / "airtable_export")
    plant_schema(empty, extra=extra)
    art.db = empty
    for command in COMMANDS:
        result = art.run(*command, "--json", url=empty.url if role == "owner" else empty.admin_url, env=DEVELOPMENT)
        assert result.status == 3 and MARK not in result.out + result.err, result
        error = support.error_of(result)
        assert "schema artsync" in error["message"] and planter in error["message"], result
        assert "GRANT %s TO" % planter in error["hint"].replace('"', ""), result
    assert empty.column("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []


def test_a_role_cannot_make_others_trust_it(empty, planter, tmp_path):
    """Who has the admin option on a role (up to PostgreSQL 14 the role itself) makes anybody its member unasked; that is
    no sign of trust."""
    plant_schema(empty)
    art = support.Artsync(tmp_path, empty)
    empty.run("CREATE ROLE artsync_recruiter LOGIN; GRANT %s TO artsync_recruiter WITH ADMIN OPTION" % planter)
    connection = support.connect(support.make_url(psycopg2.extensions.parse_dsn(empty.admin_url), user="artsync_recruiter"))
    with connection.cursor() as cursor:
        cursor.execute("GRANT %s TO artsync_tester" % planter)
    connection.close()
    try:
        assert planter in art.ok("db", "migrate", status=3).err
    finally:
        empty.run("REVOKE %s FROM artsync_recruiter CASCADE; REVOKE %s FROM artsync_tester; DROP ROLE artsync_recruiter" %
                  (planter, planter))


def test_a_member_of_the_owner_is_let_in(empty, planter, tmp_path):
    """A superuser who grants the membership says that the role is trusted."""
    empty.run("CREATE SCHEMA artsync AUTHORIZATION %s" % planter)
    art = support.Artsync(tmp_path, empty)
    assert planter in art.ok("db", "migrate", status=3).err
    empty.run("GRANT %s TO artsync_tester" % planter)
    try:
        art.ok("db", "migrate")
        art.ok("sync", "--export-dir", support.ROOT / "airtable_export")
    finally:
        empty.run("REVOKE %s FROM artsync_tester" % planter)


@pytest.mark.parametrize("sql, named", [
    ("ALTER TABLE artsync.migrations OWNER TO {r}", "table artsync.migrations"),
    ("ALTER TABLE artsync.state_prints OWNER TO {r}", "table artsync.state_prints"),
    ("ALTER TABLE sync_logs OWNER TO {r}", "table public.sync_logs"),
    ("ALTER FUNCTION artsync.touch() OWNER TO {r}", "function artsync.touch()"),
    ("CREATE FUNCTION public.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
     "ALTER FUNCTION public.spy() OWNER TO {r};"
     "CREATE TRIGGER spy AFTER INSERT ON sync_logs FOR EACH ROW EXECUTE FUNCTION public.spy()", "function public.spy()"),
])
def test_what_belongs_to_others_in_the_bookkeeping_is_refused(db, tmp_path, sql, named):
    db.run("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN; END IF; END $$" %
           (planted.ROLE, planted.ROLE))
    art = support.Artsync(tmp_path, db)
    art.ok("stats")
    db.run(sql.format(r=planted.ROLE))
    for command in (("stats",), ("sync", "--export-dir", support.ROOT / "airtable_export"), ("db", "migrate")):
        error = support.error_of(art.ok(*command, "--json", status=3))
        assert named in error["message"] and planted.ROLE in error["message"], error


def test_a_nightly_role_trusts_the_owner_of_the_tables(databases, tmp_path):
    """A role that was only granted what a sync needs is no member of the owner, and that is fine. The database belongs
    to somebody else here, as in many a hosted one."""
    db = databases("migrated")
    db.run("ALTER DATABASE %s OWNER TO postgres" % db.name)
    db.run("""DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'artsync_nightly') THEN
              CREATE ROLE artsync_nightly LOGIN; END IF; END $$;
              GRANT USAGE ON SCHEMA artsync TO artsync_nightly;
              GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA artsync, public TO artsync_nightly""")
    art = support.Artsync(tmp_path, db)
    nightly = support.make_url(psycopg2.extensions.parse_dsn(db.admin_url), user="artsync_nightly")
    art.ok("sync", "--export-dir", support.ROOT / "airtable_export", url=nightly)
    art.ok("stats", url=nightly)
    db.run("ALTER DATABASE %s OWNER TO artsync_tester" % db.name)
    db.run("DROP OWNED BY artsync_nightly")


# ---- a base's own SQL files ----

BASE = {"name": "own", "schema": "public", "date_order": "mdy", "tables": [
    {"table": "t", "file": "t.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
     "columns": [{"column": "name", "headers": ["name"], "type": "text"}]}]}


def test_sql_of_a_base_is_not_run_over_planted_names(empty, planter, tmp_path):
    """Files from disk may leave the base's schema out, so it must hold nothing that passes for PostgreSQL's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "base.json").write_text(json.dumps(BASE))
    (folder / "0001_tables.sql").write_text(
        "CREATE TABLE t (airtable_id text PRIMARY KEY, name varchar(20) DEFAULT lower('A'::varchar));")
    empty.run("GRANT CREATE ON SCHEMA public TO %s" % planter)
    empty.run("SET ROLE %s; CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT 1/0'; RESET ROLE"
              % planter)
    art = support.Artsync(tmp_path, empty)
    error = support.error_of(art.ok("--base", folder, "db", "migrate", "--json", status=3))
    assert "lower(character varying)" in error["message"] and planter in error["message"], error
    empty.run("DROP FUNCTION public.lower(varchar)")
    empty.run("CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1'")  # a superuser's is fine
    art.ok("--base", folder, "db", "migrate")
