"""Least privilege: `db grants` prints what a role needs, a role with exactly that does its work, and whatever is missing is
named at once, as SQL, before anything begins."""
import pytest
from support import TABLES, rid


class Role:
    """A role that has nothing but what it was granted, in one database."""

    def __init__(self, cluster, db, art, name):
        self.db, self.name, self.art = db, name, art
        db.run("CREATE ROLE %s LOGIN" % name)
        db.run("REVOKE TEMPORARY ON DATABASE %s FROM PUBLIC" % db.name)
        db.run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        self.url = cluster.url(db.name, name)

    def grants(self, purpose, missing=False):
        printed = self.art.ok("db", "grants", self.name, "--for", purpose, "--json").json
        assert printed["role"] == self.name and printed["for"] == purpose
        return [s["missing" if missing else "statement"] for s in printed["statements"] if not missing or s["missing"]]

    def give(self, purpose):
        for line in self.art.ok("db", "grants", self.name, "--for", purpose).out.splitlines():
            self.db.run(line)
        assert self.grants(purpose, missing=True) == []

    def run(self, *args, status=0, **kwargs):
        return self.art.ok(*args, status=status, url=self.url, **kwargs)

    def sync(self, export, *args, **kwargs):
        return self.art.sync(export, *args, url=self.url, **kwargs)


@pytest.fixture
def role(cluster, art, db):
    made = Role(cluster, db, art, "nightly_" + db.name)
    yield made
    db.quiet()
    db.run("REASSIGN OWNED BY %s TO CURRENT_USER" % made.name)
    db.run("DROP OWNED BY %s" % made.name)
    db.run("DROP ROLE %s" % made.name)


def test_the_nightly_commands_as_a_role_with_these_grants(role, shop, tmp_path):
    role.give("sync")
    assert role.sync(shop.save())["t"]["editions"]["created"] == 6
    shop.edition("E1", "P1", number=1, price="£99.00").print("P3", "Pier").put("editions", "E2", price="much")
    role.db.edit("prints", "P1", notes="by hand")
    report = role.sync(shop.save(), status=1)
    assert report["t"]["prints"]["created"] == 1 and report["t"]["editions"]["rejected"] == 1
    role.run("rejects")
    role.run("status", "--export-dir", shop.path)
    role.run("stats")
    role.run("history")
    role.run("phase")
    shop.put("editions", "E2", price="£3.00").drop("editions", "E6")
    role.sync(shop.save(), "--mode", "merge")
    assert role.sync(shop.path, "--mode", "full", "--force")["t"]["editions"]["deactivated"] == 1
    role.run("diff", "--export-dir", shop.path)
    role.run("validate", "--parity", "--export-dir", shop.path)
    role.run("export", "--dir", tmp_path / "out")
    assert "GRANT" not in role.run("db", "verify", status=3).err  # only the owner can, and no grant helps


def test_an_adopted_row_needs_no_other_grant(role, shop):
    role.give("sync")
    role.db.run("INSERT INTO prints (name) VALUES ('Harbour')")
    assert role.sync(shop.save())["t"]["prints"]["created"] == 1
    assert role.db.column("SELECT airtable_id FROM prints ORDER BY name") == [rid("P1"), rid("P2")]


def test_every_grant_is_needed_and_named(role, shop):
    """All that is missing at once; one by one; and nothing has begun."""
    role.give("sync")
    statements = role.grants("sync")
    for statement in statements:
        revoke = statement.replace("GRANT ", "REVOKE ", 1).replace(" TO ", " FROM ")
        role.db.run(revoke)
        failed = role.run("sync", "--export-dir", shop.save(), status=3)
        assert statement in failed.err and failed.err.count("GRANT ") == 1, failed
        role.db.run(statement)
    for statement in statements:
        role.db.run(statement.replace("GRANT ", "REVOKE ", 1).replace(" TO ", " FROM "))
    failed = role.run("sync", "--export-dir", shop.path, status=3)
    assert all(statement in failed.err for statement in statements), failed
    checked = role.run("base", "check", status=1)
    assert all(statement in checked.out for statement in statements), checked
    assert role.db.value("SELECT count(*) FROM sync_logs") == 0


def test_a_part_of_a_grant_is_named_by_itself(role, shop):
    role.give("sync")
    role.db.run("REVOKE INSERT ON prints FROM %s" % role.name)
    failed = role.run("sync", "--export-dir", shop.save(), status=3)
    assert "GRANT INSERT ON TABLE public.prints TO %s;" % role.name in failed.err


