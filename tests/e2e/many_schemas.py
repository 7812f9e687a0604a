"""An invented base of many schemas: nine schemas, 38 tables, 161 indexes, six enum types with schema prefix, partial
unique indexes, three triggers, four views, seed rows. Three tables in three schemas are mapped and linked.

Also a program, for the benchmark: many_schemas.py FOLDER writes the base there.
"""
import json
import sys
from pathlib import Path

SCHEMAS = ["core", "sales", "stock", "crm", "billing", "audit", "kinds", "Web Shop", "logistics"]
TABLES = 38
INDEXES = 161  # of all kinds: primary keys, unique constraints, partial and plain ones
ENUMS = ["size", "frame", "state", "channel", "unit", "rank"]


def quoted(name):
    return '"%s"' % name.replace('"', '""') if not name.isidentifier() or name.lower() != name else name


def tables():
    """(schema, table) of the unmapped ones."""
    return [(SCHEMAS[i % len(SCHEMAS)], "t%d" % i) for i in range(TABLES - 4)]


def sql():
    lines = ["CREATE SCHEMA %s;" % quoted(s) for s in SCHEMAS]
    lines += ["CREATE TYPE kinds.%s AS ENUM ('%s_a', '%s_b', 'plain');" % (e, e, e) for e in ENUMS]
    lines.append("""
CREATE TABLE kinds.sizes (code text PRIMARY KEY, centimetres integer NOT NULL CHECK (centimetres > 0));
INSERT INTO kinds.sizes VALUES ('S', 20), ('L', 60), ('XL', 90);
CREATE FUNCTION core.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE core.artists (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rid text NOT NULL UNIQUE,
    name text NOT NULL UNIQUE, rank kinds.rank, city text);
CREATE TABLE stock.works (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rid text NOT NULL UNIQUE, title text NOT NULL,
    artist_id integer NOT NULL CONSTRAINT artist_of_work REFERENCES core.artists, size kinds.size, size_code text REFERENCES kinds.sizes);
CREATE TABLE sales.orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rid text NOT NULL UNIQUE,
    work_id integer CONSTRAINT work_of_order REFERENCES stock.works, price numeric(10,2) CHECK (price >= 0), state kinds.state NOT NULL DEFAULT 'plain');
CREATE UNIQUE INDEX one_per_artist ON stock.works (artist_id, title) WHERE title <> 'Untitled';
CREATE UNIQUE INDEX one_open_order ON sales.orders (work_id) WHERE state = 'plain';""")
    indexes = 8 + 2  # the keys of the four tables, and the two above
    for schema, table in tables():
        name = "%s.%s" % (quoted(schema), table)
        enum = "kinds.%s" % ENUMS[len(table) % len(ENUMS)]
        lines.append("CREATE TABLE %s (id integer PRIMARY KEY, code text NOT NULL UNIQUE, kind %s DEFAULT 'plain', n integer, "
                     "note text, CONSTRAINT n_positive CHECK (n > 0));" % (name, enum))
        lines.append("CREATE UNIQUE INDEX %s_open ON %s (n) WHERE kind = 'plain';" % (table, name))
        indexes += 3
        lines.append("INSERT INTO %s (id, code, n) SELECT g, 'seed ' || g, g FROM generate_series(1, 20) AS g;" % name)
    columns = ["note", "kind", "n DESC", "lower(note)"]
    at = 0
    while indexes < INDEXES:
        schema, table = tables()[at % len(tables())]
        lines.append("CREATE INDEX %s_more_%d ON %s.%s (%s);" % (table, at, quoted(schema), table, columns[at // len(tables())]))
        at += 1
        indexes += 1
    lines += ["CREATE TRIGGER stamp_%s BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION core.stamp();" % (t.split(".")[1], t)
              for t in ("core.artists", "stock.works", "sales.orders")]
    lines.append("""
CREATE VIEW core.known AS SELECT id, name, rank FROM core.artists WHERE rank IS NOT NULL;
CREATE VIEW sales.open AS SELECT o.id, w.title, o.price FROM sales.orders o JOIN stock.works w ON w.id = o.work_id
    WHERE o.state = 'plain'::kinds.state;
CREATE VIEW "Web Shop".works AS SELECT w.title, a.name FROM stock.works w JOIN core.artists a ON a.id = w.artist_id;
CREATE VIEW billing.totals AS SELECT sum(price) AS total FROM sales.open;""")
    return "\n".join(lines) + "\n"


MAPPING = {"name": "many", "schema": "core", "tables": [
    {"table": "orders", "schema": "sales", "file": "Orders.csv", "id": {"column": "rid", "headers": ["Id"]}, "columns": [
        {"column": "work_id", "type": "link", "to": "works", "headers": ["Work"]},
        {"column": "price", "type": "currency", "headers": ["Price"], "min": 0},
        {"column": "state", "type": "choice", "headers": ["State"], "choices": ["state_a", "state_b", "plain"], "default": "plain"}]},
    {"table": "works", "schema": "stock", "file": "Works.csv", "id": {"column": "rid", "headers": ["Id"]}, "columns": [
        {"column": "title", "type": "text", "headers": ["Title"], "required": True},
        {"column": "artist_id", "type": "link", "to": "artists", "headers": ["Artist"], "required": True},
        {"column": "size", "type": "choice", "headers": ["Size"], "choices": ["size_a", "size_b", "plain"]},
        {"column": "size_code", "type": "text", "headers": ["Size code"]}]},
    {"table": "artists", "file": "Artists.csv", "id": {"column": "rid", "headers": ["Id"], "natural_key": ["name"]}, "columns": [
        {"column": "name", "type": "text", "headers": ["Name"], "required": True},
        {"column": "rank", "type": "choice", "headers": ["Rank"], "choices": ["rank_a", "rank_b", "plain"]},
        {"column": "city", "type": "text", "headers": ["City"]}]}]}

FILES = {
    "Artists.csv": "Id,Name,Rank,City\na1,Ada,rank_a,Bonn\na2,Bo,,Ulm\n",
    "Works.csv": "Id,Title,Artist,Size,Size code\nw1,Sea,Ada,size_a,S\nw2,Untitled,Bo,,\nw3,Untitled,Bo,plain,XL\n",
    "Orders.csv": "Id,Work,Price,State\no1,Sea,100.50,\no2,,20,state_a\n",
}

CHECK = """-- summary: Orders of works without a size
-- severity: warning
-- advice: give the work a size
SELECT o.rid FROM sales.orders o JOIN stock.works w ON w.id = o.work_id WHERE w.size IS NULL
"""


def write(folder):
    folder = Path(folder)
    (folder / "checks").mkdir(parents=True, exist_ok=True)
    (folder / "base.json").write_text(json.dumps(MAPPING), encoding="utf-8")
    (folder / "0001_many.sql").write_text(sql(), encoding="utf-8")
    (folder / "checks" / "works_without_size.sql").write_text(CHECK, encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
