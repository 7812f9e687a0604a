#!/usr/bin/env python3
"""Does every command's help have examples and say what else to look at?  lint_help.py BINARY

tests/e2e/test_examples.py runs the examples.
"""
import json
import subprocess
import sys


def problems(commands):
    names = {c["name"] for c in commands} | {c["name"].split()[0] for c in commands}
    for c in commands:
        if not 2 <= len(c["examples"]) <= 5:
            yield "%s has %d lines of examples, not two to five (.examples in its row)" % (c["name"], len(c["examples"]))
        if not c["see_also"]:
            yield "%s names no other command to look at (.see_also in its row)" % c["name"]
        for other in c["see_also"]:
            if other not in names or other == c["name"]:
                yield "%s: see also %s, which is no other command" % (c["name"], other)


def main(binary):
    out = subprocess.run([binary, "help", "--json"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    found = list(problems(json.loads(out)["commands"]))
    for problem in found:
        print("lint: the help of " + problem, file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
