"""The command line itself: where settings come from, what reaches stdout, secrets, colour, completion."""
import json
import os
import pty
import re
import shutil
import subprocess

import pytest
from support import BINARY, ROOT, rid

DEMO = ROOT / "airtable_export"
COMMANDS = json.loads(subprocess.run([BINARY, "help", "--json"], check=True, stdout=subprocess.PIPE).stdout)["commands"]


def env_file(art, text, name=".env", mode=0o600):
    path = art.cwd / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


# ---- where settings come from ----

def test_env_file_in_the_working_folder(art, db):
    env_file(art, "# the gallery\nexport DATABASE_URL='%s'\r\nARTSYNC_EXPORT_DIR=\"%s\" # where\r\n" % (db.url, DEMO))
    assert art.ok("sync", url=None).err == ""
    assert db.value("SELECT count(*) FROM prints") == 40


def test_option_beats_environment_beats_env_file(art, db, tmp_path):
    env_file(art, "ARTSYNC_EXPORT_DIR=%s\nARTSYNC_MODE=full\n" % (tmp_path / "of-file"))
    for args, env, where in (([], {}, "of-file"),
                             ([], {"ARTSYNC_EXPORT_DIR": str(tmp_path / "of-env")}, "of-env"),
                             (["--export-dir", tmp_path / "of-option"], {"ARTSYNC_EXPORT_DIR": "x"}, "of-option")):
        assert where in art.ok("sync", *args, status=2, env=env).err
    assert art.ok("sync", "--json", "--export-dir", DEMO).json["mode"] == "full"
    assert art.ok("sync", "--json", "--export-dir", DEMO, env={"ARTSYNC_MODE": "merge"}).json["mode"] == "merge"


def test_named_env_file(art, db, tmp_path):
    env_file(art, "ARTSYNC_MODE=nonsense\n")
    other = env_file(art, "ARTSYNC_MODE=merge\n", "other")
    assert art.ok("sync", "--env-file", other, "--json", "--export-dir", DEMO).json["mode"] == "merge"
    assert "nowhere" in art.ok("sync", "--env-file", tmp_path / "nowhere", status=2).err


@pytest.mark.parametrize("text,says", [
    ("ARTSYNC_BASE=art\n\nDATABASE_URL s3cret\n", "line 3"),
    ("PASSWORD='s3cret\n", "line 1"),
    ("ARTSYNC_MODE=s3cr\n", "line 1"),
])
def test_bad_env_file(art, db, text, says):
    env_file(art, text)
    result = art.ok("sync", "--export-dir", DEMO, status=2)
    assert ".env" in result.err and says in result.err and "s3cret" not in result.err
    assert art.ok("help", url=None).err == ""  # help and version do not read it


def test_password_that_others_can_read(art, db):
    text = "DATABASE_URL=%s&password=s3cret\n" % db.url
    env_file(art, text, mode=0o644)
    result = art.ok("stats", url=None)
    assert "chmod 600" in result.err and "s3cret" not in result.err
    env_file(art, text, mode=0o600)
    assert art.ok("stats", url=None).err == ""


def test_no_password_in_the_list_of_processes(art, proxy, shop):
    from proxy import HOLD, committing
    proxy.plan(committing(HOLD))
    child = art.start("sync", "--export-dir", shop.save(), "-d", proxy.url + "&password=s3cret")
    proxy.wait()
    with open("/proc/%d/cmdline" % child.pid, "rb") as file:
        shown = file.read()
    proxy.release()
    assert art.finish(child).status == 0
    assert b"sync" in shown and b"s3cret" not in shown


# ---- stdout ----

def run_raw(art, *args, **kwargs):
    environment = {"PATH": os.environ["PATH"], "HOME": str(art.cwd), "DATABASE_URL": art.db.url, "LC_ALL": "C.UTF-8"}
    environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
    return subprocess.run([BINARY, *map(str, args)], cwd=art.cwd, env=environment, check=False, timeout=60,
                          stderr=subprocess.PIPE, **kwargs)


def test_closed_descriptors(art, db):
    """What is opened must not end up where stdout or stderr should be."""
    result = run_raw(art, "sync", "--export-dir", DEMO, stdout=subprocess.DEVNULL,
                     preexec_fn=lambda: (os.close(0), os.close(1)))
    assert result.returncode in (0, 1)
    assert db.value("SELECT count(*) FROM editions") == 594


def test_errors_as_json(art):
    for args in (["--json", "snyc"], ["sync", "--nonsense", "--json"], ["history", "nope", "--json"]):
        result = art.ok(*args, status=2)
        assert set(result.json) == {"error"} and result.json["error"]["code"] == "usage"
        assert result.err.startswith("artsync: error: ")


