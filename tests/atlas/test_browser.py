"""The atlas in a real browser: every view from a folder and over http, by keyboard, on a phone, in every colour."""

import csv
import io
import re
import time

import pytest

from tests.support.browser import asked, axe, errors, served, until

pytestmark = pytest.mark.browser
By = pytest.importorskip("selenium.webdriver.common.by").By
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

VIEWS = {
    "bars": "view=explore&of=mean_income",
    "line": "view=explore&chart=line&of=gini&places=331003,331003001,331003002",
    "multiples": "view=explore&chart=multiples&of=ECO-1-01",
    "scatter": "view=explore&chart=scatter&of=ECO-1-01&against=ECO-1-02",
    "spread": "view=explore&chart=spread&of=gini",
    "map": "view=explore&chart=map&of=ECO-1-02",
    "table": "view=explore&chart=table&of=ECO-1-02",
    "weigh": "view=weigh&w=ECO:50&place=331003003",
    "compare": "view=compare&places=331003001,331003200,331003103",
    "recompute": "view=recompute&number=urban-rural",
    "calendar": "view=calendar&colours=red,yellow",
}
FEW = ("line", "weigh", "compare")
"""One of each kind, for the fast run."""
SETS = [pytest.param(FEW, id="few"), pytest.param(tuple(VIEWS), id="all", marks=pytest.mark.slow)]
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'none'"


def go(browser, site, settings=""):
    browser.get("about:blank")
    browser.get(f"{site if str(site).startswith('http') else f'file://{site}'}/atlas.html#{settings}")
    drawn(browser)


def drawn(browser, after=0):
    until(browser, f"return Number(document.documentElement.dataset.drawn || 0) > {after}")


def text(browser, selector="#view"):
    return browser.execute_script("return document.querySelector(arguments[0]).innerText", selector)


def click(browser, selector):
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def marked(browser):
    return browser.execute_script(
        "return Array.from(document.querySelectorAll('.picture svg[role=img]')).map(s => s.textContent)"
    )


def test_every_view_is_drawn_from_a_folder_with_its_mark_and_nothing_leaves_the_page(browser, site):
    asked(browser), errors(browser)
    for name, settings in VIEWS.items():
        go(browser, site, settings)
        pictures = marked(browser)
        assert len(pictures) == (0 if name in ("compare", "recompute") else 1), name
        assert all("示例数据，非真实统计" in p for p in pictures), name
        assert text(browser, "#said") == "" and len(text(browser)) > 100, name
    assert errors(browser) == []
    assert all(url.startswith(("file:", "data:", "blob:", "about:")) for url in asked(browser))


@pytest.mark.slow
def test_every_view_is_drawn_over_http_under_a_policy_that_forbids_eval(browser, site):
    with served(site, [("Content-Security-Policy", STRICT)]) as address:
        asked(browser), errors(browser)
        for settings in VIEWS.values():
            go(browser, address, settings)
            assert len(text(browser)) > 100
        blocked = [e for e in errors(browser) if "eval" in e or "script" in e.lower() and "style" not in e.lower()]
        assert blocked == []
        assert all(url.startswith((address, "data:", "about:")) for url in asked(browser))


@pytest.mark.parametrize("names", SETS)
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_nothing(browser, site, theme, names):
    for name in names:
        go(browser, site, VIEWS[name])
        browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'; Atlas.show()")
        drawn(browser, 1)
        browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert axe(browser) == [], (name, theme)


