"""What somebody who may only CREATE in schema public can put into other people's way: functions, operators, aggregates,
types, views and casts with the names of PostgreSQL's own, in every signature that a statement could match, each of which
says that it ran (a WARNING reaches the client also out of a transaction that is read-only or rolled back)."""
import itertools
import re

import psycopg2
import support

ROLE = "artsync_planter"
MARK = "PLANTED"
TEXTS = ["text", "varchar", "name", '"char"', "bpchar"]
OPERATORS = ["=", "<>", "<", ">", "<=", ">=", "||", "~", "!~", "~~", "!~~", "+", "-", "*", "/", "->", "->>", "%"]
TYPES = ["text", "bytea", "timestamptz", "timestamp", "date", "json", "jsonb", "oid", "regclass", "regproc",
         "regnamespace", "regprocedure", "int2", "int4", "int8", "bool", "name", "uuid", "float8", "varchar", "numeric",
         "interval", "bit"]
# what a polymorphic argument may turn out to be
SHAPES = {"any": ["text", "varchar", "name", "int4", "int8", "bool"], "anyelement": ["text", "varchar", "int8"],
          "anynonarray": ["text", "varchar", "int8"], "anycompatible": ["text", "varchar", "int8"],
          "anyarray": ["text[]", "varchar[]", "name[]", "int2[]", "int8[]"], "anycompatiblearray": ["text[]", "varchar[]"]}
PSEUDO = ("internal", "cstring", "trigger", "record", "anyrange", "anymultirange", "anycompatiblerange", "anyenum",
          "event_trigger", "language_handler", "fdw_handler", "anycompatiblenonarray", "anycompatiblemultirange", "void")


def _sources():
    files = list((support.ROOT / "sql").rglob("*.sql")) + list((support.ROOT / "src").rglob("*.c"))
    return "\n".join(f.read_text() for f in files)


def _called(source):
    return sorted(set(re.findall(r"\b([a-z_][a-z_0-9]*)\(", source)))


