"""Debian's Firefox for tests, spoken to in its own WebDriver BiDi: Debian has no geckodriver."""

import itertools
import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

KEYS = {"TAB": "\ue004", "ENTER": "\ue007", "RIGHT": "\ue014"}
PREFERENCES = {
    "ui.prefersReducedMotion": 1,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
}


class Firefox:
    """One window, with as much of selenium's driver as `tests.support.browser` asks of one.

    Parameters
    ----------
    address : str
        The websocket that Firefox listens on.
    """

    def __init__(self, address):
        websocket = pytest.importorskip("websocket")
        self.socket = websocket.create_connection(f"{address}/session", timeout=60, suppress_origin=True)
        self.numbers, self.events = itertools.count(1), []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.window = self.send("browsingContext.getTree")["contexts"][0]["context"]
        self.frame = self.send("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"][0]["context"]
        # A new window's keyboard is the address bar's, and keys in the page would press nothing.
        self.execute_script("window.focus(); gBrowser.selectedBrowser.focus()", context=self.frame)

    def send(self, method, **params):
        """A command's result; events that come before it are kept."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self.socket.recv())
            if said.get("type") == "event":
                self.events.append(said)
            elif said.get("id") == number:
                if said["type"] == "error":
                    raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
                return said["result"]

    def get(self, url):
        """Open an address."""
        self.send("browsingContext.navigate", context=self.window, url=url, wait="complete")

    def reload(self):
        """Load the page anew."""
        self.send("browsingContext.reload", context=self.window, wait="complete")

    def execute_script(self, text, *given, context=None, later=False):
        """Run a function's body with `arguments`; its result goes through JSON, a promise is waited for."""
        wrapped = "async" if later else ""
        body = f"{wrapped} function () {{ const value = {'await ' if later else ''}(function () {{ {text} }})"
        body += ".apply(null, arguments); return value === undefined ? 'null' : JSON.stringify(value) }"
        made = self.send(
            "script.callFunction",
            functionDeclaration=body,
            arguments=[{"type": "string", "value": a} for a in given],
            target={"context": context or self.window},
            awaitPromise=True,
        )
        if made["type"] == "exception":
            raise RuntimeError(made["exceptionDetails"]["text"])
        return json.loads(made["result"]["value"])

    def execute_async_script(self, text):
        """As selenium's: the last argument takes the result."""
        return self.execute_script(
            f"return new Promise(function (done) {{ (function () {{ {text} }})(done) }})", later=True
        )

    def press(self, name):
        """Type a key by its name in `KEYS`."""
        strokes = [{"type": kind, "value": KEYS[name]} for kind in ("keyDown", "keyUp")]
        typed = {"type": "key", "id": "keyboard", "actions": strokes}
        self.send("input.performActions", context=self.window, actions=[typed])

    def get_log(self, kind):
        """Console entries (`browser`) or requests (`performance`) since the last look, in selenium's shape."""
        self.execute_script("return 0")  # what was on its way has come
        method = {"browser": "log.entryAdded", "performance": "network.beforeRequestSent"}[kind]
        held = [e["params"] for e in self.events if e["method"] == method]
        self.events = [e for e in self.events if e["method"] != method]
        if kind == "browser":
            return [{"level": "SEVERE" if e["level"] == "error" else "INFO", "message": e["text"]} for e in held]
        return [{"message": json.dumps({"message": _asked(e)})} for e in held]

    def size(self, width, height, ratio=1):
        """A page of so many pixels."""
        self.send(
            "browsingContext.setViewport",
            context=self.window,
            viewport={"width": width, "height": height},
            devicePixelRatio=ratio,
        )

    def shown_as(self, **overrides):
        """Set overrides of the page's medium, such as `mediumOverride="print"`; those not named are lifted.

        They hold for what is open, and while it is loaded anew, but not in what another `get` opens.
        """
        kinds = {"mediumOverride": "", "prefersColorSchemeOverride": "none", "forcedColorsOverride": "none"}
        for name, value in (kinds | overrides).items():
            self.execute_script(
                "gBrowser.selectedBrowser.browsingContext[arguments[0]] = arguments[1]", name, value, context=self.frame
            )


def _asked(event):
    return {"method": "Network.requestWillBeSent", "params": {"request": {"url": event["request"]["url"]}}}


@contextmanager
def firefox(profile):
    """A headless Firefox of its own profile; the test is skipped where there is none."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        pytest.skip("needs firefox-esr")
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with (profile / "said.txt").open("wb") as log:
        running = subprocess.Popen([*command, "--remote-allow-system-access"], stdout=log, stderr=log)
    try:
        yield Firefox(_listening(profile / "said.txt"))
    finally:
        running.terminate()
        running.wait(30)


def _listening(log, seconds=60):
    end = time.monotonic() + seconds
    while not (found := re.search(r"listening on (ws://\S+)", log.read_text("utf-8", "replace"))):
        assert time.monotonic() < end, log.read_text("utf-8", "replace")[-500:]
        time.sleep(0.1)
    return found[1]
