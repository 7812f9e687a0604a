#!/usr/bin/env python3
"""Loops over cases in unit tests (for ... sizeof or COUNT) whose assertions do not say which case failed (CASE, case.h)."""
import re
import sys

LOOP = re.compile(r"( *)for \([^;]*;[^;]*\b(?:sizeof|COUNT\(|\w+_COUNT\b)")
ASSERTS = re.compile(r"\b(?:assert_\w+|OK|FAILS|expect\w*)\(")


def nameless_loops(lines):
    for at, line in enumerate(lines):
        loop = LOOP.match(line)
        if not loop:
            continue
        body = []
        for inner in lines[at + 1:]:
            if inner.strip() and len(inner) - len(inner.lstrip()) <= len(loop.group(1)):
                break
            body.append(inner)
        if any(ASSERTS.search(inner) for inner in body) and not any("CASE(" in inner for inner in body):
            yield at + 1


def main(paths):
    found = ["%s:%d" % (path, at) for path in paths for at in nameless_loops(open(path, encoding="utf-8").read().split("\n"))]
    for place in found:
        print("lint: %s: a loop over cases that does not name them: CASE(...), see tests/unit/case.h" % place, file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
