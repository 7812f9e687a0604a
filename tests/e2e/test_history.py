"""History, one record's life, and rollback: back to exactly what was, and never over other people's work."""
import pytest
from support import STATE, TABLES, counts, error_of, rid

MODES = ["incremental", "merge", "full"]


@pytest.fixture
def synced(art, shop):
    shop.first = art.sync(shop.save())["sync_id"]
    return shop


@pytest.fixture
def later(synced, tmp_path):
    """A second day with every kind of change; not synced yet."""
    x = synced.copy(tmp_path / "later")
    x.print("P1", name="Lighthouse", notes="new").print("P2", name="Harbour").print("P3", name="Ferry")
    x.edition("E1", number=2, notes="n").edition("E2", number=1).edition("E4", distributor="D2", price="£1.00")
    x.edition("X1", "P3", number=1).edition("X2", "P2", number=4).drop("editions", "E5")
    x.save()
    return x


def rollback(art, sync_id="last", *args, status=0):
    return art.ok("rollback", sync_id, "--json", *args, status=status).json


# ---- history ----

def test_syncs_newest_first(art, db, synced, later):
    second = art.sync(later.path)
    syncs = art.ok("history", "--json").json["syncs"]
    assert [s["sync_id"] for s in syncs] == [second["sync_id"], synced.first]
    for sync in syncs:
        assert set(sync) == {"sync_id", "type", "origin", "status", "started_at", "completed_at", "reason", "tables"}
        assert sync["type"] == "incremental" and sync["status"] == "completed"
        assert [t["table"] for t in sync["tables"]] == TABLES
        for table in sync["tables"]:
            assert set(table) == {"table", "processed", "created", "updated", "deactivated", "deleted", "rejected",
                                  "source_file", "source_hash"}
    newest = {t["table"]: t for t in syncs[0]["tables"]}
    assert newest["editions"]["created"] == 2 and newest["editions"]["updated"] == 3
    assert len(art.ok("history", "--json", "--limit", "1").json["syncs"]) == 1
    assert all([t["table"] for t in s["tables"]] == ["prints"]
               for s in art.ok("history", "--json", "--table", "prints").json["syncs"])
    text = art.ok("history")
    assert second["sync_id"][:8] in text.out


def test_changes_of_one_sync(art, synced, later):
    sync_id = art.sync(later.path)["sync_id"]
    for name in (sync_id, sync_id[:10], "last"):
        changes = art.ok("history", name, "--json").json["changes"]
        assert all(set(c) == {"sync_id", "at", "table", "id", "action", "columns"} for c in changes)
        assert {c["sync_id"] for c in changes} == {sync_id}
        found = {(c["table"], c["id"]): (c["action"], c["columns"]) for c in changes}
        assert found[("prints", rid("P1"))] == ("updated", {"name": {"from": "Harbour", "to": "Lighthouse"},
                                                            "notes": {"from": None, "to": "new"}})
        assert found[("editions", rid("E1"))][1]["edition_number"] == {"from": "1", "to": "2"}
        created = {k for k, (action, _) in found.items() if action == "created"}
        assert created == {("prints", rid("P3")), ("editions", rid("X1")), ("editions", rid("X2"))}


def test_one_records_life(art, db, synced, later, tmp_path):
    second = art.sync(later.path)["sync_id"]
    third = art.sync(later.copy(tmp_path / "third").edition("E1", notes="m").save())["sync_id"]
    rollback(art, third)
    life = art.ok("history", "--record", rid("E1"), "--json").json["changes"]
    assert [c["at"] for c in life] == sorted(c["at"] for c in life)
    assert [c["action"] for c in life] == ["created", "updated", "updated", "updated"]
    assert [c["sync_id"] for c in life][:3] == [synced.first, second, third]
    assert life[2]["columns"] == {"notes": {"from": "n", "to": "m"}}
    assert life[3]["columns"] == {"notes": {"from": "m", "to": "n"}}
    with_table = art.ok("history", "--record", rid("E1"), "--table", "editions", "--json").json["changes"]
    assert with_table == life
    assert art.run("history", "--record", "recNobody00000000").status in (0, 2)


def test_overwritten_edits_are_in_history(art, db, synced, tmp_path):
    db.edit("editions", "E1", notes="by people")
    art.sync(synced.path, "--mode", "merge")
    (change,) = art.ok("history", "last", "--json").json["changes"]
    assert change["columns"] == {"notes": {"from": "by people", "to": None}}


def test_a_first_load_writes_no_change_rows(art, db, synced):
    assert db.value("SELECT count(*) FROM artsync.changes") == 0
    assert len(art.ok("history", synced.first, "--json").json["changes"]) == 10


# ---- rollback ----

