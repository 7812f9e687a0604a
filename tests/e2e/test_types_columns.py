"""Each field type against each PostgreSQL type: base check accepts the pairs that docs/FIELD_TYPES.md lists, and no others."""
import json

import pytest
from field_types import ACCEPTED, NEVER, SETTINGS, SETUP, TYPES

REASONS = {  # what has to be in the hint, of whatever field
    "bytea": "not bytes", "int4range": "bounds", "datemultirange": "bounds", "daterange[]": "bounds", "integer[]": "text[]",
    "uuid[]": "text[]", "money": "numeric", "time": "timestamp", "timetz": "timestamptz", "numeric(5,-2)": "rounds",
    "interval hour to minute": "drops", "inet": "text", "point": "text", "xml": "text", "oid": "text"}
PAIRS = {  # of this field
    ("datetime", "date"): "loses the time of day", ("text", "enum"): "choice", ("list", "enum"): "one value",
    ("text", "boolean"): "aliases", ("list", "text"): "text[]", ("attachments", "jsonb"): "URLs", ("choice", "text[]"): "list",
    ("boolean", "text"): "make the column boolean", ("integer", "real"): "rounds", ("date", "integer"): "date, timestamp",
    ("json", "text[]"): "json, jsonb", ("percent", "uuid"): "numeric"}


def test_the_document_names_types_that_are_tried():
    assert len(ACCEPTED) == 13 and {kind for kinds in ACCEPTED.values() for kind in kinds} == set(TYPES)


@pytest.mark.parametrize("field", sorted(ACCEPTED))
def test_each_column_type(art, empty, tmp_path, field):
    art.db = empty
    empty.run(SETUP)
    types = {**TYPES, **NEVER}
    names = {"c%d" % i: name for i, name in enumerate(types)}
    base = tmp_path / "types"
    base.mkdir()
    (base / "0001_tables.sql").write_text("CREATE TABLE public.t (rid text PRIMARY KEY, %s);\n" % ", ".join(
        "%s %s" % (column, types[name]) for column, name in names.items()))
    columns = [{"column": column, "headers": [column], "type": field, **SETTINGS.get(field, {})} for column in names]
    (base / "base.json").write_text(json.dumps({"name": "types", "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "rid", "headers": ["R"]}, "columns": columns}]}))
    art.ok("--base", base, "db", "migrate")
    problems = art.ok("--base", base, "base", "check", "--json", status=1).json["problems"]
    refused = {names[p["place"].split("column ")[1]]: p for p in problems if "neither yes nor no" not in p["message"]}
    assert set(types) - set(refused) == set(ACCEPTED[field])
    for name, problem in refused.items():
        assert problem["hint"], problem
        words = REASONS.get(name) or PAIRS.get((field, name)) or ""
        assert words in problem["hint"], problem
