"""Every check of the art base: no violation on a database without faults, and naming the row on one that is not."""
import pytest
from support import ROOT, error_of, rid

# name, severity, the statement that causes it in a database without faults, violations, whom the sample names
CHECKS = [
    ("orphaned_editions", "error",
     "ALTER TABLE editions DROP CONSTRAINT editions_distributor_id_fkey; UPDATE editions SET distributor_id = 999 WHERE {E4}",
     1, rid("E4")),
    ("active_editions_of_inactive_prints", "error", "UPDATE prints SET is_active = false WHERE {P1}", 3, rid("E1")),
    ("duplicate_names", "error", "UPDATE prints SET name = ' HAR  bour' WHERE {P2}", 2, rid("P1")),
    ("duplicate_names", "error", "UPDATE distributors SET name = 'oldmill' WHERE {D2}", 2, rid("D1")),
    ("duplicate_edition_numbers", "error",
     "ALTER TABLE editions DROP CONSTRAINT unique_print_edition; UPDATE editions SET edition_number = 1 WHERE {E2}",
     2, rid("E2")),
    ("edition_number_beyond_total", "error", "UPDATE editions SET edition_number = 11 WHERE {E1}", 1, rid("E1")),
    ("sold_without_date", "error", "UPDATE editions SET is_sold = true WHERE {E1}", 1, rid("E1")),
    ("settled_not_sold", "error", "UPDATE editions SET is_settled = true WHERE {E1}", 1, rid("E1")),
    ("settled_not_sold", "error", "UPDATE editions SET is_settled = true, is_sold = NULL WHERE {E1}", 1, rid("E1")),
    ("dates_in_the_future", "error", "UPDATE editions SET date_sold = now()::date + 2, is_sold = true WHERE {E1}", 1, rid("E1")),
    ("dates_in_the_future", "error", "UPDATE editions SET date_in_gallery = now()::date + 2 WHERE {E1}", 1, rid("E1")),
    ("dates_in_the_future", "error", "UPDATE distributors SET last_update_date = now()::date + 2 WHERE {D1}", 1, rid("D1")),
    ("price_below_zero", "error", "UPDATE editions SET retail_price = -1 WHERE {E1}", 1, rid("E1")),
    ("commission_out_of_range", "error", "UPDATE editions SET commission_percentage = 100.01 WHERE {E1}", 1, rid("E1")),
    ("commission_out_of_range", "error", "UPDATE distributors SET commission_percentage = -0.01 WHERE {D1}", 1, rid("D1")),
    ("last_sync_failed", "error",
     "INSERT INTO sync_logs (sync_id, sync_type, table_name, status, base, error_message) "
     "VALUES ('late', 'incremental', 'prints', 'failed', 'art', 'the disk was full')", 1, "the disk was full"),
    ("open_rejects", "error", "SYNC E2 price=cheap", 1, rid("E2")),
    ("edition_number_missing", "warning", "UPDATE editions SET edition_number = NULL WHERE {E1}", 1, rid("E1")),
    ("edition_number_missing", "warning", "UPDATE editions SET edition_number = 0 WHERE {E1}", 1, rid("E1")),
    ("edition_number_missing", "warning", "UPDATE editions SET edition_number = -1 WHERE {E1}", 1, rid("E1")),
    ("more_editions_than_total", "warning", "UPDATE prints SET total_editions = 2 WHERE {P1}", 1, rid("P1")),
    ("sold_without_price", "warning", "UPDATE editions SET is_sold = true, retail_price = NULL WHERE {E1}", 1, rid("E1")),
    ("sold_without_price", "warning", "UPDATE editions SET is_sold = true, retail_price = 0 WHERE {E1}", 1, rid("E1")),
    ("date_without_sold", "warning", "UPDATE editions SET date_sold = '2024-01-02' WHERE {E1}", 1, rid("E1")),
    ("sold_not_printed", "warning", "UPDATE editions SET is_sold = true, is_printed = false WHERE {E1}", 1, rid("E1")),
    ("in_gallery_after_sold", "warning",
     "UPDATE editions SET date_in_gallery = '2024-01-03', date_sold = '2024-01-02' WHERE {E1}", 1, rid("E1")),
    ("unusual_price", "warning", "UPDATE editions SET retail_price = 9.99 WHERE {E1}", 1, rid("E1")),
    ("unusual_price", "warning", "UPDATE editions SET retail_price = 1000.01 WHERE {E1}", 1, rid("E1")),
    ("commission_mismatch", "warning",
     "UPDATE editions SET retail_price = 100, commission_percentage = 40, commission_amount = 40.02 WHERE {E1}", 1, rid("E1")),
    ("distributor_totals_mismatch", "warning", "UPDATE distributors SET retail_amount_sold = 5 WHERE {D1}", 1, rid("D1")),
    ("ids_not_from_airtable", "warning", "INSERT INTO prints (name, total_editions) VALUES ('Own', 1)", 1, "Own"),
    ("last_sync_too_old", "warning",
     "UPDATE sync_logs SET completed_at = now() - interval '49 hours' WHERE table_name = 'prints'", 1, "prints"),
]

