"""One table's part of a sync in the model of the engine (model.py): whose record it is, what is written, what is refused."""
from model_rows import (COLUMNS, ID, NATURAL, NEVER, UNKNOWN, Ambiguous, Change, State, derived, generated, key_of, same_slot,
                        slot, unique_repeats)


class TableRun:
    """One table in a sync."""

    def __init__(self, model, name, sync_id, mode, policy):
        self.model, self.name, self.sync_id, self.mode, self.policy = model, name, sync_id, mode, policy
        self.table, self.mapping = model.tables[name], model.mapping[name]
        self.report = dict.fromkeys(["read", "created", "updated", "unchanged", "deactivated", "reactivated",
                                     "rejected", "skipped_records", "conflicts", "overwritten", "new_rejects"], 0)
        self.report.update(skipped=False, rejects=[], conflict_list=[], overwritten_list=[], changes={})

    def may_skip(self, data, skipped):
        """A row that was gone before the last sync already, and whose record is not there either, is no reason to
        read the file again, but no harm. Conflicts that were rejected are looked at again once they would be decided, and
        what the database refused every time."""
        codes = {r[2] for r in self.table.readers[-1][1]} if self.table.readers else set()
        if self.policy != "reject" and "conflict" in codes or "refused_by_database" in codes:
            return False
        last, rows = self.table.last, self.table.rows
        if self.mode != "incremental" or last is None or last["data"] != data or last["mapping"] != self.mapping \
                or last["links"] not in (None, self.model.fingerprint()) or last["parents"] not in (None, self.parents_file) \
                or any(k not in rows and k not in last["gone"] for k in self.table.state):
            return False
        return skipped if last["gone"] or "repeated_unique_key" in codes else True

    def execute(self, data, records, history, skipped):
        report = self.report
        if self.may_skip(data, skipped):
            report["skipped"] = True
            return report
        report["read"] = len(records)
        self.names = {r.values[NATURAL[self.name]]: k for k, r in self.table.rows.items()}
        self.several = [r.values[NATURAL[self.name]] for k, r in self.table.rows.items() if generated(k)]
        self.present, self.taken, self.accepted, self.bad = set(), set(), {}, set()
        self.keep_generated = False
        cells_of, decided = {}, []
        for key, cells, values in records:
            if values is None:
                report["skipped_records"] += 1
                self.keep_generated |= self.may_be_generated(key, bool(self.several))
                self.present.add(key)
                continue
            has_id = key is not None
            key = key if has_id else self.identify(values)
            self.present.add(key)
            as_before = self.is_as_before(key, cells)  # then nothing in it is looked up again
            code = None if as_before else self.wrong(values)  # the first bad column counts, and links come before prices
            if self.accepted.get(key) == cells or (key, str(cells)) in self.bad:
                report["skipped_records"] += 1
                continue
            if key in self.accepted:
                code = "repeated_id"
            elif code:
                self.bad.add((key, str(cells)))
            else:
                self.accepted[key] = cells
                cells_of[key] = cells
            if code:
                self.reject(key, cells, code)
                self.keep_generated |= self.may_be_generated(key, bool(self.several if has_id else self.names))
            elif as_before:
                report["unchanged"] += 1
            else:
                decided.append(self.decide(key, cells, self.resolve(values), self.adopts(key, values) if has_id else key))
        decided = self.survivors([d for d in decided if d], cells_of)
        for d in decided:
            self.write(d, history)
        if self.mode == "full":
            self.deactivate(history)
        report["rejected"] = len(report["rejects"])
        now = [(k, cells, code) for k, code, cells in report["rejects"]]
        report["rejects"] = [(k, code) for k, code, _ in report["rejects"]]
        was = self.table.readers[-1][1] if self.table.readers else []
        report["new_rejects"] = sum(r not in was for r in now)
        self.table.readers.append((self.sync_id, now))
        links = any(code.startswith("link_") for _, code in report["rejects"])
        by_name = any("print_id" in cells and cells["print_id"][0] is None for _, cells, _ in records)
        self.table.last = {"data": data, "mapping": self.mapping, "parents": self.parents_file if by_name else None,
                           "links": self.model.fingerprint() if links else None,
                           "gone": {k for k in self.table.state if k not in self.table.rows}}
        return report

    def survivors(self, decided, cells_of):
        """What the unique keys and the database leave."""
        repeats = unique_repeats(self.name, self.table, {d["key"]: d["final"] for d in decided},
                               {d["key"]: d["at"] for d in decided})
        for d in decided:
            if d["key"] in repeats:
                self.reject(d["key"], cells_of[d["key"]], "repeated_unique_key")
        decided = [d for d in decided if d["key"] not in repeats]
        self.model.refuse_cycles(self.name, {d["at"]: d["final"] for d in decided})
        wanted = [key_of(self.name, d["final"]) for d in decided]
        kept = []
        for d in decided:
            row = self.table.rows.get(d["at"])
            active = row is None or row.active or "is_active" in d.get("columns", ())
            if d["op"] == "state" or self.model.allowed(d["final"], active):
                kept.append(d)
                continue
            now = key_of(self.name, row.values) if row else None
            if wanted.count(now) > (now == key_of(self.name, d["final"])) and now is not None:
                raise Ambiguous("somebody wants what a refused record would have freed")
            self.reject(d["key"], cells_of[d["key"]], "refused_by_database")
        return kept

    def reject(self, key, cells, code):
        self.report["rejects"].append((key, code, str(cells)))

    # ---- whose record ----

    def is_as_before(self, key, cells):
        state = self.table.state.get(key)
        return self.mode == "incremental" and state is not None and key in self.table.rows and not state.deactivated \
            and state.cells == str(cells) and state.mapping == self.mapping

    def may_be_generated(self, key, any_candidate):
        """This record was not compared with the rows that have a generated id: one of them may be its own."""
        return key not in self.table.rows and any_candidate

    def identify(self, values):
        """The key of a record of a file without ids."""
        name = values[NATURAL[self.name]]
        if name in self.names:
            return self.names[name]
        attempt = 0
        while derived(name, attempt) not in self.table.rows and self.model.former.get(derived(name, attempt)) in self.table.rows:
            attempt += 1
        return derived(name, attempt)

    def adopts(self, key, values):
        """The key of the row that this record takes over."""
        name = values[NATURAL[self.name]]
        if key in self.table.rows or self.several.count(name) != 1:
            return key
        at = next(k for k, r in self.table.rows.items() if generated(k) and r.values[NATURAL[self.name]] == name)
        if at in self.taken or at in self.accepted:
            return key
        self.taken.add(at)
        self.present.add(at)
        return at

    def wrong(self, values):
        if self.name == "editions":
            resolved = self.parent(values["print_id"])
            if isinstance(resolved, str):
                return resolved
        return values.get("invalid")

    def parent(self, link):
        """The row that a link means, or the code of the reject."""
        key, name = link
        rows = self.model.tables["prints"].rows
        if key is not None:
            named = (r for k, r in rows.items() if generated(k) and r.values["name"] == name)
            return rows.get(key) or next(named, "link_not_found")
        carriers = [(k, v) for k, _, v in self.parents if v and v["name"] == name]
        if carriers and carriers[0][0] is not None:  # without ids records of one name are one record
            if len(carriers) > 1:
                return "link_ambiguous"
            return rows.get(carriers[0][0]) or "link_not_found"
        return next((r for r in rows.values() if r.values["name"] == name), "link_not_found")

    def resolve(self, values):
        return {**values, "print_id": self.parent(values["print_id"]).uid} if self.name == "editions" else values

    # ---- the three-way decision ----

    def export_moved(self, column, cells, state, new):
        """A new reading of the cell that was there before is no change of the export."""
        value, cell, _ = state.slots[column]
        same_rules = column == "print_id" and state.mapping == self.mapping  # of a link another record may have the name
        return new != value and (same_rules or cells.get(column) != cell)

    def decide(self, key, cells, values, at):
        row, state = self.table.rows.get(at), self.table.state.get(at)
        mapped = self.model.columns(self.name)
        slots = {c: slot(values[c], cells.get(c)) for c in mapped}
        if row is None:
            final = {c: values[c] if c in mapped else None for c in COLUMNS[self.name]}
            return {"key": key, "at": key, "final": final, "op": "insert", "slots": slots, "ours": set(mapped),
                    "cells": str(cells)}
        slots.update({c: s for c, s in state.slots.items() if c not in mapped} if state else {})
        final, columns, conflicts, overwritten, ours = dict(row.values), {}, [], 0, set()
        for column in mapped:
            new, now = values[column], row.values[column]
            then, _, made = state.slots.get(column, NEVER) if state else NEVER
            base = made if made is not None else then
            if new == then:
                slots[column] = slot(new, cells.get(column), made)
            if new == now or then is not UNKNOWN and now == base:
                ours.add(column)
            if new == now:
                continue
            write = True
            if self.mode != "incremental":
                write = then is UNKNOWN or now != base or new != then
                if write and (now != base if then is not UNKNOWN else now is not None):
                    overwritten += 1
                    self.report["overwritten_list"].append((key, column, now, new))
            elif then is UNKNOWN:
                if now is not None:
                    conflicts.append((column, new, now))
                    write = self.policy == "export"
            elif now == base:
                write = new != then
            elif self.export_moved(column, cells, state, new):
                conflicts.append((column, new, now))
                write = self.policy == "export"
            else:
                write = False
            if write:
                final[column] = new
                columns[column] = (now, new)
                ours.add(column)
        if conflicts:
            self.report["conflict_list"] += [(key, *c) for c in conflicts]
            if self.policy == "reject":
                self.report["conflicts"] += len(conflicts)
                self.reject(key, cells, "conflict")
                return None
        if at != key:
            columns[ID] = (at, key)
        if state and state.deactivated and not row.active:
            columns["is_active"] = (False, True)
        return {"key": key, "at": at, "final": final, "op": "update" if columns else "state", "slots": slots, "ours": ours,
                "cells": str(cells), "columns": columns, "conflicts": len(conflicts), "overwritten": overwritten}

    def note_made(self, d, row, before):
        """What the database made of our values, where it is something else: the history holds what the row came to."""
        for column in d["ours"]:
            value, cell, _ = d["slots"][column]
            now = row.values[column]
            d["slots"][column] = slot(value, cell, now if now != value else None)
            if d["op"] == "update":
                d["columns"].pop(column, None)
                if now != before[column]:
                    d["columns"][column] = (before[column], now)

    def write(self, d, history):
        table, model, report = self.table, self.model, self.report
        key = d["key"]
        if d["op"] == "insert":
            model.part(self.name, key)
            model.new_row(self.name, key, dict(d["final"]), True)
            self.note_made(d, table.rows[key], None)
            table.state[key] = State(d["slots"], self.sync_id, True, self.mapping)
            table.state[key].cells = d["cells"]
            report["created"] += 1
            report["changes"][key] = ("created", None)
            return
        if d["at"] != key:
            table.state.pop(key, None)
            model.rename(self.name, d["at"], key)
            model.former = {f: key if now == d["at"] else now for f, now in model.former.items()} | {d["at"]: key}
        row, state = table.rows[key], table.state.get(key)
        before = dict(state.slots) if state else None
        stamps = (row.updated, row.synced, row.version)
        report["conflicts"] += d["conflicts"]
        report["overwritten"] += d["overwritten"]
        action = "updated"
        values = row.values
        if d["op"] == "update":
            row.values = d["final"]
            model.normalize(row)
            row.updated = row.synced = model.clock
            row.version += 1
            report["updated"] += 1
            if "is_active" in d["columns"]:
                row.active = True
                action = "reactivated"
                report["reactivated"] += 1
            report["changes"][key] = (action, d["columns"])
        else:
            report["unchanged"] += 1
        self.note_made(d, row, values)
        change = Change(key, action, d["columns"], (before, dict(d["slots"])), stamps, model.clock)
        change.deactivated_before = state.deactivated if state else False
        moved = before is not None and (set(before) != set(d["slots"]) or
                                        any(not same_slot(before[c], d["slots"][c]) for c in before))
        if state:
            state.slots, state.deactivated, state.mapping = dict(d["slots"]), False, self.mapping
        else:
            table.state[key] = State(dict(d["slots"]), self.sync_id, False, self.mapping)
        table.state[key].cells = d["cells"]
        if d["op"] == "update" or moved:
            history.append(change)

    def deactivate(self, history):
        table, model = self.table, self.model
        for key, state in table.state.items():
            row = table.rows.get(key)
            if row is None or not row.active or key in self.present or self.keep_generated and generated(key):
                continue
            before, slots = dict(row.values), dict(state.slots)
            ours = model.normalize(row, state)
            columns = {"is_active": (True, False), **{c: (before[c], row.values[c]) for c in ours}}
            change = Change(key, "deactivated", columns, (slots, dict(state.slots)),
                            (row.updated, row.synced, row.version), model.clock)
            change.deactivated_before, change.deactivated_after = state.deactivated, True
            history.append(change)
            state.deactivated = True
            row.active = False
            row.updated = row.synced = model.clock
            row.version += 1
            self.report["deactivated"] += 1
            self.report["changes"][key] = ("deactivated", columns)
