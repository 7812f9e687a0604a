"""A base whose tables, types and seed rows are in many schemas: migrate, verify, sync, checks, drop, backup, export, grants."""
import many_schemas
import pytest
import support

DEVELOPMENT = {"ARTSYNC_ENV": "development"}


@pytest.fixture(scope="module")
def made(cluster, tmp_path_factory):
    """The base in a migrated database, once; a test that changes it gets a copy by `databases`."""
    folder = tmp_path_factory.mktemp("many")
    many_schemas.write(folder / "base")
    for name, text in many_schemas.FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    db = cluster.create()
    support.Artsync(folder, db).ok("--base", "./base", "db", "migrate")
    db.quiet()
    db.close()
    yield db.name, folder
    cluster.execute("DROP DATABASE %s WITH (FORCE)" % db.name)


@pytest.fixture
def many(cluster, made):
    template, folder = made
    db = cluster.create(template)
    yield Many(folder, db)
    cluster.drop(db)


class Many(support.Artsync):
    def start(self, *args, **kwargs):
        return super().start("--base", "./base", *args, **kwargs)

    def verify(self, status=0):
        told = self.ok("db", "verify", "--json", status=status).json
        return {(d["difference"], d["type"], d["object"]) for d in told["differences"]}


OWN = "n.nspname IN ('core', 'sales', 'stock', 'crm', 'billing', 'audit', 'kinds', 'Web Shop', 'logistics')"


