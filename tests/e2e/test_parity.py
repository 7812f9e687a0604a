"""Parity: what validate --parity says of every way in which an export and the database can differ."""
import pytest
import support
from support import error_of, rid


@pytest.fixture
def synced(art, shop):
    art.sync(shop.save())
    return art


def parity(art, shop, status=1):
    report = art.ok("validate", "--parity", "--json", "--export-dir", shop.path, status=status).json
    assert report["status"] == ("fail" if status else "pass")
    return {t["table"]: t for t in report["parity"]["tables"]}


def sample(table, kind):
    return [s for s in table["sample"] if s["kind"] == kind]


def differing(table):
    return [(s["id"], s["column"], s["export"], s["database"], s["cause"]) for s in sample(table, "differing")]


def test_equal_is_a_certificate(synced, shop):
    before = synced.db.versions()
    report = synced.ok("validate", "--parity", "--json", "--export-dir", shop.path).json
    assert (report["status"], report["parity"]["status"], report["phase"], report["base"]) == \
        ("pass", "pass", "parallel", "art")
    assert report["at"].endswith("Z") and synced.db.name in report["database"]
    hashes = {r["table_name"]: r["source_hash"] for r in synced.db.logs()}
    for table in report["parity"]["tables"]:
        assert table["sha256"] == hashes[table["table"]]
        assert table["records"] == table["rows"] > 0
        assert [table[k] for k in ("only_in_export", "only_in_database", "differing", "rejected", "sample")] == [0, 0, 0, 0, []]
    assert synced.db.versions() == before


def test_without_parity_nothing_is_compared(synced, shop):
    synced.db.edit("prints", "P1", notes="signed")
    assert "parity" not in synced.ok("validate", "--json").json
    assert synced.run("validate", "--parity", "--export-dir", shop.path).status == 1


def test_who_changed_a_cell(synced, shop):
    synced.db.edit("prints", "P1", notes="by people")
    synced.db.edit("editions", "E1", retail_price=99, variation="b")
    shop.put("prints", "P2", notes="by Airtable").put("editions", "E1", price="£77.00", variation="").save()
    tables = parity(synced, shop)
    assert differing(tables["prints"]) == [(rid("P1"), "notes", None, "by people", "edited_in_database"),
                                           (rid("P2"), "notes", "by Airtable", None, "newer_in_export")]
    assert differing(tables["editions"]) == [(rid("E1"), "retail_price", "77.00", "99.00", "both"),
                                             (rid("E1"), "variation", None, "b", "edited_in_database")]
    assert (tables["editions"]["differing"], tables["editions"]["differing_rows"], tables["editions"]["both"]) == (2, 1, 1)
    assert tables["distributors"]["differing"] == 0


def test_a_row_that_no_sync_wrote(art, shop):
    art.db.run("INSERT INTO distributors (airtable_id, name, notes) VALUES (%s, 'Old Mill', 'own')", rid("D1"))
    shop.save()
    assert {s["cause"] for s in sample(parity(art, shop)["distributors"], "differing")} == {"never_synced"}


def test_only_in_one_of_them(synced, shop):
    synced.db.remove("editions", "E1")
    synced.db.run("INSERT INTO distributors (name) VALUES ('Walk-in')")
    shop.distributor("D3", "New Shop").drop("editions", "E6").save()
    tables = parity(synced, shop)
    assert [(s["id"], s["line"]) for s in sample(tables["editions"], "only_in_export")] == [(rid("E1"), 2)]
    assert [(s["id"], s["made_by"]) for s in sample(tables["editions"], "only_in_database")] == [(rid("E6"), "sync")]
    assert tables["distributors"]["made_by_people"] == 1
    assert [(s["name"], s["made_by"]) for s in sample(tables["distributors"], "only_in_database")] == [("Walk-in", "people")]
    assert [s["name"] for s in sample(tables["distributors"], "only_in_export")] == ["New Shop"]
    text = synced.run("validate", "--parity", "--export-dir", shop.path).out
    assert "only in the export" in text and "no sync wrote it" in text and "a sync wrote it" in text


def test_rejected_records_are_named_as_such(art, shop):
    shop.put("editions", "E2", price="cheap").put("editions", "E3", display="Harbour - 1", number=1).save()
    art.sync(shop.path, "--max-rejects", "5", status=1)
    table = parity(art, shop)["editions"]
    found = {s["id"]: s for s in sample(table, "only_in_export")}
    assert (table["only_in_export"], table["rejected"]) == (2, 2)
    assert found[rid("E2")]["column"] == "retail_price" and found[rid("E2")]["value"] == "cheap"
    assert "unique_print_edition" in found[rid("E3")]["rejected"]  # refused for what the table holds, not for its cells


