"""Who a record is: real ids, natural keys, derived ids and their adoption; and whom a link means."""
import json

import pytest
import support
from support import counts, rid

MODES = ["incremental", "merge", "full"]


def without_ids(export, *tables):
    for table in tables or ("prints", "distributors"):
        export.hide(table, "Record_id")
    if not tables or "editions" in tables:
        export.hide("editions", "print_record_id", "distributor_record_id")
    return export


def codes(report):
    return [(r["table"], r["id"], r["code"]) for r in report["rejects"]]


# ---- natural keys ----

def test_new_rows_get_a_stable_derived_id(art, db, databases, shop):
    without_ids(shop)
    report = art.sync(shop.save())
    assert counts(report, "prints", "created", "rejected") == (2, 0) and report["t"]["prints"]["warnings"] >= 2
    ids = db.column("SELECT airtable_id FROM prints ORDER BY name")
    assert len(set(ids)) == 2 and all(len(i) <= 20 and not i.startswith("rec") for i in ids)
    art.db = databases()
    art.sync(shop.path)
    assert art.db.column("SELECT airtable_id FROM prints ORDER BY name") == ids


@pytest.mark.parametrize("mode", MODES)
def test_rows_are_found_by_natural_key_whatever_their_id(art, db, shop, tmp_path, mode):
    art.sync(shop.save())
    before = db.rows("SELECT id, airtable_id, name FROM prints ORDER BY id")
    later = without_ids(shop.copy(tmp_path / "later")).print("P1", notes="found")
    report = art.sync(later.save(), "--mode", mode)
    assert counts(report, "prints", "created", "updated", "unchanged", "deactivated") == (0, 1, 1, 0)
    assert db.rows("SELECT id, airtable_id, name FROM prints ORDER BY id") == before  # a real id is never replaced
    assert db.get("prints", "P1")["notes"] == "found"


@pytest.mark.parametrize("mode", MODES)
def test_a_derived_id_is_adopted_when_the_real_one_comes(art, db, shop, tmp_path, mode):
    art.sync(without_ids(shop).save())
    before = db.rows("SELECT id, name FROM prints ORDER BY id")
    links = db.rows("SELECT airtable_id, print_id, distributor_id FROM editions ORDER BY id")
    real = shop.copy(tmp_path / "real")
    real.headers = {t: list(h) for t, h in type(real)(tmp_path).headers.items()}
    report = art.sync(real.save(), "--mode", mode)
    assert counts(report, "prints", "read", "created", "updated", "rejected") == (2, 0, 2, 0)
    assert db.rows("SELECT id, name FROM prints ORDER BY id") == before
    assert db.column("SELECT airtable_id FROM prints ORDER BY id") == [rid("P1"), rid("P2")]
    assert db.rows("SELECT airtable_id, print_id, distributor_id FROM editions ORDER BY id") == links
    assert db.value("SELECT bool_and(is_active) FROM prints") is True
    writes = db.versions(), db.history()
    art.sync(real.path, "--mode", mode)
    assert (db.versions(), db.history()) == writes


def test_a_row_of_the_business_is_adopted(art, db, shop):
    db.run("INSERT INTO prints (name, notes) VALUES ('Harbour', 'from our shop')")
    own = db.value("SELECT id FROM prints")
    report = art.sync(shop.save(), "--on-conflict", "database", status=1)
    assert db.get("prints", "P1")["id"] == own and db.get("prints", "P1")["notes"] == "from our shop"
    assert db.get("prints", "P1")["total_editions"] == 10  # NULL is filled
    assert counts(report, "prints", "created", "updated", "rejected", "conflicts") == (1, 1, 0, 1)


def test_a_real_id_is_never_replaced(art, db, shop, tmp_path):
    """Another real id with the natural key of a row: the row that already exists keeps it."""
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later")
    later.print("P1", name="Harbour renamed")
    later.print("P9", name="Lighthouse").drop("prints", "P2")
    report = art.sync(later.save(), status=1)
    assert codes(report) == [("prints", rid("P9"), "repeated_unique_key")]
    assert db.get("prints", "P2")["name"] == "Lighthouse" and not db.has("prints", "P9")


def test_no_id_and_no_natural_key(art, db, shop):
    without_ids(shop, "prints").print("P3", name="")
    report = art.sync(shop.save(), status=0)
    assert counts(report, "prints", "skipped_records", "rejected") == (1, 0)  # a print without a name is a shell
    shop.hide("distributors", "Record_id").distributor("D3", name="", notes="who am I?")
    report = art.sync(shop.save(), status=1)
    assert [r["code"] for r in report["rejects"]] in (["missing_required"], ["missing_id"])


