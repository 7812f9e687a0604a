"""db verify, drop and reset, by a role that owns the database and nothing more."""
import pytest
from support import ROOT, TABLES

DEVELOPMENT = {"ARTSYNC_ENV": "development"}


def differences(art, status):
    found = art.ok("db", "verify", "--json", status=status).json
    assert found["status"] == ("fail" if status else "pass")
    return [(d["difference"], d["type"], d["object"]) for d in found["differences"]]


def test_what_migrate_makes_verifies(art, db):
    assert differences(art, 0) == []


def test_after_syncs_and_a_rollback_it_still_verifies(art, loaded):
    art.db = loaded
    before = loaded.snapshot(), loaded.versions()
    assert differences(art, 0) == []
    art.ok("rollback", "last")
    assert differences(art, 0) == []
    art.ok("sync", "--export-dir", ROOT / "airtable_export")  # a first load drops keys and adds them back
    assert differences(art, 0) == []
    assert before[0].keys() == loaded.snapshot().keys()


def test_every_difference_is_named_and_additions_are_not_errors(art, db):
    db.run("ALTER TABLE prints ADD shelf text; CREATE TABLE customers (id integer); CREATE INDEX shelf ON prints (shelf)")
    assert differences(art, 0) == [("addition", "table", "public.customers"), ("addition", "column", "public.prints.shelf"),
                                   ("addition", "index", "public.prints.shelf")]
    db.run("ALTER TABLE editions DROP CONSTRAINT check_size, ALTER payment_note TYPE varchar(10); DROP VIEW unsold_by_print")
    found = differences(art, 1)
    assert ("missing", "constraint", "public.editions.check_size") in found
    assert ("different", "column", "public.editions.payment_note") in found
    assert ("missing", "view", "public.unsold_by_print") in found
    assert len(found) == 6
    text = art.ok("db", "verify", status=1).out
    assert "expected: text" in text and "found: character varying(10)" in text and "3 differences" in text


def test_verify_reads_beside_people_at_work(art, loaded):
    art.db = loaded
    before = loaded.versions()
    loaded.connection.autocommit = False
    loaded.run("UPDATE prints SET notes = 'in hand'")
    assert differences(art, 0) == []  # needs no lock that this transaction holds
    loaded.connection.rollback()
    loaded.connection.autocommit = True
    assert loaded.versions() == before
    assert loaded.column("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'artsync%%'") == ["artsync"]


@pytest.mark.parametrize("command", ["drop", "reset"])
def test_rows_are_erased_only_on_purpose_and_in_development(art, loaded, command):
    art.db = loaded
    before = loaded.snapshot()
    assert "ARTSYNC_ENV=development" in art.ok("db", command, "--yes", status=4).err
    assert "--yes" in art.ok("db", command, env=DEVELOPMENT, status=2).err
    assert loaded.snapshot() == before
    loaded.run("CREATE VIEW theirs AS SELECT name FROM prints")
    assert "theirs" in art.ok("db", command, "--yes", env=DEVELOPMENT, status=4).err
    assert loaded.snapshot() == before
    loaded.run("DROP VIEW theirs; CREATE TABLE customers (id integer)")
    art.ok("db", command, "--yes", env=DEVELOPMENT)
    tables = loaded.column("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
                           "ORDER BY 1")
    if command == "drop":
        assert tables == ["customers"]
        assert not loaded.value("SELECT to_regnamespace('artsync') IS NOT NULL")
    else:
        assert tables == sorted(TABLES + ["customers", "sync_logs"])
        assert all(loaded.value("SELECT count(*) FROM " + t) == 0 for t in TABLES)
        assert differences(art, 0) == [("addition", "table", "public.customers")]
