"""Every value that a case file accepts is exactly what PostgreSQL prints for it."""
import subprocess
from pathlib import Path

import psycopg2
from support import BINARY, ROOT

SETTINGS = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1"


def unescape(text):
    out, chars = [], iter(text)
    for char in chars:
        out.append({"t": "\t", "n": "\n", "r": "\r"}.get(code := next(chars), code) if char == "\\" else char)
    return "".join(out)


def accepted_values():
    tool = Path(BINARY).parent / "unit" / "field_tool"  # `make check-e2e` builds it beside the binary
    lines = subprocess.run([tool], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()
    return [[unescape(field) for field in line.split("\t")] for line in lines.split("\n") if line]


def test_postgresql_prints_what_cleaning_gives(empty):
    empty.run(SETTINGS)
    empty.run("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')")
    values, wrong = accepted_values(), []
    assert len(values) > 300
    for place, sql_type, cell, value in values:
        sql_type = "pg_temp.mood" if sql_type == "enum" else sql_type
        # bpchar's cast to text drops the blanks that a query of the column itself prints
        printed = "format('%%%%s', (%%s)::%s)" % sql_type
        try:
            got = empty.value("SELECT " + printed, value)
        except psycopg2.Error as error:
            got = str(error)
        if got != value:
            wrong.append("%s: %r gave %r, PostgreSQL %s says %r" % (place, cell, value, sql_type, got))
    assert not wrong, "\n".join(wrong)
