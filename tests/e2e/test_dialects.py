"""CSV as people have it: other delimiters and encodings, patterns of names, standard input, files that Excel has damaged."""
import codecs
import hashlib
import json
import os

import pytest
import support
from support import by_table, counts

HEADER = ["ID", "Name", "Code", "Sold", "N"]
ROWS = [["r1", "Café, \"Größe\"", "007", "2024-10-07", "1"], ["r2", "semi;colon\nline", "", "", "2"],
        ["r3", "5 €", "12", "2024-01-02", ""]]


def text(rows, delimiter=",", header=tuple(HEADER)):
    def cell(value):
        return '"%s"' % value.replace('"', '""') if any(c in value for c in delimiter + '"\r\n') else value
    return "\n".join(delimiter.join(map(cell, row)) for row in [header, *rows])


class Place:
    """A base of one table, its folder `in` with the export, and its database."""

    def __init__(self, folder, db):
        self.art, self.db, self.folder = support.Artsync(folder, db), db, folder
        (folder / "base").mkdir()
        (folder / "in").mkdir()
        (folder / "base" / "0001_t.sql").write_text(
            "CREATE TABLE t (rid text PRIMARY KEY, name text, code text, sold date, n integer);")
        self.base()
        self.run("db", "migrate")

    def base(self, csv=None, file="t.csv", **columns):
        table = {"table": "t", "file": file, "id": {"column": "rid", "headers": ["ID"]}, "columns": [
            {"column": c, "headers": [c.capitalize()], "type": t, **columns.get(c, {})}
            for c, t in {"name": "text", "code": "text", "sold": "date", "n": "integer"}.items()]}
        if csv is not None:
            table["csv"] = csv
        (self.folder / "base" / "base.json").write_text(json.dumps({"name": "dial", "tables": [table]}))

    def put(self, data, name="t.csv"):
        (self.folder / "in" / name).write_bytes(data)

    def run(self, *args, status=0, **kwargs):
        return self.art.ok("--base", self.folder / "base", *args, status=status, **kwargs)

    def sync(self, *args, status=0):
        return by_table(self.run("sync", "--json", "--export-dir", self.folder / "in", *args, status=status).json)

    def error(self, *args, status=4):
        return support.error_of(self.run("sync", "--json", "--export-dir", self.folder / "in", *args, status=status))

    def names(self):
        return self.db.column("SELECT name FROM t ORDER BY rid")


@pytest.fixture(name="place")
def _place(tmp_path, empty):
    return Place(tmp_path, empty)


