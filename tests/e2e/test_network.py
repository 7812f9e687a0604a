"""Through PgBouncer in transaction mode; and how many statements a sync takes."""
import os
import pwd
import shutil
import subprocess
import time

import make_export
import psycopg2.extensions
import pytest
import support
from proxy import Proxy, when
from support import ROOT, TABLES, counts, rid

DEMO = ROOT / "airtable_export"
LATER = ROOT / "tests" / "export_later"


@pytest.fixture
def bouncer(short_dir, db):
    """PgBouncer on a Unix socket, transaction pooling, two server connections for everybody."""
    binary = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    assert os.path.exists(binary), "pgbouncer is not installed: make deps"
    dsn = psycopg2.extensions.parse_dsn(db.url)
    (short_dir / "users").write_text('"%s" ""\n' % dsn["user"], encoding="utf-8")
    (short_dir / "ini").write_text("""[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = %s
auth_type = trust
auth_file = %s/users
pool_mode = transaction
default_pool_size = 3
max_client_conn = 50
server_reset_query_always = 0
ignore_startup_parameters =
logfile = %s/log
""" % (dsn["host"], dsn.get("port", 5432), short_dir, short_dir, short_dir), encoding="utf-8")
    command = [binary, str(short_dir / "ini")]
    if os.getuid() == 0:  # it refuses to run as root
        user = pwd.getpwnam("postgres")
        for path in [short_dir, *short_dir.iterdir()]:
            os.chown(path, user.pw_uid, user.pw_gid)
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + support.TIMEOUT
    while not (short_dir / ".s.PGSQL.6432").exists():
        assert child.poll() is None and time.monotonic() < deadline, (short_dir / "log").read_text()
        time.sleep(0.01)
    yield support.make_url(dsn, host=str(short_dir), port=6432)
    child.terminate()
    child.wait()


def test_pgbouncer(art, db, bouncer):
    report = art.sync(DEMO, url=bouncer)
    assert counts(report, "editions", "created") == (594,)
    before = db.versions(), db.history()
    assert {t["skipped"] for t in art.sync(DEMO, url=bouncer)["tables"]} == {True}
    art.sync(DEMO, "--mode", "merge", url=bouncer)
    assert (db.versions(), db.history()) == before
    snapshot = db.snapshot()
    report = art.sync(LATER, url=bouncer)
    assert counts(report, "editions", "created", "rejected") == (11, 0)
    assert art.ok("stats", "--json", url=bouncer).json["tables"][0]["rows"] == 41
    art.ok("rollback", "last", url=bouncer)
    assert db.snapshot() == snapshot


