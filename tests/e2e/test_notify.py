"""Who is told how a run ended: a program, and a URL. Whatever they do, the run stays what it was."""
import http.server
import json
import os
import signal
import ssl
import subprocess
import threading

import pytest
from support import ROOT, TIMEOUT, shop

SECRET = "s3cr3t-0123456789"


@pytest.fixture
def export(tmp_path):
    return shop(tmp_path / "export").save()


class Notifier:
    """A program that keeps what it is told."""

    def __init__(self, folder, body=""):
        self.folder = folder
        self.path = folder / "notifier"
        self.path.write_text("#!/bin/bash\ncd %s\nenv > env.part; cat > report; echo $ARTSYNC_STATUS >> calls; mv env.part env\n%s\n"
                             % (folder, body))
        self.path.chmod(0o755)

    @property
    def calls(self):
        file = self.folder / "calls"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    @property
    def env(self):
        return dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines() if "=" in line)

    @property
    def report(self):
        return json.loads((self.folder / "report").read_text())


@pytest.fixture
def notifier(tmp_path):
    return Notifier(tmp_path)


def test_the_report_of_the_run(art, export, notifier):
    run = art.ok("sync", "--json", "--export-dir", export, "--notify", notifier.path, env={"ARTSYNC_NOTIFY_ON": "always"})
    assert notifier.calls == [0] and notifier.report == run.json
    assert notifier.env["ARTSYNC_SYNC_ID"] == run.json["sync_id"]
    assert notifier.env["ARTSYNC_SUMMARY"] == "art: synced, 10 created"
    assert "DATABASE_URL" not in notifier.env and run.err == ""
    # the same in every form of report, and where there is none
    for form in ([], ["--quiet"]):
        art.ok("sync", "--export-dir", export, *form, env={"ARTSYNC_NOTIFY_ON": "always", "ARTSYNC_NOTIFY": str(notifier.path)})
        assert notifier.report["status"] == "completed" and notifier.env["ARTSYNC_SUMMARY"] == "art: synced, nothing changed"
    assert notifier.calls == [0, 0, 0]


@pytest.mark.parametrize("when, told", [("always", [0, 1, 0, 4, 2]), (None, [1, 4, 2]), ("attention", [1, 4, 2]), ("failure", [4, 2])])
def test_which_runs(art, tmp_path, notifier, when, told):
    env = {"ARTSYNC_NOTIFY": str(notifier.path), **({"ARTSYNC_NOTIFY_ON": when} if when else {})}
    export = shop(tmp_path / "export")
    art.ok("sync", "--export-dir", export.save(), env=env)
    export.edition("E9", "P1", number=9, price="dear").save()
    art.ok("sync", "--export-dir", export.path, env=env, status=1)
    art.ok("sync", "--export-dir", export.path, env=env)  # the same reject is no news
    art.ok("sync", "--export-dir", export.path, "--strict", "--mode", "merge", env=env, status=4)
    art.ok("sync", "--export-dir", tmp_path / "none", env=env, status=2)
    assert notifier.calls == told
    assert notifier.report["error"]["code"] == "missing_file" and "was not" not in notifier.env["ARTSYNC_SUMMARY"]
    assert notifier.env["ARTSYNC_SUMMARY"].startswith("art: not synced: prints: there is no file")
    # what tells no one
    art.ok("sync", "--export-dir", export.path, "--dry-run", "--mode", "merge", "--strict", env=env, status=4)
    art.ok("diff", "--export-dir", tmp_path / "none", env=env, status=2)
    assert notifier.calls == told


