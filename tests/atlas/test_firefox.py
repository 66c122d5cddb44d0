"""The atlas in Debian's Firefox: every view from a folder and over http, by keyboard, on a phone, in every colour."""

import pytest

from tests.atlas.test_browser import FEW, SETS, STRICT, VIEWS, click, drawn, go, marked, text
from tests.support.browser import asked, axe, errors, served, until
from tests.support.firefox import firefox

pytestmark = pytest.mark.browser
OWN = ("file:", "data:", "blob:", "about:")
FOCUS = "return document.activeElement.dataset.id || document.activeElement.textContent.trim().slice(0, 20)"


@pytest.fixture(scope="module")
def fox(tmp_path_factory):
    with firefox(tmp_path_factory.mktemp("firefox")) as driver:
        driver.size(1300, 1000)
        yield driver


@pytest.mark.parametrize("names", SETS)
def test_views_are_drawn_from_a_folder_with_their_mark_and_nothing_leaves_the_page(fox, site, names):
    asked(fox), errors(fox)
    for name in names:
        go(fox, site, VIEWS[name])
        pictures = marked(fox)
        assert len(pictures) == (0 if name in ("compare", "recompute") else 1), name
        assert all("示例数据，非真实统计" in p for p in pictures), name
        assert text(fox, "#said") == "" and len(text(fox)) > 80, name
    assert errors(fox) == []
    assert all(url.startswith(OWN) for url in asked(fox))
    with served(site) as away:  # a request that left the page would have been seen
        fox.execute_async_script(f"var i = new Image(); i.onload = arguments[0]; i.src = '{away}/assets/icon.svg'")
        assert f"{away}/assets/icon.svg" in asked(fox)


@pytest.mark.slow
def test_views_are_drawn_over_http_under_a_policy_that_forbids_eval(fox, site):
    with served(site, [("Content-Security-Policy", STRICT)]) as address:
        asked(fox), errors(fox)
        for name, settings in VIEWS.items():
            go(fox, address, settings)
            assert len(text(fox)) > 80, name
        assert [e for e in errors(fox) if "eval" in e or "script-src" in e] == []
        addresses = asked(fox)
        assert f"{address}/atlas.html" in {url.partition("#")[0] for url in addresses}
        assert all(url.startswith((address, *OWN)) for url in addresses)


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(fox, site, theme):
    for name, settings in VIEWS.items():
        go(fox, site, settings)
        fox.execute_script("document.documentElement.dataset.theme = arguments[0]; Atlas.show()", theme)
        drawn(fox, 1)
        fox.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert axe(fox) == [], (name, theme)


@pytest.mark.slow
def test_a_phone_gets_no_sideways_scroll(fox, site):
    fox.size(390, 844, 2)
    try:
        for name, settings in VIEWS.items():
            go(fox, site, settings)
            assert fox.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name
    finally:
        fox.size(1300, 1000)


@pytest.mark.slow
def test_paper_and_forced_colours_are_used(fox, site):
    shown = "return Array.from(document.querySelectorAll(arguments[0])).some(e => e.checkVisibility())"
    try:
        for name in FEW:
            go(fox, site, VIEWS[name])
            fox.shown_as(mediumOverride="print")
            assert not any(fox.execute_script(shown, s) for s in (".controls", ".acts", "#views")), name
            assert fox.execute_script(shown, ".picture svg, #view table"), name
            fox.shown_as()
        go(fox, site, VIEWS["weigh"])
        fox.shown_as(forcedColorsOverride="active")
        drawn(fox, 1)
        assert fox.execute_script("return Atlas.ink().bg") == "Canvas"
        fills = fox.execute_script(
            "return Array.from(document.querySelectorAll('.picture svg text')).map(x => getComputedStyle(x).fill)"
        )
        assert fills and len(set(fills)) <= 3
    finally:
        fox.shown_as()


@pytest.mark.slow
def test_the_system_dark_is_followed(fox, site):
    go(fox, site, VIEWS["line"])
    fox.shown_as(prefersColorSchemeOverride="dark")
    try:
        fox.reload()
        drawn(fox)
        assert fox.execute_script("return document.documentElement.dataset.theme") == "dark"
    finally:
        fox.shown_as()


@pytest.mark.slow
def test_the_keyboard_alone_chooses_reads_and_weighs(fox, site):
    go(fox, site)
    fox.press("TAB")
    assert fox.execute_script(FOCUS) == "跳到正文"
    for _ in range(30):
        fox.press("TAB")
        if fox.execute_script(FOCUS) == "line":
            break
    fox.press("ENTER")
    until(fox, "return location.hash.includes('chart=line')")
    until(fox, "return document.activeElement.dataset.id === 'line'")  # the focus stays where it was
    fox.execute_script("document.querySelector('.frame').focus()")
    fox.press("RIGHT")
    first = text(fox, ".reading")
    assert "人均地区生产总值" in first and "2021" in first
    fox.press("RIGHT")
    assert text(fox, ".reading") != first
    go(fox, site, "view=weigh")
    fox.execute_script("document.querySelector('input[type=range]').focus()")
    fox.press("RIGHT")
    until(fox, "return location.hash.includes('w=ECO')")
    assert fox.execute_script("return document.activeElement.type") == "range"


@pytest.mark.slow
def test_numbers_are_recomputed_and_pictures_are_saved(fox, site):
    for number in ("index", "max-min", "urban-rural", "top-share", "grouped-gini", "attainment"):
        go(fox, site, f"view=recompute&number={number}")
        click(fox, "[data-id=rest]")
        assert fox.execute_script("return document.querySelector('.verdict').className").split()[-1] == "same", number
    go(fox, site, VIEWS["map"])
    fox.execute_script(
        "window.kept = []; URL.createObjectURL = b => { kept.push([b.type, b.size]); return 'data:,' };"
        "HTMLAnchorElement.prototype.click = () => {}"
    )
    for kind in ("SVG", "CSV", "PNG"):
        click(fox, f"[data-save={kind}]")
    until(fox, "return kept.length === 3")
    assert all(size > 1000 for _, size in fox.execute_script("return kept"))
