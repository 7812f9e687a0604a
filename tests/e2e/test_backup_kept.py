"""Backups that are kept in a folder: named after base, database and time, and thinned by a rule."""
import os
import re
import shutil

import pytest
from support import shop

STAMP = r"\d{4}-\d\d-\d\dT\d{6}Z"


@pytest.fixture
def filled(art, tmp_path):
    art.sync(shop(tmp_path / "export").save())
    (tmp_path / "kept").mkdir()
    return art


def name(art, stamp, base="art", database=None):
    return "%s-%s-%s.backup" % (base, database or art.db.name, stamp)


def test_a_backup_in_a_folder(filled, tmp_path):
    made = filled.ok("backup", "--json", env={"ARTSYNC_BACKUP_DIR": str(tmp_path / "kept")}).json
    files = os.listdir(tmp_path / "kept")
    assert len(files) == 1 and re.fullmatch(name(filled, STAMP), files[0])
    assert made["file"] == str(tmp_path / "kept" / files[0]) and made["verified"] and made["removed"] == []
    filled.ok("restore", made["file"], "--force")


def test_thinning(filled, tmp_path, databases):
    kept = tmp_path / "kept"
    filled.ok("backup", "one.backup")
    other = databases("empty")
    stays = {
        name(filled, "2020-05-31T230000Z"): "newest of its month",
        name(filled, "2020-06-30T230000Z"): "newest of its month",
    }
    goes = [name(filled, s) for s in ("2020-05-31T220000Z", "2020-05-01T000000Z", "2020-06-29T000000Z", "2019-01-01T000000Z")]
    for file in [*stays, *goes]:
        shutil.copy(filled.cwd / "one.backup", kept / file)
    # of others, damaged, of another time, or no backup at all: not counted and not removed
    foreign = {
        name(filled, "2020-07-31T000000Z", database=other.name): "by its name another database's",
        name(filled, "2020-07-31T000000Z", base="shop"): "another base's",
        name(filled, "2020-13-31T000000Z"): "no time",
        name(filled, "2020-02-31T000000Z"): "no time",
        name(filled, "2020-07-31T000000Z") + ".part": "not this name",
        "notes.txt": "a text",
    }
    for file in foreign:
        shutil.copy(filled.cwd / "one.backup", kept / file)
    damaged = [name(filled, "2020-08-31T000000Z"), name(filled, "2020-08-30T000000Z")]
    (kept / damaged[0]).write_bytes((filled.cwd / "one.backup").read_bytes()[:-100])
    (kept / damaged[1]).write_text("nothing")
    (kept / name(filled, "2020-09-30T000000Z")).mkdir()
    made = filled.ok("backup", "--dir", kept, "--keep", "1d,3m", "--json").json
    left = set(os.listdir(kept)) - {os.path.basename(made["file"])}
    assert left == {*stays, *foreign, *damaged, name(filled, "2020-09-30T000000Z")}
    assert sorted(r["file"] for r in made["removed"]) == sorted(goes)
    # what was kept for its month goes with a shorter rule
    run = filled.ok("backup", "--dir", kept, "--keep", "1d", "--force")
    assert re.search(r"^[23] older backups removed\.$", run.out, re.M) and not set(stays) & set(os.listdir(kept))


def test_what_says_it_is_of_another_database_is_left(filled, tmp_path):
    """A name alone is not enough: art-x-y is the base art-x as well as the database x-y."""
    kept = tmp_path / "kept"
    filled.ok("backup", "one.backup")
    filled.db.run("CREATE TABLE public.other (id int)")
    data = (filled.cwd / "one.backup").read_bytes()
    at = data.rindex(b'"%s"' % filled.db.name.encode())
    (kept / name(filled, "2020-01-01T000000Z")).write_bytes(data[:at + 1] + b"X" + data[at + 2:])
    assert filled.ok("backup", "--dir", kept, "--keep", "1d", "--json").json["removed"] == []


def test_a_newer_name_does_not_remove_the_one_just_written(filled, tmp_path):
    """A clock that was wrong once: the backup of today is not the newest by name."""
    kept = tmp_path / "kept"
    filled.ok("backup", kept / name(filled, "2099-01-01T000000Z"))
    made = filled.ok("backup", "--dir", kept, "--keep", "1d", "--json").json
    assert os.path.exists(made["file"]) and made["removed"] == []


def test_nothing_is_removed_where_the_backup_fails(filled, tmp_path):
    kept = tmp_path / "kept"
    filled.ok("backup", kept / name(filled, "2020-01-01T000000Z"))
    filled.db.run("REVOKE ALL ON prints FROM PUBLIC, artsync_tester")
    filled.db.run("ALTER TABLE prints OWNER TO CURRENT_USER")
    run = filled.run("backup", "--dir", kept, "--keep", "1d")
    assert run.status in (3, 4) and os.listdir(kept) == [name(filled, "2020-01-01T000000Z")]


@pytest.mark.parametrize("args, says", [
    (["--dir", "kept", "--keep", "seven"], "not a rule"), (["--dir", "kept", "--keep", "7d,7d"], "not a rule"),
    (["some.backup", "--keep", "7d"], "in a folder"), ([], "where the backup goes is missing")])
def test_usage(art, args, says):
    assert says in art.ok("backup", *args, status=2).err


def test_a_folder_that_is_not_there(art):
    assert "cannot write in none" in art.ok("backup", "--dir", "none", status=4).err
