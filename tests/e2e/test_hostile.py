"""Hostile and broken files: each gets the right status and a message that says what to do, and nothing changes."""
import csv
import gzip
import os
import shutil
import socket

import pytest
from support import BINARY, ROOT, error_of

FILE = "Editions-All Records.csv"
HEADER = b"Print - Edition,Print,Print Edition,record_id,print_record_id"
ROW = b"Harbour - 1,Harbour,1,recE1000000000000,recHarbour0000000"


def text(*lines):
    return b"\xef\xbb\xbf" + b"\n".join(lines)


# name: (bytes, status, words of the message or hint)
BYTES = {
    "empty": (b"", 4, ["empty"]),
    "only a BOM": (b"\xef\xbb\xbf", 4, [FILE]),
    "UTF-16 with a BOM": (text(HEADER, ROW).decode("utf-8-sig").encode("utf-16"), 4, ["UTF-16", "UTF-8"]),
    "UTF-16 without a BOM": (text(HEADER, ROW).decode("utf-8-sig").encode("utf-16-le"), 4, ["UTF-16"]),
    "UTF-32": (text(HEADER, ROW).decode("utf-8-sig").encode("utf-32"), 4, ["UTF-32"]),
    "gzip": (gzip.compress(text(HEADER, ROW)), 4, ["gzip"]),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 60, 4, [FILE]),
    "semicolons": (text(HEADER.replace(b",", b";"), ROW.replace(b",", b";")), 4, ["semicolons"]),
    "tabs": (text(HEADER.replace(b",", b"\t"), ROW.replace(b",", b"\t")), 4, ["tab"]),
    "NUL": (text(HEADER, ROW.replace(b"Harbour,1", b"Har\0bour,1")), 4, ["NUL", "line 2"]),
    "unclosed quote": (text(HEADER, ROW, b'"Harbour - 2,Harbour,2,recE2000000000000,'), 4, ["quote", "line 3"]),
    "text behind a quote": (text(HEADER, b'"Harbour" - 1,Harbour,1,recE1000000000000,'), 4, ["quot", "line 2"]),
    "repeated header": (text(HEADER + b",Print", ROW + b",x"), 4, ["Print"]),
    "two headers for one column": (text(HEADER + b",print  EDITION", ROW + b",1"), 4, ["print  EDITION"]),
    "required header missing": (text(HEADER.replace(b"Print,", b"Prunt,", 1), ROW).replace(b"print_record_id", b"other"), 4,
                                ["Prunt"]),
    "10,000 columns": (text(b",".join(b"c%d" % i for i in range(10000)), ROW), 4, [FILE]),
    "a cell over the limit": (text(HEADER, b'"' + b"x" * (17 << 20) + b'",Harbour,1,recE1000000000000,'), 4, ["line 2"]),
}


@pytest.fixture
def broken(art_loaded, tmp_path):
    """Runs a sync whose editions file is what the test makes of it, and checks that nothing changed."""
    folder = tmp_path / "export"
    folder.mkdir()
    db = art_loaded.db

    class Broken:
        path = folder / FILE

        def refused(self, status, words):
            before = db.versions(), db.history()
            result = art_loaded.run("sync", "--json", "--export-dir", folder, "--table", "editions")
            assert result.status == status, result
            error = error_of(result)
            told = error["message"] + " " + (error["hint"] or "")
            for word in words:
                assert word in told, (word, told)
            assert (db.versions(), db.history()) == before
            assert not db.logs("status IN ('running') OR (status = 'completed' AND id > 3)")

    return Broken()


@pytest.mark.parametrize("name", BYTES)
def test_broken_bytes(broken, name):
    data, status, words = BYTES[name]
    broken.path.write_bytes(data)
    broken.refused(status, words)


def test_directory(broken):
    broken.path.mkdir()
    broken.refused(4, [FILE])


def test_fifo_does_not_hang(broken):
    os.mkfifo(broken.path)
    broken.refused(4, [FILE])


