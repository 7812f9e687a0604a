"""Random walks: the program and a small model (model.py) take the same steps, and after each they must agree.

A step is a few changes of the export and of the database, then a sync in some mode, a dry run, a rollback or a kill.
ARTSYNC_MODEL_SEED walks one seed, ARTSYNC_MODEL_STEPS sets how far; a failure prints both and the walk so far.
"""
import copy
import os
import random

import pytest
from model import COLUMNS, Ambiguous, Model, key_of
from proxy import HOLD
from support import Export, by_table, counts, rid

SEEDS = [int(os.environ["ARTSYNC_MODEL_SEED"])] if "ARTSYNC_MODEL_SEED" in os.environ else [11, 12, 13, 14]
STEPS = int(os.environ.get("ARTSYNC_MODEL_STEPS", 60))
MODES = ["incremental", "incremental", "merge", "full"]
POLICIES = ["export", "database", "reject"]
WORDS = ["amber", "birch", "cove", "dune", "elm", "fjord", "grove", "heath"]
ROUND_TRIPS = 0.2  # syncs that are rolled back at once
NO_GUARDS = ["--max-rejects", "1000000", "--max-deactivate", "1000000"]
COUNTED = ["read", "created", "updated", "unchanged", "deactivated", "reactivated", "rejected", "new_rejects",
           "skipped_records", "conflicts", "overwritten"]


