"""Nothing is waited for without a limit, and a signal ends it: frozen servers, locked logs, memory that libpq lacks."""
import contextlib
import os
import signal
import subprocess

import pytest
import support
from support import error_of, rid


@contextlib.contextmanager
def holding(db, sql, *args):
    """A transaction of somebody else that keeps a lock."""
    people = support.connect(db.admin_url)
    people.autocommit = False
    people.cursor().execute(sql, args)
    yield
    people.rollback()
    people.close()


@pytest.fixture
def busy(art, db, shop):
    """A sync under way: it waits for a row that somebody else has locked."""
    art.sync(shop.save())
    shop.print("P1", notes="x").save()
    with holding(db, "SELECT 1 FROM prints WHERE airtable_id = %s FOR UPDATE", rid("P1")):
        child = art.start("sync", "--json", "--export-dir", shop.path)
        db.wait("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        yield child


def failed(art, status):
    report = art.ok("validate", "--json", "--check", "last_sync_failed", status=status).json
    return report["checks"][0]["violations"]


def test_a_frozen_server(art, db, busy, shop):
    """Both backends of the sync are stopped: SIGTERM ends it all the same, and its log rows show that it was killed."""
    assert failed(art, 0) == 0  # it is alive
    ours = ("FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'artsync%%' "
            "AND backend_type = 'client backend'")
    db.wait("SELECT count(*) = 2 " + ours)  # validate has left
    pids = db.column("SELECT pid " + ours)
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        busy.send_signal(signal.SIGTERM)
        result = art.finish(busy)
        assert result.status == 143 and error_of(result)["code"] == "terminated"
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    db.quiet()
    assert {r["status"] for r in db.logs("id > 3")} == {"running"}
    assert failed(art, 1) == 3
    killed = db.logs("id > 3")[0]["sync_id"]
    assert art.ok("status", "--json", "--export-dir", shop.path).json["interrupted_sync_id"] == killed
    assert "sync %s" % killed in art.ok("status", "--export-dir", shop.path).out
    art.sync(shop.path, "--table", "distributors")  # the row of prints is still locked
    assert art.ok("status", "--json", "--export-dir", shop.path).json["interrupted_sync_id"] is None
    assert {r["error_message"] for r in db.logs("sync_id = '%s'" % killed)} == {"interrupted"}


def test_the_log_is_locked_when_a_sync_begins(art, db, shop):
    """The base's lock is held meanwhile: after lock_timeout the sync gives up."""
    with holding(db, "LOCK TABLE sync_logs IN SHARE MODE"):
        result = art.run("sync", "--json", "--export-dir", shop.save())
        assert result.status == 4 and error_of(result)["code"] == "timeout"
    art.sync(shop.path)


def test_a_signal_while_the_log_is_locked(art, db, shop):
    with holding(db, "LOCK TABLE sync_logs IN SHARE MODE"):
        child = art.start("sync", "--json", "--export-dir", shop.save())
        db.wait("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        child.send_signal(signal.SIGINT)
        assert art.finish(child).status == 130
    assert not db.logs()


def test_the_log_is_locked_when_a_sync_ends(art, db, busy):
    with holding(db, "LOCK TABLE sync_logs IN SHARE MODE"):
        busy.send_signal(signal.SIGTERM)
        assert art.finish(busy).status == 143
    assert failed(art, 1) == 3


def test_an_sql_error_needs_no_cancel(art, db, proxy, shop):
    """Rows that the server refuses to give are not cancelled: nothing is under way any more."""
    art.sync(shop.save())
    db.run("REVOKE SELECT ON artsync.rejects FROM artsync_tester")
    assert art.run("rejects", "--json", url=proxy.url).status == 3
    assert proxy.cancels == 0


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
/* libpq's buffer for what is sent cannot grow: a chunk of COPY does not fit any more. */
void *realloc(void *old, size_t size)
{
    static void *(*real)(void *, size_t);
    Dl_info caller;
    if (!real)
        real = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    if (size > 32768 && dladdr(__builtin_return_address(0), &caller) && strstr(caller.dli_fname, "libpq.so"))
        return NULL;
    return real(old, size);
}
"""


AFTER_COMMIT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
/* artsync gets no memory once the second COMMIT, that of the data, was sent. */
static int commits;
int PQsendQuery(void *conn, const char *sql)
{
    int (*real)(void *, const char *) = (int (*)(void *, const char *))dlsym(RTLD_NEXT, "PQsendQuery");
    commits += strcmp(sql, "COMMIT") == 0;
    return real(conn, sql);
}
void *calloc(size_t n, size_t size)
{
    static void *(*real)(size_t, size_t);
    Dl_info caller;
    if (!real)
        real = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    if (commits >= 2 && dladdr(__builtin_return_address(0), &caller) && strstr(caller.dli_fname, "artsync"))
        return NULL;
    return real(n, size);
}
"""


def preload(folder, source):
    """An environment in which the functions of this C source come before those of the libraries."""
    (folder / "shim.c").write_text(source, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "shim.so", "shim.c", "-ldl"], cwd=folder, check=True)
    return {"LD_PRELOAD": str(folder / "shim.so"),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


def test_no_memory_after_commit(tmp_path, art, db, shop):
    """The data is there: nothing may say that nothing was changed."""
    result = art.run("sync", "--export-dir", shop.save(), env=preload(tmp_path, AFTER_COMMIT))
    assert result.status == 1 and "out of memory after the changes were committed" in result.err, result
    assert db.has("editions", "E1")
    assert {r["status"] for r in db.logs()} == {"completed"}


def test_libpq_gets_no_memory_for_copy(tmp_path, art, db, shop):
    """PQputCopyData says 0 for ever: an error, not an endless loop."""
    for i in range(40):
        shop.print("Q%d" % i, "Print %d" % i, notes="n" * 5000)
    result = art.run("sync", "--json", "--export-dir", shop.save(), env=preload(tmp_path, SHIM))
    assert result.status == 4 and "out of memory" in error_of(result)["message"], result
    db.quiet()
    assert db.value("SELECT count(*) FROM prints") == 0
    assert {r["status"] for r in db.logs()} == {"failed"}
    art.sync(shop.path)
