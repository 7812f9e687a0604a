"""What the README and the demo tell people to do works as it is written, and a test run leaves nothing behind."""
import os
import re
import subprocess
import sys

import psycopg2.extensions
import support
from support import BINARY, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title):
    return re.search(r"^## %s\n(.*?)^## " % re.escape(title), README, re.MULTILINE | re.DOTALL).group(1)


def commands(title):
    return [re.split("  +#", line)[0].strip() for line in section(title).splitlines() if line.startswith("    ")]


def test_the_install_section_makes_role_and_database(cluster, tmp_path):
    """Its lines run as they are, but for sudo and for the password: the test's cluster asks for none."""
    dsn = psycopg2.extensions.parse_dsn(support.make_url(cluster.dsn))
    environment = {"PATH": "%s:%s" % (os.path.dirname(BINARY), os.environ["PATH"]), "HOME": str(tmp_path),
                   "LC_ALL": "C.UTF-8", "PGHOST": dsn["host"], "PGPORT": dsn["port"], "PGUSER": dsn["user"],
                   "PGDATABASE": "postgres"}
    (tmp_path / "airtable_export").symlink_to(ROOT / "airtable_export")
    lines = commands("Install")
    assert lines[0].startswith("make build-deps")
    script = [line.replace("sudo -u postgres ", "").replace("@localhost/", "@/") for line in lines
              if line.startswith(("sudo -u postgres", "export", "artsync"))]
    assert len(script) >= 6
    try:
        done = subprocess.run(["sh", "-ec", "\n".join(script)], cwd=tmp_path, env=environment, check=False,
                              encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode in (0, 1), done.stdout  # 1: the demo's export has rejects
        assert "Done in" in done.stdout, done.stdout
    finally:
        cluster.execute("DROP DATABASE IF EXISTS gallery WITH (FORCE)")
        cluster.execute("DROP ROLE IF EXISTS artsync")


def test_nightly_commands_have_full_paths_and_hide_nothing():
    man = (ROOT / "docs" / "artsync.1").read_text(encoding="utf-8")
    cutover = (ROOT / "docs" / "CUTOVER.md").read_text(encoding="utf-8")
    for text in (README, man, cutover):
        cron = [line for line in text.splitlines() if re.match(r"\s*\d+ \d+ \* \* \*", line)]
        assert cron and all(re.search("&& /usr/local/bin/artsync (sync|backup) ", line) for line in cron)
    assert "SuccessExitStatus" not in README


def test_the_demo_says_where_its_database_is(tmp_path):
    folder = tmp_path / "demo"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "DATABASE_URL"}
    environment["TMPDIR"] = str(tmp_path)
    done = subprocess.run([str(ROOT / "tests" / "demo.sh"), BINARY, str(folder)], env=environment, check=False,
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    stop = re.search(r"tests/pg\.sh stop --dir .*? --remove", done.stdout)
    assert stop, done.stdout
    place = re.search(r"Started a private PostgreSQL in (\S+)", done.stdout).group(1)
    try:
        assert os.path.exists(os.path.join(place, "data", "PG_VERSION")) and "build/demo-pg" not in done.stdout
    finally:
        subprocess.run(stop.group(0), shell=True, cwd=ROOT, env=environment, check=True)
    assert not os.path.exists(place)


def test_a_test_run_leaves_nothing_in_the_temporary_folder(cluster, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "ARTSYNC_TEST_URL": support.make_url(cluster.dsn)}
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/e2e/test_command_texts.py",
         "-k", "nothing_to_list"], cwd=ROOT, env=environment, check=False, encoding="utf-8", stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout
    assert os.listdir(tmp_path) == []


def test_the_documents_count_the_same_migrations():
    texts = [README] + [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("CUTOVER.md", "INSTALL.md")]
    counts = [re.findall(r"^(\d+) migrations applied", text, re.MULTILINE) for text in texts]
    own = [len(list((ROOT / "sql" / base).glob("[0-9]*.sql"))) for base in ("artsync", "art")]
    assert counts == [[str(sum(own))]] * 3
