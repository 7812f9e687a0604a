"""The Debian package: lintian finds nothing, and what is in it works by itself. tests/install.sh installs it on a bare Debian."""
import os
import subprocess

import pytest
import support
from support import BINARY, ROOT


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Of the program that is tested; `make deb` compiles one with Debian's flags, and packs it in the same way."""
    folder = tmp_path_factory.mktemp("package")
    objects = os.path.relpath(os.path.dirname(BINARY), ROOT)
    done = subprocess.run(["make", "-s", "package-of", "BUILD=" + objects, "PACKAGE=%s" % folder], cwd=ROOT, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert "warning" not in done.stdout, done.stdout
    return next(folder.glob("artsync_*.deb"))


def test_lintian_finds_nothing(package):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", str(package)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_package_syncs_the_demo(package, tmp_path, empty, monkeypatch):
    """Unpacked into a root of its own: its program, with the export that it brings along."""
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "--extract", str(package), str(root)], check=True)
    monkeypatch.setattr(support, "BINARY", str(root / "usr" / "bin" / "artsync"))
    (tmp_path / "work").mkdir()
    art = support.Artsync(tmp_path / "work", empty)
    art.ok("db", "migrate")
    told = art.ok("sync", "--json", "--export-dir", root / "usr" / "share" / "doc" / "artsync" / "examples" / "airtable_export")
    assert [t["created"] for t in told.json["tables"]] == [empty.value("SELECT count(*) FROM " + t) for t in support.TABLES]
    fields = subprocess.run(["dpkg-deb", "--field", str(package), "Version", "Depends"], check=True, stdout=subprocess.PIPE,
                            encoding="utf-8").stdout
    assert "Version: %s\n" % art.ok("version").out.split()[1] in fields and "libpq5" in fields
