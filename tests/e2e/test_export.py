"""Export: what is written reads back as the same values, for the art base and for bases of other people."""
import csv
import datetime
import io
import os
import random

import pytest
import support
from support import ROOT, by_table, error_of, rid

BASES = ROOT / "tests" / "bases"
STAMPS = ("id", "last_synced_at", "sync_version", "created_at", "updated_at", "print_id", "distributor_id", "person_id")


def merge_changes_nothing(art, folder, base=None):
    args = ["--base", base] if base else []
    report = by_table(art.ok(*args, "sync", "--mode", "merge", "--dry-run", "--json", "--export-dir", folder).json)
    for table in report["tables"]:
        assert (table["created"], table["updated"], table["rejected"]) == (0, 0, 0), report["rejects"][:3]
        assert table["unchanged"] == table["read"]
    return report


def test_airtable_export_round_trip(art_loaded):
    art = art_loaded
    report = art.ok("export", "--dir", "out", "--json").json
    assert {t["table"]: t["rows"] for t in report["tables"]} == \
        {t: art.db.value("SELECT count(*) FROM %s" % t) for t in support.TABLES}
    merge_changes_nothing(art, "out")
    assert art.ok("validate", "--parity", "--json", "--export-dir", "out").json["parity"]["status"] == "pass"
    assert all(len(t["sha256"]) == 64 for t in report["tables"])


@pytest.mark.parametrize("base", ["people", "listings"])
def test_other_bases_round_trip(tmp_path, empty, base):
    (tmp_path / "work").mkdir()
    art, folder = support.Artsync(tmp_path / "work", empty), BASES / base
    art.ok("--base", folder, "db", "migrate")
    art.ok("--base", folder, "sync", "--export-dir", folder / "export")
    art.ok("--base", folder, "export", "--dir", "out")
    merge_changes_nothing(art, "out", folder)


def read(path):
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r" not in data and not data.endswith(b"\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_what_a_file_looks_like(art, shop):
    shop.print("P3", 'Say "hi", twice', notes="two\nlines", image="a (1).jpg (https://x.example/p/1?s=2)")
    shop.distributor("D3", "Gorse, Reed & Sons", commission="12.5%", date="October 29, 2025")
    shop.edition("E7", "P3", "D3", number=7, price="£1250.00", date_sold="3/9/2025", sold="checked").save()
    art.sync(shop.path)
    art.ok("export", "--dir", "out")
    out = art.cwd / "out"
    print_, shop_, edition = (read(out / shop.file(t).name)[-1] for t in support.TABLES)
    assert (print_["Print Name"], print_["Notes"], print_["Record_id"]) == ('Say "hi", twice', "two\nlines", rid("P3"))
    assert print_["Image"] == "1 (https://x.example/p/1?s=2)"
    assert (shop_["Commission"], shop_["Date"]) == ("12.50%", "10/29/2025")
    assert (edition["Print"], edition["Distributor"]) == ('"Say ""hi"", twice"', '"Gorse, Reed & Sons"')
    assert (edition["print_record_id"], edition["distributor_record_id"]) == (rid("P3"), rid("D3"))
    assert (edition["Retail Price"], edition["Date Sold"], edition["Sold"], edition["Settled"]) == \
        ("1250.00", "3/9/2025", "checked", "")
    assert (out / shop.file("prints").name).stat().st_mode & 0o777 == 0o666 & ~umask()


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


# ---- the property: random rows, exported, synced into a fresh database, are the same rows ----

WORDS = ["", "007", " ", ",", '"', "'", "\n", "é", "Ünder", "名前", "🎨", "-", "\\", "\\N", "{a}", "NULL", "=1+1", "\t", "a",
         "checked", "1/2/2024", "rec", ";", "|", "%", "£5", "\u00a0", "0", "Zoë", "\\.", "(https://x)", "\u202f", "x" * 30]


def text(rng, limit, required=False):
    """Text that cleaning leaves as it is: trimmed, NFC, no token that counts as empty."""
    for _ in range(50):
        found = "".join(rng.choice(WORDS) for _ in range(rng.randrange(0, 7))).strip()[:limit].strip()
        if found and found not in ("-", "NaN", "#ERROR!"):
            return found
        if not required and rng.random() < 0.5:
            return rng.choice([None, ""])
    return "plain"


