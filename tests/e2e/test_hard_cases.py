"""Cases that a close reading of the contract turned up: each was wrong once."""
import json

import pytest
from support import by_table, counts, rid


class Small:
    """A base of one table `t` made on the spot: columns id and what the test says."""

    def __init__(self, art, folder, sql, *columns, natural_key=None):
        self.art, self.base, self.export = art, folder / "base", folder / "small"
        for each in (self.base, self.export):
            each.mkdir()
        identity = {"column": "id", "headers": ["rid"], **({"natural_key": natural_key} if natural_key else {})}
        (self.base / "0001_t.sql").write_text(sql)
        (self.base / "base.json").write_text(json.dumps({"name": "small", "tables": [
            {"table": "t", "file": "t.csv", "id": identity,
             "columns": [{"headers": [c["column"]], "type": "text", **c} for c in columns]}]}))
        art.ok("--base", self.base, "db", "migrate")

    def sync(self, text, *args, status=0):
        (self.export / "t.csv").write_text(text)
        return by_table(self.art.ok("--base", self.base, "sync", "--json", "--export-dir", self.export, *args,
                                    status=status).json)

    def rollback(self, sync_id="last"):
        return self.art.ok("--base", self.base, "rollback", sync_id)

    def rows(self, what="id, is_active"):
        return self.art.db.rows("SELECT %s FROM t ORDER BY id" % what)


@pytest.fixture
def small(art, tmp_path):
    return lambda sql, *columns, **kwargs: Small(art, tmp_path, sql, *columns, **kwargs)


# ---- keys and rules that only the database can judge ----

def test_trigger_that_makes_two_names_one(art, db, shop):
    db.run("CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS "
           "'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END'; "
           "CREATE TRIGGER up BEFORE INSERT ON prints FOR EACH ROW EXECUTE FUNCTION up()")
    report = art.sync(shop.print("P3", "HARBOUR").save(), status=1)
    assert [(r["id"], r["code"]) for r in report["rejects"]] == [(rid("P3"), "repeated_unique_key")]


def test_deferrable_key_with_a_column_that_is_not_mapped(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, tenant int DEFAULT 1, name text, "
                 "UNIQUE (tenant, name) DEFERRABLE)", {"column": "name"})
    base.sync("rid,name\na,x\nb,y\n")
    report = base.sync("rid,name\na,x\nb,y\nc,x\nd,z\n", status=1)
    assert [r["id"] for r in report["rejects"]] == ["c"] and counts(report, "t", "created") == (1,)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_chain_over_a_partial_index(small, order):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, k text); "
                 "CREATE UNIQUE INDEX ux ON public.t (k) WHERE k <> ''", {"column": "k"})
    base.sync("rid,k\n" + "".join("%d,k%d\n" % (i, i) for i in order))
    report = base.sync("rid,k\n" + "".join("%d,k%d\n" % (i, i + 1) for i in order))
    assert counts(report, "t", "updated", "rejected") == (3, 0)


def test_label_that_an_enum_in_a_key_lacks(small):
    base = small("CREATE TYPE public.e AS ENUM ('a', 'b'); "
                 "CREATE TABLE public.t (id varchar(20) PRIMARY KEY, k public.e, n text, UNIQUE (k, n))",
                 {"column": "k", "type": "choice", "choices": ["a", "b", "c"]}, {"column": "n"})
    base.sync("rid,k,n\n1,a,x\n3,b,y\n")
    report = base.sync("rid,k,n\n1,a,x\n2,c,x\n3,a,z\n", status=1)
    assert [r["id"] for r in report["rejects"]] == ["2"] and counts(report, "t", "updated") == (1,)


def test_many_empty_cells_where_the_table_allows_none(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, a text NOT NULL DEFAULT 'q', b text)",
                 {"column": "a"}, {"column": "b"})
    base.sync("rid,a,b\nx,1,\n")
    report = base.sync("rid,a,b\nx,2,\n" + "".join("r%d,,b\n" % i for i in range(1500)), "--force", status=1)
    assert counts(report, "t", "rejected", "updated") == (1500, 1)
    assert {(r["code"], r["column"]) for r in report["rejects"]} == {("missing_required", "a")}


def test_a_column_named_like_the_engines_own(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, artsync_seq int CHECK (artsync_seq > 0))",
                 {"column": "artsync_seq", "type": "integer"})
    base.sync("rid,artsync_seq\n1,1\n")
    report = base.sync("rid,artsync_seq\n1,2\n2,-1\n", status=1)
    assert [(r["id"], r["code"]) for r in report["rejects"]] == [("2", "check_constraint")]


def test_a_row_that_goes_makes_room_in_the_same_sync(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, k text, is_active boolean NOT NULL DEFAULT true); "
                 "CREATE UNIQUE INDEX ux ON public.t (k) WHERE is_active", {"column": "k"})
    base.sync("rid,k\n1,a\n2,b\n")
    report = base.sync("rid,k\n2,b\n3,a\n", "--mode", "full")
    assert counts(report, "t", "deactivated", "created", "rejected") == (1, 1, 0)


# ---- edits and flags of people ----

