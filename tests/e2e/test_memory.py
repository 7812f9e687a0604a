"""What artsync holds in memory is bounded by bytes: neither many rows nor large ones make it grow with the table."""
import pytest
from support import BINARY
from work import memory_peak

ROWS, CELL = 500, 100000


@pytest.fixture(name="bound")
def _bound():
    """Bytes; the sanitizers keep freed memory for a while."""
    sanitized = b"__asan_init" in open(BINARY, "rb").read()
    return (500 if sanitized else 75) * 1000 * 1000


def prints(shop, n=ROWS, **fields):
    shop.drop("editions", *shop.records["editions"].copy()).drop("prints", *shop.records["prints"].copy())
    for i in range(n):
        shop.print("P%05d" % i, "Print %d" % i, **fields)
    return shop


def last_sync(db):
    return db.value("SELECT sync_id FROM sync_logs ORDER BY id DESC LIMIT 1")


def test_large_rows_of_short_records(art, db, shop, bound):
    """Records of a few bytes, whose rows hold texts that people wrote."""
    art.sync(prints(shop, 2 * ROWS, total=1).save())
    db.run("UPDATE prints SET notes = repeat('long ', %s)", CELL // 5)
    prints(shop, 2 * ROWS, total=2).save()
    assert memory_peak(art, "diff", "--export-dir", shop.path, "--limit", 0) < bound
    assert memory_peak(art, "validate", "--parity", "--export-dir", shop.path, status=1) < bound
    assert memory_peak(art, "sync", "--export-dir", shop.path) < bound
    assert db.row("SELECT min(total_editions) AS total, min(length(notes)) AS notes FROM prints") == {"total": 2, "notes": CELL}
    assert memory_peak(art, "rollback", "last") < bound
    assert db.row("SELECT max(total_editions) AS total, min(length(notes)) AS notes FROM prints") == {"total": 1, "notes": CELL}


def test_large_changes(art, db, shop, bound):
    """Every record has another long text: what was written is shown, and taken back, page by page."""
    art.sync(prints(shop, notes="long " * (CELL // 5)).save())
    prints(shop, notes="last " * (CELL // 5)).save()
    assert memory_peak(art, "diff", "--export-dir", shop.path, "--limit", 0) < bound
    assert memory_peak(art, "sync", "--export-dir", shop.path) < bound
    assert memory_peak(art, "history", last_sync(db)) < bound
    assert memory_peak(art, "history", last_sync(db), "--json") < bound
    assert memory_peak(art, "rollback", "last") < bound
    assert db.value("SELECT count(*) FROM prints WHERE notes LIKE 'long%%'") == ROWS


def test_large_rejects(art, db, shop, bound):
    """Records that are refused for what people wrote, which the reason tells."""
    art.sync(prints(shop, notes="short").save())
    db.run("UPDATE prints SET notes = repeat('ours ', %s)", CELL // 5)
    prints(shop, notes="long " * (CELL // 5)).save()
    assert memory_peak(art, "sync", "--force", "--on-conflict", "reject", "--export-dir", shop.path, status=1) < bound
    assert memory_peak(art, "rejects") < bound
    assert memory_peak(art, "rejects", "--json") < bound
    assert db.value("SELECT count(*) FROM artsync.rejects WHERE length(reason) > %s", CELL) == ROWS


def test_rows_larger_than_a_page(art, db, shop, bound):
    """A row that is larger than a page comes alone; the small ones around it are all there."""
    art.sync(prints(shop, total=1).save())
    large = "airtable_id IN (SELECT airtable_id FROM prints ORDER BY airtable_id OFFSET 300 LIMIT 12)"
    db.run("UPDATE prints SET notes = repeat('x', 12000000) WHERE " + large)
    prints(shop, total=2).save()
    assert memory_peak(art, "sync", "--export-dir", shop.path) < bound
    assert db.value("SELECT count(*) FROM prints WHERE total_editions = 2") == ROWS
    assert memory_peak(art, "rollback", "last") < bound
    assert db.value("SELECT count(*) FROM prints WHERE total_editions = 1") == ROWS
    assert db.value("SELECT sum(length(notes)) FROM prints") == 12 * 12000000
