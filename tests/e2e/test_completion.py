"""Completion in the shells themselves: bash, zsh and fish are asked what they would offer."""
import os
import pty
import subprocess
import time

import pytest
from support import BINARY, TIMEOUT, shop


@pytest.fixture
def typed(art, tmp_path):
    """A folder with exports, a synced database, and the environment in which a shell finds artsync."""
    art.sync(shop(tmp_path / "export").save())
    (art.cwd / "exports").mkdir()
    (art.cwd / "page one.html").write_text("")
    art.environment = {"PATH": "%s:%s" % (os.path.dirname(BINARY), os.environ["PATH"]), "HOME": str(art.cwd),
                       "LC_ALL": "C.UTF-8", "TERM": "dumb", "DATABASE_URL": art.db.url}
    art.last = art.ok("history", "--json").json["syncs"][0]["sync_id"]
    return art


def expected(art):
    """What is typed, and what has to be among the offers, and what not."""
    return [("artsync roll", ["rollback"], ["sync"]), ("artsync db mig", ["migrate"], ["verify"]), ("artsync d", ["db", "diff"], []),
            ("artsync sync --mode ", ["incremental", "merge", "full"], ["N", "sync"]),
            ("artsync --base art sync --on-con", ["--on-conflict"], []), ("artsync sync --export-dir exp", ["exports/"], []),
            ("artsync report --html pa", ["page one.html"], []), ("artsync sync --table ", ["prints", "editions"], ["last"]),
            ("artsync --base=art rejects --table ed", ["editions"], []), ("artsync rollback ", ["last", art.last], []),
            ("artsync validate --check comm", ["commission_mismatch"], ["prints"]),
            ("artsync completion f", ["fish"], [])]


def test_bash(typed):
    script = typed.ok("completion", "bash", url=None).out
    assert typed.ok("completion", "bash", "--json", url=None).json == {"shell": "bash", "script": script}
    # as bash splits words: "=" is one of its own
    lines = expected(typed) + [("artsync sync --mode = fu", ["full"], ["merge"]), ("artsync sync --mode =", ["full", "merge"], []),
                               ("artsync sync --table = pr", ["prints"], []), ("artsync --base = art sync --strict --dry", ["--dry-run"], [])]
    ask = script + 'try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _artsync; printf "%s|" "${COMPREPLY[@]-}"; echo; }\n'
    for line, _, _ in lines:
        words = line.split(" ")
        ask += "try %s\n" % " ".join("'%s'" % w for w in words)
    out = subprocess.run(["bash", "-u", "-c", ask], check=True, stdout=subprocess.PIPE, cwd=typed.cwd, env=typed.environment,
                         encoding="utf-8").stdout.split("\n")
    for (line, offered, others), got in zip(lines, out):
        got = got.replace("exports|", "exports/|").split("|")
        assert set(offered) <= set(got) and not set(others) & set(got), (line, got)


def test_fish(typed):
    (typed.cwd / "artsync.fish").write_text(typed.ok("completion", "fish", url=None).out)
    lines = expected(typed) + [("artsync sync --mode=fu", ["--mode=full"], []), ("artsync sync --table=pr", ["--table=prints"], []),
                               ("artsync -", ["--base", "--quiet"], ["--mode"]), ("artsync help roll", ["rollback"], [])]
    ask = "source artsync.fish\n" + "".join("complete -C '%s'\necho --\n" % line for line, _, _ in lines)
    told = subprocess.run(["fish", "--no-config", "-c", ask], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=typed.cwd, env=typed.environment, encoding="utf-8")
    out = told.stdout.split("\n--\n")
    assert told.stderr == ""  # a shell shows it in the middle of the line that is typed
    for (line, offered, others), got in zip(lines, out):
        got = {offer.split("\t")[0] for offer in got.split("\n")}
        assert set(offered) <= got and not set(others) & got, (line, got)


class Zsh:
    """A shell at a terminal; reads until a text appears."""

    def __init__(self, typed):
        self.parent, child = pty.openpty()
        self.shell = subprocess.Popen(["zsh", "-f", "-i"], cwd=typed.cwd, env=typed.environment, stdin=child, stdout=child,
                                      stderr=child, start_new_session=True)
        os.close(child)
        os.set_blocking(self.parent, False)

    def type(self, text, until):
        os.write(self.parent, text.encode())
        seen, deadline = "", time.monotonic() + TIMEOUT
        while until not in seen:
            assert time.monotonic() < deadline, (text, until, seen)
            try:
                seen += os.read(self.parent, 65536).decode(errors="replace")
            except BlockingIOError:
                pass
        return seen

    def close(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.parent)


def test_zsh(typed):
    folder = typed.cwd / "functions"
    folder.mkdir()
    (folder / "_artsync").write_text(typed.ok("completion", "zsh", url=None).out)
    zsh = Zsh(typed)
    try:
        zsh.type("fpath=(%s $fpath); autoload -U compinit; compinit -D -u; unsetopt beep; echo rea''dy\n" % folder, "ready")
        for line, whole in [("artsync roll", "rollback"), ("artsync db mig", "migrate"), ("artsync sync --mode fu", "full"),
                            ("artsync sync --mode=fu", "--mode=full"), ("artsync rejects --table ed", "editions"),
                            ("artsync rejects --table=pri", "--table=prints"), ("artsync rollback " + typed.last[:4], typed.last),
                            ("artsync validate --check commission_m", "commission_mismatch")]:
            zsh.type("%s\t" % line, whole)
            zsh.type("\x15echo nex''t\n", "next")
    finally:
        zsh.close()


def test_names_without_a_database_are_no_error(art):
    assert art.ok("completion", "syncs", url="postgresql:///none?host=/nowhere").out == "last\n"
    assert art.ok("completion", "tables", "--base", "./none", url=None).out == ""
    assert art.ok("completion", "tables", "--json", url=None).json == {"names": [{"name": t} for t in ("prints", "distributors", "editions")]}