def test_device(broken):
    broken.path.symlink_to("/dev/zero")
    broken.refused(4, [FILE])


def test_socket(broken, short_dir):
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(short_dir / "s"))
    broken.path.symlink_to(short_dir / "s")
    broken.refused(4, [FILE])
    made.close()


def test_symlink_loop(broken):
    broken.path.symlink_to(broken.path)
    broken.refused(4, [FILE])


def test_dangling_symlink(broken, tmp_path):
    broken.path.symlink_to(tmp_path / "nowhere")
    broken.refused(2, [FILE])


def test_browser_copy_is_pointed_at(broken):
    (broken.path.parent / "Editions-All Records (1).csv").write_bytes(text(HEADER, ROW))
    broken.refused(2, ["Editions-All Records (1).csv"])


def test_header_only_is_fine(art_loaded, tmp_path):
    (tmp_path / FILE).write_bytes(text(HEADER))
    report = art_loaded.sync(tmp_path, "--table", "editions")
    assert report["t"]["editions"]["read"] == 0


@pytest.mark.parametrize("command", [["sync", "--force"], ["sync", "--force", "--dry-run"], ["diff", "--force"]])
def test_header_only_in_mode_full(art_loaded, tmp_path, command):
    """--force: the table is really empty now, and every row that a sync wrote becomes inactive."""
    (tmp_path / FILE).write_bytes(text(HEADER))
    active = art_loaded.db.value("SELECT count(*) FROM editions WHERE is_active")
    result = art_loaded.ok(*command, "--json", "--mode", "full", "--table", "editions", "--export-dir", tmp_path)
    assert result.json["tables"][0]["deactivated"] == active > 0
    left = 0 if command == ["sync", "--force"] else active
    assert art_loaded.db.value("SELECT count(*) FROM editions WHERE is_active") == left


# ---- well-formed files with bad records: only those are rejected ----

PRINT = "SELECT airtable_id, name FROM prints ORDER BY id LIMIT 1"


def lines(art, *records):
    """An editions file of the first print: (number, notes as bytes, more cells)."""
    found = art.db.row(PRINT)
    rows = [b"%s - %s,%s,%s,recX%013d,%s,%s" % (
        found["name"].encode(), number, b'"' + found["name"].encode().replace(b'"', b'""') + b'"', number, i,
        found["airtable_id"].encode(), notes) for i, (number, notes) in enumerate(records)]
    return [HEADER + b",Notes"] + rows


@pytest.mark.parametrize("notes, code", [
    (b"\xff\xfe", "invalid_utf8"), (b"caf\xc3", "invalid_utf8"), (b"\xc0\xaf", "invalid_utf8"),
    (b"\xed\xa0\x80", "invalid_utf8"), (b"\xf4\x90\x80\x80", "invalid_utf8"), (b"one,two", "wrong_field_count"),
])
def test_bad_record_among_good_ones(art_loaded, tmp_path, notes, code):
    (tmp_path / FILE).write_bytes(text(*lines(art_loaded, (b"901", b"fine"), (b"902", notes), (b"903", b"fine"))))
    report = art_loaded.sync(tmp_path, "--table", "editions", status=1)
    assert [(r["code"], r["record"], r["line"]) for r in report["rejects"]] == [(code, 2, 3)]
    assert report["t"]["editions"]["created"] == 2


def test_mixed_line_ends_and_blank_lines(art_loaded, tmp_path):
    header, first, second, third = lines(art_loaded, (b"901", b"a"), (b"902", b'"two\r\nlines"'), (b"903", b"c"))
    (tmp_path / FILE).write_bytes(header + b"\r\n" + first + b"\n\n\n" + second + b"\r" + third + b"\r\n\r\n")
    report = art_loaded.sync(tmp_path, "--table", "editions")
    assert report["t"]["editions"]["created"] == 3
    assert art_loaded.db.value("SELECT notes FROM editions WHERE airtable_id = 'recX0000000000001'") == "two\nlines"


