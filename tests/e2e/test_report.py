"""What a sync tells: --json with exactly the promised keys, sync_logs, stats, texts."""
import hashlib
import re

import make_export
import reference
from support import ROOT, TABLES

DEMO = ROOT / "airtable_export"
SYNC_KEYS = {"sync_id", "mode", "dry_run", "forced", "status", "started_at", "duration_ms", "tables", "rejects",
             "conflicts", "not_found", "cleaning"}
TEXT_KEYS = {"table", "file", "sha256", "encoding", "delimiter"}
TABLE_KEYS = TEXT_KEYS | {"skipped", "read", "created", "updated", "unchanged", "deactivated", "reactivated", "rejected",
                          "new_rejects", "skipped_records", "not_found", "conflicts", "overwritten", "warnings"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def sha256(table, folder=DEMO):
    return hashlib.sha256((folder / make_export.FILES[table]).read_bytes()).hexdigest()


def test_sync_json_has_exactly_the_promised_keys(art):
    report = art.ok("sync", "--json", "--export-dir", DEMO).json
    assert set(report) == SYNC_KEYS
    assert UUID.fullmatch(report["sync_id"]) and report["mode"] == "incremental" and report["status"] == "completed"
    assert report["dry_run"] is False and report["forced"] is False and report["duration_ms"] >= 0
    assert [t["table"] for t in report["tables"]] == TABLES
    for table in report["tables"]:
        assert set(table) == TABLE_KEYS
        assert table["file"] == make_export.FILES[table["table"]] and table["sha256"] == sha256(table["table"])
        assert (table["encoding"], table["delimiter"]) == ("UTF-8", ",") and table["skipped"] is False
        assert all(isinstance(table[k], int) for k in TABLE_KEYS - TEXT_KEYS)
    assert all(set(c) == {"table", "column", "from", "to", "count"} for c in report["cleaning"])


def test_diff_json_has_changes_too(art):
    report = art.ok("diff", "--json", "--export-dir", DEMO, "--limit", "0").json
    assert set(report) == SYNC_KEYS | {"changes"}
    assert report["status"] == "dry_run" and report["dry_run"] is True
    assert all(set(c) == {"table", "id", "action", "columns"} for c in report["changes"])


def test_reject_and_conflict_keys(art, shop, tmp_path):
    art.sync(shop.save())
    art.db.edit("prints", "P1", notes="mine")
    other = shop.copy(tmp_path / "other").print("P1", notes="theirs").edition("E1", price="much")
    report = art.sync(other.save(), status=1)
    assert [set(r) for r in report["rejects"]] == [{"table", "file", "record", "line", "id", "column", "value", "code",
                                                   "reason"}]
    assert [set(c) for c in report["conflicts"]] == [{"table", "id", "column", "export", "database", "resolution"}]


def test_sync_logs(art, db):
    report = art.sync(DEMO)
    logs = db.logs()
    assert [r["table_name"] for r in logs] == TABLES
    for row in logs:
        table = report["t"][row["table_name"]]
        assert row["sync_id"] == report["sync_id"] and row["sync_type"] == "incremental"
        assert row["status"] == "completed" and row["error_message"] is None
        assert row["started_at"] <= row["completed_at"]
        assert row["source_file"] == table["file"] and row["source_hash"] == table["sha256"]
        assert (row["records_processed"], row["records_created"], row["records_updated"], row["records_deleted"],
                row["records_failed"]) == (table["read"], table["created"], table["updated"], table["deactivated"],
                                           table["rejected"])
    art.sync(DEMO)
    again = db.logs()[3:]
    assert len(again) == 3 and all(r["status"] == "completed" and r["records_processed"] == 0 and r["skipped"]
                                   and r["source_hash"] == sha256(r["table_name"]) for r in again)


def test_running_is_visible_while_it_runs(art, proxy, shop):
    """`running` is there before the data is, and `completed` comes with the data."""
    from proxy import HOLD, committing
    art.db.run("SELECT 1")
    proxy.plan(committing(HOLD))
    child = art.start("sync", "--export-dir", shop.save(), url=proxy.url)
    proxy.wait()
    assert {r["status"] for r in art.db.logs()} == {"running"}
    assert art.db.value("SELECT count(*) FROM prints") == 0
    proxy.release()
    assert art.finish(child).status == 0
    assert {r["status"] for r in art.db.logs()} == {"completed"}


def test_only_the_named_tables(art, db, shop):
    report = art.sync(shop.save(), "--table", "prints")
    assert [t["table"] for t in report["tables"]] == ["prints"]
    assert [r["table_name"] for r in db.logs()] == ["prints"]


def test_stats(art_loaded, loaded):
    stats = art_loaded.ok("stats", "--json").json
    assert set(stats) == {"tables", "sync_logs", "phase"} and stats["phase"] == "parallel" and stats["sync_logs"] == 3
    want = reference.load(DEMO)
    last = loaded.logs()[0]["sync_id"]
    for table in stats["tables"]:
        assert set(table) == {"table", "rows", "active", "inactive", "last_sync_id", "last_synced_at"}
        assert table["rows"] == table["active"] == len(want[table["table"]]) and table["inactive"] == 0
        assert table["last_sync_id"] == last and table["last_synced_at"]
    loaded.run("UPDATE editions SET is_active = false WHERE edition_number = 1")
    skipped = art_loaded.sync(DEMO)
    stats = {t["table"]: t for t in art_loaded.ok("stats", "--json").json["tables"]}
    inactive = loaded.value("SELECT count(*) FROM editions WHERE NOT is_active")
    assert stats["editions"]["inactive"] == inactive > 0
    assert stats["editions"]["active"] == stats["editions"]["rows"] - inactive
    assert stats["prints"]["last_sync_id"] == skipped["sync_id"]  # a skipped sync is a completed one
    text = art_loaded.ok("stats")
    assert text.err == "" and all(t in text.out for t in TABLES)


def test_text_report(art):
    result = art.ok("sync", "--export-dir", DEMO)
    for word in TABLES + ["read", "created", "updated", "unchanged", "rejected"]:
        assert word in result.out.lower(), result
    assert "\x1b" not in result.out + result.err  # not a terminal: no colour
    assert re.search(r"editions\D+606\b|editions\D+600\b", result.out), result


def test_quiet(art, tmp_path, shop):
    assert art.ok("sync", "--quiet", "--export-dir", DEMO).out == ""
    bad = shop.copy(tmp_path / "bad").edition("E1", price="much")
    result = art.run("sync", "--quiet", "--export-dir", bad.save())
    assert result.status == 1


def test_help(art):
    """Every command that help lists has a help of its own."""
    listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)", art.ok("help", url=None).out, re.M)
    assert {"sync", "diff", "stats", "history", "rejects", "rollback", "db migrate"} <= set(listed)
    for command in ["", *listed]:
        for option in ("--help", "-h"):
            result = art.ok(*command.split(), option, url=None)
            assert "artsync" in result.out and result.err == "", result