def test_a_run_that_did_not_begin(art, export, notifier, tmp_path):
    env = {"ARTSYNC_NOTIFY": str(notifier.path)}
    art.ok("sync", "--export-dir", export, env=env, url="postgresql://u:pass-%s@127.0.0.1:1/x" % SECRET, status=3)
    assert notifier.report["error"]["code"] == "connection" and notifier.env["ARTSYNC_STATUS"] == "3"
    assert notifier.env["ARTSYNC_SYNC_ID"] == "" and len(notifier.env["ARTSYNC_SUMMARY"]) < 200
    assert SECRET not in (tmp_path / "env").read_text() + (tmp_path / "report").read_text()
    # the library's message has two lines
    art.ok("sync", "--export-dir", export, env=env, url="postgresql:///x?host=%s" % tmp_path, status=3)
    summary = notifier.env["ARTSYNC_SUMMARY"]
    assert "No such file or directory Is the server running locally" in summary and "\\x" not in summary
    told = art.ok("sync", "--export-dir", export, "--notify", "", env=env, status=2)
    assert "--notify is empty" in told.err and "was not told" not in told.err
    art.ok("sync", "--base", "./none", env=env, status=2)
    assert notifier.report["error"]["code"] == "config"
    # a setting that is not valid, in a file that names the notifier
    (tmp_path / "settings").write_text("ARTSYNC_MODE=sometimes\nARTSYNC_NOTIFY=%s\n" % notifier.path)
    art.ok("sync", "--env-file", tmp_path / "settings", status=2)
    assert notifier.report["error"]["code"] == "usage" and notifier.calls == [3, 3, 2, 2]


def test_it_runs_when_all_is_over(art, export, tmp_path):
    """No lock and no connection is left, and the report is printed, while it runs."""
    os.mkfifo(tmp_path / "go")
    notifier = Notifier(tmp_path, "read line < go")
    child = art.start("sync", "--json", "--export-dir", export, "--notify", notifier.path, env={"ARTSYNC_NOTIFY_ON": "always"})
    out = child.stdout.readline()
    assert out.startswith("{")
    with open(tmp_path / "go", "w", encoding="utf-8") as go:  # opened once the notifier reads
        art.db.quiet()
        art.sync(export)
        go.write("on\n")
    child.stdout.read()
    assert child.wait(TIMEOUT) == 0 and notifier.calls == [0]


@pytest.mark.parametrize("body, warning", [
    ("exit 7", "ended with status 7"), ("echo out; echo err >&2; exit 1", "ended with status 1: out"), ("kill -9 $$", "signal 9"),
    ("head -c 3000000 /dev/zero | tr '\\0' x", None), ("for i in 1 2 3 4 5; do sleep 1000 & done", None)])
def test_whatever_it_does(art, export, tmp_path, body, warning):
    notifier = Notifier(tmp_path, body)
    env = {"ARTSYNC_NOTIFY_ON": "always", "ARTSYNC_NOTIFY": str(notifier.path)}
    run = art.ok("sync", "--json", "--export-dir", export, env=env)
    assert run.json["status"] == "completed" and notifier.calls == [0]
    assert (warning is None and run.err == "") or ("warning: %s was not told: " % notifier.path in run.err and warning in run.err)
    if warning:  # quiet runs say it, too: somebody relies on the notifier
        assert warning in art.ok("sync", "--quiet", "--export-dir", export, env=env).err


def test_one_that_is_not_there(art, export, tmp_path):
    run = art.ok("sync", "--export-dir", export, "--notify", tmp_path / "none with args", env={"ARTSYNC_NOTIFY_ON": "always"})
    assert "none with args was not told: No such file or directory" in run.err


def test_an_interrupted_run_is_told(art, export, notifier, tmp_path):
    art.db.run("SELECT pg_advisory_lock(1)")
    blocker = "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END'"
    art.db.run(blocker)
    art.db.run("CREATE TRIGGER hold BEFORE INSERT ON prints FOR EACH ROW EXECUTE FUNCTION hold()")
    child = art.start("sync", "--export-dir", export, "--notify", notifier.path)
    art.db.wait("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 1")
    child.send_signal(signal.SIGTERM)
    assert art.finish(child).status == 143
    assert notifier.calls == [143] and notifier.report["error"]["code"] == "terminated"
    art.db.run("SELECT pg_advisory_unlock(1)")


# ---- the heartbeat ----

class Server:
    """Keeps the paths that were asked for; answers with `status`."""

    def __init__(self, context=None):
        self.paths, self.status = [], 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.paths.append(self.path)
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.stop()