@pytest.mark.parametrize("names", SETS)
def test_a_phone_gets_no_sideways_scroll(browser, site, names):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        for name in names:
            go(browser, site, VIEWS[name])
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name
            small = browser.execute_script(
                "return Array.from(document.querySelectorAll('#view button, #view select, #views a, .tools button'))"
                ".map(e => e.getBoundingClientRect()).filter(b => b.height && b.height < 24).length"
            )
            assert small == 0, name
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_paper_shows_the_picture_without_the_controls(browser, site):
    go(browser, site, VIEWS["bars"])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = {s: browser.find_element(By.CSS_SELECTOR, s).is_displayed() for s in (".controls", ".acts", "#views")}
        assert not any(shown.values()), shown
        assert browser.find_element(By.CSS_SELECTOR, ".picture svg").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_forced_colours_are_used(browser, site):
    feature = [{"name": "forced-colors", "value": "active"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": feature})
    try:
        go(browser, site, VIEWS["weigh"])
        assert browser.execute_script("return Atlas.ink().bg") == "Canvas"
        fills = browser.execute_script(
            "return Array.from(document.querySelectorAll('.picture svg text')).map(x => getComputedStyle(x).fill)"
        )
        assert fills and len(set(fills)) <= 3
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_keyboard_alone_chooses_reads_and_weighs(browser, site):
    go(browser, site, "")
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "跳到正文"
    for _ in range(30):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.switch_to.active_element.get_attribute("data-id") == "line":
            break
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(browser, "return location.hash.includes('chart=line')")
    until(browser, "return document.activeElement.dataset.id === 'line'")  # the focus stays where it was
    frame = browser.find_element(By.CSS_SELECTOR, ".frame")
    frame.send_keys(Keys.ARROW_RIGHT)
    first = text(browser, ".reading")
    assert "人均地区生产总值" in first and "2021" in first
    frame.send_keys(Keys.ARROW_RIGHT)
    assert text(browser, ".reading") != first
    go(browser, site, "view=weigh")
    slider = browser.find_element(By.CSS_SELECTOR, "input[type=range]")
    before = slider.get_attribute("value")
    slider.send_keys(Keys.ARROW_RIGHT)
    until(browser, "return location.hash.includes('w=ECO')")
    assert browser.switch_to.active_element.get_attribute("type") == "range"
    assert browser.switch_to.active_element.get_attribute("value") != before


def test_own_weights_are_told_apart_and_the_published_ones_are_one_click_away(browser, site):
    go(browser, site, "view=weigh")
    assert browser.find_element(By.CSS_SELECTOR, ".state").text.startswith("公布版本")
    published = marked(browser)
    go(browser, site, "view=weigh&w=ECO:90,INC:0")
    assert browser.find_element(By.CSS_SELECTOR, ".state").text == "读者自己的加权，不是公布结果"
    assert "非公布结果" in marked(browser)[0]
    until(browser, "return document.documentElement.dataset.shaken")
    click(browser, "[data-id=reset]")
    until(browser, "return document.querySelector('.state.published')")
    assert "&w=" not in browser.current_url and marked(browser) == published


def test_weights_of_nothing_get_a_sentence(browser, site):
    codes = "ECO:0,INC:0,SRV:0,GOV:0,CUL:0,ENV:0"
    go(browser, site, f"view=weigh&w={codes}")
    assert "所有领域的权重都是0" in text(browser) and not marked(browser)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("view=nothing", "没有“nothing”这个页面"),
        ("view=explore&of=XX&years=1900&places=1", "of=XX、places=1、years=1900"),
        ("view=weigh&w=ECO:-5,XX:3,INC:", "w=ECO:-5、w=XX:3、w=INC:"),
        ("view=compare&places=a,b&year=3000", "places=a、places=b、year=3000"),
        ("view=calendar&department=x&day=tomorrow", "day=tomorrow、department=x"),
        ("view=recompute&number=x&place=y", "number=x、place=y"),
        ("view=explore&of=<img src=x onerror=alert(1)>", "of=<img src=x onerror=alert(1)>"),
        ("view=explore&chart=scatter&of=%ff%", "of="),
    ],
)
def test_an_address_with_unknown_names_gets_a_sentence_and_the_default(browser, site, settings, said):
    go(browser, site, settings)
    assert said in text(browser, "#said")
    assert len(text(browser)) > 100
    assert not browser.find_elements(By.CSS_SELECTOR, "#said img, #view img")


def test_a_place_without_data_gets_a_sentence(browser, site):
    go(browser, site, "view=explore&of=SRV-3-01&places=331003001")  # known for the whole district alone
    assert "没有“" in text(browser) and not marked(browser)


def test_numbers_are_recomputed_before_the_readers_eyes(browser, site):
    numbers = ["index", "max-min", "urban-rural", "top-share", "grouped-gini", "attainment"]
    for number in numbers:
        go(browser, site, f"view=recompute&number={number}")
        click(browser, "[data-id=next]")
        assert len(browser.find_elements(By.CSS_SELECTOR, ".steps > li")) == 1
        click(browser, "[data-id=rest]")
        assert "same" in browser.find_element(By.CSS_SELECTOR, ".verdict").get_attribute("class"), text(browser)[-300:]


