"""The table of modes in the contract, line by line, and three-way incremental, column by column."""
import pytest
from support import TABLES, counts, rid

MODES = ["incremental", "merge", "full"]
WINS = {"incremental": False, "merge": True, "full": True}


@pytest.fixture
def synced(art, shop):
    """The small export, synced once."""
    art.sync(shop.save())
    return shop


def again(shop, tmp_path, name="later"):
    return shop.copy(tmp_path / name)


@pytest.mark.parametrize("mode", MODES)
def test_same_file(art, synced, mode):
    before = art.db.versions(), art.db.history()
    report = art.sync(synced.path, "--mode", mode)
    assert {t["skipped"] for t in report["tables"]} == {mode == "incremental"}
    assert before == (art.db.versions(), art.db.history())


@pytest.mark.parametrize("mode", MODES)
def test_record_that_people_deleted_comes_back(art, db, synced, mode):
    db.remove("editions", "E2")
    report = art.sync(synced.path, "--mode", mode)
    assert counts(report, "editions", "skipped", "created", "unchanged") == (False, 1, 5)
    assert db.get("editions", "E2")["edition_number"] == 2


@pytest.mark.parametrize("mode", MODES)
def test_deactivated_by_people_stays_away(art, db, synced, tmp_path, mode):
    db.edit("editions", "E2", is_active=False)
    later = again(synced, tmp_path).edition("E2", notes="new note").edition("E3", notes="new note")
    report = art.sync(later.save(), "--mode", mode)
    assert counts(report, "editions", "updated", "reactivated") == (2, 0)
    assert db.get("editions", "E2")["is_active"] is False and db.get("editions", "E2")["notes"] == "new note"


@pytest.mark.parametrize("mode", MODES)
def test_new_and_changed_records(art, db, synced, tmp_path, mode):
    later = again(synced, tmp_path).edition("E7", "P1", number=4).edition("E1", price="£99.00", notes="n")
    report = art.sync(later.save(), "--mode", mode)
    assert counts(report, "editions", "read", "created", "updated", "unchanged") == (7, 1, 1, 5)
    assert str(db.get("editions", "E1")["retail_price"]) == "99.00"
    assert db.get("editions", "E7")["edition_display_name"] == "Harbour - 4"
    assert counts(report, "prints", "updated", "created") == (0, 0)


@pytest.mark.parametrize("mode", MODES)
def test_edit_of_an_unchanged_record(art, db, synced, tmp_path, mode):
    """Kept by incremental, even where another column of the record changes; written over by merge and full."""
    db.edit("editions", "E1", notes="by people", retail_price="1.00")
    db.edit("editions", "E2", notes="by people")
    later = again(synced, tmp_path).edition("E1", frame="Mounted")
    report = art.sync(later.save(), "--mode", mode)
    if WINS[mode]:
        assert counts(report, "editions", "updated", "overwritten", "conflicts") == (2, 3, 0)
        assert db.get("editions", "E2")["notes"] is None
        assert str(db.get("editions", "E1")["retail_price"]) == "51.00"
    else:
        assert counts(report, "editions", "updated", "overwritten", "conflicts") == (1, 0, 0)
        assert db.get("editions", "E2")["notes"] == "by people" == db.get("editions", "E1")["notes"]
        assert str(db.get("editions", "E1")["retail_price"]) == "1.00"
    assert db.get("editions", "E1")["frame_type"] == "Mounted"
    before = db.versions(), db.history()
    assert counts(art.sync(later.path, "--mode", mode), "editions", "updated", "overwritten") == (0, 0)
    assert before == (db.versions(), db.history())


@pytest.mark.parametrize("mode", MODES)
def test_absent_record(art, db, synced, tmp_path, mode):
    db.run("INSERT INTO editions (print_id, edition_display_name) SELECT id, 'made by people' FROM prints LIMIT 1")
    later = again(synced, tmp_path).drop("editions", "E5")
    report = art.sync(later.save(), "--mode", mode)
    gone = db.get("editions", "E5")
    assert gone["is_active"] is (mode != "full")
    assert counts(report, "editions", "deactivated", "updated") == ((1, 0) if mode == "full" else (0, 0))
    assert gone["sync_version"] == (2 if mode == "full" else 1)
    assert db.value("SELECT is_active FROM editions WHERE edition_display_name = 'made by people'") is True
    # and back again: active, in every mode
    before = db.versions()
    report = art.sync(synced.path, "--mode", mode)
    assert db.get("editions", "E5")["is_active"] is True
    want = (1, 1) if mode == "full" else (0, 0)
    assert counts(report, "editions", "updated", "reactivated") == want
    assert (db.versions() == before) is (mode != "full")