def test_version(art):
    for args in (["--version"], ["-V"], ["version"]):
        assert re.match(r"artsync \d+\.\d+", art.ok(*args, url=None).out)


def test_lists_are_not_cut_short(art, db, shop):
    for i in range(40):
        shop.edition("X%d" % i, "P2", number=100 + i, price="free %d" % i)
    report = art.sync(shop.save(), "--max-rejects", "50", status=1)
    assert len(report["rejects"]) == 40
    assert db.value("SELECT count(*) FROM editions") == 6


def test_headers_that_nobody_maps_are_listed_once(art, shop):
    shop.headers["prints"].append("Shelf, upper")
    out = art.ok("sync", "--export-dir", shop.save()).out
    section = out.split("Unmapped headers\n")[1].split("\n\n")[0].split("\n")
    assert section[0] == "  prints: Editions, Shelf, upper" and section[2].startswith("  editions: ")
    assert "Unmapped headers" not in art.ok("sync", "--export-dir", shop.path).out  # not read


def test_a_vanished_header_is_said_even_quietly(art, shop):
    art.sync(shop.save())
    result = art.ok("sync", "--quiet", "--export-dir", shop.hide("editions", "Size").save())
    assert result.out == "" and 'editions.size: no header "Size"' in result.err
    assert art.ok("sync", "--quiet", "--export-dir", shop.path).err == ""  # not read again


def test_dropped_cells_are_grouped_by_reason(art, shop):
    for i in range(1, 7):
        shop.edition("E%d" % i, weeks="x%d" % i)
    out = art.ok("sync", "--export-dir", shop.save()).out
    section = out.split("Warnings\n")[1].split("\n\n")[0].split("\n")
    assert len(section) == 1 and "editions.weeks_in_gallery: " in section[0]
    assert "6x (lines 2, 3, 4, 5, 6, ...)" in section[0]
