"""One record's refusal concerns that record, whatever SQLSTATE the database's own code raises; what concerns the statement,
the transaction or the connection stops the sync."""
import pytest
from support import by_table, counts, error_of, rid

STATES = ["42501", "55000", "0A000", "57014", "40000", "40001", "40P01", "25000", "25006", "XX000", "XX001", "HV000", "08006",
          "57P01", "53100", "53200", "55P03", "3F000", "42P01", "28000", "02000", "ZZ999"]
RAISE = ("IF NEW.notes LIKE 'refuse %%' THEN RAISE EXCEPTION 'own rule' USING ERRCODE = substr(NEW.notes, 8); END IF;")


def trigger(db, table, body, when="BEFORE INSERT OR UPDATE", each="ROW", result="NEW"):
    db.run("CREATE FUNCTION own_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s RETURN %s; END $$" % (
        body.replace("%%", "%"), result))
    db.run("CREATE TRIGGER own_rule %s ON %s FOR EACH %s EXECUTE FUNCTION own_rule()" % (when, table, each))


def refused_ids(report):
    assert {r["code"] for r in report["rejects"]} <= {"refused_by_database"}
    return {r["id"] for r in report["rejects"]}


def with_refused(shop):
    """One edition for each SQLSTATE, and one beside each that is fine."""
    for i, state in enumerate(STATES):
        shop.edition("X%02d" % i, "P2", number=100 + 2 * i, notes="refuse " + state)
        shop.edition("Y%02d" % i, "P2", number=101 + 2 * i, notes="fine")
    return shop


@pytest.mark.parametrize("way", ["first load", "insert", "update"])
def test_any_sqlstate_of_a_trigger_rejects_one_record(art, db, shop, tmp_path, way):
    n = len(STATES)
    if way == "update":
        for i in range(n):
            shop.edition("X%02d" % i, "P2", number=100 + 2 * i).edition("Y%02d" % i, "P2", number=101 + 2 * i)
    if way != "first load":
        art.sync(shop.save())
    trigger(db, "editions", RAISE)
    report = art.sync(with_refused(shop.copy(tmp_path / "later")).save(), "--force", status=1)
    assert refused_ids(report) == {rid("X%02d" % i) for i in range(n)}
    assert counts(report, "editions", "rejected", "updated" if way == "update" else "created") == (
        n, n + 6 * (way == "first load"))
    assert db.column("SELECT airtable_id FROM editions WHERE notes LIKE 'refuse%'") == []


@pytest.mark.parametrize("body", [
    "PERFORM 1 FROM nowhere.at_all;",                      # 42P01
    "PERFORM current_setting('own.setting');",             # 42704
    "PERFORM count(*) FROM forbidden;",                    # 42501, not raised on purpose
    "PERFORM 1 / 0;"])
def test_a_failure_within_a_trigger_rejects_one_record(art, db, shop, tmp_path, body):
    db.run("CREATE TABLE forbidden (x int)")
    art.sync(shop.save())
    trigger(db, "editions", "IF NEW.notes = 'refuse' THEN %s END IF;" % body)
    later = shop.copy(tmp_path / "later").edition("E1", notes="refuse").edition("E2", notes="fine")
    report = art.sync(later.save(), status=1)
    assert refused_ids(report) == {rid("E1")} and db.get("editions", "E2")["notes"] == "fine"


@pytest.mark.parametrize("state", ["42501", "42P01", "3F000"])
def test_the_only_record_that_is_written_is_rejected_as_well(art, db, shop, tmp_path, state):
    art.sync(shop.save())
    trigger(db, "editions", RAISE)
    later = shop.copy(tmp_path / "later").edition("E1", notes="refuse " + state)
    assert refused_ids(art.sync(later.save(), status=1)) == {rid("E1")}
    assert refused_ids(art.sync(later.save())) == {rid("E1")}


def test_a_record_that_is_tried_again_alone_stays_rejected(art, db, shop, tmp_path):
    art.sync(shop.save())
    trigger(db, "editions", "IF NEW.notes = 'refuse' THEN PERFORM 1 FROM nowhere.at_all; END IF;")
    later = shop.copy(tmp_path / "later").edition("E1", notes="refuse").edition("E2", notes="fine")
    art.sync(later.save(), status=1)
    assert refused_ids(art.sync(later.save())) == {rid("E1")}


