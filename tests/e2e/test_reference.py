"""docs/REFERENCE.md: the JSON that every command prints has the keys that the document names, and no others."""
import os
import re
import shutil
import subprocess
import sys

import pytest
from support import ROOT, rid

DOCUMENT = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
TOKEN = re.compile(r'\s*(?:"([^"]*)"(\??)|(\*)|([\[\]{}:,]))')


class Shape:
    """{"key", "key"?, "key": SHAPE, *: SHAPE} or [SHAPE]: `?` may be absent, `*` any key, a key alone any plain value."""
    def __init__(self, tokens, place):
        self.keys, self.items, self.place, self.seen = None, None, place, False
        if tokens[0] == "[":
            tokens.pop(0)
            self.items = Shape(tokens, place + "[]")
            assert tokens.pop(0) == "]"
        elif tokens[0] == "{":
            self.keys = {}
            while tokens.pop(0) != "}":
                key = tokens.pop(0)
                inner = Shape([None], place + "." + key[1])
                if tokens[0] == ":":
                    tokens.pop(0)
                    inner = Shape(tokens, inner.place)
                self.keys[key] = inner
        else:
            tokens.pop(0)
        self.plain = self.keys is None and self.items is None

    def find(self, name):
        found = [shape for (_, key, _), shape in self.keys.items() if key in (name, "*")]
        assert found, "%s has a key %s, which the document does not name" % (self.place, name)
        return found[0]

    def take(self, value):
        """The value fits, or an assertion says where not."""
        self.seen = True
        if value is None:
            return
        assert self.plain == (not isinstance(value, (dict, list))), "%s is %r" % (self.place, value)
        if self.items is not None:
            for item in value:
                self.items.take(item)
        if self.keys is not None:
            for name, item in value.items():
                self.find(name).take(item)
            for _, key, optional in self.keys:
                assert optional or key == "*" or key in value, "%s has no key %s" % (self.place, key)

    def unseen(self):
        below = list(self.keys.values()) if self.keys else [self.items] if self.items else []
        return ([] if self.seen else [self.place]) + [place for shape in below for place in shape.unseen()]


def read_shapes():
    """{"sync": Shape} from the lines `NAME SHAPE` of the document's blocks called json."""
    shapes = {}
    for block in re.findall(r"^```json-shapes\n(.*?)^```", DOCUMENT, re.M | re.S):
        for name, text in re.findall(r"^(\w[\w ]*?) +(\{.*?\})$(?=\n\w|\n*\Z)", block, re.M | re.S):
            tokens = []
            for key, optional, star, mark in TOKEN.findall(text):
                tokens.append(mark or ("key", star or key, bool(optional)))
            shapes[name] = Shape(tokens, name)
    return shapes


@pytest.fixture
def printed(art):
    """Runs commands and fits what they print into the document's shapes."""
    class Printed:
        shapes = read_shapes()

        def take(self, name, *args, status=0, env=None):
            told = art.ok(*args, "--json", status=status, env=env).json
            if "error" in told:
                self.shapes["error"].take({"error": told["error"]})
            if name != "error":
                told.pop("error", None)
            if name == "phase move":
                self.shapes["validate"].take({key: told.pop(key) for key in list(told) if key not in ("to", "from", "moved", "forced")})
            self.shapes[name].take(told)
    return Printed()


def edits(art, shop, printed):
    """A sync with rejects, a conflict, an edit; what there is to list, compare and undo."""
    shop.edition("E1", price="much", frame="Ikea").save()
    printed.take("sync", "sync", "--export-dir", shop.path, "--max-rejects", "50", status=1)
    printed.take("rejects", "rejects")
    printed.take("rejects csv", "rejects", "--table", "editions", "--csv", "fix.csv")
    shop.edition("E1", price="51").edition("E2", notes="new").save()
    art.db.edit("editions", "E2", notes="ours")
    printed.take("sync", "diff", "--export-dir", shop.path, status=1)
    printed.take("status", "status", "--export-dir", shop.path)
    printed.take("sync", "sync", "--export-dir", shop.path, status=1)
    printed.take("history", "history")
    printed.take("history", "history", "last")
    printed.take("report", "report", "--html", "page.html")
    art.db.edit("editions", "E2", notes="again")
    printed.take("rollback", "rollback", "last", status=1)
    shop.drop("editions", "E3", "E4", "E5", "E6").save()
    printed.take("sync", "sync", "--export-dir", shop.path, "--mode", "full", "--max-deactivate", "1", status=4)


