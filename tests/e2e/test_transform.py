"""Columns with "transform" and "mask": what is written, and that nothing of a masked value is anywhere else."""
import json

import pytest
import support

KEY = {"ARTSYNC_MASK_KEY": "a long random text"}

# Words that no column but the masked ones has: none may be seen outside the export.
SECRETS = ["Wilhelmina", "wilma@", "0049170555", "4929123456789012", "Geheimnis", "Xanthippe", "xanthi@", "R4G3D"]

COLUMNS = [
    {"column": "name", "type": "text", "headers": ["Name"], "required": True, "mask": "name"},
    {"column": "code", "type": "text", "headers": ["Code"], "mask": "hash"},
    {"column": "email", "type": "text", "headers": ["Email"], "transform": ["trim", "lower"], "mask": "email"},
    {"column": "phone", "type": "text", "headers": ["Phone"], "mask": "phone"},
    {"column": "card", "type": "text", "headers": ["Card"], "transform": ["digits"], "mask": "keep:4"},
    {"column": "notes", "type": "text", "headers": ["Notes"], "mask": "null"},
    {"column": "city", "type": "text", "headers": ["Place"], "transform": ["split:/:2", "collapse_spaces", "replace:St.:Saint"]},
    {"column": "rank", "type": "integer", "headers": ["Rank"], "transform": ["strip:#"], "min": 0},
]

SQL = """CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rid text NOT NULL UNIQUE, name varchar(40) NOT NULL,
  code varchar(8) UNIQUE, email varchar(40) UNIQUE, phone text, card text, notes text, city text, rank integer);"""

HEADER = "Id,Name,Code,Email,Phone,Card,Notes,Place,Rank"
ROWS = {
    "p1": ["Wilhelmina", "Geheimnis", " Wilma@shop.example", "0049170555", "4929-1234-5678-9012", "Geheimnis", "DE/St.  Goar", "#1"],
    "p2": ["Xanthippe", "X1", "xanthi@shop.example", "", "", "", "GR/Athens", "2"],
    "p3": ["Bert", "X2", "", "030 123", "12", "none", "", ""],
}


@pytest.fixture
def people(tmp_path, empty):
    folder = tmp_path / "work" / "base"
    folder.mkdir(parents=True)
    (folder / "base.json").write_text(json.dumps({"name": "people", "tables": [
        {"table": "people", "file": "p.csv", "id": {"column": "rid", "headers": ["Id"]}, "columns": COLUMNS}]}))
    (folder / "0001_people.sql").write_text(SQL)
    art = support.Artsync(tmp_path / "work", empty)
    art.said = []
    run = art.run

    def kept(*args, env=None, url=True):
        result = run("--base", "./base", *args, env=KEY if env is None else env, url=url)
        art.said.append(result.out + result.err)
        return result
    art.run = kept
    art.export = tmp_path / "work" / "export"
    art.export.mkdir()
    art.ok("db", "migrate")
    yield art
    art.kill()


def save(art, rows, *more):
    lines = [HEADER] + [",".join([key] + cells) for key, cells in rows.items()] + list(more)
    (art.export / "p.csv").write_text("\n".join(lines))


def everything(art):
    """All that artsync said and keeps, but for the business's table."""
    db = art.db
    tables = db.column("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('artsync', 'public')")
    kept = [db.copy("SELECT * FROM %s" % t) for t in tables]
    sources = db.column("SELECT convert_from(source, 'UTF8') FROM artsync.rejects WHERE source IS NOT NULL")
    return "\n".join(art.said + kept + sources + [p.read_bytes().decode("utf-8", "replace") for p in art.cwd.glob("*.csv")])


def test_values_are_transformed_and_masked(people):
    save(people, ROWS)
    report = people.sync(people.export)
    assert report["t"]["people"]["created"] == 3
    rows = {r["rid"]: r for r in people.db.rows("SELECT * FROM people")}
    assert (rows["p1"]["city"], rows["p1"]["rank"], rows["p2"]["city"], rows["p3"]["city"]) == ("Saint Goar", 1, "Athens", None)
    one = rows["p1"]
    assert one["notes"] is None and one["card"] == "*" * 12 + "9012" and one["email"].endswith("@example.com")
    assert len(one["phone"]) == 10 and one["phone"].isdigit() and len(one["code"]) == 8
    assert rows["p2"]["phone"] is None and rows["p3"]["email"] is None and rows["p3"]["card"] == "**"
    before = people.db.versions(["people"])
    people.sync(people.export, "--mode", "merge")
    assert people.db.versions(["people"]) == before
    assert people.ok("validate", "--parity", "--export-dir", people.export).status == 0


