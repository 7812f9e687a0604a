"""Links by name: a name means the record that carries it in the same export."""
import json

import pytest
import support
from support import by_table, counts

TABLES = """
CREATE TABLE prints (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, airtable_id varchar(20) UNIQUE NOT NULL
                     DEFAULT 'gen_' || substr(md5(random()::text), 1, 10), name text, price integer CHECK (price > 0));
CREATE TABLE editions (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, airtable_id varchar(20) UNIQUE NOT NULL,
                       print_id integer REFERENCES prints, n integer);
"""
BASE = {"name": "links", "tables": [
    {"table": "prints", "file": "prints.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
     "columns": [{"column": "name", "headers": ["Name"], "type": "text"},
                 {"column": "price", "headers": ["Price"], "type": "integer"}]},
    {"table": "editions", "file": "editions.csv", "id": {"column": "airtable_id", "headers": ["Record ID"]},
     "columns": [{"column": "print_id", "headers": ["Print"], "type": "link", "to": "prints", "required": True},
                 {"column": "n", "headers": ["N"], "type": "integer"}]}]}


class Links:
    def __init__(self, folder, db):
        self.art, self.db, self.folder = support.Artsync(folder, db), db, folder
        (folder / "base").mkdir()
        (folder / "base" / "0001_tables.sql").write_text(TABLES)
        (folder / "base" / "base.json").write_text(json.dumps(BASE))
        self.run("db", "migrate")

    def run(self, *args, status=0):
        return self.art.ok("--base", self.folder / "base", *args, status=status)

    def save(self, prints=None, editions=None):
        """prints: {id: name or (name, price)}, editions: {id: (print's name, n)}"""
        if prints is not None:
            lines = ["rec%014d,%s,%s" % (i, *(p if isinstance(p, tuple) else (p, 1))) for i, p in prints.items()]
            (self.folder / "prints.csv").write_text("\n".join(["Record ID,Name,Price", *lines]))
        if editions is not None:
            lines = ["rec%014d,%s,%d" % (i, *e) for i, e in editions.items()]
            (self.folder / "editions.csv").write_text("\n".join(["Record ID,Print,N", *lines]))

    def sync(self, *args, status=0):
        return by_table(self.run("sync", "--json", "--export-dir", self.folder, *args, status=status).json)

    def targets(self):
        return self.db.column("SELECT right(p.airtable_id, 1) FROM public.editions e "
                              "JOIN public.prints p ON p.id = e.print_id ORDER BY e.airtable_id")


@pytest.fixture
def links(tmp_path, empty):
    return Links(tmp_path, empty)


MODES = ["incremental", "merge", "full"]


@pytest.mark.parametrize("mode", MODES)
def test_a_name_that_another_record_takes_over(links, mode):
    """The record is deleted and made anew under the same name: not a byte of the editions' file changes."""
    links.save({1: "Harbour", 2: "Dunes"}, {1: ("Harbour", 1), 2: ("Dunes", 2)})
    links.sync("--mode", mode)
    assert links.targets() == ["1", "2"]
    links.save({3: "Harbour", 2: "Dunes"})
    assert links.run("status", "--json", "--export-dir", links.folder).json["tables"][1]["changed"]
    report = links.sync("--mode", mode, "--force")
    assert counts(report, "editions", "skipped", "updated", "conflicts") == (False, 1, 0)
    assert links.targets() == ["3", "2"]
    links.sync("--mode", mode, "--force")
    assert not links.run("status", "--json", "--export-dir", links.folder).json["tables"][1]["changed"]
    versions = links.db.copy("SELECT ctid, xmin FROM public.editions ORDER BY 1")
    assert counts(links.sync("--mode", mode), "editions", "updated") == (0,)
    assert links.db.copy("SELECT ctid, xmin FROM public.editions ORDER BY 1") == versions


def test_names_that_two_records_swap(links):
    links.save({1: "Harbour", 2: "Dunes"}, {1: ("Harbour", 1), 2: ("Dunes", 2)})
    links.sync()
    links.save({1: "Dunes", 2: "Harbour"}, {1: ("Dunes", 1), 2: ("Harbour", 2)})
    assert counts(links.sync(), "editions", "updated", "conflicts") == (0, 0)
    assert links.targets() == ["1", "2"]


def quoted(text):
    return '"%s"' % text.replace('"', '""')


def test_names_that_move_and_are_not_the_whole_cell(links):
    """Quoted, one of a list, an alias: the records swap names, and not a byte of the editions' file changes."""
    base = json.loads(json.dumps(BASE))
    base["tables"][1]["columns"][0].update(multiple="first", aliases={"H.": "Harbour"})
    (links.folder / "base" / "base.json").write_text(json.dumps(base))
    long = 'Harbour, "old"'
    cells = [quoted(quoted(long)), quoted("Harbour, Dunes"), quoted("Dunes,Harbour"), "H."]
    links.save({1: "Harbour", 2: "Dunes", 3: quoted(long), 4: "Shed"}, dict(enumerate(zip(cells, range(4)))))
    links.sync()
    assert links.targets() == ["3", "1", "2", "1"]
    links.save({1: "Dunes", 2: "Harbour", 3: "Shed", 4: quoted(long)})
    assert counts(links.sync(), "editions", "skipped", "updated", "conflicts") == (False, 4, 0)
    assert links.targets() == ["4", "2", "1", "2"]


def test_the_names_of_a_file_that_is_skipped(links):
    links.save({1: "Harbour"}, {1: ("Harbour", 1)})
    links.sync()
    links.db.run("UPDATE public.prints SET name = 'Quay'")
    links.save(editions={1: ("Harbour", 1), 2: ("Harbour", 2)})
    report = links.sync()
    assert counts(report, "prints", "skipped") == (True,) and counts(report, "editions", "created") == (1,)
    assert links.targets() == ["1", "1"]
    links.save(editions={1: ("Harbour", 1), 2: ("Harbour", 2), 3: ("Harbour", 3)})
    assert counts(links.sync("--table", "editions"), "editions", "created") == (1,)


