"""Measures artsync against yardsticks E and L on the same data, each work several times, alternating; tests/bench/run.sh
starts the cluster and calls this. Prints medians, and the ratios that docs/PERFORMANCE.md promises."""
import argparse
import csv
import hashlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from urllib.parse import parse_qsl, urlsplit, urlunsplit

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["Prints-Grid view.csv", "Distributors-Grid view.csv", "Editions-All Records.csv"]
PROMISED = 1000000
ROWS_BY_ROW = 10000  # for the ways that query once a row
# The same content in other forms: "csv" of base.json, delimiter and encoding as Python has them.
FORMS = {
    "commas, UTF-8": ({}, ",", "utf-8-sig"),
    "semicolons": ({"delimiter": ";"}, ";", "utf-8-sig"),
    "UTF-16, tabs": ({"delimiter": "\t", "encoding": "UTF-16"}, "\t", "utf-16"),
    "windows-1252, auto": ({"delimiter": "auto", "encoding": "auto"}, ";", "cp1252"),
}
PGLOADER = """LOAD CSV FROM '%s' (%s) INTO %s TARGET TABLE raw (%s)
WITH skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote, fields terminated by ',';
"""


class Bench:
    def __init__(self, args):
        self.args, self.samples = args, {}

    # ---- the database ----

    def url(self, database):
        parts = urlsplit(self.args.url)
        return urlunsplit(parts._replace(path="/" + database))

    def unix_url(self, database):
        """As pgloader spells a socket's folder."""
        parts = urlsplit(self.args.url)
        options = dict(parse_qsl(parts.query))
        return "postgresql://%s@unix:%s:%s/%s" % (parts.username, options["host"], options["port"], database)

    def psql(self, database, *commands):
        flags = [flag for command in commands for flag in ("-c", command)]
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), *flags],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit("bench: " + done.stderr)
        return done.stdout.strip()

    def migrate(self):
        self.psql("postgres", "CREATE DATABASE bench_template")
        subprocess.run([self.args.artsync, "-d", self.url("bench_template"), "-q", "db", "migrate"], check=True)

    def fresh(self, database):
        self.psql("postgres", "DROP DATABASE IF EXISTS " + database,
                  "CREATE DATABASE %s TEMPLATE bench_template" % database, "CHECKPOINT")

    def vacuum(self, database):
        """What autovacuum and time do between an evening and a night."""
        self.psql(database, "VACUUM ANALYZE", "CHECKPOINT")

    def lsn(self):
        return int(self.psql("postgres", "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))

    # ---- measuring ----

    def note(self, name, seconds, memory=0, wal=0):
        self.samples.setdefault(name, []).append((seconds, memory, wal))
        print("  %-34s %8.2f s" % (name, seconds), file=sys.stderr)

    def run(self, name, command, cwd=None, expected=(0,)):
        before = self.lsn()
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        if os.waitstatus_to_exitcode(status) not in expected:
            sys.exit("bench: %s failed: %s" % (name, errors.decode(errors="replace")[-2000:]))
        self.note(name, seconds, usage.ru_maxrss / 1024, (self.lsn() - before) / 1e6)

    def sync(self, name, database, export, expected=(0,), base=None):
        self.run(name, [os.path.abspath(self.args.artsync), "-d", self.url(database), *(("--base", base) if base else ()),
                        "-q", "sync", "--export-dir", export], expected=expected)

    def median(self, name, what=0):
        return statistics.median(sample[what] for sample in self.samples[name])

    # ---- the data ----

    def export(self, name, generator, *options):
        """Generated once; a folder that was not finished is made again."""
        folder = os.path.join(os.path.abspath(self.args.dir), name)
        if not os.path.exists(folder + "/done"):
            subprocess.run(["/usr/bin/python3", "-B", generator, "--out", folder, *options], check=True,
                           stdout=subprocess.DEVNULL)
            open(folder + "/done", "w").close()
        return folder

    def exports(self):
        rows, generate = str(self.args.rows), HERE + "/generate.py"
        self.day = self.export("day-" + rows, generate, "--rows", rows, "--clean")
        self.night = self.export("night-" + rows, generate, "--rows", rows, "--changed", "0.001")
        self.real = self.export("real", HERE + "/../make_export.py", "--rows", "8400", "--prints", "45",
                                "--distributors", "23", "--quirks", "rejects")

    def in_form(self, export, number, delimiter, encoding):
        """The export, written in another form once."""
        folder = "%s-form%d" % (export, number)
        if not os.path.exists(folder + "/done"):
            os.makedirs(folder, exist_ok=True)
            for name in FILES:
                with open(os.path.join(export, name), encoding="utf-8-sig", newline="") as read, \
                        open(os.path.join(folder, name), "w", encoding=encoding, errors="replace", newline="") as write:
                    csv.writer(write, delimiter=delimiter, lineterminator="\n").writerows(csv.reader(read))
            open(folder + "/done", "w").close()
        return folder

    def form_base(self, name, keys):
        folder = os.path.join(os.path.abspath(self.args.dir), "base-form%s" % name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE + "/../../sql/art", folder)
        with open(folder + "/base.json", encoding="utf-8") as file:
            base = json.load(file)
        base["csv"] = keys
        with open(folder + "/base.json", "w", encoding="utf-8") as file:
            json.dump(base, file)
        return folder

    # ---- the works ----

    def forms(self):
        """A first load and a night of the same content in each form."""
        csv.field_size_limit(1 << 30)
        for number, (form, (keys, delimiter, encoding)) in enumerate(FORMS.items()):
            base = self.form_base(number, keys)
            day, night = (self.in_form(export, number, delimiter, encoding) for export in (self.day, self.night))
            self.fresh("bench_f")
            self.sync("artsync, first load, " + form, "bench_f", day, base=base)
            self.vacuum("bench_f")
            self.sync("artsync, 0.1% changed, " + form, "bench_f", night, base=base)

    def expert(self):
        self.fresh("bench_e")
        command = ["psql", "-Xq", "-d", self.url("bench_e"), "-f", HERE + "/expert.sql"]
        self.run("E, first load", command, self.day)
        self.vacuum("bench_e")
        self.run("E, a night", command, self.day)

    def clean(self):
        self.fresh("bench_l")
        self.run("L", ["psql", "-Xq", "-d", self.url("bench_l"), "-f", HERE + "/clean.sql"], self.day)

    def artsync(self):
        self.fresh("bench_a")
        self.sync("artsync, first load", "bench_a", self.day)
        self.vacuum("bench_a")
        self.sync("artsync, nothing changed", "bench_a", self.day)
        self.sync("artsync, 0.1% changed", "bench_a", self.night)
        self.run("read back", ["psql", "-Xq", "-d", self.url("bench_a"), "-c",
                               "COPY (SELECT record_id, raw FROM artsync.state_editions) TO STDOUT (FORMAT binary)"])
        self.fresh("bench_s")
        self.sync("artsync, the real size", "bench_s", self.real, (0, 1))  # 1: its rejects are news

    def source_base(self):
        """The art base, its records read from a database instead of files."""
        folder = self.form_base("source", {})
        with open(folder + "/base.json", encoding="utf-8") as file:
            base = json.load(file)
        del base["csv"]
        self.sources = {table["table"]: table.pop("file") for table in base["tables"]}
        for table in base["tables"]:
            table["source"] = {"database": "BENCH_SOURCE_URL", "table": table["table"]}
        with open(folder + "/base.json", "w", encoding="utf-8") as file:
            json.dump(base, file)
        return folder

    def fill_source(self, export):
        """The cells of the files as they are, in tables of text."""
        self.psql("postgres", "DROP DATABASE IF EXISTS bench_source", "CREATE DATABASE bench_source TEMPLATE template0")
        for table, file in self.sources.items():
            with open(os.path.join(export, file), encoding="utf-8-sig", newline="") as read:
                header = next(csv.reader(read))
            columns = ", ".join('"%s" text' % name for name in header)
            self.psql("bench_source", "CREATE TABLE %s (%s)" % (table, columns))
            subprocess.run(["psql", "-Xq", "-d", self.url("bench_source"), "-c", "\\copy %s FROM '%s' (FORMAT csv, HEADER)" % (
                table, os.path.join(export, file))], check=True)
        self.psql("bench_source", "VACUUM ANALYZE", "CHECKPOINT")

    def database(self):
        """The same rows out of another database: a first load, then a night."""
        base = self.source_base()
        os.environ["BENCH_SOURCE_URL"] = self.url("bench_source")
        self.fresh("bench_d")
        for name, export in (("first load", self.day), ("0.1% changed", self.night)):
            self.fill_source(export)
            self.sync("artsync, %s, a database" % name, "bench_d", export, base=base)
            self.vacuum("bench_d")

    def bare(self):
        files = [os.path.join(self.day, name) for name in FILES]
        self.run("sha256sum", ["sha256sum", *files])
        self.run("parse", [os.path.abspath(self.args.dir) + "/parse", *files])
        start = time.monotonic()
        for name in files:
            with open(name, "rb") as file:
                hashlib.file_digest(file, "sha256")
        self.note("SHA-256", time.monotonic() - start)

    def schemas(self):
        """A base of 38 tables in nine schemas into an empty database, beside the same SQL by psql."""
        folder = os.path.join(os.path.abspath(self.args.dir), "many_schemas")
        subprocess.run([sys.executable, "-B", HERE + "/../e2e/many_schemas.py", folder], check=True)
        for name, command in [("psql -1 -f, 38 tables", ["psql", "-Xq1", "-v", "ON_ERROR_STOP=1", "-f", folder + "/0001_many.sql", "-d"]),
                              ("db migrate, 38 tables", [os.path.abspath(self.args.artsync), "-q", "--base", folder, "db", "migrate", "-d"])]:
            self.psql("postgres", "DROP DATABASE IF EXISTS bench_m", "CREATE DATABASE bench_m TEMPLATE template0", "CHECKPOINT")
            self.run(name, [*command, self.url("bench_m")])

    def others(self):
        """What people use today, where it is installed."""
        if shutil.which("pgloader"):
            columns = ["c%d" % i for i in range(1, 29)]
            self.fresh("bench_p")
            self.psql("bench_p", "CREATE TABLE raw (%s)" % ", ".join(c + " text" for c in columns))
            load = os.path.join(os.path.abspath(self.args.dir), "raw.load")
            with open(load, "w", encoding="utf-8") as file:
                file.write(PGLOADER % (os.path.join(self.day, FILES[2]), ", ".join(columns), self.unix_url("bench_p"),
                                       ", ".join(columns)))
            self.run("pgloader, into a raw table", ["pgloader", "--quiet", load])
            if int(self.psql("bench_p", "SELECT count(*) FROM raw")) != self.args.rows:
                sys.exit("bench: pgloader did not load every row")
        if importlib.util.find_spec("pandas") and importlib.util.find_spec("sqlalchemy"):
            small = self.export("day-%d" % ROWS_BY_ROW, HERE + "/generate.py", "--rows", str(ROWS_BY_ROW), "--clean")
            self.fresh("bench_r")
            self.run("pandas, a query a row, %d rows" % ROWS_BY_ROW,
                     [sys.executable, "-B", HERE + "/rows.py", self.url("bench_r"), small])

    # ---- the report ----

    def promise(self, work, name, must, must_is, aim=None, aim_is=""):
        seconds = self.median(name)
        verdict = "met" if seconds <= must else "MISSED"
        near = "" if aim is None else "%s = %.2f s: %s" % (
            aim_is, aim, "met" if seconds <= aim else "%.1f x" % (seconds / aim))
        print("%-34s %9.2f s   %-34s %-7s %s" % (work, seconds, "%s = %.2f s" % (must_is, must), verdict, near))
        return seconds <= must

    def figures(self):
        m, rows = self.median, self.args.rows
        print("\n%d editions, median of %d runs, %d CPUs, %s\n" % (
            rows, self.args.runs, os.cpu_count(), self.psql("postgres", "SHOW server_version")))
        print("%-36s %9s %9s %9s %10s" % ("", "seconds", "rows/s", "WAL MB", "memory MB"))
        for name in self.samples:
            own = name.startswith("artsync")
            print("%-36s %9.3f %9s %9s %10s" % (
                name, m(name), "{:,.0f}".format((8400 if "real" in name else rows) / m(name)) if own else "",
                "%.1f" % m(name, 2) if m(name, 2) else "", "%.0f" % max(s[1] for s in self.samples[name]) if own else ""))

    def report(self):
        m, rows = self.median, self.args.rows
        if rows < PROMISED:
            print("\nThe promise is for %d editions; the fewer there are, the more the fixed part of a run weighs." % PROMISED)
        print("\n%-34s %11s   %-34s %-7s %s" % ("work", "artsync", "must", "", "aim"))
        bare = m("parse") + m("SHA-256") + m("read back")
        met = [
            self.promise("first load", "artsync, first load", 0.5 * m("E, first load"), "0.5 x E", 0.4 * m("L"), "0.4 x L"),
            self.promise("night, 0.1% changed", "artsync, 0.1% changed", 0.25 * m("E, a night"), "0.25 x E's night",
                         2 * bare, "2 x (parse + SHA-256 + read back)"),
            self.promise("night, nothing changed", "artsync, nothing changed", 3 * m("sha256sum") + 0.02,
                         "3 x sha256sum + 20 ms"),
            self.promise("real size, first load", "artsync, the real size", 1, "a second", 0.3, "0.3 s"),
            self.promise("38 tables, nine schemas", "db migrate, 38 tables", 2 * m("psql -1 -f, 38 tables"), "2 x psql -1 -f"),
        ]
        first = next(iter(FORMS))
        for form in list(FORMS)[1:]:
            for work in ("first load", "0.1% changed"):
                met.append(self.promise("%s, %s" % (work, form), "artsync, %s, %s" % (work, form),
                                        1.3 * m("artsync, %s, %s" % (work, first)), "1.3 x commas and UTF-8"))
        for work in ("first load", "0.1% changed"):
            met.append(self.promise("%s, a database" % work, "artsync, %s, a database" % work,
                                    1.2 * m("artsync, " + work), "1.2 x files"))
        peak = max(sample[1] for name in self.samples if name.startswith("artsync") for sample in self.samples[name])
        met.append(peak <= 256)
        print("%-34s %9.0f MB  %-34s %-7s %s" % ("peak memory", peak, "256 MB", "met" if peak <= 256 else "MISSED",
                                                 "128 MB: " + ("met" if peak <= 128 else "missed")))
        for name in self.samples:
            if name.startswith("pgloader"):
                print("%-34s %9.2f s   %.1f x artsync's first load" % (name, m(name), m(name) / m("artsync, first load")))
            if name.startswith("pandas"):
                print("%-34s %9.2f s   %.0f rows/s; artsync's first load: %.0f rows/s" % (
                    name, m(name), ROWS_BY_ROW / m(name), rows / m("artsync, first load")))
        return all(met)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--dir", "--url", "--artsync"):
        parser.add_argument(name, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--alone", action="store_true", help="without yardsticks: how artsync grows with the rows")
    bench = Bench(parser.parse_args())
    bench.exports()
    bench.migrate()
    for number in range(1, bench.args.runs + 1):
        print("run %d" % number, file=sys.stderr)
        yardsticks = () if bench.args.alone else (
            bench.expert, bench.clean, bench.bare, bench.schemas, bench.others, bench.forms)
        for work in (*yardsticks, bench.artsync, bench.database):
            work()
    bench.figures()
    met = bench.args.alone or bench.report()
    sys.exit(0 if met or bench.args.rows < PROMISED else 1)


if __name__ == "__main__":
    main()