def day(rng):
    return rng.choice([None, datetime.date(1990, 1, 1) + datetime.timedelta(days=rng.randrange(0, 20000))])


def money(rng, most=10**8):
    return rng.choice([None, 0, round(rng.uniform(0, 100), 2), round(rng.uniform(0, most - 1), 2)])


def insert(db, table, rows):
    for row in rows:
        db.run("INSERT INTO %s (%s) VALUES (%s)" % (table, ", ".join(row), ", ".join(["%s"] * len(row))), *row.values())


def fill(db, rng):
    names = set()

    def name(limit=100):
        while True:
            found = text(rng, limit, True)
            if found.casefold().split() not in [n.casefold().split() for n in names]:
                names.add(found)
                return found

    def flag():
        return rng.random() < 0.5

    insert(db, "prints", [{
        "airtable_id": rid("P%d" % i), "name": name(), "description": text(rng, 5000), "notes": text(rng, 5000),
        "total_editions": rng.choice([None, 0, 100]), "web_link": text(rng, 500),
        "image_urls": rng.choice([None, ["https://x.example/a,b(1).jpg", "http://x.example/?q=%7B"]])} for i in range(25)])
    insert(db, "distributors", [{
        "airtable_id": rid("D%d" % i), "name": name(), "commission_percentage": rng.choice([None, 0, 12.5, 100, -3.25]),
        "notes": text(rng, 5000), "contact_number": text(rng, 50), "net_revenue": money(rng), "last_update_date": day(rng),
        "retail_amount_sold": money(rng)} for i in range(15)])
    prints, shops = (db.column("SELECT id FROM %s" % t) for t in ("prints", "distributors"))
    insert(db, "editions", [{
        "airtable_id": rid("E%d" % i), "print_id": rng.choice(prints), "distributor_id": rng.choice(shops + [None] * 9),
        "edition_number": i, "edition_display_name": text(rng, 100, True), "retail_price": money(rng, 10**6),
        "size": rng.choice([None, "Small", "Extra Large"]), "frame_type": rng.choice([None, "Tube only"]),
        "variation": text(rng, 20), "is_printed": flag(), "is_sold": flag(), "is_settled": flag(),
        "is_stock_checked": flag(), "to_check_in_detail": flag(), "date_sold": day(rng), "date_in_gallery": day(rng),
        "commission_amount": money(rng), "notes": text(rng, 5000), "payment_note": text(rng, 5000),
        "month_sold": rng.choice([None, "08 August"]), "year_sold": rng.choice([None, 2024]),
        "weeks_in_gallery": rng.choice([None, 0, -4, 12])} for i in range(150)])


def values(db, table):
    """Every mapped column by record id, '' as NULL, links by the linked row's id."""
    found = {r["airtable_id"]: {k: None if v == "" else v for k, v in r.items() if k not in STAMPS}
             for r in db.rows("SELECT * FROM %s" % table)}
    if table == "editions":
        for r in db.rows("SELECT e.airtable_id, p.airtable_id AS print, d.airtable_id AS shop FROM editions e "
                         "JOIN prints p ON p.id = e.print_id LEFT JOIN distributors d ON d.id = e.distributor_id"):
            found[r["airtable_id"]].update(print=r["print"], shop=r["shop"])
    return found


@pytest.mark.parametrize("seed", range(6))
def test_random_tables_round_trip(art, databases, tmp_path, seed):
    fill(art.db, random.Random(seed))
    art.ok("export", "--dir", "out")
    merge_changes_nothing(art, "out")
    other = support.Artsync(art.cwd, databases())
    report = other.sync("out")
    assert all(t["rejected"] == 0 for t in report["tables"])
    for table in support.TABLES:
        assert values(other.db, table) == values(art.db, table)
    other.ok("export", "--dir", "again")
    for table in support.TABLES:
        name = support.make_export.FILES[table]
        assert sorted((art.cwd / "again" / name).read_bytes().split(b"\n")) == \
            sorted((art.cwd / "out" / name).read_bytes().split(b"\n"))