class Walk:
    def __init__(self, seed, art, proxy, tmp_path):
        self.rng = random.Random(seed)
        self.art, self.db, self.proxy, self.folder = art, art.db, proxy, tmp_path / "walk"
        self.model = Model()
        self.prints, self.editions, self.dropped = {}, {}, []
        self.number = 0
        self.story = []
        self.undoable = []  # syncs that can be rolled back, in order
        for _ in range(3):
            self.add_print()
        for _ in range(12):
            self.add_edition()

    def tell(self, *words):
        self.story.append(" ".join(map(str, words)))

    # ---- the export changes ----

    def fresh(self):
        self.number += 1
        return self.number

    def add_print(self):
        n = self.fresh()
        self.prints["P%d" % n] = {"name": "Print %d" % n, "total": str(self.rng.randint(10, 99)), "notes": ""}

    def add_edition(self):
        n = self.fresh()
        self.editions["E%d" % n] = {
            "print": self.rng.choice(list(self.prints)), "number": str(self.rng.randint(1, 15)),
            "price": "£%d.00" % self.rng.randint(10, 99), "notes": self.rng.choice(["", *WORDS]),
            "display": "Ed %d" % n}

    def change_export(self):
        rng = self.rng
        kind = rng.choice(["note", "note", "price", "number", "swap", "shift", "parent", "add", "add", "drop", "back",
                           "bad", "mend", "print note", "rename", "swap names", "add print", "drop print", "bad print",
                           "shell", "restore note"])
        e = rng.choice(list(self.editions)) if self.editions else None
        p = rng.choice(list(self.prints))
        same = [k for k, v in self.editions.items() if e and v["print"] == self.editions[e]["print"]]
        if kind == "add":
            self.add_edition()
        elif kind == "add print":
            self.add_print()
        elif kind == "print note":
            self.prints[p]["notes"] = rng.choice(["", *WORDS])
        elif kind == "rename":
            self.prints[p]["name"] = rng.choice(["Print %d" % rng.randint(1, 9), "Other %d" % self.fresh()])
        elif kind == "swap names":
            q = rng.choice(list(self.prints))
            self.prints[p]["name"], self.prints[q]["name"] = self.prints[q]["name"], self.prints[p]["name"]
        elif kind == "bad print":
            self.prints[p]["total"] = rng.choice(["lots", "12"])
        elif kind == "drop print" and len(self.prints) > 3:
            self.dropped.append(("prints", p, self.prints.pop(p)))
        elif kind == "back" and self.dropped:
            table, key, record = self.dropped.pop(rng.randrange(len(self.dropped)))
            (self.prints if table == "prints" else self.editions)[key] = record
        elif not e:
            return
        elif kind == "note":
            self.editions[e]["notes"] = rng.choice(["", *WORDS])
        elif kind == "price":
            self.editions[e]["price"] = rng.choice(["", "£%d.50" % rng.randint(10, 99)])
        elif kind == "number":
            self.editions[e]["number"] = rng.choice(["", str(rng.randint(1, 15))])
        elif kind == "swap":
            f = rng.choice(same)
            a, b = self.editions[e], self.editions[f]
            a["number"], b["number"] = b["number"], a["number"]
        elif kind == "shift":
            for k in same:
                if self.editions[k]["number"]:
                    self.editions[k]["number"] = str(int(self.editions[k]["number"]) + 1)
        elif kind == "parent":
            self.editions[e]["print"] = rng.choice([*self.prints, "P999"] if rng.random() < 0.3 else list(self.prints))
        elif kind == "drop" and len(self.editions) > 5:
            self.dropped.append(("editions", e, self.editions.pop(e)))
        elif kind == "bad":
            self.editions[e]["price"] = "much"
        elif kind == "mend" and self.editions[e]["price"] == "much":
            self.editions[e]["price"] = "£7.00"
        elif kind == "shell":
            self.editions[e]["display"] = rng.choice([" - ", "Ed again %d" % self.fresh()])
        self.tell("export:", kind, e, p)

    def save(self):
        """Write the files; returns what the model reads."""
        x = Export(self.folder)
        files = {"prints": [], "editions": []}
        for key, p in self.prints.items():
            x.print(key, name=p["name"], total=p["total"], notes=p["notes"])
            values = {"name": p["name"], "total_editions": p["total"], "notes": p["notes"] or None}
            if p["total"] == "lots":
                values["invalid"] = True
            files["prints"].append((key, str(x.records["prints"][key]), values))
        for key, e in self.editions.items():
            x.edition(key, e["print"], number=e["number"], price=e["price"], notes=e["notes"], display=e["display"])
            values = {"edition_display_name": e["display"], "print_id": e["print"], "edition_number":
                      e["number"] or None, "retail_price": e["price"].lstrip("£") or None, "notes": e["notes"] or None}
            if e["display"] == " - ":
                values = None
            elif e["price"] == "much":
                values["invalid"] = True
            files["editions"].append((key, str(x.records["editions"][key]), values))
        x.save()
        return {t: (x.file(t).read_bytes(), records) for t, records in files.items()}

    # ---- people change the database ----

    def change_database(self):
        rng = self.rng
        table = rng.choice(["prints", "editions", "editions"])
        rows = self.model.tables[table].rows
        kind = rng.choice(["notes", "notes", "price", "number", "active", "delete", "insert", "name"])
        if kind == "insert":
            self.insert_own(table)
            return
        if not rows:
            return
        key = rng.choice(sorted(rows))
        change = {}
        if kind == "notes":
            change = {"notes": rng.choice([None, *WORDS])}
        elif kind == "active":
            state = self.model.tables[table].state.get(key)
            if rows[key].active and state and state.deactivated:
                return  # a sync switched it off, people on, now off again: nobody can tell whose doing it is
            change = {"is_active": not rows[key].active}
        elif kind == "name" and table == "prints":
            change = {"name": "Renamed %d" % self.fresh()}
        elif kind == "price" and table == "editions":
            change = {"retail_price": "%d.25" % rng.randint(1, 99)}
        elif kind == "number" and table == "editions":
            wanted = {**rows[key].values, "edition_number": str(rng.randint(1, 15))}
            if any(key_of(table, wanted) == key_of(table, r.values) for r in rows.values()):
                return
            change = {"edition_number": wanted["edition_number"]}
        elif kind == "delete" and table == "editions":
            self.tell("people: delete", key)
            self.db.remove(table, key)
            self.model.delete(table, key)
            return
        if change:
            self.tell("people:", table, key, change)
            self.db.edit(table, key, **change)
            self.model.edit(table, key, **change)

    def insert_own(self, table):
        """A row of the business's own application, with a generated id."""
        name = "Own %d" % self.fresh()
        if table == "prints":
            values, sql = {"name": name}, "INSERT INTO prints (name) VALUES (%s) RETURNING airtable_id"
            made = self.db.row(sql, name)
        else:
            parents = sorted(self.model.tables["prints"].rows)
            if not parents:
                return
            parent = self.rng.choice(parents)
            values = {"edition_display_name": name, "print_id": self.model.tables["prints"].rows[parent].uid}
            made = self.db.row("INSERT INTO editions (edition_display_name, print_id) SELECT %s, id FROM prints "
                               "WHERE airtable_id = %s RETURNING airtable_id", name, rid(parent))
        self.tell("people: insert", table, made["airtable_id"])
        self.model.insert(table, "~" + made["airtable_id"], values)

    # ---- both agree ----

    def compare_tables(self):
        uids = {r.uid: rid(k) for k, r in self.model.tables["prints"].rows.items()}
        for table, columns in COLUMNS.items():
            want = {}
            for key, row in self.model.tables[table].rows.items():
                values = {c: uids[v] if c == "print_id" else v for c, v in row.values.items()}
                want[rid(key)] = {**values, "is_active": row.active, "sync_version": row.version}
            parent = "(SELECT airtable_id FROM prints p WHERE p.id = t.print_id) AS print_id"
            listed = ", ".join(parent if c == "print_id" else "t.%s::text" % c for c in columns)
            found = self.db.rows("SELECT airtable_id AS id, %s, is_active, sync_version FROM %s t" % (listed, table))
            got = {r.pop("id"): r for r in found}
            assert got == want, table
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
                (rid(k), code) for k, code in mine["rejects"]}
            found = sorted((c["id"], c["column"]) for c in report["conflicts"] if c["table"] == table)
            counted = mine["conflicts"]
            assert len(found) == counted
            assert set(found) <= {(rid(k), column) for k, column, _, _ in mine["conflict_list"]}

    def compare_history(self, sync_id, want):
        changes = self.art.ok("history", sync_id, "--json").json["changes"]
        got = {(c["table"], c["id"]): (c["action"], c["columns"]) for c in changes if c["table"] in COLUMNS}
        mine = {(t, rid(k)): v for t in COLUMNS for k, v in want[t]["changes"].items()}
        assert {k: v[0] for k, v in got.items()} == {k: v[0] for k, v in mine.items()}
        for key, (action, columns) in mine.items():
            if action == "created":
                continue
            seen = {c: (v["from"], v["to"]) for c, v in got[key][1].items()}
            assert set(seen) == set(columns), key
            for column, pair in columns.items():
                if column == "is_active":
                    assert seen[column] == tuple("t" if v else "f" for v in pair)
                elif column != "print_id":
                    assert seen[column] == pair, key

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
        return mode, policy, ["--mode", mode, "--on-conflict", policy, *NO_GUARDS]

    def check(self, result, files, mode, policy):
        """The model takes the step that the program took; returns (the program's report, the model's)."""
        assert result.status in (0, 1), result
        report = by_table(result.json)
        want = self.model.sync(report["sync_id"], files, mode, policy, {t: report["t"][t]["skipped"] for t in COLUMNS})
        self.compare_report(report, want)
        assert result.status == int(any(w["new_rejects"] or w["conflicts"] for w in want.values()))
        return report, want

    def note_undoable(self, report):
        if not all(t["skipped"] for t in report["tables"]):
            self.undoable.append(report["sync_id"])

    def sync(self):
        mode, policy, args = self.arguments()
        self.tell("sync", mode, policy)
        files = self.save()
        earlier = self.db.snapshot() if self.rng.random() < ROUND_TRIPS else None
        before = copy.deepcopy(self.model)
        report, want = self.check(self.run(args), files, mode, policy)
        self.compare_tables()
        self.compare_logs(report)
        self.compare_history(report["sync_id"], want)
        self.note_undoable(report)
        if earlier is not None and report["sync_id"] in self.undoable:
            self.tell("... and back")
            self.art.ok("rollback", report["sync_id"])
            self.undoable.pop()
            assert self.db.snapshot() == earlier
            self.model = before
            for table in report["tables"]:
                if table["table"] in self.model.tables and not table["skipped"]:
                    self.model.tables[table["table"]].last = None
            self.compare_tables()

    def run(self, args):
        return self.art.run("sync", "--json", "--export-dir", self.folder, *args)

    def twice(self):
        """Any sync run a second time writes nothing."""
        mode, policy, args = self.arguments()
        self.tell("twice", mode, policy)
        files = self.save()
        for _ in range(2):
            before = self.db.versions(), self.db.history(), self.db.sequences()
            report, _ = self.check(self.run(args), files, mode, policy)
            self.note_undoable(report)
        assert before == (self.db.versions(), self.db.history(), self.db.sequences())
        self.compare_tables()

    def dry_run(self):
        mode, policy, args = self.arguments()
        self.tell("dry run", mode, policy)
        files = self.save()
        before = self.db.versions(), self.db.history(), self.db.logs()
        kept = copy.deepcopy(self.model)
        self.check(self.run([*args, "--dry-run"]), files, mode, policy)
        self.model = kept
        assert before == (self.db.versions(), self.db.history(), self.db.logs())

    def rollback(self):
        if not self.undoable:
            return
        sync_id = self.undoable[-1] if self.rng.random() < 0.6 else self.rng.choice(self.undoable)
        trial = copy.deepcopy(self.model)
        try:
            want = trial.rollback(sync_id)
        except Ambiguous:
            return
        self.tell("rollback of", sync_id, want)
        report = self.art.ok("rollback", sync_id, "--json", status=int(want["kept"] > 0)).json
        assert {k: report[k] for k in want} == want
        self.model = trial
        self.undoable.remove(sync_id)
        self.compare_tables()

    def killed(self):
        mode, policy, args = self.arguments()
        stop = self.rng.randint(1, 45)
        self.tell("kill before statement", stop, mode, policy)
        files = self.save()
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

    def step(self):
        for _ in range(self.rng.randint(0, 4)):
            self.change_export()
        for _ in range(self.rng.randint(0, 3)):
            self.change_database()
        self.rng.choices([self.sync, self.twice, self.dry_run, self.rollback, self.killed], [10, 2, 2, 3, 2])[0]()


@pytest.mark.parametrize("seed", SEEDS)
def test_model(seed, art, proxy, tmp_path):
    print("ARTSYNC_MODEL_SEED=%d ARTSYNC_MODEL_STEPS=%d" % (seed, STEPS))
    walk = Walk(seed, art, proxy, tmp_path)
    for number in range(STEPS):
        walk.tell("-- step", number)
        try:
            walk.step()
        except BaseException:
            print("\n".join(walk.story))
            raise
