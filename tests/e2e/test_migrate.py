"""db migrate and db status: a fresh database takes one command; again changes nothing; edited files are refused."""
import ctypes
import shutil
import struct

import pytest
from support import ROOT, TABLES, counts, rid

DEMO = ROOT / "airtable_export"
CATALOG = """SELECT 'column' AS kind, format('%s.%s.%s %s %s %s', table_schema, table_name, column_name, data_type,
    is_nullable, column_default) AS what FROM information_schema.columns WHERE table_schema IN ('public', 'artsync')
    UNION ALL SELECT 'constraint', format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname IN ('public', 'artsync')
    UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"""


def test_a_fresh_database_takes_one_command(art, empty):
    art.db = empty
    assert art.ok("db", "migrate").status == 0
    assert art.sync(DEMO)["t"]["editions"]["created"] == 594


def test_again_changes_nothing(art, db):
    before = db.rows(CATALOG), db.rows("SELECT * FROM artsync.migrations ORDER BY 1, 2")
    art.ok("db", "migrate")
    assert (db.rows(CATALOG), db.rows("SELECT * FROM artsync.migrations ORDER BY 1, 2")) == before
    assert art.run("db", "status", "--exit-code").status == 0


def test_status_of_an_empty_database(art, empty):
    art.db = empty
    assert art.run("db", "status").status == 0
    assert art.run("db", "status", "--exit-code").status == 1
    assert not empty.rows(CATALOG.replace("FROM pg_constraint ", "FROM pg_constraint WHERE connamespace = "
                                          "'public'::regnamespace "))


@pytest.fixture
def own_base(tmp_path):
    shutil.copytree(ROOT / "sql" / "art", tmp_path / "art")
    return tmp_path / "art"


def test_edited_and_missing_files(art, empty, own_base):
    art.db = empty
    art.ok("db", "migrate", "--base", own_base)
    first = sorted(own_base.glob("0*.sql"))[0]
    text = first.read_text(encoding="utf-8")
    first.write_text(text + "\n-- a late thought\n", encoding="utf-8")
    for args in (["db", "migrate"], ["sync", "--export-dir", DEMO]):
        result = art.ok(*args, "--base", own_base, status=3)
        assert first.name in result.err
    first.unlink()
    assert first.name in art.ok("db", "migrate", "--base", own_base, status=3).err
    first.write_text(text, encoding="utf-8")
    art.ok("db", "migrate", "--base", own_base)


def test_a_failing_migration_leaves_nothing(art, empty, own_base):
    art.db = empty
    (own_base / "0099_wrong.sql").write_text("CREATE TABLE public.half (id integer);\nSELECT 1 / 0;\n", "utf-8")
    result = art.run("db", "migrate", "--base", own_base)
    assert result.status in (3, 4) and "0099_wrong.sql" in result.err
    assert not empty.rows("SELECT 1 FROM pg_class WHERE relname IN ('half', 'prints', 'sync_logs')")


def test_a_later_migration(art, db, own_base):
    (own_base / "0099_shelf.sql").write_text("ALTER TABLE public.editions ADD shelf text;\n", "utf-8")
    assert art.run("sync", "--export-dir", DEMO, "--base", own_base).status == 3
    art.ok("db", "migrate", "--base", own_base)
    art.sync(DEMO, "--base", own_base)
    assert db.value("SELECT count(*) FROM editions WHERE shelf IS NULL") == 594


@pytest.mark.parametrize("table", TABLES)
def test_the_schema_of_the_contract(db, table):
    columns = {r["column_name"]: r for r in db.rows(
        "SELECT * FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s", table)}
    for name, kind in (("last_synced_at", "timestamp with time zone"), ("sync_version", "integer"),
                       ("is_active", "boolean"), ("created_at", "timestamp with time zone"),
                       ("updated_at", "timestamp with time zone"), ("airtable_id", "character varying")):
        assert columns[name]["data_type"] == kind
    assert db.value("SELECT count(*) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid "
                    "WHERE c.oid = %s::regclass AND d.objsubid > 0", table) == len(columns)


def test_the_constraints_of_the_contract(db):
    kinds = {r["conname"]: (r["condeferrable"], r["condeferred"]) for r in db.rows("SELECT * FROM pg_constraint")}
    assert kinds["unique_print_edition"] == (True, False)
    assert {"check_size", "check_frame_type"} <= set(kinds)