# nearly a violation, but none
FINE = [
    "UPDATE prints SET is_active = false WHERE {P1}; UPDATE editions SET is_active = false WHERE {E1} OR {E2} OR {E3}",
    "UPDATE editions SET edition_number = 10 WHERE {E1}",
    "UPDATE editions SET is_sold = true, is_settled = true, is_printed = true, date_sold = now()::date WHERE {E1}",
    "UPDATE editions SET date_in_gallery = '2024-01-02', date_sold = '2024-01-02', is_sold = true, is_printed = true WHERE {E1}",
    "UPDATE editions SET retail_price = 10 WHERE {E1}; UPDATE editions SET retail_price = 1000 WHERE {E2}",
    "UPDATE editions SET retail_price = 100, commission_percentage = 40, commission_amount = 40.01 WHERE {E1}",
    "UPDATE editions SET retail_price = 33.33, commission_percentage = 100, commission_amount = 0 WHERE {E1}",
    "UPDATE editions SET commission_percentage = 0 WHERE {E1}; UPDATE distributors SET commission_percentage = 100 WHERE {D1}",
    "UPDATE distributors SET last_update_date = now()::date, retail_amount_sold = 0 WHERE {D1}",
    "UPDATE sync_logs SET completed_at = now() - interval '47 hours'",
    "INSERT INTO sync_logs (id, sync_id, sync_type, table_name, status, base) "
    "VALUES (-1, 'early', 'incremental', 'prints', 'failed', 'art')",
    "INSERT INTO sync_logs (sync_id, sync_type, table_name, status, base) "
    "VALUES ('other', 'incremental', 'people', 'failed', 'people')",
    "UPDATE editions SET is_active = false, is_sold = true, is_settled = true, retail_price = -1, edition_number = NULL "
    "WHERE {E1}",
]


def apply(art, shop, what):
    if what.startswith("SYNC "):
        key, field, cell = what.replace("=", " ").split()[1:]
        art.ok("sync", "--export-dir", shop.put("editions", key, **{field: cell}).save(), status=1)
        return
    names = {k: "airtable_id = '%s'" % rid(k) for k in ("P1", "P2", "D1", "D2", "E1", "E2", "E3", "E4")}
    art.db.run(what.format(**names))


@pytest.fixture
def synced(art, shop):
    for key in ("E1", "E2", "E3", "E4", "E5", "E6"):
        shop.put("editions", key, printed="checked")
    art.sync(shop.save())
    return art


def violations(art, status=0):
    return {c["name"]: c for c in art.ok("validate", "--json", status=status).json["checks"]}


def test_every_check_is_tried():
    files = {f.stem for f in (ROOT / "sql" / "art" / "checks").glob("*.sql")}
    assert files == {c[0] for c in CHECKS} and len(files) == 23