@pytest.mark.parametrize("mode", MODES)
def test_reactivated_by_any_mode(art, db, synced, tmp_path, mode):
    later = again(synced, tmp_path).drop("editions", "E5")
    art.sync(later.save(), "--mode", "full")
    back = again(synced, tmp_path, "back").edition("E5", notes="I am back")
    report = art.sync(back.save(), "--mode", mode)
    assert counts(report, "editions", "updated", "reactivated") == (1, 1)
    row = db.get("editions", "E5")
    assert row["is_active"] is True and row["notes"] == "I am back"


def test_rejected_and_skipped_records_are_not_absent(art, db, synced, tmp_path):
    later = again(synced, tmp_path).edition("E5", price="much").edition("E6", display=" - ")
    report = art.sync(later.save(), "--mode", "full", status=1)
    assert counts(report, "editions", "rejected", "skipped_records", "deactivated") == (1, 1, 0)
    assert db.get("editions", "E5")["is_active"] and db.get("editions", "E6")["is_active"]


def test_nothing_is_deactivated_if_an_id_cannot_be_read(art, db, synced, tmp_path):
    later = again(synced, tmp_path).drop("editions", "E5")
    folder = later.save()
    with open(later.file("editions"), "ab") as f:
        f.write(b"\nragged,line")  # whose is it? perhaps E5's
    report = art.sync(folder, "--mode", "full", status=1)
    assert counts(report, "editions", "rejected", "deactivated") == (1, 0)
    assert report["rejects"][0]["code"] == "wrong_field_count"
    assert db.get("editions", "E5")["is_active"] is True


def test_rows_without_a_sync_are_not_deactivated(art, db, synced, tmp_path):
    """Rows of the business's own application stay, with generated ids and with real ones."""
    db.run("INSERT INTO prints (airtable_id, name) VALUES (%s, 'Own')", rid("PX"))
    db.run("INSERT INTO prints (name) VALUES ('Own too')")
    art.sync(again(synced, tmp_path).save(), "--mode", "full")
    assert db.value("SELECT count(*) FROM prints WHERE is_active") == 4
    assert db.value("SELECT airtable_id FROM prints WHERE name = 'Own too'")[:3] != "rec"


@pytest.mark.parametrize("mode", MODES)
def test_columns_that_are_not_mapped_are_never_touched(art, db, synced, tmp_path, mode):
    db.run("ALTER TABLE editions ADD shelf text DEFAULT 'A', ADD counter integer NOT NULL DEFAULT 0")
    db.run("UPDATE editions SET shelf = 'B' || edition_number")
    shelves = db.rows("SELECT airtable_id, shelf, counter FROM editions ORDER BY 1")
    later = again(synced, tmp_path).edition("E1", notes="x").edition("E7", "P1", number=9)
    art.sync(later.save(), "--mode", mode)
    assert db.rows("SELECT airtable_id, shelf, counter FROM editions WHERE airtable_id <> %s ORDER BY 1",
                   rid("E7")) == shelves
    assert db.get("editions", "E7")["shelf"] == "A"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("choice", ["default", "export", "database", "reject"])
