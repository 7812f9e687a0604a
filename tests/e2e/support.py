"""What the end-to-end tests share: databases, runs of the binary, exports small enough to write in a test."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2
import psycopg2.extensions
import psycopg2.extras

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import make_export  # noqa: E402  (tests/make_export.py)

BINARY = str(Path(os.environ.get("ARTSYNC_BIN", ROOT / "build" / "artsync")).resolve())
TABLES = ["prints", "distributors", "editions"]
STATE = ["artsync.state_prints", "artsync.state_distributors", "artsync.state_editions"]
TIMEOUT = 60  # seconds after which a run counts as hung


# ---- databases ----

def make_url(dsn, **changes):
    """A postgresql:// URL of libpq parameters, some of them changed."""
    parameters = {**dsn, **changes}
    database = parameters.pop("dbname", "postgres")
    pairs = "&".join("%s=%s" % (k, quote(str(v), safe="")) for k, v in parameters.items() if v)
    return "postgresql:///%s?%s" % (quote(database, safe=""), pairs)


def connect(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection


class Database:
    """One database and a superuser's connection to it; what a test sees and what people do in it."""

    def __init__(self, name, url, admin_url):
        self.name, self.url, self.admin_url = name, url, admin_url
        self.connection = connect(admin_url)

    def close(self):
        self.connection.close()

    def run(self, sql, *args):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, args or None)
            return cursor.rowcount

    def rows(self, sql, *args):
        """Rows as dicts."""
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(sql, args or None)
            return [dict(r) for r in cursor.fetchall()]

    def row(self, sql, *args):
        found = self.rows(sql, *args)
        assert len(found) == 1, (sql, args, found)
        return found[0]

    def value(self, sql, *args):
        return next(iter(self.row(sql, *args).values()))

    def column(self, sql, *args):
        return [next(iter(r.values())) for r in self.rows(sql, *args)]

    def copy(self, query):
        """COPY (query) TO STDOUT: every byte that the table holds."""
        class Sink:
            def __init__(self):
                self.parts = []

            def write(self, data):
                self.parts.append(data)

        sink = Sink()
        with self.connection.cursor() as cursor:
            cursor.copy_expert("COPY (%s) TO STDOUT" % query, sink)
        return "".join(p if isinstance(p, str) else p.decode() for p in sink.parts)

    def snapshot(self, tables=tuple(TABLES)):
        """The tables byte for byte, in the order of their ids."""
        return {t: self.copy("SELECT * FROM %s t ORDER BY %s" % (
            t, "record_id" if t.startswith("artsync.state_") else "id")) for t in tables}

    def versions(self, tables=tuple(TABLES + STATE)):
        """(ctid, xmin) of every row: any write at all shows."""
        return {t: self.copy("SELECT ctid, xmin FROM %s ORDER BY 1" % t) for t in tables}

    def history(self):
        """Bookkeeping that a sync without changes must not touch."""
        return {t: self.copy("SELECT ctid, xmin, id FROM artsync.%s ORDER BY id" % t) for t in ("changes", "rejects")}

    def sequences(self):
        """Where every identity of the mapped tables is."""
        return {t: self.value("SELECT last_value || ' ' || is_called FROM %s" %
                              self.value("SELECT pg_get_serial_sequence(%s, 'id')", t)) for t in TABLES}

    def writes(self):
        """Rows ever inserted, updated, deleted per mapped and state table, as the server counted them."""
        self.quiet()
        self.run("SELECT pg_stat_clear_snapshot()")
        return {(r["schemaname"], r["relname"]): (r["n_tup_ins"], r["n_tup_upd"], r["n_tup_del"])
                for r in self.rows("SELECT * FROM pg_stat_user_tables WHERE relname <> 'sync_logs'")}

    def quiet(self):
        """Wait until no artsync is connected any more (a backend sends its counters when it ends)."""
        self.wait("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = %s "
                  "AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
                  "AND application_name LIKE 'artsync%%'", self.name)

    def wait(self, sql, *args):
        """Until the query says true."""
        deadline = time.monotonic() + TIMEOUT
        while not self.value(sql, *args):
            assert time.monotonic() < deadline, "waited in vain for: " + sql
            pass  # the query itself is the pause

    def logs(self, where="true"):
        return self.rows("SELECT * FROM sync_logs WHERE %s ORDER BY id" % where)

    # people at work

    def get(self, table, key):
        return self.row("SELECT * FROM %s WHERE airtable_id = %%s" % table, rid(key))

    def has(self, table, key):
        return self.value("SELECT count(*) FROM %s WHERE airtable_id = %%s" % table, rid(key)) == 1

    def edit(self, table, key, **columns):
        """An edit by people: one row, by record id."""
        sets = ", ".join("%s = %%s" % c for c in columns)
        changed = self.run("UPDATE %s SET %s WHERE airtable_id = %%s" % (table, sets), *columns.values(), rid(key))
        assert changed == 1

    def remove(self, table, key):
        assert self.run("DELETE FROM %s WHERE airtable_id = %%s" % table, rid(key)) == 1


