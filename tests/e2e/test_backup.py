"""Backup and restore: whole or absent, all or nothing, and proved by counts and checksums."""
import contextlib
import os
import signal
import subprocess
import time

import pytest
import support
from support import TABLES, error_of


@pytest.fixture
def saved(art, shop):
    """A database with history, beside its backup."""
    art.sync(shop.put("editions", "E2", price="cheap").save(), "--max-rejects", "5", status=1)
    art.db.edit("editions", "E1", retail_price=99)
    art.sync(shop.put("prints", "P1", notes="two\nlines \\. \\N").save(), status=0)
    art.db.run("INSERT INTO distributors (name) VALUES ('Walk-in')")
    art.ok("backup", "art.backup")
    return art


def contents(db):
    """Every byte of what artsync owns."""
    tables = db.column("SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'artsync' "
                       "UNION SELECT unnest(%s) ORDER BY 1", ["public." + t for t in TABLES + ["sync_logs"]])
    return {t: sorted(db.copy("SELECT * FROM " + t).split("\n")) for t in tables}


@contextlib.contextmanager
def pg_dump_waits(art, *args, **kwargs):
    """A backup under way whose pg_dump waits for a view that somebody holds (a table would hold up artsync itself)."""
    holder = support.connect(art.db.admin_url)
    holder.autocommit = False
    holder.cursor().execute("ALTER VIEW sales_by_month SET (security_barrier = false)")
    child = art.start("backup", *args, **kwargs)
    art.db.wait("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND application_name = 'pg_dump' "
                "AND wait_event_type = 'Lock')", art.db.name)
    yield child
    holder.close()


def other(art, db):
    return support.Artsync(art.cwd, db)


def test_into_an_empty_database(saved, databases):
    copy = other(saved, databases("empty"))
    result = copy.ok("restore", "art.backup")
    assert "restoring into %s" % copy.db.name in result.err and saved.db.name in result.err
    assert "checksum of the backup" in result.out
    assert contents(copy.db) == contents(saved.db)
    copy.ok("db", "verify")
    assert copy.db.sequences() == saved.db.sequences()
    export = saved.cwd.parent / "export"
    assert all(t["skipped"] for t in copy.sync(export)["tables"])  # it knows what was synced
    copy.ok("rollback", "last")
    copy.db.run("INSERT INTO editions (print_id, edition_display_name) SELECT min(id), 'new' FROM prints")
    for view in ("sales_by_month", "stock_by_distributor", "unsold_by_print"):
        copy.db.rows("SELECT * FROM " + view)


def test_into_a_migrated_database(saved, databases):
    copy = other(saved, databases())
    copy.ok("restore", "art.backup")
    assert contents(copy.db) == contents(saved.db)


def test_refuses_rows_unless_forced(saved):
    before = contents(saved.db)
    saved.db.edit("prints", "P1", notes="later")
    saved.db.run("ALTER TABLE prints ADD COLUMN business text")
    edited = contents(saved.db)
    error = error_of(saved.ok("restore", "art.backup", "--json", status=4))
    assert error["code"] == "refused" and "--force" in error["hint"]
    assert contents(saved.db) == edited
    report = saved.ok("restore", "art.backup", "--force", "--json").json
    assert report["verified"] and {t["table"]: t["rows"] for t in report["tables"]}["editions"] == 5
    assert contents(saved.db) == before


def test_the_file(saved):
    path = saved.cwd / "art.backup"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    assert error_of(saved.ok("backup", "art.backup", "--json", status=4))["code"] == "refused"
    assert path.read_bytes() == before
    saved.db.edit("prints", "P1", notes="later")
    report = saved.ok("backup", "art.backup", "--force", "--json").json
    assert report["verified"] and path.read_bytes() != before
    listed = subprocess.run(["pg_restore", "--list", path], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    for table in TABLES:
        assert "TABLE DATA public %s " % table in listed
    assert [p.name for p in saved.cwd.iterdir()] == ["art.backup"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "plain", "empty", "missing", "footer"])
