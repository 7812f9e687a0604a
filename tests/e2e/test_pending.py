"""status and sync decide by one function what would be read: whatever status says, the sync with the same choices does."""
import pytest
from support import TABLES, by_table, counts

CHOICES = [[], *[["--on-conflict", p] for p in ("export", "database", "reject")], ["--mode", "merge"], ["--mode", "full"],
           ["--mode", "merge", "--on-conflict", "reject"]]


def agree(art, folder, choices, env=None):
    """What status says would be read; a dry run reads just that."""
    found = art.ok("status", "--export-dir", folder, "--json", *choices, env=env).json["tables"]
    told = {t["table"]: t["changed"] for t in found}
    waiting = art.run("status", "--export-dir", folder, "--exit-code", *choices, env=env).status
    assert waiting == int(any(told.values()))
    result = art.run("sync", "--dry-run", "--json", "--export-dir", folder, *choices, env=env)
    report = by_table(result.json)
    assert {t: not report["t"][t]["skipped"] for t in TABLES} == told
    return [t for t in TABLES if told[t]]


@pytest.fixture
def refused(art, db, shop):
    """A conflict that the last sync rejected."""
    art.sync(shop.save())
    db.edit("editions", "E1", retail_price=60)
    shop.edition("E1", price="£70.00")
    report = art.sync(shop.save(), "--on-conflict", "reject", status=1)
    assert counts(report, "editions", "rejected", "conflicts") == (1, 1)
    return shop.path


@pytest.mark.parametrize("choices", CHOICES, ids=" ".join)
def test_status_and_sync_agree_after_a_rejected_conflict(art, refused, choices):
    read = agree(art, refused, choices)
    assert read == (list(TABLES) if "--mode" in choices else [] if "reject" in choices else ["editions"])


def test_status_follows_the_environment_as_sync_does(art, refused):
    assert agree(art, refused, [], env={"ARTSYNC_ON_CONFLICT": "reject"}) == []
    assert agree(art, refused, [], env={"ARTSYNC_ON_CONFLICT": "database"}) == ["editions"]
    assert agree(art, refused, [], env={"ARTSYNC_MODE": "merge"}) == list(TABLES)


def test_status_and_sync_agree_in_phase_primary(art, refused):
    art.ok("phase", "primary", "--force", "--export-dir", refused)
    assert agree(art, refused, []) == ["editions"]
    assert agree(art, refused, ["--on-conflict", "reject"]) == []


def test_status_and_sync_agree_once_the_conflict_is_settled(art, db, refused):
    assert agree(art, refused, []) == ["editions"]
    art.sync(refused, "--on-conflict", "database", status=1)
    assert agree(art, refused, []) == []
    db.remove("editions", "E2")
    assert agree(art, refused, []) == ["editions"]
    art.sync(refused, status=0)
    art.ok("rollback", "last")
    assert agree(art, refused, []) == ["editions"]
