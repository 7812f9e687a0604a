"""`base schema`: the JSON Schema of base.json and the parser agree, key by key and value by value, both ways."""
import copy
import json
import os
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
from support import BINARY, ROOT

TOOL = Path(BINARY).parent / "unit" / "base_tool"

# Every key of every object, each with a value that is right: the test below asks for any that is missing here.
WHOLE = {
    "$schema": "./base.schema.json", "name": "x", "schema": "s", "date_order": "dmy", "null_tokens": ["-"],
    "decimal_mark": "comma", "time_zone": "Europe/London", "csv": {"delimiter": "auto", "encoding": "auto"},
    "tables": [
        {"table": "x", "file": "x.csv", "id": {"column": "id", "headers": ["Id"], "natural_key": ["x"]},
         "skip": {"X": ["", "-"]}, "decimal_mark": "auto", "time_zone": "UTC",
         "columns": [
             {"column": "x", "type": "text", "headers": ["X"], "required": True, "default": "-", "was": "w",
              "aliases": {"A": "B", "C": None}},
             {"column": "day", "type": "date", "headers": ["Day"], "time_zone": "UTC", "min": "2000-01-01",
              "max": "2030-01-01", "on_invalid": "null"},
             {"column": "size", "type": "choice", "headers": ["Size"], "choices": ["S", "L"], "transform": ["trim"], "mask": "null"},
             {"column": "number", "type": "integer", "decimal_mark": "point", "min": 1, "max": "9",
              "derive": {"from": "x", "pattern": "([0-9]+)"}}]},
        {"table": "y", "schema": "z", "file": ["y*.csv", "w.csv"], "id": {"column": "id", "headers": ["Id"]},
         "csv": {"delimiter": ";", "encoding": "UTF-16"},
         "metadata": {"last_synced_at": "l", "sync_version": "v", "is_active": None, "created_at": "c", "updated_at": "u"},
         "columns": [{"column": "x_id", "type": "link", "to": "x", "headers": ["X"], "id_headers": ["X id"],
                      "multiple": "first"}]},
        {"table": "z", "source": {"database": "OTHER_URL", "table": "public.z", "where": "true"}, "id": {"column": "id", "headers": ["id"]},
         "columns": [{"column": "v", "type": "text"}]},
        {"table": "q", "source": {"database": "OTHER_URL", "query": "SELECT 1"}, "id": {"columns": ["v"]}, "insert": False,
         "columns": [{"column": "v", "type": "text"}]}]}

VALUES = [None, True, 3, 1.5, "", "x", "auto", "a/b", "reject", "name with a blank", "n" * 300, [], ["x"], [""],
          ["x", "x"], [3], [None], [["x"]], {}, {"x": "y"}, {"x": None}, {"x": ["y", ""]}, {"x": [""]}, {"x": 1}, {"x": {}}]

# What only the parser can say: it depends on other parts of the file, or on the syntax of a regular expression.
BEYOND = re.compile("is not a (table|mapped column) of|is mapped (twice|itself)|(already|be) mapped|has no group to take|a name to link by|"
                    "needs \"headers\": no header|must have the form|needs either|cannot be combined with|"
                    "cannot be a part|is derived from another|is a [a-z]+$|is no character encoding that this machine knows")


@pytest.fixture(scope="module")
def schema():
    printed = subprocess.run([BINARY, "base", "schema"], check=True, stdout=subprocess.PIPE, encoding="utf-8",
                             env={"PATH": os.environ["PATH"]}).stdout
    schema = json.loads(printed)
    jsonschema.Draft7Validator.check_schema(schema)
    return schema