def test_a_masked_value_is_nowhere(people):
    """Not in rejects, conflicts, history, logs, cleaning, a CSV of rejects, an error, in text, JSON and --verbose."""
    save(people, ROWS)
    people.ok("sync", "-v", "--export-dir", people.export)
    people.db.run("UPDATE people SET code = 'edited' WHERE rid = 'p1'")
    people.db.run("UPDATE people SET email = 'free@example.com', rank = 7 WHERE rid = 'p3'")
    changed = dict(ROWS)
    changed["p1"] = [c.replace("Geheimnis", "Geheimnis2") for c in ROWS["p1"]]                  # a conflict
    changed["p2"] = ROWS["p2"][:-1] + ["worse"]                                                 # a bad cell beside
    changed["p4"] = ["Wilhelmina", "Geheimnis2", "", "", "", "", "", "4"]                      # a repeated unique key
    changed["p5"] = ["Wilhelmina\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "", "", "", "", "", "", "5"]
    changed["p6"] = ["", "Geheimnis3", "", "", "", "", "", "6"]                                 # a required one is empty
    save(people, changed, "p7,Wilhelmina,R4G3D", "p8," + ",".join(["R4G3D"] * 9))
    told = people.run("diff", "--export-dir", people.export, "--max-rejects", "90%", "--on-conflict", "reject", "--json")
    assert told.status == 1 and any(r["code"] == "conflict" for r in told.json["rejects"])
    sync = ["sync", "--export-dir", people.export, "--max-rejects", "90%", "--mode", "merge"]
    for how in (["--dry-run"], ["-v"], ["--json", "--dry-run", "--on-conflict", "reject"]):
        assert people.run(*sync, *how).status in (0, 1)
    for command in (["history", "last"], ["history", "--record", "p1"], ["rejects", "--json"], ["rejects"], ["status", "-v"],
                    ["rejects", "--table", "people", "--csv", "fix.csv"], ["validate", "--parity", "--export-dir", people.export, "--json"],
                    ["base", "show", "--json"], ["sync", "--export-dir", people.export, "--strict", "--mode", "full"]):
        people.run(*command)
    text = everything(people)
    assert "worse" in text and "missing_required" in text and "wrong_field_count" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_a_fixed_reject_goes_back_in(people):
    rows = {"p2": ROWS["p2"][:-1] + ["worse"], "p1": ROWS["p1"]}
    save(people, rows)
    people.sync(people.export, "--max-rejects", "90%", status=1)
    people.ok("rejects", "--table", "people", "--csv", "fix.csv")
    fix = people.cwd / "fix.csv"
    assert "GR/Athens" in fix.read_text(encoding="utf-8-sig")  # a transform alone leaves the cell as it was
    fix.write_text(fix.read_text(encoding="utf-8-sig").replace("worse", "2", 1))
    people.sync(None, "--file", "people=fix.csv")
    row = people.db.row("SELECT city, rank FROM people WHERE rid = 'p2'")
    assert row == {"city": "Athens", "rank": 2}


def test_hash_needs_a_key(people):
    save(people, ROWS)
    for command in ("sync", "diff"):
        result = people.run(command, "--export-dir", people.export, "--json", env={})
        assert result.status == 2
        code, message, hint = (support.error_of(result)[k] for k in ("code", "message", "hint"))
        assert code == "config" and "people" in message and "code" in message and "hash" in message and "ARTSYNC_MASK_KEY" in hint
    assert people.db.logs() == []
    people.ok("stats", env={})
    people.cwd.joinpath(".env").write_text("ARTSYNC_MASK_KEY=of the file\n")
    people.cwd.joinpath(".env").chmod(0o600)
    first = people.sync(people.export, env={})
    assert first["t"]["people"]["created"] == 3


def test_another_key_is_noticed(people):
    """The same file is read again and every masked value becomes another one."""
    save(people, ROWS)
    people.sync(people.export)
    code = people.db.value("SELECT code FROM people WHERE rid = 'p1'")
    report = people.sync(people.export, env={"ARTSYNC_MASK_KEY": "another"})
    assert report["t"]["people"]["updated"] == 3 and people.db.value("SELECT code FROM people WHERE rid = 'p1'") != code


@pytest.mark.parametrize("dialect, encoding", [({"delimiter": ";"}, "utf-8"), ({"delimiter": "\t", "encoding": "UTF-16"}, "utf-16")])
def test_rejects_of_other_dialects_are_masked_too(people, dialect, encoding):
    mapping = json.loads((people.cwd / "base" / "base.json").read_text())
    mapping["csv"] = dialect
    (people.cwd / "base" / "base.json").write_text(json.dumps(mapping))
    lines = [HEADER, ",".join(["p1"] + ROWS["p1"][:-1] + ["worse"]), "p7,Wilhelmina,R4G3D"]
    (people.export / "p.csv").write_bytes("\n".join(lines).replace(",", dialect["delimiter"]).encode(encoding))
    people.sync(people.export, "--max-rejects", "90%", status=1)
    people.run("rejects", "--table", "people", "--csv", "fix.csv")
    text = everything(people) + (people.cwd / "fix.csv").read_bytes().decode("utf-16" if encoding == "utf-16" else "utf-8")
    assert "worse" in text and [secret for secret in SECRETS if secret in text] == []
