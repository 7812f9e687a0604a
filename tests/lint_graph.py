#!/usr/bin/env python3
"""Which object file needs which: no circles, and no arrow between folders that docs/ARCHITECTURE.md does not allow.

    lint_graph.py OBJECTS SOURCES HEADERS DOCUMENT [TESTS]

An arrow is a symbol that one object uses and another defines (OBJECTS/FOLDER/FILE.o, by nm), or a header that a folder
includes (SOURCES/FOLDER/*.[ch], HEADERS/*.h). DOCUMENT has a table | folder | does | headers | may use |: which of HEADERS
belong to a folder, and which folders it may use; each may use only folders further down, and has to use those it names.
A function or table that no other object uses, nor a C file in TESTS, has to be static.
"""
import collections
import os
import re
import subprocess
import sys


# ---- what is there ----

def object_names(objects, sources):
    """ "cli/help" for every object that has a source: others are left over from sources that are gone."""
    found = (os.path.relpath(os.path.join(at, name), objects)[:-2]
             for at, _, names in os.walk(objects) for name in names if name.endswith(".o"))
    return sorted(name for name in found if os.path.exists(os.path.join(sources, name + ".c")))


def read_symbols(objects, names):
    """({symbol: object that defines it}, {symbol: [objects that need it]})"""
    files = {os.path.join(objects, name + ".o"): name for name in names}
    out = subprocess.run(["nm", "-A", "-g", "-P", *files], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    defined, needed = {}, collections.defaultdict(list)
    for line in out.splitlines():
        place, symbol, kind = re.match(r"(.+): (\S+) (\S)", line).groups()
        if kind in "Uwv":
            needed[symbol].append(files[place])
        else:
            defined[symbol] = files[place]
    return defined, needed


def make_graph(names, defined, needed):
    """{object: {object that it needs: a symbol that shows it}}"""
    graph = {name: {} for name in names}
    for symbol, users in sorted(needed.items()):
        for user in users:
            if symbol in defined:
                graph[user].setdefault(defined[symbol], symbol)
    return graph


def read_table(document):
    """([folders from the top down], {header: folder}, {folder: folders that it may use}); src/main.c is "main"."""
    order, owner, may, inside = [], {}, {}, False
    for line in open(document, encoding="utf-8"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells == ["folder", "does", "headers", "may use"]:
            inside = True
        elif inside and not line.startswith("|"):
            break
        elif inside and not set(line) <= set("|- \n"):
            folder = re.fullmatch(r"`src/(\w+)(\.c)?`", cells[0]).group(1)
            order.append(folder)
            owner.update((header, folder) for header in words(cells[2]))
            may[folder] = words(cells[3])
    return order, owner, may


def words(cell):
    return [] if cell in ("", "nothing") else cell.split(", ")


def folder_of(name):
    return name.split("/")[0]


def read_includes(sources, headers, owner):
    """[(file, its folder, header)] for every header of HEADERS that is included."""
    found = []
    for at, _, names in list(os.walk(sources)) + list(os.walk(headers)):
        for name in names:
            path, stem = os.path.join(at, name), os.path.splitext(name)[0]
            inside = os.path.relpath(path, sources)
            folder = owner.get(stem) if at.startswith(headers) else folder_of(os.path.splitext(inside)[0])
            text = open(path, encoding="utf-8").read()
            found += [(path, folder, header) for header in re.findall(r'^#include "artsync/(\w+)\.h"', text, re.M)]
    return sorted(found, key=str)


# ---- what is wrong with it ----

def find_circles(graph):
    """Strongly connected components of more than one object (Tarjan), each sorted."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(found)


def circle_problems(graph):
    for circle in find_circles(graph):
        arrows = ["%s uses %s of %s" % (a, graph[a][b], b) for a in circle for b in sorted(graph[a]) if b in circle]
        yield "a circle of %s:\n    %s" % (" ".join(circle), "\n    ".join(arrows))


def arrow_problems(graph, includes, order, owner, may):
    used = collections.defaultdict(set)

    def check(folder, other, what):
        used[folder].add(other)
        if folder != other and other not in may.get(folder, []):
            yield "%s, but the table in ARCHITECTURE.md does not let %s use %s" % (what, folder, other)

    for user, uses in sorted(graph.items()):
        for other, symbol in sorted(uses.items()):
            yield from check(folder_of(user), folder_of(other), "%s uses %s of %s" % (user, symbol, other))
    for path, folder, header in includes:
        if folder is None or header not in owner:
            yield "%s: no folder in ARCHITECTURE.md has the header %s" % (path, header if folder else path)
        else:
            yield from check(folder, owner[header], "%s includes %s.h" % (path, header))
    for folder in order:
        below = order[order.index(folder) + 1:]
        for other in may[folder]:
            if other not in below:
                yield "ARCHITECTURE.md: %s may use %s, which is not below it" % (folder, other)
            elif other not in used[folder]:
                yield "ARCHITECTURE.md: %s may use %s, but does not" % (folder, other)
    there = {folder_of(name) for name in graph}
    for folder in sorted(there ^ set(order)):
        yield "%s is %s" % (folder, "not in the table in ARCHITECTURE.md" if folder in there else "no folder with objects")


def public_problems(defined, needed, tests):
    text = "".join(open(os.path.join(at, name), encoding="utf-8").read()
                   for at, _, names in os.walk(tests) for name in names if name.endswith((".c", ".h")))
    used = set(re.findall(r"\w+", text)) | set(needed) | {"main"}
    for symbol in sorted(set(defined) - used):
        yield "%s of %s is used by no other file: make it static" % (symbol, defined[symbol])


def main(objects, sources, headers, document, tests=None):
    order, owner, may = read_table(document)
    if not order:
        sys.exit("lint: %s has no table | folder | does | headers | may use |" % document)
    names = object_names(objects, sources)
    defined, needed = read_symbols(objects, names)
    graph = make_graph(names, defined, needed)
    problems = list(circle_problems(graph))
    problems += arrow_problems(graph, read_includes(sources, headers, owner), order, owner, may)
    problems += public_problems(defined, needed, tests) if tests else []
    for problem in problems:
        print("lint: %s" % problem, file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
