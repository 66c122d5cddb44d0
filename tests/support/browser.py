"""Debian's Chromium for tests, and what they ask it."""

import json
import shutil
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest


@contextmanager
def chromium(profile, *flags):
    """A browser of its own profile; the test is skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver")
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={profile}",
        "--window-size=1300,1000",
        "--force-prefers-reduced-motion",  # a smooth scroll moves what is about to be clicked
        *flags,
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        driver.get("about:blank")  # the browser's own first page asks for its parts for a while
        yield driver
    finally:
        driver.quit()


@contextmanager
def served(folder, headers=()):
    """A folder over http on the loopback address, with further headers."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self):
            for name, value in headers:
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def until(browser, condition, seconds=20):
    """Wait for a JavaScript condition."""
    end = time.monotonic() + seconds
    while not browser.execute_script(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.03)


def errors(browser):
    """What the console has said that is wrong."""
    return [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"]


def asked(browser):
    """Addresses that were asked for since the last look."""
    found = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    return {m["params"]["request"]["url"] for m in found if m["method"] == "Network.requestWillBeSent"}


def axe(browser):
    """Violations that axe finds, by rule and piece of the page."""
    base = pytest.importorskip("axe_core_python.base")
    browser.execute_script((Path(base.__file__).parent / "axe.min.js").read_text("utf-8"))
    found = browser.execute_async_script(
        "var done = arguments[0]; axe.run({preload: false}).then(function (r) { done(r.violations) })"
    )
    return [(v["id"], v["nodes"][0]["html"][:300]) for v in found]
