"""Cases on an edition's own data: what the edition has is shown for its year, what it lacks is said."""

import shutil
from unittest import mock

import pandas as pd
import pytest

from research import open_edition
from research.core.scope import open_project
from tests.support import notebooks

LACKING = (
    "clean-water-air",
    "little-orange-lamp-workshop",
    "paired-villages",
    "public-rental-one-stop",
    "village-collective-economy",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Data of 2025: one indicator of the cases, and nothing else that they ask for."""
    made = tmp_path_factory.mktemp("own")
    sample = open_project().root / "data" / "sample"
    frame = pd.read_csv(sample / "observations.csv", dtype=str, keep_default_na=False)
    kept = frame[frame["indicator"].isin(["ECO-1-01", "ENV-1-01"])].copy()
    kept["status"] = "reported"
    later = kept[kept["year"] == "2024"].assign(year="2025")
    later.loc[later["indicator"] == "ENV-1-01", "value"] = "97.5"
    pd.concat([kept, later]).to_csv(made / "observations.csv", index=False, lineterminator="\n")
    shutil.copy(sample / "meta.yml", made / "meta.yml")
    return made


def shown(name, folder):
    edition = open_edition("2025", data=str(folder))
    with (
        mock.patch("research.figures.display._settle"),
        mock.patch("research.figures.display._source_line"),
        mock.patch("research.figures.display.to_png", lambda figure: ""),
        mock.patch("research.figures.display.to_svg", lambda figure: ""),
    ):
        return notebooks.outputs(name, edition)


@pytest.mark.parametrize("name", LACKING[1:])
def test_what_the_data_lack_is_said_in_each_place(folder, name):
    for label, (bundle, facts) in shown(name, folder).items():
        text = bundle["text/markdown"]
        assert "本书所用的数据中没有" in text and "nan" not in text, (label, text)
        assert label.startswith("text-") or facts["absent"]


def test_the_one_of_two_that_is_there_is_shown_for_its_year(folder):
    told = shown("clean-water-air", folder)
    words = told["text-water-air"][0]["text/plain"]
    assert words.startswith("2025年空气质量优良天数比例为97.5%")
    assert "没有黄岩区的地表水" in words.replace("全区", "黄岩区")
    assert "（2021—2025年）" in told["fig-water-air"][1]["caption"]
