"""The last-synced state where it is easily wrong: rows that a sync deactivates, partitions, values that another type prints
otherwise, former names, rejects under another mapping."""
from proxy import Proxy
from test_state import BOTH, CHANGED, DECIMAL, EDITED, IDS, SAME, TEXT, TRIGGERS, small  # noqa: F401

LOWER = TRIGGERS["before"]


def test_what_a_trigger_makes_of_a_row_that_is_deactivated(small):  # noqa: F811
    base = small({"v": "text"}, {"v": TEXT})
    base.export(dict.fromkeys(IDS, "A"))
    base.sync()
    base.people("UPDATE t SET v = 'Ours' WHERE airtable_id = %s", EDITED)
    base.people(LOWER)
    base.export({CHANGED: "A", BOTH: "A"})
    base.sync("--mode", "full", "--force")
    assert base.values() == {SAME: "a", EDITED: "ours", CHANGED: "A", BOTH: "A"}
    base.export({SAME: "A", EDITED: "B", CHANGED: "A", BOTH: "A"})
    report = base.sync("--on-conflict", "database", status=1)
    assert report["conflicts"] == [EDITED] and base.values()[SAME] == "a"  # the first one was not edited by anybody
    base.run("rollback", "last")
    base.people("DROP FUNCTION f() CASCADE")
    base.run("rollback", "last")
    assert base.values() == {SAME: "A", EDITED: "ours", CHANGED: "A", BOTH: "A"}
    assert base.db.column("SELECT is_active FROM t") == [True] * 4


def test_the_state_of_a_row_that_is_deactivated_was_written_under_another_mapping(small):  # noqa: F811
    """What is noted then is written in today's layout, the state before as well: a rollback reads both."""
    base = small({"v": "text", "w": "text"}, {"v": TEXT})
    base.export(dict.fromkeys(IDS, "A"))
    base.sync()
    base.people(LOWER)
    base.base({"w": TEXT, "v": TEXT})
    base.export({CHANGED: "A", BOTH: "A"})
    base.sync("--mode", "full", "--force")
    base.run("rollback", "last")
    base.export({SAME: "B", EDITED: "A", CHANGED: "A", BOTH: "A"})
    assert base.sync("--on-conflict", "database")["conflicts"] == []
    assert base.values()[SAME] == "b"


def test_a_trigger_of_one_partition(small):  # noqa: F811
    base = small({"v": "text"}, {"v": TEXT}, table=(
        "CREATE TABLE t (id serial, airtable_id text NOT NULL UNIQUE, k text, %s) PARTITION BY HASH (airtable_id);\n"
        "CREATE TABLE part PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0);\n"))
    base.people(LOWER.replace(" ON t ", " ON part "))
    base.export({SAME: "A", CHANGED: "A"})
    base.sync()
    assert base.parity()["changed_by_database"] == 2
    base.export({SAME: "A", CHANGED: "B"})
    assert base.sync("--on-conflict", "database")["conflicts"] == []
    assert base.values() == {SAME: "a", CHANGED: "b"}


def test_a_real_that_becomes_a_double(small):  # noqa: F811
    """0.1 is 0.10000000149011612 then: no edit; what people write is one."""
    base = small({"v": "real"}, {"v": DECIMAL})
    base.export(dict.fromkeys(IDS, "0.1"))
    base.sync()
    base.export({**dict.fromkeys(IDS, "0.1"), CHANGED: "0.7"})
    base.sync()
    base.people("ALTER TABLE t ALTER v TYPE double precision")
    base.people("UPDATE t SET v = 0.100000001 WHERE airtable_id IN (%s, %s)", EDITED, BOTH)
    base.export({SAME: "0.2", EDITED: "0.1", CHANGED: "0.7", BOTH: "0.2"})
    assert base.sync("--on-conflict", "database", status=1)["conflicts"] == [BOTH]
    values = base.values()
    assert values[SAME] == "0.2" and values[EDITED] == values[BOTH] == "0.100000001"
    base.run("rollback", "last")
    base.run("rollback", "last")
    assert base.values()[CHANGED] == "0.1"  # it held what the sync wrote, and goes back to what it was


def test_a_former_name_whose_column_is_still_there(small):  # noqa: F811
    """Nothing was renamed: the new column begins without state, and is filled."""
    base = small({"v": "text", "label": "text"}, {"v": TEXT})
    base.export(dict.fromkeys(IDS, "old"))
    base.sync()
    base.base({"label": {**TEXT, "headers": ["v"], "was": "v"}})
    assert base.sync()["updated"] == 4
    assert base.values("label") == dict.fromkeys(IDS, "old")


def test_a_former_name_that_is_mapped_itself(small):  # noqa: F811
    base = small({"v": "text", "label": "text"}, {"v": TEXT})
    for columns, words in (({"v": TEXT, "label": {**TEXT, "was": "v"}}, "the column v is mapped itself"),
                           ({"v": {**TEXT, "was": "x"}, "label": {**TEXT, "was": "x"}}, "v was x already"),
                           ({"v": {**TEXT, "was": "airtable_id"}}, "the column airtable_id is mapped itself")):
        base.base(columns)
        problems = base.run("base", "check", "--json", status=1).json["problems"]
        assert [p["message"] for p in problems] == [words]
        assert '"was"' in problems[0]["place"] or "was" in problems[0]["place"]


def test_a_reject_under_another_mapping_is_no_news(small):  # noqa: F811
    base = small({"v": "integer"}, {"v": {"type": "integer"}})
    base.export({SAME: "much", EDITED: "5", CHANGED: "6", BOTH: "7"})
    base.run("sync", "--export-dir", ".", "--max-rejects", "9", status=1)
    base.base({"v": {"type": "integer", "max": 1000}})
    base.run("sync", "--export-dir", ".", "--max-rejects", "9")
    base.people("ALTER TABLE t ALTER v TYPE bigint")
    base.run("sync", "--export-dir", ".", "--max-rejects", "9")
    base.export({SAME: "more", EDITED: "5", CHANGED: "6", BOTH: "7"})
    base.run("sync", "--export-dir", ".", "--max-rejects", "9", status=1)


def test_large_rows_are_read_back_in_parts(small, tmp_path):  # noqa: F811
    """As many as fit 8 MB, not 500."""
    base = small({"v": "text"}, {"v": TEXT})
    base.people(LOWER)
    base.export({"rec%014d" % n: "A" * 3000000 for n in range(9)})
    proxy = Proxy(tmp_path, base.db)
    base.run("sync", "--export-dir", ".", url=proxy.url)
    read = [s for s in proxy.statements if s.startswith("SELECT o0") and "s.op IN ('i', 'u', 'd')" in s]
    proxy.close()
    assert len(read) >= 4
    assert base.parity()["changed_by_database"] == 9


def test_a_rollback_while_a_column_is_not_mapped(small):  # noqa: F811
    """What the sync learned of that column is forgotten as well: the export has its earlier value, and the edit stays."""
    base = small({"v": "text", "w": "text"}, {"v": TEXT, "w": TEXT})
    base.export({SAME: {"v": "a", "w": "x"}})
    base.sync()
    base.people("UPDATE t SET w = 'ours'")
    base.export({SAME: {"v": "b", "w": "ours"}})
    assert base.sync()["updated"] == 1
    base.base({"v": TEXT})
    base.run("rollback", "last")
    base.base({"v": TEXT, "w": TEXT})
    base.export({SAME: {"v": "a", "w": "x"}})
    assert base.sync("--on-conflict", "export")["conflicts"] == [] and base.values("w") == {SAME: "ours"}
