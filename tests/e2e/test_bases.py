"""Other bases, described by files alone: no line of C knows people, assets or listings."""
import csv
import io
import json
import os

import pytest
import support
from support import by_table, counts

BASES = support.ROOT / "tests" / "bases"
TABLES = {"people": ("studio.people", "studio.assets"), "listings": ("public.listings",)}
IDS = {"studio.people": "row_id", "studio.assets": "asset_id", "public.listings": "listing_id"}


@pytest.fixture(params=sorted(TABLES))
def base(request):
    return request.param


class Other:
    """The binary on a base of its own, in an empty database that is migrated for it."""

    def __init__(self, art, base):
        self.art, self.base, self.folder = art, base, BASES / base
        self.run("db", "migrate")

    def run(self, *args, status=0):
        return self.art.ok("--base", self.folder, *args, status=status)

    def sync(self, state="export", *args, status=0):
        return by_table(self.run("sync", "--json", "--export-dir", self.folder / state, *args, status=status).json)

    def rows(self):
        """Every mapped row, by id, without artsync's stamps."""
        stamps = ("last_synced_at", "sync_version", "created_at", "updated_at", "id")
        return {t: {r[IDS[t]]: {k: v for k, v in r.items() if k not in stamps}
                    for r in self.art.db.rows("SELECT * FROM %s" % t)} for t in TABLES[self.base]}

    def versions(self):
        return {t: self.art.db.copy("SELECT ctid, xmin FROM %s ORDER BY 1" % t) for t in TABLES[self.base]}


@pytest.fixture
def other(tmp_path, empty, base):
    folder = tmp_path / "work"
    folder.mkdir()
    return Other(support.Artsync(folder, empty), base)


def records(base, state):
    """The CSV files as they are: table -> id -> record."""
    found = {}
    for table in TABLES[base]:
        file = {"people": "people.csv", "assets": "assets.csv", "listings": "inventory.csv"}[table.split(".")[1]]
        text = (BASES / base / state / file).read_bytes().decode("utf-8-sig")
        found[table] = {r[IDS[table]]: r for r in csv.DictReader(io.StringIO(text, newline=""))}
    return found


def test_first_load_then_nothing(other):
    report = other.sync()
    for table, expected in records(other.base, "export").items():
        assert counts(report, table.split(".")[1], "read", "created", "rejected") == (len(expected), len(expected), 0)
    before = other.versions()
    assert all(t["skipped"] for t in other.sync()["tables"])
    for mode in ("merge", "full"):
        report = other.sync("export", "--mode", mode)
        assert all(counts(report, t["table"], "created", "updated", "deactivated") == (0, 0, 0) for t in report["tables"])
    assert other.versions() == before


def test_second_state_writes_what_differs(other):
    other.sync()
    rows = other.rows()
    report = other.sync("export_later")
    then, now = records(other.base, "export"), records(other.base, "export_later")
    for table in TABLES[other.base]:
        new = set(now[table]) - set(then[table])
        name = table.split(".")[1]
        assert counts(report, name, "read", "created", "rejected") == (len(now[table]), len(new), 0)
        written = {k for k, v in other.rows()[table].items() if k in rows[table] and v != rows[table][k]}
        assert counts(report, name, "updated") == (len(written),)
        # a renamed person changes the name in the assets' cells, but not the link: those rows stay as they are
        differing = {k for k in then[table] if k in now[table] and then[table][k] != now[table][k]}
        assert written <= differing
        assert {k for k in differing - written
                if {**then[table][k], "Person": ""} != {**now[table][k], "Person": ""}} == set()


def test_rollback_restores_every_byte(other):
    other.sync()
    snapshot = {t: other.art.db.copy("SELECT * FROM %s ORDER BY %s" % (t, IDS[t])) for t in TABLES[other.base]}
    other.sync("export_later", "--mode", "full", "--force")
    other.run("rollback", "last")
    assert snapshot == {t: other.art.db.copy("SELECT * FROM %s ORDER BY %s" % (t, IDS[t])) for t in TABLES[other.base]}


