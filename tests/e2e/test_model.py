"""Random walks: the program and a small model (model.py) take the same steps, and after each they must agree.

A step is a few changes of the export and of the database, then a sync in some mode, a dry run, a rollback or a kill.
ARTSYNC_MODEL_SEED=7 walks one seed, ARTSYNC_MODEL_SEED=7-9 three, ARTSYNC_MODEL_STEPS sets how far; a failure prints both and
the walk so far. A walk adds some of the KINDS of changes that the world around a sync may make;
ARTSYNC_MODEL_KINDS=mapping,types walks with these. 10,000 steps, two walks at a time:

    ARTSYNC_MODEL_SEED=1-20 ARTSYNC_MODEL_STEPS=500 make check-e2e E2E_JOBS=2 PYTEST_ARGS="-k test_model.py"
"""
import copy
import json
import os
import random
import shutil

import pytest
from model import Model
from model_changes import Changes, number
from model_rows import COLUMNS, ID, Ambiguous, Refused
from proxy import HOLD
from support import ROOT, by_table, counts, rid

# What may change around a sync.
KINDS = {
    "adoption": "exports without the prints' ids between those with them; rows of the application get a record",
    "names": "links by name, while people rename the rows that they mean",
    "causes": "a trigger of the database refuses records, and is dropped again",
    "shifts": "the key of the editions is not deferrable",
    "mapping": "base.json changes: an alias, a null token, a bound, the date order, the set of columns",
    "types": "a column's type is widened, or another one for the same values",
    "triggers": "a trigger normalizes a value",
}