def test_a_cell_of_megabytes_is_kept(art_loaded, tmp_path):
    (tmp_path / FILE).write_bytes(text(*lines(art_loaded, (b"901", b"x" * (10 << 20)))))
    art_loaded.sync(tmp_path, "--table", "editions")
    assert art_loaded.db.value("SELECT length(notes) FROM editions WHERE airtable_id = 'recX0000000000000'") == 10 << 20


def test_copy_end_marks_are_data(art_loaded, tmp_path):
    (tmp_path / FILE).write_bytes(text(*lines(art_loaded, (b"901", b"\\."), (b"902", b"\\N"), (b"903", b"a\\tb\\\\"))))
    art_loaded.sync(tmp_path, "--table", "editions")
    assert art_loaded.db.column("SELECT notes FROM editions WHERE airtable_id LIKE 'recX000000000%' ORDER BY airtable_id") == \
        ["\\.", "\\N", "a\\tb\\\\"]


def test_the_other_tables_stay_too(art_loaded, tmp_path):
    """One broken file fails the whole sync: no part of it is visible."""
    later = tmp_path / "later"
    shutil.copytree(ROOT / "tests" / "export_later", later)
    with open(later / FILE, "ab") as file:
        file.write(b'\n"unclosed')
    before = art_loaded.db.versions()
    assert art_loaded.run("sync", "--export-dir", later).status == 4
    assert art_loaded.db.versions() == before


MARKS = "\u0301\u0316" * 200000  # sorting so many takes minutes; one run of them is refused unsorted


def test_marks_without_end_are_refused_wherever_they_are(art_loaded, tmp_path):
    """In a header, in link, choice and text cells: only the records that hold them are rejected."""
    db = art_loaded.db
    oak = db.row(PRINT)
    header = ["Print - Edition", "Print", "Print Edition", "record_id", "Size", "Notes", "Extra" + MARKS]
    rows = [(f"{oak['name']} - 901", oak["name"], 901, "recX0000000000001", "Small", "plain", ""),
            (f"{oak['name']} - 902", oak["name"], 902, "recX0000000000002", "Small" + MARKS, "", ""),
            (f"{oak['name']} - 903", oak["name"], 903, "recX0000000000003", "", "a" + MARKS, ""),
            (f"{oak['name']} - 904", oak["name"] + MARKS, 904, "recX0000000000004", "", "", ""),
            (f"{oak['name']}{MARKS} - 905", oak["name"], 905, "recX0000000000005", "", "", "")]
    with open(tmp_path / FILE, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    art_loaded.sync(tmp_path, "--force", "--table", "editions", status=1)
    assert db.column("SELECT airtable_id FROM editions WHERE airtable_id LIKE 'recX0%%' ORDER BY 1") == [rows[0][3]]
    rejects = db.rows("SELECT column_name, code, reason FROM artsync.rejects ORDER BY line")
    assert [r["column_name"] for r in rejects] == ["size", "notes", "print_id", "edition_display_name"]
    assert {(r["code"], r["reason"]) for r in rejects} == {("invalid_value", "has more than 30 combining marks in a row")}


def test_large_rejected_records_are_taken_one_at_a_time(art, db, shop):
    """Ten records of 8 MB, each refused: what is in memory does not grow with their number."""
    shop.save()
    with open(shop.file("editions"), "wb") as file:
        file.write(HEADER + b",Retail Price\n")
        for i in range(10):
            file.write(b"Harbour - %d,Harbour,%d,recX%013d,recHarbour0000000," % (i, i, i) + b"9" * 8000000 + b"\n")
    child = art.start("sync", "--quiet", "--force", "--export-dir", shop.path)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 1, child.stderr.read()
    assert db.value("SELECT count(*) FROM artsync.rejects WHERE length(source) > 8000000") == 10
    sanitized = b"__asan_init" in open(BINARY, "rb").read()
    assert usage.ru_maxrss < (1500 if sanitized else 180) * 1024
