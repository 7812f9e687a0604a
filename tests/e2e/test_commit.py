"""Every command that commits says the truth when the reply to COMMIT does not come."""
import signal

import pytest
from proxy import CUT, CUT_REPLY, committing
from support import error_of

DEVELOPMENT = {"ARTSYNC_ENV": "development"}


def _later(art, shop):
    art.sync(shop.save())
    shop.edition("X1", "P1", number=9).save("editions")


def _rollback(art, shop):
    _later(art, shop)
    art.sync(shop.path)


def _phase(art, shop):
    art.sync(shop.save())


def _migrate(art, shop):
    art.ok("db", "drop", "--yes", env=DEVELOPMENT)
    shop.save()


def _restore(art, shop):
    art.sync(shop.save())
    art.ok("backup", "art.backup")
    art.db.edit("prints", "P1", notes="since the backup")


def _has_tables(db):
    return db.value("SELECT to_regclass('public.prints') IS NOT NULL")


# the command, what comes before it, and whether it was done
COMMANDS = {
    "sync": (["sync", "--export-dir", "EXPORT"], _later, lambda db: db.has("editions", "X1")),
    "rollback": (["rollback", "last"], _rollback, lambda db: not db.has("editions", "X1")),
    "phase": (["phase", "primary", "--export-dir", "EXPORT"], _phase,
              lambda db: db.value("SELECT count(*) = 1 FROM artsync.setting_changes")),
    "db migrate": (["db", "migrate"], _migrate, _has_tables),
    "db drop": (["db", "drop", "--yes"], _phase, lambda db: not _has_tables(db)),
    "db reset": (["db", "reset", "--yes"], _phase, lambda db: db.value("SELECT count(*) = 0 FROM prints")),
    "restore": (["restore", "art.backup", "--force"], _restore,
                lambda db: db.get("prints", "P1")["notes"] is None),
}


@pytest.fixture(params=COMMANDS)
def command(request, art, shop):
    args, prepare, done = COMMANDS[request.param]
    prepare(art, shop)
    assert not done(art.db)
    return [str(shop.path) if a == "EXPORT" else a for a in args], done


def test_the_reply_is_lost(art, db, proxy, command):
    """The server committed: the command finds out, and ends as if the reply had come."""
    args, done = command
    proxy.plan(committing(CUT_REPLY))
    result = art.run(*args, "--json", url=proxy.url, env=DEVELOPMENT)
    assert proxy.reached.is_set()
    assert result.status == 0 and "error" not in result.json, result
    assert done(db)


def test_commit_never_arrives(art, db, proxy, command):
    args, done = command
    proxy.plan(committing(CUT))
    result = art.run(*args, "--json", url=proxy.url, env=DEVELOPMENT)
    assert proxy.reached.is_set()
    assert result.status == 4 and error_of(result)["code"] == "connection_lost", result
    assert "nothing was changed" in error_of(result)["message"]
    db.quiet()
    assert not done(db)


def test_nobody_can_be_asked(art, db, proxy, command):
    """Neither done nor not done may be said; a signal ends the attempts to connect again."""
    args, done = command
    cut, lost = committing(CUT_REPLY), []

    def rule(number, sql):
        if lost:
            return CUT
        lost.extend([sql] if cut(number, sql) else [])
        if lost:
            proxy.listener.close()
        return CUT_REPLY if lost else None

    proxy.plan(rule)
    child = art.start(*args, "--json", url=proxy.url, env=DEVELOPMENT)
    proxy.wait()
    child.send_signal(signal.SIGTERM)
    result = art.finish(child)
    assert result.status == 6 and error_of(result)["code"] == "unknown_outcome", result
    assert "once the database is back, see: artsync" in error_of(result)["hint"]
    assert "nothing was" not in result.out + result.err
    assert done(db)
