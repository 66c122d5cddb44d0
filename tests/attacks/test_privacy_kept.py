"""What was found clean is not attacked again, and the attack is no weaker for it."""

from pathlib import Path

import pandas as pd
import pytest

from research.core.kept import signatures
from research.errors import Fault
from research.indicators import open_edition
from research.indicators.privacy.intruder.attacks import Intruder
from research.indicators.privacy.intruder.audit import Audit
from research.indicators.privacy.intruder.kept import Kept
from research.indicators.privacy.scanner import scan

ROOT = Path(__file__).resolve().parents[2]
YEAR, LEAST = 2021, 10


@pytest.fixture(scope="module")
def edition():
    return open_edition(str(YEAR), project=ROOT)


@pytest.fixture(scope="module")
def rates(edition):
    """Shares of households, the cells of fewer than ten left out and no other: town is all less country."""
    homes = pd.read_csv(ROOT / f"data/sample/households-{YEAR}.csv", dtype={"place": str}).dropna(subset=["income"])
    low = homes[homes["income"] / homes["size"] < 10_000]
    cells = [(p, r) for p in (edition.district, *edition.places["code"]) for r in ("all", "urban", "rural")]
    shown = [
        (place, residence)
        for place, residence in cells
        if (low["place"].eq(place) | (place == edition.district))
        .mul(low["residence"].eq(residence) | (residence == "all"))
        .sum()
        >= LEAST
    ]
    frame = pd.DataFrame(shown, columns=["place", "residence"])
    return frame.assign(year=YEAR, measure="low_income", value=0.1, n=50)


@pytest.fixture
def again(edition, tmp_path, monkeypatch):
    """An audit of the folder `out` that remembers the one before; the stand is a file that answers depend on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    (tmp_path / "stand").mkdir()
    (tmp_path / "stand" / "households.csv").write_text("1")

    def audit():
        kept = Kept(["a test"], signatures([tmp_path / "stand"]))
        made = Audit(edition, kept).read(tmp_path / "out").together()
        kept.write()
        return made.report().set_index("attack")

    return audit


def test_the_second_audit_counts_what_the_first_tried_and_attacks_nothing(again, rates, tmp_path, monkeypatch):
    (tmp_path / "out" / "a.csv").write_text(rates.head(1).to_csv(index=False))
    (tmp_path / "out" / "a.html").write_text("<p>中位数为 54321 元</p><table><tr><td>1</td></tr></table>")
    first = again()
    for attack in ("words", "values", "models", "hidden", "rows", "years"):
        monkeypatch.setattr(Intruder, attack, lambda *_: pytest.fail("attacked again"))
    pd.testing.assert_frame_equal(again(), first)
    assert first["tried"].sum() > 2


def test_sums_over_a_file_that_was_clean_alone_and_a_new_one_are_attacked(again, rates, tmp_path):
    town = rates["residence"].eq("urban")
    (tmp_path / "out" / "town.csv").write_text(rates[town].to_csv(index=False))
    assert again()["breaches"].sum() == 0
    (tmp_path / "out" / "others.csv").write_text(rates[~town].to_csv(index=False))
    assert again().loc["sums", "breaches"] >= 1
    assert again().loc["sums", "breaches"] >= 1  # what gives away is never kept


def test_a_changed_file_and_other_data_are_attacked_anew(again, tmp_path, monkeypatch):
    path, seen = tmp_path / "out" / "a.html", []
    words = Intruder.words
    monkeypatch.setattr(Intruder, "words", lambda self, text: seen.append(text) or words(self, text))
    for number in (1, 1, 2):
        path.write_text(f"<p>{number}</p>")
        again()
    assert seen == ["1", "2"]
    (tmp_path / "stand" / "households.csv").write_text("22")
    again()
    assert seen == ["1", "2", "2"]


def test_a_scan_remembers_clean_bytes_only(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.html").write_text("<td>2024-001-0007</td>")
    (folder / "b.html").write_text("<td>无</td>")
    kept = Kept(["a test"], {"households": [1, 1]})
    for _ in range(2):
        assert [f.found for f in scan(folder, ["2024-001-0007"], kept=kept)] == ["2024-001-0007"]
    monkeypatch.setattr("research.indicators.privacy.scanner.small_cells", lambda where, *_: [Fault(where, "x", "few")])
    again = scan(folder, ["2024-001-0007"], kept=kept)
    assert {str(f.place) for f in again} == {"out/a.html"} and len(again) == 2  # the bytes of b were clean
