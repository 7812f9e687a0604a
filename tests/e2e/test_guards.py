"""Guards against a filtered, truncated or broken export; dry runs and diff; one sync at a time."""
import pytest
from support import Export, by_table, counts, error_of, rid

MODES = ["incremental", "merge", "full"]


@pytest.fixture
def stock(tmp_path):
    """One print with 200 editions."""
    x = Export(tmp_path / "stock").print("P1", "Harbour").distributor("D1")
    for i in range(200):
        x.edition("E%03d" % i, "P1", number=i + 1)
    return x


def spoil(export, n):
    for i in range(n):
        export.edition("E%03d" % i, price="much")
    return export


@pytest.mark.parametrize("bad,limit,status", [
    (20, None, 1), (21, None, 4), (21, "21", 1), (22, "21", 4), (1, "0", 4), (30, "15%", 1), (31, "15%", 4),
    (9, "1%", 1),   # a percentage never trips below 10 records
    (10, "1%", 4), (1, "0%", 1)])
def test_max_rejects(art, db, stock, bad, limit, status):
    spoil(stock, bad)
    args = ["--max-rejects", limit] if limit else []
    result = art.ok("sync", "--json", "--export-dir", stock.save(), *args, status=status)
    assert db.value("SELECT count(*) FROM editions") == (200 - bad if status == 1 else 0)
    if status == 4:
        error = error_of(result)
        assert error["code"] == "guard" and "editions" in error["message"] and str(bad) in error["message"]
        assert "--max-rejects" in error["hint"] or "--force" in error["hint"]
        assert {r["status"] for r in db.logs()} == {"failed"}
        assert result.json["status"] == "failed" and len(result.json["rejects"]) == bad


def test_force_lifts_a_guard_and_the_log_says_so(art, db, stock):
    report = art.sync(spoil(stock, 50).save(), "--force", status=1)
    assert report["forced"] is True and counts(report, "editions", "created", "rejected") == (150, 50)
    assert db.value("SELECT bool_or(forced) FROM sync_logs")


def test_force_without_need_is_no_force(art, db, stock):
    assert art.sync(stock.save(), "--force")["forced"] is False
    assert not db.value("SELECT bool_or(forced) FROM sync_logs")


def test_limits_from_the_environment(art, stock):
    folder = spoil(stock, 30).save()
    assert art.run("sync", "--export-dir", folder, env={"ARTSYNC_MAX_REJECTS": "29"}).status == 4
    assert art.run("sync", "--export-dir", folder, env={"ARTSYNC_MAX_REJECTS": "29"}, url=True).status == 4
    assert art.run("sync", "--export-dir", folder, "--max-rejects", "30",
                   env={"ARTSYNC_MAX_REJECTS": "29"}).status == 1


@pytest.mark.parametrize("gone,limit,status", [
    (20, None, 0), (21, None, 4), (21, "21", 0), (22, "21", 4), (1, "0", 4), (9, "1%", 0), (10, "1%", 4)])
def test_max_deactivate(art, db, stock, tmp_path, gone, limit, status):
    art.sync(stock.save())
    short = stock.copy(tmp_path / "short").drop("editions", *["E%03d" % i for i in range(gone)])
    args = ["--max-deactivate", limit] if limit else []
    before = db.versions()
    for mode in ("incremental", "merge"):
        assert art.sync(short.save(), "--mode", mode, *args)["t"]["editions"]["deactivated"] == 0
    result = art.ok("sync", "--json", "--mode", "full", "--export-dir", short.path, *args, status=status)
    assert db.value("SELECT count(*) FROM editions WHERE NOT is_active") == (0 if status else gone)
    if status:
        assert error_of(result)["code"] == "guard" and str(gone) in error_of(result)["message"]
        assert db.versions() == before
        assert art.sync(short.path, "--mode", "full", *args, "--force")["t"]["editions"]["deactivated"] == gone


@pytest.mark.parametrize("mode", MODES)
def test_empty_export(art, db, stock, tmp_path, mode):
    """In full an export without records for a table that has rows is refused, however small the table."""
    art.sync(stock.save())
    empty = stock.copy(tmp_path / "empty").drop("distributors", "D1")
    result = art.ok("sync", "--json", "--mode", mode, "--export-dir", empty.save(), status=4 if mode == "full" else 0)
    if mode == "full":
        assert error_of(result)["code"] == "guard" and "distributors" in error_of(result)["message"]
    assert db.get("distributors", "D1")["is_active"] is True


def test_empty_export_of_an_empty_table(art, tmp_path):
    assert art.sync(Export(tmp_path / "none").save(), "--mode", "full")["t"]["prints"]["read"] == 0


def test_strict(art, db, stock):
    result = art.ok("sync", "--json", "--strict", "--export-dir", spoil(stock, 1).save(), status=4)
    assert result.json["status"] == "failed" and len(result.json["rejects"]) == 1
    assert db.value("SELECT count(*) FROM prints") == 0


