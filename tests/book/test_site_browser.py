"""The website in a real browser: search, keyboard, dark mode, phone, no outside request, axe."""

import json
import shutil
import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
webdriver = pytest.importorskip("selenium.webdriver")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                 f"--user-data-dir={tmp_path_factory.mktemp('profile')}", "--window-size=1400,1000"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def go(browser, site, page):
    browser.get(f"file://{site}/{page}")


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


def test_a_phone_gets_no_sideways_scroll_and_a_menu(browser, site):
    browser.set_window_size(500, 900)
    try:
        go(browser, site, "catch.html")
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        assert not css(browser, "#sidebar")[0].is_displayed()
        css(browser, ".menu-button")[0].click()
        assert css(browser, "#sidebar")[0].is_displayed()
    finally:
        browser.set_window_size(1400, 1000)


def test_no_console_errors_and_no_outside_requests(browser, site):
    browser.get_log("performance"), browser.get_log("browser")
    for path in sorted(site.glob("*.html")):
        go(browser, site, path.name)
        time.sleep(0.1)
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []
    asked = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"}
    assert asked and all(url.startswith(("file://", "data:")) for url in asked)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser, site, theme):
    axe = pytest.importorskip("axe_core_python.base")
    from pathlib import Path

    script = (Path(axe.__file__).parent / "axe.min.js").read_text()
    for path in [*sorted(site.glob("*.html")), *sorted((site / "code").glob("*.html"))]:
        browser.get(f"file://{path}")
        browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        browser.execute_script(script)
        found = browser.execute_async_script(
            "var done = arguments[0]; axe.run({preload: false}).then(function (r) { done(r.violations) })")
        assert [(path.name, v["id"], v["nodes"][0]["html"]) for v in found] == []