# ---- runs of the binary ----

def default_signals():
    """In the child: the tests may have been started with signals ignored (nohup, a job in the background)."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Result:
    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return "artsync %s\n-- status %s\n-- stdout\n%s\n-- stderr\n%s" % (
            " ".join(self.args), self.status, self.out[:4000], self.err[:4000])


class Artsync:
    """The binary in a folder of its own with an empty environment; DATABASE_URL points at the test's database."""

    def __init__(self, cwd, db):
        self.cwd, self.db = Path(cwd), db
        self.children = []

    def start(self, *args, env=None, url=True, through=()):
        """`through`: a command that runs the one behind it."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.cwd), "LC_ALL": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if url is True:
            environment["DATABASE_URL"] = self.db.url
        elif url:
            environment["DATABASE_URL"] = url
        environment.update(env or {})
        child = subprocess.Popen([*through, BINARY, *map(str, args)], cwd=self.cwd, env=environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 encoding="utf-8", errors="replace", preexec_fn=default_signals)
        self.children.append(child)
        return child

    def finish(self, child):
        out, err = child.communicate(timeout=TIMEOUT)
        return Result([str(a) for a in child.args[1:]], child.returncode, out, err)

    def run(self, *args, env=None, url=True):
        result = self.finish(self.start(*args, env=env, url=url))
        assert "Sanitizer" not in result.err, result
        return result

    def ok(self, *args, status=0, **kwargs):
        result = self.run(*args, **kwargs)
        assert result.status == status, result
        return result

    def sync(self, export, *args, status=0, **kwargs):
        """`sync --json` of a folder; returns the object with the tables by name, checked for its sum."""
        where = ["--export-dir", str(export)] if export is not None else []
        report = self.ok("sync", "--json", *where, *args, status=status, **kwargs).json
        return by_table(report)

    def kill(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.communicate()


COUNTS = ["read", "created", "updated", "unchanged", "deactivated", "reactivated", "rejected", "new_rejects",
          "skipped_records", "not_found", "conflicts", "overwritten", "warnings"]


def by_table(report):
    """The report with `t`: its tables by name. Every sync's sum has to hold."""
    for table in report["tables"]:
        total = sum(table[k] for k in ("created", "updated", "unchanged", "rejected", "skipped_records", "not_found"))
        assert table["read"] == total, table
        assert table["reactivated"] <= table["updated"], table
        assert table["new_rejects"] <= table["rejected"], table
    report["t"] = {t["table"]: t for t in report["tables"]}
    return report


def counts(report, table, *names):
    return tuple(report["t"][table][n] for n in names)


def error_of(result):
    """The one error of a failed command: (code, message, hint); the text form has one message, too."""
    error = result.json["error"]
    assert set(error) == {"code", "message", "hint", "sqlstate"}, error
    assert error["message"]
    return error


def interrupt(child):
    child.send_signal(signal.SIGINT)


# ---- exports small enough to read ----

def rid(key):
    """A record id for a short name: E1 -> recE1z00000000000; what is an id already stays."""
    if key.startswith("rec") and len(key) == 17 or key.startswith("~"):
        return key.lstrip("~")
    return "rec" + (key + "z" + "0" * 14)[:14]


