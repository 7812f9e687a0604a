"""Triggers, checks and index functions of the business: they find their tables as they do for its own application, while
artsync's own statements look nothing up by that path."""
import json

import planted
import pytest
import support

PATHS = {"public": "public", "app": "public, app"}


@pytest.fixture(name="shop", params=PATHS, ids=["default path", "a schema of its own"])
def _shop(request, empty, tmp_path):
    """One table t, its application's objects in schema `where`, which the database's own search_path names."""
    where = request.param
    base = {"name": "shop", "schema": "public", "date_order": "mdy", "tables": [
        {"table": "t", "file": "t.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
         "columns": [{"column": "name", "headers": ["name"], "type": "text"},
                     {"column": "size", "headers": ["size"], "type": "text"}]}]}
    (tmp_path / "base.json").write_text(json.dumps(base))
    (tmp_path / "0001_tables.sql").write_text(
        "CREATE TABLE t (id serial PRIMARY KEY, airtable_id text NOT NULL UNIQUE, name text CONSTRAINT t_name UNIQUE, size varchar(20));")
    if where != "public":
        empty.run("CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO artsync_tester")
        empty.run("ALTER DATABASE %s SET search_path = %s" % (empty.name, PATHS[where]))
    return Shop(support.Artsync(tmp_path, empty), empty, where)


class Shop:
    def __init__(self, art, db, where):
        self.art, self.db, self.where, self.exports = art, db, where, 0
        self.ok("db", "migrate")

    def people(self, sql):
        """What the business's own developers run: as the owner, whose path is the database's."""
        connection = support.connect(self.db.url)
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = %s, public" % self.where)
            cursor.execute(sql)
        connection.close()

    def run(self, *args, **kwargs):
        return self.art.run("--base", ".", *args, **kwargs)

    def ok(self, *args, status=0, **kwargs):
        result = self.run(*args, **kwargs)
        assert result.status == status, result
        return result

    def export(self, *rows):
        self.exports += 1
        folder = self.art.cwd / ("export%d" % self.exports)
        folder.mkdir()
        lines = ["name,size,Record ID"] + ["%s,%s,rec%014d" % (name, size, n) for n, name, size in rows]
        (folder / "t.csv").write_text("\n".join(lines))
        return folder

    def big(self, rows=60000):
        """More than 4 MB: keys that the base's migrations name are dropped and made again."""
        folder = self.export(*((i, "Oak %d %s" % (i, "x" * 40), "S") for i in range(1, rows + 1)))
        assert rows < 60000 or (folder / "t.csv").stat().st_size > 4 * 1024 * 1024
        return folder

    def names(self, table="audit_log"):
        return self.db.column("SELECT name FROM %s.%s ORDER BY name COLLATE \"C\"" % (self.where, table))


AUDIT = """
    CREATE TABLE audit_log (name text);
    CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO audit_log VALUES (TG_OP || ' ' || coalesce(CASE TG_OP WHEN 'DELETE' THEN OLD.name ELSE NEW.name END, ''));
        RETURN NULL;
    END $$;
"""


def test_an_audit_trigger_names_its_table_without_schema(shop):
    shop.people(AUDIT + "CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION audit()")
    first, second = shop.export((1, "Oak", "S"), (2, "Elm", "S")), shop.export((1, "Ash", "S"), (3, "Fir", "S"))
    shop.ok("sync", "--export-dir", first, "--dry-run")
    assert shop.names() == []
    shop.ok("sync", "--export-dir", first)
    assert shop.names() == ["INSERT Elm", "INSERT Oak"]
    shop.ok("sync", "--export-dir", second, "--mode", "full", "--max-deactivate", "50%")
    assert shop.names() == ["INSERT Elm", "INSERT Fir", "INSERT Oak", "UPDATE Ash", "UPDATE Elm"]
    shop.ok("rollback", "last")
    assert shop.names()[0] == "DELETE Fir" and "UPDATE Oak" in shop.names()


@pytest.mark.parametrize("kind", ["BEFORE INSERT OR UPDATE ON t FOR EACH STATEMENT", "deferred"])
def test_statement_and_deferred_triggers(shop, kind):
    trigger = ("CREATE TRIGGER audit %s EXECUTE FUNCTION audit_all()" % kind if kind != "deferred" else
               "CREATE CONSTRAINT TRIGGER audit AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
               "EXECUTE FUNCTION audit_all()")
    shop.people("CREATE TABLE audit_log (name text); CREATE FUNCTION audit_all() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN INSERT INTO audit_log VALUES (TG_OP); RETURN NULL; END $$;" + trigger)
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S")))
    shop.ok("sync", "--export-dir", shop.export((1, "Ash", "S")))
    assert shop.names() == ["INSERT", "UPDATE"]


