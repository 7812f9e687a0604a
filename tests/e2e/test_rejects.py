"""The repair loop: rejects are stored, listed, written as CSV, fixed, replayed."""
import make_export
import pytest
import reference
from support import counts, rid


@pytest.fixture
def bad(art, shop):
    """Two editions and a distributor that cannot be written; synced once."""
    shop.edition("E1", price="much", notes='a "quoted",\nlong note').edition("E4", date_sold="2/30/2024")
    shop.distributor("D2", commission="lots")
    shop.report = art.sync(shop.save(), status=1)
    return shop


def listed(art, *args):
    return art.ok("rejects", "--json", *args).json["rejects"]


def test_listed(art, bad):
    found = listed(art)
    assert {(r["table"], r["id"], r["column"], r["value"]) for r in found} == {
        ("editions", rid("E1"), "retail_price", "much"), ("editions", rid("E4"), "date_sold", "2/30/2024"),
        ("distributors", rid("D2"), "commission_percentage", "lots")}
    strip = [{k: r[k] for k in bad.report["rejects"][0]} for r in found]
    assert sorted(strip, key=str) == sorted(bad.report["rejects"], key=str)
    assert listed(art, bad.report["sync_id"]) == listed(art, "last")
    assert len(listed(art, "--table", "distributors")) == 1
    text = art.ok("rejects")
    assert "much" in text.out and rid("E1") in text.out


def test_open_rejects_are_those_of_the_last_sync_that_read_the_table(art, bad, tmp_path):
    later = bad.copy(tmp_path / "later").edition("E1", price="£1.00")
    art.sync(later.save())
    assert {r["id"] for r in listed(art)} == {rid("E4"), rid("D2")}  # distributors were skipped: still open
    assert {r["id"] for r in listed(art, bad.report["sync_id"])} == {rid("E1"), rid("E4"), rid("D2")}
    art.sync(later.path, "--table", "prints", "--mode", "merge")
    assert {r["id"] for r in listed(art)} == {rid("E4"), rid("D2")}


def test_the_same_reject_is_no_news(art, db, bad, tmp_path):
    later = bad.copy(tmp_path / "later").edition("E2", notes="other").edition("E0", "P1", number=9)
    report = art.sync(later.save())
    assert counts(report, "editions", "rejected", "new_rejects") == (2, 0)
    later.edition("E1", price="even more")
    report = art.sync(later.save(), status=1)
    assert counts(report, "editions", "rejected", "new_rejects") == (2, 1)


def test_moved_in_the_file_but_not_new(art, bad, tmp_path):
    """Another line in the file is not new, yet the list tells the new place."""
    later = bad.copy(tmp_path / "later")
    later.records["editions"] = dict(reversed(later.records["editions"].items()))
    report = art.sync(later.save())
    assert counts(report, "editions", "rejected", "new_rejects") == (2, 0)
    (reject,) = [r for r in listed(art) if r["id"] == rid("E1")]
    assert reject["record"] == 6


def test_written_as_csv(art, bad, tmp_path):
    """The source's own columns, byte for byte the same cells, and the reason."""
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    header, rows = reference.read(out)
    assert header == make_export.HEADERS["editions"] + ["_reject_reason"]
    _, source = reference.read(bad.file("editions"))
    assert [{h: r[h] for h in header[:-1]} for r in rows] == [
        r for r in source if r["record_id"] in (rid("E1"), rid("E4"))]
    assert all(r["_reject_reason"] for r in rows) and "much" in rows[0]["_reject_reason"]
    assert art.run("rejects", "--table", "editions", "--csv", out).status != 0  # never over an existing file


def fix_cells(path, **cells):
    header, rows = reference.read(path)
    for row in rows:
        row.update(cells)
    path.write_bytes(make_export.csv_bytes(header, rows))


@pytest.mark.parametrize("mode", ["incremental", "merge", "full"])
def test_fixed_and_replayed(art, db, bad, tmp_path, mode):
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    fix_cells(out, **{"Retail Price": "£7.50", "Date Sold": "2/28/2024"})
    report = art.sync(None, "--mode", mode, "--file", "editions=%s" % out)
    assert [t["table"] for t in report["tables"]] == ["editions"]  # --file alone syncs only the tables named
    assert counts(report, "editions", "read", "created", "deactivated", "rejected") == (2, 2, 0, 0)
    assert str(db.get("editions", "E1")["retail_price"]) == "7.50"
    assert db.get("editions", "E1")["notes"] == 'a "quoted",\nlong note'
    assert db.value("SELECT bool_and(is_active) FROM editions") is True  # a replay never deactivates
    assert {r["id"] for r in listed(art)} == {rid("D2")}


