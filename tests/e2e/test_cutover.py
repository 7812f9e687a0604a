"""docs/CUTOVER.md, line by line: its console blocks are run in order and have to print what the guide shows.

With ARTSYNC_UPDATE_DOCS=1 in the environment the guide gets today's output instead.
"""
import os
import re
import shutil
import subprocess

import support
from support import ROOT

GUIDE = ROOT / "docs" / "CUTOVER.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$|^<!-- test: (.*?) -->$", re.M | re.S)

# what differs from run to run
MOVING = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{8}\b", "ID"), (r"\b[0-9a-f]{12}\b", "SHA"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?", "TIME"), (r"just now|\d+ (s|min) ago", "AGO"), (r"[\d.]+ (ms|s)\b", "N ms"),
    (r"by .*process \d+", "by WHO"), (r"[\d,]+ bytes", "N bytes"), (r"-?\b\d{15,}", "SUM"), (r"\bapp_[0-9a-f]{16}", "APP"),
    (r"[ \t]+", " "), (r" $", ""),
]


def without_changing_values(text):
    for pattern, word in MOVING:
        text = re.sub(pattern, word, text, flags=re.M)
    return text


def blocks(text):
    """(where it is, commands with their output) per block; a hidden one is a command without output to compare."""
    for match in BLOCK.finditer(text):
        if match.group(2):
            yield None, [(match.group(2), None)]
            continue
        steps = []
        for line in match.group(1).splitlines(True):
            if line.startswith("$ "):
                steps.append([line[2:].rstrip("\n"), ""])
            else:
                steps[-1][1] += line
        yield match.span(1), [tuple(s) for s in steps]


def run(art, command):
    environment = {"PATH": "%s:%s" % (art.cwd.parent / "bin", os.environ["PATH"]), "HOME": str(art.cwd), "USER": "shop",
                   "LC_ALL": "C.UTF-8", "DATABASE_URL": art.db.url}
    done = subprocess.run(["bash", "-c", command], cwd=art.cwd, env=environment, stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=support.TIMEOUT)
    text = done.stdout.replace(art.db.name, "artsync")
    return re.sub(r"artsync on \S+ as \w+", "artsync on db.example.com:5432 as shop", text)


def test_the_guide(tmp_path, empty):
    work = tmp_path / "work"
    shutil.copytree(ROOT / "airtable_export", work / "airtable_export")
    shutil.copytree(ROOT / "tests" / "export_later", work / "later")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "artsync").symlink_to(support.BINARY)
    art = support.Artsync(work, empty)
    text = GUIDE.read_text(encoding="utf-8")
    update, parts, end, n = "ARTSYNC_UPDATE_DOCS" in os.environ, [], 0, 0
    for span, steps in blocks(text):
        shown = ""
        for command, expected in steps:
            printed = run(art, command)
            shown += "$ %s\n%s" % (command, printed)
            if expected is None:
                assert printed == "", (command, printed)
            elif not update:
                assert without_changing_values(printed) == without_changing_values(expected), command
                n += 1
        if span:
            parts += [text[end:span[0]], shown]
            end = span[1]
    if update:
        GUIDE.write_text("".join(parts) + text[end:], encoding="utf-8")
    else:
        assert n >= 30


def test_the_guide_has_no_other_commands():
    """Every line that begins with artsync is in a block that is run."""
    text = BLOCK.sub("", GUIDE.read_text(encoding="utf-8"))
    assert not re.search(r"^(\$ )?artsync ", text, re.M)
