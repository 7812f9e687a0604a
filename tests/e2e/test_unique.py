"""Unique keys: swaps, chains and duplicates; and what the database refuses for reasons artsync never heard of."""
import pytest
from support import counts, error_of, rid

MODES = ["incremental", "merge", "full"]


def rejected(report):
    return {(r["id"], r["code"]) for r in report["rejects"]}


def numbers(db, key):
    return db.column("SELECT edition_number FROM editions e JOIN prints p ON p.id = e.print_id "
                     "WHERE p.airtable_id = %s ORDER BY e.airtable_id", rid(key))


@pytest.fixture
def synced(art, shop):
    art.sync(shop.save())
    return shop


@pytest.mark.parametrize("mode", MODES)
def test_swaps(art, db, synced, tmp_path, mode):
    later = synced.copy(tmp_path / "later").edition("E1", number=2).edition("E2", number=1)
    later.print("P1", name="Lighthouse").print("P2", name="Harbour")
    report = art.sync(later.save(), "--mode", mode)
    assert report["rejects"] == [] and counts(report, "prints", "updated") == (2,)
    assert numbers(db, "P1") == [2, 1, 3] and db.get("prints", "P1")["name"] == "Lighthouse"


@pytest.mark.parametrize("step", [1, -1, 3])
def test_every_number_of_a_print_moves_on(art, db, shop, tmp_path, step):
    for i in range(30):
        shop.edition("X%02d" % i, "P2", number=100 + i)
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later")
    for i in range(30):
        later.edition("X%02d" % i, number=100 + i + step)
    report = art.sync(later.save())
    assert counts(report, "editions", "updated", "rejected") == (30, 0)
    assert numbers(db, "P2")[3:] == [100 + i + step for i in range(30)]


def test_the_first_in_the_file_wins(art, db, shop):
    shop.edition("X1", "P1", number=1).edition("X2", "P2", number=9).edition("X3", "P2", number=9)
    shop.print("P9", name="Harbour")
    report = art.sync(shop.save(), status=1)
    assert rejected(report) == {(rid(k), "repeated_unique_key") for k in ("P9", "X1", "X3")}
    assert db.get("editions", "X2")["edition_number"] == 9
    reject = next(r for r in report["rejects"] if r["id"] == rid("X1"))
    assert rid("E1") in reject["reason"] or "line" in reject["reason"]  # it says who has it


@pytest.mark.parametrize("mode", MODES)
def test_the_row_in_the_database_wins(art, db, synced, tmp_path, mode):
    """A row that stays, absent from the export or made by people, keeps its key."""
    db.run("INSERT INTO editions (print_id, edition_number, edition_display_name) SELECT id, 50, 'own' FROM prints "
           "WHERE airtable_id = %s", rid("P1"))
    later = synced.copy(tmp_path / "later").drop("editions", "E3")
    later.edition("X1", "P1", number=3).edition("X2", "P1", number=50).edition("E2", number=50)
    report = art.sync(later.save(), "--mode", mode, status=1)
    assert rejected(report) == {(rid(k), "repeated_unique_key") for k in ("X1", "X2", "E2")}
    assert db.get("editions", "E2")["edition_number"] == 2  # left as it was


def test_what_a_rejected_record_would_have_freed_stays_taken(art, db, synced, tmp_path):
    later = synced.copy(tmp_path / "later")
    later.edition("E1", number=7, price="much")       # refused: keeps 1
    later.edition("E2", number=1)                     # so 1 is taken: refused, keeps 2
    later.edition("E3", number=2)                     # so 2 is taken
    later.edition("X1", "P1", number=3)               # so 3 is taken
    later.edition("X2", "P1", number=7)               # but no row has 7
    report = art.sync(later.save(), status=1)
    assert rejected(report) == {(rid("E1"), "invalid_value")} | {
        (rid(k), "repeated_unique_key") for k in ("E2", "E3", "X1")}
    assert numbers(db, "P1") == [1, 2, 3, 7]