class Plants:
    """Statements that plant; names are PostgreSQL's own, so everything here is qualified."""

    def __init__(self, cursor):
        self.cursor, self.statements, self.seen, self.names = cursor, [], set(), 0

    def add(self, sql):
        self.statements.append(sql)

    def function(self, name, args, result, is_set=False):
        signature = "%s(%s)" % (name, ", ".join(args))
        if signature in self.seen:
            return
        self.seen.add(signature)
        body = "RETURN" if is_set or result == "void" else "RETURN NULL"
        self.add("CREATE FUNCTION public.%s RETURNS %s%s LANGUAGE plpgsql AS "
                 "$p$ BEGIN RAISE WARNING '%s function %s'; %s; END $p$" %
                 (signature, "SETOF " if is_set else "", result, MARK, signature.replace("'", ""), body))

    def aggregate(self, name, args, result):
        signature = "%s(%s)" % (name, ", ".join(args) or "*")
        if signature in self.seen:
            return
        self.seen.add(signature)
        self.names += 1
        step = "planted_step_%d" % self.names
        self.function(step, [result, *args], result)
        self.add("CREATE AGGREGATE public.%s (SFUNC = public.%s, STYPE = %s)" % (signature, step, result))

    def operator(self, name, left, right, result):
        signature = "%s(%s,%s)" % (name, left, right)
        if signature in self.seen:
            return
        self.seen.add(signature)
        self.names += 1
        function = "planted_operator_%d" % self.names
        self.add("CREATE FUNCTION public.%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $p$ BEGIN RAISE WARNING "
                 "'%s operator %%', '%s'; RETURN NULL; END $p$" % (function, left, right, result, MARK, signature))
        self.add("CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.%s)" %
                 (name, left, right, function))

    # every signature

    def functions(self, called):
        self.cursor.execute(
            "SELECT proname, prokind, proretset, prorettype::regtype::text,"
            " ARRAY(SELECT a::regtype::text FROM unnest(proargtypes) WITH ORDINALITY u(a, n) ORDER BY n), provariadic <> 0"
            " FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a', 'w')"
            " AND proname = ANY (%s)", (called,))
        for name, kind, is_set, result, args, variadic in self.cursor.fetchall():
            args = [a.strip('"') if a == '"any"' else a for a in args]
            if result in PSEUDO or any(a in PSEUDO for a in args):
                continue
            for variant in self.variants(args, variadic):
                shaped = SHAPES.get(result, [result])
                for to in shaped if kind == "f" else shaped[:1]:
                    if kind == "f":
                        self.function(_quoted(name), variant, to, is_set)
                    else:
                        self.aggregate(_quoted(name), variant, to)

    @staticmethod
    def variants(args, variadic):
        if variadic:
            head = args[:-1]
            yield from ([*head, *[shape] * n] for n in range(1, 7) for shape in ("text", "varchar", "name"))
        elif any(a in SHAPES for a in args):
            yield from (list(v) for v in itertools.product(*(SHAPES.get(a, [a]) for a in args)))
        else:
            yield args
            for other in ("varchar", "name"):
                yield [other if a == "text" else a for a in args]
            yield ["date" if a in ("timestamp with time zone", "timestamp without time zone") else a for a in args]

    def operators(self):
        self.cursor.execute(
            "SELECT oprname, oprleft::regtype::text, oprright::regtype::text, oprresult::regtype::text FROM pg_operator"
            " WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' AND oprname = ANY (%s)", (OPERATORS,))
        for name, left, right, result in self.cursor.fetchall():
            if not {left, right, result} & (set(SHAPES) | set(PSEUDO)):
                self.operator(name, left, right, result)
        for name in OPERATORS[:11]:
            for left, right in [*itertools.product(TEXTS, TEXTS), *((t + "[]", t + "[]") for t in TEXTS),
                                ("oid", "int4"), ("oid", "int8"), ("oid", "regclass"), ("regclass", "oid"),
                                ("regclass", "regclass"), ("oid", "regnamespace"), ("oid", "regproc")]:
                if name != "||" or not left.startswith("reg") and left != "oid":
                    result = ("text[]" if left.endswith("]") else "text") if name == "||" else "boolean"
                    self.operator(name, left, right, result)

    def casts(self):
        self.add("CREATE TYPE public.planted AS (v text)")
        for i, source in enumerate(["varchar", "text", "int4", "int8", "timestamptz", "name"]):
            self.add("CREATE FUNCTION public.planted_cast_%d(%s) RETURNS public.planted LANGUAGE plpgsql AS $p$ BEGIN "
                     "RAISE WARNING '%s cast of %s'; RETURN NULL; END $p$" % (i, source, MARK, source))
            self.add("CREATE CAST (pg_catalog.%s AS public.planted) WITH FUNCTION public.planted_cast_%d(%s) AS IMPLICIT" %
                     (source, i, source))
        for name in ("=", "<>", "<", "||"):
            self.operator(name, "public.planted", "public.planted", "boolean")

    def relations(self, source):
        self.function("planted_row", [], "boolean")
        for name in sorted(set(re.findall(r"\b(pg_[a-z_]+)\b", source))):
            self.cursor.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)", ("pg_catalog." + name,))
            if self.cursor.fetchone() and name not in ("pg_statistic", "pg_authid", "pg_attribute"):
                self.add("CREATE VIEW public.%s AS SELECT * FROM pg_catalog.%s WHERE public.planted_row() IS NULL" %
                         (name, name))

    def types(self):
        for name in TYPES:
            self.function("planted_type", ["pg_catalog." + name], "boolean")
            self.add("CREATE DOMAIN public.%s AS pg_catalog.%s CHECK (public.planted_type(VALUE) IS NULL)" % (name, name))


def _quoted(name):
    return '"%s"' % name


def plant(db, path):
    """Let the role plant in `db`, whose own search_path becomes `path` (None: stays)."""
    db.run("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN; END IF; END $$" %
           (ROLE, ROLE))
    db.run("GRANT CREATE ON SCHEMA public TO %s" % ROLE)
    connection = support.connect(support.make_url(psycopg2.extensions.parse_dsn(db.admin_url), user=ROLE))
    source = _sources()
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = pg_catalog")
        plants = Plants(cursor)
        plants.functions(_called(source))
        plants.operators()
        plants.casts()
        plants.relations(source)
        plants.types()
        for statement in plants.statements:
            try:
                cursor.execute(statement)
            except psycopg2.errors.DuplicateFunction:
                pass  # the same types under other names
    connection.close()
    if path:
        db.run("ALTER DATABASE %s SET search_path = %s" % (db.name, path))
    return len(plants.seen)