def ragged(art, shop, printed):
    """A record that cannot be written as CSV, a check that cannot run."""
    shop.edition("E1", price="much").save()
    with open(shop.file("editions"), "a", encoding="utf-8") as file:
        file.write("\none cell\n")
    printed.take("sync", "sync", "--export-dir", shop.path, "--max-rejects", "50", status=1)
    printed.take("rejects csv", "rejects", "--table", "editions", "--csv", "ragged.csv")
    base = art.cwd / "base"
    shutil.copytree(ROOT / "sql" / "art", base)
    (base / "checks" / "bad.sql").write_text("-- summary: Bad\n-- severity: error\nSELECT nothing;\n")
    printed.take("validate", "--base", "./base", "validate", "--parity", "--export-dir", shop.path, status=2)
    mapping = (base / "base.json").read_text(encoding="utf-8")
    (base / "base.json").write_text(mapping.replace('"type": "text"', '"type": "text", "transform": ["trim"]').replace(
        '"Prints-Grid view.csv"', '["Prints-Grid view*.csv"]'), encoding="utf-8")
    printed.take("base show", "--base", "./base", "base", "show")
    (base / "base.json").write_text(mapping.replace('"table": "editions"', '"table": "editions", "insert": false'), encoding="utf-8")
    shop.edition("E9", "P1", number=9).save()
    printed.take("sync", "--base", "./base", "sync", "--dry-run", "--export-dir", shop.path)
    (base / "base.json").write_text("{}")
    printed.take("base check", "--base", "./base", "base", "check", status=1)


def test_json_is_as_the_document_says(art, shop, printed):
    edits(art, shop, printed)
    ragged(art, shop, printed)
    printed.take("validate", "validate", "--list")
    printed.take("stats", "stats")
    printed.take("export", "export", "--dir", "out")
    printed.take("phase", "phase")
    printed.take("doctor", "doctor", "--export-dir", shop.path, status=1)
    printed.take("phase move", "phase", "primary", "--export-dir", shop.path, status=4)
    printed.take("phase move", "phase", "primary", "--export-dir", shop.path, "--force")
    printed.take("backup", "backup", "a.backup")
    printed.take("backup", "restore", "a.backup", "--force")
    shutil.copy(art.cwd / "a.backup", art.cwd / ("art-%s-2020-01-01T000000Z.backup" % art.db.name))
    printed.take("backup", "backup", "--dir", ".", "--keep", "1d")
    printed.take("db migrate", "db", "migrate")
    printed.take("db status", "db", "status")
    printed.take("db mark", "db", "mark", "development")
    art.db.run("CREATE TABLE prints_copy AS SELECT * FROM prints; UPDATE prints_copy SET notes = 'older'; "
               "GRANT ALL ON prints_copy TO artsync_tester")
    printed.take("sync", "map", "--from", "DATABASE_URL", "--to", "DATABASE_URL", "--table", "prints=prints_copy", "--key",
                 "airtable_id", "--field", "notes")
    art.db.run("DROP TABLE prints_copy")
    printed.take("db grants", "db", "grants", "artsync_tester")
    printed.take("db grants", "db", "grants", "pg_monitor", "--for", "read")
    art.db.run("DROP VIEW public.sales_by_month")
    printed.take("db verify", "db", "verify", status=1)
    for name in ("base show", "base check", "help", "version"):
        printed.take(name, *name.split())
    printed.take("completion", "completion", "bash")
    printed.take("completion names", "completion", "tables")
    printed.take("error", "sync", "--nonsense", status=2)
    development = {"ARTSYNC_ENV": "development"}
    printed.take("db reset", "db", "reset", "--yes", env=development)
    printed.take("db drop", "db", "drop", "--yes", env=development)
    art.ok("db", "migrate")
    art.ok("phase", "archive", "--export-dir", shop.path, "--force")
    printed.take("detach", "detach", "--dir", "bookkeeping", "--yes")
    assert [place for shape in printed.shapes.values() for place in shape.unseen()] == []


# ---- the tables that come from the code ----

@pytest.fixture
def compare(tmp_path):
    """The document, changed, against the code: (status, what is said)."""
    def run(old, new):
        document = tmp_path / "REFERENCE.md"
        assert old in DOCUMENT
        document.write_text(DOCUMENT.replace(old, new), encoding="utf-8")
        program = os.environ.get("ARTSYNC_BIN", str(ROOT / "build" / "artsync"))
        done = subprocess.run([sys.executable, "-B", "tests/reference.py", "check", str(document), program,
                               str(ROOT / os.path.dirname(program) / "unit" / "reference"), "include/artsync"], cwd=ROOT,
                              stderr=subprocess.PIPE, encoding="utf-8")
        return done.returncode, done.stderr
    return run


def test_the_document_has_the_rows_of_the_code(compare):
    assert compare("", "") == (0, "")


@pytest.mark.parametrize("old, new, says", [
    ("| `stats` |", "| `statistics` |", "-| `statistics` |"),
    ("--limit N` | `50`", "--limit N` | `60`", "+| `-n, --limit N` | `50`"),
    ("| 130 |", "| 131 |", "+| 130 |"),
    ("| `null_tokens` | optional |", "| `null_tokens` | required |", "+| `null_tokens` | optional |"),
    ("<!-- rows: options of diff -->", "", "no block of rows: options of diff"),
    ("| `boolean` | smallint, integer, bigint, boolean | yes or no; an empty cell is false |", "", "say what `boolean` means"),
])
def test_a_document_that_differs_is_refused_line_by_line(compare, old, new, says):
    status, told = compare(old, new)
    assert status == 1 and says in told