def test_a_damaged_file(saved, databases, damage):
    path = saved.cwd / "art.backup"
    data = path.read_bytes()
    if damage == "plain":
        plain = subprocess.run(["pg_dump", "-Fc", saved.db.admin_url], check=True, stdout=subprocess.PIPE).stdout
    path.write_bytes({"cut": data[:-100], "flipped": data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], "empty": b"",
                      "footer": data[:-13] + b"000000000009\n", "plain": plain if damage == "plain" else b"",
                      "missing": b""}[damage])
    if damage == "missing":
        path.unlink()
    copy = other(saved, databases("empty"))
    result = copy.ok("restore", "art.backup", "--json", status=2 if damage == "missing" else 4)
    assert "art.backup" in error_of(result)["message"]
    assert copy.db.value("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'artsync')") == 0


def test_the_proof_decides(saved, databases):
    """Where the counts do not fit after loading, nothing is kept."""
    copy = other(saved, databases("loaded"))
    before = contents(copy.db)
    path = saved.cwd / "art.backup"
    data = path.read_bytes()
    start = data.rindex(b'{"base"')
    forged = data[:start] + data[start:].replace(b'"table":"prints","rows":2', b'"table":"prints","rows":3')
    assert forged != data
    path.write_bytes(forged)
    result = copy.ok("restore", "art.backup", "--force", "--json", status=4)
    assert "public.prints came back with 2 rows" in error_of(result)["message"]
    assert contents(copy.db) == before


def test_what_others_built_on_it_is_never_dropped(saved):
    saved.db.run("CREATE TABLE business (print integer REFERENCES prints (id))")
    before = contents(saved.db)
    error = error_of(saved.ok("restore", "art.backup", "--force", "--json", status=4))
    assert error["code"] == "refused" and "business" in error["message"]
    assert contents(saved.db) == before
    saved.db.run("DROP TABLE business")