def test_parts_of_a_natural_key_may_be_empty(tmp_path, empty):
    """Not all of them. The rows are found again, and adopted once the export has ids."""
    art, base = support.Artsync(tmp_path, empty), tmp_path / "base"
    base.mkdir()
    (base / "0001_tables.sql").write_text("CREATE TABLE t (id serial PRIMARY KEY, airtable_id text UNIQUE NOT NULL, a text,"
                                          " b date, n integer);")
    (base / "base.json").write_text(json.dumps({"name": "keyed", "tables": [
        {"table": "t", "file": "t.csv",
         "id": {"column": "airtable_id", "headers": ["Record ID"], "natural_key": ["a", "b"]},
         "columns": [{"column": c, "headers": [c.upper()], "type": t}
                     for c, t in (("a", "text"), ("b", "date"), ("n", "integer"))]}]}))

    def sync(*lines, status=0):
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        return support.by_table(art.ok("--base", base, "sync", "--json", "--max-rejects", "100%", "--export-dir", tmp_path,
                                       status=status).json)

    art.ok("--base", base, "db", "migrate")
    keys = ["x,", ",2024-01-02", "x,2024-01-02"]
    report = sync("A,B,N", *[key + ",1" for key in keys], ",,1", status=1)
    assert codes(report) == [("t", None, "missing_id")] and counts(report, "t", "created") == (3,)
    empty.run("UPDATE public.t SET a = '' WHERE a IS NULL")
    assert counts(sync("A,B,N", *[key + ",2" for key in keys]), "t", "created", "updated") == (0, 3)
    report = sync("Record ID,A,B,N", *["%s,%s,2" % (rid("K%d" % i), key) for i, key in enumerate(keys)])
    assert counts(report, "t", "created") == (0,)
    assert empty.column("SELECT airtable_id FROM public.t ORDER BY 1") == [rid("K%d" % i) for i in range(3)]


def test_an_empty_id_in_a_file_with_ids(art, db, shop):
    shop.records["editions"]["E2"]["record_id"] = ""
    report = art.sync(shop.save(), status=1)
    assert [r["code"] for r in report["rejects"]] == ["missing_id"]
    assert db.value("SELECT count(*) FROM editions") == 5


def test_repeated_id(art, db, shop):
    """The first is used; an identical line is skipped with a warning."""
    shop.edition("X1", "P1", number=8, price="£1.00").records["editions"]["X1"]["record_id"] = rid("E1")
    shop.records["editions"]["X2"] = dict(shop.records["editions"]["E2"])
    report = art.sync(shop.save(), status=1)
    assert codes(report) == [("editions", rid("E1"), "repeated_id")]
    assert counts(report, "editions", "read", "created", "skipped_records") == (8, 6, 1)
    assert report["t"]["editions"]["warnings"] >= 1
    assert db.get("editions", "E1")["edition_number"] == 1


