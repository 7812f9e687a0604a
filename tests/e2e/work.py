"""How much work is done, counted and not timed: rows that the nodes of a plan looked at, bytes of memory."""
import re
import sys
from contextlib import contextmanager

SETTINGS = {"auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on", "auto_explain.log_timing": "off",
            "auto_explain.log_level": "notice"}
NODE = re.compile(r"\(actual rows=(\d+) loops=(\d+)\)")
REMOVED = re.compile(r"Rows Removed by [A-Za-z ]*: (\d+)")


@contextmanager
def explained(db):
    """Every later connection to the database tells the plan of each statement and what its nodes did, as a NOTICE."""
    db.run("ALTER DATABASE %s SET session_preload_libraries = 'auto_explain'" % db.name)
    db.run("LOAD 'auto_explain'")
    for name, value in SETTINGS.items():
        db.run("ALTER DATABASE %s SET %s = '%s'" % (db.name, name, value))
    try:
        yield
    finally:
        db.run("ALTER DATABASE %s RESET ALL" % db.name)


def rows_looked_at(plan):
    """Of one plan: what its nodes gave out, and what their filters and joins looked at in vain."""
    total, loops = 0, 1
    for line in plan.split("\n"):
        node, removed = NODE.search(line), REMOVED.search(line)
        if node:
            loops = int(node[2])
            total += int(node[1]) * loops
        elif removed:
            total += int(removed[1]) * loops
    return total


def plans(result):
    """The plans that a run with --verbose told."""
    return [p for p in result.err.split("PostgreSQL: ") if "  plan:" in p]


def work(db, art, *args, status=(0, 1)):
    """Rows that the server looked at in one run of the binary."""
    with explained(db):
        result = art.run(*args, "--verbose")
    assert result.status in status, result
    found = plans(result)
    assert found, result
    return sum(map(rows_looked_at, found))


# Runs a command without its output and prints its status and its peak. The peak counts the memory of the process that it
# was started from, which is this small one.
MEASURE = """
import os, sys
nothing = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=nothing)
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
"""


def memory_peak(art, *args, status=0):
    """Bytes that artsync had in memory at most."""
    result = art.finish(art.start(*args, through=[sys.executable, "-I", "-S", "-c", MEASURE]))
    ended, peak = map(int, result.out.split())
    assert ended == status, result
    return peak
