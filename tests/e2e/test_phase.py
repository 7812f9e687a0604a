"""The stages of the move: shown, gated by checks and parity, enforced by sync, and every move kept."""
import pytest
from support import by_table, error_of


@pytest.fixture
def synced(art, shop):
    art.sync(shop.save())
    return art


def move(art, shop, phase, *args, status=0):
    return art.ok("phase", phase, "--export-dir", shop.path, *args, status=status)


def moves(art):
    return [(r["from_value"], r["to_value"], r["forced"])
            for r in art.db.rows("SELECT * FROM artsync.setting_changes ORDER BY id")]


def shown(art):
    """The phase, as every command that shows it says."""
    found = {art.ok("phase", "--json").json["phase"], art.ok("stats", "--json").json["phase"],
             art.ok("status", "--json", "--export-dir", art.cwd.parent / "export").json["phase"]}
    assert len(found) == 1
    return found.pop()


def test_forward_step_by_step_and_back(synced, shop):
    assert shown(synced) == "parallel"
    for phase in ("primary", "archive"):
        result = move(synced, shop, phase)
        assert "moved from phase" in result.out and "Pass: the database and the export say the same." in result.out
        assert shown(synced) == phase
    for phase in ("primary", "parallel"):
        shop.file("prints").unlink(missing_ok=True)  # the way back asks no export
        move(synced, shop, phase)
    assert moves(synced) == [(None, "primary", False), ("primary", "archive", False), ("archive", "primary", False),
                             ("primary", "parallel", False)]
    assert all("process" in r["by"] and r["at"] for r in synced.db.rows("SELECT * FROM artsync.setting_changes"))


def test_two_steps_at_once_and_standing_still(synced, shop):
    report = move(synced, shop, "archive", "--json").json
    assert (report["from"], report["phase"], report["moved"], report["status"]) == ("parallel", "archive", True, "pass")
    assert len(report["parity"]["tables"]) == 3
    report = move(synced, shop, "archive", "--json").json
    assert (report["phase"], report["moved"]) == ("archive", False)
    assert len(moves(synced)) == 1
    assert "Set just now by" in synced.ok("phase").out


@pytest.mark.parametrize("trouble", ["parity", "check"])
def test_the_gate(synced, shop, trouble):
    if trouble == "parity":
        synced.db.edit("prints", "P1", notes="edited")
    else:
        synced.sync(shop.put("editions", "E1", sold="checked").save())  # sold without a date
    result = move(synced, shop, "primary", "--json", status=4)
    assert error_of(result)["code"] == "refused"
    report = result.json
    assert (report["status"], report["moved"], report["phase"]) == ("fail", False, "parallel")
    assert (report["parity"]["status"] == "fail") == (trouble == "parity")
    assert moves(synced) == [] and shown(synced) == "parallel"
    assert "stays in phase parallel" in move(synced, shop, "primary", status=4).err
    report = move(synced, shop, "primary", "--force", "--json").json
    assert (report["status"], report["forced"], report["phase"]) == ("fail", True, "primary")
    assert moves(synced) == [(None, "primary", True)]


def test_warnings_do_not_hold_it_up(synced, shop):
    synced.sync(shop.put("editions", "E1", price="£5.00").save())
    move(synced, shop, "primary")


def test_no_export_no_move(synced, shop):
    shop.file("editions").unlink()
    assert error_of(move(synced, shop, "primary", "--json", status=2))["code"] == "missing_file"
    assert moves(synced) == []


def test_a_broken_check_holds_it_up(synced, shop):
    synced.db.run("DROP VIEW unsold_by_print, stock_by_distributor, sales_by_month")
    synced.db.run("ALTER TABLE sync_logs RENAME COLUMN error_message TO why")
    result = move(synced, shop, "primary", status=2)
    assert "last_sync_failed.sql cannot be run" in result.err
    move(synced, shop, "primary", "--force")


def test_primary_keeps_the_edits_of_people(synced, shop):
    move(synced, shop, "primary")
    synced.db.edit("editions", "E1", retail_price=99)
    shop.put("editions", "E1", price="£77.00").save()
    for mode in ("merge", "full"):
        assert "phase primary" in synced.ok("sync", "--mode", mode, "--export-dir", shop.path, status=4).err
    report = synced.sync(shop.path, status=1)
    assert report["conflicts"][0]["resolution"] == "database"
    assert synced.db.get("editions", "E1")["retail_price"] == 99
    report = by_table(synced.ok("sync", "--json", "--mode", "merge", "--force", "--export-dir", shop.path).json)
    assert report["forced"] and synced.db.get("editions", "E1")["retail_price"] == 77


def test_archive_refuses_sync_but_exports(synced, shop):
    move(synced, shop, "archive")
    before = synced.db.snapshot()
    for args in (("sync",), ("sync", "--force"), ("sync", "--dry-run"), ("diff",)):
        assert "phase archive" in synced.ok(*args, "--export-dir", shop.path, status=4).err
    synced.ok("export", "--dir", synced.cwd / "out")
    assert "Nothing is synced any more" in synced.ok("status", "--export-dir", shop.path).out
    assert synced.db.snapshot() == before


def test_not_while_a_sync_runs(synced, shop):
    locked = synced.db
    locked.run("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$")
    locked.run("CREATE TRIGGER slow AFTER UPDATE ON prints EXECUTE FUNCTION slow()")
    child = synced.start("sync", "--export-dir", shop.put("prints", "P1", notes="slow").save())
    locked.wait("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND wait_event = 'PgSleep')", locked.name)
    assert error_of(move(synced, shop, "primary", "--json", status=5))["code"] == "busy"
    child.terminate()
    synced.finish(child)


def test_unknown_phases(synced, shop):
    assert "parallel, primary, archive" in synced.ok("phase", "later", status=2).err
    synced.db.run("INSERT INTO artsync.settings (base, key, value, changed_by) VALUES ('art', 'phase', 'later', 'test')")
    assert "artsync phase parallel" in synced.ok("phase", status=3).err
    move(synced, shop, "primary", status=3)
    move(synced, shop, "parallel")
    assert shown(synced) == "parallel"
