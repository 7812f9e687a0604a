"""Which field goes into which column, from docs/FIELD_TYPES.md, whose table is drawn from the code; and PostgreSQL's types."""
import re

from support import ROOT

DOCUMENT = (ROOT / "docs" / "FIELD_TYPES.md").read_text(encoding="utf-8").split("<!-- rows: columns -->")[1]
ACCEPTED = {field: re.findall(r"[^,]+", columns.replace(", ", ",").replace("an array of an enum", "enum[]").replace("an enum", "enum"))
            for field, columns in re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCUMENT, re.M) if field != "link"}

SETUP = "CREATE EXTENSION citext SCHEMA public; CREATE TYPE public.mood AS ENUM ('sad', 'so so')"
TYPES = {"text": "text", "varchar": "varchar(60)", "citext": "public.citext", "uuid": "uuid", "smallint": "smallint",
         "integer": "integer", "bigint": "bigint", "numeric": "numeric(10,2)", "real": "real",
         "double precision": "double precision", "boolean": "boolean", "date": "date", "timestamp": "timestamp",
         "timestamptz": "timestamptz", "interval": "interval", "text[]": "text[]", "varchar[]": "varchar(60)[]",
         "json": "json", "jsonb": "jsonb", "enum": "public.mood", "enum[]": "public.mood[]"}
NEVER = {"char": "char(5)", "bytea": "bytea", "int4range": "int4range", "datemultirange": "datemultirange",
         "daterange[]": "daterange[]", "integer[]": "integer[]", "uuid[]": "uuid[]", "money": "money", "time": "time",
         "timetz": "timetz", "numeric(5,-2)": "numeric(5,-2)", "interval hour to minute": "interval hour to minute",
         "inet": "inet", "point": "point", "xml": "xml", "oid": "oid"}
SETTINGS = {"choice": {"choices": ["sad", "so so"]}}