def test_deferred_triggers_before_keys_are_made_again(shop):
    """A table with deferred triggers that have not run yet takes no ALTER TABLE."""
    shop.people("CREATE TABLE audit_log (name text); CREATE FUNCTION audit_all() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF NEW.name LIKE 'Oak 1 %' THEN INSERT INTO audit_log VALUES (TG_OP); END IF; RETURN NULL; END $$;"
                "CREATE CONSTRAINT TRIGGER audit AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                "EXECUTE FUNCTION audit_all()")
    shop.ok("sync", "--export-dir", shop.big())
    assert shop.names() == ["INSERT"]


def test_a_trigger_that_makes_tables(shop):
    """What it makes without schema goes where it goes for the application."""
    shop.people("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "CREATE TABLE IF NOT EXISTS kept (name text); INSERT INTO kept VALUES (NEW.name); RETURN NULL; END $$;"
                "CREATE TRIGGER keep AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION keep()")
    shop.db.run("GRANT CREATE ON SCHEMA public TO artsync_tester")
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S")))
    assert shop.db.column("SELECT name FROM public.kept") == ["Oak"]


CHECKED = """
    CREATE TABLE sizes (size text PRIMARY KEY);
    INSERT INTO sizes VALUES ('S'), ('L');
    CREATE FUNCTION is_size(text) RETURNS boolean LANGUAGE plpgsql AS
        $$ BEGIN RETURN EXISTS (SELECT 1 FROM sizes WHERE size = $1); END $$;
    ALTER TABLE t ADD CONSTRAINT known_size CHECK (is_size(size));
"""


def test_a_check_whose_function_reads_a_table(shop):
    shop.people(CHECKED)
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S"), (2, "Elm", "L")))
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "L"), (2, "Elm", "XXL"), (3, "Fir", "S"), (4, "Bay", "M")),
            status=1)
    assert shop.db.rows("SELECT name, size FROM t ORDER BY name") == [
        {"name": "Elm", "size": "L"}, {"name": "Fir", "size": "S"}, {"name": "Oak", "size": "L"}]
    assert {r["code"] for r in shop.db.rows("SELECT code FROM artsync.rejects")} == {"check_constraint"}
    shop.ok("backup", "b")
    shop.ok("restore", "--force", "b")


INDEXED = """
    CREATE TABLE weights (size text, weight integer);
    INSERT INTO weights VALUES ('S', 1), ('L', 2);
    CREATE FUNCTION weight(text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
        $$ BEGIN RETURN (SELECT min(weight) FROM weights WHERE size = $1); END $$;
    CREATE INDEX t_weight ON t (weight(size::text));
"""


@pytest.mark.parametrize("rows", [2, 60000], ids=["small", "keys are made again"])
def test_an_index_whose_function_reads_a_table(shop, rows):
    shop.people(INDEXED)
    shop.ok("sync", "--export-dir", shop.big(rows))
    shop.ok("sync", "--export-dir", shop.export((1, "Ash", "L")))
    assert shop.db.value("SELECT count(*) FROM pg_indexes WHERE indexname = 't_weight'") == 1
    shop.ok("db", "verify")


def test_a_role_s_own_path_counts(shop):
    shop.people(AUDIT + "CREATE TRIGGER audit AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION audit()")
    shop.db.run("CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO artsync_tester;"
                "ALTER TABLE %s.audit_log SET SCHEMA elsewhere" % shop.where)
    shop.db.run("ALTER ROLE artsync_tester IN DATABASE %s SET search_path = 'elsewhere', \"$user\", pg_temp, pg_catalog"
                % shop.db.name)
    shop.where = "elsewhere"
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S")))
    assert shop.names() == ["INSERT Oak"]


# ---- errors inside functions ----

@pytest.mark.parametrize("body, words, hint", [
    ("INSERT INTO nowhere VALUES (1)", "nowhere", "search_path"),
    ("PERFORM no_such(1)", "no_such", "search_path"),
    ("PERFORM current_setting('app.user_id')", "app.user_id", "PGOPTIONS"),
])
def test_an_error_inside_a_function_names_function_and_line(shop, body, words, hint):
    shop.people("CREATE FUNCTION stamp_user() RETURNS trigger LANGUAGE plpgsql AS "
                "$$\nBEGIN\n  %s;\n  RETURN NEW;\nEND $$;"
                "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp_user()" % body)
    error = support.error_of(shop.ok("sync", "--json", "--export-dir", shop.export((1, "Oak", "S")), status=4))
    assert words in error["message"] and "stamp_user() line 3" in error["message"], error
    assert hint in error["hint"], error
    assert shop.db.value("SELECT count(*) FROM t") == 0


