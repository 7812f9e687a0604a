"""A link means a row, whatever id the row has: adoption, its rollback and a parent made anew are no edits of the link.

Exports without record ids give new rows derived ids; a later export with ids adopts the rows. Links point at the same rows
before and after.
"""
import pytest
from support import Export, counts, rid, shop as make_shop

LINK_IDS = ["print_record_id", "distributor_record_id"]


def without_ids(export):
    export.hide("prints", "Record_id").hide("distributors", "Record_id").hide("editions", *LINK_IDS)
    return export


@pytest.fixture
def early(art, tmp_path):
    """Synced without ids; the editions have theirs."""
    art.sync(without_ids(make_shop(tmp_path / "early")).save())
    return tmp_path / "early"


@pytest.fixture
def real(tmp_path):
    return make_shop(tmp_path / "real")


def key(db, name, table="prints"):
    return db.value("SELECT id FROM %s WHERE name = %%s" % table, name)


def link(db, edition, column="print_id"):
    return db.get("editions", edition)[column]


# ---- the link changes after the adoption ----

@pytest.mark.parametrize("policy", ["export", "database", "reject"])
def test_a_changed_link_to_an_adopted_row_is_no_conflict(art, db, early, real, policy):
    art.sync(real.save())
    real.edition("E1", "P2", number=9)
    report = art.sync(real.save(), "--on-conflict", policy)
    assert counts(report, "editions", "updated", "conflicts", "rejected") == (1, 0, 0)
    assert link(db, "E1") == key(db, "Lighthouse")


@pytest.mark.parametrize("policy", ["export", "database", "reject"])
def test_a_link_that_changes_in_the_sync_that_adopts(art, db, early, real, policy):
    real.edition("E1", "P2", number=9).edition("E4", "P2", "D2")
    report = art.sync(real.save(), "--on-conflict", policy)
    assert counts(report, "editions", "updated", "conflicts", "rejected") == (2, 0, 0)
    assert link(db, "E1") == key(db, "Lighthouse")
    assert link(db, "E4", "distributor_id") == key(db, "North Pier", "distributors")


@pytest.mark.parametrize("adopt_first", [True, False])
def test_an_edit_of_a_link_survives_the_adoption(art, db, early, real, adopt_first):
    if adopt_first:
        art.sync(real.save("prints", "distributors"), "--table", "prints", "--table", "distributors")
    own = key(db, "Lighthouse")
    db.edit("editions", "E1", print_id=own, edition_number=9)
    report = art.sync(real.save())
    assert counts(report, "editions", "updated", "conflicts") == (0, 0)
    assert link(db, "E1") == own
    real.edition("E2", price="£99.00")
    report = art.sync(real.save())
    assert counts(report, "editions", "updated", "conflicts") == (1, 0) and link(db, "E1") == own


@pytest.mark.parametrize("together", [True, False])
def test_merge_counts_no_edit_where_there_is_none(art, db, early, real, together):
    if not together:
        art.sync(real.save())
    real.edition("E1", "P2", number=9)
    report = art.sync(real.save(), "--mode", "merge")
    assert counts(report, "editions", "updated", "overwritten", "conflicts") == (1, 0, 0)
    db.edit("editions", "E1", print_id=key(db, "Harbour"))
    report = art.sync(real.path, "--mode", "merge")
    assert counts(report, "editions", "updated", "overwritten") == (1, 1)


def test_both_sides_changed_is_a_conflict_all_the_same(art, db, early, real):
    db.edit("editions", "E4", distributor_id=None)
    real.edition("E4", "P2", "D2")
    report = art.sync(real.save(), status=1)
    assert [(c["id"], c["column"]) for c in report["conflicts"]] == [(rid("E4"), "distributor_id")]


# ---- rows of the business's own application ----

