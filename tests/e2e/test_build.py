"""make compiles again what was compiled in another way, and installs all of it."""
import os
import subprocess

from support import BINARY, ROOT


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


def test_install_puts_program_manual_pages_and_completion_in_place(tmp_path):
    folder = os.path.relpath(os.path.dirname(BINARY), ROOT)
    subprocess.run(["make", "-s", "install", "BUILD=" + folder, "DESTDIR=%s" % tmp_path, "PREFIX=/usr"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    found = {str(path.relative_to(tmp_path / "usr")) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"bin/artsync", "share/man/man1/artsync.1", "share/man/man5/base.json.5",
                     "share/bash-completion/completions/artsync", "share/zsh/site-functions/_artsync"}
