"""What makes a first load and a night fast does not show: keys are there again, only our own went, fingerprints agree."""
import subprocess
import sys

import pytest
from support import ROOT

KEYS = """SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.condeferrable, c.convalidated
          FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
          WHERE t.relnamespace IN ('public'::regnamespace, 'artsync'::regnamespace) ORDER BY 1, 2"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'artsync') ORDER BY 1"
OWN = ["editions_airtable_id_key", "unique_print_edition", "editions_distributor_id", "editions_date_sold"]
ROWS = 20000  # big: above 4 MB


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    folder = tmp_path_factory.mktemp("big")
    subprocess.run([sys.executable, "-B", ROOT / "tests" / "bench" / "generate.py", "--out", folder, "--rows", str(ROWS),
                    "--distributors", "20"], check=True)
    return folder


def shape(db):
    return db.rows(KEYS), db.rows(INDEXES)


def oids(db, *names):
    return {name: db.value("SELECT oid FROM pg_class WHERE relname = %s", name) for name in names}


def edit_line(folder, number, change):
    """The editions' file with one line changed."""
    file = folder / "Editions-All Records.csv"
    lines = file.read_text(encoding="utf-8").split("\n")
    lines[number] = change(lines)
    return "\n".join(lines)


def with_editions(big, tmp_path, text):
    for file in big.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "Editions-All Records.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_keys_are_made_again(art, db, big):
    before, old = shape(db), oids(db, "editions_pkey", *OWN)
    report = art.sync(big)
    assert report["t"]["editions"]["created"] == ROWS
    new = oids(db, "editions_pkey", *OWN)
    assert shape(db) == before
    assert new["editions_pkey"] == old["editions_pkey"]
    assert all(new[name] != old[name] for name in OWN)  # they were dropped: that is what makes it fast
    art.ok("db", "verify")
    assert db.value("SELECT count(*) FROM artsync.state_editions") == ROWS
    assert all(t["skipped"] for t in art.sync(big)["tables"])


def test_what_others_made_stays(art, db, big):
    db.run("CREATE INDEX app_notes ON editions (notes)")
    db.run("ALTER TABLE editions ADD CONSTRAINT app_once UNIQUE (airtable_id, variation)")
    db.run("CREATE TABLE app_orders (edition varchar(20) REFERENCES editions (airtable_id))")
    db.run("COMMENT ON INDEX editions_date_sold IS 'for the sales report'")
    kept = ["app_notes", "app_once", "editions_airtable_id_key", "editions_date_sold"]
    before, old = shape(db), oids(db, *kept, "unique_print_edition")
    art.sync(big)
    new = oids(db, *kept, "unique_print_edition")
    assert shape(db) == before
    assert {name for name in old if old[name] != new[name]} == {"unique_print_edition"}
    assert db.value("SELECT obj_description('editions_date_sold'::regclass)") == "for the sales report"


def test_tables_of_another_owner_keep_their_keys(cluster, art, db, big):
    for table in ("prints", "distributors", "editions"):
        db.run("ALTER TABLE %s OWNER TO %s" % (table, cluster.dsn["user"]))
        db.run("GRANT ALL ON %s TO artsync_tester" % table)
    old = oids(db, *OWN)
    assert art.sync(big)["t"]["editions"]["created"] == ROWS
    assert oids(db, *OWN) == old


def test_a_repeated_key_refuses_one_record(art, db, big, tmp_path):
    """The last edition has the number of the first: it alone is rejected, without a second reading of the file."""
    first = (big / "Editions-All Records.csv").read_text(encoding="utf-8").split("\n")[1].split(",")
    def repeat_number(lines):
        cells = lines[ROWS].split(",")
        cells[1:3], cells[-2] = first[1:3], first[-2]
        return ",".join(cells)
    export = with_editions(big, tmp_path, edit_line(big, ROWS, repeat_number))
    before, old = shape(db), oids(db, *OWN)
    report = art.sync(export, status=1)
    assert report["t"]["editions"]["created"] == ROWS - 1
    [reject] = report["rejects"]
    assert (reject["code"], reject["column"], reject["line"]) == (
        "repeated_unique_key", "print_id, edition_number", ROWS + 1)
    assert "line 2 " in reject["reason"] and "unique_print_edition" in reject["reason"]
    assert shape(db) == before and oids(db, *OWN) != old


def test_a_refusal_of_the_database_takes_the_ordinary_path(art, db, big):
    """A trigger that artsync has never heard of refuses one record of the COPY: it alone is rejected."""
    db.run("""CREATE FUNCTION app_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN
                  IF NEW.edition_number = 7 AND NEW.edition_display_name LIKE '% 3 - 7' THEN
                      RAISE EXCEPTION 'no sevens';
                  END IF;
                  RETURN NEW;
              END $$""")
    db.run("CREATE TRIGGER app_refuse BEFORE INSERT ON editions FOR EACH ROW EXECUTE FUNCTION app_refuse()")
    before = shape(db)
    report = art.sync(big, status=1)
    assert [reject["column"] for reject in report["rejects"]] in ([None], ["edition_number"])
    assert "no sevens" in report["rejects"][0]["reason"]
    assert report["t"]["editions"]["created"] == ROWS - 1
    assert shape(db) == before


def test_a_night_of_updates_leaves_the_fingerprint_of_the_same_rows(art, db, shop):
    """Where no row came or went, the rows' fingerprint is computed from what was read; it must be the server's own."""
    server = "SELECT count(*) || '.' || coalesce(sum(hashtext(airtable_id)), 0) FROM editions"
    noted = "SELECT rows_hash FROM sync_logs WHERE table_name = 'editions' ORDER BY id DESC LIMIT 1"
    art.sync(shop.save())
    shop.edition("E1", notes="moved")
    art.sync(shop.save())
    assert db.value(noted) == db.value(server)
    assert all(t["skipped"] for t in art.sync(shop.path)["tables"])
    shop.edition("E9", "P1", number=9)
    art.sync(shop.save())
    assert db.value(noted) == db.value(server)