def told_by_parser(bases):
    text = "".join(json.dumps(base) + "\n" for base in bases)
    done = subprocess.run([str(TOOL)], input=text, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    lines = done.stdout.split("\n")[:-1]
    assert len(lines) == len(bases)
    return lines


def places(schema, value, path=()):
    """(path, schema) of every key that the value has."""
    if "items" in schema and isinstance(value, list):
        for i, item in enumerate(value):
            yield from places(schema["items"], item, path + (i,))
    for key, below in schema.get("properties", {}).items():
        if isinstance(value, dict) and key in value:
            yield path + (key,), below
            yield from places(below, value[key], path + (key,))
    for other in schema.get("anyOf", []):
        yield from places(other, value, path)


def changed(path, value=None, remove=False):
    base = copy.deepcopy(WHOLE)
    at = base
    for step in path[:-1]:
        at = at[step]
    if remove:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return base


def all_keys(schema, found):
    """Every (object, key) that the schema names; an object is the path to it without positions."""
    def walk(part, path):
        for key, below in part.get("properties", {}).items():
            found.add(path + (key,))
            walk(below, path + (key,))
        for inner in ([part["items"]] if "items" in part else []) + part.get("anyOf", []):
            walk(inner, path)
    walk(schema, ())
    return found


def test_every_base_in_the_tree_fits(schema):
    validator = jsonschema.Draft7Validator(schema)
    found = [path for path in ROOT.glob("*/**/base.json") if "build" not in path.parts]
    assert len(found) > 20
    for path in found:
        wrong = [e.message for e in validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))]
        assert not wrong, (path, wrong)


def test_the_sample_has_every_key(schema):
    """So that no key is added without being compared below."""
    seen = {tuple(step for step in path if isinstance(step, str)) for path, _ in places(schema, WHOLE)}
    assert seen == all_keys(schema, set())
    assert told_by_parser([WHOLE]) == [""]


def test_the_parser_and_the_schema_agree_on_every_value(schema):
    validator = jsonschema.Draft7Validator(schema)
    paths = [path for path, _ in places(schema, WHOLE)]
    cases = [(path, value, changed(path, value)) for path in paths for value in VALUES]
    cases += [(path, "nothing", changed(path, remove=True)) for path in paths]
    cases += [(path[:-1] + ("unknown",), 1, changed(path[:-1] + ("unknown",), 1)) for path in paths]
    for (path, value, base), told in zip(cases, told_by_parser([base for _, _, base in cases])):
        wrong = [error.message for error in validator.iter_errors(base)]
        assert told or not wrong, "the parser takes %r = %r, the schema refuses: %s" % (path, value, wrong)
        told = [line for line in told.split(" | ") if line and not BEYOND.search(line)]
        assert wrong or not told, "the schema takes %r = %r, the parser says: %s" % (path, value, told)


def test_a_value_of_another_kind_is_refused_by_both(schema):
    """Where the parser knows more, the schema still knows the kind: a list, an object, a text ..."""
    validator = jsonschema.Draft7Validator(schema)
    cases = []
    for path, _ in places(schema, WHOLE):
        right = WHOLE
        for step in path:
            right = right[step]
        value = 3 if not isinstance(right, (int, str)) or isinstance(right, bool) else [[3]]
        cases.append((path, value, changed(path, value)))
    for (path, value, base), told in zip(cases, told_by_parser([base for _, _, base in cases])):
        assert not validator.is_valid(base), (path, value)
        assert told, (path, value)


def test_keys_that_only_some_types_take(schema):
    """Each key of a column with each type, there and not there: the schema's answer is the parser's."""
    validator = jsonschema.Draft7Validator(schema)
    column = schema["properties"]["tables"]["items"]["properties"]["columns"]["items"]
    right = {"column": "a", "headers": ["A"], "id_headers": ["A id"], "to": "x", "required": False, "multiple": "reject",
             "on_invalid": "reject", "default": "1", "min": 1, "max": 9, "decimal_mark": "auto", "time_zone": "UTC",
             "choices": ["1"], "aliases": {"k": None}, "derive": {"from": "x", "pattern": "(.)"}, "was": "b",
             "transform": ["trim"], "mask": "null"}
    assert set(right) | {"type"} == set(column["properties"])
    bases, cases = [], []
    for kind in column["properties"]["type"]["enum"]:
        needs = {"link": ["to"], "choice": ["choices"]}.get(kind, [])
        for key in [None] + sorted(set(right) - {"column", "headers"}):
            for extra in (needs, []):
                one = {"column": "a", "type": kind, "headers": ["A"], **{k: right[k] for k in extra + [key] if k}}
                base = copy.deepcopy(WHOLE)
                base["tables"][1]["columns"].append(one)
                bases.append(base)
                cases.append(one)
    for base, one, told in zip(bases, cases, told_by_parser(bases)):
        told = [line for line in told.split(" | ") if "makes no sense" in line or "is missing" in line]
        wrong = list(validator.iter_errors(base))
        assert bool(wrong) == bool(told), (one, told, [e.message for e in wrong])
