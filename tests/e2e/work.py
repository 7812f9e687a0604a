"""How much work the server did, counted and not timed: the rows that every node of every plan looked at."""
import re
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