def test_a_long_chain_behind_a_reject(art, db, shop, tmp_path):
    for i in range(200):
        shop.edition("X%03d" % i, "P2", number=1000 + i)
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later")
    for i in range(199):
        later.edition("X%03d" % i, number=1001 + i)
    later.edition("X199", number=5000, price="much")
    report = art.sync(later.save(), "--max-rejects", "500", status=1)
    assert counts(report, "editions", "rejected", "updated") == (200, 0)
    assert numbers(db, "P2")[3:] == [1000 + i for i in range(200)]


def test_a_swap_with_a_rejected_partner(art, db, synced, tmp_path):
    later = synced.copy(tmp_path / "later").edition("E1", number=2, price="much").edition("E2", number=1)
    later.edition("E4", number=2).edition("E5", number=1)
    report = art.sync(later.save(), status=1)
    assert rejected(report) == {(rid("E1"), "invalid_value"), (rid("E2"), "repeated_unique_key")}
    assert numbers(db, "P1") == [1, 2, 3] and numbers(db, "P2") == [2, 1, 3]


def test_kept_edits_count(art, db, synced, tmp_path):
    """People moved E1 to number 9, which the export leaves alone: 9 is taken, 1 is free."""
    db.edit("editions", "E1", edition_number=9)
    later = synced.copy(tmp_path / "later").edition("E2", number=9).edition("E3", number=1)
    report = art.sync(later.save(), status=1)
    assert rejected(report) == {(rid("E2"), "repeated_unique_key")}
    assert numbers(db, "P1") == [9, 2, 1]


def test_blank_numbers_do_not_clash(art, db, shop):
    for key in ("X1", "X2"):
        shop.edition(key, "P1", display="Harbour - ")
    assert art.sync(shop.save())["rejects"] == []
    assert numbers(db, "P1")[-2:] == [None, None]


# ---- the unforeseen ----

def test_check_constraint(art, db, shop):
    db.run("ALTER TABLE editions ADD CONSTRAINT cheap CHECK (retail_price < 55)")
    report = art.sync(shop.save(), status=1)
    assert rejected(report) == {(rid("E5"), "check_constraint"), (rid("E6"), "check_constraint")}
    assert all("cheap" in r["reason"] for r in report["rejects"])
    assert db.value("SELECT count(*) FROM editions") == 4


def trigger(db, table, body, timing="BEFORE INSERT OR UPDATE", deferred=False):
    db.run("CREATE FUNCTION own_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s RETURN NEW; END $$" % body)
    kind = "CONSTRAINT TRIGGER" if deferred else "TRIGGER"
    when = "AFTER INSERT OR UPDATE" if deferred else timing
    defer = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
    db.run("CREATE %s own_rule %s ON %s %s FOR EACH ROW EXECUTE FUNCTION own_rule()" % (kind, when, table, defer))


REFUSE = "IF NEW.notes = 'refuse me' THEN RAISE EXCEPTION 'the shop says no to %', NEW.airtable_id; END IF;"


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_trigger(art, db, synced, tmp_path, mode, deferred):
    """Only the refused are rejected, with PostgreSQL's message; swaps around them hold together."""
    trigger(db, "editions", REFUSE, deferred=deferred)
    later = synced.copy(tmp_path / "later").edition("E1", number=2).edition("E2", number=1)
    later.edition("E4", notes="refuse me").edition("X1", "P2", number=9, notes="refuse me")
    later.edition("E5", notes="fine").edition("X2", "P2", number=10)
    report = art.sync(later.save(), "--mode", mode, status=1)
    assert rejected(report) == {(rid("E4"), "refused_by_database"), (rid("X1"), "refused_by_database")}
    assert all("the shop says no to " + r["id"] in r["reason"] for r in report["rejects"])
    assert numbers(db, "P1") == [2, 1, 3] and db.has("editions", "X2") and not db.has("editions", "X1")
    assert db.get("editions", "E5")["notes"] == "fine" and db.get("editions", "E4")["notes"] is None
    before = db.versions(), db.history()
    again = art.sync(later.path, "--mode", mode)
    assert again["t"]["editions"]["new_rejects"] == 0
    assert before == (db.versions(), db.history())


