"""The website in a real browser: search, keyboard, dark mode, phone, no outside request, axe."""

import json
import shutil
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
webdriver = pytest.importorskip("selenium.webdriver")

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

FOREIGN = Path(__file__).parent / "foreign"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--force-prefers-reduced-motion",  # a smooth scroll moves what is about to be clicked
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
        "--window-size=1400,1000",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def served(site):
    """The site over http, on the loopback address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


WIDE = """
| 乡镇街道 | 收入 | 二 | 三 | 四 | 五 | 六 | 七 | 说明 |
|---|---:|---|---|---|---|---|---|---|
| 澄江街道 | 1,200 | 53804~92899 | 66884元 | 118.5 | 62855元 | 16.7 | 166户 | 一句比较长的说明文字 |
| 新前街道 | −5 | 54856~91337 | 67720元 | 118.1 | 61252元 | 19.3 | 177户 | 短 |
| 东城街道 | 2.1万 | 62902~75966 | 71156元 | 112.2 | 56503元 | 22.9 | 226户 | 短 |
| 上垟乡 | — | 62771~73990 | 69225元 | 110.5 | 61097元 | 11.9 | 175户 | 短 |

: 一张宽表 {#tbl-wide}
"""
WIDE += "\n```python\ntotal = " + " + ".join(f"part_{i}" for i in range(24)) + "\n```\n"


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """The foreign book with a wide table."""
    from research import book

    root = shutil.copytree(FOREIGN, tmp_path_factory.mktemp("wide") / "book")
    with (root / "catch.qmd").open("a") as file:
        file.write(WIDE)
    book.render(root, "", to=["html"], engine="pandoc")
    return root / "_book"


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    """The foreign book as one file."""
    from research import book

    root = shutil.copytree(FOREIGN, tmp_path_factory.mktemp("single") / "book")
    return book.render(root, "", to=["single"], engine="pandoc")[-1]


def go(browser, site, page):
    browser.get(f"file://{site}/{page}")


def until(browser, condition, seconds=5):
    end = time.monotonic() + seconds
    while not browser.execute_script(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def axe_script():
    axe = pytest.importorskip("axe_core_python.base")
    return (Path(axe.__file__).parent / "axe.min.js").read_text()


def violations(browser):
    found = browser.execute_async_script(
        "var done = arguments[0]; axe.run({preload: false}).then(function (r) { done(r.violations) })"
    )
    return [(v["id"], v["nodes"][0]["html"]) for v in found]


def css(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def test_search_by_keyboard_finds_chinese_and_goes_there(browser, site):
    go(browser, site, "index.html")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    browser.find_element(By.ID, "search-text").send_keys("乙页")
    time.sleep(0.4)
    assert browser.find_element(By.ID, "search-count").text == "找到 1 处"
    browser.find_element(By.ID, "search-text").send_keys(Keys.ENTER)
    time.sleep(0.4)
    assert "catch.html" in browser.current_url
    assert browser.execute_script("return CSS.highlights.get('bb-found').size") == 1


def test_search_works_over_http_too(browser, served):
    browser.get(f"{served}/index.html")
    browser.execute_script("document.querySelector('.search-button').click()")
    browser.find_element(By.ID, "search-text").send_keys("渔获")
    until(browser, "return document.querySelectorAll('#search-results a').length > 1")
    browser.find_element(By.ID, "search-text").send_keys(Keys.ARROW_DOWN, Keys.NULL)
    assert browser.switch_to.active_element.tag_name == "a"
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.execute_script("return document.querySelector('#search').open")


def test_search_says_when_nothing_is_found_and_shows_tags_as_text(browser, site):
    go(browser, site, "index.html")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    browser.find_element(By.ID, "search-text").send_keys("<img src=x onerror=alert(1)>")
    time.sleep(0.4)
    assert browser.find_element(By.ID, "search-count").text.startswith("没有找到“<img src=x")
    assert not css(browser, "#search img")


def test_dark_mode_is_remembered_on_other_pages(browser, site):
    go(browser, site, "index.html")
    before = browser.execute_script("return document.documentElement.dataset.theme")
    css(browser, ".theme-button")[0].click()
    go(browser, site, "catch.html")
    after = browser.execute_script("return document.documentElement.dataset.theme")
    assert {before, after} == {"light", "dark"}


def test_figures_enlarge_tables_sort_tabs_turn(browser, site):
    go(browser, site, "catch.html")
    browser.execute_script("document.querySelector('a.zoom').click()")
    assert browser.execute_script("return document.querySelector('#large').open")
    browser.execute_script("document.querySelector('#large').close()")
    tabs = css(browser, "[role=tab]")
    tabs[0].send_keys(Keys.ARROW_RIGHT)
    assert [t.get_attribute("aria-selected") for t in tabs] == ["false", "true"]
    assert [p.is_displayed() for p in css(browser, "[role=tabpanel]")] == [False, True]


def test_tables_sort_by_numbers_both_ways_with_the_keyboard(browser, wide):
    go(browser, wide, "catch.html")
    button = css(browser, "#tbl-wide th button")[1]
    read = "return Array.from(document.querySelectorAll('#tbl-wide tbody tr')).map(r => r.cells[1].textContent)"
    assert browser.execute_script(read) == ["1,200", "−5", "2.1万", "—"]
    button.send_keys(Keys.ENTER)
    assert browser.execute_script(read) == ["−5", "1,200", "2.1万", "—"]
    button.send_keys(Keys.ENTER)
    assert browser.execute_script(read) == ["2.1万", "1,200", "−5", "—"]
    assert css(browser, "#tbl-wide th[aria-sort=descending]")


def test_a_wide_table_scrolls_by_itself_and_keeps_names_whole(browser, wide):
    for width in (390, 1280):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        try:
            go(browser, wide, "catch.html")
            heights = browser.execute_script(
                "return Array.from(document.querySelectorAll('#tbl-wide tbody td:first-child')).map(c => {"
                "var r = document.createRange(); r.selectNodeContents(c); return r.getClientRects().length })"
            )
            assert heights == [1] * 4, width
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
            box = css(browser, "#tbl-wide .scroll")[0]
            scrolls = browser.execute_script("return arguments[0].scrollWidth > arguments[0].clientWidth", box)
            assert scrolls == (width == 390)
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_reference_shows_its_figure_and_a_citation_its_source(browser, site):
    go(browser, site, "catch.html")
    link = css(browser, "a.bb-ref[href*='fig-catch']")[0]
    browser.execute_script("arguments[0].focus()", link)
    until(browser, "return document.querySelector('.preview img') && document.querySelector('.preview img').complete")
    assert css(browser, ".preview strong")[0].text.startswith("图 1.1")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    assert not css(browser, ".preview")
    go(browser, site, "catch.html")
    ActionChains(browser).move_to_element(css(browser, ".citation a")[0]).perform()
    until(browser, "return document.querySelector('.preview')")
    assert "渔港的收入[J]" in css(browser, ".preview")[0].text


def test_figures_enlarge_by_keyboard_and_give_the_focus_back(browser, site):
    go(browser, site, "catch.html")
    link = css(browser, "a.zoom")[0]
    link.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.querySelector('#large').open")
    assert css(browser, "#large img")[0].get_attribute("alt")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.switch_to.active_element == link


def test_the_keyboard_reaches_the_text_first_and_everything_has_a_mark(browser, site):
    go(browser, site, "catch.html")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "跳到正文"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("#content")
    seen = set()
    for _ in range(25):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        found = browser.switch_to.active_element
        seen.add(found.tag_name)
        assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", found) != "none"
    assert {"a", "summary"} & seen


def test_citations_are_copied_in_both_forms(browser, served):
    browser.get(f"{served}/catch.html")
    browser.execute_script(
        "document.querySelector('.cite').open = true; window.copied = [];"
        "navigator.clipboard.writeText = t => { copied.push(t); return Promise.resolve() }"
    )
    for button in css(browser, "[data-copy]"):
        button.click()
    national, bibtex = browser.execute_script("return copied")
    assert national == "甲组, 乙组. 渔获[M/OL]//渔港小书. 2024."
    assert bibtex.startswith("@incollection{book-2024-catch,\n  author = {{甲组} and {乙组}},\n  title = {渔获}")
    assert css(browser, "[data-copy]")[0].text == "已复制"


def test_one_finds_the_way_by_crumbs_neighbours_and_marks(browser, site):
    go(browser, site, "catch.html")
    assert [c.text for c in css(browser, ".crumbs li")] == ["渔港小书", "上篇 渔获", "第 1 章"]
    assert css(browser, "#sidebar [aria-current=page]")[0].text.replace("\n", " ") == "1 渔获"
    assert css(browser, ".neighbours .next")[0].get_attribute("href").endswith("boats.html")
    css(browser, ".neighbours .prev")[0].click()
    assert browser.current_url.endswith("index.html")
    go(browser, site, "catch.html")
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 1e6)")
    until(browser, "return document.querySelectorAll('.contents a.here').length == 1")
    assert css(browser, ".contents a")[-1].get_attribute("aria-current") == "location"


def test_print_shows_the_text_alone(browser, site):
    go(browser, site, "catch.html")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for selector in (".top", "#sidebar", ".contents", ".neighbours", ".origin", ".crumbs"):
            assert not any(e.is_displayed() for e in css(browser, selector)), selector
        assert all(e.is_displayed() for e in css(browser, "figcaption, h1, h2"))
        assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_numbers_of_a_table_are_saved_by_a_click(browser, served, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    browser.get(f"{served}/catch.html")
    browser.execute_script("document.querySelector('.origin a[download]').click()")
    end = time.monotonic() + 10
    while not list(tmp_path.glob("*.csv")):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert list(tmp_path.glob("*.csv"))[0].read_text(encoding="utf-8-sig").splitlines()[0].endswith("status")


def test_a_phone_gets_no_sideways_scroll_and_a_menu(browser, site):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        for path in sorted(site.glob("*.html")):
            go(browser, site, path.name)
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), path.name
        go(browser, site, "catch.html")
        assert not css(browser, "#sidebar")[0].is_displayed()
        css(browser, ".menu-button")[0].click()
        assert css(browser, "#sidebar")[0].is_displayed()
        css(browser, ".menu-button")[0].send_keys(Keys.ESCAPE)
        assert not css(browser, "#sidebar")[0].is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_no_console_errors_and_no_outside_requests(browser, site):
    browser.get_log("performance"), browser.get_log("browser")
    for path in sorted(site.rglob("*.html")):
        browser.get(f"file://{path}")
        time.sleep(0.1)
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []
    asked = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"}
    assert asked and all(url.startswith(("file://", "data:")) for url in asked)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser, site, theme):
    script = axe_script()
    for path in [*sorted(site.glob("*.html")), *sorted((site / "code").glob("*.html"))]:
        browser.get(f"file://{path}")
        browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        browser.execute_script(script)
        assert violations(browser) == [], path.name


def test_axe_finds_nothing_on_a_page_with_wide_tables_and_code(browser, wide):
    go(browser, wide, "catch.html")
    wide_code = "return [...document.querySelectorAll('pre')].some(p => p.scrollWidth > p.clientWidth)"
    assert browser.execute_script(wide_code)
    browser.execute_script(axe_script())
    assert violations(browser) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(browser, site, single, theme):
    """Search with results, an enlarged figure, open menus, a preview, and the book as one file."""
    script = axe_script()
    for page, act in (
        (
            f"{site}/index.html",
            "document.querySelector('.search-button').click(); var i = document.querySelector("
            "'#search-text'); i.value = '渔'; i.dispatchEvent(new Event('input'))",
        ),
        (f"{site}/catch.html", "document.querySelector('a.zoom').click()"),
        (f"{site}/catch.html", "document.querySelectorAll('details').forEach(d => d.open = true)"),
        (f"{site}/index.html", "document.querySelector('a.bb-ref').focus()"),
        (single, ""),
    ):
        browser.get(f"file://{page}")
        browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'; {act}")
        time.sleep(0.5)
        browser.execute_script(script)
        assert violations(browser) == [], (page, act)


def test_one_file_works_alone(browser, single, tmp_path):
    alone = tmp_path / "alone.html"
    shutil.copy(single, alone)
    browser.get_log("performance"), browser.get_log("browser")
    browser.get(f"file://{alone}")
    time.sleep(0.5)
    broken = "return Array.from(document.images).filter(i => i.complete && !i.naturalWidth).map(i => i.alt)"
    assert browser.execute_script(broken) == []
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []
    asked = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"}
    assert {u for u in asked if not u.startswith("data:")} == {f"file://{alone}"}
    css(browser, "#sidebar a[href='#sec-methods']")[0].click()
    until(
        browser,
        "var b = document.querySelector('#sec-methods').getBoundingClientRect();"
        "return b.top >= 0 && b.bottom < innerHeight",
    )