@pytest.mark.parametrize("name,severity,sql,count,named", CHECKS, ids=["%s-%d" % (c[0], i) for i, c in enumerate(CHECKS)])
def test_check(synced, shop, name, severity, sql, count, named):
    assert {c["violations"] for c in violations(synced).values()} == {0}
    apply(synced, shop, sql)
    result = synced.run("validate", "--check", name, "--json")
    check, = result.json["checks"]
    assert (check["severity"], check["violations"]) == (severity, count)
    assert any(named in row.values() for row in check["sample"])
    assert (result.status, result.json["status"]) == ((1, "fail") if severity == "error" else (0, "pass"))
    text = synced.run("validate", "--check", name)
    assert text.status == result.status
    assert named in text.out and check["summary"] in text.out and "What to do" in text.out


@pytest.mark.parametrize("sql", FINE)
def test_what_is_in_order(synced, shop, sql):
    apply(synced, shop, sql)
    assert {n: c["sample"] for n, c in violations(synced).items() if c["violations"]} == {}


def test_samples_are_five_and_counts_exact(synced):
    synced.db.run("UPDATE editions SET is_settled = true")
    check = violations(synced, status=1)["settled_not_sold"]
    assert check["violations"] == 6 and len(check["sample"]) == 5
    assert "and 1 other" in synced.run("validate").out


def test_list_and_names(synced):
    listed = synced.ok("validate", "--list", "--json").json["checks"]
    assert {(c["name"], c["severity"]) for c in listed} == {(c[0], c[1]) for c in CHECKS}
    assert all(c["summary"] and c["advice"] for c in listed)
    assert synced.ok("validate", "--list").out.count("\n") >= 23
    error = error_of(synced.ok("validate", "--check", "open_reject", "--json", status=2))
    assert "open_rejects" in error["hint"]


def test_checks_only_read(synced, tmp_path):
    before = synced.db.versions()
    violations(synced)
    assert synced.db.versions() == before


# ---- broken check files hide no other check ----

def own_base(tmp_path, **checks):
    """The art base from disk, with these checks alone."""
    folder = tmp_path / "own" / "art"
    (folder / "checks").mkdir(parents=True)
    for file in (ROOT / "sql" / "art").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    for name, text in checks.items():
        (folder / "checks" / (name + ".sql")).write_text(text)
    return folder


HEAD = "-- summary: %s\n-- severity: error\n-- advice: none\n"
RAISE = ("SELECT public.raises('%s') AS x")
RAISES = """CREATE FUNCTION public.raises(state text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'from the check' USING ERRCODE = state; END $$"""


@pytest.mark.parametrize("broken", [
    HEAD % "syntax" + "SELEC 1", HEAD % "no table" + "SELECT * FROM public.nowhere", HEAD % "fails" + "SELECT 1/0 AS x",
    "-- severity: error\nSELECT 1 AS x", "-- summary: s\nSELECT 1 AS x", "-- summary: s\n-- severity: fatal\nSELECT 1 AS x",
    HEAD % "writes" + "SELECT 1 AS x FROM pg_catalog.set_config('a.b', 'c', false) WHERE pg_catalog.nextval('public.prints_id_seq') > 0",
    HEAD % "parameter" + "SELECT $1::text AS x", HEAD % "two" + "SELECT 1 AS x; SELECT 2 AS x", HEAD % "none" + " ;;\n",
    HEAD % "comment without an end" + "SELECT 1 AS x /* ", HEAD % "path" + "SELECT airtable_id FROM editions",
    *[HEAD % state + RAISE % state for state in ("08000", "08006", "08P01", "57P01", "57014", "28000", "3D000", "XX000")],
    HEAD % "writes, too" + "WITH gone AS (DELETE FROM public.editions RETURNING 1) SELECT * FROM gone", ""])
