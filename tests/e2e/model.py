"""A small model of the engine: what the database, the counts and the history should hold after every step.

Written from the contract (sync, history, rollback), for prints and editions with a handful of columns. Values are
PostgreSQL's text, numbers without trailing zeros; a link is the parent's row object id (`uid`), which represents the integer
key. A row is known by a key: a short name of its record id, or "~" and an id as it is.
"""
import pickle

from model_rows import (COLUMNS, ID, NEVER, UNKNOWN, Ambiguous, Refused, Row, Table, key_of, row_values, same_slot, slot,
                        unique_repeats)
from model_table_run import TableRun


class Model:
    def __init__(self):
        self.tables = {"prints": Table(), "editions": Table()}
        self.clock = 0
        self.last_uid = 0
        self.uid_of = {}       # table and key -> uid: a row that is made anew is the same to a link
        self.former = {}       # derived key -> the real one that its row got
        self.syncs = {}        # sync id -> {table: [Change]}
        self.mapping = {t: () for t in COLUMNS}  # what of the mapping and the types changes: another value is another mapping
        self.unmapped = set()  # (table, column)
        self.refused = set()   # notes that the database refuses in an active row
        self.normalizes = False  # a trigger keeps payment_note in lower case
        self.deferrable = True   # the key of the editions

    def twin(self):
        """A copy that goes its own way; this is the quickest way to make one."""
        return pickle.loads(pickle.dumps(self, pickle.HIGHEST_PROTOCOL))

    def forget(self, undoable):
        """What was before the first sync that can still be undone matters no more."""
        while self.syncs and next(iter(self.syncs)) not in undoable:
            del self.syncs[next(iter(self.syncs))]
        for table in self.tables.values():
            del table.readers[:-len(self.syncs) - 1]

    def columns(self, table):
        return [c for c in COLUMNS[table] if (table, c) not in self.unmapped]

    def new_row(self, table, key, values, synced):
        uid = self.uid_of.get((table, key))
        if uid is None:
            uid = self.last_uid = self.last_uid + 1
        self.uid_of[table, key] = uid
        row = Row(uid, values, self.clock, synced)
        self.tables[table].rows[key] = row
        self.normalize(row)

    def normalize(self, row, state=None):
        """The trigger. Where a sync or a rollback wrote the row: what became of a value that was not edited is in the state
        then; returns its column."""
        note = row.values.get("payment_note")
        if not self.normalizes or not note or note == note.lower():
            return []
        row.values["payment_note"] = note.lower()
        value, cell, made = state.slots.get("payment_note", NEVER) if state else NEVER
        if value is UNKNOWN or note != (value if made is None else made):
            return []
        state.slots["payment_note"] = slot(value, cell, note.lower() if note.lower() != value else None)
        return ["payment_note"]

    def allowed(self, values, active=True):
        return not active or values["notes"] not in self.refused

    def rename(self, table, old, new):
        """The row of `old` is that of `new` from now on; its history goes with it."""
        t = self.tables[table]
        t.rows[new] = t.rows.pop(old)
        self.uid_of[table, new] = t.rows[new].uid
        del self.uid_of[table, old]
        if old in t.state:
            t.state[new] = t.state.pop(old)
        for history in self.syncs.values():
            for change in history.get(table, []):
                if change.key == old:
                    change.key = new

    def part(self, table, key):
        """The record gets a row of its own. A row that it had once and that has its former id again is another one now."""
        formers = [f for f, now in self.former.items() if now == key and f in self.tables[table].rows]
        if not formers:
            return
        old = min(formers)
        self.former = {f: old if now == key else now for f, now in self.former.items() if f not in formers}
        if table == "prints":
            self.tables["editions"].last = None
            for state in self.tables["editions"].state.values():
                state.cells = None

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
        self.normalize(row)
        row.updated = self.tick()

    def insert(self, table, key, values):
        self.tick()
        self.new_row(table, key, {c: values.get(c) for c in COLUMNS[table]}, False)

    def delete(self, table, key):
        del self.tables[table].rows[key]

    # ---- sync ----

    def sync(self, sync_id, files, mode, policy, skipped):
        """files: {table: (bytes, [(key, cells, values or None)])}; a link's value is (the parent's key or None, its name),
        None is a record that is skipped, and values with the key "invalid" hold the code of a cell that cannot be written.
        cells: {column: text}; the key is None where the file has no ids. `skipped` says what the program did where the
        contract leaves it open. Returns {table: report}."""
        self.tick()
        history, reports = {}, {}
        for table in ("prints", "editions"):
            history[table] = []
            run = TableRun(self, table, sync_id, mode, policy)
            run.parents_file, run.parents = files["prints"]
            reports[table] = run.execute(*files[table], history[table], skipped[table])
            if reports[table]["skipped"]:
                del history[table]
        self.syncs[sync_id] = history
        return reports

    def fingerprint(self):
        return frozenset((k, r.values["name"]) for k, r in self.tables["prints"].rows.items())

    # ---- rollback ----

    def rollback(self, sync_id):
        """Returns {"reversed", "kept", "deleted"}; the sync must not have skipped both tables."""
        self.tick()
        out = {"reversed": 0, "kept": 0, "deleted": 0}
        later = list(self.syncs)[list(self.syncs).index(sync_id) + 1:]
        history = self.syncs.pop(sync_id)
        for name in ("editions", "prints"):
            if name in history:
                self._uncreate(name, sync_id, out)
                self._undo(name, history[name], out)
                table = self.tables[name]
                changed_later = {c.key for i in later for c in self.syncs[i].get(name, [])}
                for key in [k for k, s in table.state.items() if s.log == sync_id]:
                    state = table.state[key]
                    if key not in table.rows or not (state.created or state.deactivated or key in changed_later):
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
                if (name, column) in self.unmapped:
                    kept.add(column)
                    continue
                now = row.active if column == "is_active" else wrote if column == ID else row.values[column]
                if now == wrote:
                    back[column] = before
                else:
                    kept.add(column)
            out["kept"] += len(kept)
            staged.append((change, row, back, kept))
        refused = set()
        targets = {c.key: {**r.values, **{k: v for k, v in b.items() if k not in ("is_active", ID)}} for c, r, b, _ in staged}
        for key in unique_repeats(name, table, targets):
            refused.add(key)
        self.refuse_cycles(name, {k: v for k, v in targets.items() if k not in refused})
        for change, row, back, _ in staged:
            if back and not self.allowed(targets[change.key], back.get("is_active", row.active)):
                raise Refused("the database refuses what is put back")
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
                    elif column == ID:
                        self.rename(name, change.key, value)
                        state = table.state.get(value)
                    else:
                        row.values[column] = value
                if exact:
                    row.updated, row.synced, row.version = change.before
                else:
                    row.updated = row.synced = self.clock
                    row.version += 1
                out["reversed"] += 1
            if state is None:
                self.normalize(row)
                continue
            if self._earlier_state(change, state, back, kept) or back:
                state.cells = None
            if back:
                self.normalize(row, state)
            if "is_active" not in kept and state.deactivated == change.deactivated_after:
                state.deactivated = change.deactivated_before


    @staticmethod
    def _earlier_state(change, state, back, kept):
        """Where the sync gave the row its first state, what it found as it was stays known."""
        moved = False
        if change.state_after is None:
            return moved
        for column in state.slots:
            before = (change.state_before or {}).get(column, NEVER)
            after = change.state_after.get(column, NEVER)
            if same_slot(before, after) or not same_slot(state.slots[column], after) or column in kept:
                continue
            if change.state_before is not None or column in back:
                state.slots[column] = before
                moved = True
                if column == "print_id" and before[1] == after[1]:
                    state.mapping = None  # under which it had another reading is not known
        return moved

    def refuse_cycles(self, name, targets):
        """Values of a key that is not deferrable can be moved on, but not exchanged."""
        if self.deferrable or name != "editions":
            return
        holder = {key_of(name, r.values): k for k, r in self.tables[name].rows.items()}
        for start in targets:
            seen, at = set(), start
            while at in targets and at not in seen:
                seen.add(at)
                wanted = key_of(name, targets[at])
                at = holder.get(wanted) if wanted != key_of(name, row_values(self.tables[name], at)) else None
            if at is not None and at in seen:
                raise Ambiguous("values of a plain key go round")
