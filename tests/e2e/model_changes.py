"""What changes around the syncs of a random walk (test_model.py): the export, base.json, the database, people's edits."""
import json
from decimal import Decimal, InvalidOperation

from model_rows import COLUMNS, generated, key_of
from support import Export, rid

# Columns and what their types change to: from the first to the others and back; what only widens stays so.
TYPES = [("editions", "retail_price", ["numeric(10,2)", "numeric(12,3)", None]),
         ("prints", "name", ["character varying(100)", "text"]),
         ("prints", "total_editions", ["integer", "bigint"]),
         ("editions", "notes", ["text", "character varying(200)"]),
         ("editions", "edition_number", ["integer", "bigint"])]
WORDS = ["amber", "birch", "cove", "dune", "elm", "fjord", "grove", "heath"]


def canonical(text):
    """A number without trailing zeros; other text as it is."""
    try:
        return format(Decimal(text).normalize(), "f")
    except (InvalidOperation, TypeError):
        return text


def number(value):
    return canonical(value) if isinstance(value, str) else value


class Changes:
    """Mixed into the walk, which has the attributes."""

    def prepare_database(self):
        if "types" in self.kinds:
            for view in self.db.column("SELECT viewname FROM pg_views WHERE schemaname = 'public'"):
                self.db.run("DROP VIEW public.%s" % view)
        if "shifts" in self.kinds:
            self.model.deferrable = False
            self.db.run("ALTER TABLE editions DROP CONSTRAINT unique_print_edition")
            self.db.run("ALTER TABLE editions ADD CONSTRAINT unique_print_edition UNIQUE (print_id, edition_number)")

    # ---- the world changes ----

    def change_world(self):
        for kind, change in (("mapping", self.change_mapping), ("types", self.change_type), ("causes", self.change_cause),
                             ("triggers", self.change_trigger), ("adoption", self.change_ids), ("names", self.change_links)):
            if kind in self.kinds and self.rng.random() < 0.2:
                change()

    def column(self, table, name):
        columns = next(t for t in self.mapping["tables"] if t["table"] == table)["columns"]
        return columns, next(c for c in columns if c["column"] == name)

    def change_mapping(self):
        rng = self.rng
        kind = rng.choice(["token", "alias", "bound", "order", "column"])
        if kind == "token":
            self.tokens ^= {rng.choice(["fjord", "grove"])}
            self.mapping["null_tokens"] = ["#ERROR!", "NaN", *sorted(self.tokens)]
        elif kind == "alias":
            self.alias = rng.choice(["Framed", "Mounted", None])
            self.column("editions", "frame_type")[1]["aliases"]["Ikea"] = self.alias
        elif kind == "bound":
            self.maximum = rng.choice([None, 60])
            price = self.column("editions", "retail_price")[1]
            price.pop("max", None)
            price.update({"max": self.maximum} if self.maximum else {})
        elif kind == "order":
            self.order = rng.choice(["mdy", "dmy"])
            self.mapping["date_order"] = self.order
        else:
            columns = next(t for t in self.mapping["tables"] if t["table"] == "prints")["columns"]
            self.model.unmapped ^= {("prints", "notes")}
            if self.model.unmapped:
                at = [c["column"] for c in columns].index("notes")
                self.unmapped = at, columns.pop(at)
            else:
                columns.insert(*self.unmapped)
        self.note_mapping()
        self.tell("mapping:", kind, self.tokens, self.alias, self.maximum, self.order, self.model.unmapped)
        (self.base / "base.json").write_text(json.dumps(self.mapping), encoding="utf-8")

    def change_type(self):
        table, column, types = self.rng.choice(TYPES)
        if column == "notes" and self.model.refused:
            return  # a trigger depends on it
        now = self.types.get((table, column), types[0])
        if len(types) == 2 or now == types[0]:  # what only widens stays so
            other = types[now == types[0]]
            self.types[table, column] = other
            if column == "retail_price":
                self.scale = 3
            self.tell("people: ALTER TABLE", table, column, other)
            self.db.run("ALTER TABLE %s ALTER %s TYPE %s" % (table, column, other))
            self.note_mapping()

    def note_mapping(self):
        """What the reading of a table's records rests on."""
        every = frozenset(self.tokens), self.order
        own = {"prints": (frozenset(self.model.unmapped),), "editions": (self.alias, self.maximum)}
        for table in COLUMNS:
            types = frozenset(pair for pair in self.types.items() if pair[0][0] == table)
            self.model.mapping[table] = (*every, *own[table], types)

    def change_cause(self):
        word = self.rng.choice(["dune", "heath"])
        self.model.refused ^= {word}
        self.tell("people: refuse", self.model.refused)
        if word in self.model.refused:
            self.db.run("CREATE FUNCTION refuse_%s() RETURNS trigger LANGUAGE plpgsql AS "
                        "$$BEGIN RAISE EXCEPTION 'no such notes'; END$$" % word)
            self.db.run("CREATE TRIGGER refuse_%s BEFORE INSERT OR UPDATE ON editions FOR EACH ROW "
                        "WHEN (NEW.notes = '%s' AND NEW.is_active) EXECUTE FUNCTION refuse_%s()" % (word, word, word))
            self.db.run("CREATE TRIGGER refuse_%s BEFORE INSERT OR UPDATE ON prints FOR EACH ROW "
                        "WHEN (NEW.notes = '%s' AND NEW.is_active) EXECUTE FUNCTION refuse_%s()" % (word, word, word))
        else:
            self.db.run("DROP FUNCTION refuse_%s() CASCADE" % word)

    def change_trigger(self):
        self.model.normalizes = not self.model.normalizes
        self.tell("people: normalize", self.model.normalizes)
        if self.model.normalizes:
            self.db.run("CREATE FUNCTION to_lower() RETURNS trigger LANGUAGE plpgsql AS "
                        "$$BEGIN NEW.payment_note := lower(NEW.payment_note); RETURN NEW; END$$")
            self.db.run("CREATE TRIGGER to_lower BEFORE INSERT OR UPDATE ON editions "
                        "FOR EACH ROW EXECUTE FUNCTION to_lower()")
        else:
            self.db.run("DROP FUNCTION to_lower() CASCADE")

    def change_ids(self):
        """The prints' ids come and go; records of rows that the application made."""
        rng = self.rng
        kind = rng.choice(["ids", "ids", "print", "edition"])
        own = {t: [r.values for k, r in sorted(self.model.tables[t].rows.items()) if generated(k)] for t in COLUMNS}
        if kind == "ids":
            self.hidden ^= {"ids", "links"} if "ids" in self.hidden or not self.hidden else {"ids"}
        elif kind == "print" and own["prints"]:
            self.add_print()
            list(self.prints.values())[-1]["name"] = rng.choice(own["prints"])["name"]
        elif kind == "edition" and own["editions"]:
            self.add_edition()
            list(self.editions.values())[-1]["display"] = rng.choice(own["editions"])["edition_display_name"]
        self.tell("export: ids", kind, self.hidden)

    def change_links(self):
        self.hidden ^= {"links"}
        if "ids" in self.hidden:
            self.hidden.add("links")
        self.tell("export: links", self.hidden)

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
            "display": "Ed %d" % n, "frame": self.rng.choice(["", "Ikea", "Framed"]),
            "sold": self.rng.choice(["", self.some_date()]), "payment": self.rng.choice(["", "Paid %d" % n])}

    def some_date(self):
        return "%d/%d/2021" % (self.rng.randint(1, 12), self.rng.randint(1, 12))

    def change_export(self):
        rng = self.rng
        kind = rng.choice(["note", "note", "price", "number", "swap", "shift", "parent", "add", "add", "drop", "back",
                           "bad", "fix", "print note", "rename", "swap names", "add print", "drop print", "bad print",
                           "shell", "restore note", "frame", "sold", "payment"])
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
            self.editions[e]["price"] = rng.choice(["", "£%d.50%s" % (rng.randint(10, 99), "5" if self.scale > 2 else "")])
        elif kind == "frame":
            self.editions[e]["frame"] = rng.choice(["", "Ikea", "Framed", "Mounted"])
        elif kind == "sold":
            self.editions[e]["sold"] = rng.choice(["", self.some_date()])
        elif kind == "payment":
            self.editions[e]["payment"] = rng.choice(["", "Paid %d" % self.fresh()])
        elif kind == "number":
            self.editions[e]["number"] = rng.choice(["", str(rng.randint(1, 15))])
        elif kind == "swap" and "shifts" not in self.kinds:
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
        elif kind == "fix" and self.editions[e]["price"] == "much":
            self.editions[e]["price"] = "£7.00"
        elif kind == "shell":
            self.editions[e]["display"] = rng.choice([" - ", "Ed again %d" % self.fresh()])
        self.tell("export:", kind, e, p)

    def read(self, text):
        return None if text in ("", *self.tokens) else text

    def read_date(self, text):
        if not text:
            return None
        a, b, year = text.split("/")
        return "%s-%02d-%02d" % ((year, int(a), int(b)) if self.order == "mdy" else (year, int(b), int(a)))

    def read_print(self, p):
        values = {"name": p["name"], "total_editions": canonical(p["total"]), "notes": self.read(p["notes"])}
        if p["total"] == "lots":
            values["invalid"] = "invalid_value"
        return values

    def read_edition(self, e):
        if e["display"] == " - ":
            return None
        by_id = None if "links" in self.hidden else e["print"]
        values = {"edition_display_name": e["display"], "edition_number": e["number"] or None,
                  "print_id": (by_id, self.prints[e["print"]]["name"] if e["print"] in self.prints else "Print " + e["print"]),
                  "frame_type": {"": None, "Ikea": self.alias}.get(e["frame"], e["frame"]),
                  "retail_price": canonical(e["price"].lstrip("£")) or None, "date_sold": self.read_date(e["sold"]),
                  "notes": self.read(e["notes"]), "payment_note": e["payment"] or None}
        if e["price"] == "much":
            values["invalid"] = "invalid_value"
        elif self.maximum and e["price"] and Decimal(values["retail_price"]) > self.maximum:
            values["invalid"] = "out_of_range"
        return values

    def save(self):
        """Write the files; returns what the model reads."""
        x = Export(self.folder)
        if "ids" in self.hidden:
            x.hide("prints", "Record_id")
        if "links" in self.hidden:
            x.hide("editions", "print_record_id")
        files = {"prints": [], "editions": []}
        for key, p in self.prints.items():
            x.print(key, name=p["name"], total=p["total"], notes=p["notes"])
            cells = {"name": p["name"], "total_editions": p["total"], "notes": p["notes"]}
            if self.model.unmapped:
                del cells["notes"]
            cells["header"] = "ids" in self.hidden
            files["prints"].append((None if "ids" in self.hidden else key, cells, self.read_print(p)))
        for key, e in self.editions.items():
            x.edition(key, e["print"], number=e["number"], price=e["price"], notes=e["notes"], display=e["display"],
                      frame=e["frame"], date_sold=e["sold"], payment=e["payment"])
            values = self.read_edition(e)
            cells = {"edition_display_name": e["display"], "edition_number": e["number"], "frame_type": e["frame"],
                     "retail_price": e["price"], "date_sold": e["sold"], "notes": e["notes"], "payment_note": e["payment"],
                     "print_id": (None if "links" in self.hidden else e["print"], values and values["print_id"][1])}
            if values and self.hidden == {"links"}:
                carriers = [k for k, p in self.prints.items() if p["name"] == values["print_id"][1]]
                cells.update({"carrier": carriers[0] if len(carriers) == 1 else "several"} if carriers else {})
            files["editions"].append((key, cells, values))
        x.save()
        return {t: (x.file(t).read_bytes(), records) for t, records in files.items()}

    # ---- people change the database ----

    def change_database(self):
        rng = self.rng
        table = rng.choice(["prints", "editions", "editions"])
        rows = self.model.tables[table].rows
        kind = rng.choice(["notes", "notes", "price", "number", "active", "delete", "insert", "name", "frame", "sold",
                           "payment"])
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
                return  # a sync switched it off, people on, now off again: it cannot be told who did it
            change = {"is_active": not rows[key].active}
        elif kind == "name" and table == "prints":
            change = {"name": "Renamed %d" % self.fresh()}
        elif kind == "price" and table == "editions":
            change = {"retail_price": "%d.25" % rng.randint(1, 99)}
        elif kind == "frame" and table == "editions":
            change = {"frame_type": rng.choice([None, "Framed", "Tube only"])}
        elif kind == "sold" and table == "editions":
            change = {"date_sold": rng.choice([None, "2021-02-03"])}
        elif kind == "payment" and table == "editions":
            change = {"payment_note": rng.choice([None, "Ours %d" % self.fresh()])}
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
        after = {**rows[key].values, **change}
        if change and self.model.allowed(after, change.get("is_active", rows[key].active)):
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