def test_values_of_people_and_assets(tmp_path, empty):
    (tmp_path / "work").mkdir()
    other = Other(support.Artsync(tmp_path / "work", empty), "people")
    other.sync()
    rows = other.rows()
    assert rows["studio.people"]["1003"]["personality_type"] == "INFP"
    assert rows["studio.people"]["1004"]["attempts"] == 0
    assert str(rows["studio.people"]["1002"]["downloaded_at"]).startswith("2025-02-04 09:07")  # day before month
    asset = rows["studio.assets"]["A-0003"]
    assert asset["tags"] == ["outdoor", "long, exposure"]
    assert str(asset["recorded_on"]) == "2024-03-11"
    people = {r["id"]: r["row_id"] for r in empty.rows("SELECT id, row_id FROM studio.people")}
    assert {k: people[v["person_id"]] for k, v in rows["studio.assets"].items()} == \
        {k: v["person_row_id"] for k, v in records("people", "export")["studio.assets"].items()}


def test_values_of_listings(tmp_path, empty):
    (tmp_path / "work").mkdir()
    other = Other(support.Artsync(tmp_path / "work", empty), "listings")
    other.sync()
    row = other.rows()["public.listings"]["3100450038"]
    assert (str(row["price"]), str(row["listed"]), row["accept_offer"]) == ("100.00", "2026-04-03 06:07:34+00:00", True)
    assert row["format"] == ['7"', "Single"]
    assert row["catno"] == "001"


def test_two_bases_in_one_database(tmp_path, empty):
    (tmp_path / "work").mkdir()
    art = support.Artsync(tmp_path / "work", empty)
    people, listings = Other(art, "people"), Other(art, "listings")
    people.sync()
    listings.sync()
    before = people.versions()
    listings.sync("export_later", "--mode", "full", "--force")
    assert people.versions() == before
    assert {s["tables"][0]["table"] for s in people.run("history", "--json").json["syncs"]} <= {"people", "assets"}
    assert all(t["skipped"] for t in people.sync()["tables"])


def output_and_peak(art, *args):
    """What a run prints, and the most memory it held, in kB: at least that of this process, which it was forked from."""
    child = art.start(*args)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return out, usage.ru_maxrss


def bound_in_kb(megabytes):
    sanitized = b"__asan_init" in open(support.BINARY, "rb").read()
    return (4 if sanitized else 1) * megabytes * 1024


@pytest.mark.parametrize("aliases", [{}, {f"alias {i:04d}": f"Ünder number {i:04d}" for i in range(5000)},
                                     {f"alias {i:04d}": f"unknown {i:04d}" for i in range(5000)}],
                         ids=["choices", "aliases", "problems"])
def test_thousands_of_choices_take_little_memory(tmp_path, empty, aliases):
    column = {"column": "c", "headers": ["C"], "type": "choice", "choices": [f"Ünder number {i:04d}" for i in range(5000)]}
    if aliases:
        column["aliases"] = aliases
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "base.json").write_text(json.dumps({"name": "b", "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "i", "headers": ["I"]}, "columns": [column]}]}))
    out, peak = output_and_peak(support.Artsync(tmp_path, empty), "--json", "--base", tmp_path / "base", "base", "check")
    problems = json.loads(out)["problems"]
    unknown = [p for p in problems if "which is not one of the choices" in p["message"]]
    assert len(unknown) == (5000 if "unknown 0000" in aliases.values() else 0)
    assert peak < bound_in_kb(150)


def test_thousands_of_null_tokens_take_little_memory(tmp_path, empty):
    tokens = [f"nothing, number {i:04d}, " + "n" * 60 for i in range(5000)]
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "base.json").write_text(json.dumps({"name": "b", "null_tokens": tokens, "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "i", "headers": ["I"]}, "skip": {"I": tokens},
         "columns": [{"column": "c", "headers": ["C"], "type": "text"}]}]}))
    out, peak = output_and_peak(support.Artsync(tmp_path, empty), "--base", tmp_path / "base", "base", "show")
    assert all(out.count(json.dumps(token)) == 2 for token in tokens)
    assert peak < bound_in_kb(150)