def test_a_picture_is_saved_as_it_is_cited(browser, site, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    go(browser, site, VIEWS["map"])
    for kind in ("PNG", "SVG", "CSV"):
        click(browser, f"[data-save={kind}]")
        end = time.monotonic() + 10
        while not [p for p in tmp_path.glob(f"*.{kind.lower()}") if p.stat().st_size]:
            assert time.monotonic() < end, kind
            time.sleep(0.05)
    (svg,), (png,), (table,) = (list(tmp_path.glob(f"*.{k}")) for k in ("svg", "png", "csv"))
    assert "示例数据，非真实统计" in svg.read_text("utf-8") and "来源：" in svg.read_text("utf-8")
    assert png.read_bytes().startswith(b"\x89PNG") and png.stat().st_size > 10_000
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert len(rows) == 19 and {r["标记"] for r in rows} == {"示例数据，非真实统计"} and all(r["来源"] for r in rows)
    assert all(float(r["城乡居民人均可支配收入（元）"]) > 0 and "—" in r["95%区间"] for r in rows)


def test_names_in_pictures_do_not_lie_on_each_other(browser, site):
    for settings in (
        VIEWS["scatter"],
        VIEWS["line"],
        VIEWS["line"].replace("331003,331003001,331003002", "all"),
        VIEWS["spread"],
    ):
        go(browser, site, settings)
        boxes = browser.execute_script(
            "return Array.from(document.querySelectorAll('.picture text.label')).map(t => {"
            "var b = t.getBoundingClientRect(); return [b.left, b.top + 2, b.right, b.bottom - 2] })"
        )
        assert len(boxes) > 1
        pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
        assert not [
            p for p in pairs if p[0][0] < p[1][2] and p[1][0] < p[0][2] and p[0][1] < p[1][3] and p[1][1] < p[0][3]
        ]


def test_intervals_and_years_of_several_places_do_not_lie_on_each_other(browser, site):
    go(browser, site, "view=explore&chart=line&of=gini&places=331003001,331003002,331003003,331003103")
    lines = browser.execute_script(
        "return Array.from(document.querySelectorAll('.picture g[aria-hidden] line, .picture svg line'))"
        ".map(l => l.getBoundingClientRect()).filter(b => b.height > 8 && b.width < 3).map(b => Math.round(b.left))"
    )
    assert len(lines) >= 4 and len(set(lines)) == len(lines)
    go(browser, site, "view=explore&chart=multiples&of=gini&places=all")
    years = browser.execute_script(
        "return Array.from(document.querySelectorAll('.picture text')).filter(t => /^20\\d\\d$/.test(t.textContent))"
        ".map(t => t.getBoundingClientRect()).map(b => [b.left, b.right, Math.round(b.top)])"
    )
    rows = {top: sorted(y[:2] for y in years if y[2] == top) for top in {y[2] for y in years}}
    assert years and all(a[1] < b[0] for row in rows.values() for a, b in zip(row, row[1:], strict=False))


def test_the_page_speaks_english(browser, site):
    go(browser, site, "view=weigh&lang=en")
    assert browser.find_element(By.ID, "title").text == "Data atlas"
    assert browser.execute_script("return document.documentElement.lang") == "en"
    assert "Sample data, not real statistics" in text(browser, "main")
    weights = text(browser, ".sliders")
    assert "Wider public services" in weights and not re.search("[\u4e00-\u9fff]", weights)
    for settings, said in (
        ("of=gini", "Gini coefficient (coefficient)"),
        ("of=mean_income", "Disposable income per head (yuan)"),
    ):
        go(browser, site, f"view=explore&lang=en&{settings}")
        assert said in marked(browser)[0]
    go(browser, site, "view=calendar&lang=en")
    assert "no date" in marked(browser)[0]
    browser.find_element(By.ID, "language").click()
    until(browser, "return document.getElementById('title').textContent === '数据图集'")


def test_without_scripts_the_still_pictures_remain(browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get("about:blank")
        browser.get(f"file://{site}/atlas.html")
        note = browser.find_element(By.CSS_SELECTOR, "noscript")
        assert "没有运行脚本" in note.text and note.find_element(By.TAG_NAME, "a").get_attribute("href").endswith(
            "index.html"
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
