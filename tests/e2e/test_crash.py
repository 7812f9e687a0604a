"""Killed, interrupted, cut off: a crash at any point leaves the previous state, and the next run cleans up."""
import signal

import proxy as at_proxy
import pytest
from proxy import CUT, CUT_REPLY, HOLD
from support import TABLES, error_of, rid


@pytest.fixture
def night(art, shop, tmp_path):
    """The small export, synced; and the next night's changes."""
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later").print("P1", notes="n").print("P3", name="Ferry").edition("E1", number=2)
    later.edition("E2", number=1).edition("X1", "P3", number=1).edition("E4", price="much")
    later.save()
    return later


def look(db):
    return db.versions(), db.snapshot(), db.history(), db.sequences()


def statements_of(art, proxy, night):
    """The statements of a dry run: it takes the same path up to the end."""
    proxy.plan(None)
    art.ok("sync", "--dry-run", "--export-dir", night.path, status=1, url=proxy.url)
    return len(proxy.statements)


def test_killed_at_every_statement(art, db, proxy, night):
    """SIGKILL before each statement of a sync, one after the other: nothing changes, logs are put right by the next run."""
    before = look(db)
    number, finished = 0, False
    while not finished:
        proxy.plan(at_proxy.at(number))
        child = art.start("sync", "--json", "--export-dir", night.path, url=proxy.url)
        while not proxy.reached.wait(0.01):
            if child.poll() is not None:
                finished = not proxy.reached.is_set()
                break
        if not finished:
            child.kill()
            child.communicate()
            proxy.release()
            db.quiet()
            if db.value("SELECT count(*) > 0 FROM sync_logs WHERE status = 'completed' AND id > 3"):
                break  # it was past its COMMIT
            assert look(db)[:3] == before[:3], proxy.statements[-1]
            number += 1
    assert number > 10
    if finished:
        assert child.wait() == 1
    art.run("sync", "--export-dir", night.path)  # marks what the last one left
    logs = db.logs("id > 3")
    assert not [r for r in logs if r["status"] == "running"]
    # the rows of one sync are written together
    assert set(db.column("SELECT count(*) FROM sync_logs WHERE id > 3 GROUP BY sync_id")) == {3}
    failed = [r for r in logs if r["status"] == "failed"]
    assert failed and {r["error_message"] for r in failed} == {"interrupted"}
    assert all(r["completed_at"] for r in failed)
    assert db.get("editions", "E1")["edition_number"] == 2 and db.has("editions", "X1")


def test_orphans_are_marked_by_the_next_run(art, db, proxy, night):
    proxy.plan(at_proxy.committing(HOLD))
    child = art.start("sync", "--export-dir", night.path, url=proxy.url)
    proxy.wait()
    child.kill()
    child.communicate()
    proxy.release()
    db.quiet()
    assert [r["status"] for r in db.logs("id > 3")] == ["running"] * 3
    art.sync(night.path, status=1)
    assert [r["status"] for r in db.logs("id > 3")] == ["failed"] * 3 + ["completed"] * 3
    assert {r["error_message"] for r in db.logs("status = 'failed'")} == {"interrupted"}


def test_a_skipped_run_marks_orphans_too(art, db, night):
    db.run("INSERT INTO sync_logs (sync_id, sync_type, table_name, status, base) "
           "VALUES ('orphan', 'full', 'prints', 'running', 'art')")
    art.sync(night.path.parent / "export")
    assert db.row("SELECT status, error_message FROM sync_logs WHERE sync_id = 'orphan'") == {
        "status": "failed", "error_message": "interrupted"}