def test_a_setting_that_the_application_makes_can_be_given(shop):
    shop.people("CREATE FUNCTION stamp_user() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN NEW.size := current_setting('app.user_id'); RETURN NEW; END $$;"
                "CREATE TRIGGER stamp BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp_user()")
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S")), env={"PGOPTIONS": "-c app.user_id=7"})
    assert shop.db.column("SELECT size FROM t") == ["7"]


def test_a_reject_names_the_function(shop):
    shop.people("CREATE FUNCTION fussy() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF NEW.name = 'Elm' THEN RAISE EXCEPTION 'no elms'; END IF; RETURN NEW; END $$;"
                "CREATE TRIGGER fussy BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fussy()")
    shop.ok("sync", "--export-dir", shop.export((1, "Oak", "S"), (2, "Elm", "S")), status=1)
    reason = shop.db.value("SELECT reason FROM artsync.rejects")
    assert "no elms" in reason and "fussy() line 1" in reason


SQL_INDEXED = """
    CREATE TABLE factor (f integer); INSERT INTO factor VALUES (2);
    CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
    CREATE FUNCTION heavy(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT plain($1)';
    CREATE FUNCTION heavier(text) RETURNS integer LANGUAGE sql IMMUTABLE AS
        'SELECT length($1) * coalesce((SELECT max(f) FROM factor), 1)';
    CREATE INDEX t_heavy ON t (heavy(name));
    CREATE INDEX t_heavier ON t (heavier(name)) WHERE heavy(name) <> '';
"""


@pytest.mark.parametrize("rows", [2, 60000], ids=["small", "keys are made again"])
def test_an_index_whose_sql_function_leaves_the_schema_out(shop, rows):
    """PostgreSQL reads the text of such a function while it plans any statement on the table."""
    shop.people(SQL_INDEXED)
    first = shop.big(rows)
    second = shop.export((1, "Ash", "L"))
    for args, status in ((("base", "check"), 0), (("sync", "--export-dir", first, "--dry-run"), 0),
                         (("sync", "--export-dir", first), 0), (("diff", "--export-dir", second), 0),
                         (("sync", "--export-dir", second), 0), (("status", "--export-dir", second), 0),
                         (("validate", "--parity", "--export-dir", second), None), (("stats",), 0),
                         (("history", "last"), 0), (("rollback", "last"), 0), (("export", "--dir", "out"), 0),
                         (("backup", "b"), 0)):
        result = shop.run(*args)
        assert status in (None, result.status) and "does not exist" not in result.err + result.out, result
    people = support.connect(shop.db.url)  # a new session, as the index needs one
    with people.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.t")
        assert cursor.fetchone() == (rows,)
    people.close()


# ---- and what others have planted ----

def test_planted_names_stay_without_effect_beside_triggers(shop):
    """The database's own path holds while rows are written, and others may create in one of its schemas. Triggers of the
    business that name everything run; nothing that artsync sends meanwhile calls what was planted."""
    shop.people("CREATE TABLE audit_log (name text); CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "INSERT INTO {w}.audit_log VALUES (pg_catalog.current_setting('search_path')); RETURN NULL; END $$;"
                "CREATE CONSTRAINT TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON t DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION audit()".format(w=shop.where))
    planted.plant(shop.db, "public, pg_catalog" if shop.where == "public" else "public, app, pg_catalog")
    first = shop.export((1, "Oak", "S"), (2, "Elm", "S"), (3, "Oak", "S"))
    second = shop.export((1, "Elm", "S"), (2, "Oak", "L"), (4, "Fir", "S"), (5, "Fir", "S"))
    said = ""
    for args, status in ((("sync", "--export-dir", first), 1), (("sync", "--export-dir", second), 1),
                         (("sync", "--export-dir", first, "--mode", "full", "--max-deactivate", "100%"), 1),
                         (("sync", "--export-dir", second, "--mode", "merge"), 1),
                         (("rollback", "last"), 0), (("validate", "--parity", "--export-dir", second), 1)):
        result = shop.ok(*args, status=status)
        said += result.out + result.err
    assert planted.MARK not in said, said
    paths = set(shop.db.column("SELECT name FROM %s.audit_log" % shop.where))
    assert paths == {"public, pg_temp" if shop.where == "public" else "public, app, pg_temp"}
