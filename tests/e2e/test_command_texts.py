"""Texts and files of single commands: rejects as CSV from several files, rollback, db status, help of a group."""
import csv
import json
import shutil

from support import ROOT, error_of, rid

DEMO = ROOT / "airtable_export"


def read_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- rejects --csv ----

def test_rejects_of_files_with_different_headers_are_merged_by_name(art, shop, tmp_path):
    shop.edition("E1", price="much", notes="a note").save()
    art.sync(shop.path, "--max-rejects", "50", status=1)
    other = shop.copy(tmp_path / "other")
    other.hide("editions", "Notes", "Variation")
    other.headers["editions"] = list(reversed(other.headers["editions"]))
    other.edition("E2", price="more").drop("editions", "E1", "E3", "E4", "E5", "E6")
    other.save("editions")
    art.sync(None, "--file", "editions=%s" % other.file("editions"), "--max-rejects", "50", status=1)
    art.ok("rejects", "--table", "editions", "--csv", "fixed.csv")
    rows = read_csv(art.cwd / "fixed.csv")
    assert {r["record_id"]: r["Retail Price"] for r in rows} == {rid("E1"): "much", rid("E2"): "more"}
    assert all(r["Print"] == "Harbour" and r["_reject_reason"] for r in rows)
    assert {r["Notes"] for r in rows} == {"", "a note"} and list(rows[0])[0] == "Print - Edition"


def test_rejects_of_a_replay_have_one_reason(art, shop):
    shop.edition("E1", price="much", notes="a, \"b\"\nc").edition("E2", price="more").save()
    art.sync(shop.path, "--max-rejects", "50", status=1)
    art.ok("rejects", "--table", "editions", "--csv", "fixed.csv")
    text = (art.cwd / "fixed.csv").read_text(encoding="utf-8")
    (art.cwd / "fixed.csv").write_text(text.replace("much", "51"), encoding="utf-8")
    art.ok("sync", "--file", "editions=fixed.csv", "--max-rejects", "50")
    assert "fixed.csv" in art.ok("rejects", "--table", "editions", "--csv", "fixed.csv", status=4).err
    result = art.ok("rejects", "--table", "editions", "--csv", "fixed.csv", "--force", "--json").json
    assert result == {"table": "editions", "file": "fixed.csv", "written": 1, "not_written": []}
    rows = read_csv(art.cwd / "fixed.csv")
    assert [r["record_id"] for r in rows] == [rid("E2")]
    assert [h for h in rows[0] if h.startswith("_")] == ["_reject_reason"]
    assert "retail_price" in rows[0]["_reject_reason"] and "more" in rows[0]["_reject_reason"]


def test_rejects_with_nothing_to_list(art, shop):
    art.sync(shop.save())
    assert "No open rejects" in art.ok("rejects").out
    assert art.ok("rejects", "--json").json == {"rejects": []}
    assert "rejected nothing" in art.ok("rejects", "last").out
    assert "Nothing to write" in art.ok("rejects", "--table", "prints", "--csv", "none.csv").out
    assert not (art.cwd / "none.csv").exists()
    art.ok("rejects", "--csv", "x.csv", status=2)
    art.ok("rejects", "--table", "printz", status=2)


def test_ragged_records_are_listed(art, shop):
    path = shop.save() / "Prints-Grid view.csv"
    path.write_bytes(path.read_bytes() + b"\nTwo,cells")
    art.sync(shop.path, status=1)
    result = art.ok("rejects", "--table", "prints", "--csv", "fixed.csv")
    assert "line 4" in result.out and not (art.cwd / "fixed.csv").exists()
    assert len(art.ok("rejects", "--table", "prints", "--csv", "fixed.csv", "--json").json["not_written"]) == 1


# ---- sync and diff ----

def test_closing_sentence_tells_news_from_old(art, shop, tmp_path):
    shop.edition("E1", price="much").save()
    art.ok("sync", "--export-dir", shop.path, status=1)
    other = shop.copy(tmp_path / "other").print("P1", notes="new").edition("E2", notes="new")
    text = art.ok("sync", "--export-dir", other.save()).out
    assert "1 record was rejected, none of them new" in text and "2 updated" in text


