#!/usr/bin/env python3
"""Which struct has too many members to be one idea: lint_structs.py SOURCES HEADERS

A struct within a struct counts as one. Rows of data may have as many members as they have columns: they are listed here.
"""
import os
import re
import sys

MOST = 16
ROWS = {
    "Column": "what base.json and the catalog say of a column",
    "Table": "what base.json says of a table",
    "CatalogTable": "what the catalog says of a table",
    "StagingRow": "the columns of the staging table",
}


def members(body):
    """How many members the text between a struct's braces declares."""
    while True: # what is in inner braces and parentheses declares none
        shorter = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", body)
        if shorter == body:
            break
        body = shorter
    return sum(1 + part.count(",") for part in body.split(";") if part.strip())


def structs(text):
    """[(name, how many members)]"""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    for found in re.finditer(r"\bstruct (\w+)\s*\{", text):
        depth, at = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield found.group(1), members(text[found.end():at - 1])


def main(*folders):
    bad = False
    for at, _, names in (found for folder in folders for found in os.walk(folder)):
        for name in sorted(name for name in names if name.endswith((".c", ".h"))):
            path = os.path.join(at, name)
            for struct, n in structs(open(path, encoding="utf-8").read()):
                if n > MOST and struct not in ROWS:
                    print("lint: %s: struct %s has %d members, more than %d: split it by what belongs together" %
                          (path, struct, n, MOST), file=sys.stderr)
                    bad = True
    return bad


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
