"""Databases with another encoding than UTF8: said by db migrate; a character that it lacks rejects its record, nothing more."""
import json

import pytest
from support import by_table

COLUMNS = {"name": ("text", "text"), "short": ("text", "varchar(5)"), "tags": ("list", "text[]"), "data": ("json", "jsonb"),
           "size": ("choice", "text")}
LATIN = {"name": "Café £", "short": "äöüßé", "tags": "Blå,Grün", "data": '{"a": "é\\u00e9"}', "size": "Größe"}
FOREIGN = {"name": "Łódź", "short": "日本", "tags": "Blå,Žluť", "data": '{"a": "\\u0141"}', "size": "Ω"}


@pytest.fixture(name="make")
def _make(cluster, art, tmp_path):
    made = []

    def make(encoding):
        made.append(cluster.create("template0 ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'" % encoding))
        art.db = made[-1]
        base = tmp_path / "base"
        base.mkdir()
        (base / "0001_t.sql").write_text("CREATE TABLE public.t (rid text PRIMARY KEY, %s);\n" % ", ".join(
            "%s %s" % (name, kind) for name, (_, kind) in COLUMNS.items()))
        columns = [{"column": name, "headers": [name], "type": field,
                    **({"choices": ["Größe", "Ω"]} if field == "choice" else {})} for name, (field, _) in COLUMNS.items()]
        (base / "base.json").write_text(json.dumps({"name": "enc", "tables": [
            {"table": "t", "file": "Łists.csv", "id": {"column": "rid", "headers": ["R"]}, "columns": columns}]}))
        return made[-1], base
    yield make
    for each in made:
        cluster.drop(each)


def write(folder, records):
    """Records by id; an unmapped header is not of the encoding either."""
    folder.mkdir(exist_ok=True)
    lines = ["R,Żółw," + ",".join(COLUMNS)]
    for key, cells in records.items():
        lines.append(",".join([key, "x"] + ['"%s"' % cells.get(name, "").replace('"', '""') for name in COLUMNS]))
    (folder / "Łists.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def sync(art, base, folder, *args):
    result = art.run("--base", base, "sync", "--json", "--max-rejects", "99%", "--export-dir", folder, *args)
    report = by_table(result.json)
    assert result.status == (1 if report["t"]["t"]["new_rejects"] else 0), result
    return report


def latin_records():
    records = {"good": LATIN, "plain": {"name": "Oslo"}, "ŁŁ": {"name": "id"}}
    for name in COLUMNS:
        records["bad_" + name] = {**LATIN, name: FOREIGN[name]}
    return records


def test_latin1(art, make, tmp_path):
    db, base = make("LATIN1")
    migrated = art.ok("--base", base, "db", "migrate")
    assert "has the encoding LATIN1: a record with a character that LATIN1 lacks is rejected" in migrated.err
    folder = write(tmp_path / "in", latin_records())
    report = sync(art, base, folder)
    assert (report["t"]["t"]["created"], report["t"]["t"]["rejected"]) == (2, 1 + len(COLUMNS))
    assert db.row("SELECT name, short, tags, data ->> 'a' AS a, size FROM t WHERE rid = 'good'") == {
        "name": LATIN["name"], "short": LATIN["short"], "tags": ["Blå", "Grün"], "a": "éé", "size": "Größe"}
    rejects = {(r["id"] or "", r["column"]): r for r in report["rejects"]}
    bad = rejects["bad_name", "name"]
    assert (bad["code"], bad["line"], bad["value"]) == ("character_not_in_encoding", 5, "U+0141ódU+017A")
    assert "has the character U+0141, which the database's encoding LATIN1 lacks" in bad["reason"]
    assert {column for _, column in rejects} == {"rid", *COLUMNS}
    art.ok("--base", base, "rejects", "--table", "t", "--csv", tmp_path / "back.csv")
    assert "Łódź" in (tmp_path / "back.csv").read_text(encoding="utf-8")  # the source's own bytes
    for mode in ("incremental", "merge", "full"):
        again = sync(art, base, folder, "--mode", mode)["t"]["t"]
        assert (again["created"], again["updated"], again["new_rejects"]) == (0, 0, 0), (mode, again)


def test_latin1_in_every_mode(art, make, tmp_path):
    db, base = make("LATIN1")
    art.ok("--base", base, "db", "migrate")
    records = {"r%d" % i: {**LATIN, "name": "n%d" % i} for i in range(3)}
    sync(art, base, write(tmp_path / "in", records))
    for mode in ("incremental", "merge", "full"):
        records["r0"] = {**LATIN, "name": "Łódź " + mode}
        records["r1"] = {**LATIN, "name": "Århus " + mode}
        records["new " + mode] = {**LATIN, "name": "Ñ"}
        records["bad " + mode] = {**LATIN, "name": "Ł"}
        report = sync(art, base, write(tmp_path / "in", records), "--mode", mode)
        assert report["t"]["t"]["created"] == 1, (mode, report["t"]["t"])
        assert db.value("SELECT name FROM t WHERE rid = 'r0'") == "n0"
        assert db.value("SELECT count(*) FROM t WHERE rid = 'bad " + mode + "'") == 0
    assert db.value("SELECT name FROM t WHERE rid = 'r1'") == "Århus full"
    assert "Århus full" in art.ok("--base", base, "history", "--table", "t", "--record", "r1").out
    out = tmp_path / "out"
    art.ok("--base", base, "export", "--dir", out)
    for mode in ("incremental", "merge", "full"):
        assert sync(art, base, out, "--mode", mode)["t"]["t"]["updated"] == 0


def test_sql_ascii(art, make, tmp_path):
    db, base = make("SQL_ASCII")
    assert "has the encoding SQL_ASCII: it stores the bytes of UTF-8 as they are" in art.ok("--base", base, "db", "migrate").err
    records = {"good": {**LATIN, "short": "日"}, "foreign": {**FOREIGN, "data": '{"a": "Ł"}', "short": "ß"},
               "long": {"short": "äöü"}}
    report = sync(art, base, write(tmp_path / "in", records))
    assert (report["t"]["t"]["created"], report["t"]["t"]["rejected"]) == (2, 1)
    reject = report["rejects"][0]
    assert (reject["code"], reject["column"], reject["value"]) == ("too_long", "short", "äöü")
    assert "6 bytes" in reject["reason"]
    assert db.value("SELECT pg_catalog.encode(name::bytea, 'escape') FROM t WHERE rid = 'foreign'") == r"\305\201\303\263d\305\272"
    for mode in ("incremental", "merge", "full"):
        again = sync(art, base, tmp_path / "in", "--mode", mode)["t"]["t"]
        assert (again["created"], again["updated"], again["new_rejects"]) == (0, 0, 0), (mode, again)
