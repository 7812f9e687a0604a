#!/usr/bin/env python3
"""Words that artsync does not use: lint_words.py WORDS FILE...

WORDS has an expression and the plain words to write instead on each line (see there). A file that is no UTF-8 is passed over.
"""
import re
import sys


def read_words(path):
    """[(expression, what to write instead)]"""
    lines = (line.rstrip("\n") for line in open(path, encoding="utf-8") if line.strip() and not line.startswith("#"))
    return [(re.compile(pattern), plain) for pattern, plain in (line.split(" ", 1) for line in lines)]


def main(words, *files):
    words, bad = read_words(words), False
    any_word = re.compile("|".join("(?:%s)" % pattern.pattern for pattern, _ in words))
    for path in files:
        try:
            text = open(path, encoding="utf-8").read()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n") if any_word.search(text) else [], 1):
            for pattern, plain in words if any_word.search(line) else []:
                if pattern.search(line):
                    bad = True
                    print("lint: plain words (%s): %s:%d: %s" % (plain, path, number, line.strip()), file=sys.stderr)
    return bad


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