def test_the_lock_holds_through_pgbouncer(art, db, bouncer, shop):
    """One sync at a time, also where sessions are shared."""
    art.sync(shop.save())
    people = support.connect(db.admin_url)
    people.autocommit = False
    with people.cursor() as cursor:
        cursor.execute("SELECT 1 FROM prints WHERE airtable_id = %s FOR UPDATE", (rid("P1"),))
    shop.print("P1", notes="x").save()
    first = art.start("sync", "--export-dir", shop.path, url=bouncer)
    db.wait("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
    assert art.run("sync", "--export-dir", shop.path, url=bouncer).status == 5
    assert art.run("sync", "--export-dir", shop.path).status == 5
    people.rollback()
    people.close()
    assert art.finish(first).status == 0
    assert art.run("sync", "--export-dir", shop.path, url=bouncer).status == 0


# ---- statements ----

def statements(art, proxy, folder, *args, status=0):
    proxy.plan(None)
    art.sync(folder, *args, url=proxy.url, status=status)
    return len(proxy.statements)


def empty(db):
    """No rows and no state."""
    db.run("TRUNCATE editions, prints, distributors")
    for table in TABLES:
        db.run("TRUNCATE artsync.state_" + table)


def test_no_statement_runs_per_record(tmp_path, art, db, proxy):
    """A constant, and one batch's worth per 10,000 records; the same for a load, a night and a merge."""
    big, small, night = tmp_path / "big", tmp_path / "small", tmp_path / "night"
    world = make_export.build(25000, 100, 23)
    make_export.write(world, big)
    make_export.write(make_export.build(100, 12, 8), small)
    statements(art, proxy, small)  # what is noted once: marks of decimals, layouts of the state
    empty(db)
    first = statements(art, proxy, big)
    assert first < 150, proxy.statements
    assert statements(art, proxy, big) < 60
    assert statements(art, proxy, big, "--mode", "full") < 150
    for e in world["editions"]:
        if not e["shell"]:
            e["Notes"] += " again"
    make_export.write(world, night)
    changed = statements(art, proxy, night)
    empty(db)
    few = statements(art, proxy, small)
    assert first - few <= 3 * 10 and changed < 150, (first, few, changed)


def test_rejects_do_not_cost_statements(tmp_path, art, proxy, databases):
    """Foreseen rejects are found by sets: ten times as many take no more statements."""
    seen = []
    for share in (2, 20, 200):  # the first notes once the marks of decimals and the layouts of the state
        folder = tmp_path / str(share)
        world = make_export.build(3000, 40, 12)
        for e in [e for e in world["editions"] if not e["shell"]][:share]:
            world["overrides"].setdefault(e["record_id"], {})["Retail Price"] = "much"
        make_export.write(world, folder)
        seen.append(statements(art, proxy, folder, status=1))
        art.db.run("TRUNCATE sync_logs CASCADE")
        empty(art.db)
    assert abs(seen[1] - seen[2]) <= 5, seen


def test_multi_host_urls(art, db, short_dir):
    """The first host is dead: the second takes the writes."""
    dsn = psycopg2.extensions.parse_dsn(db.url)
    url = support.make_url(dsn, host="%s,%s" % (short_dir, dsn["host"]), port="5432,%s" % dsn.get("port", 5432))
    assert art.sync(DEMO, url=url)["t"]["prints"]["created"] == 40


@pytest.mark.parametrize("driver", ["postgres", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+psycopg"])
def test_url_spellings(art, db, driver):
    url = db.url.replace("postgresql", driver, 1)
    assert art.ok("stats", "--json", url=url).json["tables"][0]["rows"] == 0
    assert art.ok("stats", "--json", "--database", url, url=None).json["tables"][0]["rows"] == 0


def test_without_a_url_libpq_decides(art, db):
    dsn = psycopg2.extensions.parse_dsn(db.url)
    env = {"PGHOST": dsn["host"], "PGPORT": str(dsn.get("port", 5432)), "PGUSER": dsn["user"], "PGDATABASE": db.name}
    assert art.ok("stats", "--json", url=None, env=env).json["tables"][0]["rows"] == 0


def test_waiting_runs_take_no_connection_from_the_pool(art, db, bouncer, short_dir, shop):
    """Eight runs wait behind a pool of three: the running sync still gets its second connection, then all are done."""
    class Behind:
        url = bouncer
    shop.save()
    through = Proxy(short_dir, Behind)
    through.plan(when("pg_current_xact_id"))  # it has the lock, and has written nothing into its log yet
    first = art.start("sync", "--export-dir", shop.path, url=through.url)
    through.wait()
    tried = len([s for s in through.statements if "pg_try_advisory_xact_lock" in s])
    others = [art.start("sync", "--wait", "60", "--export-dir", shop.path, url=through.url) for _ in range(8)]
    deadline = time.monotonic() + support.TIMEOUT
    while len([s for s in through.statements if "pg_try_advisory_xact_lock" in s]) < tried + 8:
        assert time.monotonic() < deadline, "not every run has tried to take the lock"
    through.release()
    assert art.finish(first).status == 0
    assert [art.finish(child).status for child in others] == [0] * 8
    through.close()
