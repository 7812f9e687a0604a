"""A field in a column of another type: written, read back, synced again, exported and read again."""
import json

ROUND_TRIPS = [("boolean", kind, cell, value) for kind in ("smallint", "integer", "bigint")
               for cell, value in (("checked", "1"), ("", "0"))] + [
    ("boolean", "boolean", "checked", "true"),
    ("date", "date", "7/1/2025", "2025-07-01"),
    ("date", "timestamp", "7/1/2025", "2025-07-01 00:00:00"),
    ("date", "timestamptz", "7/1/2025", "2025-06-30 23:00:00+00"),
    ("date", "timestamptz", "1/1/2025", "2025-01-01 00:00:00+00"),
]


def test_values_come_back(art, empty, tmp_path):
    art.db = empty
    base, folder = tmp_path / "trips", tmp_path / "in"
    base.mkdir()
    folder.mkdir()
    (base / "0001_t.sql").write_text("CREATE TABLE public.t (rid text PRIMARY KEY, %s);\n" % ", ".join(
        "c%d %s" % (i, kind) for i, (_, kind, _, _) in enumerate(ROUND_TRIPS)))
    columns = [{"column": "c%d" % i, "headers": ["c%d" % i], "type": field} for i, (field, _, _, _) in enumerate(ROUND_TRIPS)]
    (base / "base.json").write_text(json.dumps({"name": "trips", "date_order": "mdy", "time_zone": "Europe/London", "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "rid", "headers": ["R"]}, "columns": columns}]}))
    (folder / "t.csv").write_text("R,%s\nr1,%s\n" % (",".join(c["column"] for c in columns),
                                                     ",".join(cell for _, _, cell, _ in ROUND_TRIPS)))
    art.ok("--base", base, "db", "migrate")
    art.ok("--base", base, "sync", "--export-dir", folder)
    empty.run("SET TimeZone = 'UTC'")
    for i, (field, kind, cell, value) in enumerate(ROUND_TRIPS):
        assert empty.value("SELECT c%d::text FROM t" % i) == value, (field, kind, cell)
    art.ok("--base", base, "export", "--dir", tmp_path / "out")
    for source in (folder, tmp_path / "out"):
        for mode in ("incremental", "merge", "full"):
            table = art.ok("--base", base, "sync", "--json", "--mode", mode, "--export-dir", source).json["tables"][0]
            assert (table["updated"], table["rejected"]) == (0, 0), (source, mode)