def test_a_link_to_a_row_of_the_business_that_is_adopted_later(art, db, real, tmp_path):
    db.run("INSERT INTO prints (name) VALUES ('Harbour')")
    early = make_shop(tmp_path / "early").hide("editions", *LINK_IDS)
    early.drop("prints", "P1")
    art.sync(early.save(), "--on-conflict", "database")
    assert link(db, "E1") == key(db, "Harbour")
    real.edition("E1", "P2", number=9)
    report = art.sync(real.save(), "--on-conflict", "database")
    assert counts(report, "prints", "created", "updated") == (0, 1)
    assert counts(report, "editions", "updated", "conflicts") == (1, 0)
    assert link(db, "E1") == key(db, "Lighthouse")


# ---- rollback ----

def test_rollback_of_a_link_across_the_adoption(art, db, early, real, tmp_path):
    """The record is seen as changed again."""
    moved = without_ids(make_shop(tmp_path / "moved")).edition("E1", "P2", number=9)
    sync_id = art.sync(moved.save())["sync_id"]
    real.edition("E1", "P2", number=9)
    art.sync(real.save())
    art.ok("rollback", sync_id)
    assert link(db, "E1") == key(db, "Harbour")
    report = art.sync(real.path, "--on-conflict", "reject")
    assert counts(report, "editions", "updated", "conflicts", "rejected") == (1, 0, 0)
    assert link(db, "E1") == key(db, "Lighthouse")


def test_rollback_of_the_adoption_and_of_what_came_with_it(art, db, early, real):
    before = db.snapshot()
    real.edition("E1", "P2", number=9)
    adopting = art.sync(real.save())["sync_id"]
    art.ok("rollback", adopting)
    assert db.snapshot() == before
    for policy in ("reject", "database"):
        report = art.sync(real.path, "--on-conflict", policy)
        assert counts(report, "editions", "updated", "conflicts", "rejected") == (1, 0, 0)
        art.ok("rollback", report["sync_id"])
        assert db.snapshot() == before


def test_a_link_made_after_the_adoption_and_before_its_rollback(art, db, early, real):
    adopting = art.sync(real.save())["sync_id"]
    real.edition("E7", "P1", number=7)
    art.sync(real.save())
    art.ok("rollback", adopting)
    assert db.value("SELECT count(*) FROM prints WHERE airtable_id LIKE 'key_%'") == 2
    real.edition("E7", "P2", number=7)
    report = art.sync(real.save(), "--on-conflict", "reject")
    assert counts(report, "editions", "updated", "conflicts", "rejected") == (1, 0, 0)
    assert link(db, "E7") == key(db, "Lighthouse")


# ---- a parent that is deleted and made anew ----

def forget_parent(db, edition, name):
    """People move the editions of a print to another one and delete it."""
    db.run("UPDATE editions SET print_id = (SELECT id FROM prints WHERE name = 'Lighthouse'), "
           "edition_number = edition_number + 20 WHERE print_id = (SELECT id FROM prints WHERE name = %s)", name)
    db.run("DELETE FROM prints WHERE name = %s", name)
    return link(db, edition)


def test_kept_edits_when_a_sync_makes_the_parent_anew(art, db, early, real):
    art.sync(real.save())
    kept = forget_parent(db, "E1", "Harbour")
    real.edition("E2", price="£99.00")
    report = art.sync(real.save())
    assert counts(report, "prints", "created") == (1,)
    assert counts(report, "editions", "updated", "conflicts") == (1, 0) and link(db, "E1") == kept


def test_kept_edits_when_a_parent_made_anew_is_adopted(art, db, early, real):
    kept = forget_parent(db, "E1", "Harbour")
    art.sync(without_ids(real.copy(real.path.parent / "again")).save())
    report = art.sync(real.save())
    assert counts(report, "prints", "created", "updated") == (0, 2)
    assert counts(report, "editions", "updated", "conflicts") == (0, 0) and link(db, "E1") == kept