def test_a_rejected_record_whose_row_is_there(synced, shop):
    shop.put("editions", "E2", price="cheap").save()
    table = parity(synced, shop)["editions"]
    assert (table["only_in_export"], table["rejected"], table["differing"]) == (0, 1, 0)
    assert [s["id"] for s in sample(table, "rejected")] == [rid("E2")]


def test_skipped_and_repeated_records(synced, shop):
    shop.put("editions", "E7", display=" - ").save()
    text = shop.file("editions").read_bytes()
    shop.file("editions").write_bytes(text + b"\n" + text.split(b"\n")[1])  # the first record once more
    assert parity(synced, shop, status=0)["editions"]["skipped_records"] == 2
    other = text.split(b"\n")[1].replace("£51.00".encode(), "£52.00".encode())
    shop.file("editions").write_bytes(text + b"\n" + other)
    assert parity(synced, shop)["editions"]["rejected"] == 1


def test_deactivated_rows(synced, shop):
    synced.db.edit("prints", "P2", is_active=False)
    assert differing(parity(synced, shop)["prints"]) == [(rid("P2"), "is_active", "t", "f", "edited_in_database")]
    shop.drop("prints", "P2").drop("editions", "E4", "E5", "E6").save()
    tables = parity(synced, shop)
    assert tables["prints"]["only_in_database"] == 0  # inactive rows need no record
    assert tables["editions"]["only_in_database"] == 3


def test_attachments_and_hidden_columns_are_left_out(art, shop):
    shop.put("prints", "P1", image="a.jpg (https://x.example/1)").save()
    art.sync(shop.path)
    shop.put("prints", "P1", image="b.jpg (https://x.example/2)")
    shop.hide("prints", "Notes").save()
    art.db.edit("prints", "P1", notes="seen nowhere")
    table = parity(art, shop, status=0)["prints"]
    assert table["not_compared"] == ["image_urls", "notes"]


def test_empty_text_equals_null(synced, shop):
    synced.db.run("UPDATE prints SET notes = '', web_link = ''")
    parity(synced, shop, status=0)
    assert synced.sync(shop.path, "--mode", "merge", "--dry-run")["t"]["prints"]["updated"] == 0


def test_without_record_ids(synced, shop):
    for table in shop.headers:
        shop.hide(table, "Record_id", "record_id", "print_record_id", "distributor_record_id")
    shop.save()
    parity(synced, shop, status=0)
    shop.put("prints", "P1", notes="news").save()
    assert [s["id"] for s in sample(parity(synced, shop)["prints"], "differing")] == [rid("P1")]


def test_adopted_rows(art, shop):
    shop.hide("prints", "Record_id").save()
    art.sync(shop.path)
    shop.headers["prints"] = shop.headers["prints"] + ["Record_id"]
    shop.save()
    tables = parity(art, shop)
    assert {(s["column"], s["cause"]) for s in sample(tables["prints"], "differing")} == {("airtable_id", "newer_in_export")}
    assert tables["prints"]["only_in_database"] == 0


def test_samples_are_bounded_and_counts_are_not(synced, shop):
    synced.db.run("UPDATE editions SET notes = 'n' || id, variation = repeat('x', 20)")
    table = parity(synced, shop)["editions"]
    assert (table["differing"], table["differing_rows"]) == (12, 6)
    assert len(table["sample"]) == 5


@pytest.mark.parametrize("name", ["people", "listings"])
def test_other_bases(tmp_path, empty, name):
    (tmp_path / "work").mkdir()
    art, base = support.Artsync(tmp_path / "work", empty), support.ROOT / "tests" / "bases" / name
    art.ok("--base", base, "db", "migrate")
    art.ok("--base", base, "sync", "--export-dir", base / "export")
    args = ("--base", base, "validate", "--parity", "--json", "--check", next((base / "checks").iterdir()).stem)
    equal = art.ok(*args, "--export-dir", base / "export").json["parity"]
    assert all(t["records"] == t["rows"] > 0 for t in equal["tables"])
    later = art.run(*args, "--export-dir", base / "export_later").json["parity"]
    assert later["status"] == "fail"
    assert sum(t["newer_in_export"] for t in later["tables"]) == sum(t["differing"] for t in later["tables"]) > 0


@pytest.mark.parametrize("broken", ["missing", "malformed"])
def test_an_export_that_cannot_be_read(synced, shop, broken):
    if broken == "missing":
        shop.file("editions").unlink()
    else:
        shop.file("editions").write_bytes(shop.file("editions").read_bytes() + b'\n"open')
    result = synced.ok("validate", "--parity", "--json", "--export-dir", shop.path, status=2 if broken == "missing" else 4)
    assert shop.file("editions").name in error_of(result)["message"]


def test_one_check_and_parity(synced, shop):
    report = synced.ok("validate", "--check", "open_rejects", "--parity", "--json", "--export-dir", shop.path).json
    assert [c["name"] for c in report["checks"]] == ["open_rejects"]
    assert report["parity"]["status"] == "pass"
