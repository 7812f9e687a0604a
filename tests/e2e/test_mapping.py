"""base.json changes, phases and settings of the environment: what was synced once is looked at afresh."""
import json
import shutil

import pytest
from support import ROOT, TABLES, counts, error_of, rid

DEMO = ROOT / "airtable_export"
MODES = ["incremental", "merge", "full"]


class Base:
    """A copy of the art base that a test may change."""

    def __init__(self, folder):
        shutil.copytree(ROOT / "sql" / "art", folder)
        self.folder = folder
        self.mapping = json.loads((folder / "base.json").read_text(encoding="utf-8"))

    def column(self, table, name):
        columns = next(t for t in self.mapping["tables"] if t["table"] == table)["columns"]
        return next(c for c in columns if c["column"] == name)

    def without(self, table, name):
        columns = next(t for t in self.mapping["tables"] if t["table"] == table)["columns"]
        columns.remove(self.column(table, name))

    def save(self):
        (self.folder / "base.json").write_text(json.dumps(self.mapping), encoding="utf-8")
        return ["--base", str(self.folder)]


@pytest.fixture
def base(tmp_path):
    return Base(tmp_path / "base")


def test_a_changed_alias_is_applied_to_every_record(art_loaded, loaded, base):
    art = art_loaded
    assert {t["skipped"] for t in art.sync(DEMO, *base.save())["tables"]} == {True}
    base.column("editions", "frame_type")["aliases"]["Ikea"] = "Mounted"
    framed = loaded.value("SELECT count(*) FROM editions WHERE frame_type = 'Mounted'")
    report = art.sync(DEMO, *base.save())
    changed = counts(report, "editions", "skipped", "updated", "conflicts")
    assert changed == (False, 14, 0)
    assert loaded.value("SELECT count(*) FROM editions WHERE frame_type = 'Mounted'") == framed + 14
    assert {t["skipped"] for t in art.sync(DEMO, *base.save())["tables"]} == {True}


def test_a_column_that_is_mapped_later(art, db, base, shop):
    """Equal is recorded, NULL is filled, a difference is a conflict."""
    shop.edition("E1", notes="a").edition("E2", notes="b").edition("E3", notes="c")
    later = base.save()
    base.without("editions", "notes")
    art.sync(shop.save(), *base.save())
    assert db.value("SELECT count(notes) FROM editions") == 0
    db.edit("editions", "E2", notes="b")
    db.edit("editions", "E3", notes="ours")
    shutil.copy(ROOT / "sql" / "art" / "base.json", base.folder)
    report = art.sync(shop.path, *later, "--on-conflict", "database", status=1)
    assert [(c["id"], c["column"]) for c in report["conflicts"]] == [(rid("E3"), "notes")]
    assert counts(report, "editions", "updated", "unchanged") == (1, 5)
    assert [db.get("editions", k)["notes"] for k in ("E1", "E2", "E3")] == ["a", "b", "ours"]


def test_a_column_that_is_not_mapped_any_more(art, db, base, shop):
    art.sync(shop.edition("E1", notes="a").save())
    db.edit("editions", "E1", notes="ours")
    base.without("editions", "notes")
    before = db.versions(TABLES)
    for mode in MODES:
        art.sync(shop.path, *base.save(), "--mode", mode)
    assert db.versions(TABLES) == before
    # mapped again: what was known of it still is
    report = art.sync(shop.path)
    assert report["conflicts"] == [] and db.get("editions", "E1")["notes"] == "ours"
    report = art.sync(shop.edition("E1", notes="b").save(), "--on-conflict", "database", status=1)
    assert [c["column"] for c in report["conflicts"]] == ["notes"] and db.get("editions", "E1")["notes"] == "ours"


@pytest.mark.parametrize("settings", [
    {"DateStyle": "'German, DMY'", "IntervalStyle": "'iso_8601'", "bytea_output": "'escape'",
     "TimeZone": "'Asia/Tokyo'"},
    {"search_path": "''", "standard_conforming_strings": "off", "extra_float_digits": "-15"},
    {"default_transaction_isolation": "'serializable'", "client_encoding": "'LATIN1'", "row_security": "on"},
])
def test_settings_of_the_database_do_not_matter(art, db, settings):
    for name, value in settings.items():
        db.run("ALTER DATABASE %s SET %s = %s" % (db.name, name, value))
    assert counts(art.sync(DEMO), "editions", "created", "rejected") == (594, 0)
    before = db.versions(), db.history()
    for mode in MODES:
        report = art.sync(DEMO, "--mode", mode)
        assert not any(t["updated"] or t["conflicts"] for t in report["tables"])
    assert (db.versions(), db.history()) == before
    report = art.sync(ROOT / "tests" / "export_later")
    assert counts(report, "editions", "created", "updated") == (11, 62)
    snapshot = db.snapshot()
    art.ok("rollback", "last")
    art.sync(ROOT / "tests" / "export_later")
    assert [len(t.splitlines()) for t in db.snapshot().values()] == [len(t.splitlines()) for t in snapshot.values()]


def test_functions_in_public_are_not_run(art, db, shop):
    """Names are qualified: what somebody puts into schema public does not run in the sync's name."""
    db.run("CREATE TABLE caught (what text)")
    db.run("GRANT ALL ON caught TO public")
    for name, arguments in (("now", ""), ("lower", "text"), ("count", "text"), ("concat_ws", "text, text")):
        db.run("CREATE FUNCTION public.%s(%s) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.caught "
               "VALUES ('%s'); RETURN ''; END $$" % (name, arguments, name))
    db.run("ALTER DATABASE %s SET search_path = public, pg_catalog" % db.name)
    art.sync(shop.save())
    art.sync(shop.edition("E1", notes="x").save(), "--mode", "full")
    assert db.value("SELECT count(*) FROM public.caught") == 0