def test_names_that_are_no_text(art):
    """Bytes that are not UTF-8 come in through arguments; JSON stays valid."""
    folder = os.fsencode(art.cwd) + b"/caf\xe9"
    result = run_raw(art, "sync", "--json", "--export-dir", os.fsdecode(folder), stdout=subprocess.PIPE)
    assert result.returncode == 2
    assert "caf\ufffd" in json.loads(result.stdout.decode("utf-8"))["error"]["message"]
    assert b"\xe9" not in result.stderr


# ---- terminals ----

def on_terminal(art, *args, **env):
    main, other = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(art.cwd), "DATABASE_URL": art.db.url, "TERM": "xterm", **env}
    child = subprocess.Popen([BINARY, *args], cwd=art.cwd, env=environment, stdout=other, stderr=other)
    os.close(other)
    parts = []
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    child.wait(timeout=60)
    os.close(main)
    return b"".join(parts).decode()


def test_colour_only_on_a_terminal_that_wants_it(art_loaded):
    assert "\033[1m" in on_terminal(art_loaded, "stats")
    assert "\033[" not in on_terminal(art_loaded, "stats", NO_COLOR="1")
    assert "\033[" not in on_terminal(art_loaded, "stats", TERM="dumb")
    assert "\033[" not in on_terminal(art_loaded, "stats", "--no-color")
    assert "\033[" not in art_loaded.ok("stats").out


def test_values_cannot_command_the_terminal(art_loaded, loaded):
    loaded.edit("prints", loaded.value("SELECT airtable_id FROM prints LIMIT 1"), name="evil \033]0;title\007\u202e")
    for args in (["history", "last"], ["diff", "--mode", "merge", "--export-dir", str(DEMO)]):
        shown = on_terminal(art_loaded, *args)
        assert "\033]" not in shown and "\007" not in shown and "\u202e" not in shown


# ---- help and completion ----

@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c["name"])
def test_every_command_has_help_and_json(art, command):
    words = command["name"].split()
    text = art.ok("help", *words, url=None).out
    assert text == art.ok(*words, "--help", url=None).out == art.ok("-h", *words, url=None).out
    assert text.startswith("Usage: artsync %s" % command["name"])
    for option in command["options"]:
        assert "--" + option["name"] in text and option["help"].split()[0] in text
    assert art.ok("help", *words, "--json", url=None).json["commands"][0]["name"] == command["name"]
    assert all(len(line) <= 120 for line in text.splitlines())


# ---- what people read ----

def test_diff_text(art_loaded):
    text = art_loaded.ok("diff", "--export-dir", ROOT / "tests" / "export_later", "--limit", "0").out
    whole = art_loaded.ok("diff", "--export-dir", ROOT / "tests" / "export_later", "--json").json
    records = re.findall(r"^(?:prints|distributors|editions) (rec\w{14}) ", text, re.M)
    assert sorted(records) == sorted(c["id"] for c in whole["changes"])
    assert re.search(r"^  \w+: .* -> .*$", text, re.M)
    few = art_loaded.ok("diff", "--export-dir", ROOT / "tests" / "export_later", "--limit", "2").out
    assert "and %d other records" % (len(records) - 2) in few


def test_exit_code_options(art_loaded):
    later = ["--export-dir", ROOT / "tests" / "export_later"]
    art_loaded.ok("diff", *later)
    art_loaded.ok("diff", *later, "--exit-code", status=1)
    art_loaded.ok("diff", "--export-dir", DEMO, "--exit-code")
    art_loaded.ok("status", *later)
    art_loaded.ok("status", *later, "--exit-code", status=1)
    art_loaded.ok("status", "--export-dir", DEMO, "--exit-code")


def test_status(art_loaded, loaded, tmp_path):
    status = art_loaded.ok("status", "--export-dir", DEMO, "--json").json
    assert status["phase"] == "parallel" and [t["changed"] for t in status["tables"]] == [False] * 3
    assert {"table", "file", "sha256", "changed", "last_sync_id", "last_synced_at"} <= set(status["tables"][0])
    folder = shutil.copytree(DEMO, tmp_path / "export")
    (folder / "Prints-Grid view.csv").unlink()
    result = art_loaded.ok("status", "--export-dir", folder, status=2)
    assert "missing" in result.out and "Prints-Grid view.csv" in result.err
    gone = art_loaded.ok("status", "--export-dir", folder, "--json", status=2).json
    assert gone["tables"][0]["sha256"] is None and gone["error"]["code"] == "missing_file"


def test_history_of_a_record_that_is_not_there(art_loaded):
    art_loaded.ok("history", "--record", rid("NOPE"), status=2)
    art_loaded.ok("history", "last", "--record", rid("NOPE"), status=2)
    art_loaded.ok("history", "--table", "printz", status=2)


def test_quiet_speaks_up_when_it_matters(art, tmp_path, shop):
    shop.edition("E1", price="much").save()
    result = art.ok("sync", "--quiet", "--export-dir", shop.path, status=1)
    assert "much" in result.out and "artsync rejects" in result.out
    assert art.ok("sync", "--quiet", "--export-dir", shop.path).out == ""  # no news