ALIASES = {
    "name": {"prints": "Print Name", "distributors": "Name"}, "total": "Total Editions", "notes": "Notes",
    "image": "Image", "web": "Web link", "description": "Description", "commission": "Commission", "date": "Date",
    "contact": "Contact Number", "display": "Print - Edition", "number": "Print Edition", "printed": "Printed",
    "size": "Size", "frame": "Frame", "sold": "Sold", "price": "Retail Price", "date_sold": "Date Sold",
    "settled": "Settled", "variation": "Variation", "in_gallery": "Date in Gallery", "payment": "Payment",
    "weeks": "Weeks in Gallery", "year": "Year Sold", "month": "Month Sold",
}
ID_HEADER = {"prints": "Record_id", "distributors": "Record_id", "editions": "record_id"}


class Export:
    """An export under construction: records by short name, written with the real headers."""

    def __init__(self, path):
        self.path = Path(path)
        self.records = {t: {} for t in TABLES}
        self.headers = {t: list(make_export.HEADERS[t]) for t in TABLES}
        self.bom, self.crlf = True, False

    def copy(self, path):
        other = Export(path)
        other.records = {t: {k: dict(r) for k, r in records.items()} for t, records in self.records.items()}
        other.headers = {t: list(h) for t, h in self.headers.items()}
        return other

    def hide(self, table, *headers):
        self.headers[table] = [h for h in self.headers[table] if h not in headers]
        return self

    def _cells(self, table, fields):
        cells = {}
        for name, value in fields.items():
            header = ALIASES.get(name, name)
            header = header[table] if isinstance(header, dict) else header
            assert header in make_export.HEADERS[table], header
            cells[header] = "" if value is None else str(value)
        return cells

    def put(self, table, key, **fields):
        """Add a record, or change cells of one that is there."""
        record = self.records[table].setdefault(key, {ID_HEADER[table]: rid(key)})
        record.update(self._cells(table, fields))
        return self

    def print(self, key, name=None, **fields):
        if name is not None or key not in self.records["prints"]:
            fields["name"] = name if name is not None else "Print " + key
        return self.put("prints", key, **fields)

    def distributor(self, key, name=None, **fields):
        if name is not None or key not in self.records["distributors"]:
            fields["name"] = name if name is not None else "Shop " + key
        return self.put("distributors", key, **fields)

    def edition(self, key, print=None, distributor=None, **fields):  # pylint: disable=redefined-builtin
        """`print` and `distributor` are short names of records; the display name follows, as in Airtable."""
        cells = {}
        if print is not None:
            parent = self.records["prints"].get(print, {}).get("Print Name", "Print " + print)
            cells.update({"Print": make_export.linked([parent]), "print_record_id": rid(print)})
        if distributor is not None:
            parent = self.records["distributors"].get(distributor, {}).get("Name", "Shop " + distributor)
            cells.update({"Distributor": make_export.linked([parent]), "distributor_record_id": rid(distributor)})
        if "number" in fields and "display" not in fields:
            record = self.records["editions"].get(key, {})
            fields["display"] = "%s - %s" % (cells.get("Print", record.get("Print", "")), fields["number"])
        self.put("editions", key, **fields)
        self.records["editions"][key].update(cells)
        return self

    def drop(self, table, *keys):
        for key in keys:
            del self.records[table][key]
        return self

    def save(self, *tables):
        self.path.mkdir(parents=True, exist_ok=True)
        for table in tables or TABLES:
            data = make_export.csv_bytes(self.headers[table], list(self.records[table].values()), self.bom, self.crlf)
            (self.path / make_export.FILES[table]).write_bytes(data)
        return self.path

    def file(self, table):
        return self.path / make_export.FILES[table]


def shop(path):
    """Two prints, two distributors, six editions: enough for most stories."""
    x = Export(path)
    x.print("P1", "Harbour", total=10).print("P2", "Lighthouse", total=20)
    x.distributor("D1", "Old Mill", commission="40%").distributor("D2", "North Pier")
    for i in range(1, 4):
        x.edition("E%d" % i, "P1", number=i, price="£%d.00" % (50 + i))
    for i in range(4, 7):
        x.edition("E%d" % i, "P2", number=i - 3, price="£%d.00" % (50 + i), distributor="D1")
    return x
