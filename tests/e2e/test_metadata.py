"""Tables that have metadata columns of their own: used as they are, or named otherwise, or left out."""
import json

import pytest
import support
from support import by_table, counts

OWN = {
    "frameworks, with a zone": "created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL",
    "frameworks, without a zone": "created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL",
    "whole seconds": "created_at timestamp(0) NOT NULL, updated_at timestamp(0) NOT NULL",
    "milliseconds": "created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL",
    "all of them": "is_active boolean NOT NULL, sync_version bigint NOT NULL, last_synced_at timestamp NOT NULL, "
                   "created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL",
    "is_active false by default": "is_active boolean NOT NULL DEFAULT false",
}


class Own:
    """A base of one table, made by `columns` of the business."""

    def __init__(self, folder, db, columns, metadata=None, mapped=()):
        self.art, self.db, self.folder = support.Artsync(folder, db), db, folder
        (folder / "base").mkdir()
        (folder / "base" / "0001_tables.sql").write_text(
            "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            "airtable_id varchar(20) UNIQUE NOT NULL, name text NOT NULL, n integer%s);" % (columns and ", " + columns))
        table = {"table": "t", "file": "t.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
                 "columns": [{"column": "name", "headers": ["Name"], "type": "text", "required": True},
                             {"column": "n", "headers": ["N"], "type": "integer"}, *mapped]}
        if metadata is not None:
            table["metadata"] = metadata
        (folder / "base" / "base.json").write_text(json.dumps({"name": "own", "tables": [table]}))

    def run(self, *args, status=0):
        return self.art.ok("--base", self.folder / "base", *args, status=status)

    def sync(self, text, *args, status=0):
        (self.folder / "t.csv").write_text(text)
        return by_table(self.run("sync", "--json", "--export-dir", self.folder, *args, status=status).json)

    def raw(self):
        return self.db.copy("SELECT * FROM public.t ORDER BY id")


def export(*names):
    return "Record ID,Name,N\n" + "".join("rec%014d,%s,%d\n" % (i, name, i) for i, name in enumerate(names, 1))


@pytest.fixture
def own(tmp_path, empty):
    def make(columns, metadata=None, mapped=()):
        return Own(tmp_path, empty, columns, metadata, mapped)
    return make


def test_a_column_that_people_dropped_is_named_and_made_again(own):
    base = own("")
    base.run("db", "migrate")
    base.sync(export("Oak"))
    base.db.run("ALTER TABLE public.t DROP COLUMN is_active; ALTER TABLE public.t RENAME COLUMN name TO title")
    error = support.error_of(base.run("sync", "--json", "--export-dir", base.folder, status=2))
    assert "column name:" in error["message"] and '"was": "name"' in error["hint"], error
    base.db.run("ALTER TABLE public.t RENAME COLUMN title TO name")
    error = support.error_of(base.run("sync", "--json", "--export-dir", base.folder, status=3))
    assert "is_active" in error["message"] and "db migrate" in error["hint"], error
    again = base.run("db", "migrate")
    assert "added" in again.err and "up to date" in again.out and "Nothing" not in again.out
    assert base.run("db", "migrate").err == ""
    base.run("sync", "--export-dir", base.folder)


@pytest.mark.parametrize("columns", OWN.values(), ids=OWN.keys())
def test_columns_that_are_there_are_used_as_they_are(own, columns):
    base = own(columns)
    said = base.run("db", "migrate").err
    assert "public.t" in said and columns.split()[0] in said
    types = base.db.rows("SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) AS about "
                         "FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 4 AND attname IN (%s)"
                         % ", ".join("'%s'" % c.split()[0] for c in columns.split(", ")))
    assert len(types) == len(columns.split(", ")) and all(t["about"] is None for t in types)
    base.run("base", "check")
    assert counts(base.sync(export("Oak", "Ash")), "t", "created", "rejected") == (2, 0)
    first = base.raw()
    row = base.db.row("SELECT created_at, updated_at FROM t WHERE name = 'Oak'")
    assert row["created_at"] == row["updated_at"] is not None
    assert base.db.value("SELECT bool_and(is_active) FROM t")
    # a sync that comes within the same second, or millisecond, must not pass for no change
    assert counts(base.sync(export("Oak", "Beech", "Elm")), "t", "created", "updated", "unchanged") == (1, 1, 1)
    base.run("rollback", "last")
    assert base.raw() == first
    base.run("db", "verify")
    assert counts(base.sync(export("Oak"), "--mode", "full", "--force"), "t", "deactivated") == (1,)
    assert base.run("stats", "--json").json["tables"][0]["active"] == 1
    base.run("rollback", "last")
    assert base.raw() == first


def test_updated_at_moves_and_created_at_does_not(own):
    base = own(OWN["frameworks, without a zone"])
    base.run("db", "migrate")
    base.sync(export("Oak"))
    before = base.db.row("SELECT created_at, updated_at FROM t")
    base.sync(export("Beech"))
    after = base.db.row("SELECT created_at, updated_at FROM t")
    assert after["created_at"] == before["created_at"] and after["updated_at"] > before["updated_at"]
    # the application goes on writing the two itself
    base.db.run("INSERT INTO t (airtable_id, name, created_at, updated_at) VALUES ('x', 'ours', '2020-01-01', '2020-01-01')")
    base.db.run("UPDATE t SET name = 'Ours', updated_at = '2021-01-01' WHERE airtable_id = 'x'")
    assert str(base.db.value("SELECT updated_at FROM t WHERE airtable_id = 'x'")) == "2021-01-01 00:00:00"


