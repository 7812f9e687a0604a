#!/usr/bin/env python3
"""docs/REFERENCE.md, docs/FIELD_TYPES.md, docs/base.json.5 and the tables in the code: write what the code says into the
document, or say what differs.

    reference.py write|check DOCUMENT ARTSYNC REFERENCE HEADERS

A part of the document between <!-- rows: NAME --> and <!-- end --> (in a manual page, between the comments .\\" rows: NAME
and .\\" end) is a table that comes from the code: from the rows of commands and options (ARTSYNC help --json), the keys of
base.json, the types and the error codes (REFERENCE, which is tests/unit/reference.c), the reject codes (HEADERS/record.h).
Where the code does not say what a row means, the last cell is kept: a person writes it in docs/REFERENCE.md, one for each
row, and the manual page takes it from there.
"""
import difflib
import json
import re
import subprocess
import sys

BLOCK = re.compile(r"(<!-- rows: ([\w ]+) -->\n)(.*?)(<!-- end -->)", re.S)
MANUAL_BLOCK = re.compile(r'(\.\\" rows: ([\w ]+)\n)(.*?)(\.\\" end)', re.S)


def code(text):
    return "`%s`" % text.replace("|", "\\|") if text else ""


def plain(text):
    return text.replace("|", "\\|")


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def words_of(option):
    letter = "-%s, " % option["letter"] if option["letter"] else ""
    return "%s--%s%s" % (letter, option["name"], " " + option["value"] if option["value"] else "")


def option_rows(options):
    return [[code(words_of(o)), code(o["default"]), code(o["key"]), plain(o["help"])] for o in options if o["name"]]


def settings(rows):
    """One row per environment key: the options that have it."""
    found = {}
    for where, options in [("", rows["options"])] + [(c["name"], c["options"]) for c in rows["commands"]]:
        for o in options:
            if o["key"]:
                _, users = found.setdefault(o["key"], (o["default"], []))
                users.append("--%s" % o["name"] if o["name"] and not where else "%s --%s" % (where, o["name"]) if where else "")
    return [[code(key), ", ".join(code(u) for u in users if u), code(default), None] for key, (default, users) in found.items()]


class Rows:
    """The head and the rows of every table that the document may have; None is a cell that a person writes."""
    def __init__(self, artsync, reference, headers):
        self.help = json.loads(output(artsync, "help", "--json"))
        self.lines = [line.split("\t") for line in output(reference).splitlines()]
        self.header = open(headers + "/record.h", encoding="utf-8").read()

    def get(self, name):
        option_head = ["option", "default", "environment", "what it does"]
        if name == "commands":
            words = lambda c: c["name"] + (" " + c["arguments"] if c["arguments"] else "")
            return ["command", "what it does"], [[code(words(c)), plain(c["summary"])] for c in self.help["commands"]]
        if name == "options":
            return option_head, option_rows(self.help["options"])
        if name.startswith("options of "):
            found = [c for c in self.help["commands"] if c["name"] == name[len("options of "):]]
            return option_head, option_rows(found[0]["options"])
        if name == "settings":
            return ["key", "option", "default", "means"], settings(self.help)
        if name == "exit statuses":
            return ["status", "means"], [[str(r["status"]), plain(r["meaning"])] for r in self.help["exit_statuses"]]
        if name.startswith("keys of "):
            rows = [[code(key), need, types, plain(means)] for kind, *rest in self.lines
                    if kind == "key" and rest[0] == name[8:] for _, key, need, types, means in [rest]]
            if name != "keys of column":
                rows = [[key, need, means] for key, need, _, means in rows]
            return ["key", ""] + (["types"] if name == "keys of column" else []) + ["means"], rows
        if name == "types":
            return ["type", "columns that can hold it", "means"], [[code(l[1]), l[2], None] for l in self.lines if l[0] == "type"]
        if name == "columns":
            return ["field", "goes into columns of type"], [[code(l[1]), l[2]] for l in self.lines if l[0] == "type"]
        if name == "refusals":
            return ["column", "field", "what to do"], [l[1:] for l in self.lines if l[0] == "refusal"]
        if name == "error codes":
            return ["code", "status", "means"], [[code(l[1]), l[2], None] for l in self.lines if l[0] == "error"]
        if name == "reject codes":
            return ["code", "means"], [[code(c), None] for c in re.findall(r'#define REJECT_\w+ "(\w+)"', self.header)]
        sys.exit("reference: there are no rows called %s" % name)

    def missing(self, names, manual):
        """What the code has and no block shows."""
        if manual:
            return sorted(({"types"} | {"keys of " + line[1] for line in self.lines if line[0] == "key"}) - set(names))
        wanted = {"commands", "options", "settings", "exit statuses", "types", "error codes", "reject codes"}
        wanted |= {"options of " + c["name"] for c in self.help["commands"] if c["options"]}
        wanted |= {"keys of " + line[1] for line in self.lines if line[0] == "key"}
        types = {"columns", "refusals"}  # docs/FIELD_TYPES.md
        found = set(names)
        return sorted((types if found & types else wanted) - found)


def written(table):
    """What people wrote into the last cells of a table, by the first cell."""
    kept = {}
    for line in table.splitlines():
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        if cells:
            kept[cells[0].strip()] = cells[-1].strip()
    return kept


def table(head, rows, kept):
    """Markdown."""
    lines = [head, ["---"] * len(head)] + [[kept.get(r[0], "") if c is None else c for c in r] for r in rows]
    return "".join("|%s\n" % "".join(" %s |" % cell if cell else " |" for cell in line) for line in lines)


def roff(text):
    """A line of a manual page: `x` is bold, hyphens are minus signs, nothing begins a request."""
    text = text.replace("\\|", "|").replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`(.*?)`", r"\\fB\1\\fR", text)
    return "\\&" + text if text[:1] in (".", "'") else text


def entries(head, rows, kept):
    """The same rows as entries of a manual page: what is between the first and the last cell goes beside the name."""
    text = ""
    for name, *between, means in rows:
        beside = ", ".join(cell for cell in between if cell and cell not in ("optional", "all"))
        text += ".TP\n%s%s\n%s\n" % (roff(name), " (%s)" % roff(beside) if beside else "",
                                    roff(kept.get(name, "") if means is None else means))
    return text


def main(mode, document, artsync, reference, headers):
    rows, problems = Rows(artsync, reference, headers), []
    text = open(document, encoding="utf-8").read()
    manual = not document.endswith(".md")
    block, form = (MANUAL_BLOCK, entries) if manual else (BLOCK, table)
    source = open("docs/REFERENCE.md", encoding="utf-8").read() if manual else text
    kept = {match.group(2): written(match.group(3)) for match in BLOCK.finditer(source)}

    def fill(match):
        name = match.group(2)
        head, lines = rows.get(name)
        known = kept.get(name, {})
        problems.extend("%s: say what %s means (rows: %s)" % (document, r[0], name) for r in lines
                        if None in r and not known.get(r[0]))
        return match.group(1) + form(head, lines, known) + match.group(4)

    new = block.sub(fill, text)
    problems += ["%s has no block of rows: %s" % (document, name)
                 for name in rows.missing([m.group(2) for m in block.finditer(text)], manual)]
    if mode == "write" and new != text:
        open(document, "w", encoding="utf-8").write(new)
    elif new != text:
        problems.append("%s differs from the rows in the code; make docs writes them:\n%s" % (document, "\n".join(
            line for line in difflib.unified_diff(text.splitlines(), new.splitlines(), "document", "code", "", "", 0, ""))))
    for problem in problems:
        print("lint: %s" % problem, file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
