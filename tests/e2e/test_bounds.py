"""Time and memory have bounds: work that grows with the data and not with its square, and memory by bytes, not by rows."""
import pytest
from support import rid
from work import explained, plans, rows_looked_at


def editions(shop, n, rejected=0):
    """n editions, some of them rejected for their prices."""
    shop.drop("editions", *shop.records["editions"].copy())
    for i in range(n):
        shop.edition("N%06d" % i, "P%d" % (i % 2 + 1), number=i + 1, price="much" if i < rejected else "£9.00")
    return shop


def nest(db):
    """The planner loops where it can, as it does where statistics make it expect a single row."""
    for name in ("enable_hashjoin", "enable_mergejoin"):
        db.run("ALTER DATABASE %s SET %s = off" % (db.name, name))


def keys_work(art, shop, folder, n, changed, nested):
    """Rows that the statements over unique keys look at, where some numbers change beside rejects."""
    later = editions(shop, n, rejected=n // 20).copy(folder)
    for i in range(n - changed, n):
        later.edition("N%06d" % i, number=i + 3)  # what the next one of its print had
    art.sync(shop.save(), "--force", status=1)
    if nested:
        nest(art.db)
    with explained(art.db):
        result = art.ok("sync", "--mode", "merge", "--force", "--verbose", "--export-dir", later.save())
    assert art.db.value("SELECT max(edition_number) FROM editions") == n + 2
    return sum(rows_looked_at(p) for p in plans(result) if "WITH moves" in p)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("share", [0.02, 0.9])
def test_unique_keys_take_linear_work(art, databases, shop, tmp_path, nested, share):
    """Four times the rows: four times the work, also where the planner would rather loop over table and stage."""
    small = keys_work(art, shop, tmp_path / "small", 500, int(500 * share), nested)
    art.db = databases()
    large = keys_work(art, shop, tmp_path / "large", 2000, int(2000 * share), nested)
    assert 0 < large < 5 * small


def test_keys_that_stay_cost_nothing(art, shop, tmp_path):
    """No unique value changes: no statement looks for a row that has it."""
    art.sync(editions(shop, 50).save())
    later = shop.copy(tmp_path / "later")
    for i in range(50):
        later.edition("N%06d" % i, price="£8.00")
    with explained(art.db):
        result = art.ok("sync", "--verbose", "--export-dir", later.save())
    assert not [p for p in plans(result) if "WITH moves" in p]
    assert art.db.value("SELECT count(*) FROM editions WHERE retail_price = 8") == 50


def rejects_work(art, shop, n, alike, nested):
    """Rows that the statements over rejects look at, where n rejects only move down by a line."""
    art.sync(editions(shop, 1).save())
    file = shop.file("editions")
    header, first = file.read_bytes().split(b"\n")[:2]
    bad = [b"alike" if alike else first.replace(rid("N000000").encode(), b"recR%013d" % i).replace("£9.00".encode(), b"much")
           for i in range(n)]
    file.write_bytes(b"\n".join([header, first] + bad))
    art.sync(shop.path, "--force", status=1)
    file.write_bytes(b"\n".join([header, first.replace(b"N000000", b"N000001").replace(b"1,", b"7,"), first] + bad))
    if nested:
        nest(art.db)
    with explained(art.db):
        result = art.ok("sync", "--force", "--verbose", "--export-dir", shop.path)
    moved = 1 if alike else n  # of lines that are alike only the last one is not where one was before
    assert art.db.value("SELECT count(*) FROM artsync.rejects WHERE closed_log IS NULL AND NOT is_new") == moved
    assert art.db.value("SELECT count(*) FROM artsync.rejects WHERE closed_log IS NULL") == n
    return sum(rows_looked_at(p) for p in plans(result) if "artsync_found" in p)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("alike", [False, True])
def test_rejects_that_only_moved_take_linear_work(art, databases, shop, alike, nested):
    """Four times the rejects: four times the work, also where all of them are the same line."""
    small = rejects_work(art, shop, 300, alike, nested)
    art.db = databases()
    assert 0 < rejects_work(art, shop, 1200, alike, nested) < 5 * small
