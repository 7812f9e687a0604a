"""The main job: an export goes in, PostgreSQL is in step; the second state changes exactly what changed."""
import random
import re
from collections import Counter

import make_export
import pytest
import reference
from support import COUNTS, ROOT, TABLES, by_table, counts

DEMO = ROOT / "airtable_export"
LATER = ROOT / "tests" / "export_later"


def same_as_export(db, folder, ignore=()):
    want = reference.load(folder)
    for table in TABLES:
        got = reference.stored(db, table)
        assert got.keys() == want[table].keys()
        for key, values in want[table].items():
            seen = {c: v for c, v in got[key].items() if c in values and c not in ignore}
            if "image_urls" in seen:  # stored as addresses
                assert (seen.pop("image_urls") is None) == (values["image_urls"] is None)
            assert seen == {c: values[c] for c in seen}, key


def test_first_load(art, db):
    report = art.sync(DEMO)
    want = reference.load(DEMO)
    for table in TABLES:
        shells = reference.skipped(DEMO) if table == "editions" else 0
        n = len(want[table])
        assert counts(report, table, *COUNTS[:-1]) == (n + shells, n, 0, 0, 0, 0, 0, 0, shells, 0, 0, 0)
    assert report["status"] == "completed" and report["rejects"] == [] and report["conflicts"] == []
    same_as_export(db, DEMO)
    for table in TABLES:
        assert db.value("SELECT bool_and(is_active AND sync_version = 1 AND last_synced_at IS NOT NULL "
                        "AND created_at IS NOT NULL AND updated_at IS NOT NULL) FROM %s" % table)


def test_the_cleaning_is_reported(art):
    report = art.sync(DEMO)
    _, rows = reference.read(DEMO / make_export.FILES["editions"])
    frames = Counter(r["Frame"] for r in rows)
    seen = {(c["from"], c["to"]): c["count"] for c in report["cleaning"] if c["column"] == "frame_type"}
    assert seen[("Ikea", "Framed")] == frames["Ikea"]
    assert seen[("B&Q", "Framed")] == frames["B&Q"]
    assert seen[("Unknown Frame", None)] == frames["Unknown Frame"]
    assert seen[("None", None)] == frames["None"]


def test_pictures_are_stored_as_addresses(art, db):
    art.sync(DEMO)
    urls = db.value("SELECT image_urls FROM prints WHERE name = 'Harbour Lights'")
    assert len(urls) == 2 and all(u.startswith("https://v5.airtableusercontent.com/v3/u/") for u in urls)


def test_second_run_is_all_skipped_and_writes_nothing(art_loaded, loaded):
    before = loaded.versions(), loaded.history(), loaded.sequences(), loaded.snapshot(), loaded.writes()
    report = art_loaded.sync(DEMO)
    for table in TABLES:
        assert report["t"][table]["skipped"] is True
        assert set(counts(report, table, *COUNTS)) == {0}
    assert before == (loaded.versions(), loaded.history(), loaded.sequences(), loaded.snapshot(), loaded.writes())


@pytest.mark.parametrize("mode", ["merge", "full"])
def test_reading_it_again_writes_nothing(art_loaded, loaded, mode):
    before = loaded.versions(), loaded.history(), loaded.sequences(), loaded.snapshot(), loaded.writes()
    report = art_loaded.sync(DEMO, "--mode", mode)
    for table in TABLES:
        t = report["t"][table]
        assert t["skipped"] is False and t["unchanged"] == t["read"] - t["skipped_records"] > 0
    assert before == (loaded.versions(), loaded.history(), loaded.sequences(), loaded.snapshot(), loaded.writes())


