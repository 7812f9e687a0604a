"""What cannot work ends with one clear message, a hint, the right exit status, and nothing changed."""
import json
import shutil

import pytest
import support
from support import ROOT, TABLES, error_of

DEMO = ROOT / "airtable_export"


class Untouched:
    """Around a run that has to leave everything as it was (but for sequences, which PostgreSQL does not roll back)."""

    def __init__(self, db, logs=False):
        self.db, self.logs = db, logs

    def __enter__(self):
        self.before = self.look()

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.look() == self.before

    def look(self):
        logs = self.db.logs() if self.logs else None
        return self.db.versions(), self.db.snapshot(), self.db.history(), logs


def refused(art, status, *args, says=(), hint=None, **kwargs):
    """The same refusal as text and as JSON."""
    text = art.ok(*args, status=status, **kwargs)
    grants = [line for line in text.err.splitlines() if line.startswith("    GRANT ")]
    assert text.out == "" and len(text.err.strip().splitlines()) - len(grants) <= 6, text
    for word in says:
        assert word in text.err, text
    error = error_of(art.ok(*args, "--json", status=status, **kwargs))
    for word in says:
        assert word in error["message"], error
    if hint is not None:
        assert error["hint"] and hint in error["hint"] and hint in text.err, (error, text)
    return error


@pytest.mark.parametrize("args,says,hint", [
    (["sync", "--dry-rnu"], ["--dry-rnu"], "--dry-run"),
    (["snyc"], ["snyc"], "sync"),
    (["sync", "--mode", "incremantal"], ["incremantal"], "incremental"),
    (["sync", "--max-rejects", "ten"], ["ten"], None),
    (["sync", "--on-conflict", "mine"], ["mine"], "export"),
    (["sync", "--wait", "-1"], ["-1"], None),
    (["sync", "--table", "printz"], ["printz"], "prints"),
    (["sync", "--file", "printz=x.csv"], ["printz"], "prints"),
    (["sync", "--file", "prints"], ["prints", "TABLE=PATH"], None),
    (["sync", "extra"], ["extra"], None),
    (["sync", "--base", "no-such-base"], ["no-such-base"], None),
    (["rollback"], [], None),
    (["rollback", "no-such-sync"], ["no-such-sync"], None),
    (["history", "no-such-sync"], ["no-such-sync"], None),
])
def test_usage(art, db, args, says, hint):
    with Untouched(db, logs=True):
        where = ["--export-dir", DEMO] if args[0] == "sync" and "--file" not in args else []
        refused(art, 2, *args, *where, says=says, hint=hint)


def test_missing_folder(art, db, tmp_path):
    with Untouched(db, logs=True):
        refused(art, 2, "sync", "--export-dir", tmp_path / "nowhere", says=["nowhere"])


def test_missing_file(art, db, tmp_path):
    """A mapped table's file that is not there: a hint names the one that looks like it."""
    folder = tmp_path / "export"
    shutil.copytree(DEMO, folder)
    (folder / "Editions-All Records.csv").rename(folder / "Editions-All Records (1).csv")
    with Untouched(db, logs=True):
        refused(art, 2, "sync", "--export-dir", folder, says=["Editions-All Records.csv"],
                hint="Editions-All Records (1).csv")


def test_unreachable_server(art, tmp_path):
    url = "postgresql:///art?host=%s&port=5432" % tmp_path
    refused(art, 3, "sync", "--export-dir", DEMO, says=[str(tmp_path)], url=url)
    refused(art, 3, "stats", url="postgresql://someone:s3cret@127.0.0.1:1/art", says=["127.0.0.1"])


def test_no_secret_is_shown(art):
    result = art.ok("sync", "--export-dir", DEMO, "-v", status=3, url="postgresql://a:s3cret@127.0.0.1:1/art")
    assert "s3cret" not in result.out + result.err


def test_unknown_database(art, cluster):
    refused(art, 3, "sync", "--export-dir", DEMO, url=cluster.url("artsync_no_such_db"), says=["artsync_no_such_db"])


def test_unmigrated_database(art, empty):
    art.db = empty
    for args in (["sync", "--export-dir", DEMO], ["stats"], ["history"], ["diff", "--export-dir", DEMO]):
        error = refused(art, 3, *args, hint="artsync db migrate")
        assert error["code"] == "schema"
    assert empty.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0


def test_read_only_role(art, db, cluster):
    role = "artsync_reader"
    if not db.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        cluster.execute("CREATE ROLE %s LOGIN" % role)
    db.run("GRANT USAGE ON SCHEMA public, artsync TO " + role)
    db.run("GRANT SELECT ON ALL TABLES IN SCHEMA public, artsync TO " + role)
    with Untouched(db, logs=True):
        error = refused(art, 3, "sync", "--export-dir", DEMO, url=cluster.url(db.name, role), says=["lacks privileges"],
                        hint="GRANT INSERT, UPDATE ON TABLE public.prints")
        assert error["code"] == "privilege"
    assert art.ok("stats", "--json", url=cluster.url(db.name, role)).json["tables"][0]["rows"] == 0


def test_read_only_database(art, db, cluster):
    db.run("ALTER DATABASE %s SET default_transaction_read_only = on" % db.name)
    with Untouched(db, logs=True):
        assert art.run("sync", "--export-dir", DEMO, "--json").status == 3