def test_trigger_on_a_first_load(art, db, shop):
    """The fast way into an empty table gives way to the careful one."""
    trigger(db, "editions", REFUSE)
    shop.edition("E2", notes="refuse me")
    report = art.sync(shop.save(), status=1)
    assert rejected(report) == {(rid("E2"), "refused_by_database")}
    assert db.value("SELECT count(*) FROM editions") == 5


def test_deferred_trigger_on_a_parent(art, db, shop):
    """The print is refused, so its editions' links are missing."""
    trigger(db, "prints", REFUSE, deferred=True)
    shop.print("P1", notes="refuse me")
    report = art.sync(shop.save(), status=1)
    assert rejected(report) == {(rid("P1"), "refused_by_database")} | {
        (rid(k), "link_not_found") for k in ("E1", "E2", "E3")}


@pytest.mark.parametrize("index", [
    "CREATE UNIQUE INDEX own ON editions (payment_note) WHERE payment_note IS NOT NULL",
    "CREATE UNIQUE INDEX own ON editions (lower(payment_note))"])
def test_unique_index(art, db, shop, index):
    db.run(index)
    shop.edition("E1", payment="a").edition("E3", payment="a").edition("E5", payment="b").edition("E6", payment="b")
    report = art.sync(shop.save(), status=1)
    assert {k for k, _ in rejected(report)} == {rid("E3"), rid("E6")}
    assert all("own" in r["reason"] for r in report["rejects"])


def test_exclusion_constraint(art, db, synced, tmp_path):
    db.run("ALTER TABLE distributors ADD CONSTRAINT own EXCLUDE (contact_number WITH =)")
    later = synced.copy(tmp_path / "later").distributor("D1", contact="1").distributor("D2", contact="1")
    report = art.sync(later.save(), status=1)
    assert rejected(report) == {(rid("D2"), "refused_by_database")}
    assert db.get("distributors", "D1")["contact_number"] == "1"


def test_many_refusals(art, db, shop):
    """Up to 1,000 per table; beyond that the sync is refused and nothing changed."""
    trigger(db, "editions", REFUSE)
    for i in range(3000):
        shop.edition("X%04d" % i, "P2", number=100 + i, notes="refuse me" if i % 4 == 0 else "")
    report = art.sync(shop.save(), "--force", status=1)
    assert counts(report, "editions", "created", "rejected") == (6 + 2250, 750)
    db.run("TRUNCATE editions")
    for i in range(0, 3000, 4):
        shop.edition("X%04d" % (i + 1), notes="refuse me")
    before = db.versions()
    error = error_of(art.ok("sync", "--json", "--force", "--export-dir", shop.save(), status=4))
    assert error["code"] == "limit" and "1000" in error["message"].replace(",", "")
    assert db.versions() == before


def test_a_trigger_that_swallows_rows(art, db, shop):
    """A trigger that drops an insert in silence must not be counted as created."""
    trigger(db, "editions", "IF NEW.notes = 'swallow me' THEN RETURN NULL; END IF;")
    shop.edition("E2", notes="swallow me")
    report = art.run("sync", "--json", "--export-dir", shop.save())
    assert report.status in (1, 4)
    if report.status == 1:
        assert {r["id"] for r in report.json["rejects"]} == {rid("E2")}
        assert db.value("SELECT count(*) FROM editions") == 5
    else:
        assert db.value("SELECT count(*) FROM editions") == 0


def test_the_database_truncation_rules(art, db, shop):
    """Too long is refused, never cut; the limit counts characters."""
    shop.edition("E1", variation="x" * 20).edition("E2", variation="é" * 20).edition("E3", variation="x" * 21)
    report = art.sync(shop.save(), status=1)
    assert rejected(report) == {(rid("E3"), "too_long")}
    assert db.get("editions", "E2")["variation"] == "é" * 20
