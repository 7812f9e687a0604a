"""Fixtures: a cluster, a fresh database per test (a copy of a template), the binary in a folder of its own."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2.extensions
import pytest
import support
from proxy import Proxy

ROLE = "artsync_tester"


def pytest_configure(config):
    """Everything that a run makes lies below one folder, which goes with it: pytest itself keeps the last three."""
    if not config.option.basetemp:
        config.option.basetemp = config.artsync_temporary = tempfile.mkdtemp(prefix="artsync-pytest.")


def pytest_unconfigure(config):
    if getattr(config, "artsync_temporary", None):
        shutil.rmtree(config.artsync_temporary, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster():
    """A superuser's URL. Tests start the cluster themselves if `tests/pg.sh run` did not, and if several processes run
    them: roles belong to a cluster, so each process has one of its own."""
    url = None if os.environ.get("PYTEST_XDIST_WORKER") else os.environ.get("ARTSYNC_TEST_URL")
    script, folder = str(support.ROOT / "tests" / "pg.sh"), None
    if not url:
        folder = tempfile.mkdtemp(prefix="artsync-test.")
        os.chmod(folder, 0o711)
        subprocess.run([script, "start", "--fast", "--dir", folder], check=True)
        url = subprocess.run([script, "url", "--dir", folder], check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout.strip()
    dsn = psycopg2.extensions.parse_dsn(url)
    admin = support.connect(support.make_url(dsn, dbname="postgres"))
    with admin.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE %s LOGIN" % ROLE)
    yield Cluster(dsn, admin)
    admin.close()
    if folder:
        subprocess.run([script, "stop", "--remove", "--dir", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """Makes databases: empty, migrated, or with the invented export loaded; each kind is made once and copied."""

    def __init__(self, dsn, admin):
        self.dsn, self.admin = dsn, admin
        self.number = 0
        self.templates = {}

    def execute(self, sql):
        with self.admin.cursor() as cursor:
            cursor.execute(sql)

    def url(self, name, role=ROLE):
        return support.make_url(self.dsn, dbname=name, user=role or self.dsn.get("user"))

    def create(self, template="template0"):
        self.number += 1
        name = "artsync_test_%d_%d" % (os.getpid(), self.number)
        self.execute("CREATE DATABASE %s OWNER %s TEMPLATE %s" % (name, ROLE, template))
        return support.Database(name, self.url(name), self.url(name, None))

    def drop(self, db):
        db.close()
        self.execute("DROP DATABASE %s WITH (FORCE)" % db.name)

    def template(self, kind):
        if kind == "empty":
            return "template0"
        if kind not in self.templates:
            db = self.create(self.template("migrated") if kind == "loaded" else "template0")
            folder = Path(tempfile.mkdtemp(prefix="artsync-"))
            art = support.Artsync(folder, db)
            if kind == "migrated":
                art.ok("db", "migrate")
            else:
                art.ok("sync", "--export-dir", support.ROOT / "airtable_export")
            shutil.rmtree(folder)
            db.quiet()
            db.close()
            self.templates[kind] = db.name
        return self.templates[kind]


@pytest.fixture(scope="session", autouse=True)
def _templates_end(cluster):
    yield
    for name in cluster.templates.values():
        cluster.execute("DROP DATABASE IF EXISTS %s WITH (FORCE)" % name)


def _database(cluster, kind):
    db = cluster.create(cluster.template(kind))
    yield db
    cluster.drop(db)


@pytest.fixture
def db(cluster):
    """A migrated database without rows."""
    yield from _database(cluster, "migrated")


@pytest.fixture
def loaded(cluster):
    """A database into which airtable_export/ was synced once."""
    yield from _database(cluster, "loaded")


@pytest.fixture
def empty(cluster):
    """A database in which nothing was done yet."""
    yield from _database(cluster, "empty")


@pytest.fixture
def databases(cluster):
    """Makes further databases for one test: databases("empty")."""
    made = []

    def make(kind="migrated"):
        made.append(cluster.create(cluster.template(kind)))
        return made[-1]
    yield make
    for each in made:
        cluster.drop(each)


def _artsync(tmp_path, db):
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    art = support.Artsync(folder, db)
    yield art
    art.kill()


@pytest.fixture
def art(tmp_path, db):
    """The binary beside a migrated database."""
    yield from _artsync(tmp_path, db)


@pytest.fixture
def art_loaded(tmp_path, loaded):
    """The binary beside the loaded database."""
    yield from _artsync(tmp_path, loaded)


@pytest.fixture
def shop(tmp_path):
    """A small export: two prints, two distributors, six editions; not saved yet."""
    return support.shop(tmp_path / "export")


@pytest.fixture
def short_dir():
    """A folder whose name is short enough for a Unix socket."""
    folder = tempfile.mkdtemp(prefix="as")
    yield Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def proxy(short_dir, db):
    """A proxy in front of the test's database; see proxy.py."""
    made = Proxy(short_dir, db)
    yield made
    made.close()