@pytest.mark.parametrize("sig,status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(art, db, proxy, night, sig, status):
    """Interrupted while a statement waits: nothing was changed, and the log says failed."""
    import support
    before = look(db)
    blocker = support.connect(db.admin_url)
    blocker.autocommit = False
    with blocker.cursor() as cursor:
        cursor.execute("SELECT 1 FROM prints WHERE airtable_id = %s FOR UPDATE", (rid("P1"),))
    child = art.start("sync", "--json", "--export-dir", night.path)
    db.wait("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
    child.send_signal(sig)
    result = art.finish(child)
    blocker.rollback()
    blocker.close()
    assert result.status == status
    assert result.json["error"]["code"] in ("interrupted", "terminated")
    db.quiet()
    assert look(db)[:3] == before[:3]
    assert {r["status"] for r in db.logs("id > 3")} == {"failed"}


def test_a_signal_after_commit_was_sent_is_ignored(art, db, proxy, night):
    proxy.plan(at_proxy.committing(HOLD))
    child = art.start("sync", "--json", "--export-dir", night.path, url=proxy.url)
    proxy.wait()
    child.send_signal(signal.SIGINT)
    proxy.release()
    assert art.finish(child).status == 1  # as if nothing had happened: the new reject
    assert db.has("editions", "X1")


def test_cut_before_commit(art, db, proxy, night):
    """Before COMMIT reached the server: nothing was changed, and it says so (4), or finds out by asking."""
    before = look(db)
    proxy.plan(at_proxy.committing(CUT))
    result = art.run("sync", "--json", "--export-dir", night.path, url=proxy.url)
    assert result.status == 4 and result.json["status"] == "failed"
    db.quiet()
    assert look(db)[:3] == before[:3]
    art.sync(night.path, status=1)
    assert not db.logs("status = 'running'")


def test_cut_before_any_other_statement(art, db, proxy, night):
    total = statements_of(art, proxy, night)
    before = look(db)
    for number in range(total - 1):
        proxy.plan(at_proxy.at(number, CUT))
        result = art.run("sync", "--json", "--export-dir", night.path, url=proxy.url)
        assert result.status in (3, 4), (number, proxy.statements[-1], result)
        assert error_of(result)["message"]
        db.quiet()
        assert look(db)[:3] == before[:3]
    art.sync(night.path, status=1)
    assert not db.logs("status = 'running'")


def test_the_commit_reply_is_lost(art, db, proxy, night):
    """Unknown is resolved by looking: it had been committed."""
    proxy.plan(at_proxy.committing(CUT_REPLY))
    result = art.run("sync", "--json", "--export-dir", night.path, url=proxy.url)
    assert result.status == 1 and result.json["status"] == "completed"
    assert db.has("editions", "X1")
    assert [r["status"] for r in db.logs("id > 3")] == ["completed"] * 3


def test_the_outcome_stays_unknown(art, db, proxy, night):
    """The reply is lost and no server answers any more: 6, and the next run finds out."""
    lost = []

    def rule(_, sql):
        if lost:
            return CUT
        if sql.strip().rstrip(";").upper() == "COMMIT":
            lost.append(sql)
            proxy.listener.close()
            return CUT_REPLY
        return None

    proxy.plan(rule)
    result = art.run("sync", "--json", "--export-dir", night.path, url=proxy.url)
    assert result.status == 6 and error_of(result)["code"] == "unknown_outcome"
    assert db.has("editions", "X1")
    report = art.sync(night.path)
    assert {t["skipped"] for t in report["tables"]} == {True}


def test_rollback_killed_at_every_statement(art, db, proxy, night):
    sync = art.sync(night.path, status=1)["sync_id"]
    before = look(db)
    number = 0
    while True:
        proxy.plan(at_proxy.at(number))
        child = art.start("rollback", sync, "--json", url=proxy.url)
        while not proxy.reached.wait(0.01) and child.poll() is None:
            pass
        if not proxy.reached.is_set():
            break
        child.kill()
        child.communicate()
        proxy.release()
        db.quiet()
        if db.logs("sync_id = '%s' AND status = 'rolled_back'" % sync):
            break
        assert look(db)[:3] == before[:3]
        number += 1
    assert number > 3
    assert {r["status"] for r in db.logs("sync_id = '%s'" % sync)} == {"rolled_back"}
    assert not db.has("editions", "X1")
    art.sync(night.path, status=1)
    assert not db.logs("status = 'running'")


def test_first_load_killed(art, db, proxy, shop):
    """The fast path drops and adds keys inside the transaction: they are all there again after a kill."""
    keys = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'artsync') ORDER BY 1"
    before = db.rows(keys), db.rows(indexes)
    proxy.plan(at_proxy.committing(HOLD))
    child = art.start("sync", "--export-dir", shop.save(), url=proxy.url)
    proxy.wait()
    child.kill()
    child.communicate()
    proxy.release()
    db.quiet()
    assert (db.rows(keys), db.rows(indexes)) == before
    art.sync(shop.path)
    assert (db.rows(keys), db.rows(indexes)) == before
    assert [db.value("SELECT count(*) FROM " + t) for t in TABLES] == [2, 2, 6]