@pytest.mark.parametrize("mode", MODES)
def test_back_to_what_was_byte_for_byte(art, db, synced, later, mode):
    db.edit("editions", "E6", notes="an edit by people")
    before = db.snapshot(), [db.copy("SELECT * FROM %s ORDER BY record_id" % s) for s in STATE]
    sync = art.sync(later.path, "--mode", mode)
    assert db.snapshot() != before[0]
    dry = rollback(art, sync["sync_id"], "--dry-run")
    report = rollback(art, sync["sync_id"])
    assert set(report) == {"sync_id", "reversed", "kept", "deleted", "details"}
    changed = sum(counts(sync, t, "updated")[0] + counts(sync, t, "deactivated")[0] for t in TABLES)
    assert (report["reversed"], report["kept"], report["deleted"]) == (changed, 0, 3)
    assert (dry["reversed"], dry["kept"], dry["deleted"]) == (changed, 0, 3)
    assert db.snapshot() == before[0]
    assert {r["status"] for r in db.logs("sync_id = '%s'" % sync["sync_id"])} == {"rolled_back"}
    assert {(r["sync_type"], r["status"]) for r in db.logs()[6:]} == {("rollback", "completed")}


def test_the_first_load_too(art, db, synced):
    report = rollback(art, synced.first)
    assert (report["reversed"], report["kept"], report["deleted"]) == (0, 0, 10)
    assert [db.value("SELECT count(*) FROM " + t) for t in TABLES + STATE] == [0] * 6
    again = art.sync(synced.path)
    assert counts(again, "editions", "skipped", "created") == (False, 6)


def test_the_next_sync_sees_the_records_as_changed_again(art, db, synced, later):
    sync = art.sync(later.path)
    after = db.rows("SELECT * FROM editions ORDER BY airtable_id")
    rollback(art)
    again = art.sync(later.path)
    for table in TABLES:
        assert counts(again, table, "created", "updated", "conflicts") == counts(sync, table, "created", "updated",
                                                                                 "conflicts")
    volatile = {"id", "print_id", "last_synced_at", "created_at", "updated_at"}
    assert [{k: v for k, v in r.items() if k not in volatile} for r in
            db.rows("SELECT * FROM editions ORDER BY airtable_id")] == [
                {k: v for k, v in r.items() if k not in volatile} for r in after]


def test_the_previous_export_again_after_a_rollback(art, db, synced, later):
    """Rolled back and the old file again: nothing to do."""
    art.sync(later.path)
    rollback(art)
    before = db.snapshot()
    report = art.sync(synced.path)
    assert all(t["updated"] == t["created"] == t["conflicts"] == 0 for t in report["tables"])
    assert db.snapshot() == before


def test_what_changed_since_is_kept(art, db, synced, later):
    sync = art.sync(later.path)
    db.edit("editions", "E1", notes="by people")              # the sync wrote notes and numbers
    db.edit("editions", "E4", size="Large")                   # another column: no obstacle
    db.edit("editions", "X1", notes="touched")                # a created row, touched since
    dry = rollback(art, sync["sync_id"], "--dry-run", status=1)
    refused = art.ok("rollback", sync["sync_id"], "--strict", "--json", status=4)
    assert error_of(refused)["code"] == "refused" and db.get("editions", "E1")["edition_number"] == 2
    report = rollback(art, sync["sync_id"], status=1)
    assert {k: report[k] for k in ("reversed", "kept", "deleted")} == {k: dry[k] for k in ("reversed", "kept",
                                                                                          "deleted")}
    assert db.get("editions", "E1")["notes"] == "by people" and db.get("editions", "E1")["edition_number"] == 1
    assert db.get("editions", "E4")["size"] == "Large" and db.get("editions", "E4")["retail_price"] == 54
    assert db.has("editions", "X1") and not db.has("editions", "X2")
    assert db.has("prints", "P3")                             # its edition X1 is kept, so it is referenced
    kept = {d["id"] for d in report["details"] if d["action"] == "kept"}
    assert kept == {rid("E1"), rid("X1"), rid("P3")} and report["deleted"] == 1


def test_kept_because_of_a_later_sync(art, db, synced, later, tmp_path):
    second = art.sync(later.path)["sync_id"]
    third = art.sync(later.copy(tmp_path / "third").edition("E1", notes="m").save())["sync_id"]
    report = rollback(art, second, status=1)
    kept = [d for d in report["details"] if d["action"] == "kept"]
    assert [d["id"] for d in kept] == [rid("E1")] and report["kept"] == 1
    assert third[:8] in kept[0]["reason"]                     # it says who changed it since
    assert db.get("editions", "E1")["notes"] == "m" and db.get("editions", "E1")["edition_number"] == 1


def test_no_cascade_eats_the_business_rows(art, db, synced, later):
    db.run("CREATE TABLE orders (id serial PRIMARY KEY, edition_id integer NOT NULL REFERENCES editions (id) "
           "ON DELETE CASCADE)")
    db.run("GRANT SELECT ON orders TO public")  # artsync looks whether anything refers to a row
    art.sync(later.path)
    db.run("INSERT INTO orders (edition_id) SELECT id FROM editions WHERE airtable_id = %s", rid("X2"))
    report = rollback(art, status=1)
    assert db.has("editions", "X2") and db.value("SELECT count(*) FROM orders") == 1
    assert {d["id"] for d in report["details"] if d["action"] == "kept"} == {rid("X2")}


