"""make compiles again what was compiled in another way."""
import subprocess

from support import ROOT


def made(folder, *how):
    done = subprocess.run(["make", "--no-print-directory", "BUILD=%s" % folder, *how, "%s/util/err.o" % folder], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return "src/util/err.c" in done.stdout


def test_another_compiler_compiles_again(tmp_path):
    assert made(tmp_path, "CC=cc")
    assert not made(tmp_path, "CC=cc")
    assert made(tmp_path, "CC=gcc")
    assert made(tmp_path, "CC=gcc", "CFLAGS=-O1")
    assert not made(tmp_path, "CC=gcc", "CFLAGS=-O1")