def test_a_missing_grant_stops_the_sync(art, db, cluster, shop, tmp_path):
    art.sync(shop.save())
    role = "artsync_policy"
    if not db.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        cluster.execute("CREATE ROLE %s LOGIN" % role)
    db.run("GRANT ALL ON SCHEMA public, artsync TO " + role)
    db.run("GRANT ALL ON ALL TABLES IN SCHEMA public, artsync TO " + role)
    db.run("GRANT ALL ON ALL SEQUENCES IN SCHEMA public, artsync TO " + role)
    db.run("GRANT TEMPORARY ON DATABASE %s TO %s" % (db.name, role))
    db.run("REVOKE UPDATE ON editions FROM " + role)
    later = shop.copy(tmp_path / "later").edition("E1", notes="a").edition("E2", notes="b")
    before = db.versions()
    error = error_of(art.ok("sync", "--json", "--export-dir", later.save(), status=3, url=cluster.url(db.name, role)))
    assert error["code"] == "privilege"
    assert db.versions() == before


def test_a_trigger_for_each_statement_stops_the_sync(art, db, shop, tmp_path):
    """It refuses every record, so that no record is the cause."""
    art.sync(shop.save())
    trigger(db, "editions", "RAISE EXCEPTION 'closed for today' USING ERRCODE = '55000';", "BEFORE UPDATE", "STATEMENT", "NULL")
    later = shop.copy(tmp_path / "later").edition("E1", notes="a").edition("E2", notes="b")
    before = db.versions()
    error = error_of(art.ok("sync", "--json", "--export-dir", later.save(), status=4))
    assert "closed for today" in error["message"] and db.versions() == before


def test_the_real_thing_stops_the_sync(art, db, shop, tmp_path):
    """The server ends the connection while a trigger runs."""
    art.sync(shop.save())
    trigger(db, "editions", "IF NEW.notes = 'end' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;")
    error = error_of(art.ok("sync", "--json", "--export-dir", shop.copy(tmp_path / "later").edition("E1", notes="end").save(),
                            status=4))
    assert error["code"] == "connection_lost"
    db.run("DROP TRIGGER own_rule ON editions")
    db.run("DROP FUNCTION own_rule()")
    trigger(db, "editions", "IF NEW.notes = 'end' THEN PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(60); "
                            "END IF;")
    error = error_of(art.ok("sync", "--json", "--export-dir", tmp_path / "later", status=4))
    assert error["code"] == "timeout"


@pytest.mark.parametrize("body", ["RAISE EXCEPTION 'still rented' USING ERRCODE = '42501';", "RETURN NULL;"])
def test_a_refused_deactivation_leaves_the_row_active(art, db, shop, tmp_path, body):
    art.sync(shop.save())
    trigger(db, "editions", "IF NOT NEW.is_active AND NEW.edition_number = 3 THEN %s END IF;" % body, "BEFORE UPDATE")
    later = shop.copy(tmp_path / "later").drop("editions", "E3").drop("editions", "E4").edition("E1", notes="changed")
    result = art.ok("sync", "--json", "--mode", "full", "--force", "--export-dir", later.save())
    report = by_table(result.json)
    assert counts(report, "editions", "deactivated", "updated", "rejected") == (1, 1, 0)
    texts = [line for line in result.err.splitlines() if "editions.is_active" in line]
    assert len(texts) == 1 and rid("E3") in texts[0] and "stays active" in texts[0]
    assert db.get("editions", "E3")["is_active"] and not db.get("editions", "E4")["is_active"]
    assert db.get("editions", "E1")["notes"] == "changed"
    db.run("DROP TRIGGER own_rule ON editions")
    again = art.sync(later.path, "--mode", "full", "--force")
    assert counts(again, "editions", "deactivated") == (1,) and not db.get("editions", "E3")["is_active"]


def test_a_refusal_during_rollback_keeps_one_row(art, db, shop, tmp_path):
    shop.edition("E1", notes="a").edition("E2", notes="b")
    art.sync(shop.save())
    art.sync(shop.copy(tmp_path / "later").edition("E1", notes="c").edition("E2", notes="d").save())
    trigger(db, "editions", "IF NEW.notes = 'a' THEN RAISE EXCEPTION 'own rule' USING ERRCODE = '57014'; END IF;")
    report = art.ok("rollback", "last", "--json", status=1).json
    assert (report["reversed"], report["kept"]) == (1, 1)
    assert (db.get("editions", "E1")["notes"], db.get("editions", "E2")["notes"]) == ("c", "b")
