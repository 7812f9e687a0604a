"""People's edits and the export's changes stay apart whatever changes around them: base.json, a column's type, what
triggers of the database make of a value."""
import csv
import json

import pytest
import support
from support import Artsync

IDS = ["rec%014d" % n for n in range(1, 5)]
SAME, EDITED, CHANGED, BOTH = IDS
TABLE = "CREATE TABLE t (id serial PRIMARY KEY, airtable_id text NOT NULL UNIQUE, k text, %s);\n"
TEXT, DECIMAL = {"type": "text"}, {"type": "decimal"}


class Small:
    """A base of one table t with one column v (or more), and its export. A column k keeps records from being empty."""

    def __init__(self, folder, db, types, columns, table=TABLE, **keys):
        self.folder, self.db = folder, db
        folder.mkdir()
        self.art = Artsync(folder, db)
        fields = ", ".join("%s %s" % item for item in types.items())
        (folder / "0001_tables.sql").write_text(table % fields, "utf-8")
        self.base(columns, **keys)
        self.art.ok("--base", ".", "db", "migrate")

    def base(self, columns, **keys):
        columns = [{"column": name, "headers": [name], **spec} for name, spec in {**columns, "k": TEXT}.items()]
        table = {"table": "t", "file": "t.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]}, "columns": columns}
        (self.folder / "base.json").write_text(
            json.dumps({"name": "small", "date_order": "mdy", "tables": [table], **keys}), "utf-8")

    def export(self, cells, header="v"):
        """{record: cell}, or {record: {header: cell}}."""
        headers = [header] if not isinstance(next(iter(cells.values())), dict) else list(next(iter(cells.values())))
        with (self.folder / "t.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*headers, "k", "Record ID"])
            for record, cell in cells.items():
                writer.writerow([*(cell.values() if isinstance(cell, dict) else [cell]), "k", record])

    def sync(self, *args, status=0):
        report = self.art.ok("--base", ".", "sync", "--json", "--export-dir", ".", *args, status=status).json
        table = report["tables"][0]
        return {"created": table["created"], "updated": table["updated"], "conflicts": [c["id"] for c in report["conflicts"]],
                "overwritten": table["overwritten"], "rejected": table["rejected"], "unchanged": table["unchanged"]}

    def run(self, *args, **kwargs):
        return self.art.ok("--base", ".", *args, **kwargs)

    def parity(self, status=0):
        return self.run("validate", "--parity", "--export-dir", ".", "--json", status=status).json["parity"]["tables"][0]

    def people(self, sql, *args):
        connection = support.connect(self.db.url)
        with connection.cursor() as cursor:
            cursor.execute(sql, args or None)
        connection.close()

    def values(self, column="v"):
        return {r["airtable_id"]: r["v"] for r in
                self.db.rows("SELECT airtable_id, format('%%s', %s) AS v FROM t ORDER BY 1" % column)}

    def versions(self):
        return self.db.column("SELECT sync_version FROM t ORDER BY airtable_id")


@pytest.fixture
def small(tmp_path, empty):
    return lambda types, columns, **keys: Small(tmp_path / "small", empty, types, columns, **keys)


# ---- a change of the mapping ----

MAPPINGS = {  # type, cell, what it reads as before and after, another cell and its reading, the edit, column and base before, after
    "null_tokens": ("text", "n/a", "n/a", "", "new", "new", "ours", (TEXT, {}), (TEXT, {"null_tokens": ["n/a"]})),
    "aliases": ("text", "Ikea", "Ikea", "Framed", "new", "new", "ours", (TEXT, {}),
                ({**TEXT, "aliases": {"Ikea": "Framed"}}, {})),
    "date_order": ("date", "05/06/2025", "2025-05-06", "2025-06-05", "07/08/2025", "2025-08-07", "2001-01-01",
                   ({"type": "date"}, {}), ({"type": "date"}, {"date_order": "dmy"})),
    "type": ("text", "1,234.50", "1,234.50", "1234.50", "1,000", "1000", "7", (TEXT, {}), (DECIMAL, {})),
    "bound": ("integer", "5", "5", "", "12", "12", "7", ({"type": "integer"}, {}),
              ({"type": "integer", "min": 10, "on_invalid": "null"}, {})),
    "default": ("text", "", "", "none", "new", "new", "ours", (TEXT, {}), ({**TEXT, "default": "none"}, {})),
    "decimal_mark": ("numeric", "1.500", "1.500", "1500", "2.500", "2500", "7", ({**DECIMAL, "decimal_mark": "point"}, {}),
                     ({**DECIMAL, "decimal_mark": "comma"}, {})),
    "time_zone": ("timestamptz", "2025-06-05 12:00", "2025-06-05 12:00:00+00", "2025-06-05 11:00:00+00", "2025-06-06 12:00",
                  "2025-06-06 11:00:00+00", "2001-01-01 00:00:00+00", ({"type": "datetime"}, {}),
                  ({"type": "datetime"}, {"time_zone": "Europe/London"})),
}


@pytest.mark.parametrize("kind", MAPPINGS)
def test_a_new_reading_is_no_change_of_the_export(small, kind):
    """Cells that were not edited get it, edited ones stay, and a cell that changed as well counts as changed."""
    pg_type, cell, read, reads_now, changed, changed_reads, edit, before, after = MAPPINGS[kind]
    base = small({"v": pg_type}, {"v": before[0]}, **before[1])
    base.export(dict.fromkeys(IDS, cell))
    assert base.sync()["created"] == 4
    utc = "SET TimeZone = 'UTC'"
    base.db.run(utc)
    assert base.values() == dict.fromkeys(IDS, read)
    base.people("UPDATE t SET v = %s WHERE airtable_id IN (%s, %s)", edit, EDITED, BOTH)
    base.base({"v": after[0]}, **after[1])
    base.export({SAME: cell, EDITED: cell, CHANGED: changed, BOTH: changed})
    dry = base.sync("--dry-run", "--on-conflict", "database", status=1)
    report = base.sync("--on-conflict", "database", status=1)
    assert dry == report and report["conflicts"] == [BOTH] and report["updated"] == 2
    assert base.values() == {SAME: reads_now, EDITED: edit, CHANGED: changed_reads, BOTH: edit}
    versions = base.versions()
    base.db.run("UPDATE artsync.state_t SET raw = NULL")  # every record is read again
    base.export({BOTH: changed, SAME: cell, EDITED: cell, CHANGED: changed})
    assert base.sync()["updated"] == 0 and base.versions() == versions
    base.run("rollback", "last")
    assert base.values() == {SAME: read, EDITED: edit, CHANGED: read, BOTH: edit}
    base.export({SAME: cell, EDITED: cell, CHANGED: changed, BOTH: changed})
    base.sync("--on-conflict", "database", status=1)
    assert base.values() == {SAME: reads_now, EDITED: edit, CHANGED: changed_reads, BOTH: edit}
    assert base.sync("--mode", "merge")["overwritten"] == 2
    assert base.values() == {SAME: reads_now, EDITED: reads_now, CHANGED: changed_reads, BOTH: changed_reads}


def test_marks_that_the_export_begins_to_show_are_a_new_reading(small):
    base = small({"v": "numeric"}, {"v": DECIMAL})
    base.export(dict.fromkeys([SAME, EDITED], "1.500"))
    base.sync()
    base.people("UPDATE t SET v = 7 WHERE airtable_id = %s", EDITED)
    base.export({SAME: "1.500", EDITED: "1.500", CHANGED: "12,5"})
    assert base.sync()["conflicts"] == []
    assert base.values() == {SAME: "1500", EDITED: "7", CHANGED: "12.5"}


def test_another_header_feeds_the_column(small):
    base = small({"v": "text"}, {"v": TEXT})
    cells = {"v": "old", "w": "new"}
    base.export({SAME: cells, EDITED: cells})
    base.sync()
    base.people("UPDATE t SET v = 'ours' WHERE airtable_id = %s", EDITED)
    base.base({"v": {**TEXT, "headers": ["w"]}})
    assert base.sync()["conflicts"] == [] and base.values() == {SAME: "new", EDITED: "ours"}
    base.export({SAME: cells, EDITED: {**cells, "w": "newer"}})
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [EDITED]


def test_a_header_that_is_renamed_in_airtable(small):
    base = small({"v": "text"}, {"v": TEXT})
    base.export(dict.fromkeys(IDS, "old"))
    base.sync()
    base.people("UPDATE t SET v = 'ours' WHERE airtable_id IN (%s, %s)", EDITED, BOTH)
    base.base({"v": {**TEXT, "headers": ["W", "v"]}})
    base.export({SAME: "old", EDITED: "old", CHANGED: "new", BOTH: "new"}, header="W")
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [BOTH]
    assert base.values() == {SAME: "old", EDITED: "ours", CHANGED: "new", BOTH: "ours"}


def test_the_set_of_columns_changes(small):
    base = small({"v": "text", "w": "text"}, {"v": TEXT, "w": TEXT})
    cells = {"v": "a", "w": "b"}
    base.export({SAME: cells, EDITED: cells})
    base.sync()
    base.people("UPDATE t SET v = 'ours', w = 'ours' WHERE airtable_id = %s", EDITED)
    for columns in ({"v": TEXT}, {"w": TEXT, "v": TEXT}, {"w": TEXT}, {"v": TEXT, "w": TEXT}):
        base.base(columns)
        report = base.sync()
        assert report["updated"] == 0 and report["conflicts"] == []
    assert base.values() == {SAME: "a", EDITED: "ours"} and base.values("w") == {SAME: "b", EDITED: "ours"}


def test_a_column_that_is_renamed_keeps_its_state(small):
    base = small({"v": "text"}, {"v": TEXT})
    base.export(dict.fromkeys(IDS, "old"))
    base.sync()
    base.people("UPDATE t SET v = 'ours' WHERE airtable_id IN (%s, %s)", EDITED, BOTH)
    base.export({SAME: "old", EDITED: "old", CHANGED: "new", BOTH: "old"})
    base.sync()
    base.people("ALTER TABLE t RENAME v TO label")
    base.base({"label": {**TEXT, "headers": ["v"], "was": "v"}})
    base.export({SAME: "old", EDITED: "old", CHANGED: "new", BOTH: "new"})
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [BOTH]
    assert base.values("label") == {SAME: "old", EDITED: "ours", CHANGED: "new", BOTH: "ours"}
    base.run("rollback", "last")  # the sync from before the column was renamed: the last that wrote a row
    assert base.values("label")[CHANGED] == "old"


# ---- a change of the column's type ----

TYPES = {  # type before and after, field before and after, cell, as printed after; another cell, as printed; the edit, as printed
    "scale": ("numeric(10,2)", "numeric(12,3)", DECIMAL, DECIMAL, "5.00", "5.000", "6.50", "6.500", "7.5", "7.500"),
    "integer to numeric": ("integer", "numeric(12,2)", {"type": "integer"}, DECIMAL, "5", "5.00", "6", "6.00", "7", "7.00"),
    "numeric to double": ("numeric(10,2)", "double precision", DECIMAL, DECIMAL, "5.50", "5.5", "1000", "1000", "7", "7"),
    "json to jsonb": ("json", "jsonb", {"type": "json"}, {"type": "json"}, '{"b":1, "a":2.50}', '{"a": 2.50, "b": 1}', '[1.0,  2]',
                      "[1.0, 2]", '{"ours": 1}', '{"ours": 1}'),
    "varchar to text": ("varchar(20)", "text", TEXT, TEXT, "a", "a", "b", "b", "ours", "ours"),
    "precision of seconds": ("timestamp(0)", "timestamp(3)", {"type": "datetime"}, {"type": "datetime"}, "2025-01-02 03:04:05",
                             "2025-01-02 03:04:05", "2025-01-02 03:04:06.5", "2025-01-02 03:04:06.5", "2001-01-01",
                             "2001-01-01 00:00:00"),
    "timestamp with a zone": ("timestamp", "timestamptz USING v AT TIME ZONE 'UTC'", {"type": "datetime"}, {"type": "datetime"},
                              "2025-01-02 03:04:05", "2025-01-02 03:04:05+00", "2025-01-02", "2025-01-02 00:00:00+00",
                              "2001-01-01", "2001-01-01 00:00:00+00"),
    "seconds to interval": ("integer", "interval USING make_interval(secs => v)", {"type": "duration"}, {"type": "duration"},
                            "1:30", "01:30:00", "2:00", "02:00:00", "7", "00:00:07"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_another_type_is_no_edit(small, kind):
    before, after, field, field_after, cell, printed, changed, changed_printed, edit, edit_printed = TYPES[kind]
    base = small({"v": before}, {"v": field})
    base.export(dict.fromkeys(IDS, cell))
    base.sync()
    base.people("UPDATE t SET v = %s WHERE airtable_id IN (%s, %s)", edit, EDITED, BOTH)
    base.people("ALTER TABLE t ALTER v TYPE " + after)
    base.base({"v": field_after})
    base.db.run("SET TimeZone = 'UTC'")
    versions = base.versions()
    assert base.sync()["conflicts"] == [] and base.versions() == versions
    assert base.values() == {SAME: printed, EDITED: edit_printed, CHANGED: printed, BOTH: edit_printed}
    base.export({SAME: cell, EDITED: cell, CHANGED: changed, BOTH: changed})
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [BOTH]
    assert base.values() == {SAME: printed, EDITED: edit_printed, CHANGED: changed_printed, BOTH: edit_printed}
    base.sync("--mode", "merge")
    assert base.versions()[0] == versions[0]


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_and_the_export_change_in_the_same_night(small, kind):
    before, after, field, field_after, cell, printed, changed, changed_printed, _, _ = TYPES[kind]
    base = small({"v": before}, {"v": field})
    base.export({SAME: cell, CHANGED: cell})
    base.sync()
    base.people("ALTER TABLE t ALTER v TYPE " + after)
    base.base({"v": field_after})
    base.db.run("SET TimeZone = 'UTC'")
    base.export({SAME: cell, CHANGED: changed})
    assert base.sync("--on-conflict", "database")["updated"] == 1
    assert base.values() == {SAME: printed, CHANGED: changed_printed}
    base.run("rollback", "last")
    assert base.values() == {SAME: printed, CHANGED: printed}


def test_a_rollback_across_a_change_of_type(small):
    base = small({"v": "numeric(10,2)"}, {"v": DECIMAL})
    base.export({SAME: "5", CHANGED: "5"})
    base.sync()
    base.export({SAME: "5", CHANGED: "6"})
    base.sync()
    base.people("ALTER TABLE t ALTER v TYPE numeric(12,3)")
    base.run("rollback", "last")
    assert base.values() == {SAME: "5.000", CHANGED: "5.000"}
    assert base.sync()["updated"] == 1 and base.values()[CHANGED] == "6.000"


EQUAL = {  # type, field, cell, the same value in another spelling
    "decimals": ("numeric", DECIMAL, "10.5", "10.50"),
    "order of keys": ("json", {"type": "json"}, '{"a":1,"b":2}', '{"b": 2.0, "a": 1}'),
    "days and hours": ("interval", {"type": "duration"}, "24:00", "1 day"),
    "months and days": ("interval", {"type": "duration"}, "720:00:30.5", "1 mon 00:00:30.5"),
    "another zone": ("timestamptz", {"type": "datetime"}, "2025-06-05 12:00", "2025-06-05 17:30+05:30"),
    "text of an instant": ("text", {"type": "datetime"}, "2025-06-05 00:00", "2025-06-05"),
}


@pytest.mark.parametrize("kind", EQUAL)
def test_another_spelling_is_no_edit(small, kind):
    pg_type, field, cell, spelling = EQUAL[kind]
    base = small({"v": pg_type, "note": "text"}, {"v": field, "note": TEXT})
    base.export({SAME: {"v": cell, "note": ""}})
    base.sync()
    base.people("SET TimeZone = 'Asia/Kolkata'; UPDATE t SET v = %s", spelling)
    assert base.parity()["differing"] == 0
    for mode in ("incremental", "merge", "full"):
        base.export({SAME: {"v": cell, "note": mode}})
        report = base.sync("--mode", mode)
        assert (report["updated"], report["conflicts"], report["overwritten"]) == (1, [], 0)
    base.export({SAME: {"v": "", "note": ""}})
    assert base.sync()["conflicts"] == [] and base.values() == {SAME: ""}


# ---- what the database made of it ----

TRIGGERS = {
    "before": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
              "$$BEGIN NEW.v := lower(NEW.v); RETURN NEW; END$$; "
              "CREATE TRIGGER f BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "after": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
             "$$BEGIN UPDATE t SET v = lower(v) WHERE id = NEW.id AND v <> lower(v); RETURN NULL; END$$; "
             "CREATE TRIGGER f AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "deferred": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN UPDATE t SET v = lower(v) WHERE id = NEW.id AND v <> lower(v); RETURN NULL; END$$; "
                "CREATE CONSTRAINT TRIGGER f AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION f()",
}


@pytest.mark.parametrize("kind", TRIGGERS)
def test_what_a_trigger_makes_of_a_value_is_no_edit(small, kind):
    base = small({"v": "text"}, {"v": TEXT})
    base.people(TRIGGERS[kind])
    base.export({SAME: "A", EDITED: "A", CHANGED: "A"})
    assert base.sync("--dry-run")["created"] == 3
    assert base.sync()["created"] == 3 and set(base.values().values()) == {"a"}
    parity = base.parity()
    assert (parity["changed_by_database"], parity["differing"]) == (3, 0)
    versions = base.versions()
    for mode in ("merge", "full", "incremental"):
        assert base.sync("--mode", mode)["updated"] == 0 and base.versions() == versions
    base.people("UPDATE t SET v = 'ours' WHERE airtable_id = %s", EDITED)
    base.export({SAME: "A", EDITED: "A", CHANGED: "B"})
    shown = base.run("diff", "--export-dir", ".", "--json").json
    assert [c["columns"]["v"] for c in shown["changes"]] == [{"from": "a", "to": "b"}]
    assert base.sync("--on-conflict", "database")["updated"] == 1
    assert base.values() == {SAME: "a", EDITED: "ours", CHANGED: "b"}
    parity = base.parity(status=1)
    assert (parity["changed_by_database"], parity["differing"], parity["edited_in_database"]) == (2, 1, 1)
    base.run("rollback", "last")
    assert base.values() == {SAME: "a", EDITED: "ours", CHANGED: "a"}
    assert base.sync()["updated"] == 1 and base.values()[CHANGED] == "b"
    assert base.sync("--mode", "merge")["overwritten"] == 1 and base.values()[EDITED] == "a"
    assert base.sync("--mode", "merge")["updated"] == 0


def test_a_trigger_that_writes_another_mapped_column(small):
    """It belongs to what the sync did: no edit afterwards, and the rollback takes it back."""
    base = small({"v": "text", "w": "text"}, {"v": TEXT, "w": TEXT})
    base.export({SAME: {"v": "a", "w": "x"}, EDITED: {"v": "a", "w": "x"}})
    base.sync()
    base.people("UPDATE t SET w = 'ours' WHERE airtable_id = %s", EDITED)
    base.people("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN IF NEW.w = 'x' THEN NEW.w := NEW.v; END IF; RETURN NEW; END$$; "
                "CREATE TRIGGER f BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()")
    base.export({SAME: {"v": "b", "w": "x"}, EDITED: {"v": "b", "w": "x"}})
    base.sync()
    assert base.values("w") == {SAME: "b", EDITED: "ours"}
    base.export({SAME: {"v": "b", "w": "y"}, EDITED: {"v": "b", "w": "y"}})
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [EDITED]
    assert base.values("w") == {SAME: "y", EDITED: "ours"}
    base.run("rollback", "last")
    base.people("DROP TRIGGER f ON t")
    base.run("rollback", "last")
    assert base.values("w") == {SAME: "x", EDITED: "ours"} and base.values() == {SAME: "a", EDITED: "a"}


def test_a_domain_of_the_business(small):
    base = small({"v": "integer"}, {"v": DECIMAL})
    base.people("CREATE DOMAIN money AS numeric(10,2); ALTER TABLE t ALTER v TYPE public.money")
    base.export({SAME: "5", CHANGED: "5"})
    base.sync()
    assert base.parity()["differing"] == 0 and base.sync("--mode", "merge")["updated"] == 0
    base.export({SAME: "5", CHANGED: "6"})
    assert base.sync("--on-conflict", "database")["updated"] == 1 and base.values() == {SAME: "5.00", CHANGED: "6.00"}


# ---- attachments ----

def pictures(*names, night=1):
    return ",".join("%s (https://airtable.example/%d/%s)" % (name, night, name) for name in names)


@pytest.mark.parametrize("mode, phase, kept", [("incremental", "export", False), ("incremental", "database", True),
                                               ("merge", "export", False)])
def test_addresses_that_people_changed_are_an_edit(small, mode, phase, kept):
    base = small({"v": "text[]"}, {"v": {"type": "attachments"}})
    base.export({SAME: pictures("a"), EDITED: pictures("a")})
    base.sync()
    own = "{https://own.example/a}"
    base.people("UPDATE t SET v = %s WHERE airtable_id = %s", own, EDITED)
    base.export({SAME: pictures("a", night=2), EDITED: pictures("a", night=2)})
    for each in ("incremental", "merge", "full"):
        assert base.sync("--mode", each)["updated"] == 0
    assert base.values() == {SAME: "{https://airtable.example/1/a}", EDITED: own}
    base.export({SAME: pictures("a", "b", night=3), EDITED: pictures("a", "b", night=3)})
    both = "{https://airtable.example/3/a,https://airtable.example/3/b}"
    status = 1 if mode == "incremental" else 0
    report = base.sync("--mode", mode, "--on-conflict", phase, status=status)
    assert report["conflicts"] == ([EDITED] if status else []) and report["overwritten"] == 1 - status
    assert base.values() == {SAME: both, EDITED: own if kept else both}
    base.export({SAME: pictures("a", night=4), EDITED: pictures("a", night=4)})
    report = base.sync("--on-conflict", "database", status=1 if kept else 0)
    assert report["conflicts"] == ([EDITED] if kept else [])
    assert base.values()[EDITED] == (own if kept else "{https://airtable.example/4/a}")
