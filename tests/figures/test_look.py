"""One look: colours that the colour-blind tell apart, real glyphs, alt texts with a message; words fit the tables."""

import itertools
import re
import warnings
from functools import cache

import nbformat
import numpy as np
import pytest

from research import figures, open_project
from research.figures import style

NOTEBOOKS = open_project().notebooks
DISTRICT = "331003"
QUICK = [
    ("income", DISTRICT),
    ("governance", DISTRICT),
    ("environment", DISTRICT),
    ("economy", "331003101"),
    ("income", "331003101"),
    ("urban_rural_gap", DISTRICT),
    ("comparison", DISTRICT),
]
REST = [
    (t, p)
    for p in (DISTRICT, "331003001", "331003202")
    for t in ("economy", "income", "services", "governance", "culture", "environment")
]
REST += [(t, DISTRICT) for t in ("income_gap", "index", "portraits", "regional_gap", "targets")]
PAGES = QUICK + [pytest.param(*p, marks=pytest.mark.slow) for p in REST if p not in QUICK]


# colours: Machado, Oliveira & Fernandes (2009), full severity; distances in CIE L*a*b*

SEEN = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    t = XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def closest(colours, matrix):
    seen = [lab(np.asarray(matrix) @ linear(c)) for c in colours]
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize("eye", SEEN)
def test_colours_can_be_told_apart_by_everyone(eye):
    assert closest(style.PALETTE, SEEN[eye]) >= 18
    assert closest(style.STATUS_COLOURS.values(), SEEN[eye]) >= 18


def test_a_palette_that_only_differs_in_red_and_green_would_be_found_out():
    assert closest(["#d9782d", "#8c8a35"], SEEN["no red cones"]) < 18


@pytest.mark.parametrize("colour", style.PALETTE)
def test_lines_stand_out_from_the_paper(colour):
    assert 1.05 / (linear(colour) @ XYZ[1] + 0.05) >= 3  # WCAG 1.4.11


# pages: a template's cells, run in this process


@pytest.fixture(scope="module")
def page(edition):
    @cache
    def run(name, place):
        """Outputs of one notebook as (label, bundle, facts); a glyph that is missing is an error."""
        path = next(NOTEBOOKS.glob(f"*/{name}.ipynb"))
        outputs, names = [], {"label": ""}
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*[Gg]lyph.*")
            patch.setattr(
                "research.figures.display._display",
                lambda bundle, facts: outputs.append((names["label"], bundle, facts)),
            )
            patch.setattr("research.open_edition", lambda *a, **k: edition)
            space = {}
            for cell in (c for c in nbformat.read(path, 4)["cells"] if c["cell_type"] == "code"):
                found = re.search(r"#\| label: (\S+)", cell["source"])
                names["label"] = found[1] if found else ""
                exec(compile(cell["source"], f"{name}.ipynb", "exec"), space)
                if "parameters" in cell["metadata"].get("tags", []):
                    space["place"] = place
        return outputs

    return run


def pictures(outputs):
    return [(label, bundle["image/svg+xml"], facts) for label, bundle, facts in outputs if "image/svg+xml" in bundle]


def sentences(outputs):
    return [b["text/plain"] for label, b, _ in outputs if label.startswith("text-")]


