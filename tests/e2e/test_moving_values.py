"""Unique values that move from row to row go in whatever kind of key guards them, in the order that frees a value before it
is taken; only circles need a key that is deferrable."""
import json
import random

import pytest
from support import Artsync
from work import explained, plans, rows_looked_at

KEYS = {  # name: (columns of the table, the key)
    "constraint": ("", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (rank)"),
    "index": ("", "CREATE UNIQUE INDEX own ON t (rank)"),
    "some rows": ("", "CREATE UNIQUE INDEX own ON t (rank) WHERE rank > 0 AND airtable_id IS NOT NULL"),
    "active rows": ("", "CREATE UNIQUE INDEX own ON t (rank) WHERE is_active"),
    "rows by another column": (", gone date", "CREATE UNIQUE INDEX own ON t (rank) WHERE gone IS NULL"),
    "expression": ("", "CREATE UNIQUE INDEX own ON t ((rank * 10))"),
    "text": ("", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (name)"),
    "expression of text": ("", "CREATE UNIQUE INDEX own ON t (lower(name))"),
    "two columns": ("", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (place, rank)"),
    "a column of one's own": (", shop int NOT NULL DEFAULT 7", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (shop, rank)"),
    "two keys": ("", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (rank), ADD CONSTRAINT other UNIQUE (name)"),
    "deferrable": ("", "ALTER TABLE t ADD CONSTRAINT own UNIQUE (rank) DEFERRABLE"),
}
TABLE = """CREATE TABLE t (id serial PRIMARY KEY, airtable_id text NOT NULL UNIQUE, rank int, name text, place text,
    note text%s);\n"""


def identifier(i):
    return "rec%014d" % i


class Ranking:
    """A base of one table; `ranks` is record number -> rank."""

    def __init__(self, folder, db, key):
        columns, statement = KEYS[key]
        folder.mkdir()
        self.folder, self.db, self.art = folder, db, Artsync(folder, db)
        (folder / "0001_tables.sql").write_text(TABLE % columns, encoding="utf-8")
        fields = [{"column": c, "headers": [c], "type": "integer" if c == "rank" else "text"}
                  for c in ("rank", "name", "place", "note")]
        (folder / "base.json").write_text(json.dumps({
            "name": "ranking", "schema": "public", "date_order": "mdy", "tables": [{
                "table": "t", "file": "t.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
                "columns": fields}]}), encoding="utf-8")
        self.art.ok("--base", ".", "db", "migrate", env={"ARTSYNC_ENV": "development"})
        db.run(statement)

    def export(self, ranks, notes=None):
        export = self.folder / "export"
        export.mkdir(exist_ok=True)
        lines = ["rank,name,place,note,Record ID"]
        lines += ["%d,Name %d,here,%s,%s" % (r, r, (notes or {}).get(i, ""), identifier(i)) for i, r in ranks.items()]
        (export / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return export

    def run(self, *args, status=0):
        return self.art.ok("--base", ".", *args, status=status)

    def sync(self, ranks, *args, status=0, notes=None):
        where = self.export(ranks, notes)
        return self.run("sync", "--json", "--force", "--export-dir", where, *args, status=status).json

    def ranks(self):
        rows = self.db.rows("SELECT airtable_id, rank, name FROM t WHERE airtable_id IS NOT NULL ORDER BY rank, id")
        assert all(r["name"] == "Name %d" % r["rank"] for r in rows)
        return {int(r["airtable_id"][3:]): r["rank"] for r in rows}


@pytest.fixture
def ranking(empty, tmp_path):
    return lambda key: Ranking(tmp_path / "base", empty, key)


def shifted(n):
    """A new record at the top, all others one down."""
    return {n + 1: 1, **{i: i + 1 for i in range(1, n + 1)}}


@pytest.mark.parametrize("mode", ["incremental", "full"])
@pytest.mark.parametrize("key", KEYS)
def test_a_shift_goes_in_and_back(ranking, key, mode):
    base, before, after = ranking(key), {i: i for i in range(1, 41)}, shifted(40)
    base.sync(before)
    dry = base.sync(after, "--mode", mode, "--dry-run")["tables"][0]
    assert (dry["created"], dry["updated"], dry["rejected"]) == (1, 40, 0) and base.ranks() == before
    table = base.sync(after, "--mode", mode)["tables"][0]
    assert (table["created"], table["updated"], table["rejected"]) == (1, 40, 0)
    assert base.ranks() == after
    back = base.run("rollback", "last", "--json").json
    assert (back["reversed"], back["deleted"], back["kept"]) == (40, 1, 0) and base.ranks() == before
    base.sync(after)
    last = {i: r - 1 for i, r in after.items() if r > 1}  # the first one is gone: all others move up
    if key == "active rows" and mode == "full":
        table = base.sync(last, "--mode", "full")["tables"][0]
        assert (table["deactivated"], table["updated"], table["rejected"]) == (1, 40, 0)
    else:
        base.db.run("UPDATE t SET rank = 0, name = 'Name 0' WHERE rank = 1")
        assert base.sync(last, "--mode", "merge")["tables"][0]["updated"] == 40


@pytest.mark.parametrize("key", KEYS)
def test_a_shift_as_a_diff(ranking, key):
    base = ranking(key)
    base.sync({i: i for i in range(1, 6)})
    shown = base.run("diff", "--json", "--export-dir", base.export(shifted(5))).json
    assert {(c["id"], c["action"], c["columns"]["rank"]["from"], c["columns"]["rank"]["to"]) for c in shown["changes"]} == {
        (identifier(6), "created", None, "1"), *((identifier(i), "updated", str(i), str(i + 1)) for i in range(1, 6))}
    assert shown["rejects"] == [] and base.ranks() == {i: i for i in range(1, 6)}


def test_a_circle_is_rejected_and_says_what_helps(ranking):
    base = ranking("constraint")
    base.sync({i: i for i in range(1, 9)})
    later = {1: 2, 2: 3, 3: 1, 4: 3, 5: 9, 6: 5, 7: 7, 8: 8}  # 1, 2 and 3 in a circle, 4 wants what 2 wants
    report = base.sync(later, status=1)
    reasons = {r["id"]: r["reason"] for r in report["rejects"]}
    assert sorted(reasons) == [identifier(i) for i in (1, 2, 3, 4)]
    for i in (1, 2, 3):
        assert all(identifier(k) in reasons[identifier(i)] for k in (1, 2, 3)) and "DEFERRABLE" in reasons[identifier(i)]
    assert "DEFERRABLE" not in reasons[identifier(4)]
    assert base.ranks() == {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 7: 7, 8: 8, 5: 9}
    base.db.run("ALTER TABLE t DROP CONSTRAINT own, ADD CONSTRAINT own UNIQUE (rank) DEFERRABLE")
    base.sync({**later, 4: 4}, "--mode", "merge")
    assert base.ranks() == {3: 1, 1: 2, 2: 3, 4: 4, 6: 5, 7: 7, 8: 8, 5: 9}


@pytest.mark.parametrize("key", ["constraint", "active rows", "expression"])
def test_a_refused_link_of_a_chain_stops_those_that_wait_for_it(ranking, key):
    """More than the limit of refusals that are looked for one by one: what follows from one refusal is none of them."""
    base, n = ranking(key), 2500
    base.sync({i: i for i in range(1, n + 1)})
    base.db.run("CREATE FUNCTION own_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF NEW.note = 'refuse' THEN RAISE EXCEPTION 'own rule' USING ERRCODE = '55000'; END IF; RETURN NEW; END $$")
    base.db.run("CREATE TRIGGER own_rule BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION own_rule()")
    report = base.sync(shifted(n), status=1, notes={n - 200: "refuse"})
    table = report["tables"][0]
    assert (table["created"], table["updated"], table["rejected"]) == (0, 200, n - 200 + 1)
    codes = [r["code"] for r in report["rejects"]]
    assert codes.count("refused_by_database") == 1 and codes.count("repeated_unique_key") == n - 200
    assert base.ranks() == {i: i if i <= n - 200 else i + 1 for i in range(1, n + 1)}


def closure(ranks, wanted, kept):
    """What an honest clerk gets done one by one: write whatever is free, until nothing is."""
    ranks, left = dict(ranks), dict(wanted)
    while True:
        taken = set(ranks.values()) | kept
        free = [i for i in left if left[i] not in taken or ranks.get(i) == left[i]]
        if not free:
            return ranks
        ranks[free[0]] = left.pop(free[0])


@pytest.mark.parametrize("seed", range(4))
def test_any_moves(ranking, seed):
    """Chains, circles, values that a row of the business keeps, new records: as an honest clerk would do it."""
    rnd = random.Random(seed)
    base, n = ranking(rnd.choice(["constraint", "index", "some rows", "expression", "two keys"])), 60
    base.sync({i: i for i in range(1, n + 1)})
    base.db.run("INSERT INTO t (airtable_id, rank, name) VALUES ('own', 70, 'Name 70'), ('more', 71, 'Name 71')")
    have = {i: i for i in range(1, n + 1)}
    for _ in range(6):
        who = rnd.sample(range(1, n + 8), 40)
        wanted = dict(have)
        for i in who:
            wanted.pop(i, None)
        free = [r for r in range(1, 80) if r not in wanted.values()]
        rnd.shuffle(free)
        for i in who:
            wanted[i] = free.pop()
        order = list(wanted)
        rnd.shuffle(order)
        expected = closure(have, wanted, {70, 71})
        rejected = {identifier(i) for i in wanted if expected.get(i) != wanted[i]}
        report = base.sync({i: wanted[i] for i in order}, "--mode", "merge", status=1 if rejected else 0)
        base.db.run("SELECT 1")
        assert {r["id"] for r in report["rejects"]} == rejected
        rows = base.db.rows("SELECT airtable_id, rank FROM t WHERE airtable_id LIKE 'rec%%'")
        have = {int(r["airtable_id"][3:]): r["rank"] for r in rows}
        assert have == expected


def test_an_expression_that_fails_is_one_records_problem(ranking):
    base = ranking("constraint")
    base.db.run("CREATE UNIQUE INDEX inverse ON t ((100 / (rank - 50)))")
    base.sync({1: 10, 2: 20})
    report = base.sync({1: 11, 2: 50}, status=1)
    assert [(r["id"], r["code"]) for r in report["rejects"]] == [(identifier(2), "refused_by_database")]
    assert base.ranks() == {1: 11, 2: 20}


def shift_work(base, n):
    base.sync({i: i for i in range(1, n + 1)})
    with explained(base.db):
        result = base.run("sync", "--verbose", "--export-dir", base.export(shifted(n)))
    assert base.ranks() == shifted(n)
    return sum(map(rows_looked_at, plans(result)))


@pytest.mark.parametrize("key", ["constraint", "active rows", "expression of text"])
def test_shifts_take_linear_work(databases, tmp_path, key):
    """Four times the rows: four times the work of the server."""
    small = shift_work(Ranking(tmp_path / "small", databases("empty"), key), 500)
    large = shift_work(Ranking(tmp_path / "large", databases("empty"), key), 2000)
    assert 0 < large < 5 * small


def test_rows_of_a_large_table_are_looked_up(ranking):
    """Of a table of many pages a full page is looked up by its ids: the rest of the table is not read for it."""
    base, n, changed = ranking("deferrable"), 41000, 18000
    ranks = {i: i for i in range(1, n + 1)}
    base.sync(ranks)
    with explained(base.db):
        export = base.export(ranks, notes=dict.fromkeys(range(1, changed + 1), "new"))
        result = base.run("sync", "--verbose", "--export-dir", export)
    looked_up = [rows_looked_at(p) for p in plans(result) if "WITH ORDINALITY" in p and "ROWS BETWEEN" in p]
    assert len(looked_up) > 4 and looked_up[-1] < 2 * n