@pytest.mark.parametrize("seed", range(4))
def test_random_lists_dates_and_json_round_trip(tmp_path, empty, seed):
    (tmp_path / "work").mkdir()
    art, base, rng = support.Artsync(tmp_path / "work", empty), BASES / "people", random.Random(seed)
    art.ok("--base", base, "db", "migrate")
    insert(empty, "studio.people", [{
        "row_id": "%03d" % i, "name": text(rng, 500, True), "email": text(rng, 200), "attempts": i,
        "download_status": "done", "downloaded_at": rng.choice([None, "2024-02-29 23:59:59.125", "2025-03-04 05:06:07"])}
        for i in range(20)])
    ids = empty.column("SELECT id FROM studio.people")
    insert(empty, "studio.assets", [{
        "asset_id": "A-%d" % i, "person_id": rng.choice(ids), "kind": "photo", "file_name": text(rng, 500, True),
        "length": rng.choice([None, "01:30:00", "-00:00:05.5", "100:00:00"]), "recorded_on": rng.choice([None, "1984-05-06"]),
        "is_public": rng.random() < 0.5, "size_bytes": rng.choice([None, 0, 2**53]),
        "tags": rng.choice([None] + [[text(rng, 50, True) for _ in range(n)] for n in (1, 2, 3)]),
        "metadata": rng.choice([None, '{"a": [1, "é,\\n"], "b": null}'])} for i in range(60)])
    art.ok("--base", base, "export", "--dir", "out")
    merge_changes_nothing(art, "out", base)


# ---- which rows, which files ----

def test_inactive_rows(art, shop):
    art.sync(shop.save())
    art.db.edit("editions", "E1", is_active=False)
    art.ok("export", "--dir", "active")
    art.ok("export", "--dir", "all", "--include-inactive")
    name = shop.file("editions").name
    assert rid("E1") not in {r["record_id"] for r in read(art.cwd / "active" / name)}
    assert [r["record_id"] for r in read(art.cwd / "all" / name)] == [rid("E%d" % i) for i in range(1, 7)]
    for folder in ("active", "all"):
        merge_changes_nothing(art, folder)


def test_one_table(art, shop):
    art.sync(shop.save())
    art.ok("export", "--dir", "out", "--table", "prints", "--table", "prints")
    assert [p.name for p in (art.cwd / "out").iterdir()] == [shop.file("prints").name]
    assert "editions" in art.ok("export", "--dir", "out", "--table", "edition", status=2).err


def test_empty_tables(art):
    art.ok("export", "--dir", "out")
    assert read(art.cwd / "out" / "Prints-Grid view.csv") == []
    merge_changes_nothing(art, "out")


def test_never_over_an_existing_file(art, shop):
    art.sync(shop.save())
    out = art.cwd / "out"
    out.mkdir()
    mine = out / shop.file("editions").name
    mine.write_text("mine")
    assert error_of(art.ok("export", "--dir", "out", "--json", status=4))["code"] == "refused"
    assert [p.name for p in out.iterdir()] == [mine.name] and mine.read_text() == "mine"
    art.ok("export", "--dir", "out", "--force")
    assert len(read(mine)) == 6 and len(list(out.iterdir())) == 3


def test_where_it_cannot_be_written(art):
    (art.cwd / "file").write_text("")
    for where in ("file", "no/such/folder"):
        assert error_of(art.ok("export", "--dir", where, "--json", status=4))["code"] == "io"
    (art.cwd / "link").symlink_to("nowhere")
    for where, says in (("file", "is no folder"), ("file/below", "is a file"), ("link", "link to nothing"), ("no/such", "must exist")):
        assert says in art.ok("export", "--dir", where, status=4).err
    assert "--dir" in art.ok("export", status=2).err


def test_a_failure_leaves_nothing(art_loaded):
    art = art_loaded
    art.db.run("ALTER TABLE editions RENAME COLUMN notes TO remarks")
    assert art.run("export", "--dir", "out").status == 3
    art.db.run("ALTER TABLE editions RENAME COLUMN remarks TO notes")
    art.db.run("REVOKE SELECT ON editions FROM artsync_tester; ALTER TABLE editions OWNER TO postgres")
    assert art.run("export", "--dir", "out").status == 3
    assert not (art.cwd / "out").exists()


def test_a_link_to_an_inactive_row_keeps_its_id(art, shop):
    art.sync(shop.save())
    art.db.edit("prints", "P1", is_active=False)
    art.ok("export", "--dir", "out")
    assert read(art.cwd / "out" / shop.file("editions").name)[0]["print_record_id"] == rid("P1")
    merge_changes_nothing(art, "out")