def test_parent_made_anew_leaves_edited_links_alone(art, db, shop, tmp_path):
    """People move editions to another distributor and delete theirs; the sync inserts it again under another key."""
    art.sync(shop.save())
    north = db.get("distributors", "D2")["id"]
    db.run("UPDATE editions SET distributor_id = %s WHERE distributor_id IS NOT NULL", north)
    db.remove("distributors", "D1")
    art.sync(shop.path)
    report = art.sync(shop.edition("E4", notes="new").save())
    assert counts(report, "editions", "updated", "conflicts") == (1, 0)
    assert db.get("editions", "E4")["distributor_id"] == north


def test_refused_record_keeps_the_row_with_its_derived_id(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, name text UNIQUE, n int)", {"column": "name"},
                 {"column": "n", "type": "integer"}, natural_key=["name"])
    base.sync("name,n\nA,1\nB,2\nC,3\n")
    report = base.sync("rid,name,n\nrA,A,bad\nrB,B,2\nrC,C,3\n", "--mode", "full", status=1)
    assert counts(report, "t", "updated", "deactivated") == (2, 0)


def test_skipped_record_without_an_id_stops_deactivation(art, shop, tmp_path):
    shop.save()
    art.sync(shop.path)
    later = shop.copy(tmp_path / "later").drop("editions", "E2").put("editions", "~", **{"Print - Edition": " - ", "Notes": "?"})
    report = art.sync(later.save(), "--mode", "full")
    assert counts(report, "editions", "skipped_records", "deactivated") == (1, 0)


def test_ragged_record_does_not_borrow_another_tables_id(art, db, shop):
    art.sync(shop.save())
    file = shop.file("editions")
    file.write_bytes(file.read_bytes().replace(rid("E1").encode() + b",", b""))
    report = art.sync(shop.path, "--mode", "full", status=1)
    assert [(r["id"], r["code"]) for r in report["rejects"]] == [(None, "wrong_field_count")]
    assert db.get("editions", "E1")["is_active"]


def test_people_switch_on_and_off_again(art, db, shop, tmp_path):
    art.sync(shop.save())
    without = shop.copy(tmp_path / "without").drop("editions", "E2").save()
    art.sync(without, "--mode", "full")
    db.edit("editions", "E2", is_active=True)
    art.sync(without, "--mode", "merge")
    db.edit("editions", "E2", is_active=False)
    art.sync(shop.path)
    assert not db.get("editions", "E2")["is_active"]


def test_row_made_anew_from_a_file_without_the_column(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, a text, c text)", {"column": "a"}, {"column": "c"})
    base.sync("rid,a,c\n1,x,keep\n2,y,z\n")
    base.art.db.run("DELETE FROM t WHERE id = '1'")
    base.sync("rid,a\n1,x\n2,y\n")
    base.sync("rid,a,c\n1,x,keep\n2,y,z\n")
    assert base.rows("c")[0]["c"] == "keep"


# ---- rollback and skipping ----

def test_undone_takeover_keeps_what_later_syncs_know(small):
    base = small("CREATE TABLE public.t (id varchar(20) PRIMARY KEY, a text)", {"column": "a"})
    base.art.db.run("INSERT INTO t (id, a) VALUES ('1', 'x'), ('2', 'y')")
    first = base.sync("rid,a\n1,x\n2,y\n")["sync_id"]
    base.sync("rid,a\n2,y\n", "--mode", "full")
    base.rollback(first)
    report = base.sync("rid,a\n1,x\n2,y\n")
    assert counts(report, "t", "reactivated") == (1,)


def test_rollback_leaves_skipped_tables_out(art, shop):
    art.sync(shop.save())
    art.sync(shop.edition("E1", notes="x").save())
    art.ok("rollback", "last")
    report = art.sync(shop.path)
    assert [report["t"][t]["skipped"] for t in ("prints", "distributors", "editions")] == [True, True, False]


def test_rollback_last_means_the_last_that_changed_something(art, db, shop):
    art.sync(shop.save())
    wrote = art.sync(shop.edition("E1", notes="x").save())["sync_id"]
    art.sync(shop.path, "--mode", "merge")
    assert art.ok("rollback", "last", "--json").json["sync_id"] == wrote


def test_new_row_may_be_what_a_double_link_meant(art, shop):
    art.sync(shop.edition("E1", "P1").put("editions", "E1", **{"Print": "Harbour,Lighthouse", "print_record_id": ""}).save(),
             status=1)
    shop.print("P3", "Harbour,Lighthouse").save("prints")
    report = art.sync(shop.path)
    assert counts(report, "editions", "skipped", "created") == (False, 1)


def test_rejected_conflicts_are_settled_without_a_new_export(art, db, shop):
    art.sync(shop.save())
    db.edit("editions", "E1", notes="ours")
    shop.edition("E1", notes="theirs").save()
    art.sync(shop.path, "--on-conflict", "reject", status=1)
    assert all(t["skipped"] for t in art.sync(shop.path, "--on-conflict", "reject")["tables"])
    art.sync(shop.path, "--on-conflict", "export", status=1)
    assert db.get("editions", "E1")["notes"] == "theirs"


def test_whole_export_by_name_then_from_the_folder(art, shop, tmp_path):
    art.sync(shop.edition("E1", price="much").save(), status=1)
    shop.drop("editions", "E1").save()
    art.sync(None, "--file", "editions=%s" % shop.file("editions"))
    assert not art.sync(shop.path)["t"]["editions"]["skipped"]
    assert art.ok("rejects", "--json").json["rejects"] == []
