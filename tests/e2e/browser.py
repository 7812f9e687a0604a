"""A headless Chromium, spoken to over two pipes with its DevTools protocol: pages at a size and in a colour scheme."""
import base64
import json
import os
import shlex
import shutil
import signal
import subprocess
import time

from support import TIMEOUT

NAMES = ("chromium", "chromium-browser", "google-chrome")


def program():
    found = [path for path in map(shutil.which, NAMES) if path]
    assert found, "no browser found (%s): tests/deps.sh check installs chromium" % ", ".join(NAMES)
    return found[0]


class Browser:
    """One browser with one page; `requests` and `errors` grow while pages are opened."""

    def __init__(self, folder):
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        command = [program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
                   "--remote-debugging-pipe", "--user-data-dir=%s" % folder]
        line = "exec 3<&%d 4>&%d; exec %s" % (read_there, write_there, shlex.join(command))
        self.process = subprocess.Popen(["bash", "-c", line], pass_fds=(read_there, write_there), start_new_session=True,
                                        env={**os.environ, "HOME": str(folder)},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read_there)
        os.close(write_there)
        self.into, self.out = os.fdopen(write_here, "wb"), os.fdopen(read_here, "rb")
        self.number, self.session, self.events = 0, None, []
        self.requests, self.errors, self.rest = [], [], b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(domain + ".enable")

    def close(self):
        self.into.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.out.close()

    def _message(self):
        while b"\0" not in self.rest:
            data = os.read(self.out.fileno(), 1 << 20)
            assert data, "the browser ended"
            self.rest += data
        line, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(line)
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        elif message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.errors.append(message["params"])
        self.events.append(message.get("method"))
        return message

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        self.into.write(json.dumps(request).encode() + b"\0")
        self.into.flush()
        deadline = time.monotonic() + TIMEOUT
        while True:
            assert time.monotonic() < deadline, method
            message = self._message()
            if message.get("id") == self.number:
                assert "error" not in message, (method, message)
                return message["result"]

    def look(self, width, scheme="light", media="screen", height=800):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path):
        self.events = []
        self.call("Page.navigate", url="file://%s" % path)
        while "Page.loadEventFired" not in self.events:
            self._message()

    def value(self, script):
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def picture(self, path, width, top, height):
        clip = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        path.write_bytes(base64.b64decode(data))

    def print(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"]))
