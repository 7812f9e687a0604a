"""A small model of the engine: what the database, the counts and the history should hold after every step.

Written from the contract (sync, history, rollback), for prints and editions with a handful of columns. Values are
PostgreSQL's text; a link is the parent's row object id (`uid`), which stands for the integer key.
"""
import copy
import itertools

COLUMNS = {"prints": ["name", "total_editions", "notes"],
           "editions": ["edition_display_name", "print_id", "edition_number", "retail_price", "notes"]}
UNKNOWN = object()  # a column of which no last-synced value is known


class Row:
    def __init__(self, uid, values, clock, synced):
        self.uid, self.values, self.active, self.version = uid, values, True, 1
        self.updated = clock
        self.synced = clock if synced else None


class State:
    def __init__(self, values, log, created):
        self.values, self.log, self.created, self.deactivated = values, log, created, False


class Change:
    def __init__(self, key, action, columns, state, row, clock):
        self.key, self.action, self.columns = key, action, columns
        self.state_before, self.state_after = state
        self.deactivated_before = self.deactivated_after = False
        self.before = row  # (updated, synced, version)
        self.clock = clock


class Table:
    def __init__(self):
        self.rows, self.state = {}, {}
        self.last = None       # what the last completed run of this table rests on
        self.readers = []      # syncs that read it, the undone ones aside: (sync id, their rejects)


class Model:
    def __init__(self):
        self.tables = {"prints": Table(), "editions": Table()}
        self.clock = 0
        self.uids = itertools.count(1)
        self.syncs = {}        # sync id -> {table: [Change]}

    def __deepcopy__(self, memo):
        twin = Model.__new__(Model)
        twin.tables = copy.deepcopy(self.tables, memo | {id(UNKNOWN): UNKNOWN})
        twin.clock, twin.syncs = self.clock, dict(self.syncs)
        self.uids, twin.uids = itertools.tee(self.uids)
        return twin

    def tick(self):
        self.clock += 1
        return self.clock

    # ---- people ----

    def edit(self, table, key, **values):
        row = self.tables[table].rows[key]
        for column, value in values.items():
            if column == "is_active":
                row.active = value
            else:
                row.values[column] = value
        row.updated = self.tick()

    def insert(self, table, key, values):
        row = Row(next(self.uids), {c: values.get(c) for c in COLUMNS[table]}, self.tick(), False)
        self.tables[table].rows[key] = row

    def delete(self, table, key):
        del self.tables[table].rows[key]

    # ---- sync ----

    def sync(self, sync_id, files, mode, policy, skipped):
        """files: {table: (bytes, [(key, cells, values or None)])}; a link's value is the parent's key, None is a record
        that is skipped, and values with the key "invalid" hold a cell that cannot be written. `skipped` says what the
        program did where the contract leaves it open. Returns {table: report}."""
        self.tick()
        journal, reports = {}, {}
        for table in ("prints", "editions"):
            journal[table] = []
            turn = Turn(self, table, sync_id, mode, policy)
            reports[table] = turn.take(*files[table], journal[table], skipped[table])
            if reports[table]["skipped"]:
                del journal[table]
        self.syncs[sync_id] = journal
        return reports

    def fingerprint(self):
        return frozenset((k, r.values["name"]) for k, r in self.tables["prints"].rows.items())

    # ---- rollback ----

    def rollback(self, sync_id):
        """Returns {"reversed", "kept", "deleted"}; the sync must not have skipped both tables."""
        self.tick()
        out = {"reversed": 0, "kept": 0, "deleted": 0}
        journal = self.syncs.pop(sync_id)
        for name in ("editions", "prints"):
            if name in journal:
                self._uncreate(name, sync_id, out)
                self._undo(name, journal[name], out)
                table = self.tables[name]
                for key in [k for k, s in table.state.items() if s.log == sync_id]:
                    if not table.state[key].created or key not in table.rows:
                        del table.state[key]
                table.last = None
            self.tables[name].readers = [r for r in self.tables[name].readers if r[0] != sync_id]
        return out

    def _uncreate(self, name, sync_id, out):
        table = self.tables[name]
        for key, state in list(table.state.items()):
            row = table.rows.get(key)
            if not state.created or state.log != sync_id or row is None:
                continue
            referred = name == "prints" and any(e.values["print_id"] == row.uid
                                                for e in self.tables["editions"].rows.values())
            if row.updated == row.synced and row.version == 1 and not referred:
                del table.rows[key]
                out["deleted"] += 1
            else:
                out["kept"] += 1

    def _undo(self, name, changes, out):
        table = self.tables[name]
        staged = []
        for change in changes:
            row = table.rows.get(change.key)
            if row is None:
                out["kept"] += len(change.columns)
                continue
            back, kept = {}, set()
            for column, (before, wrote) in change.columns.items():
                now = row.active if column == "is_active" else row.values[column]
                if now == wrote:
                    back[column] = before
                else:
                    kept.add(column)
            out["kept"] += len(kept)
            staged.append((change, row, back, kept))
        refused = set()
        claims = {c.key: {**r.values, **{k: v for k, v in b.items() if k != "is_active"}} for c, r, b, _ in staged}
        for key in unique_losers(name, table, claims):
            refused.add(key)
        for change, row, back, kept in staged:
            if change.key in refused:
                out["kept"] += len(back)
                continue
            if "print_id" in back and back["print_id"] not in {p.uid for p in self.tables["prints"].rows.values()}:
                raise Ambiguous("a parent is gone")  # left to the database: the random walk avoids it
            state = table.state.get(change.key)
            if back:
                exact = not kept and row.updated == change.clock and row.version == change.before[2] + 1
                for column, value in back.items():
                    if column == "is_active":
                        row.active = value
                    else:
                        row.values[column] = value
                if exact:
                    row.updated, row.synced, row.version = change.before
                else:
                    row.updated = row.synced = self.clock
                    row.version += 1
                out["reversed"] += 1
            if state is None:
                continue
            if change.state_before is not None:
                for column in state.values:
                    if change.state_before[column] is not change.state_after[column] \
                            and change.state_before[column] != change.state_after[column] \
                            and state.values[column] == change.state_after[column] and column not in kept:
                        state.values[column] = change.state_before[column]
            if "is_active" not in kept and state.deactivated == change.deactivated_after:
                state.deactivated = change.deactivated_before


