"""What the atlas says where an edition lacks a part, and what boundaries a project may bring."""

import json
import shutil

import pytest

from research.atlas.boundaries import read_boundaries
from research.atlas.page import CALL
from research.core.tables import script, unscript
from research.errors import DataError
from tests.atlas.test_browser import go, text

SQUARE = [[[121.123456, 28.6], [121.2, 28.6], [121.2, 28.7], [121.123456, 28.6]]]


@pytest.fixture(scope="module")
def bare(site, tmp_path_factory):
    """The atlas of an edition with indicators alone."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("bare") / "site")
    data = folder / "atlas" / "data"
    for name in ("measures", "curves", "weighing", "dates"):
        (data / f"{name}.js").unlink()
    about = unscript((data / "about.js").read_text("utf-8"))
    about |= {"topics": ["observations"], "measures": []}
    (data / "about.js").write_text(script(CALL, "about", about), encoding="utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("view=weigh", "没有乡镇街道的综合指数"),
        ("view=calendar", "没有目标也没有任务"),
        ("view=explore&chart=spread", "没有公布所选地区的收入分组"),
        ("view=compare", "指标和测度可比"),
        ("view=recompute", "公布的数"),
        ("view=explore", "人均地区生产总值"),
    ],
)
def test_a_part_that_an_edition_lacks_is_said(browser, bare, settings, said):
    go(browser, bare, settings)
    assert said in text(browser, "main") and "没有画成" not in text(browser, "main")


@pytest.mark.browser
def test_an_edition_without_any_indicator_gets_a_sentence(browser, bare):
    path = bare / "atlas" / "data" / "about.js"
    before = path.read_text("utf-8")
    try:
        path.write_text(script(CALL, "about", unscript(before) | {"topics": [], "indicators": []}), encoding="utf-8")
        for view in ("explore", "weigh", "compare", "recompute", "calendar"):
            go(browser, bare, f"view={view}")
            assert "本版" in text(browser, "main"), view
    finally:
        path.write_text(before, encoding="utf-8")


def shapes(tmp_path, *properties, **more):
    path = tmp_path / "places.geojson"
    features = [
        {"type": "Feature", "properties": p, "geometry": {"type": "Polygon", "coordinates": SQUARE}} for p in properties
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path


def test_boundaries_are_found_by_code_or_name_and_say_where_they_come_from(tmp_path):
    path = shapes(tmp_path, {"code": "1"}, {"name": "乙镇"}, {"name": "丙镇"}, 审图号="浙S(2024)1号")
    made = read_boundaries(path, {"1": "1", "甲镇": "1", "2": "2", "乙镇": "2"})
    assert [f["properties"] for f in made["features"]] == [{"code": "1"}, {"code": "2"}]
    assert made["credit"] == "浙S(2024)1号"
    assert made["features"][0]["geometry"]["coordinates"][0][0] == [121.1235, 28.6]


def test_codes_may_be_numbers_and_rings_may_run_either_way(tmp_path):
    hole = [[121.13, 28.61], [121.14, 28.61], [121.14, 28.62], [121.13, 28.61]]
    path = tmp_path / "places.geojson"
    areas = [
        ({"code": 331003001}, "Polygon", [SQUARE[0], hole]),
        ({"adcode": 331003002.0}, "Polygon", [SQUARE[0][::-1], hole[::-1]]),
        ({"id": " 331003003 "}, "MultiPolygon", [[SQUARE[0][::-1]], [hole]]),
        ({"code": 999}, "Polygon", SQUARE),
        ({"code": 331003001}, "Point", [121.1, 28.6]),
    ]
    features = [{"type": "Feature", "properties": p, "geometry": {"type": t, "coordinates": c}} for p, t, c in areas]
    features.append({"type": "Feature", "properties": {"code": 331003001}, "geometry": None})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    codes = ["331003001", "331003002", "331003003"]
    made = read_boundaries(path, dict(zip(codes, codes, strict=True)))["features"]
    assert [f["properties"]["code"] for f in made] == codes

    def clockwise(ring):  # the sum over the edges, by the shoelace formula
        return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in zip(ring, ring[1:], strict=False)) > 0

    rings = [r for f in made[:2] for r in f["geometry"]["coordinates"]]
    assert [clockwise(r) for r in rings] == [True, False, True, False]
    assert all(clockwise(part[0]) for part in made[2]["geometry"]["coordinates"])


@pytest.mark.parametrize(("content", "said"), [("{", "GeoJSON"), ("[]", "GeoJSON"), (None, "places.csv")])
def test_boundaries_that_are_none_are_refused_by_name(tmp_path, content, said):
    path = shapes(tmp_path, {"name": "丙镇"})
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_boundaries(path, {"1": "1"})
    assert path.name in str(error.value) and said in error.value.faults[0].expected.zh


@pytest.mark.browser
def test_real_boundaries_are_drawn_where_there_are_some(browser, bare, tmp_path):
    folder = shutil.copytree(bare, tmp_path / "site")
    made = read_boundaries(shapes(tmp_path, {"code": "331003001"}, credit="示意"), {"331003001": "331003001"})
    data = folder / "atlas" / "data"
    (data / "boundaries.js").write_text(script(CALL, "boundaries", {"shapes": made}), encoding="utf-8")
    about = unscript((data / "about.js").read_text("utf-8")) | {"topics": ["observations", "boundaries"]}
    (data / "about.js").write_text(script(CALL, "about", about), encoding="utf-8")
    go(browser, folder, "view=explore&chart=map")
    drawn = browser.execute_script("return document.querySelectorAll('.picture svg path').length")
    told = browser.execute_script("return document.querySelector('.picture svg').textContent")
    assert drawn == 1 and "东城" in told and "示意" in told and "没有以下18个地区" in told
    wide = browser.execute_script("return document.querySelector('.picture svg svg path').getBBox().width")
    assert 100 < wide < 1100  # the area, not all of the world but it