def test_a_row_that_people_touched_is_not_undone(own):
    base = own(OWN["frameworks, without a zone"])
    base.run("db", "migrate")
    base.sync(export("Oak", "Ash"))
    base.db.run("UPDATE t SET n = 99 WHERE name = 'Oak'")
    result = base.run("rollback", "last", "--json", status=1).json
    assert (result["deleted"], result["kept"]) == (1, 1)
    assert base.db.column("SELECT name FROM t") == ["Oak"]


RENAMED = {"is_active": "artsync_active", "updated_at": "artsync_updated"}


def test_other_names(own):
    """The business's own is_active and updated_at mean something else, and one of them is mapped."""
    base = own("is_active text, updated_at text", RENAMED,
               [{"column": "is_active", "headers": ["State"], "type": "text"}])
    base.run("db", "migrate")
    text = "Record ID,Name,N,State\nrec00000000000001,Oak,1,open\nrec00000000000002,Ash,2,shut\n"
    base.sync(text)
    first = base.raw()
    assert base.db.column("SELECT is_active FROM t ORDER BY id") == ["open", "shut"]
    base.sync(text.replace("shut", "open"))
    assert base.db.value("SELECT artsync_updated = last_synced_at FROM t WHERE name = 'Ash'")
    base.run("rollback", "last")
    assert base.raw() == first
    report = base.sync(text[:text.index("rec00000000000002")], "--mode", "full", "--force")
    assert counts(report, "t", "deactivated") == (1,)
    assert base.db.column("SELECT artsync_active FROM t ORDER BY id") == [True, False]
    assert base.run("stats", "--json").json["tables"][0]["inactive"] == 1
    changes = base.run("history", "last", "--json").json["changes"]
    assert [c["columns"] for c in changes] == [{"artsync_active": {"from": "t", "to": "f"}}]
    base.run("rollback", "last")
    assert base.raw() == first
    base.db.run("UPDATE t SET n = 7 WHERE name = 'Oak'")
    assert base.db.value("SELECT artsync_updated > last_synced_at FROM t WHERE name = 'Oak'")
    base.run("db", "verify")


def test_left_out(own):
    base = own("", dict.fromkeys(["is_active", "created_at", "updated_at", "last_synced_at", "sync_version"]))
    base.run("db", "migrate")
    columns = base.db.column("SELECT attname::text FROM pg_attribute WHERE attrelid = 'public.t'::regclass "
                             "AND attnum > 0 ORDER BY attnum")
    assert columns == ["id", "airtable_id", "name", "n"]
    base.sync(export("Oak", "Ash"))
    first = base.raw()
    assert counts(base.sync(export("Oak", "Beech")), "t", "updated", "unchanged") == (1, 1)
    base.run("rollback", "last")
    assert base.raw() == first
    error = base.run("sync", "--json", "--mode", "full", "--export-dir", base.folder, status=4).json["error"]
    assert "is_active" in error["message"]
    # it cannot be told whether people touched these rows since: they are kept
    result = base.run("rollback", "last", "--json", status=1).json
    assert result["deleted"] == 0 and result["kept"] == 2
    assert "updated_at" in result["details"][0]["reason"]
    assert base.run("stats", "--json").json["tables"][0]["active"] == 2
    base.run("db", "verify")


@pytest.mark.parametrize("columns,metadata,status,says", [
    ("is_active text", None, 3, ["is_active", "text", '"metadata"']),
    ("updated_at date", None, 3, ["updated_at", "date", '"metadata"']),
    ("is_active boolean GENERATED ALWAYS AS (true) STORED", None, 3, ["is_active", "generated", "write"]),
    ("", {"is_active": "airtable_id"}, 2, ["metadata", "airtable_id"]),
    ("", {"created_at": "x", "updated_at": "x"}, 2, ["metadata", "created_at", "updated_at"]),
    ("", {"is_active": "name"}, 2, ["name", "metadata"]),
    ("", {"active": "x"}, 2, ["metadata", "active"]),
    ("", {"is_active": 1}, 2, ["metadata", "is_active"]),
])
def test_what_cannot_serve(own, columns, metadata, status, says):
    base = own(columns, metadata)
    said = base.run("db", "migrate", status=status).err
    for word in says:
        assert word in said


def test_an_empty_default_is_for_text_alone(own):
    base = own("note text NOT NULL, flag text", None, [
        {"column": "note", "headers": ["Note"], "type": "text", "default": ""}])
    base.run("db", "migrate")
    text = "Record ID,Name,N,Note\nrec00000000000001,Oak,1,\nrec00000000000002,Ash,2,dry\n"
    assert counts(base.sync(text), "t", "created", "rejected") == (2, 0)
    assert base.db.column("SELECT note FROM t ORDER BY id") == ["", "dry"]
    first = base.raw()
    assert counts(base.sync(text.replace("dry", "")), "t", "updated", "conflicts") == (1, 0)
    assert base.db.column("SELECT note FROM t ORDER BY id") == ["", ""]
    for mode in ("incremental", "merge", "full"):
        assert counts(base.sync(text.replace("dry", ""), "--mode", mode), "t", "updated") == (0,)
    assert base.run("validate", "--parity", "--json", "--export-dir", base.folder).json["status"] == "pass"
    base.run("rollback", base.run("history", "--json").json["syncs"][-2]["sync_id"])
    assert base.raw() == first
    base.run("export", "--dir", base.folder / "out")
    assert (base.folder / "out" / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "Oak,1,,rec00000000000001"


def test_an_empty_default_elsewhere_is_an_error(own):
    base = own("k numeric", None, [{"column": "k", "headers": ["K"], "type": "decimal", "default": ""}])
    said = base.run("db", "migrate", status=2).err
    assert "default" in said and "(k)" in said