class Ambiguous(Exception):
    """The contract does not say; the walk goes elsewhere."""


def key_of(table, values):
    if table == "prints":
        return values["name"]
    return (values["print_id"], values["edition_number"]) if values["edition_number"] is not None else None


def unique_losers(name, table, claims):
    """Which of the records that want to be `claims` (in file order) break the unique key, by the contract's rule: the
    row that keeps it, then the first record; a refused record frees nothing."""
    live, lost = dict(claims), set()

    def held():
        keepers = {}
        for key, row in table.rows.items():
            own = key_of(name, row.values)
            if own is not None and (key not in live or key_of(name, live[key]) == own):
                keepers[own] = key
        return [k for k, v in live.items() if keepers.get(key_of(name, v), k) != k]

    while True:
        losers = held()
        if not losers:
            seen = {}
            for key, values in live.items():
                wanted = key_of(name, values)
                if wanted is not None and seen.setdefault(wanted, key) != key:
                    losers.append(key)
        if not losers:
            return lost
        for key in losers:
            del live[key]
            lost.add(key)


class Turn:
    """One table's turn in a sync."""

    def __init__(self, model, name, sync_id, mode, policy):
        self.model, self.name, self.sync_id, self.mode, self.policy = model, name, sync_id, mode, policy
        self.table = model.tables[name]
        self.report = dict.fromkeys(["read", "created", "updated", "unchanged", "deactivated", "reactivated",
                                     "rejected", "skipped_records", "conflicts", "overwritten", "new_rejects"], 0)
        self.report.update(skipped=False, rejects=[], conflict_list=[], changes={})

    def may_skip(self, data, skipped):
        """A row that was gone before the last sync already, and whose record is not there either, is no reason to
        read the file again, but no harm. Conflicts that were rejected are looked at again once they would be settled."""
        if self.policy != "reject" and self.table.readers and any(r[2] == "conflict" for r in self.table.readers[-1][1]):
            return False
        last, rows = self.table.last, self.table.rows
        if self.mode != "incremental" or last is None or last["data"] != data \
                or last["links"] not in (None, self.model.fingerprint()) \
                or any(k not in rows and k not in last["gone"] for k in self.table.state):
            return False
        return skipped if last["gone"] else True

    def take(self, data, records, journal, skipped):
        report = self.report
        if self.may_skip(data, skipped):
            report["skipped"] = True
            return report
        report["read"] = len(records)
        cells_of = {}
        decided = []
        for key, cells, values in records:
            cells_of[key] = cells
            if values is None:
                report["skipped_records"] += 1
            elif self.resolve(values) is None:  # the first bad column counts, and links stand before prices
                self.reject(key, cells, "link_not_found")
            elif "invalid" in values:
                self.reject(key, cells, "invalid_value")
            else:
                decided.append(self.decide(key, cells, self.resolve(values)))
        decided = [d for d in decided if d]
        claims = {d["key"]: d["final"] for d in decided}
        losers = unique_losers(self.name, self.table, claims)
        for d in decided:
            if d["key"] in losers:
                self.reject(d["key"], cells_of[d["key"]], "repeated_unique_key")
            else:
                self.write(d, journal)
        if self.mode == "full":
            self.deactivate(set(cells_of), journal)
        report["rejected"] = len(report["rejects"])
        now = [(k, cells_of[k], code) for k, code in report["rejects"]]
        was = self.table.readers[-1][1] if self.table.readers else []
        report["new_rejects"] = sum(r not in was for r in now)
        self.table.readers.append((self.sync_id, now))
        links = any(code == "link_not_found" for _, code in report["rejects"])
        self.table.last = {"data": data, "links": self.model.fingerprint() if links else None,
                           "gone": {k for k in self.table.state if k not in self.table.rows}}
        return report

    def reject(self, key, _, code):
        self.report["rejects"].append((key, code))

    def resolve(self, values):
        """Links by key to the parent's uid; None if there is no such row."""
        if self.name != "editions":
            return values
        parent = self.model.tables["prints"].rows.get(values["print_id"])
        return None if parent is None else {**values, "print_id": parent.uid}

    def decide(self, key, cells, values):
        row, state = self.table.rows.get(key), self.table.state.get(key)
        if row is None:
            return {"key": key, "final": values, "op": "insert", "state": values}
        final, columns, conflicts, overwritten = dict(row.values), {}, [], 0
        for column in COLUMNS[self.name]:
            new, now = values[column], row.values[column]
            then = state.values[column] if state else UNKNOWN
            if new == now:
                continue
            write = True
            if self.mode != "incremental":
                overwritten += now != then if then is not UNKNOWN else now is not None
            elif then is UNKNOWN:
                if now is not None:
                    conflicts.append((column, new, now))
                    write = self.policy == "export"
            elif new == then:
                write = False
            elif now != then:
                conflicts.append((column, new, now))
                write = self.policy == "export"
            if write:
                final[column] = new
                columns[column] = (now, new)
        if conflicts:
            self.report["conflict_list"] += [(key, *c) for c in conflicts]
            if self.policy == "reject":
                self.report["conflicts"] += len(conflicts)
                self.reject(key, cells, "conflict")
                return None
        if state and state.deactivated and not row.active:
            columns["is_active"] = (False, True)
        return {"key": key, "final": final, "op": "update" if columns else "state", "state": values,
                "columns": columns, "conflicts": len(conflicts), "overwritten": overwritten}

    def write(self, d, journal):
        table, model, report = self.table, self.model, self.report
        key = d["key"]
        if d["op"] == "insert":
            table.rows[key] = Row(next(model.uids), dict(d["final"]), model.clock, True)
            table.state[key] = State(dict(d["state"]), self.sync_id, True)
            report["created"] += 1
            report["changes"][key] = ("created", None)
            return
        row, state = table.rows[key], table.state.get(key)
        before = dict(state.values) if state else None
        change = Change(key, "updated", d["columns"], (before, dict(d["state"])),
                        (row.updated, row.synced, row.version), model.clock)
        change.deactivated_before = state.deactivated if state else False
        report["conflicts"] += d["conflicts"]
        report["overwritten"] += d["overwritten"]
        if d["op"] == "update":
            row.values = d["final"]
            row.updated = row.synced = model.clock
            row.version += 1
            report["updated"] += 1
            if "is_active" in d["columns"]:
                row.active = True
                change.action = "reactivated"
                report["reactivated"] += 1
            report["changes"][key] = (change.action, d["columns"])
        else:
            report["unchanged"] += 1
        if state:
            state.values, state.deactivated = dict(d["state"]), False
        else:
            table.state[key] = State(dict(d["state"]), self.sync_id, False)
        if d["op"] == "update" or before is not None and before != d["state"]:
            journal.append(change)

    def deactivate(self, present, journal):
        table, model = self.table, self.model
        for key, state in table.state.items():
            row = table.rows.get(key)
            if row is None or not row.active or key in present:
                continue
            change = Change(key, "deactivated", {"is_active": (True, False)}, (None, None),
                            (row.updated, row.synced, row.version), model.clock)
            change.deactivated_before, change.deactivated_after = state.deactivated, True
            journal.append(change)
            state.deactivated = True
            row.active = False
            row.updated = row.synced = model.clock
            row.version += 1
            self.report["deactivated"] += 1
            self.report["changes"][key] = ("deactivated", change.columns)