# ---- phases ----

def set_phase(db, phase):
    db.run("INSERT INTO artsync.settings (base, key, value, changed_by) VALUES ('art', 'phase', %s, 'test') "
           "ON CONFLICT (base, key) DO UPDATE SET value = excluded.value", phase)


def test_phase_primary(art, db, shop, tmp_path):
    """The database leads: conflicts go to it, and merge and full need --force."""
    art.sync(shop.save())
    set_phase(db, "primary")
    db.edit("editions", "E1", notes="ours")
    later = shop.copy(tmp_path / "later").edition("E1", notes="theirs").edition("E2", notes="fine")
    before = db.versions()
    later.save()
    for mode in ("merge", "full"):
        error = error_of(art.ok("sync", "--json", "--mode", mode, "--export-dir", later.path, status=4))
        assert "primary" in error["message"] and "--force" in error["hint"]
    assert db.versions() == before
    report = art.sync(later.path, status=1)
    assert [c["resolution"] for c in report["conflicts"]] == ["database"]
    assert db.get("editions", "E1")["notes"] == "ours" and db.get("editions", "E2")["notes"] == "fine"
    report = art.sync(later.path, "--mode", "merge", "--force")
    assert report["forced"] is True and db.get("editions", "E1")["notes"] == "theirs"


def test_phase_archive(art, db, shop):
    art.sync(shop.save())
    set_phase(db, "archive")
    before = db.versions(), db.logs()
    for args in (["sync"], ["sync", "--mode", "full", "--force"]):
        error = error_of(art.ok(*args, "--json", "--export-dir", shop.path, status=4))
        assert error["code"] == "refused" and "archive" in error["message"]
    assert (db.versions(), db.logs()) == before
    assert art.ok("stats", "--json").json["phase"] == "archive"


# ---- configuration ----

def test_the_environment_chooses_too(art, db, shop, tmp_path):
    art.sync(shop.save())
    db.edit("editions", "E1", notes="ours")
    later = shop.copy(tmp_path / "later").edition("E1", notes="theirs").save()
    env = {"ARTSYNC_ON_CONFLICT": "database", "ARTSYNC_EXPORT_DIR": str(later)}
    art.sync(None, env=env, status=1)
    assert db.get("editions", "E1")["notes"] == "ours"
    report = art.sync(None, env={**env, "ARTSYNC_MODE": "merge"})
    assert report["mode"] == "merge" and db.get("editions", "E1")["notes"] == "theirs"
    report = art.sync(None, "--mode", "full", env={**env, "ARTSYNC_MODE": "merge"})
    assert report["mode"] == "full"


def test_conflicts_of_links_and_typed_columns(art, db, shop, tmp_path):
    art.sync(shop.edition("E1", distributor="D1", date_sold="1/2/2024", sold="checked").save())
    north = db.get("distributors", "D2")["id"]
    db.edit("editions", "E1", distributor_id=north, date_sold="2024-05-06", is_sold=False, retail_price="1.10")
    later = shop.copy(tmp_path / "later").edition("E1", date_sold="7/8/2024", price="£2.20")
    later.put("editions", "E1", Distributor="", distributor_record_id="")
    report = art.sync(later.save(), "--on-conflict", "database", status=1)
    assert {c["column"]: (c["export"], str(c["database"])) for c in report["conflicts"]} == {
        "distributor_id": (None, str(north)), "date_sold": ("2024-07-08", "2024-05-06"),
        "retail_price": ("2.20", "1.10")}
    assert db.get("editions", "E1")["is_sold"] is False  # only the database changed: kept


def test_date_order_auto_says_when_no_date_tells(art, base, shop):
    base.mapping["date_order"] = "auto"
    folder = base.save()
    shop.edition("E1", date_sold="3/2/2024", sold="checked")
    result = art.ok("sync", *folder, "--export-dir", shop.save())
    assert '"3/2/2024" in line 2, for example, was read month first' in result.out
    shop.edition("E2", date_sold="25/2/2024", sold="checked")
    result = art.ok("sync", *folder, "--export-dir", shop.save("editions"))
    assert "month first" not in result.out
    shop.edition("E1", date_sold="2/2/2024").edition("E2", date_sold="2024-02-25")
    result = art.ok("sync", *folder, "--export-dir", shop.save("editions"))
    assert "month first" not in result.out  # the same day either way


def test_base_check_tells_all_at_once(art, base):
    """Shape, contradictions and values: none hides the other, but what was told is not told again."""
    base.mapping["colour"] = "red"
    price, sold = base.column("editions", "retail_price"), base.column("editions", "date_sold")
    price.update({"min": "much", "widht": 3})
    sold.update({"min": "02/30/2020", "required": True, "on_invalid": "null"})
    base.column("prints", "total_editions")["type"] = "number"
    base.column("prints", "notes")["headers"] = ["Print Name"]
    result = art.ok("base", "check", *base.save(), "--json", status=1)
    told = [(p["place"].split("base.json: ")[1] if ": " in p["place"] else "", p["message"])
            for p in result.json["problems"]]
    expected = [("", 'unknown key "colour"'), ("retail_price", 'unknown key "widht"'), ("date_sold", "impossible"),
                ("total_editions", '"number" is not one of'), ("notes", "is already mapped to name"),
                ("retail_price", '"much" is not a number'), ("date_sold", "is not a valid date")]
    for place, words in expected:
        assert [m for p, m in told if place in p and words in m], (place, words, told)
    assert len(told) == len(expected)
    failed = art.ok("sync", "--export-dir", DEMO, "--base", base.folder, status=2)
    assert "to see them all: artsync" in failed.err