NAMES = [row[1] for row in ROWS]
FORMS = {  # "csv", bytes in front, Python's encoding, delimiter; what the report says
    "semicolons": ({"delimiter": ";"}, b"", "utf-8", ";", "UTF-8"),
    "tabs": ({"delimiter": "\t"}, b"", "utf-8", "\t", "UTF-8"),
    "bars, with a mark": ({"delimiter": "|"}, codecs.BOM_UTF8, "utf-8", "|", "UTF-8"),
    "windows-1252": ({"encoding": "windows-1252", "delimiter": ";"}, b"", "cp1252", ";", "windows-1252"),
    "ISO-8859-15": ({"encoding": "ISO-8859-15"}, b"", "iso-8859-15", ",", "ISO-8859-15"),
    "Excel's Unicode text": ({"encoding": "UTF-16", "delimiter": "\t"}, codecs.BOM_UTF16_LE, "utf-16-le", "\t", "UTF-16"),
    "UTF-16 without a mark": ({"encoding": "UTF-16"}, b"", "utf-16-be", ",", "UTF-16"),
    "UTF-16BE": ({"encoding": "UTF-16BE"}, codecs.BOM_UTF16_BE, "utf-16-be", ",", "UTF-16BE"),
    "UTF-32": ({"encoding": "UTF-32"}, codecs.BOM_UTF32_LE, "utf-32-le", ",", "UTF-32"),
    "a stateful encoding": ({"encoding": "UTF-7"}, b"", "utf-7", ",", "UTF-7"),
    "auto: UTF-16": ({"encoding": "auto", "delimiter": "auto"}, codecs.BOM_UTF16_LE, "utf-16-le", "\t", "UTF-16LE"),
    "auto: UTF-8": ({"encoding": "auto", "delimiter": "auto"}, b"", "utf-8", ";", "UTF-8"),
    "auto: windows-1252": ({"encoding": "auto", "delimiter": "auto"}, b"", "cp1252", "|", "windows-1252"),
    "auto: commas": ({"encoding": "auto", "delimiter": "auto"}, b"", "cp1252", ",", "windows-1252"),
    "sep=; against the key": ({"delimiter": ","}, b"sep=;\r\n", "utf-8", ";", "UTF-8"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(place, form):
    """Read, found, skipped when unchanged, and the same as what any other form of the content says; parity agrees."""
    csv, front, encoding, delimiter, reported = FORMS[form]
    place.base(csv)
    data = front + text(ROWS, delimiter).encode(encoding)
    place.put(data)
    table = place.sync()["t"]["t"]
    assert (table["encoding"], table["delimiter"], table["created"]) == (reported, delimiter, 3)
    assert table["sha256"] == hashlib.sha256(data).hexdigest()
    assert place.names() == NAMES
    table = place.sync()["t"]["t"]
    assert (table["skipped"], table["encoding"], table["delimiter"]) == (True, reported, delimiter)
    assert place.sync("--mode", "merge")["t"]["t"]["unchanged"] == 3
    assert place.run("validate", "--parity", "--json", "--export-dir", place.folder / "in").json["status"] == "pass"
    place.run("export", "--dir", "out")
    assert place.sync("--mode", "merge", "--dry-run", "--file", "t=out/t.csv")["t"]["t"]["unchanged"] == 3
    if csv.get("encoding") != "auto" and not form.startswith("sep="):
        out = (place.folder / "out" / "t.csv").read_bytes()
        assert delimiter.join(HEADER[1:]).encode("utf-16-le" if reported == "UTF-16" else encoding)[:20] in out


@pytest.mark.parametrize("data, says, key", ids=range(7), argvalues=[
    (text(ROWS, ";").encode(), "separated by semicolons", '"csv": {"delimiter": ";"}'),
    (text(ROWS, "\t").encode(), "separated by tabs", '"csv": {"delimiter": "\\t"}'),
    (text([["r1", "a,b", "", "", ""]], ";", ["ID", "Name", "Code", "Sold,", "N"]).encode(), "semicolons", '"delimiter": ";"'),
    (codecs.BOM_UTF16_LE + text(ROWS, "\t").encode("utf-16-le"), "it is UTF-16", '"csv": {"encoding": "UTF-16"}'),
    (text(ROWS).encode("utf-16-be"), "it is UTF-16", '"csv": {"encoding": "UTF-16"}'),
    (text(ROWS).encode("cp1252"), "not UTF-8", '"csv": {"encoding": "windows-1252"}'),
    (text([["r1", "plain", "", "", ""]], header=[*HEADER, "Größe"]).encode("cp1252"), "not UTF-8", '"windows-1252"'),
])
def test_without_the_key_a_file_of_another_form_names_it(place, data, says, key):
    place.put(data)
    code, message, hint = (place.error()[k] for k in ("code", "message", "hint"))
    assert code == "csv" and says in message and "t.csv" in message and key in hint and "table t in base.json" in hint
    assert place.db.value("SELECT count(*) FROM t") == 0


def test_one_bad_byte_is_one_reject(place):
    for csv in (None, {"encoding": "auto"}):
        place.base(csv)
        place.put(text(ROWS).encode() + b"\nr9,caf\xe9,,,")
        report = place.sync("--max-rejects", "99%", status=0 if csv else 1)
        assert [(r["code"], r["line"]) for r in report["rejects"]] == [("invalid_utf8", 6)]
    place.put(text([ROWS[0], ["r9", "x", "", "", ""]]).replace("x", "caf~").encode("ascii", "ignore").replace(b"~", b"\xe9"))
    place.base()
    assert place.sync("--max-rejects", "99%")["t"]["t"]["rejected"] == 1


@pytest.mark.parametrize("csv, data, says", ids=range(9), argvalues=[
    ({"encoding": "windows-1252"}, text(ROWS).encode(), "it is UTF-8, not windows-1252"),
    ({"encoding": "UTF-16"}, text(ROWS).encode(), "it is UTF-8, not UTF-16"),
    ({"encoding": "UTF-16"}, codecs.BOM_UTF16_LE + text(ROWS).encode("utf-16-le")[:-1],
     "record 3 (line 5): it ends in the middle of a character of UTF-16LE, at byte %d"),
    ({"encoding": "UTF-16"}, codecs.BOM_UTF16_LE + (text(ROWS) + "\nr4,").encode("utf-16-le") + b"\x00\xdc",
     "record 4 (line 6): byte %d is no character of UTF-16LE"),
    ({"encoding": "windows-1252"}, b"ID,Name\nr1,a\nr2,\x81\n", "record 2 (line 3): byte 17 is no character of windows-1252"),
    ({"encoding": "UTF-16"}, codecs.BOM_UTF16_LE + "ID,Name\nr1,a\0b\n".encode("utf-16-le"), "record 1 (line 2): a NUL byte"),
    ({"encoding": "UTF-16BE"}, codecs.BOM_UTF16_LE + text(ROWS).encode("utf-16-le"), "it is UTF-16 (little endian), not UTF-16BE"),
    ({"encoding": "windows-1252"}, codecs.BOM_UTF8 + text(ROWS).encode(), "it is UTF-8, not windows-1252"),
    ({"delimiter": ";"}, text(ROWS).encode(), "separated by commas, not by semicolons"),
])
def test_what_cannot_be_decoded_ends_the_sync_at_its_place(place, csv, data, says):
    place.base(csv)
    place.put(data)
    says = says % (len(data) - ("no character" in says)) if "%d" in says else says
    error = place.error()
    assert error["code"] == "csv" and "in/t.csv: " in error["message"] and says in error["message"]
    assert place.db.value("SELECT count(*) FROM t") == 0


@pytest.mark.parametrize("form", ["windows-1252", "Excel's Unicode text", "auto: windows-1252", "sep=; against the key"])
def test_rejects_are_written_in_the_tables_own_form_and_read_back(place, form):
    csv, front, encoding, delimiter, _ = FORMS[form]
    place.base(csv)
    rows = ROWS + [["r%d" % i, "Größe; | \"%d\", €\nx" % i, "", "no date", ""] for i in (4, 5)]
    place.put(front + text(rows, delimiter).encode(encoding))
    report = place.sync("--max-rejects", "99%", status=1)
    assert [(r["id"], r["record"], r["line"]) for r in report["rejects"]] == [("r4", 4, 6 + form.startswith("sep")),
                                                                              ("r5", 5, 8 + form.startswith("sep"))]
    place.run("rejects", "--table", "t", "--csv", "fixed.csv")
    fixed = (place.folder / "fixed.csv").read_bytes()
    assert b"no date" in fixed.replace(b"\0", b"")
    if csv.get("encoding") not in (None, "auto"):
        assert "Größe".encode("utf-16-le" if csv["encoding"] == "UTF-16" else encoding) in fixed
    wide = "utf-16-le" if csv.get("encoding") == "UTF-16" else "ascii"
    (place.folder / "fixed.csv").write_bytes(fixed.replace("no date".encode(wide), "2024-02-03".encode(wide)))
    assert counts(place.sync("--file", "t=fixed.csv"), "t", "created", "rejected") == (2, 0)
    assert place.names()[3:] == ["Größe; | \"%d\", €\nx" % i for i in (4, 5)]
    assert place.run("rejects", "--json").json["rejects"] == []


def test_export_refuses_what_the_encoding_lacks(place):
    place.base({"encoding": "windows-1252"})
    place.db.run("INSERT INTO t (rid, name) VALUES ('r1', 'fine'), ('r2', 'Łódź')")
    error = support.error_of(place.run("export", "--dir", "out", "--json", status=4))
    assert "record r2: the encoding windows-1252 lacks the character U+0141" in error["message"]
    assert not (place.folder / "out").exists()


def test_the_newest_file_that_fits_a_pattern(place):
    place.base(file=["t*.csv", "other.csv"])
    for at, name in enumerate(["t.csv", "t (2).csv", "t (1).csv", "other.txt", "ot.csv"]):
        place.put(text(ROWS[:at + 1]).encode(), name)
        os.utime(place.folder / "in" / name, (1000 + at, 1000 + at))
    (place.folder / "in" / "t folder.csv").mkdir()
    os.mkfifo(place.folder / "in" / "t fifo.csv")
    (place.folder / "in" / "t nothing.csv").symlink_to("nowhere")
    for number in range(10000):
        (place.folder / "in" / ("x%d.csv" % number)).touch()
    table = place.sync()["t"]["t"]
    assert (table["file"], table["read"]) == ("t (1).csv", 3)
    assert place.run("status", "--json", "--export-dir", "in").json["tables"][0]["file"] == "t (1).csv"
    assert "t (1).csv" in place.run("sync", "--export-dir", "in", "--mode", "merge").out
    place.run("export", "--dir", "out")
    assert os.listdir(place.folder / "out") == ["t.csv"]
    os.utime(place.folder / "in" / "t (2).csv", (1002, 1002))
    error = place.error(status=2)
    assert "t (1).csv" in error["message"] and "t (2).csv" in error["message"] and "--file" in error["hint"]
    assert place.sync("--file", "t=in/t (2).csv")["t"]["t"]["read"] == 2
    for name in ("t.csv", "t (1).csv", "t (2).csv"):
        (place.folder / "in" / name).unlink()
    assert '"t*.csv" or "other.csv"' in place.error(status=2)["message"]
    place.base(file="t*.csv")  # a name, not a list of patterns
    assert place.error(status=2)["hint"] == 'to mean a pattern, write a list in base.json: "file": ["t*.csv"]'


@pytest.mark.parametrize("file, says", [
    (["../t*.csv"], "must be a file name, not a path"), (["/etc/*"], "must be a file name, not a path"), ([".."], "must be"),
    ([], "must not be empty"), (["a*" * 200], "longer than 255"), ([7], "must be a string"), (["t*", "t*"], "given twice"),
])
def test_patterns_that_are_refused(place, file, says):
    place.base(file=file)
    assert says in place.run("base", "check", status=1).out


def test_keys_that_are_refused(place):
    place.base({"delimiter": "tab", "encoding": "UTF-9", "quote": "'"})
    told = place.run("base", "check", status=1).out
    assert all(says in told for says in ('"\\t" (a tab)', '"UTF-9" is no character encoding', 'unknown key "quote"'))
    place.base({"encoding": "ASCII//IGNORE"})
    assert "is no character encoding" in place.run("base", "check", status=1).out


def test_standard_input(place):
    place.base({"encoding": "auto", "delimiter": "auto"})
    data = text(ROWS + [["r4", "x", "", "no date", ""]], ";").encode("cp1252")
    place.put(data)
    pipe = ("sh", "-c", "cat in/t.csv | exec \"$0\" \"$@\"")
    child = place.art.start("--base", "./base", "sync", "--json", "--file", "t=-", "--max-rejects", "99%", through=pipe)
    result = place.art.finish(child)
    assert result.status == 1, result
    report = by_table(result.json)
    assert report["t"]["t"]["file"] == "stdin" and report["t"]["t"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert counts(report, "t", "created", "rejected") == (3, 1) and place.names() == NAMES
    assert place.run("history", "last", "--json").status == 0
    place.run("rejects", "--table", "t", "--csv", "fixed.csv")
    child = place.art.start("--base", "./base", "sync", "--file", "t=-", through=("sh", "-c", "printf '' | exec \"$0\" \"$@\""))
    result = place.art.finish(child)
    assert result.status == 4 and "stdin: the file is empty" in result.err


def notices(text):
    return [line.strip().removeprefix("artsync: ").removeprefix("warning: ") for line in text.splitlines() if "Excel" in line
            and ": " in line]


def test_an_id_without_its_zeros(place):
    place.put(text([["0042", "x", "", "", ""]]).encode())
    place.sync()
    place.put(text([["42", "x", "", "", ""], ["43", "y", "", "", ""]]).encode())
    result = place.run("sync", "--export-dir", "in")
    assert notices(result.out) == ['t.rid: line 2, header "ID": 42 was 0042 before: Excel takes leading zeros away']


def test_what_excel_did_is_told_with_line_and_header(place):
    """Never corrected: what is no date is a reject, what is text or a number is read as it is."""
    place.put(text([["r1", "x", "00123", "2024-10-07", "1"], ["r2", "y", "007", "", "2"]]).encode())
    place.sync()
    damaged = [["r1", "########", "123", "45567", "1.2E+05"], ["r2", "4.00638E+12", "7", "", "2"]]
    damaged += [["4E+12", "z", "", "", ""]]
    place.put(text(damaged).encode())
    told = ['t.rid: line 4, header "ID": 4E+12 looks like a long number that Excel has rounded',
            't.name: line 2, header "Name": ######## is what Excel shows where a column is too narrow for its value',
            't.code: line 2, header "Code": 123 was 00123 before: Excel takes leading zeros away',
            't.sold: line 2, header "Sold": 45567 looks like the number under which Excel keeps a date',
            't.n: line 2, header "N": 1.2E+05 looks like a long number that Excel has rounded',
            't.name: line 3, header "Name": 4.00638E+12 looks like a long number that Excel has rounded',
            't.code: line 3, header "Code": 7 was 007 before: Excel takes leading zeros away']
    place.base(sold={"on_invalid": "null"})
    for args in (["diff"], ["sync", "--dry-run", "--json"], ["sync", "--dry-run", "--quiet"]):
        result = place.run(*args, "--export-dir", "in")
        assert sorted(notices(result.out + result.err)) == sorted(told), result
    place.base()
    result = place.run("sync", "--export-dir", "in", "--max-rejects", "0", status=4)
    assert told[3] in notices(result.out + result.err), result
    place.base(sold={"on_invalid": "null"})
    place.sync()
    assert place.db.column("SELECT concat_ws('|', name, code, n) FROM t ORDER BY rid") == [
        "z", "########|123|120000", "4.00638E+12|7|2"]
    assert notices(place.run("sync", "--export-dir", "in").out) == []