def test_to_read_and_to_back_up(role, shop, tmp_path):
    role.art.sync(shop.save())
    failed = role.run("stats", status=3)
    assert "GRANT USAGE ON SCHEMA artsync TO %s;" % role.name in failed.err
    assert "GRANT SELECT ON TABLE public.prints TO %s;" % role.name in failed.err
    role.give("read")
    for command in (["stats"], ["status", "--export-dir", shop.path], ["history"], ["history", "last"], ["rejects"], ["validate", "--list"],
                    ["report", "--html", "report.html"], ["phase"], ["export", "--dir", tmp_path / "out"], ["backup", tmp_path / "all.backup"]):
        role.run(*command)
    role.run("validate", "--parity", "--export-dir", shop.path)
    failed = role.run("sync", "--export-dir", shop.path, status=3)
    assert "GRANT INSERT, UPDATE ON TABLE public.prints TO %s;" % role.name in failed.err
    failed = role.run("phase", "primary", status=3)
    assert "GRANT INSERT ON TABLE artsync.setting_changes TO %s;" % role.name in failed.err


def test_a_rollback_names_what_it_needs_besides(role, shop):
    role.give("sync")
    role.sync(shop.save())
    failed = role.run("rollback", "last", status=3)
    for table in TABLES:
        assert "GRANT DELETE ON TABLE public.%s TO %s;" % (table, role.name) in failed.err
        role.db.run("GRANT DELETE ON TABLE %s TO %s" % (table, role.name))
    role.run("rollback", "last")
    assert role.db.value("SELECT count(*) FROM editions") == 0


def test_an_owner_does_the_rest(role, shop):
    role.give("own")
    role.run("db", "migrate")
    role.sync(shop.save())
    role.run("rollback", "last")
    role.run("phase", "primary", "--force", "--export-dir", shop.path)
    role.sync(shop.path)


def test_rows_hidden_by_row_level_security_are_named(role, shop):
    role.give("sync")
    role.db.run("ALTER TABLE prints ENABLE ROW LEVEL SECURITY")
    role.db.run("CREATE POLICY others ON prints TO %s USING (name <> 'Harbour')" % role.name)
    failed = role.run("sync", "--export-dir", shop.save(), status=3)
    assert "row-level security hides rows of public.prints" in failed.err and "BYPASSRLS" in failed.err
    assert "row-level security" in role.run("base", "check", status=1).out
    role.db.run("ALTER ROLE %s BYPASSRLS" % role.name)
    assert role.sync(shop.path)["t"]["prints"]["created"] == 2


def test_a_sequence_of_a_default_needs_usage(role, shop, tmp_path):
    role.db.run("ALTER TABLE prints ADD number serial")
    statement = "GRANT USAGE ON SEQUENCE public.prints_number_seq TO %s;" % role.name
    grants = role.grants("sync")
    assert statement in grants and not any("prints_id_seq" in line for line in grants)
    assert len([line for line in role.grants("read") if "prints_number_seq" in line]) == 1
    for line in grants:
        if line != statement:
            role.db.run(line)
    assert statement in role.run("sync", "--export-dir", shop.save(), status=3).err
    role.db.run(statement)
    role.sync(shop.path)


def test_a_role_that_is_not_there(role):
    result = role.art.ok("db", "grants", "nobody_of_that_name", status=2)
    assert "nobody_of_that_name" in result.err and "CREATE ROLE" in result.err


def test_single_tables_need_their_own_grants_and_to_read_what_they_link_to(role, shop):
    role.give("sync")
    role.sync(shop.save())
    for revoke in ("ALL ON editions", "ALL ON artsync.state_editions", "INSERT, UPDATE ON distributors",
                   "ALL ON artsync.state_distributors"):
        role.db.run("REVOKE %s FROM %s" % (revoke, role.name))
    shop.print("P3", "Pier").distributor("D3", "Quay")
    assert role.sync(shop.save(), "--table", "prints")["t"]["prints"]["created"] == 1
    assert role.sync(None, "--file", "prints=%s" % shop.file("prints"))["t"]["prints"]["rejected"] == 0
    failed = role.run("sync", "--export-dir", shop.path, "--table", "prints", "--table", "distributors", status=3)
    assert "INSERT, UPDATE ON TABLE public.distributors" in failed.err and "editions" not in failed.err
    role.db.run("REVOKE ALL ON prints FROM %s" % role.name)
    failed = role.run("sync", "--export-dir", shop.path, "--table", "editions", status=3)
    assert "GRANT SELECT ON TABLE public.prints TO" in failed.err
    for grant in ("SELECT, INSERT, UPDATE ON editions", "SELECT, INSERT, UPDATE, DELETE ON artsync.state_editions", "SELECT ON prints"):
        role.db.run("GRANT %s TO %s" % (grant, role.name))
    shop.edition("E9", "P3", "D1", number=1)
    assert role.sync(shop.save(), "--table", "editions")["t"]["editions"]["created"] == 1