def test_strict_counts_old_rejects(art, db, stock, tmp_path):
    art.sync(spoil(stock, 1).save(), status=1)
    later = stock.copy(tmp_path / "later").edition("E100", notes="x")
    assert art.sync(later.save())["t"]["editions"]["rejected"] == 1  # no news: 0
    before = db.versions()
    later.edition("E101", notes="x")
    assert art.run("sync", "--strict", "--export-dir", later.save()).status == 4
    assert db.versions() == before


# ---- dry run and diff ----

@pytest.fixture
def night(art, shop, tmp_path):
    """A night with something of everything: (its export, the database synced with the day before)."""
    art.sync(shop.save())
    art.db.edit("editions", "E2", notes="ours")
    art.db.remove("editions", "E6")
    later = shop.copy(tmp_path / "later").edition("E1", price="£99.00", notes="changed").edition("E2", notes="theirs")
    later.edition("E3", price="much").edition("X1", "P2", number=9).drop("editions", "E5").print("P1", name="Quay")
    later.save()
    return later


@pytest.mark.parametrize("mode", MODES)
def test_dry_run_tells_what_the_run_will_do(art, db, night, mode):
    def look():
        return db.versions(), db.history(), db.logs(), db.snapshot()

    before = look()
    dry = art.sync(night.path, "--mode", mode, "--dry-run", status=1)
    diff = art.ok("diff", "--json", "--mode", mode, "--export-dir", night.path, status=1).json
    assert look() == before
    real = art.sync(night.path, "--mode", mode, status=1)
    assert dry["status"] == "dry_run" and dry["dry_run"] is True and real["status"] == "completed"
    for key in ("tables", "rejects", "conflicts", "cleaning"):
        assert dry[key] == diff[key] == real[key]


def test_dry_run_with_changes_but_no_rejects_is_0(art, shop):
    assert art.run("sync", "--dry-run", "--export-dir", shop.save()).status == 0


def test_dry_run_of_a_guarded_run_is_refused_too(art, stock):
    assert art.run("sync", "--dry-run", "--export-dir", spoil(stock, 60).save()).status == 4


def test_diff_names_every_change(art, night):
    report = art.ok("diff", "--json", "--limit", "0", "--export-dir", night.path, status=1).json
    changes = {(c["table"], c["id"]): (c["action"], c["columns"]) for c in report["changes"]}
    assert changes[("prints", rid("P1"))] == ("updated", {"name": {"from": "Harbour", "to": "Quay"}})
    assert changes[("editions", rid("E1"))] == ("updated", {
        "retail_price": {"from": "51.00", "to": "99.00"}, "notes": {"from": None, "to": "changed"}})
    assert changes[("editions", rid("E2"))] == ("updated", {"notes": {"from": "ours", "to": "theirs"}})
    created = {k for k, (action, _) in changes.items() if action == "created"}
    assert created == {("editions", rid("X1")), ("editions", rid("E6"))} and len(changes) == 5
    assert changes[("editions", rid("X1"))][1]["edition_number"] == {"from": None, "to": "9"}


def test_diff_for_people(art, night):
    text = art.ok("diff", "--export-dir", night.path, status=1)
    for word in ("editions", rid("E1"), "retail_price", "51.00", "99.00", "Quay"):
        assert word in text.out, text
    few = art.ok("diff", "--limit", "1", "--export-dir", night.path, status=1)
    assert len(few.out) < len(text.out)


def test_diff_of_a_full_sync_shows_deactivations(art, night):
    report = art.ok("diff", "--json", "--mode", "full", "--limit", "0", "--export-dir", night.path, status=1).json
    assert ("editions", rid("E5"), "deactivated") in {(c["table"], c["id"], c["action"]) for c in report["changes"]}


def test_diff_exit_code(art, shop):
    folder = shop.save()
    assert art.run("diff", "--export-dir", folder).status == 0
    assert art.run("diff", "--exit-code", "--export-dir", folder).status == 1
    art.sync(folder)
    assert art.run("diff", "--exit-code", "--export-dir", folder).status == 0


# ---- the lock ----

@pytest.fixture
def busy(art, proxy, shop):
    """A sync that stops right before its COMMIT."""
    from proxy import HOLD, committing
    proxy.plan(committing(HOLD))
    child = art.start("sync", "--export-dir", shop.save(), url=proxy.url)
    proxy.wait()
    return child


def test_exit_5_names_the_holder(art, db, busy, proxy, shop):
    logs = db.logs()
    for args in (["sync"], ["sync", "--dry-run"], ["diff"]):
        result = art.ok(*args, "--json", "--export-dir", shop.path, status=5)
        assert error_of(result)["code"] == "busy" and "since" in error_of(result)["message"]
    assert db.logs() == logs  # exit 5 leaves no log rows
    proxy.release()
    assert art.finish(busy).status == 0
    assert art.run("sync", "--export-dir", shop.path).status == 0