def test_the_base_is_what_it_says(many):
    def count(kinds):
        return many.db.value("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                             "WHERE c.relkind IN (%s) AND %s" % (kinds, OWN))
    assert (count("'r'"), count("'i'"), count("'v'")) == (38, 161, 4)
    assert many.db.value("SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
                         "WHERE t.typtype = 'e' AND n.nspname = 'kinds'") == 6
    assert many.db.value("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'stamp%'") == 3


def test_a_second_migration_does_nothing_and_verify_is_clean(many):
    assert "0" in many.ok("db", "migrate", "--json").out
    assert many.ok("db", "migrate", "--json").json["applied"] == 0
    assert many.verify() == set()
    assert many.ok("base", "check").status == 0


CHANGES = [
    ("ALTER TABLE logistics.t8 DROP COLUMN note", ("missing", "column", "logistics.t8.note")),
    ("ALTER TABLE crm.t3 ALTER n TYPE bigint", ("different", "column", "crm.t3.n")),
    ("ALTER TABLE \"Web Shop\".t7 DROP CONSTRAINT n_positive", ("missing", "constraint", "\"Web Shop\".t7.n_positive")),
    ("DROP INDEX stock.one_per_artist", ("missing", "index", "stock.works.one_per_artist")),
    ("DROP INDEX sales.one_open_order; CREATE UNIQUE INDEX one_open_order ON sales.orders (work_id) WHERE state = 'state_a'",
     ("different", "index", "sales.orders.one_open_order")),
    ("ALTER TABLE sales.orders DISABLE TRIGGER stamp_orders", ("different", "trigger", "sales.orders.stamp_orders")),
    ("DROP TRIGGER stamp_works ON stock.works", ("missing", "trigger", "stock.works.stamp_works")),
    ("CREATE OR REPLACE VIEW core.known AS SELECT id, name, rank FROM core.artists", ("different", "view", "core.known")),
    ("DROP VIEW \"Web Shop\".works", ("missing", "view", "\"Web Shop\".works")),
    ("ALTER TYPE kinds.channel ADD VALUE 'new'", ("different", "type", "kinds.channel")),
    ("ALTER TYPE kinds.unit RENAME TO units", ("missing", "type", "kinds.unit")),
    ("DROP TABLE audit.t5", ("missing", "table", "audit.t5")),
    ("CREATE OR REPLACE FUNCTION core.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
     ("different", "function", "core.stamp()")),
    ("ALTER TABLE billing.t4 ADD COLUMN more text", ("addition", "column", "billing.t4.more")),
    ("CREATE TABLE crm.ours (id int)", ("addition", "table", "crm.ours")),
]


def test_each_kind_of_object_that_was_changed_by_hand_is_named(many):
    for statement, _ in CHANGES:
        many.db.run(statement)
    found = many.verify(status=1)
    wanted = {difference for _, difference in CHANGES}
    wanted.add(("missing", "index", "logistics.t8.t8_more_8"))  # went with the column
    retyped = {d for d in found if d[1] == "column" and d[0] == "different" and d[2].endswith(".kind")}  # kinds.unit is kinds.units now
    assert wanted - found == set() and found - wanted - retyped == set(), (wanted - found, found - wanted)


def test_a_first_load_makes_foreign_keys_between_schemas_at_its_end(many, tmp_path):
    """Dropped before and made again after it, so that rows are not checked one by one: each is another constraint then."""
    export = tmp_path / "large"  # large enough for that: 80 cells of 60,000 bytes that are not mapped
    export.mkdir()
    (export / "Artists.csv").write_text(many_schemas.FILES["Artists.csv"])
    pad = "x" * 60000
    (export / "Works.csv").write_text("Id,Title,Artist,Pad\n" + "".join("w%d,Work %d,Ada,%s\n" % (i, i, pad) for i in range(80)))
    (export / "Orders.csv").write_text("Id,Work,State,Pad\n" + "".join("o%d,Work %d,plain,%s\n" % (i, i, pad) for i in range(80)))
    for table in ("core.artists", "stock.works", "sales.orders"):  # rows that triggers look at are not loaded so
        many.db.run("DROP TRIGGER stamp_%s ON %s" % (table.split(".")[1], table))
    key = "SELECT oid FROM pg_constraint WHERE conname = 'work_of_order'"
    before = many.db.value(key)
    assert support.counts(many.sync(export), "orders", "created", "rejected") == (80, 0)
    assert many.db.value(key) != before


def test_sync_links_checks_and_export_across_schemas(many, tmp_path):
    report = many.sync(many.cwd)
    assert support.counts(report, "works", "created", "rejected") == (3, 0)
    assert many.db.value("SELECT a.name FROM sales.orders o JOIN stock.works w ON w.id = o.work_id "
                         "JOIN core.artists a ON a.id = w.artist_id WHERE o.rid = 'o1'") == "Ada"
    assert many.sync(many.cwd, "--mode", "merge")["t"]["orders"]["unchanged"] == 2
    stats = {t["table"]: t["rows"] for t in many.ok("stats", "--json").json["tables"]}
    assert stats == {"artists": 2, "works": 3, "orders": 2}
    assert many.ok("validate", "--parity", "--export-dir", many.cwd, "--json").json["status"] == "pass"
    assert many.ok("status", "--export-dir", many.cwd, "--json").json["tables"][0]["changed"] is False
    many.ok("export", "--dir", tmp_path / "out")
    again = many.sync(tmp_path / "out", "--mode", "merge", "--dry-run")
    assert all(t["unchanged"] == t["read"] for t in again["tables"])
    shown = many.ok("base", "show", "--json").json
    assert {t["table"]: t["schema"] for t in shown["tables"]} == {"artists": "core", "works": "stock", "orders": "sales"}
    many.ok("rollback", "last")
    assert many.db.value("SELECT count(*) FROM sales.orders") == 0


def test_doctor_sees_a_lock_in_any_schema(many):
    other = support.connect(many.db.admin_url)
    other.autocommit = False
    try:
        other.cursor().execute("LOCK TABLE stock.works IN EXCLUSIVE MODE")
        found = many.run("doctor", "--export-dir", many.cwd, "--json").json["findings"]
        locks = [f["message"] for f in found if f["name"] == "locks" and not f["ok"]]
        assert len(locks) == 1 and "works" in locks[0], found
    finally:
        other.close()


def test_drop_takes_all_of_it_and_nothing_else(many):
    many.db.run("CREATE SCHEMA other; CREATE TABLE other.t1 (id int); CREATE TABLE crm.ours (id int)")
    many.ok("db", "drop", "--yes", env=DEVELOPMENT)
    left = many.db.column("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                          "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'S')")
    assert sorted(left) == ["crm.ours", "other.t1"]
    assert many.db.column("SELECT nspname FROM pg_namespace WHERE nspname IN ('kinds', 'core', 'crm', 'Web Shop')") == ["crm"]
    many.db.run("DROP SCHEMA crm CASCADE")
    many.ok("db", "migrate")
    assert many.verify() == set()
    many.ok("db", "reset", "--yes", env=DEVELOPMENT)
    assert many.verify() == set()


def test_backup_and_restore_with_types_and_seed_rows(many, databases, tmp_path):
    many.sync(many.cwd)
    many.db.run("INSERT INTO kinds.sizes VALUES ('XXL', 120); CREATE TABLE crm.ours (id int)")
    many.ok("backup", tmp_path / "b.backup")
    fresh = databases("empty")
    target = Many(many.cwd, fresh)
    target.ok("restore", tmp_path / "b.backup")
    for table in ("core.artists", "stock.works", "sales.orders", "kinds.sizes"):
        assert fresh.copy("SELECT * FROM %s ORDER BY 1" % table) == many.db.copy("SELECT * FROM %s ORDER BY 1" % table)
    assert fresh.value("SELECT count(*) FROM crm.t3") == 20 and fresh.value("SELECT to_regclass('crm.ours') IS NULL")
    assert target.verify() == set()
    assert target.sync(many.cwd, "--mode", "merge")["t"]["works"]["unchanged"] == 3
    many.ok("restore", tmp_path / "b.backup", status=4)
    many.ok("restore", tmp_path / "b.backup", "--force")
    assert many.verify() == {("addition", "table", "crm.ours")}


@pytest.mark.parametrize("purpose, command", [("sync", ["sync", "--export-dir", "."]), ("read", ["backup", "role.backup"])])
def test_a_role_gets_what_it_needs_in_every_schema(many, cluster, purpose, command):
    cluster.execute("CREATE ROLE many_sync LOGIN")
    try:
        for statement in many.ok("db", "grants", "many_sync", "--for", purpose, "--json").json["statements"]:
            many.db.run(statement["statement"].split(" --")[0])
        result = many.run(*command, url=cluster.url(many.db.name, "many_sync"))
        assert result.status == 0, result
    finally:
        many.db.run("DROP OWNED BY many_sync")
        cluster.execute("DROP ROLE many_sync")


def test_the_same_table_name_in_two_schemas_is_refused(many, tmp_path):
    import json
    mapping = json.loads(json.dumps(many_schemas.MAPPING))
    mapping["tables"].append({**mapping["tables"][0], "schema": "crm", "file": "Other.csv"})
    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "base.json").write_text(json.dumps(mapping))
    result = support.Artsync(tmp_path, many.db).run("--base", str(folder), "base", "show")
    assert result.status == 2 and "orders is mapped twice" in result.err and "without their schema" in result.err
