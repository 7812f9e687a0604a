"""Each field type against each PostgreSQL type: base check accepts the pairs that docs/FIELD_TYPES.md lists, and no others."""
import json
import re

import pytest
from support import ROOT

DOCUMENT = (ROOT / "docs" / "FIELD_TYPES.md").read_text(encoding="utf-8").split("## Which column can hold which field")[1]
ACCEPTED = {field: set(re.findall("`([^`]+)`", columns)) for field, columns in
            re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCUMENT, re.M)}
TYPES = {"text": "text", "varchar": "varchar(40)", "citext": "public.citext", "uuid": "uuid", "smallint": "smallint",
         "integer": "integer", "bigint": "bigint", "numeric": "numeric(10,2)", "real": "real",
         "double precision": "double precision", "boolean": "boolean", "date": "date", "timestamp": "timestamp",
         "timestamptz": "timestamptz", "interval": "interval", "text[]": "text[]", "varchar[]": "varchar(40)[]",
         "json": "json", "jsonb": "jsonb", "enum": "public.mood", "char": "char(5)", "bytea": "bytea",
         "int4range": "int4range", "daterange": "daterange", "integer[]": "integer[]", "enum[]": "public.mood[]",
         "time": "time", "inet": "inet", "point": "point"}
REASONS = {"bytea": "not bytes", "int4range": "bounds", "daterange": "bounds", "integer[]": "text[]"}


def test_the_document_names_types_that_are_tried():
    assert len(ACCEPTED) == 13 and set.union(*ACCEPTED.values()) <= set(TYPES)


@pytest.mark.parametrize("field", sorted(ACCEPTED))
def test_each_column_type(art, empty, tmp_path, field):
    art.db = empty
    empty.run("CREATE EXTENSION citext SCHEMA public; CREATE TYPE public.mood AS ENUM ('sad', 'ok')")
    names = {"c%d" % i: name for i, name in enumerate(TYPES)}
    base = tmp_path / "types"
    base.mkdir()
    (base / "0001_tables.sql").write_text("CREATE TABLE public.t (rid text PRIMARY KEY, %s);\n" % ", ".join(
        "%s %s" % (column, TYPES[name]) for column, name in names.items()))
    columns = [{"column": column, "headers": [column], "type": field, **({"choices": ["sad"]} if field == "choice" else {})}
               for column in names]
    (base / "base.json").write_text(json.dumps({"name": "types", "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "rid", "headers": ["R"]}, "columns": columns}]}))
    art.ok("--base", base, "db", "migrate")
    problems = art.ok("--base", base, "base", "check", "--json", status=1).json["problems"]
    refused = {names[p["place"].split("column ")[1]]: p for p in problems}
    assert set(TYPES) - set(refused) == ACCEPTED[field]
    for name, words in REASONS.items():
        assert words in refused[name]["hint"], refused[name]
