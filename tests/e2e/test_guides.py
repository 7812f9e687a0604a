"""README and the pages of docs/, line by line: what they tell people to type is run in their order, and has to print what
they show.

A page is run from top to bottom in a folder of its own, with the demo's export and a later one, on an empty database. It has

    ```console blocks           commands behind "$ ", each with what it prints; a line "..." leaves lines out
    lines with four blanks      commands alone, artsync's and psql's, which have to end with 0 or 1
    <!-- test: COMMAND -->      what a reader does by other means; it has to print nothing

Blocks behind "# " are a machine's first hour: tests/install.sh runs those. With ARTSYNC_UPDATE_DOCS=1 in the environment the console blocks get today's output instead.
"""
import json
import os
import re
import shlex
import shutil
import subprocess

import psycopg2.extensions
import pytest
import support
from support import BINARY, ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
STEP = re.compile(r"^```console\n(?P<console>\$ .*?)^```$|^<!-- test: (?P<hidden>.*?) -->$|"
                  r"^    (?P<alone>(?:artsync|psql) [^\n]*)$", re.M | re.S)
RUN = [page for page in PAGES if STEP.search(page.read_text(encoding="utf-8")) and page.name != "REFERENCE.md"]

# what differs from run to run
MOVING = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{8}\b", "ID"), (r"\b[0-9a-f]{12}\b", "SHA"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?", "TIME"), (r"just now|\d+ (s|min) ago", "AGO"), (r"[\d.]+ (ms|s)\b", "N ms"),
    (r"by .*process \d+", "by WHO"), (r"[\d,]+ bytes", "N bytes"), (r"-?\b\d{15,}", "SUM"), (r"\bapp_[0-9a-f]{16}", "APP"),
    (r"\b\d+ migrations applied", "N migrations applied"), (r"^(artsync\.migrations +)\d+", r"\1N"),
    (r"[ \t]+", " "), (r" $", ""),
]


def without_changing_values(text):
    for pattern, word in MOVING:
        text = re.sub(pattern, word, text, flags=re.M)
    return text


def is_shown(printed, expected):
    """Is what was printed what the page shows? A line "..." is any number of lines."""
    want = without_changing_values(expected)
    pattern = "".join("(?:.*\n)*?" if line == "...\n" else re.escape(line) for line in want.splitlines(True))
    return re.fullmatch(pattern, without_changing_values(printed)) is not None


class Reader:
    """Who follows a page: a shell in the page's folder, on the page's database."""

    def __init__(self, folder, db):
        self.folder, self.db = folder / "work", db
        shutil.copytree(ROOT / "airtable_export", self.folder / "airtable_export")
        shutil.copytree(ROOT / "tests" / "export_later", self.folder / "later")
        dsn = psycopg2.extensions.parse_dsn(db.admin_url)  # psql's; artsync goes by DATABASE_URL
        self.environment = {"PATH": "%s:%s" % (folder / "bin", os.environ["PATH"]), "HOME": str(self.folder), "USER": "shop",
                            "LC_ALL": "C.UTF-8", "DATABASE_URL": db.url, "SOURCE": str(ROOT), "PGHOST": dsn["host"],
                            "PGPORT": dsn["port"], "PGUSER": dsn["user"], "PGDATABASE": dsn["dbname"]}
        (folder / "bin").mkdir()
        (folder / "bin" / "artsync").symlink_to(BINARY)

    def type(self, command):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                              timeout=support.TIMEOUT)
        text = done.stdout.replace(self.db.name, "artsync")
        return done.returncode, re.sub(r"artsync on \S+ as \w+", "artsync on db.example.com:5432 as shop", text)

    def console(self, block, update):
        """The block with what its commands print now."""
        shown = ""
        for step in re.findall(r"^\$ .*\n(?:(?!\$ ).*\n)*", block, re.M):
            line, expected = step.split("\n", 1)
            printed = self.type(line[2:])[1]
            blank = "\n" if expected.endswith("\n\n") and not printed.endswith("\n\n") else ""  # before the next command
            assert update or is_shown(printed + blank, expected), (line, printed)
            shown += line + "\n" + (expected if is_shown(printed + blank, expected) else printed + blank)
        return shown


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_a_page_can_be_followed(tmp_path, empty, page):
    reader, update = Reader(tmp_path, empty), "ARTSYNC_UPDATE_DOCS" in os.environ
    text, parts, end = page.read_text(encoding="utf-8"), [], 0
    try:
        for match in STEP.finditer(text):
            if match["console"]:
                parts += [text[end:match.start("console")], reader.console(match["console"], update)]
                end = match.end("console")
            elif match["hidden"]:
                assert reader.type(match["hidden"])[1] == "", match["hidden"]
            else:
                status, printed = reader.type(match["alone"])
                assert status in (0, 1), (match["alone"], printed)
    finally:
        if empty.value("SELECT count(*) FROM pg_roles WHERE rolname = 'nightly'"):
            empty.run("DROP OWNED BY nightly; DROP ROLE nightly")
    if update:
        page.write_text("".join(parts) + text[end:], encoding="utf-8")


def test_pages_have_no_other_commands():
    """Every line that begins with artsync is one that is run."""
    assert [page.name for page in RUN][:1] == ["README.md"] and len(RUN) >= 2
    for page in RUN:
        assert not re.search(r"^ *(\$ )?artsync ", STEP.sub("", page.read_text(encoding="utf-8")), re.M), page


def test_commands_in_sentences_exist():
    """`artsync sync --file T=F` in a sentence names a command and options that there are."""
    told = json.loads(subprocess.run([BINARY, "help", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    commands = {c["name"]: {o["name"] for o in c["options"]} for c in told["commands"]}
    commons = {o["name"] for o in told["options"]}
    for page in [*PAGES, ROOT / "docs" / "artsync.1"]:
        text = page.read_text(encoding="utf-8")
        alone = re.findall(r"^\.nf\n(.*?)^\.fi$", text.replace("\\-", "-"), re.M | re.S)  # in the man page
        for code in re.findall(r"`artsync ([^`]*)`", text) + re.findall(r"^artsync (.*)", "".join(alone), re.M):
            words = [w for w in shlex.split(code.replace("...", ""))]
            while words and words[0].startswith("-"):
                words = words[2 if words[0] in ("--base", "-d", "--database", "--env-file") else 1:]
            name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in commands), None)
            assert name or not words or words[0].isupper() or words[0] in ("db", "base"), (page.name, code)
            for word in words:
                if name and word.startswith("--"):
                    assert word[2:].split("=")[0] in commands[name] | commons, (page.name, code)

def test_messages_of_the_troubleshooting_page_exist():
    """Each message that the page explains, behind ** and in `...`, is one that the program prints."""
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.c")))
    printed = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r'"\s*\n\s*"', "", sources)))
    page = (ROOT / "docs" / "TROUBLESHOOTING.md").read_text(encoding="utf-8")
    told = [part for head in re.findall(r"^\*\*`.*", page, re.M) for part in re.findall(r"(?<=\*\*`)[^`]*(?=`)|(?<=\.\.\.`)[^`]*(?=`)", head)]
    assert len(told) > 25
    assert [text for text in told if text not in printed] == []
