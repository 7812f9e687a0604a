"""The examples of every command's help run as they are printed, against the demo's export."""
import json
import os
import subprocess

from support import BINARY, ROOT

COMMANDS = json.loads(subprocess.run([BINARY, "help", "--json"], check=True, stdout=subprocess.PIPE).stdout)["commands"]
# what takes rows or the schema away comes after the others, in this order
LAST = ["restore", "rollback", "db reset", "db drop", "detach"]
FIRST = {"detach": ["artsync db migrate"]}  # what db drop dropped


def in_order(name):
    return LAST.index(name) if name in LAST else -1


def test_examples_run_as_they_are(loaded, tmp_path):
    (tmp_path / "airtable_export").symlink_to(ROOT / "airtable_export")
    environment = {"PATH": "%s:%s" % (os.path.dirname(BINARY), os.environ["PATH"]), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    try:
        for command in sorted(COMMANDS, key=lambda c: in_order(c["name"])):
            owner = loaded.admin_url if command["name"] == "db grants" else loaded.url  # who may create a role
            for line in FIRST.get(command["name"], []) + command["examples"]:
                done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env={**environment, "DATABASE_URL": owner}, check=False,
                                      encoding="utf-8", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
                assert done.returncode == 0, (command["name"], line, done.stdout)
    finally:
        if loaded.value("SELECT count(*) FROM pg_roles WHERE rolname = 'nightly'"):
            loaded.run("DROP OWNED BY nightly")
            loaded.run("DROP ROLE nightly")