def rows(outputs):
    """Every table as a list of rows, each a dict by heading."""
    for label, bundle, _ in outputs:
        if label.startswith("tbl-"):
            lines = [x for x in bundle["text/markdown"].splitlines() if x.startswith("|")]
            cells = [[c.strip().replace("\\", "") for c in x.strip("|").split("|")] for x in lines]
            yield [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@pytest.mark.parametrize(("name", "place"), PAGES)
def test_every_figure_has_real_glyphs_as_paths_and_an_alt_text_with_its_message(page, name, place):
    shown = pictures(page(name, place))
    assert len(shown) >= 2
    for label, svg, facts in shown:
        assert svg.startswith("<svg") and "<image" not in svg.replace("<image xlink", "<image"), label
        assert "<text" not in svg, "glyphs are paths: a reader's machine needs no Chinese font"
        alt = facts["alt"]
        assert len(alt) >= 10 and alt != facts["caption"], label
        assert re.search(r"\d|最|高于|低于|多于|少于|没有|全部", alt), f"{label}: {alt}"
        assert alt.endswith("。"), f"{label}: {alt}"


# words and tables

UP, DOWN = "提高|增加|扩大|上升|增长", "下降|减少|缩小|降低"
YEAR_AND_PLACE = r"年(?:[\u4e00-\u9fff]{2,4}?[区镇乡]|[\u4e00-\u9fff]+?街道)?"
NUMBER = r"-?\d+(?:\.\d+)?"


def value(text):
    found = re.match(NUMBER, text.replace(",", "").replace("−", "-"))
    return float(found[0]) if found else None


@pytest.mark.parametrize(("name", "place"), [p for p in PAGES if "gap" not in str(p) and "comparison" not in str(p)])
def test_a_change_in_words_is_the_difference_of_the_numbers_beside_it(page, name, place):
    checked = 0
    for table in rows(page(name, place)):
        for row in table if table and "首年" in table[0] and "最近年" in table[0] else []:
            first, last = value(row["首年"]), value(row["最近年"])
            said = re.match(rf"({UP}|{DOWN})({NUMBER})", row["变化"])
            if first is None or last is None:
                continue
            if said is None:
                assert row["变化"].startswith(("持平", "不变", "–", "没有变化", "误差之内")) or first == last, row
                continue
            moved = float(said[2]) * (1 if re.match(UP, said[1]) else -1)
            places = max(len(x.partition(".")[2]) for x in re.findall(NUMBER, row["首年"] + " " + row["最近年"])[:1])
            assert moved == pytest.approx(last - first, abs=0.6 * 10**-places), row
            checked += 1
    assert checked >= 2 or name in ("index", "portraits", "targets")


@pytest.mark.parametrize(("name", "place"), [p for p in PAGES if "comparison" not in str(p)])
def test_a_sentence_says_what_the_table_beside_it_says(page, name, place):
    """「…某指标为 B，比 Y 年提高 X」: B, X and the direction are those of the table's row.

    「…为 B，与 Y 年相差 X，在抽样误差之内」 stands where the table says 误差之内, and nowhere else.
    """
    outputs = page(name, place)
    known, met = {}, []
    for table in rows(outputs):
        for row in table:
            if "最近年" in row:
                known[row["指标"]] = row
    for text in sentences(outputs):
        for indicator, now, word, moved in re.findall(
            rf"{YEAR_AND_PLACE}([^，。；]+?)为({NUMBER})[^，。]*，比\d{{4}}年"
            rf"({UP}|{DOWN})({NUMBER})",
            text,
        ):
            row = known.get(indicator)
            if row is not None:
                met.append(indicator)
                assert value(row["最近年"]) == float(now), (text, row)
                assert row["变化"].startswith(f"{word}{moved}"), (text, row)
        for indicator, now, apart in re.findall(
            rf"{YEAR_AND_PLACE}([^，。；]+?)为({NUMBER})[^，。]*，与\d{{4}}年相差({NUMBER})[^，]*，"
            "在抽样误差之内",
            text,
        ):
            row = known.get(indicator)
            if row is not None:
                met.append(indicator)
                assert row["变化"] == "误差之内" and value(row["最近年"]) == float(now), (text, row)
                moved = abs(value(row["最近年"]) - value(row["首年"]))
                assert moved == pytest.approx(float(apart), abs=1e-9), (text, row)
    assert met or not known, "no sentence speaks of a number of the table"


@pytest.mark.parametrize(("name", "place"), [p for p in PAGES if "comparison" not in str(p)])
def test_what_is_said_to_have_improved_most_did(page, name, place):
    outputs = page(name, place)
    for text in sentences(outputs):
        best = re.search(rf"比率类指标中，改善最大的是(.+?)，\d{{4}}—\d{{4}}年(?:{UP}|{DOWN})({NUMBER})个百分点", text)
        if best:
            worse = (re.search(r"([^。]+)比首年退步", text) or [""])[0]
            moves = [
                abs(value(re.sub(rf"{UP}|{DOWN}", "", r["变化"])))
                for t in rows(outputs)
                for r in t
                if "最近年" in r and r["变化"].endswith("个百分点") and r["指标"] not in worse
            ]
            assert float(best[2]) == max(moves), text


@pytest.mark.parametrize(("name", "place"), PAGES)
def test_no_sentence_speaks_of_a_difference_in_percent_of_percents(page, name, place):
    for text in sentences(page(name, place)):
        plain = text.replace("名义增长", "")
        assert not re.search(rf"({UP}|{DOWN}|高于[^，。；]*|低于[^，。；]*){NUMBER}%(?!（)", plain), text
        assert not re.search(r"nan|None|inf|\{|\}", text), text


def test_the_theme_is_one(edition):
    figure, _ = figures.canvas(2)
    assert style.font_name() == "Noto Sans SC" and float(figure.get_figwidth()) == style.WIDTH


@pytest.mark.parametrize(
    ("name", "label", "instead"),
    [("economy", "targets", "与全区之比"), ("governance", "tasks", "群众诉求的办结率与满意率")],
)
def test_a_township_without_targets_or_tasks_shows_what_it_has_instead_of_an_empty_box(page, name, label, instead):
    shown = {at: (bundle, facts) for at, bundle, facts in page(name, "331003001")}
    bundle, facts = shown[f"fig-{name}-{label}"]
    assert instead in facts["caption"] and re.search(r"\d", facts["alt"]) and "image/svg+xml" in bundle
    assert "没有" in shown[f"text-{name}-{label}"][0]["text/plain"]


def test_the_handling_of_demands_is_the_share_of_the_registered_ones(edition):
    rows = edition.demands
    rows = rows[(rows["place"] == "331003001") & (rows["year"] == 2024)]
    found = edition.place("331003001").handling()
    solved, content = (found.row(2024, measure=m)["value"] for m in ("solved", "content"))
    assert solved == pytest.approx(100 * rows["resolved"].sum() / rows["count"].sum())
    assert content == pytest.approx(100 * rows["satisfied"].sum() / rows["resolved"].sum())


# the township tile map


def test_each_township_has_a_tile_of_its_own_on_its_side_of_the_district(edition):
    from research.figures.charts.grid import positions

    tiles = positions(edition.places).set_index("code")
    assert len(tiles) == 19 and not tiles.duplicated(["row", "column"]).any()
    names = dict(zip(edition.places["name_short"], edition.places["code"], strict=True))
    at = {n: tiles.loc[c] for n, c in names.items()}
    assert at["东城"]["column"] > at["西城"]["column"] and at["南城"]["row"] > at["北城"]["row"]
    west = [tiles.loc[c, "column"] for c in edition.groups["west"]]
    assert max(west) < min(at[n]["column"] for n in ("东城", "南城", "北城"))


def test_the_tile_map_prints_each_value_in_ink_that_can_be_read(edition):
    from research.figures.charts.grid import positions

    frame = positions(edition.places).assign(name=edition.places["name_short"], value=np.linspace(40, 70, 19))
    axes = figures.tile_map(frame, "分").axes[0]
    tiles, words = [p for p in axes.patches if type(p).__name__ == "FancyBboxPatch"], axes.texts
    assert len(tiles) == 19
    for i, tile in enumerate(tiles):
        name, number = words[2 * i], words[2 * i + 1]
        assert (name.get_text(), number.get_text()) == (frame["name"][i], f"{frame['value'][i]:.1f}")
        fill, ink = (0.05 + linear_rgb(c) @ XYZ[1] for c in (tile.get_facecolor()[:3], rgb(name.get_color())))
        assert max(fill, ink) / min(fill, ink) >= 4.5, name.get_text()  # WCAG 1.4.3


def rgb(colour):
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def linear_rgb(colour):
    parts = np.array(colour)
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