def test_what_others_own_stays_out(saved, databases):
    saved.db.run("""CREATE TABLE "Other ""T" (a integer); CREATE SEQUENCE loose; CREATE TYPE mood AS ENUM ('ok');
                    CREATE FUNCTION foreign_one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                    CREATE VIEW mixed AS SELECT p.id, o.a FROM prints p, "Other ""T" o;
                    CREATE VIEW on_mixed AS SELECT id FROM mixed; CREATE VIEW dearest AS SELECT max(retail_price) AS price FROM editions;""")
    saved.ok("backup", "art.backup", "--force")
    copy = other(saved, databases("empty"))
    copy.ok("restore", "art.backup")
    found = copy.db.column("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                           "WHERE nspname = 'public' AND relkind IN ('r', 'v', 'S') ORDER BY 1")
    assert "dearest" in found and not {'Other "T', "loose", "mixed", "on_mixed"} & set(found)
    assert copy.db.value("SELECT to_regtype('mood') IS NULL AND to_regproc('foreign_one') IS NULL")


def test_types_and_schemas_of_another_base(tmp_path, empty, databases):
    (tmp_path / "work").mkdir()
    art, base = support.Artsync(tmp_path / "work", empty), support.ROOT / "tests" / "bases" / "people"
    art.ok("--base", base, "db", "migrate")
    art.ok("--base", base, "sync", "--export-dir", base / "export")
    art.ok("--base", base, "backup", "people.backup")
    copy = other(art, databases("empty"))
    assert "--base people" in copy.ok("restore", "people.backup", status=2).err
    copy.ok("--base", base, "restore", "people.backup")
    copy.ok("--base", base, "restore", "people.backup", "--force")
    for table in ("studio.people", "studio.assets"):
        assert copy.db.copy("SELECT * FROM " + table) == empty.copy("SELECT * FROM " + table)
    copy.ok("--base", base, "db", "verify")


def test_one_base_never_replaces_the_bookkeeping_of_another(saved, databases):
    copy = other(saved, databases())
    copy.ok("--base", support.ROOT / "tests" / "bases" / "people", "db", "migrate")
    assert "tables of those are not" in copy.ok("backup", "shared.backup").err
    assert "other bases" in copy.ok("restore", "art.backup", "--force", status=4).err


def test_without_the_right(saved, databases):
    saved.db.run("REVOKE SELECT ON editions FROM artsync_tester; ALTER TABLE editions OWNER TO postgres")
    (saved.cwd / "art.backup").unlink()
    assert saved.run("backup", "art.backup").status in (3, 4)
    assert list(saved.cwd.iterdir()) == []


def test_an_old_pg_dump(saved, tmp_path):
    """A pg_dump in PATH that is older than the server is passed over."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "pg_dump"
    fake.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    fake.chmod(0o755)
    saved.ok("backup", "again.backup", env={"PATH": "%s:%s" % (tmp_path / "bin", os.environ["PATH"])})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_backup(saved, number):
    """The signal ends both, and no file is left."""
    with pg_dump_waits(saved, "new.backup") as child:
        child.send_signal(number)
        result = saved.finish(child)
    assert result.status == 128 + number
    assert [p.name for p in saved.cwd.iterdir()] == ["art.backup"]
    saved.db.wait("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = %s AND application_name = 'pg_dump'", saved.db.name)


def test_interrupted_restore(saved):
    before = contents(saved.db)
    saved.db.run("CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN PERFORM pg_sleep(60); END $$")
    saved.db.run("CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.slow()")
    child = saved.start("restore", "art.backup", "--force")
    saved.db.wait("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND wait_event = 'PgSleep')", saved.db.name)
    child.send_signal(signal.SIGINT)
    assert saved.finish(child).status == 130
    saved.db.run("DROP EVENT TRIGGER slow; DROP FUNCTION slow()")
    assert contents(saved.db) == before


def test_killed_backup(saved):
    """A process that is killed cannot tidy up; but pg_dump ends with it, and nothing bears the backup's name."""
    with pg_dump_waits(saved, "new.backup") as child:
        child.kill()
        saved.finish(child)
        deadline = time.monotonic() + 10  # before its own lock timeout ends it
        while any("pg_dump" in line and saved.db.name in line for line in processes()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert not (saved.cwd / "new.backup").exists()
    saved.ok("backup", "new.backup")


def test_not_beside_a_sync(saved):
    saved.db.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$")
    saved.db.run("CREATE TRIGGER slow AFTER INSERT ON prints EXECUTE FUNCTION slow()")
    export = support.shop(saved.cwd.parent / "other").print("P9").save()
    child = saved.start("sync", "--export-dir", export)
    saved.db.wait("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND wait_event = 'PgSleep')", saved.db.name)
    assert error_of(saved.ok("restore", "art.backup", "--force", "--json", status=5))["code"] == "busy"
    saved.ok("backup", "meanwhile.backup")
    child.terminate()
    saved.finish(child)


def test_a_backup_is_one_snapshot(saved, databases):
    """People write all the time while it is made; what comes back fits its checksums."""
    writer = saved.db
    child = saved.start("backup", "busy.backup")
    while child.poll() is None:
        writer.run("UPDATE editions SET notes = coalesce(notes, '') || 'x'")
        time.sleep(0.002)
    assert saved.finish(child).status == 0
    other(saved, databases("empty")).ok("restore", "busy.backup")


def processes():
    return subprocess.run(["ps", "axww", "-o", "args"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()


def test_the_password_is_in_no_argument(saved):
    with pg_dump_waits(saved, "new.backup", url=saved.db.url + "&password=s3cr3t-w0rd") as child:
        listed = processes()
        child.terminate()
        saved.finish(child)
    assert any("pg_dump" in line and saved.db.name in line for line in listed)
    assert "s3cr3t" not in "".join(listed)
