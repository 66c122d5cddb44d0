"""Looking around: tables with labels, offline table browser, every starter runs, once in a real browser too."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from research.indicators import open_edition

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks/explore").glob("*.ipynb"))
built = pytest.mark.skipif(not (ROOT / "data/results/2024/manifest.json").is_file(), reason="needs `bluebook build`")


@pytest.fixture(scope="module")
def edition(project):
    return open_edition("2024", project=project)


def test_labels_and_units(edition):
    shown = edition.labelled(edition.handed_in[["place", "indicator", "value"]].head(3))
    assert list(shown.columns) == ["地区代码", "地区", "指标编号", "指标", "数值", "单位"]
    assert shown["地区"].iloc[0] == "黄岩区" and shown["单位"].ne("").all()


def test_every_table_has_a_name(edition):
    tables = edition.tables.set_index("name")
    assert tables.at["places", "rows"] == 19 and tables.at["places", "kind"] == "data"
    assert "income" in tables.at["households", "columns"]


def test_the_browser_of_tables_needs_no_network(edition):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    with capture_output() as seen:
        edition.browse("places")
    InteractiveShell.clear_instance()
    text = "".join(str(o.data.get("text/html", "")) for o in seen.outputs)
    assert "宁溪镇" in text
    assert not re.search(r"""(?:src=|href=|from |import\()\s*["']https?://""", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_starters_are_stripped_and_say_sample(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert not any(c.get("outputs") for c in cells)
    assert 'data = "sample"' in "".join("".join(c["source"]) for c in cells)


@built
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_each_starter_runs(path):
    """By nbval, cell by cell: no cell may fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "nbval", "--nbval-lax", str(path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "BLUEBOOK_PROJECT": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout[-2000:]


def _port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@built
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium") or not shutil.which("chromedriver"), reason="needs chromium")
def test_a_starter_runs_in_jupyterlab_in_a_browser(tmp_path):
    """JupyterLab itself, headless: open, run all cells, no error, a table and a picture to see."""
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    shutil.copy(ROOT / "notebooks/explore/indicator.ipynb", tmp_path)
    port = _port()
    env = {
        **os.environ,
        "BLUEBOOK_PROJECT": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "c"),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "s"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "w"),
    }
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyter",
            "lab",
            "--no-browser",
            f"--port={port}",
            "--IdentityProvider.token=t",
            "--allow-root",
            f"--notebook-dir={tmp_path}",
        ],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    options = webdriver.ChromeOptions()
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1400,2600",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(flag)
    browser = None
    try:
        _wait(lambda: socket.create_connection(("127.0.0.1", port), 1), 60)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        browser.get(f"http://127.0.0.1:{port}/lab/tree/indicator.ipynb?token=t")
        _wait(lambda: browser.find_element(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell"), 90)
        time.sleep(3)
        browser.find_element(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell .cm-content").click()
        _click(browser, By, "Run")
        _click(browser, By, "Run All Cells")
        _wait(
            lambda: browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea-output svg, .jp-OutputArea-output img"), 120
        )
        _wait(
            lambda: browser.find_element(
                By.CSS_SELECTOR, ".jp-OutputArea-output .widget-dropdown, .jp-OutputArea-output .jupyter-widgets"
            ),
            60,
        )
        errors = browser.find_elements(
            By.CSS_SELECTOR,
            ".jp-OutputArea-output[data-mime-type*=error], .jp-RenderedText"
            "[data-mime-type='application/vnd.jupyter.stderr']",
        )
        assert [e.text[:300] for e in errors if "Traceback" in e.text or "Error" in e.text] == []
        browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
        browser.save_screenshot(os.environ.get("EXPLORE_SHOT", str(tmp_path / "shot.png")))
    finally:
        if browser is not None:
            browser.quit()
        server.terminate()
        server.wait(20)


def _click(browser, by, words):
    found = _wait(
        lambda: [
            e
            for e in browser.find_elements(by.CSS_SELECTOR, ".lm-MenuBar-itemLabel, .lm-Menu-itemLabel")
            if e.text.strip() == words
        ][0],
        30,
    )
    found.click()
    time.sleep(1)


def _wait(look, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return look()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