def test_replayed_untouched(art, bad, tmp_path):
    """_reject_ headers are ignored on input; what was not fixed is rejected again, and is not new."""
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    report = art.sync(None, "--file", "editions=%s" % out)
    assert counts(report, "editions", "read", "rejected", "new_rejects") == (2, 2, 0)
    assert {r["id"] for r in listed(art)} == {rid("E1"), rid("E4"), rid("D2")}


def test_a_replay_leaves_other_rejects_open(art, bad, tmp_path):
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    header, rows = reference.read(out)
    rows[0]["Retail Price"] = "£1.00"
    out.write_bytes(make_export.csv_bytes(header, rows[:1]))
    art.sync(None, "--file", "editions=%s" % out)
    assert rid("E4") in {r["id"] for r in listed(art)}


def test_after_a_replay_the_nightly_sync_goes_on(art, db, bad, tmp_path):
    """The export still holds the bad cell: it is an open reject of the same kind, and the fixed row stays."""
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    fix_cells(out, **{"Retail Price": "£7.50", "Date Sold": "2/28/2024"})
    art.sync(None, "--file", "editions=%s" % out)
    later = bad.copy(tmp_path / "later").edition("E2", notes="x")
    report = art.run("sync", "--json", "--export-dir", later.save())
    assert report.status in (0, 1)
    assert str(db.get("editions", "E1")["retail_price"]) == "7.50"


def test_ragged_records_are_listed_but_not_written(art, shop, tmp_path):
    shop.edition("E1", price="much").save()
    with open(shop.file("editions"), "ab") as f:
        f.write(b"\nx,y,z")
    report = art.sync(shop.path, status=1)
    assert {r["code"] for r in report["rejects"]} == {"invalid_value", "wrong_field_count"}
    assert len(listed(art)) == 2
    out = tmp_path / "fixed.csv"
    art.ok("rejects", "--table", "editions", "--csv", out)
    _, rows = reference.read(out)
    assert [r["record_id"] for r in rows] == [rid("E1")]


def test_file_beside_export_dir(art, db, shop, tmp_path):
    """With a folder, --file replaces one table's file."""
    other = shop.copy(tmp_path / "other").print("P1", name="From the other file").save()
    assert other
    report = art.sync(shop.save(), "--file", "prints=%s" % (tmp_path / "other" / make_export.FILES["prints"]))
    assert len(report["tables"]) == 3 and db.get("prints", "P1")["name"] == "From the other file"


def test_missing_table_for_csv(art, bad, tmp_path):
    assert art.run("rejects", "--csv", tmp_path / "x.csv").status == 2


def test_no_rejects(art, shop, tmp_path):
    art.sync(shop.save())
    assert listed(art) == []
    out = tmp_path / "none.csv"
    art.run("rejects", "--table", "editions", "--csv", out)
    if out.exists():
        assert reference.read(out)[1] == []


def test_rolled_back_rejects(art, bad, tmp_path):
    """After a rollback the rejects of the sync before are the open ones again."""
    later = bad.copy(tmp_path / "later").edition("E1", price="£1.00").edition("E2", price="nothing")
    art.sync(later.save(), status=1)
    assert {r["id"] for r in listed(art, "--table", "editions")} == {rid("E2"), rid("E4")}
    art.ok("rollback", "last")
    assert {r["id"] for r in listed(art, "--table", "editions")} == {rid("E1"), rid("E4")}


def test_rolled_back_one_after_the_other(art, bad, tmp_path):
    """Newest first, back to the first sync: its rejects are the open ones, and no news to the next sync."""
    later = bad.copy(tmp_path / "later").edition("E1", price="£1.00").edition("E4", date_sold="")
    art.sync(later.save())
    art.sync(later.edition("E2", notes="x").save())
    art.ok("rollback", "last")
    art.ok("rollback", "last")
    assert {r["id"] for r in listed(art, "--table", "editions")} == {rid("E1"), rid("E4")}
    art.ok("rejects", "--table", "editions", "--csv", tmp_path / "fixed.csv")
    header, rows = reference.read(tmp_path / "fixed.csv")
    assert header[-1] == "_reject_reason" and [r["record_id"] for r in rows] == [rid("E1"), rid("E4")]
    assert art.sync(bad.path)["t"]["editions"]["new_rejects"] == 0


def test_rolling_back_an_older_sync_leaves_the_rejects_of_the_newer(art, shop, tmp_path):
    art.sync(shop.save())
    second = art.sync(shop.copy(tmp_path / "second").edition("E1", price="much").save(), status=1)["sync_id"]
    third = shop.copy(tmp_path / "third").edition("E1", price="much").edition("E2", notes="x")
    art.sync(third.save())
    art.ok("rollback", second)
    assert {r["id"] for r in listed(art)} == {rid("E1")}
    assert art.sync(third.path)["t"]["editions"]["new_rejects"] == 0
