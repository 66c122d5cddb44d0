"""What the views say, against the published tables computed another way: pandas, SciPy, statsmodels."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from research.core.tables import unpacked, unscript
from tests.atlas.test_browser import click, drawn, go, marked, text
from tests.support.browser import until

pytestmark = pytest.mark.browser
A, B = "331003001", "331003200"


def topic(site, name, part=None):
    return unpacked(unscript((site / "atlas" / "data" / f"{name}.js").read_text("utf-8"))[part or name])


@pytest.fixture(scope="module")
def numbers(site):
    """Indicators and measures of 2022 in one table, as they are published."""
    measures = topic(site, "measures").query("residence == 'all'").rename(columns={"measure": "indicator"})
    frame = pd.concat([topic(site, "observations"), measures], ignore_index=True)
    return frame[(frame["year"] == 2022) & frame["value"].notna()]


@pytest.mark.slow
def test_differences_between_places_are_tested_as_welch_and_holm_do(browser, site, numbers):
    go(browser, site, f"view=compare&places={A},{B}&year=2022")
    code = (
        f"return Atlas.comparedPlaces(['{A}', '{B}'], 2022).filter(r => r.tests[1])"
        ".map(r => [r.subject.id, r.tests[1].adjusted, r.real])"
    )
    mine = {name: (p, real) for name, p, real in browser.execute_script(code)}
    one, two = (numbers[numbers["place"] == place].set_index("indicator") for place in (A, B))
    both = one.index.intersection(two.index)
    assert set(mine) == set(both)
    tested = [n for n in both if (one["se"][n] or 0) > 0 and (two["se"][n] or 0) > 0]
    p = []
    for name in tested:
        v = np.array([one["se"][name], two["se"][name]]) ** 2
        freedom = np.array([one["df"][name], two["df"][name]], float)
        freedom[~(freedom > 0)] = np.inf
        below = (v**2 / freedom).sum()
        df = v.sum() ** 2 / below if below else np.inf
        p.append(2 * stats.t.sf(abs(one["value"][name] - two["value"][name]) / np.sqrt(v.sum()), df))
    wanted = multipletests(p, method="holm")[1]
    found = {n for n in both if mine[n][0] is not None}
    assert set(tested) == found and len(tested) > 10
    np.testing.assert_allclose([mine[n][0] for n in tested], wanted, rtol=1e-6, atol=1e-12)
    assert [mine[n][1] for n in tested] == (wanted < 0.05).tolist()
    said = text(browser)
    assert "误差" in said and f"{len(tested)}" in said


@pytest.mark.slow
def test_places_like_a_place_are_those_of_standardised_distance(browser, site, numbers):
    ids = ["ECO-1-01", "ECO-1-02", "SRV-1-01"]
    go(browser, site, "view=compare")
    found = browser.execute_script(f"return Atlas.nearestPlaces('{A}', 2022, {ids}).map(r => [r.place, r.distance])")
    wide = numbers[numbers["place"] != "331003"].pivot_table(index="place", columns="indicator", values="value")
    wide = wide[[i for i in ids if i in wide and wide[i].std() > 0 and pd.notna(wide.at[A, i])]]
    gaps = (wide - wide.loc[A]) / wide.std()
    wanted = np.sqrt((gaps**2).mean(axis=1)).drop(A).sort_values()
    assert [place for place, _ in found][:5] == wanted.index[:5].tolist()
    np.testing.assert_allclose([d for _, d in found][:5], wanted.iloc[:5], rtol=1e-9)


@pytest.fixture(scope="module")
def items(site):
    """Targets and tasks of the published tables in one."""
    targets = topic(site, "dates", "targets").assign(kind="target", milestone_due="")
    tasks = topic(site, "dates", "tasks").rename(columns={"lead_unit": "department"}).assign(kind="task")
    kept = ["kind", "department", "due", "milestone_due", "colour"]
    frame = pd.concat([targets[kept], tasks[kept]], ignore_index=True)
    return frame.fillna({"colour": "grey", "due": "", "milestone_due": "", "department": ""})


def rows(browser):
    return browser.execute_script("return document.querySelectorAll('.picture tbody tr').length")


def test_the_calendar_filters_by_date_department_and_colour(browser, site, items):
    department = items.query("kind == 'task'")["department"].value_counts().index[0]
    held = (items["due"].between("2023-01-01", "2023-03-31")) | items["milestone_due"].between(
        "2023-01-01", "2023-03-31"
    )
    for settings, wanted in {
        "colours=red": items[items["colour"] == "red"],
        "colours=red,yellow&kind=task": items[items["colour"].isin(["red", "yellow"]) & (items["kind"] == "task")],
        f"department={department}": items[items["department"] == department],
        "when=past&day=2022-06-30": items[(items["due"] != "") & (items["due"] <= "2022-06-30")],
        "when=quarter&day=2022-12-31": items[held],
    }.items():
        go(browser, site, f"view=calendar&{settings}")
        assert rows(browser) == len(wanted), settings
    assert "2023-01-01" in text(browser) and str(int(held.sum())) in text(browser, ".answer")


def test_weights_that_make_a_place_first_do(browser, site):
    go(browser, site, "view=weigh")
    first = browser.execute_script(
        "const index = Atlas.weighing(), year = index.years[index.years.length - 1];"
        "const s = {year: year, normalise: index.normalise, aggregate: index.methods[index.methods.length - 1]};"
        "return Atlas.composite.of(index, year).units.map(u => u.place).filter(p => {"
        "const found = Atlas.firstBy(index, Object.assign({}, s, {place: p}), index.local);"
        "return found.weights && !found.first })"
    )
    assert first
    go(browser, site, f"view=weigh&place={first[-1]}")
    click(browser, "[data-id=use]")
    until(browser, "return location.hash.includes('w=')")
    drawn(browser, 1)
    names = {p["code"]: p["name"] for p in unscript((site / "atlas/data/about.js").read_text("utf-8"))["places"]}
    browser.execute_script("document.querySelector('.picture details').open = true")
    until(browser, "return document.querySelectorAll('.picture tbody tr').length > 0")
    ranks = browser.execute_script(
        "return Array.from(document.querySelectorAll('.picture tbody tr'), r => [0, 1].map(i => r.cells[i].innerText))"
    )
    assert dict(ranks)[names[first[-1]]] == "1"
    assert text(browser, ".state") == "读者自己的加权，不是公布结果"


@pytest.mark.slow
def test_a_slider_of_a_part_moves_the_ranks_and_stands_in_the_address(browser, site):
    go(browser, site, "view=weigh")
    before = marked(browser)
    browser.execute_script(
        "const inner = document.querySelector('.sliders details'); inner.open = true;"
        "const slider = inner.querySelector('input'); slider.value = 100; slider.dispatchEvent(new Event('input'))"
    )
    until(browser, "return /w=[A-Z0-9-]+:100/.test(decodeURIComponent(location.hash))")
    until(browser, "return document.documentElement.dataset.shaken")
    after = marked(browser)
    assert after != before
    go(browser, site, browser.execute_script("return location.hash.slice(1)"))  # the address cites the picture
    until(browser, "return document.documentElement.dataset.shaken")
    assert marked(browser) == after


@pytest.mark.slow
def test_shares_of_groups_are_the_published_ones(browser, site):
    go(browser, site, f"view=explore&chart=spread&of=gini&places={A}&years=2022")
    browser.execute_script("document.querySelector('.picture details').open = true")
    until(browser, "return document.querySelectorAll('.picture tbody tr').length > 0")
    shown = browser.execute_script(
        "return Array.from(document.querySelectorAll('.picture tbody tr'), r => r.cells[2].textContent)"
    )
    curves = topic(site, "curves").query(
        f"curve == 'lorenz' and residence == 'all' and year == 2022 and place == '{A}'"
    )
    wanted = curves.sort_values("x")["y"].diff().dropna() * 100
    np.testing.assert_allclose([float(s.rstrip("%")) for s in shown], wanted, atol=0.006)


@pytest.mark.slow
def test_many_places_are_drawn_as_few_marks_and_read_under_the_pointer(browser, site):
    """Tiles and points beyond `MANY` are paths; what lies under the pointer is read."""
    for chart, more in (("map", ""), ("scatter", "&against=ECO-1-02")):
        go(browser, site)
        browser.execute_script("Atlas.MANY = 3")
        browser.execute_script(f"location.hash = 'view=explore&chart={chart}&of=ECO-1-01&places=all{more}'")
        until(browser, f"return document.querySelector('[data-id={chart}]').getAttribute('aria-pressed') === 'true'")
        browser.execute_script(
            "const b = document.querySelector('.picture svg svg path').getBoundingClientRect();"
            "const at = {clientX: b.left + 3, clientY: b.top + 3};"
            "document.querySelector('.frame').dispatchEvent(new PointerEvent('pointermove', at))"
        )
        assert len(marked(browser)) == 1 and "人均地区生产总值" in text(browser, ".reading")