def test_the_later_state_writes_exactly_what_changed(art_loaded, loaded):
    before, after = reference.load(DEMO), reference.load(LATER)
    versions = {t: {r["airtable_id"]: (r["x"], r["sync_version"], r["updated_at"], r["last_synced_at"]) for r in
                    loaded.rows("SELECT *, xmin::text AS x FROM %s" % t)} for t in TABLES}
    gone = {t: {i: v for i, v in reference.stored(loaded, t).items() if i not in after[t]} for t in TABLES}
    report = art_loaded.sync(LATER)
    for table, (created, changed, vanished) in reference.diff(before, after).items():
        shells = reference.skipped(LATER) if table == "editions" else 0
        read = len(after[table]) + shells
        assert created and changed  # the two states tell something
        assert counts(report, table, *COUNTS[:-1]) == (
            read, len(created), len(changed), read - len(created) - len(changed) - shells, 0, 0, 0, 0, shells, 0, 0, 0)
        for row in loaded.rows("SELECT *, xmin::text AS x FROM %s" % table):
            key = row["airtable_id"]
            now = (row["x"], row["sync_version"], row["updated_at"], row["last_synced_at"])
            if key in changed:
                old = versions[table][key]
                assert now[0] != old[0] and now[1] == old[1] + 1 and now[2] > old[2] and now[3] > old[3]
            elif key not in created:
                assert now == versions[table][key], key
        stored = reference.stored(loaded, table)
        assert {i: stored[i] for i in vanished} == gone[table]  # left alone
        assert stored.keys() == after[table].keys() | vanished
        for key, values in after[table].items():
            assert {c: v for c, v in stored[key].items() if c != "image_urls"} == \
                {c: v for c, v in values.items() if c != "image_urls"}
    assert loaded.value("SELECT image_urls[2] ~ '/32/32/' FROM prints WHERE name LIKE 'Harbour Lights%'")


def test_the_changes_are_named(art_loaded, loaded):
    """`diff` names exactly the records and columns that an independent comparison finds."""
    parents = {r["id"]: r["airtable_id"] for t in ("prints", "distributors") for r in
               loaded.rows("SELECT id, airtable_id FROM %s" % t)}
    assert parents
    report = by_table(art_loaded.ok("diff", "--json", "--limit", "0", "--export-dir", LATER).json)
    for table, (created, changed, _) in reference.diff(reference.load(DEMO), reference.load(LATER)).items():
        seen = [c for c in report["changes"] if c["table"] == table]
        assert {c["id"] for c in seen if c["action"] == "created"} == created
        assert {c["id"]: set(c["columns"]) for c in seen if c["action"] == "updated"} == changed


@pytest.mark.parametrize("shape", [
    {"crlf": True}, {"bom": False}, {"shuffle": 7}, {"crlf": True, "bom": False, "shuffle": 3}])
def test_other_ways_to_write_the_same_file(tmp_path, art_loaded, loaded, databases, shape):
    folder = tmp_path / "other"
    make_export.write(make_export.build(), folder, **shape)
    before = loaded.versions(), loaded.history()
    report = art_loaded.sync(folder)
    assert {t["skipped"] for t in report["tables"]} == {False}
    assert all(t["unchanged"] == t["read"] - t["skipped_records"] for t in report["tables"])
    assert before == (loaded.versions(), loaded.history())
    fresh = art_loaded.db = databases()
    first = art_loaded.sync(folder)
    assert all(t["created"] == t["read"] - t["skipped_records"] for t in first["tables"])
    for table in TABLES:
        assert reference.stored(fresh, table) == reference.stored(loaded, table)


@pytest.mark.parametrize("layout", ["reduced", "names"])
def test_files_with_fewer_columns(tmp_path, art_loaded, loaded, databases, layout):
    """A header that is missing leaves its column and what is known of it alone; links go by name without ids."""
    folder = tmp_path / layout
    make_export.write(make_export.build(), folder, layout)
    before = loaded.versions(TABLES), loaded.history()
    for each in (folder, DEMO):  # and the full layout once more: nothing was forgotten
        report = art_loaded.sync(each)
        assert all(t["unchanged"] == t["read"] - t["skipped_records"] and not t["rejected"] for t in report["tables"])
        assert before == (loaded.versions(TABLES), loaded.history())
        state = loaded.versions()
        art_loaded.sync(each, "--mode", "merge")
        assert state == loaded.versions()

    fresh = art_loaded.db = databases()
    art_loaded.sync(folder)
    hidden = {"commission_percentage", "invoice_amount", "commission_amount", "month_sold", "year_sold",
              "weeks_in_gallery"}
    want, got = reference.stored(loaded, "editions"), reference.stored(fresh, "editions")
    for key in want:
        for column in want[key]:
            if layout == "reduced":
                assert got[key][column] == (None if column in hidden else want[key][column])
            elif column not in ("print_id", "distributor_id"):
                assert got[key][column] == want[key][column]
    if layout == "names":
        names = "SELECT e.airtable_id, p.name AS print, d.name AS shop FROM editions e JOIN prints p ON p.id = " \
                "print_id LEFT JOIN distributors d ON d.id = distributor_id ORDER BY 1"
        assert fresh.rows(names) == loaded.rows(names)
        assert fresh.value("SELECT count(*) FROM prints WHERE airtable_id ~ '^rec'") == 0


