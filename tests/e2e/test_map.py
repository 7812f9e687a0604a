"""artsync map: fields of production into a sandbox, between two clusters."""
import json
import os
import shutil
import subprocess
import tempfile

import psycopg2.extensions
import pytest
import support
from support import Artsync, Database, error_of

JOBS = """
CREATE TABLE jobs (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job integer NOT NULL, release text NOT NULL,
    fab_order numeric(10, 1), stage text, due date, UNIQUE (job, release));
"""
# Production has jobs 1 to 1250, the sandbox 401 to 1290: 850 are in both, of which 42 differ.
FILL = """
INSERT INTO jobs (job, release, fab_order, stage, due)
SELECT 10000 + n, chr(65 + n %% 3), n, 'cut', '2024-01-01' FROM generate_series(%d, %d) AS n
"""
OPTIONS = ["--from", "PRODUCTION_DATABASE_URL", "--to", "SANDBOX_DATABASE_URL", "--table", "jobs", "--key", "job,release"]


@pytest.fixture(scope="module")
def second_cluster():
    script, folder = str(support.ROOT / "tests" / "pg.sh"), tempfile.mkdtemp(prefix="artsync-test.")
    os.chmod(folder, 0o711)
    subprocess.run([script, "start", "--fast", "--dir", folder], check=True)
    yield subprocess.run([script, "url", "--dir", folder], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    subprocess.run([script, "stop", "--remove", "--dir", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def production(second_cluster):
    """A database of another cluster."""
    dsn = psycopg2.extensions.parse_dsn(second_cluster)
    admin = support.connect(support.make_url(dsn, dbname="postgres"))
    with admin.cursor() as cursor:
        cursor.execute("CREATE DATABASE production TEMPLATE template0")
    url = support.make_url(dsn, dbname="production")
    db = Database("production", url, url)
    db.run(JOBS + FILL % (1, 1250))
    yield db
    db.close()
    with admin.cursor() as cursor:
        cursor.execute("DROP DATABASE production WITH (FORCE)")
    admin.close()


@pytest.fixture
def sandbox(empty):
    empty.run(JOBS + FILL % (401, 1290))
    empty.run("UPDATE jobs SET fab_order = fab_order + 10 WHERE job BETWEEN 10500 AND 10529")
    empty.run("UPDATE jobs SET stage = CASE job WHEN 10530 THEN NULL WHEN 10531 THEN '' ELSE 'weld' END WHERE job BETWEEN 10530 AND 10541")
    return empty


@pytest.fixture
def art(tmp_path, sandbox, production):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / ".env").write_text("PRODUCTION_DATABASE_URL=%s\nSANDBOX_DATABASE_URL=%s\n" % (production.url, sandbox.admin_url))
    os.chmod(folder / ".env", 0o600)
    made = Artsync(folder, sandbox)
    yield made
    made.kill()


def run(art, *args, status=0, fields=("fab_order", "stage")):
    return art.ok("map", *OPTIONS, *[o for f in fields for o in ("--field", f)], *args, status=status, url=False)


def jobs(db):
    return db.copy("SELECT * FROM jobs ORDER BY id")


def test_a_dry_run_tells_and_makes_nothing(art, sandbox, production):
    before = jobs(sandbox)
    out = run(art, "--limit", "0").out
    assert "10500/C  fab_order 510.0 \u2192 500.0\n" in out
    assert "10530/C  stage NULL \u2192 cut\n" in out and "10531/A  stage '' \u2192 cut\n" in out
    assert out.count("\u2192") == 42
    assert "850 rows matched, 42 differing, 400 not found in the target, 40 only in the target." in out
    assert "fab_order: 30 values" in out and "stage: 12 values" in out
    assert "--apply" in out and "  10001/B\n" in out and "and 390 others" in out
    assert "other changes; --limit 0" not in out and "and 37 other changes; --limit 0 prints all" in run(art, "--limit", "5").out
    assert jobs(sandbox) == before and sandbox.value("SELECT to_regnamespace('artsync')") is None
    assert sandbox.value("SELECT to_regclass('public.sync_logs')") is None
    told = run(art, "--json").json
    table = told["tables"][0]
    assert (table["matched"], table["not_found"], table["only_in_target"], table["updated"]) == (850, 400, 40, 42)
    assert len(told["not_found"]) == 400 and {"table": "jobs", "id": "10001/B"} in told["not_found"]
    assert len(told["changes"]) == 42 and told["dry_run"] is True
    assert {f["column"]: f["differing"] for f in told["fields"]} == {"fab_order": 30, "stage": 12}
    assert {"table": "jobs", "id": "10500/C", "action": "updated",
            "columns": {"fab_order": {"from": "510.0", "to": "500.0"}}} in told["changes"]


def test_apply_writes_logs_and_can_be_undone(art, sandbox, production):
    before = jobs(sandbox)
    told = run(art, "--json", "--apply").json
    assert told["tables"][0]["updated"] == 42 and told["status"] == "completed"
    assert sandbox.value("SELECT count(*) FROM jobs") == 890
    assert sandbox.value("SELECT count(*) FROM jobs WHERE stage = 'cut'") == 890
    log = sandbox.row("SELECT sync_type, table_name, records_updated, records_not_found, source_file FROM sync_logs")
    assert list(log.values()) == ["manual", "jobs", 42, 400, "PRODUCTION_DATABASE_URL/public.jobs"]
    url = {"url": sandbox.admin_url}
    assert art.ok("history", "--json", **url).json["syncs"][0]["type"] == "manual"
    changes = art.ok("history", "last", "--json", **url).json["changes"]
    assert len(changes) == 42
    assert art.ok("history", "--record", "10500/C", "--json", **url).json["changes"][0]["columns"] == {
        "fab_order": {"from": "510.0", "to": "500.0"}}
    assert "No open rejects" in art.ok("rejects", **url).out
    assert "0 differing" in run(art).out
    art.ok("rollback", "last", **url)
    assert jobs(sandbox) == before


def test_what_a_constraint_refuses_is_a_reject_and_the_rest_goes_on(art, sandbox, production):
    sandbox.run("ALTER TABLE jobs ADD CONSTRAINT late CHECK (job <> 10500 OR fab_order > 505)")
    told = run(art, "--json", "--apply", status=1).json
    assert told["tables"][0]["updated"] == 41 and [(r["id"], r["code"]) for r in told["rejects"]] == [("10500/C", "check_constraint")]
    assert "10500/C" in art.ok("rejects", url=sandbox.admin_url).out
    for told in (run(art, "--apply"), art.ok("rejects", url=sandbox.admin_url),
                 art.ok("rejects", "--table", "jobs", "--csv", "rejects.csv", url=sandbox.admin_url)):
        assert "run artsync map again" in told.out and "artsync sync" not in told.out


def test_where_transform_mask_and_other_names(art, sandbox, production):
    sandbox.run("ALTER TABLE jobs RENAME COLUMN stage TO step")
    production.run("UPDATE jobs SET stage = '  cut  ' WHERE job = 10600; UPDATE jobs SET stage = 'secret-4711' WHERE job = 10601")
    told = art.ok("map", *OPTIONS, "--field", "stage=step:trim", "--where", "job < 10601 -- all of these", "--json", url=False).json
    assert {c["id"] for c in told["changes"]} == {"10%d/%s" % (n, chr(65 + n % 3)) for n in range(530, 542)}
    told = art.ok("map", *OPTIONS, "--field", "stage=step", "--where", "job = 10601", "--mask", "step:keep:4", "--apply", "--json",
                  url=False)
    assert "secret" not in told.out and told.json["changes"][0]["columns"]["step"]["to"].endswith("4711")
    assert sandbox.value("SELECT step FROM jobs WHERE job = 10601").endswith("4711")


def test_production_and_the_source_itself_are_refused(art, sandbox, production):
    art.ok("db", "mark", "production", url=sandbox.admin_url)
    before = jobs(sandbox)
    for extra in ([], ["--apply"]):
        assert "marked as production" in error_of(run(art, *extra, "--json", status=4))["message"]
    art.ok("db", "mark", "development", url=sandbox.admin_url)
    run(art)
    result = art.ok("map", "--from", sandbox.admin_url + "&application_name=other", "--to", "SANDBOX_DATABASE_URL", "--table", "jobs", "--key", "job,release",
                    "--field", "stage", "--json", status=2, url=False)
    assert "the source is the table that is written to" in error_of(result)["message"] and jobs(sandbox) == before


@pytest.mark.parametrize("args, status, words", [
    (["--from", "NOTHING"], 2, "NOTHING is not set"),
    (["--field", "nothing"], 2, "nothing"),
    (["--field", "due=stage"], 0, ""),
    (["--key", "job,nothing"], 2, "nothing"),
    (["--where", "nonsense = 1"], 2, "nonsense"),
    (["--from", "postgresql://u:secret1@localhost:1/x"], 3, "FROM"),
    (["--mask", "due:null"], 2, "is not one of the fields"),
    (["--field", "stage:shout"], 2, "shout"),
])
def test_what_is_wrong_is_told(art, args, status, words):
    given = {"--from": "PRODUCTION_DATABASE_URL", "--to": "SANDBOX_DATABASE_URL", "--table": "jobs", "--key": "job,release",
             "--field": "stage"}
    given[args[0]] = args[1]
    result = art.ok("map", "--json", *[x for pair in given.items() for x in pair], status=status, url=False)
    assert words in json.dumps(result.json.get("error", {})) and "secret1" not in result.out + result.err


def test_a_map_with_a_missing_option_says_which(art):
    assert "--key is missing" in error_of(art.ok("map", "--json", "--from", "PRODUCTION_DATABASE_URL", "--to",
                                                 "SANDBOX_DATABASE_URL", "--table", "jobs", status=2, url=False))["message"]
