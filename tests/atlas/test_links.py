"""Pictures of the finished sample book open in the atlas with their own settings: every link is followed in a browser.

The book is the one that `bluebook all --to html` made in this project, or the website that BLUEBOOK_SITE names.
"""

import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from research.core.tables import unscript
from tests.atlas.test_browser import drawn
from tests.support.browser import asked, errors, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("BLUEBOOK_SITE") or ROOT / "reports" / "output" / "bluebook")
ROWS = """document.querySelectorAll('.picture details').forEach(d => {
    d.open = true; d.dispatchEvent(new Event('toggle'))
});
const all = document.querySelector('.picture .table button');
if (all) { all.click() }
return Array.from(document.querySelectorAll('.picture tbody tr'), r => Array.from(r.cells, c => c.innerText))"""


@pytest.fixture(scope="module")
def links():
    """Each address in the atlas that a chapter leads to, with the first page that does."""
    if not (SITE / "atlas.html").is_file():
        pytest.skip("needs the rendered sample: bluebook all --to html")
    found = {}
    for page in sorted(SITE.glob("*.html")):
        for href in re.findall(r'href="(atlas\.html#[^"]+)"', page.read_text("utf-8")):
            found.setdefault(unescape(href), page.name)
    assert found
    return found


def test_every_linked_picture_opens_with_its_own_settings(browser, links):
    about = unscript((SITE / "atlas" / "data" / "about.js").read_text("utf-8"))
    names = {p["code"]: p["name"] for p in about["places"]} | {about["district"]["code"]: about["district"]["name"]}
    of = {i["id"]: i["name"] for i in (*about["indicators"], *about["measures"])}
    asked(browser), errors(browser)
    for href, page in links.items():
        browser.get("about:blank")
        browser.get(f"file://{SITE}/{page}")
        found = "Array.from(document.querySelectorAll('a')).find(a => a.getAttribute('href') === arguments[0])"
        browser.execute_script(f"{found}.click()", href)
        until(browser, "return location.pathname.endsWith('atlas.html')")
        drawn(browser)
        settings = {key: value[0] for key, value in parse_qs(href.partition("#")[2]).items()}
        here = browser.execute_script("return [location.hash, document.getElementById('said').textContent]")
        assert here == [href.removeprefix("atlas.html"), ""], (page, href)
        label = browser.execute_script("return document.querySelector('.picture svg').getAttribute('aria-label')")
        assert label.startswith(of[settings["of"]]) and "示例数据，非真实统计" in label, (page, href)
        rows = browser.execute_script(ROWS)
        first, last = settings["years"].split("-")[0], settings["years"].split("-")[-1]
        assert rows and all(first <= row[1] <= last for row in rows), (page, href)
        shown = {row[0] for row in rows}
        if settings["places"] == "all":
            assert len(shown) > 1 and shown <= set(names.values()), (page, href)
        else:
            assert shown == {names[code] for code in settings["places"].split(",")}, (page, href)
    assert errors(browser) == []
    assert all(url.startswith(("file:", "data:", "blob:", "about:")) for url in asked(browser))