def expected_rejects(folder):
    """{table: {id}}: what cannot be written, by the contract's own words, for the defects that the generator makes."""
    out = {t: set() for t in TABLES}
    _, prints = reference.read(folder / make_export.FILES["prints"])
    names = set()
    for row in prints:
        if row["Print Name"].strip() in names:
            out["prints"].add(row["Record_id"])
        names.add(row["Print Name"].strip())
    _, editions = reference.read(folder / make_export.FILES["editions"])
    taken = set()
    for row in editions:
        if row["Print - Edition"].strip() == "-":
            continue
        number = row["Print Edition"] or "".join(re.findall(r" - (-?\d+)$", row["Print - Edition"]))
        key = (row["print_record_id"], number)
        bad = ", " in row["print_record_id"] or row["print_record_id"] in out["prints"] \
            or row["Date Sold"].endswith("/202") or row["Retail Price"] == "on request" \
            or number and key in taken
        if bad:
            out["editions"].add(row["record_id"])
        else:
            taken.add(key)
    return out


def test_real_size_with_the_defects_of_real_exports(tmp_path, art, db):
    folder = tmp_path / "big"
    make_export.write(make_export.build(8400, 45, 23, quirks="rejects"), folder)
    want = expected_rejects(folder)
    report = art.sync(folder, status=1)
    for table in TABLES:
        assert {r["id"] for r in report["rejects"] if r["table"] == table} == want[table]
        assert report["t"][table]["rejected"] == report["t"][table]["new_rejects"] == len(want[table])
    assert report["t"]["editions"]["read"] == 8400 and len(want["editions"]) > 300
    codes = Counter(r["code"] for r in report["rejects"])
    assert set(codes) == {"link_multiple", "link_not_found", "repeated_unique_key", "invalid_value"}
    for reject in report["rejects"]:
        assert set(reject) == {"table", "file", "record", "line", "id", "column", "value", "code", "reason"}
    before = db.versions(), db.history()
    again = art.sync(folder)  # the same rejects are no news
    assert {t["skipped"] for t in again["tables"]} == {True}
    merged = art.sync(folder, "--mode", "merge")
    assert merged["t"]["editions"]["rejected"] == len(want["editions"])
    assert merged["t"]["editions"]["new_rejects"] == 0
    assert before == (db.versions(), db.history())


def test_rejects_know_their_place(tmp_path, art):
    """file, record and physical line: cells before it hold line breaks, and the header is line 1."""
    folder = tmp_path / "big"
    world = make_export.build(300)
    victims = random.Random(5).sample([e for e in world["editions"] if not e["shell"]], 7)
    for e in victims:
        world["overrides"].setdefault(e["record_id"], {})["Retail Price"] = "12 ducks"
    make_export.write(world, folder)
    header, rows = reference.read(folder / make_export.FILES["editions"])
    report = art.sync(folder, status=1)
    assert len(report["rejects"]) == len(victims)
    for reject in report["rejects"]:
        number = next(i for i, r in enumerate(rows, 1) if r["record_id"] == reject["id"])
        line = make_export.csv_bytes(header, rows[:number - 1]).count(b"\n") + 2
        assert (reject["record"], reject["line"]) == (number, line)
        assert (reject["file"], reject["column"], reject["value"], reject["code"]) == (
            make_export.FILES["editions"], "retail_price", "12 ducks", "invalid_value")
        assert reject["reason"]