def test_both_changed(art, db, synced, tmp_path, mode, choice):
    db.edit("editions", "E1", notes="ours", size="Large")
    later = again(synced, tmp_path).edition("E1", notes="theirs", frame="Framed", size="Large")
    args = [] if choice == "default" else ["--on-conflict", choice]
    conflict = mode == "incremental"
    report = art.sync(later.save(), "--mode", mode, *args, status=int(conflict))
    row = db.get("editions", "E1")
    if not conflict:
        assert row["notes"] == "theirs" and report["conflicts"] == []
        assert counts(report, "editions", "updated", "conflicts", "overwritten") == (1, 0, 1)
        return
    kept = choice in ("database", "reject")
    assert row["notes"] == ("ours" if kept else "theirs")
    assert row["frame_type"] == (None if choice == "reject" else "Framed")
    assert report["conflicts"] == [{"table": "editions", "id": rid("E1"), "column": "notes", "export": "theirs",
                                    "database": "ours", "resolution": "export" if choice == "default" else choice}]
    assert counts(report, "editions", "conflicts", "updated", "rejected") == (
        (1, 0, 1) if choice == "reject" else (1, 1, 0))
    if choice == "reject":
        assert [r["code"] for r in report["rejects"]] == ["conflict"]
        return
    # the state went along: the same export is no conflict any more
    later.edition("E2", notes="another record")
    report = art.sync(later.save(), *args)
    assert counts(report, "editions", "updated", "conflicts") == (1, 0)
    assert db.get("editions", "E1")["notes"] == row["notes"]
    # and a new change of the export is one again, if the edit is still there
    later.edition("E1", notes="theirs again")
    report = art.sync(later.save(), *args, status=int(choice == "database"))
    assert counts(report, "editions", "conflicts") == ((1,) if choice == "database" else (0,))


def test_the_export_takes_its_change_back(art, db, synced, tmp_path):
    """A conflict decided for the database, then the old value again: still the database's edit."""
    db.edit("editions", "E1", notes="ours")
    later = again(synced, tmp_path).edition("E1", notes="theirs")
    art.sync(later.save(), "--on-conflict", "database", status=1)
    report = art.sync(synced.path, "--on-conflict", "database", status=1)
    assert report["conflicts"][0]["export"] is None and db.get("editions", "E1")["notes"] == "ours"


def test_people_take_their_edit_back(art, db, synced, tmp_path):
    db.edit("editions", "E1", notes="ours")
    db.edit("editions", "E1", notes=None)
    report = art.sync(again(synced, tmp_path).edition("E1", notes="theirs").save())
    assert report["conflicts"] == [] and db.get("editions", "E1")["notes"] == "theirs"


@pytest.mark.parametrize("mode", MODES)
def test_both_changed_to_the_same_value(art, db, synced, tmp_path, mode):
    db.edit("editions", "E1", notes="agreed", retail_price="9.50")
    before = db.versions(["editions"])
    later = again(synced, tmp_path).edition("E1", notes="agreed", price="£9.50")
    report = art.sync(later.save(), "--mode", mode)
    assert counts(report, "editions", "updated", "unchanged", "conflicts", "overwritten") == (0, 6, 0, 0)
    assert db.versions(["editions"]) == before
    # it is the agreed state now: a later change of the export is written without a conflict
    report = art.sync(later.edition("E1", notes="next").save())
    assert counts(report, "editions", "updated", "conflicts") == (1, 0)


@pytest.mark.parametrize("choice", ["export", "database"])
def test_rows_of_an_older_tool(art, db, shop, choice):
    """Rows without a last-synced state: equal is recorded, NULL is filled, a difference is a conflict."""
    for key, name, notes, total in (("P1", "Harbour", None, 10), ("P2", "Lighthouse", "old note", 20)):
        db.run("INSERT INTO prints (airtable_id, name, notes, total_editions) VALUES (%s, %s, %s, %s)",
               rid(key), name, notes, total)
    shop.print("P1", notes="new note").print("P2", notes="new note")
    report = art.sync(shop.save(), "--on-conflict", choice, status=1)
    assert counts(report, "prints", "read", "created", "conflicts") == (2, 0, 1)
    assert db.get("prints", "P1")["notes"] == "new note"
    assert db.get("prints", "P2")["notes"] == ("new note" if choice == "export" else "old note")
    assert db.value("SELECT count(*) FROM prints") == 2
    before = db.versions(), db.history()
    assert art.sync(shop.path)["conflicts"] == []
    assert before == (db.versions(), db.history())