def test_a_refused_sync_shows_what_it_refused(art, shop):
    shop.edition("E1", price="much").save()
    for command in ("sync", "diff"):
        result = art.ok(command, "--strict", "--export-dir", shop.path, status=4)
        assert "much" in result.out and "editions.retail_price" in result.out and "--strict" in result.err
        assert "artsync rejects" not in result.out  # nothing of it was kept


def test_conflicts_are_shown(art, shop, tmp_path):
    art.sync(shop.save())
    art.db.edit("prints", "P1", notes="mine")
    other = shop.copy(tmp_path / "other").print("P1", notes="theirs").save()
    text = art.ok("sync", "--export-dir", other, status=1).out
    assert "notes: export theirs, database mine; export" in text and "1 conflict" in text


def test_file_named_twice(art, shop):
    path = shop.save() / "Prints-Grid view.csv"
    result = art.ok("sync", "--file", "prints=%s" % path, "--file", "prints=x", status=2)
    assert "prints" in result.err and "twice" in result.err


# ---- rollback ----

def test_rollback_says_what_it_kept(art, shop, tmp_path):
    art.sync(shop.save())
    other = shop.copy(tmp_path / "other").print("P1", notes="new").print("P2", notes="new").save()
    art.sync(other)
    art.db.edit("prints", "P1", notes="mine")
    art.db.edit("prints", "P2", description="not the sync's")
    dry = art.ok("rollback", "last", "--dry-run", status=1)
    assert "Dry run" in dry.out and "1 value kept" in dry.out
    text = art.ok("rollback", "last", status=1).out
    assert "%s, notes new -> mine: edited in the database since" % rid("P1") in text
    assert "1 row put back" in text and "1 value kept" in text
    assert art.db.get("prints", "P2")["notes"] is None


# ---- db ----

def test_db_status(art, empty, tmp_path):
    art.db = empty
    status = art.ok("db", "status", "--json").json
    assert status["pending"] == len(status["migrations"]) > 0
    assert {m["state"] for m in status["migrations"]} == {"pending"}
    assert "artsync db migrate" in art.ok("db", "status").out
    art.ok("db", "status", "--exit-code", status=1)
    assert art.ok("db", "migrate", "--json").json["applied"] == status["pending"]
    assert art.ok("db", "migrate", "--json").json["applied"] == 0
    assert "up to date" in art.ok("db", "migrate").out
    art.ok("db", "status", "--exit-code")
    folder = shutil.copytree(ROOT / "sql" / "art", tmp_path / "art")
    with open(folder / "0002_views.sql", "a", encoding="utf-8") as file:
        file.write("-- edited\n")
    result = art.ok("db", "status", "--base", folder, "--json", status=3)
    assert [m["file"] for m in result.json["migrations"] if m["state"] == "edited"] == ["0002_views.sql"]
    assert result.json["error"]["code"] == "schema"
    assert "edited" in art.ok("db", "status", "--base", folder, status=3).out


def test_drifted_database(art, db):
    """The tables lost what the built-in base maps: the database is the cause."""
    db.run("ALTER TABLE editions DROP COLUMN notes CASCADE")
    db.run("ALTER TABLE editions DROP COLUMN variation CASCADE")
    error = error_of(art.ok("sync", "--export-dir", DEMO, "--json", status=3))
    assert error["code"] == "schema" and "editions" in error["message"] and "1 more" in error["message"]


# ---- what was meant ----

def test_the_nearest_sync_is_named(art, shop):
    """The one whose id has the longest beginning in common with what was typed."""
    syncs = [art.sync(shop.save())["sync_id"], art.sync(shop.path)["sync_id"]]
    for sync_id in syncs:
        typed = sync_id[:7] + "x" + sync_id[8:12]
        for command in (["history", typed], ["rejects", typed], ["rollback", typed], ["report", "--html", "x.html", typed]):
            assert "did you mean %s?" % sync_id in art.ok(*command, status=2).err
    assert "did you mean" not in art.ok("history", "zzzzzzzz", status=2).err


# ---- help ----

def test_help_of_groups_and_of_nothing(art):
    assert art.ok("help", "db", url=None).out == art.ok("db", "--help", url=None).out
    assert "db migrate" in art.ok("help", "db", url=None).out
    assert "mean" in art.ok("help", "snyc", url=None, status=2).err
    assert "artsync help" in art.ok(url=None, status=2).err
    assert json.loads(art.ok("version", "--json", url=None).out)["version"].count(".") == 2
