"""A PostgreSQL proxy on a Unix socket: it writes down every statement, and can stop or cut a connection at any of them.

    proxy = Proxy(folder, db);  artsync -d proxy.url
    proxy.statements            what came through, in order
    proxy.plan(rule)            rule(number, sql) -> None | HOLD | CUT | CUT_REPLY

HOLD      wait before the statement reaches the server, until `release` (a killed client's statement never gets there)
CUT       close both sides before the statement reaches the server
CUT_REPLY let the server do it, then close without telling the client
"""
import os
import socket
import struct
import threading

import psycopg2.extensions
import support

HOLD, CUT, CUT_REPLY = "hold", "cut", "cut_reply"
SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102


class Proxy:
    def __init__(self, folder, db):
        dsn = psycopg2.extensions.parse_dsn(db.url)
        self.upstream = os.path.join(dsn["host"], ".s.PGSQL.%s" % dsn.get("port", 5432))
        self.url = support.make_url(dsn, host=str(folder), port=5432)
        self.statements = []
        self.cancels = 0
        self.rule = None
        self.silent = False  # accept new connections, and leave them without an answer
        self.reached, self.go = threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(str(folder), ".s.PGSQL.5432"))
        self.listener.listen(16)
        self.sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def plan(self, rule):
        """Start anew with this rule."""
        with self.lock:
            self.statements, self.rule = [], rule
            self.reached, self.go = threading.Event(), threading.Event()

    def wait(self):
        assert self.reached.wait(support.TIMEOUT), "the statement never came; seen: %r" % self.statements

    def release(self):
        self.go.set()

    def close(self):
        self.go.set()
        for s in [self.listener, *self.sockets]:
            _shut(s)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                if self.silent:
                    self.sockets.append(client)
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.upstream)
            except OSError:
                return
            self.sockets += [client, server]
            state = {"swallow": False, "asked": False}
            threading.Thread(target=self._forward, args=(client, server, state), daemon=True).start()
            threading.Thread(target=self._back, args=(client, server, state), daemon=True).start()

    def _forward(self, client, server, state):
        try:
            while True:  # start-up packets have no type; the server would refuse encryption on a Unix socket
                body = _exactly(client, struct.unpack("!I", _exactly(client, 4))[0] - 4)
                code = struct.unpack("!I", body[:4])[0]
                self.cancels += code == CANCEL_REQUEST
                if code in (SSL_REQUEST, GSS_REQUEST):
                    client.sendall(b"N")
                    continue
                server.sendall(struct.pack("!I", len(body) + 4) + body)
                break
            while True:
                head = _exactly(client, 5)
                body = _exactly(client, struct.unpack("!I", head[1:])[0] - 4)
                action = None
                if head[:1] == b"Q":
                    action = self._seen(body[:-1].decode(), state)
                elif head[:1] == b"P":
                    action = self._seen(body.split(b"\0")[1].decode(), state)
                if action == HOLD:
                    go = self.go
                    self.reached.set()
                    go.wait()
                    client.setblocking(False)
                    try:
                        gone = not client.recv(1, socket.MSG_PEEK)
                    except BlockingIOError:
                        gone = False
                    client.setblocking(True)
                    if gone:
                        break
                elif action == CUT:
                    self.reached.set()
                    break
                elif action == CUT_REPLY:
                    state["swallow"] = True
                server.sendall(head + body)
        except (OSError, EOFError):
            pass
        if not state["swallow"]:
            _shut(client)
            _shut(server)

    def _back(self, client, server, state):
        try:
            while True:
                data = server.recv(65536)
                if not data:
                    break
                if state["swallow"]:  # the whole answer comes at once: it is flushed with ReadyForQuery
                    self.reached.set()
                    break
                client.sendall(data)
        except OSError:
            pass
        _shut(client)
        _shut(server)

    def _seen(self, sql, state):
        state["asked"] |= "pg_current_xact_id" in sql
        if sql == "COMMIT" and not state["asked"]:
            sql = "COMMIT of the log"  # not the one that decides
        with self.lock:
            self.statements.append(sql)
            return self.rule(len(self.statements) - 1, sql) if self.rule else None


def at(number, action=HOLD):
    """A rule for the statement with this number, counted from 0."""
    return lambda n, sql: action if n == number else None


def when(part, action=HOLD):
    """A rule for the first statement that contains `part`, whatever the case."""
    seen = []

    def rule(_, sql):
        if not seen and part.lower() in sql.lower():
            seen.append(sql)
            return action
        return None
    return rule


def committing(action):
    """A rule for the first COMMIT of data; the log's rows are committed on a connection of their own."""
    seen = []

    def rule(_, sql):
        if not seen and sql.strip().rstrip(";").upper() == "COMMIT":
            seen.append(sql)
            return action
        return None
    return rule


def _exactly(sock, n):
    parts = b""
    while len(parts) < n:
        data = sock.recv(n - len(parts))
        if not data:
            raise EOFError
        parts += data
    return parts


def _shut(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    sock.close()