def test_updated_at_is_stamped_unless_set(db, art, shop):
    art.sync(shop.save())
    old = db.get("prints", "P1")["updated_at"]
    db.edit("prints", "P1", notes="x")
    assert db.get("prints", "P1")["updated_at"] > old
    db.edit("prints", "P1", notes="y", updated_at="2001-01-01 00:00+00")
    assert db.get("prints", "P1")["updated_at"].year == 2001


def test_the_business_can_insert(db):
    db.run("INSERT INTO prints (name) VALUES ('Own')")
    made = db.row("SELECT * FROM prints")
    assert not made["airtable_id"].startswith("rec") and made["is_active"] and made["sync_version"] == 1
    assert made["last_synced_at"] is None and made["created_at"] and made["updated_at"]


# ---- what an earlier artsync left ----

BEFORE = {  # how the schema was before a migration, newest first
    "0009_not_found.sql": "ALTER TABLE sync_logs DROP COLUMN records_not_found",
    "0008_origin.sql": "ALTER TABLE sync_logs DROP COLUMN origin, DROP CONSTRAINT sync_logs_sync_type_check, "
                       "ADD CONSTRAINT sync_logs_sync_type_check "
                       "CHECK (sync_type::text IN ('incremental', 'merge', 'full', 'rollback'))",
    "0007_state_of_cells.sql": "ALTER TABLE artsync.layouts ADD COLUMN packed boolean NOT NULL DEFAULT true, "
                               "DROP COLUMN format, DROP COLUMN mapping, DROP COLUMN headers, "
                               "ADD UNIQUE (base, table_name, columns, packed)",
    "0006_stamps.sql": "DROP FUNCTION artsync.touch_column()",
    "0005_former_ids.sql": "DROP TABLE artsync.former_ids",
    "0004_data_transaction.sql": "ALTER TABLE sync_logs DROP COLUMN data_xid",
    "0003_packed_state.sql": "ALTER TABLE artsync.layouts DROP COLUMN packed, ADD UNIQUE (base, table_name, columns)",
}


def take_back(db, file):
    """The schema as it was before this migration of artsync's own."""
    for applied in db.column("SELECT file FROM artsync.migrations WHERE source = 'artsync' AND file >= %s "
                             "ORDER BY file DESC", file):
        db.run(BEFORE[applied])
        db.run("DELETE FROM artsync.migrations WHERE source = 'artsync' AND file = %s", applied)


XXHASH = ctypes.CDLL("libxxhash.so.0")
XXHASH.XXH3_64bits.restype = ctypes.c_uint64
WORDS = [1, XXHASH.XXH3_64bits(b"f", ctypes.c_size_t(1)), XXHASH.XXH3_64bits(b"t", ctypes.c_size_t(1))]