def test_kept_edits_when_the_parent_comes_back_with_its_real_id(art, db, early, real):
    """Its row with the derived id is gone, so none is adopted: a new one is made."""
    kept = forget_parent(db, "E1", "Harbour")
    report = art.sync(real.save())
    assert counts(report, "prints", "created", "updated") == (1, 1)
    assert counts(report, "editions", "updated", "conflicts") == (0, 0) and link(db, "E1") == kept


@pytest.mark.parametrize("known", [True, False])
def test_kept_edits_when_people_make_the_parent_anew(art, db, early, real, known):
    """Their row is the record's, though the record is remembered: adopted, not refused for its name."""
    if known:
        art.sync(real.save())
    kept = forget_parent(db, "E1", "Harbour")
    db.run("INSERT INTO prints (name, total_editions) VALUES ('Harbour', 10)")
    own = key(db, "Harbour")
    real.edition("E2", price="£99.00")
    report = art.sync(real.save())
    assert counts(report, "prints", "created", "rejected") == (0, 0)
    assert db.get("prints", "P1")["id"] == own
    assert counts(report, "editions", "updated", "conflicts") == (1, 0) and link(db, "E1") == kept
    before = db.versions(), db.history()
    art.sync(real.path)
    assert before == (db.versions(), db.history())


def test_a_derived_id_whose_row_was_adopted_is_not_given_again(art, db, early, real, tmp_path):
    """A row renamed by people after its adoption, and a new row of its old name: two rows, and two links."""
    art.sync(real.save())
    former = db.value("SELECT former_id FROM artsync.former_ids WHERE record_id = %s", rid("P1"))
    db.edit("prints", "P1", name="Harbour I")
    nameless = without_ids(make_shop(tmp_path / "nameless"))
    report = art.sync(nameless.save("prints"), "--table", "prints")
    assert counts(report, "prints", "created") == (1,)
    assert not db.value("SELECT count(*) FROM prints WHERE airtable_id = %s", former)
    ids = db.column("SELECT airtable_id FROM prints ORDER BY id")
    art.sync(nameless.save("prints"), "--table", "prints", "--mode", "merge")
    assert db.column("SELECT airtable_id FROM prints ORDER BY id") == ids


@pytest.mark.parametrize("mode", ["incremental", "merge"])
@pytest.mark.parametrize("edited", [True, False])
def test_a_record_that_gets_another_row_after_a_rollback_takes_its_links_along(art, db, early, real, mode, edited):
    """Adopted, renamed in the export, rolled back: the record has a new name, and the row of its old name has its old id."""
    adopting = art.sync(real.save())["sync_id"]
    if edited:
        db.edit("editions", "E2", print_id=key(db, "Lighthouse"), edition_number=77)
    old = key(db, "Harbour")
    real.records["prints"]["P1"]["Print Name"] = "Quay"  # the editions' file shows the old name still
    art.ok("rollback", adopting)
    kept = edited and mode == "incremental"  # the record means another row now: a change, and a conflict with the edit
    report = art.sync(real.save(), "--mode", mode, "--on-conflict", "database", status=int(kept))
    assert counts(report, "prints", "created") == (1,) and key(db, "Quay") == db.get("prints", "P1")["id"] != old
    assert link(db, "E1") == key(db, "Quay")
    assert link(db, "E2") == (key(db, "Lighthouse") if kept else key(db, "Quay"))
    before = db.versions(), db.history()
    art.sync(real.path, "--mode", mode)
    assert before == (db.versions(), db.history())


# ---- parity ----

def test_parity_tells_a_newer_link_from_an_edited_one(art, db, early, real):
    art.sync(real.save())
    real.edition("E1", "P2", number=9)
    parity = art.run("validate", "--parity", "--export-dir", real.save(), "--json").json["parity"]
    editions = [t for t in parity["tables"] if t["table"] == "editions"][0]
    causes = {e["column"]: e["cause"] for e in editions["sample"] if e.get("column")}
    assert causes["print_id"] == "newer_in_export"