@pytest.mark.parametrize("before,after,says", [
    ('"type": "integer", "min": 0', '"tpye": "integer", "min": 0', ["tpye", "prints", "base.json"]),
    ('"type": "integer", "min": 0', '"type": "intger", "min": 0', ["intger", "prints", "base.json"]),
    ('"column": "total_editions"', '"column": "totl_editions"', ["totl_editions", "prints", "base.json"]),
    ('"date_order": "mdy"', '"date_order": "mdy", "date_order": "dmy"', ["date_order", "base.json"]),
    ('"name": "art",', '"name": "art"', ["base.json"]),
])
def test_typo_in_base_json(art, db, tmp_path, before, after, says):
    folder = tmp_path / "art"
    shutil.copytree(ROOT / "sql" / "art", folder)
    text = (folder / "base.json").read_text(encoding="utf-8")
    assert before in text
    (folder / "base.json").write_text(text.replace(before, after, 1), encoding="utf-8")
    with Untouched(db, logs=True):
        error = refused(art, 2, "sync", "--base", folder, "--export-dir", DEMO, says=says)
        assert error["code"] == "config"


def test_a_base_of_ones_own_works(art, db, tmp_path):
    shutil.copytree(ROOT / "sql" / "art", tmp_path / "art")
    report = art.sync(DEMO, "--base", tmp_path / "art")
    assert report["t"]["prints"]["created"] == 40


def broken(name, change):
    return pytest.param(change, id=name)


@pytest.mark.parametrize("change", [
    broken("unclosed quote", lambda b: b.replace(b"checked", b'"checked', 1)),
    broken("garbage after a quote", lambda b: b.replace(b"checked", b'"che"cked', 1)),
    broken("NUL byte", lambda b: b.replace(b"checked", b"che\0cked", 1)),
    broken("UTF-16", lambda b: b.decode("utf-8-sig").encode("utf-16")),
    broken("empty file", lambda b: b""),
    broken("repeated header", lambda b: b.replace(b",Size,", b",Printed,", 1)),
    broken("two headers for one column", lambda b: b.replace(b",Print copy,", b",Record ID,", 1)),
    broken("missing required header", lambda b: b.replace(b"Print - Edition,", b"Something,", 1)),
])
@pytest.mark.parametrize("kind", ["db", "loaded"])
def test_malformed_file(art, request, tmp_path, change, kind):
    """The last of three files is broken: the first two are not written either."""
    art.db = db = request.getfixturevalue(kind)
    folder = tmp_path / "export"
    shutil.copytree(ROOT / "tests" / "export_later", folder)
    path = folder / "Editions-All Records.csv"
    path.write_bytes(change(path.read_bytes()))
    with Untouched(db):
        error = error_of(art.ok("sync", "--json", "--export-dir", folder, status=4))
        assert error["code"] in ("csv", "header") and "Editions-All Records.csv" in error["message"]
        assert art.run("sync", "--dry-run", "--export-dir", folder).status == 4
    logs = db.logs("status <> 'completed'")  # none, if it was seen before anything began
    assert {(r["table_name"], r["status"]) for r in logs} in (set(), {(t, "failed") for t in TABLES})
    assert all(r["error_message"] and r["completed_at"] for r in logs)


def test_malformed_csv_says_where(art, tmp_path):
    folder = tmp_path / "export"
    shutil.copytree(DEMO, folder)
    path = folder / "Distributors-Grid view.csv"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:-1] + [b'x"y' + lines[-1]]))
    error = error_of(art.ok("sync", "--json", "--export-dir", folder, status=4))
    assert "Distributors-Grid view.csv" in error["message"] and "line %d" % len(lines) in error["message"]


def test_not_a_file(art, db, tmp_path):
    folder = tmp_path / "export"
    shutil.copytree(DEMO, folder)
    path = folder / "Prints-Grid view.csv"
    path.unlink()
    path.mkdir()
    with Untouched(db):
        assert error_of(art.run("sync", "--json", "--export-dir", folder))["message"]


def test_failed_sync_prints_its_object_with_the_error(art, tmp_path):
    folder = tmp_path / "export"
    shutil.copytree(DEMO, folder)
    path = folder / "Editions-All Records.csv"
    path.write_bytes(path.read_bytes() + b'"')
    result = art.ok("sync", "--json", "--export-dir", folder, status=4)
    report = json.loads(result.out)
    assert report["status"] == "failed" and report["error"]["code"] == "csv"
    assert [t["table"] for t in report["tables"]] == TABLES


def test_env_file(art, tmp_path):
    """.env is read from the working folder; the environment is stronger, an option strongest."""
    (art.cwd / ".env").write_text('# comment\nexport DATABASE_URL="%s"\nARTSYNC_EXPORT_DIR=%s\r\n' % (
        art.db.url, DEMO), encoding="utf-8")
    assert support.by_table(art.ok("sync", "--json", url=None).json)["t"]["prints"]["created"] == 40
    art.ok("sync", status=2, url=None, env={"ARTSYNC_EXPORT_DIR": str(tmp_path / "nowhere")})
    art.ok("sync", "--export-dir", DEMO, url=None, env={"ARTSYNC_EXPORT_DIR": str(tmp_path / "nowhere")})