def values(cols, n):
    """The hashes of the values, of a state as it is written now."""
    bits, rest, slots = cols[:(n + 1) // 2], cols[(n + 1) // 2:], []
    for i in range(n):
        what = bits[i // 2] >> i % 2 * 4 & 15
        slots.append(WORDS[what & 3] if what & 3 < 3 else struct.unpack(">Q", rest[:8])[0])
        rest = rest[(8 if what & 3 == 3 else 0) + (4 if what & 4 else 0) + (8 if what & 8 else 0):]
    assert rest == b""
    return slots


def plain(slots):
    """As before 0003_packed_state.sql: 8 bytes for every column."""
    return b"".join(struct.pack(">Q", slot) for slot in slots)


def packed(slots):
    """As before 0007_state_of_cells.sql: NULL, f and t are two bits."""
    tags = bytearray((len(slots) + 3) // 4)
    for i, slot in enumerate(slots):
        tags[i // 4] |= (WORDS.index(slot) if slot in WORDS else 3) << i % 4 * 2
    return bytes(tags) + plain(slot for slot in slots if slot not in WORDS)


def printed_hash(text):
    """What earlier versions kept of a value: the hash of the text as PostgreSQL prints it."""
    data = text.encode()
    return XXHASH.XXH3_64bits(data, ctypes.c_size_t(len(data)))


def rewrite_state(db, written, migration, prices=()):
    """State and history as an earlier version wrote them, and the schema that it had. `prices`: retail_price as printed."""
    canonical = {printed_hash(price.rstrip("0").rstrip(".")): printed_hash(price) for price in prices}

    def old(cols, n):
        return cols and written([canonical.get(value, value) for value in values(bytes(cols), n)])

    for table in TABLES:
        for row in db.rows("SELECT record_id, cols, cardinality(l.columns) AS n FROM artsync.state_%s s "
                           "JOIN artsync.layouts l ON l.id = s.layout" % table):
            db.run("UPDATE artsync.state_%s SET cols = %%s, raw = 0 WHERE record_id = %%s" % table,
                   old(row["cols"], row["n"]), row["record_id"])
    for row in db.rows("SELECT c.id, before_cols, after_cols, cardinality(l.columns) AS n FROM artsync.changes c "
                       "JOIN artsync.layouts l ON l.id = c.layout"):
        db.run("UPDATE artsync.changes SET before_cols = %s, after_cols = %s WHERE id = %s",
               old(row["before_cols"], row["n"]), old(row["after_cols"], row["n"]), row["id"])
    take_back(db, migration)


PRICES = ["%d.00" % price for price in (*range(51, 57), 70)]


def unpack_state(db):
    rewrite_state(db, plain, "0003_packed_state.sql", PRICES)


def test_state_from_before_it_knew_cells(art, db, shop):
    """Edits stay, what was not edited is not written again, and the state is in the present form after one sync."""
    art.sync(shop.save())
    rewrite_state(db, packed, "0007_state_of_cells.sql", PRICES)
    art.ok("db", "migrate")
    db.edit("editions", "E2", retail_price="7.00", size="Large")
    db.run("UPDATE public.sync_logs SET mapping_hash = 'of an earlier version'")
    before = db.versions(TABLES)
    report = art.sync(shop.path)
    assert all(counts(report, table, "updated", "conflicts") == (0, 0) for table in TABLES)
    assert db.versions(TABLES) == before and db.get("editions", "E2")["retail_price"] == 7
    assert not db.rows("SELECT 1 FROM artsync.changes")
    for table in TABLES:
        assert db.value("SELECT min(l.format) FROM artsync.state_%s s JOIN artsync.layouts l ON l.id = s.layout" % table) == 2
    shop.edition("E1", price="£80.00").edition("E2", price="£80.00")
    report = art.sync(shop.save("editions"), "--on-conflict", "database", status=1)
    assert [(c["id"], c["column"]) for c in report["conflicts"]] == [(rid("E2"), "retail_price")]
    assert db.get("editions", "E1")["retail_price"] == 80


def test_state_from_before_it_was_packed_still_counts(art, db, shop):
    art.sync(shop.save())
    shop.edition("E1", price="£70.00", printed="checked")
    art.sync(shop.save("editions"))
    unpack_state(db)
    assert art.run("sync", "--export-dir", shop.path).status == 3  # first migrate
    art.ok("db", "migrate")
    art.ok("db", "verify")
    db.edit("editions", "E2", size="Large", is_sold=True)
    db.run("UPDATE artsync.state_editions SET raw = NULL")  # look at every record again
    shop.edition("E3", price="£80.00")
    report = art.sync(shop.save("editions"))
    # without what was known, Large would be a difference, and the export's empty cell would be written
    assert counts(report, "editions", "updated", "conflicts", "overwritten") == (1, 0, 0)
    assert db.get("editions", "E2")["size"] == "Large" and db.get("editions", "E2")["is_sold"]
    db.edit("editions", "E2", size=None, is_sold=False)
    art.ok("rollback", "last")
    art.ok("rollback", "last")  # the change from before the migration
    assert db.get("editions", "E1")["retail_price"] == 51 and not db.get("editions", "E1")["is_printed"]
    db.run("UPDATE artsync.state_editions SET cols = '\\x00'")
    shop.edition("E3", price="£90.00")
    failed = art.ok("sync", "--export-dir", shop.save("editions"), status=4)
    assert "state that is damaged" in failed.err and db.get("editions", "E3")["retail_price"] == 53


def test_adoptions_from_before_former_ids_were_kept(art, db, shop, tmp_path):
    """They are read from the history: a link to a row that was adopted then looks unedited."""
    real = shop.copy(tmp_path / "real")
    shop.hide("prints", "Record_id").hide("editions", "print_record_id")
    art.sync(shop.save())
    art.sync(real.save("prints"), "--table", "prints")
    rewrite_state(db, packed, "0005_former_ids.sql", PRICES)
    assert art.run("sync", "--export-dir", real.save()).status == 3  # first migrate
    art.ok("db", "migrate")
    art.ok("db", "verify")
    real.edition("E1", "P2", number=9)
    report = art.sync(real.save(), "--on-conflict", "database")
    assert counts(report, "editions", "updated", "conflicts") == (1, 0)
    assert db.get("editions", "E1")["print_id"] == db.get("prints", "P2")["id"]