def test_a_broken_check_is_named_and_hides_no_other(synced, tmp_path, broken):
    base = own_base(tmp_path, aaa_good=HEAD % "first" + "SELECT 1 AS one WHERE false", broken=broken,
                    zzz_found=HEAD % "last" + "SELECT 'x' AS found;\n-- a comment at the end")
    synced.db.run(RAISES)
    before = synced.db.versions()
    result = synced.ok("--base", base, "validate", "--json", status=2)
    report = {c["name"]: c for c in result.json["checks"]}
    assert "broken.sql" in error_of(result)["message"]
    assert report["aaa_good"]["violations"] == 0 and report["zzz_found"]["violations"] == 1
    assert report["broken"]["broken"] and report["broken"]["violations"] is None
    text = synced.ok("--base", base, "validate", status=2)
    assert "broken.sql" in text.out and "zzz_found" in text.out
    assert synced.db.versions() == before
    assert "none failed" not in text.out and "could not be run" in text.out
    found = not any(word in broken for word in ("raises(", "nextval("))  # that shows only when it is run
    problems = synced.ok("--base", base, "base", "check", "--json", status=1 if found else 0).json["problems"]
    assert [p["place"] for p in problems] == (["checks/broken.sql"] if found else [])


@pytest.mark.parametrize("query", [
    "SELECT 'x' AS found; -- done", "SELECT 'x' AS found; /* all /* of */ it */\n-- and more\n;", "SELECT 'x;--' AS found",
    "SELECT 'x' AS found -- ;", "SELECT $a$x; $1 $a$ AS found;", "SELECT E'\\';' AS found ;", 'SELECT 1 AS "f;$1"',
    "SELECT 'it''s; $1' AS a$1;", "/* ; */ SELECT 'x' AS found"])
def test_what_may_surround_a_query(synced, tmp_path, query):
    base = own_base(tmp_path, only=HEAD % "s" + query)
    report = synced.ok("--base", base, "validate", "--json", status=1).json
    assert report["checks"][0]["violations"] == 1
    assert synced.ok("--base", base, "base", "check", "--json").json["problems"] == []


def test_base_check_reads_the_checks_without_a_database(art, tmp_path):
    base = own_base(tmp_path, wrong="-- summary: s\n-- severity: fatal\nSELECT 1 AS x",
                    parameter=HEAD % "s" + "SELECT $1 AS x", fine=HEAD % "s" + "SELECT 1 AS x")
    text = art.ok("--base", base, "-d", "postgresql:///nowhere?host=%s" % tmp_path, "base", "check", status=1)
    assert "checks/wrong.sql" in text.out and "severity" in text.out and "checks/parameter.sql" in text.out
    assert "fine.sql" not in text.out


def test_a_check_may_begin_with_a_byte_order_mark(synced, tmp_path):
    base = own_base(tmp_path, only="\ufeff" + HEAD % "s" + "SELECT 'x' AS found")
    assert synced.ok("--base", base, "validate", "--json", status=1).json["checks"][0]["violations"] == 1
    assert synced.ok("--base", base, "base", "check", "--json").json["problems"] == []


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_check_that_cannot_be_read_is_named_and_hides_no_other(synced, tmp_path, kind):
    base = own_base(tmp_path, zzz_found=HEAD % "last" + "SELECT 'x' AS found")
    if kind == "folder":
        (base / "checks" / "broken.sql").mkdir()
    else:
        (base / "checks" / "broken.sql").symlink_to("nowhere")
    result = synced.ok("--base", base, "validate", "--json", status=2)
    assert "broken.sql" in error_of(result)["message"]
    assert {c["name"]: c["violations"] for c in result.json["checks"]} == {"broken": None, "zzz_found": 1}
    assert "cannot be read" in synced.ok("--base", base, "validate", "--list", status=2).out
    problems = synced.ok("--base", base, "base", "check", "--json", status=1).json["problems"]
    assert [p["place"] for p in problems] == ["checks/broken.sql"]
    assert ("a folder" if kind == "folder" else "No such file") in problems[0]["message"]


def test_nothing_is_said_of_checks_that_could_not_be_read(synced, tmp_path):
    text = synced.ok("--base", own_base(tmp_path, only="SELECT 1"), "validate", status=2).out
    assert "1 check: 1 could not be run." in text
    text = synced.ok("--base", own_base(tmp_path / "b"), "validate").out
    assert "no checks" in text