def test_the_heartbeat(art, tmp_path, server):
    env = {"ARTSYNC_HEARTBEAT_URL": "http://127.0.0.1:%d/%s?rid=1" % (server.port, SECRET)}
    export = shop(tmp_path / "export")
    art.ok("sync", "--export-dir", export.save(), env=env)
    export.edition("E9", "P1", number=9, price="dear").save()
    art.ok("sync", "--export-dir", export.path, env=env, status=1)
    art.ok("sync", "--export-dir", export.path, env=env, url="postgresql://u@127.0.0.1:1/x", status=3)
    art.ok("sync", "--export-dir", export.path, "--dry-run", env=env)
    env["ARTSYNC_HEARTBEAT_URL"] = "http://127.0.0.1:%d/%s/" % (server.port, SECRET)
    art.ok("sync", "--export-dir", tmp_path / "none", env=env, status=2)
    assert server.paths == ["/%s%s" % (SECRET, end) for end in ("?rid=1", "?rid=1", "/fail?rid=1", "/fail")]


@pytest.mark.parametrize("status", [404, 302, 500])
def test_an_answer_that_is_no_success(art, export, server, status):
    server.status = status
    run = art.ok("sync", "--export-dir", export, "-v", env={"ARTSYNC_HEARTBEAT_URL": "http://127.0.0.1:%d/%s" % (server.port, SECRET)})
    assert "the server answered with status %d" % status in run.err and server.paths == ["/" + SECRET]
    assert SECRET not in run.out + run.err


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "file:///etc/", "nonsense ", "http://[", "http://no.invalid/"])
def test_a_heartbeat_that_fails_is_a_warning_without_the_url(art, export, url):
    run = art.ok("sync", "--export-dir", export, "--verbose", "--json", env={"ARTSYNC_HEARTBEAT_URL": url + SECRET})
    assert "warning: the URL of ARTSYNC_HEARTBEAT_URL was not reached: " in run.err
    assert SECRET not in run.out + run.err and "no.invalid" not in run.err
    assert SECRET not in art.ok("sync", "--help", env={"ARTSYNC_HEARTBEAT_URL": url + SECRET}).out


def test_tls_is_verified(art, export, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem",
                    "-out", tmp_path / "cert.pem"], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = Server(context)
    env = {"ARTSYNC_HEARTBEAT_URL": "https://127.0.0.1:%d/%s" % (server.port, SECRET)}
    run = art.ok("sync", "--export-dir", export, env=env)
    assert "was not reached: SSL" in run.err and server.paths == []
    assert art.ok("sync", "--export-dir", export, env={**env, "ARTSYNC_CA_FILE": str(tmp_path / "cert.pem")}).err == ""
    server.stop()
    assert server.paths == ["/" + SECRET]


# ---- the examples ----

def test_the_mail_example(art, tmp_path):
    (tmp_path / "sendmail").write_text("#!/bin/sh\ncat > %s/mail\n" % tmp_path)
    (tmp_path / "sendmail").chmod(0o755)
    export = shop(tmp_path / "export").edition("E9", "P1", number=9, price="dear")
    art.ok("sync", "--export-dir", export.save(), "--notify", ROOT / "docs/examples/notify-mail", status=1,
           env={"SENDMAIL": str(tmp_path / "sendmail"), "MAILTO": "office@example.com"})
    head, text = (tmp_path / "mail").read_text().split("\n\n", 1)
    assert head.startswith("To: office@example.com\nSubject: artsync: needs attention\n")
    assert text.startswith("art: synced, needs attention, 10 created, 1 rejected, 1 of them new\n")
    assert json.loads(text[text.index("{"):])["rejects"][0]["value"] == "dear"


def test_the_chat_example(art, tmp_path):
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    run = art.ok("sync", "--export-dir", tmp_path / 'no "such\\ folder', "--notify", ROOT / "docs/examples/notify-chat", status=2,
                 env={"CHAT_WEBHOOK_URL": "http://127.0.0.1:%d/hook" % server.server_address[1]})
    server.shutdown()
    thread.join()
    server.server_close()
    assert "was not told" not in run.err and len(bodies) == 1
    assert bodies[0]["text"].startswith('artsync: art: not synced: prints: there is no file') and 'no "such\\' in bodies[0]["text"]