def test_wait_for_the_other_one(art, db, busy, proxy, shop):
    second = art.start("sync", "--json", "--wait", "60", "--export-dir", shop.path)
    db.wait("SELECT count(DISTINCT application_name) > 1 FROM pg_stat_activity WHERE datname = %s "
            "AND application_name LIKE 'artsync%%'", db.name)
    proxy.release()
    assert art.finish(busy).status == 0
    result = art.finish(second)
    assert result.status == 0 and {t["skipped"] for t in result.json["tables"]} == {True}


WAITING = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"
# who waits for the lock of a base has tried it and holds no transaction meanwhile
WAITING_FOR_A_SYNC = """SELECT count(*) > 0 FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'artsync' AND state = 'idle' AND query = 'ROLLBACK'
"""


def test_what_counts_is_the_file_when_the_wait_ends(art, db, busy, proxy, shop):
    second = art.start("sync", "--json", "--wait", "60", "--export-dir", shop.path)
    db.wait(WAITING_FOR_A_SYNC)
    shop.edition("E1", price="£77.00").save("editions")
    proxy.release()
    assert art.finish(busy).status == 0
    result = art.finish(second)
    assert result.status == 0 and counts(by_table(result.json), "editions", "skipped", "updated") == (False, 1)
    assert db.get("editions", "E1")["retail_price"] == 77


def test_a_missing_file_is_said_before_the_wait(art, busy, proxy, tmp_path):
    result = art.ok("sync", "--wait", "60", "--export-dir", tmp_path, status=2)
    assert "there is no file" in result.err
    proxy.release()
    assert art.finish(busy).status == 0


def test_the_last_sync_is_the_last_when_the_wait_ends(art, db, proxy, shop):
    from proxy import HOLD, committing
    first = art.sync(shop.save())
    proxy.plan(committing(HOLD))
    shop.edition("E1", price="£77.00").save("editions")
    child = art.start("sync", "--export-dir", shop.path, url=proxy.url)
    proxy.wait()
    rollback = art.start("rollback", "last", "--json", "--wait", "60")
    db.wait(WAITING_FOR_A_SYNC)
    proxy.release()
    assert art.finish(child).status == 0
    result = art.finish(rollback)
    assert result.status == 0 and result.json["reversed"] == 1 and result.json["sync_id"] != first["sync_id"]
    assert db.get("editions", "E1")["retail_price"] == 51
    assert db.logs("sync_id = '%s' AND status = 'completed'" % first["sync_id"])


def test_a_reject_never_keeps_the_bytes_of_another_file(art, db, shop, tmp_path):
    """The file is replaced after it was read, before the rejected records are read again."""
    from support import connect
    art.sync(shop.save())
    db.run("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
           "$$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;"
           "CREATE TRIGGER hold AFTER UPDATE ON editions FOR EACH STATEMENT EXECUTE FUNCTION hold()")
    holder = connect(db.admin_url)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4711)")
    before = db.snapshot(), db.rows("SELECT * FROM artsync.rejects")
    shop.edition("E1", price="£77.00").edition("E2", price="what?").save("editions")
    child = art.start("sync", "--json", "--export-dir", shop.path)
    db.wait(WAITING)
    other = shop.copy(tmp_path / "other").edition("E2", price="£5.00")
    other.save("editions")
    other.file("editions").replace(shop.file("editions"))
    holder.close()
    result = art.finish(child)
    assert result.status == 4 and "changed while it was read" in error_of(result)["message"]
    assert (db.snapshot(), db.rows("SELECT * FROM artsync.rejects")) == before


def test_the_lock_ends_with_its_holder(art, db, busy, proxy, shop):
    busy.kill()
    busy.communicate()
    proxy.release()
    db.quiet()
    assert art.sync(shop.path)["t"]["prints"]["created"] == 2


def test_rollback_waits_its_turn_too(art, busy, proxy):
    assert art.run("rollback", "last").status in (2, 5)
    proxy.release()
    assert art.finish(busy).status == 0


def test_other_databases_are_not_locked(art, busy, databases, shop, proxy):
    first, art.db = art.db, databases()
    assert art.sync(shop.path)["t"]["prints"]["created"] == 2
    art.db = first
    proxy.release()
    assert art.finish(busy).status == 0


def test_a_row_that_people_hold_is_waited_for(art, db, shop, tmp_path):
    """Somebody's open transaction on a row that the sync must write: after lock_timeout it fails, nothing changed."""
    from support import connect
    art.sync(shop.save())
    people = connect(db.admin_url)
    people.autocommit = False
    with people.cursor() as cursor:
        cursor.execute("UPDATE prints SET notes = 'in work' WHERE airtable_id = %s", (rid("P1"),))
    later = shop.copy(tmp_path / "later").print("P1", total=11)
    child = art.start("sync", "--json", "--export-dir", later.save())
    db.wait("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
    people.commit()
    result = art.finish(child)
    people.close()
    assert result.status == 0 and db.get("prints", "P1")["notes"] == "in work"
    assert db.get("prints", "P1")["total_editions"] == 11