def test_a_name_of_two_records_is_ambiguous(links):
    links.save({1: "Harbour", 2: "Dunes"}, {1: ("Harbour", 1)})
    links.sync()
    links.save({1: "Harbour", 2: "Harbour"}, {1: ("Harbour", 1), 2: ("Harbour", 2)})
    links.db.run("UPDATE public.prints SET name = 'only one' WHERE right(airtable_id, 1) = '2'")
    report = links.sync("--max-rejects", "5", status=1)
    assert {r["code"] for r in report["rejects"]} == {"link_ambiguous"}
    assert links.targets() == ["1"]


def test_a_record_without_a_row_is_no_row_of_that_name(links):
    """The record that has the name is rejected; a row that people made under this name is another one."""
    links.save({1: ("Harbour", -1)}, {1: ("Harbour", 1)})
    links.db.run("INSERT INTO public.prints (name) VALUES ('Harbour')")
    report = links.sync("--max-rejects", "5", status=1)
    reject = next(r for r in report["rejects"] if r["table"] == "editions")
    assert reject["code"] == "link_not_found" and "rec00000000000001" in reject["reason"]
    links.save({1: "Harbour"})
    assert counts(links.sync(), "editions", "created") == (1,)
    assert links.targets() == ["1"]


def test_a_record_without_a_row_whose_file_is_skipped(links):
    """The same, whether the linked table's file is read or skipped as unchanged."""
    links.save({1: ("Harbour", "much"), 2: "Dunes"}, {1: ("Dunes", 1)})
    links.sync("--max-rejects", "5", status=1)
    links.db.run("INSERT INTO public.prints (name) VALUES ('Harbour')")
    links.save(editions={1: ("Dunes", 1), 2: ("Harbour", 2)})
    report = links.sync("--max-rejects", "5", status=1)
    assert counts(report, "prints", "skipped") == (True,) and [r["code"] for r in report["rejects"]] == ["link_not_found"]
    report = links.sync("--mode", "merge", "--max-rejects", "5")
    assert counts(report, "prints", "skipped") == (False,) and counts(report, "editions", "rejected") == (1,)


def test_a_name_that_becomes_ambiguous(links):
    """It was that of a row alone; then two records have it. The editions' file is the same."""
    links.save({1: "Dunes"}, {1: ("Harbour", 1)})
    links.db.run("INSERT INTO public.prints (name) VALUES ('Harbour')")
    links.sync()
    links.save({1: "Dunes", 2: "Harbour", 3: "Harbour"})
    report = links.sync("--max-rejects", "5", status=1)
    assert [r["code"] for r in report["rejects"] if r["table"] == "editions"] == ["link_ambiguous"]


def test_a_rejected_record_that_has_a_row_is_still_meant(links):
    links.save({1: "Harbour"}, {1: ("Harbour", 1)})
    links.sync()
    links.db.run("UPDATE public.prints SET name = 'Quay'")
    links.save({1: ("Harbour", -1)}, {1: ("Harbour", 1), 2: ("Harbour", 2)})
    links.sync("--max-rejects", "5", status=1)
    assert links.targets() == ["1", "1"]


@pytest.mark.parametrize("undone", ["another column", "the link"])
def test_another_record_takes_over_the_name_after_a_rollback(links, undone):
    """A person edited the link as well: that is a conflict after the rollback as it was before."""
    links.save({1: "Harbour", 2: "Dunes", 4: "Shed"}, {1: ("Harbour", 1)})
    links.sync()
    links.save(editions={1: ("Harbour", 2) if undone == "another column" else ("Shed", 1)})
    sync_id = links.sync()["sync_id"]
    links.run("rollback", sync_id)
    assert links.targets() == ["1"]
    links.db.run("UPDATE public.editions SET print_id = (SELECT id FROM public.prints WHERE name = 'Dunes')")
    links.save({3: "Harbour", 2: "Dunes"}, {1: ("Harbour", 1)})
    report = links.sync("--on-conflict", "database", status=1)
    assert [c["column"] for c in report["conflicts"]] == ["print_id"] and links.targets() == ["2"]


def test_names_that_no_record_carries_are_looked_up_in_the_rows(links):
    links.db.run("INSERT INTO public.prints (airtable_id, name) VALUES ('recAAAAAAAAAAAAA9', 'Shed')")
    links.save({1: "Harbour"}, {1: ("Shed", 1), 2: ("harbour ", 2)})
    assert counts(links.sync(), "editions", "created") == (2,)
    assert links.targets() == ["9", "1"]


def test_a_name_spelt_exactly_so_comes_before_one_that_resembles_it(links):
    links.db.run("INSERT INTO public.prints (airtable_id, name) VALUES ('recAAAAAAAAAAAAA9', 'checked')")
    links.save({1: "CHECKED"}, {1: ("checked", 1), 2: ("CHECKED", 2)})
    links.sync()
    assert links.targets() == ["9", "1"]


def test_a_broken_file_of_the_linked_table_is_named(links):
    links.save({1: "Harbour"}, {1: ("Harbour", 1)})
    links.sync()
    (links.folder / "prints.csv").write_text('Record ID,Name,Price\nrec00000000000001,"Harbour,1')
    links.save(editions={1: ("Harbour", 2)})
    error = links.run("sync", "--json", "--export-dir", links.folder, "--table", "editions", status=4).json["error"]
    assert "prints.csv" in error["message"] and "names of prints" in error["message"]