def test_equal_rows_of_an_older_tool_are_not_written(art, db, shop):
    db.run("INSERT INTO prints (airtable_id, name, total_editions) VALUES (%s, 'Harbour', 10)", rid("P1"))
    before = db.copy("SELECT *, xmin FROM prints WHERE name = 'Harbour'")
    report = art.sync(shop.save())
    assert counts(report, "prints", "created", "unchanged") == (1, 1)
    assert db.copy("SELECT *, xmin FROM prints WHERE name = 'Harbour'") == before
    db.edit("prints", "P1", notes="by people")
    assert art.sync(shop.print("P1", total=11).save())["conflicts"] == []  # its state is known now
    assert db.get("prints", "P1")["notes"] == "by people" and db.get("prints", "P1")["total_editions"] == 11


def test_fresh_picture_addresses_are_no_change(art, db, shop, tmp_path):
    url = "https://v5.airtableusercontent.com/v3/u/1/1/%s/x"
    shop.print("P1", image="a (1).jpg (%s),b, c.png (%s)" % (url % "old1", url % "old2"))
    art.sync(shop.save())
    assert db.get("prints", "P1")["image_urls"] == [url % "old1", url % "old2"]
    before = db.versions(["prints"])
    later = again(shop, tmp_path).print("P1", image="a (1).jpg (%s),b, c.png (%s)" % (url % "new1", url % "new2"))
    for mode in MODES:
        report = art.sync(later.save(), "--mode", mode)
        assert counts(report, "prints", "updated", "unchanged") in [(0, 2), (0, 0)]
    assert db.versions(["prints"]) == before
    db.edit("prints", "P1", image_urls=["https://own.example/a.jpg"])
    later.print("P1", image="d.jpg (%s)" % (url % "new3"))
    report = art.sync(later.save(), status=1)  # other files, and people had other addresses
    assert counts(report, "prints", "updated", "conflicts") == (1, 1)
    assert db.get("prints", "P1")["image_urls"] == [url % "new3"]
    later.print("P1", image="e.jpg (%s)" % (url % "new4"))
    assert counts(art.sync(later.save()), "prints", "updated", "conflicts") == (1, 0)
    assert db.get("prints", "P1")["image_urls"] == [url % "new4"]


def test_a_vanished_header_keeps_its_column_and_its_state(art, db, synced, tmp_path):
    db.edit("editions", "E1", retail_price="77.00")
    later = again(synced, tmp_path).edition("E1", notes="x").edition("E2", notes="x")
    later.hide("editions", "Retail Price", "Sold")
    for mode in MODES:
        report = art.sync(later.save(), "--mode", mode)
        assert report["conflicts"] == []
        assert str(db.get("editions", "E1")["retail_price"]) == "77.00"
        assert str(db.get("editions", "E2")["retail_price"]) == "52.00"
    text = art.ok("sync", "--mode", "merge", "--export-dir", later.path)
    assert "Retail Price" in text.out + text.err  # people are told
    back = again(synced, tmp_path, "back").edition("E1", notes="x", price="£51.00").edition("E2", notes="x")
    report = art.sync(back.save())  # the edit is an edit still
    assert report["conflicts"] == [] and str(db.get("editions", "E1")["retail_price"]) == "77.00"
    report = art.sync(back.edition("E1", price="£52.00").save(), status=1)
    assert [c["column"] for c in report["conflicts"]] == ["retail_price"]


def test_all_tables_or_none(art, db, shop):
    """A later table's failure undoes the earlier tables' work."""
    folder = shop.save()
    shop.file("editions").write_bytes(shop.file("editions").read_bytes() + b'"')
    assert art.run("sync", "--export-dir", folder).status == 4
    assert [db.value("SELECT count(*) FROM " + t) for t in TABLES] == [0, 0, 0]


def test_readers_do_not_wait(art, db, proxy, synced, tmp_path):
    """Up to COMMIT people read the old rows at once, and see nothing of the new ones."""
    from proxy import HOLD, committing
    later = again(synced, tmp_path).print("P1", notes="half way").edition("E1", notes="half way")
    proxy.plan(committing(HOLD))
    child = art.start("sync", "--export-dir", later.save(), url=proxy.url)
    proxy.wait()
    db.run("SET statement_timeout = '5s'")
    for table in ("prints", "editions"):
        assert db.value("SELECT count(*) FROM %s WHERE notes = 'half way'" % table) == 0
    proxy.release()
    assert art.finish(child).status == 0
    assert db.get("prints", "P1")["notes"] == "half way"
