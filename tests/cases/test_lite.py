"""Cases' notebooks in a reader's browser: what is refused, and a real run in Chromium."""

import json
import zipfile
from pathlib import Path

import pytest

from research.cases import lite
from research.cases.bundles.pack import pack
from research.cases.lite import pieces
from research.core.scope import Project
from research.errors import DataError, MissingError
from tests.support.browser import asked, axe, chromium, errors, served, until

ROOT = Path(__file__).resolve().parents[2]
CASE = "clean-water-air"


def bundle(folder, **about):
    """A project with one bundle in it, of which only the manifest is true."""
    made = {"case": "a", "title": "案例", "evidence": "a.ipynb", "status": "sample", **about}
    (folder / "reports" / "bundles").mkdir(parents=True)
    with zipfile.ZipFile(folder / "reports" / "bundles" / "a.case.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps(made))
    return Project(folder)


@pytest.mark.parametrize("about", [{"evidence": None}, {"withheld": ["data/own/households.csv"]}])
def test_a_bundle_without_a_notebook_for_all_is_left_out(tmp_path, about):
    with pytest.raises(DataError, match="bluebook case bundle"):
        lite.write(bundle(tmp_path, **about), tmp_path / "lite")
    assert not (tmp_path / "lite").exists()


def test_without_the_extra_the_way_out_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv(pieces.FOLDER, raising=False)
    monkeypatch.setattr(pieces, "CARRIER", "no_such_package_here")
    with pytest.raises(MissingError, match=r"\[lite\]"):
        lite.write(bundle(tmp_path), tmp_path / "lite")


def test_a_file_that_is_not_the_releases_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pyodide.js").write_text("alert(1)", encoding="utf-8")
    monkeypatch.setenv(pieces.FOLDER, str(tmp_path / "other"))
    with pytest.raises(DataError) as error:
        lite.write(bundle(tmp_path), tmp_path / "lite")
    found = {f.place.file: str(f.found) for f in error.value.faults}
    assert found["pyodide.js"] == "another file" and found["pyodide.asm.wasm"] == "no such file"
    assert not (tmp_path / "lite").exists()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    pytest.importorskip(pieces.CARRIER)
    folder = tmp_path_factory.mktemp("project")
    project = Project(folder)
    (folder / "reports" / "bundles").mkdir(parents=True)
    pack(Project(ROOT), CASE, folder / "reports" / "bundles")
    return lite.write(project, folder / "lite").parent


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("lite")) as driver:
        yield driver


def verdicts(browser):
    return browser.execute_script("return Array.from(document.querySelectorAll('.verdict'), v => v.className)")


@pytest.mark.slow
@pytest.mark.browser
def test_a_cases_notebook_gives_its_numbers_again_in_the_browser(browser, pages):
    with served(pages) as address:
        asked(browser), errors(browser)
        browser.get(f"{address}/run.html#{CASE}")
        until(browser, "return document.documentElement.dataset.opened", 240)
        browser.execute_script("document.getElementById('all').click()")
        until(browser, "return document.documentElement.dataset.ran === '5'", 240)
        assert verdicts(browser) == ["verdict same"] * 5
        whats = browser.execute_script("return Array.from(document.querySelectorAll('.what'), w => w.textContent)")
        assert len(whats) >= 6 and all("示例数据，非真实统计" in what for what in whats)
        assert browser.execute_script("return document.querySelectorAll('.outputs img').length") >= 1
        assert axe(browser) == []
        cell = "document.querySelector('[data-label=text-water-air]')"
        browser.execute_script(f"{cell}.querySelector('textarea').value = 'print(6 * 7)'")
        browser.execute_script(f"{cell}.querySelector('button').click()")
        until(browser, "return document.documentElement.dataset.ran === '6'", 60)
        own = browser.execute_script(f"return {cell}.innerText")
        assert "42" in own and "不是公布结果" in own
        assert errors(browser) == []
        assert all(url.startswith((address, "data:", "blob:", "about:")) for url in asked(browser))


@pytest.mark.slow
@pytest.mark.browser
def test_from_a_folder_or_with_an_unknown_case_a_sentence_is_said(browser, pages):
    said = "return document.getElementById('said').textContent"
    browser.get(f"file://{pages}/run.html#{CASE}")
    assert "python -m http.server" in browser.execute_script(said)
    browser.get("about:blank")
    browser.get(f"file://{pages}/run.html#nothing")
    assert "没有“nothing”这个案例" in browser.execute_script(said)