def walked_seeds(text):
    """7 is that seed, 7-9 are three."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


SEEDS = walked_seeds(os.environ["ARTSYNC_MODEL_SEED"]) if "ARTSYNC_MODEL_SEED" in os.environ else [11, 13]
STEPS = int(os.environ.get("ARTSYNC_MODEL_STEPS", 40))
MODES = ["incremental", "incremental", "merge", "full"]
POLICIES = ["export", "database", "reject"]
ROUND_TRIPS = 0.2  # syncs that are rolled back at once
NO_GUARDS = ["--max-rejects", "1000000", "--max-deactivate", "1000000"]
COUNTED = ["read", "created", "updated", "unchanged", "deactivated", "reactivated", "rejected", "new_rejects",
           "skipped_records", "conflicts", "overwritten"]


def walked_kinds(rng):
    if "ARTSYNC_MODEL_KINDS" in os.environ:
        return {k for k in os.environ["ARTSYNC_MODEL_KINDS"].split(",") if k}
    return {kind for kind in KINDS if rng.random() < 0.8}


class Walk(Changes):
    def __init__(self, seed, art, proxy, tmp_path):
        self.rng = random.Random(seed)
        self.kinds = walked_kinds(self.rng)
        self.art, self.db, self.proxy, self.folder = art, art.db, proxy, tmp_path / "walk"
        self.model = Model()
        self.prints, self.editions, self.dropped = {}, {}, []
        self.number = 0
        self.story = []
        self.undoable = []  # syncs that can be rolled back, in order
        self.hidden = set() # "ids", "links": headers that the export lacks
        self.tokens, self.alias, self.maximum, self.order, self.scale = set(), "Framed", None, "mdy", 2
        self.types = {}
        self.base = tmp_path / "base"
        shutil.copytree(ROOT / "sql" / "art", self.base)
        self.mapping = json.loads((self.base / "base.json").read_text(encoding="utf-8"))
        self.prepare_database()
        self.note_mapping()
        for _ in range(3):
            self.add_print()
        for _ in range(12):
            self.add_edition()

    def tell(self, *words):
        self.story.append(" ".join(map(str, words)))

    # ---- both agree ----

    def compare_tables(self):
        uids = {r.uid: rid(k) for k, r in self.model.tables["prints"].rows.items()}
        for table, columns in COLUMNS.items():
            want = {}
            for key, row in self.model.tables[table].rows.items():
                values = {c: uids[v] if c == "print_id" else number(v) for c, v in row.values.items()}
                want[rid(key)] = {**values, "is_active": row.active, "sync_version": row.version}
            parent = "(SELECT airtable_id FROM prints p WHERE p.id = t.print_id) AS print_id"
            listed = ", ".join(parent if c == "print_id" else "t.%s::text" % c for c in columns)
            found = self.db.rows("SELECT airtable_id AS id, %s, is_active, sync_version FROM %s t" % (listed, table))
            got = {r.pop("id"): {c: v if c == "print_id" else number(v) for c, v in r.items()} for r in found}
            for key in set(got) | set(want):
                mine, its = want.get(key, {}), got.get(key, {})
                assert {c: v for c, v in its.items() if v != mine.get(c)} == {
                    c: v for c, v in mine.items() if v != its.get(c)}, (table, key)
            # what is remembered of a row that is gone tells nothing; who switched a row off matters while it is off
            rows = self.model.tables[table].rows
            state = {rid(k): s.deactivated and not rows[k].active
                     for k, s in self.model.tables[table].state.items() if k in rows}
            found = self.db.rows("SELECT record_id, deactivated AND NOT is_active AS off FROM artsync.state_%s "
                                 "JOIN %s ON airtable_id = record_id" % (table, table))
            assert {r["record_id"]: r["off"] for r in found} == state

    def compare_report(self, report, want):
        for table in COLUMNS:
            mine = want[table]
            assert report["t"][table]["skipped"] == mine["skipped"], table
            assert dict(zip(COUNTED, counts(report, table, *COUNTED))) == {k: mine[k] for k in COUNTED}, table
            assert {(r["id"], r["code"]) for r in report["rejects"] if r["table"] == table} == {
                (k and rid(k), code) for k, code in mine["rejects"]}
            found = sorted((c["id"], c["column"]) for c in report["conflicts"] if c["table"] == table)
            counted = mine["conflicts"]
            assert len(found) == counted
            assert set(found) <= {(rid(k), column) for k, column, _, _ in mine["conflict_list"]}

    def explain(self, report, want):
        """What the two did to which record, where they differ."""
        history = self.art.run("history", report["sync_id"], "--json", "--base", self.base)
        done = [] if history.status else history.json["changes"]
        self.tell("conflicts of the program:", report["conflicts"])
        for table in COLUMNS:
            self.tell("conflicts of the model:", table, want[table]["conflict_list"])
            self.tell("overwritten by the model:", table, want[table]["overwritten_list"])
            its = {c["id"]: c["columns"] for c in done if c["table"] == table}
            its.update({r["id"]: r["code"] for r in report["rejects"] if r["table"] == table})
            mine = {rid(k): c for k, (_, c) in want[table]["changes"].items()}
            mine.update({k and rid(k): code for k, code in want[table]["rejects"]})
            for key in sorted(set(its) | set(mine), key=str):
                if (key in its) != (key in mine) or isinstance(its[key], str) != isinstance(mine[key], str):
                    self.tell(table, key, "program:", its.get(key), "model:", mine.get(key))
                elif key in its and not isinstance(its[key], str):
                    self.tell(table, key, "program:", its[key], "model:", mine[key])

    def compare_history(self, sync_id, want):
        changes = self.art.ok("history", sync_id, "--json", "--base", self.base).json["changes"]
        got = {(c["table"], c["id"]): (c["action"], c["columns"]) for c in changes if c["table"] in COLUMNS}
        mine = {(t, rid(k)): v for t in COLUMNS for k, v in want[t]["changes"].items()}
        assert {k: v[0] for k, v in got.items()} == {k: v[0] for k, v in mine.items()}
        for key, (action, columns) in mine.items():
            if action == "created":
                continue
            seen = {c: (number(v["from"]), number(v["to"])) for c, v in got[key][1].items()}
            assert set(seen) == set(columns), key
            for column, pair in columns.items():
                if column == "is_active":
                    assert seen[column] == tuple("t" if v else "f" for v in pair)
                elif column == ID:
                    assert seen[column] == tuple(map(rid, pair)), key
                elif column != "print_id":
                    assert seen[column] == tuple(map(number, pair)), key

    def compare_logs(self, report):
        for row in self.db.logs("sync_id = '%s'" % report["sync_id"]):
            table = report["t"][row["table_name"]]
            assert row["status"] == "completed" and row["completed_at"]
            assert (row["records_processed"], row["records_created"], row["records_updated"], row["records_deleted"],
                    row["records_failed"]) == counts(report, row["table_name"], "read", "created", "updated",
                                                     "deactivated", "rejected")
            assert row["source_hash"] == table["sha256"]
        assert not self.db.logs("status = 'running'")

    # ---- steps ----

    def arguments(self):
        mode, policy = self.rng.choice(MODES), self.rng.choice(POLICIES)
        return mode, policy, ["--mode", mode, "--on-conflict", policy, "--base", self.base, *NO_GUARDS]

    def check(self, result, files, mode, policy):
        """The model takes the step that the program took; returns (the program's report, the model's)."""
        assert result.status in (0, 1), result
        report = by_table(result.json)
        want = self.model.sync(report["sync_id"], files, mode, policy, {t: report["t"][t]["skipped"] for t in COLUMNS})
        try:
            self.compare_report(report, want)
        except AssertionError:
            self.explain(report, want)
            raise
        assert result.status == int(any(w["new_rejects"] or w["conflicts"] for w in want.values()))
        return report, want

    def note_undoable(self, report):
        if not all(t["skipped"] for t in report["tables"]):
            self.undoable.append(report["sync_id"])

    def sync(self):
        mode, policy, args = self.arguments()
        self.tell("sync", mode, policy)
        files = self.save()
        if not self.decided(files, mode, policy):
            return
        earlier = self.db.snapshot() if self.rng.random() < ROUND_TRIPS else None
        before = self.model.twin() if earlier is not None else None
        report, want = self.check(self.run(args), files, mode, policy)
        self.compare_tables()
        self.compare_logs(report)
        if self.rng.random() < 0.5:
            self.compare_history(report["sync_id"], want)
        self.note_undoable(report)
        if earlier is not None and report["sync_id"] in self.undoable and self.may_go_back(report["sync_id"]):
            self.tell("... and back")
            self.art.ok("rollback", report["sync_id"], "--base", self.base)
            self.undoable.pop()
            assert self.db.snapshot() == earlier or self.model.normalizes  # which a trigger did to what is put back, too
            try:
                self.model.rollback(report["sync_id"])
            except Ambiguous:
                self.model = before
                for table in report["tables"]:
                    if table["table"] in self.model.tables and not table["skipped"]:
                        self.model.tables[table["table"]].last = None
            self.compare_tables()

    def may_go_back(self, sync_id):
        """Else the database refuses what was in the rows before."""
        try:
            self.model.twin().rollback(sync_id)
        except Refused:
            return False
        except Ambiguous:
            pass
        return True

    def run(self, args):
        return self.art.run("sync", "--json", "--export-dir", self.folder, *args)

    def twice(self):
        """Any sync run a second time writes nothing."""
        mode, policy, args = self.arguments()
        self.tell("twice", mode, policy)
        files = self.save()
        if not self.decided(files, mode, policy):
            return
        for _ in range(2):
            before = self.db.versions(), self.db.history(), self.db.sequences()
            report, want = self.check(self.run(args), files, mode, policy)
            self.note_undoable(report)
        after = self.db.versions(), self.db.history(), self.db.sequences()
        refused = any(code == "refused_by_database" for w in want.values() for _, code in w["rejects"])
        assert before[:2 if refused else 3] == after[:2 if refused else 3]  # who tries to insert a row draws its number
        self.compare_tables()

    def dry_run(self):
        mode, policy, args = self.arguments()
        self.tell("dry run", mode, policy)
        files = self.save()
        if not self.decided(files, mode, policy):
            return
        before = self.db.versions(), self.db.history(), self.db.logs()
        kept = self.model.twin()
        self.check(self.run([*args, "--dry-run"]), files, mode, policy)
        self.model = kept
        assert before == (self.db.versions(), self.db.history(), self.db.logs())

    def rollback(self):
        if not self.undoable:
            return
        sync_id = self.undoable[-1] if self.rng.random() < 0.6 else self.rng.choice(self.undoable)
        trial = self.model.twin()
        try:
            want = trial.rollback(sync_id)
        except Ambiguous:
            return
        self.tell("rollback of", sync_id, want)
        report = self.art.ok("rollback", sync_id, "--json", "--base", self.base, status=int(want["kept"] > 0)).json
        assert {k: report[k] for k in want} == want
        self.model = trial
        self.undoable.remove(sync_id)
        self.compare_tables()

    def killed(self):
        mode, policy, args = self.arguments()
        stop = self.rng.randint(1, 45)
        self.tell("kill before statement", stop, mode, policy)
        files = self.save()
        if not self.decided(files, mode, policy):
            return
        before = self.db.versions(), self.db.history()
        committed = []

        def rule(number, sql):
            if sql.strip().upper() == "COMMIT":
                committed.append(number)
            return HOLD if number == stop and (not committed or committed[0] == number) else None

        self.proxy.plan(rule)
        child = self.art.start("sync", "--json", "--export-dir", self.folder, *args, url=self.proxy.url)
        while not self.proxy.reached.wait(0.005) and child.poll() is None:
            pass
        if self.proxy.reached.is_set():
            child.kill()
            child.communicate()
            self.proxy.release()
            self.db.quiet()
            assert before == (self.db.versions(), self.db.history())
            return
        report, _ = self.check(self.art.finish(child), files, mode, policy)
        self.note_undoable(report)
        self.compare_tables()

    def decided(self, files, mode, policy):
        """Does the contract say what the sync does? Else the export goes back to what it was."""
        try:
            self.model.twin().sync("trial", files, mode, policy, {t: False for t in COLUMNS})
            return True
        except Ambiguous as why:
            self.tell("the contract leaves it open:", why)
            self.prints, self.editions, self.dropped, self.hidden = self.before_step
            return False

    def step(self):
        self.before_step = copy.deepcopy((self.prints, self.editions, self.dropped, self.hidden))
        for _ in range(self.rng.randint(0, 4)):
            self.change_export()
        for _ in range(self.rng.randint(0, 3)):
            self.change_database()
        self.change_world()
        del self.undoable[:-20]
        self.model.forget(self.undoable)
        self.rng.choices([self.sync, self.twice, self.dry_run, self.rollback, self.killed], [10, 2, 2, 3, 2])[0]()


@pytest.mark.parametrize("seed", SEEDS)
def test_model(seed, art, proxy, tmp_path):
    walk = Walk(seed, art, proxy, tmp_path)
    print("ARTSYNC_MODEL_SEED=%d ARTSYNC_MODEL_STEPS=%d ARTSYNC_MODEL_KINDS=%s" % (
        seed, STEPS, ",".join(sorted(walk.kinds))))
    for number in range(STEPS):
        walk.tell("-- step", number)
        try:
            walk.step()
        except BaseException:
            print("\n".join(walk.story))
            raise
