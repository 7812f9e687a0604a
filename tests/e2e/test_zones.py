"""Date-times in time zones: resolved as PostgreSQL resolves them, and exported so that they read back."""
import csv
import json
import random
import re

import pytest
from support import Artsync

ZONES = ["Europe/London", "Europe/Dublin", "Europe/Moscow", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
         "Asia/Kolkata", "Asia/Kathmandu", "Asia/Manila", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Monrovia",
         "Pacific/Apia", "Pacific/Auckland", "Antarctica/Troll", "Etc/GMT+5"]


class Zoned:
    def __init__(self, folder, db, **base):
        self.folder, self.db, self.art = folder, db, Artsync(folder, db)
        columns = [{"column": name(zone), "headers": [zone], "type": "datetime", "time_zone": zone} for zone in ZONES]
        (folder / "base").mkdir()
        (folder / "base" / "base.json").write_text(json.dumps({"name": "zones", **base, "tables": [
            {"table": "t", "file": "t.csv", "id": {"column": "record", "headers": ["ID"]},
             "columns": columns + [{"column": "plain", "headers": ["plain"], "type": "datetime"},
                                   {"column": "local", "headers": ["local"], "type": "datetime"}]}]}))
        (folder / "base" / "0001_tables.sql").write_text(
            "CREATE TABLE t (id serial PRIMARY KEY, record text NOT NULL UNIQUE, plain timestamptz, local timestamp, "
            + ", ".join(f"{name(zone)} timestamptz" for zone in ZONES) + ")")

    def run(self, *args, status=0):
        return self.art.ok("--base", self.folder / "base", *args, status=status)

    def write(self, rows):
        (self.folder / "export").mkdir(exist_ok=True)
        with open(self.folder / "export" / "t.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["ID", "plain", "local", *ZONES],
                                        *([f"r{i}", *([cell] * (len(ZONES) + 2))] for i, cell in enumerate(rows))])
        return self.folder / "export"


def name(zone):
    return re.sub(r"\W", "_", zone.lower().replace("+", "p"))


def moments(db):
    """Local times around the changes of every zone, and others of all years."""
    around = db.column("""
        SELECT to_char(l + d * interval '1 minute', 'YYYY-MM-DD HH24:MI:SS') FROM (
            SELECT DISTINCT timezone(z, t) AS l FROM unnest(%s) AS z, LATERAL (
                SELECT t FROM generate_series('1846-01-01Z', '2090-01-01Z', interval '6 hours') AS t
                WHERE timezone(z, t) - timezone('UTC', t) <> timezone(z, t + interval '6 hours') - timezone('UTC', t + interval '6 hours')
                ORDER BY random() LIMIT 12) AS changes) AS s, generate_series(-90, 540, 30) AS d""", ZONES)
    rng = random.Random(7)
    others = [f"{rng.randint(2, 9998):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} {rng.randint(0, 23):02d}:30:00"
              for _ in range(2000)]
    edges = [f"{year}-{month:02d}-{day:02d} 0{hour}:30:00" for year in (2037, 2038, 2100, 2137, 2138, 2200, 2400, 9998)
             for month in (3, 10, 11) for day in range(1, 32) for hour in (0, 1, 2) if (month, day) != (11, 31)]
    return around[:6000] + others + edges


def test_local_times_are_resolved_as_postgresql_does(tmp_path, empty):
    zoned = Zoned(tmp_path, empty)
    zoned.run("db", "migrate")
    cells = moments(empty)
    export = zoned.write(cells)
    zoned.run("sync", "--export-dir", export)
    empty.run("CREATE TABLE said (record text PRIMARY KEY, at timestamp)")
    with empty.connection.cursor() as cursor:
        cursor.execute("INSERT INTO said SELECT 'r' || i - 1, cell::timestamp FROM unnest(%s) WITH ORDINALITY AS u (cell, i)",
                       (cells,))
    assert empty.value("SELECT count(*) FROM t") == len(cells)
    for zone in ZONES:
        assert empty.rows(f"SELECT said.at, t.{name(zone)} FROM t JOIN said USING (record) "
                          f"WHERE t.{name(zone)} IS DISTINCT FROM timezone(%s, said.at) LIMIT 3", zone) == [], zone
    assert empty.value("SELECT count(*) FROM t JOIN said USING (record) WHERE plain <> timezone('UTC', at) OR local <> at") == 0
    zoned.run("export", "--dir", tmp_path / "out")
    report = zoned.run("sync", "--mode", "merge", "--dry-run", "--json", "--export-dir", tmp_path / "out").json["tables"][0]
    assert (report["unchanged"], report["rejected"]) == (len(cells), 0)
    zoned.run("validate", "--parity", "--export-dir", export)


def test_a_repeated_hour_is_exported_with_its_offset(tmp_path, empty):
    zoned = Zoned(tmp_path, empty)
    zoned.run("db", "migrate")
    export = zoned.write(["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-07-01T10:00:00+02:00"][:0] + [""])
    zoned.run("sync", "--export-dir", export)
    empty.run("INSERT INTO t (record, europe_london) VALUES ('a', '2025-10-26 00:30Z'), ('b', '2025-10-26 01:30Z'), "
              "('c', '2025-07-01 10:00Z'), ('d', '1800-01-01 00:00Z')")
    zoned.run("export", "--dir", tmp_path / "out")
    with open(tmp_path / "out" / "t.csv", encoding="utf-8-sig", newline="") as file:
        cells = {row["ID"]: row["Europe/London"] for row in csv.DictReader(file)}
    assert (cells["a"], cells["b"], cells["c"]) == ("10/26/2025 01:30:00+01:00", "10/26/2025 01:30:00", "7/1/2025 11:00:00")
    report = zoned.run("sync", "--mode", "merge", "--dry-run", "--json", "--export-dir", tmp_path / "out").json["tables"][0]
    assert (report["updated"], report["rejected"]) == (0, 0)


@pytest.mark.parametrize("zone", ["Europe/Lodon", "Europe/Lodon3", "ABC3"])
def test_a_zone_that_does_not_exist(tmp_path, empty, zone):
    zoned = Zoned(tmp_path, empty, time_zone=zone)
    zoned.run("db", "migrate")
    for command in (["sync", "--export-dir", zoned.write(["2025-07-01 10:00"])], ["export", "--dir", tmp_path / "out"]):
        assert f'no time zone "{zone}"' in zoned.run(*command, status=2).err
    problems = zoned.run("base", "check", "--json", status=1).json["problems"]
    assert [p["message"] for p in problems] == [f'time_zone: the server knows no time zone "{zone}"']
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_none(tmp_path, empty):
    zoned = Zoned(tmp_path, empty, time_zone="Europe/London; x")
    assert 'time_zone: "Europe/London; x" is not a valid time zone name' in zoned.run("base", "show", status=2).err


def test_a_column_without_a_zone_takes_no_value_with_one(tmp_path, empty):
    zoned = Zoned(tmp_path, empty, time_zone="Europe/London")
    zoned.run("db", "migrate")
    report = zoned.run("sync", "--json", "--force", "--export-dir", zoned.write(["2025-07-01T10:00:00Z"]), status=1).json
    assert [(r["column"], r["reason"]) for r in report["rejects"]] == [("local", "names a time zone, the column has none")]
