"""JupyterLab opens in Chinese on the starting notebook, without the dialogue about news; in English where asked."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from research import open_project
from research.cli import show

TRANSLATION = "@jupyterlab/translation-extension:plugin"
NOTICES = "@jupyterlab/apputils-extension:notification"


def asked(url):
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read())


@pytest.fixture
def server(tmp_path):
    """A JupyterLab as `bluebook lab` starts it, by language; stopped in the end."""
    started = []

    def start(lang):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        code = (
            "import sys; from research import open_project; from research.cli import show;"
            f"sys.exit(show.lab(open_project(), {lang!r}, browser=False, options=['--ServerApp.port={port}',"
            "'--IdentityProvider.token=t', '--allow-root']))"
        )
        env = {**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
        started.append(subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, start_new_session=True))  # fmt: skip
        return f"http://127.0.0.1:{port}", started[-1]

    yield start
    for process in started:
        os.killpg(process.pid, 15)
        process.wait(20)


def setting(url, name):
    """A setting of a fresh user: what it starts from."""
    for _ in range(120):
        try:
            found = asked(f"{url}/lab/api/settings/{name}?token=t")
            return {k: v["default"] for k, v in found["schema"]["properties"].items()}
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError("JupyterLab did not start")


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "locale", "said"), [("zh", "zh_CN", "本版的表"), ("en", "en", "tables")])
def test_lab_speaks_the_language_and_asks_for_no_news(server, lang, locale, said):
    url, process = server(lang)
    assert setting(url, TRANSLATION)["locale"] == locale
    notices = setting(url, NOTICES)
    assert notices["fetchNews"] == "false" and notices["checkForUpdates"] is False
    words = asked(f"{url}/lab/api/translations/{locale}?token=t")
    menus = words["data"].get("jupyterlab", {})
    assert (len(menus) > 1000) == (lang == "zh")
    told = process.stdout.readline()
    assert said in told or "bluebook build" in told


def test_lab_opens_the_starting_notebook_with_the_users_own_settings_first(monkeypatch):
    called = {}
    monkeypatch.setattr(show.subprocess, "call", lambda command, **more: called.update(command=command, **more) or 0)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/own")
    assert show.lab(open_project()) == 0
    assert called["command"][-1] == "notebooks/explore/start.ipynb" and "--no-browser" not in called["command"]
    first, own = called["env"]["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert first == str(show.LAB / "zh") and own == "/own"