def test_columns_added_since_stay(art, db, synced, later):
    sync = art.sync(later.path)["sync_id"]
    db.run("ALTER TABLE editions ADD shelf text")
    db.run("UPDATE editions SET shelf = 'B' WHERE airtable_id ~ '^recE'")
    report = rollback(art, sync)
    assert (report["kept"], report["deleted"]) == (0, 3)
    assert db.value("SELECT count(*) FROM editions WHERE shelf = 'B'") == 6


def test_twice_is_refused(art, db, synced, later):
    sync = art.sync(later.path)["sync_id"]
    rollback(art, sync)
    before = db.versions(), db.logs()
    assert error_of(art.ok("rollback", sync, "--json", status=4))["code"] == "refused"
    undo = db.logs()[-1]["sync_id"]
    assert art.run("rollback", undo, "--json").status == 4    # a rollback
    assert (db.versions(), db.logs()) == before


def test_failed_and_skipped_syncs_are_refused(art, db, synced):
    skipped = art.sync(synced.path)["sync_id"]
    assert art.run("rollback", skipped).status == 4
    synced.file("editions").write_bytes(b'"')
    art.ok("sync", "--export-dir", synced.path, status=4)
    assert art.run("rollback", db.logs()[-1]["sync_id"]).status == 4


def test_rolling_back_in_any_order(art, db, synced, later, tmp_path):
    """The newer one first, then the older one: each time exactly the state before."""
    start = db.snapshot()
    second = art.sync(later.path)["sync_id"]
    middle = db.snapshot()
    third = later.copy(tmp_path / "third").edition("E1", notes="m", number=30).edition("X9", "P1", number=31)
    art.sync(third.save())
    rollback(art)
    assert db.snapshot() == middle
    rollback(art, second)
    assert db.snapshot() == start
    assert art.sync(third.path)["rejects"] == []


def test_deleted_rows_are_in_history(art, db, synced, later):
    art.sync(later.path)
    rollback(art)
    life = art.ok("history", "--record", rid("X2"), "--json").json["changes"]
    gone = life[-1]
    assert gone["action"] == "deleted" and gone["columns"]["edition_number"] == {"from": "4", "to": None}


def test_a_rolled_back_deactivation(art, db, synced, later):
    art.sync(later.path, "--mode", "full")
    assert db.get("editions", "E5")["is_active"] is False
    rollback(art)
    assert db.get("editions", "E5")["is_active"] is True
    report = art.sync(later.path, "--mode", "full")
    assert counts(report, "editions", "deactivated") == (1,)


def test_people_reactivated_since(art, db, synced, later):
    sync = art.sync(later.path, "--mode", "full")["sync_id"]
    db.edit("editions", "E5", is_active=True)
    rollback(art, sync, status=1)
    assert db.get("editions", "E5")["is_active"] is True


def test_sync_with_prefixes(art, synced):
    assert art.run("history", "zzzz").status == 2
    assert art.ok("rollback", synced.first[:6], "--dry-run", "--json").json["sync_id"] == synced.first


@pytest.mark.parametrize("policy", ["export", "database"])
@pytest.mark.parametrize("mode", ["incremental", "merge"])
def test_rollback_of_a_rows_first_sync_after_a_later_one(art, db, shop, mode, policy):
    """A row of the business that the sync changed: put back, it is seen as changed again."""
    db.run("INSERT INTO prints (name, total_editions) VALUES ('Harbour', -3)")
    first = art.sync(shop.save(), "--mode", mode, "--on-conflict", "export", status=int(mode == "incremental"))
    assert db.get("prints", "P1")["total_editions"] == 10
    shop.print("P1", notes="signed")
    art.sync(shop.save())
    own = db.value("SELECT id FROM prints WHERE name = 'Harbour'")
    rollback(art, first["sync_id"])
    row = db.row("SELECT * FROM prints WHERE id = %s", own)
    assert (row["total_editions"], row["notes"]) == (-3, "signed")
    again = art.sync(shop.path, "--mode", mode, "--on-conflict", policy, status=int(mode == "incremental"))
    found = [(c["column"], c["database"], c["export"]) for c in again["conflicts"] if c["table"] == "prints"]
    assert found == ([("total_editions", "-3", "10")] if mode == "incremental" else [])
    written = mode == "merge" or policy == "export"
    assert db.row("SELECT total_editions FROM prints WHERE id = %s", own)["total_editions"] == (10 if written else -3)


def test_rollback_of_a_rows_first_sync_keeps_what_it_found_equal(art, db, shop):
    """What the sync did not write is not put back: an edit of people since is kept, and no conflict."""
    db.run("INSERT INTO prints (airtable_id, name, total_editions) VALUES (%s, 'Harbour', -3)", rid("P1"))
    shop.print("P1", description="a view")
    db.edit("prints", "P1", description="a view")
    first = art.sync(shop.save(), status=1)
    shop.print("P1", notes="signed")
    art.sync(shop.save())
    db.edit("prints", "P1", description="our words")
    rollback(art, first["sync_id"])
    report = art.sync(shop.path, status=1)
    assert [c["column"] for c in report["conflicts"]] == ["total_editions"]
    assert db.get("prints", "P1")["description"] == "our words"