BAD = {
    "too many cells": (lambda line: line + b",x", "wrong_field_count"),
    "too few cells": (lambda line: line.replace(b",Small,", b",", 1), "wrong_field_count"),
    "bad UTF-8": (lambda line: line.replace(b"fine", b"caf\xc3", 1), "invalid_utf8"),
    "bad price": (lambda line: line.replace(b"51.00", b"much", 1), "invalid_value"),
    "link to nothing": (lambda line: line.replace(b"recP1z", b"recP8z", 1).replace(b"Harbour,", b"Dusk,"), "link_not_found"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_record_does_not_take_the_id_of_the_good_one(art, db, shop, bad, known, mode):
    """It is rejected for what is wrong with it, and the record with good cells behind it is written as ever."""
    damage, code = BAD[bad]
    shop.edition("E1", "P1", size="Small", notes="fine")
    if known:
        art.sync(shop.save())
    lines = shop.save() and shop.file("editions").read_bytes().split(b"\n")
    spoiled = damage(lines[1])
    assert spoiled != lines[1]
    shop.file("editions").write_bytes(b"\n".join([lines[0], spoiled] + lines[1:]))
    report = art.sync(shop.path, "--mode", mode, status=1)
    assert [(r["line"], r["code"]) for r in report["rejects"]] == [(2, code)]
    assert counts(report, "editions", "created", "unchanged", "deactivated") == ((0, 6, 0) if known else (6, 0, 0))
    assert db.get("editions", "E1")["notes"] == "fine" and db.get("editions", "E1")["is_active"]
    again = art.sync(shop.path, "--mode", "merge")
    assert counts(again, "editions", "unchanged", "rejected", "new_rejects") == (6, 1, 0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("damage", [lambda line: line + b",x", lambda line: line.replace(b",,", b",", 1)])
def test_a_ragged_record_whose_id_can_be_read(art, db, shop, damage, known, mode):
    """The same for a record with a cell too many or too few, in a table whose id is the last column."""
    if known:
        art.sync(shop.save())
    lines = shop.save() and shop.file("distributors").read_bytes().split(b"\n")
    shop.file("distributors").write_bytes(b"\n".join([lines[0], damage(lines[1])] + lines[1:]))
    report = art.sync(shop.path, "--mode", mode, status=1)
    assert [(r["table"], r["line"], r["code"]) for r in report["rejects"]] == [("distributors", 2, "wrong_field_count")]
    assert counts(report, "distributors", "created", "unchanged", "skipped_records") == ((0, 2, 0) if known else (2, 0, 0))
    assert str(db.get("distributors", "D1")["commission_percentage"]) == "40.00"


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_record_behind_the_good_one(art, db, shop, bad):
    shop.edition("E1", "P1", size="Small", notes="fine")
    lines = shop.save() and shop.file("editions").read_bytes().split(b"\n")
    shop.file("editions").write_bytes(b"\n".join(lines[:2] + [BAD[bad][0](lines[1])] + lines[2:]))
    report = art.sync(shop.path, status=1)
    code = BAD[bad][1] if BAD[bad][1] == "wrong_field_count" else "repeated_id"
    assert [(r["line"], r["code"]) for r in report["rejects"]] == [(3, code)]
    assert counts(report, "editions", "created") == (6,) and db.get("editions", "E1")["notes"] == "fine"


def test_repeats_of_a_bad_record(art, db, shop):
    """An identical line is skipped with a warning, also of a rejected record; other bad cells are another reject."""
    good = dict(shop.records["editions"]["E1"])
    for i, price in enumerate(["much", "more", "much", "£51.00", "£9.00", "much"]):
        shop.records["editions"]["E1" if i == 0 else "again %d" % i] = {**good, "Retail Price": price}
    report = art.sync(shop.save(), status=1)
    assert [(r["id"], r["code"], r["value"]) for r in report["rejects"]] == [
        (rid("E1"), "invalid_value", "much"), (rid("E1"), "invalid_value", "more"), (rid("E1"), "repeated_id", rid("E1"))]
    assert counts(report, "editions", "created", "skipped_records") == (6, 2)
    assert str(db.get("editions", "E1")["retail_price"]) == "51.00"


def test_a_bad_record_alone_keeps_its_row(art, db, shop):
    """What is rejected is not absent, and a replay of it closes its open reject."""
    art.sync(shop.save())
    shop.edition("E1", price="much")
    report = art.sync(shop.save(), "--mode", "full", status=1)
    assert counts(report, "editions", "rejected", "deactivated") == (1, 0)
    shop.edition("E1", price="more")
    art.ok("sync", "--file", "editions=%s" % (shop.save() / "Editions-All Records.csv"), status=1)
    assert [r["value"] for r in art.ok("rejects", "--json").json["rejects"]] == ["more"]


def test_two_records_with_one_natural_key(art, db, shop):
    without_ids(shop, "distributors").distributor("D3", name="Old Mill", notes="another")
    report = art.sync(shop.save(), status=1)
    assert len(report["rejects"]) == 1 and report["t"]["distributors"]["created"] == 2
    assert db.value("SELECT notes FROM distributors WHERE name = 'Old Mill'") is None


# ---- links ----

def by_name(shop):
    return shop.hide("editions", "print_record_id", "distributor_record_id")


@pytest.mark.parametrize("cell,found", [
    ("Harbour", "Harbour"), ("  Harbour ", "Harbour"), ("hARBOUR", "Harbour"), ("Lighthouse\n", "Lighthouse"),
    ('"Heron, Standing"', "Heron, Standing"), ("Heron, Standing", "Heron, Standing"),
    ('"The ""Quiet"" Meadow"', 'The "Quiet" Meadow'), ("Low Water ", "Low Water"), ("Tidal\nClock\n", "Tidal\nClock"),
    ("TWIN", "TWIN"), ("Twin", "Twin"), ("é", "É"),
])
def test_by_name(art, db, shop, cell, found):
    for i, name in enumerate(["Heron, Standing", 'The "Quiet" Meadow', "Low Water ", "Tidal\nClock\n", "TWIN", "Twin",
                              "E\u0301"]):
        shop.print("N%d" % i, name=name)
    by_name(shop)
    shop.edition("E1", number=90).put("editions", "E1", Print=cell)
    art.sync(shop.save())
    assert db.value("SELECT p.name FROM editions e JOIN prints p ON p.id = e.print_id WHERE e.airtable_id = %s",
                    rid("E1")) == found


@pytest.mark.parametrize("cell,code,element", [
    ("Harbor", "link_not_found", "Harbor"), ("twin", "link_ambiguous", "twin"),
    ("Harbour,Lighthouse", "link_multiple", "Lighthouse"), ('Harbour,"Heron, Standing"', "link_multiple", "Harbour"),
])
def test_names_that_do_not_tell(art, db, shop, cell, code, element):
    by_name(shop.print("N1", name="TWIN").print("N2", name="Twin").print("N3", name="Heron, Standing"))
    shop.edition("E1").put("editions", "E1", Print=cell)
    report = art.sync(shop.save(), status=1)
    (reject,) = report["rejects"]
    assert (reject["id"], reject["code"], reject["column"], reject["value"]) == (rid("E1"), code, "print_id", cell)
    assert element in reject["reason"]
    assert db.value("SELECT count(*) FROM editions") == 5


def test_an_empty_optional_link_is_null_and_a_required_one_a_reject(art, db, shop):
    shop.put("editions", "E4", Distributor="", distributor_record_id="")
    shop.put("editions", "E5", Print="", print_record_id="")
    report = art.sync(shop.save(), status=1)
    assert codes(report) == [("editions", rid("E5"), "missing_required")]
    assert db.get("editions", "E4")["distributor_id"] is None


def test_several_ids_in_a_single_link(art, shop):
    shop.put("editions", "E4", Distributor="Old Mill,North Pier", distributor_record_id=rid("D1") + ", " + rid("D2"))
    report = art.sync(shop.save(), status=1)
    assert [(r["code"], r["column"]) for r in report["rejects"]] == [("link_multiple", "distributor_id")]


def test_an_id_that_no_row_has(art, db, shop, tmp_path):
    """Falls back to the name only where that row's own id is derived."""
    shop.put("editions", "E4", distributor_record_id=rid("D9"))
    report = art.sync(shop.save(), status=1)
    assert codes(report) == [("editions", rid("E4"), "link_not_found")]
    other = shop.copy(tmp_path / "other")
    other.hide("distributors", "Record_id")
    other.distributor("D3", name="New Rooms").put("editions", "E5", Distributor="New Rooms",
                                                  distributor_record_id=rid("D8"))
    report = art.sync(other.save(), status=0)  # E4 as before: no news
    assert codes(report) == [("editions", rid("E4"), "link_not_found")]
    assert db.get("editions", "E5")["distributor_id"] == db.value("SELECT id FROM distributors "
                                                                  "WHERE name = 'New Rooms'")


def test_parents_of_the_same_sync(art, db, shop, tmp_path):
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later").print("P3", name="Ferry").edition("E7", "P3", number=1)
    later.edition("E1", "P3", number=2)
    report = art.sync(later.save())
    assert counts(report, "editions", "created", "updated") == (1, 1)
    assert db.get("editions", "E7")["print_id"] == db.get("editions", "E1")["print_id"] == db.get("prints", "P3")["id"]


def test_rejected_parents(art, db, shop, tmp_path):
    """A link to a rejected record that has no row yet is missing; to one that has its row it holds."""
    shop.print("P2", total="lots")
    report = art.sync(shop.save(), status=1)
    assert [c for t, i, c in codes(report)] == ["invalid_value"] + ["link_not_found"] * 3
    later = shop.copy(tmp_path / "later").print("P2", total="12")
    report = art.sync(later.save())  # fixed: the editions are read again though their file is the same
    assert counts(report, "prints", "created") == (1,) and counts(report, "editions", "created", "rejected") == (3, 0)
    later.print("P1", total="lots").edition("E1", "P1", number=9)
    report = art.sync(later.save(), status=1)
    assert counts(report, "editions", "updated", "rejected") == (1, 0)


def test_a_renamed_parent_resolves_rejected_links(art, db, shop):
    """The editions' file did not change, but a print now has the name that their links ask for."""
    by_name(shop).put("editions", "E1", Print="Breakwater")
    report = art.sync(shop.save(), status=1)
    assert codes(report) == [("editions", rid("E1"), "link_not_found")]
    db.run("INSERT INTO prints (name) VALUES ('Breakwater')")
    report = art.sync(shop.path)
    assert counts(report, "editions", "skipped", "created", "rejected") == (False, 1, 0)


def test_inactive_rows_count_as_rows(art, db, shop, tmp_path):
    art.sync(shop.save())
    db.edit("prints", "P1", is_active=False)
    later = by_name(shop.copy(tmp_path / "later").edition("E7", "P1", number=7))
    report = art.sync(later.save())
    assert counts(report, "editions", "created", "rejected") == (1, 0)


def test_a_record_moves_to_another_parent(art, db, shop, tmp_path):
    art.sync(shop.save())
    later = shop.copy(tmp_path / "later").edition("E4", distributor="D2")
    report = art.sync(later.save())
    assert counts(report, "editions", "updated") == (1,)
    assert db.get("editions", "E4")["distributor_id"] == db.get("distributors", "D2")["id"]
    art.sync(later.put("editions", "E4", Distributor="", distributor_record_id="").save())
    assert db.get("editions", "E4")["distributor_id"] is None
