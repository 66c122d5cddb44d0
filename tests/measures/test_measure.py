"""A measure stands in one place: one file adds it, and a part that is forgotten is an error at import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import research
from research import measures as m
from research.measures import formulas
from research.measures.measure import Measure

WHOLE = '''
from research.measures.formulas.parts import centred, defined, restored
from research.measures.measure import Measure, register

def midrange(values, weights=None, *, negatives="refuse"):
    """Mean of the highest and the lowest value."""
    d = defined(values, weights, "midrange", negatives)
    return d.restore((d.x.min() + d.x.max()) / 2)

def _influence(d):
    return restored(d, centred(d, d.x_sorted))

register(Measure("midrange", midrange, influence=_influence, kernel=None, pointwise=False, interval="normal",
                 range=(0.0, float("inf")), keeps=True, shared=None, zh="中列数", en="Midrange", unit="", factor=1))
'''
USE = """
import pandas as pd
import research
from research import measures as m
from research.measures.survey import Design
frame = pd.DataFrame({"income": [1.0, 3, 5, 11], "place": list("aabb")})
print(m.midrange([1, 9]), m.table(frame, ["midrange"], by="place")["value"].tolist(), "midrange" in dir(m))
for method in ("linearized", "bootstrap", "jackknife"):
    print(Design(frame).estimate("midrange", method=method).estimate[0], Design(frame).estimate("midrange").interval[0])
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package, in which one file is put beside the measures."""
    folder = tmp_path_factory.mktemp("house")
    source = Path(research.__file__).parent
    for name in ("core", "measures"):
        shutil.copytree(source / name, folder / "research" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in source.glob("*.py"):
        shutil.copy(path, folder / "research")
    return folder


def run(house, text):
    (house / "research" / "measures" / "formulas" / "own.py").write_text(text, "utf-8")
    return subprocess.run(
        [sys.executable, "-c", USE],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(house)},
    )


def test_one_file_adds_a_measure_everywhere(house):
    done = run(house, WHOLE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["5.0 [2.0, 8.0] True", *["6.0 normal"] * 3]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ('zh="中列数", ', "'zh'"),
        ("kernel=None, ", "'kernel'"),
        ("keeps=True, ", "'keeps'"),
        ('interval="normal",', "'interval'"),
        ("influence=_influence, ", "'influence'"),
    ],
)
def test_a_part_that_is_forgotten_is_an_error_at_import(house, gone, said):
    done = run(house, WHOLE.replace(gone, ""))
    assert done.returncode == 1 and "missing 1 required positional argument" in done.stderr and said in done.stderr


def parts(**changed):
    made = dict(
        name="gini",
        value=m.gini,
        influence=None,
        kernel=None,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="甲",
        en="a",
        unit="",
        factor=1,
    )
    return made | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"interval": "probit"}, "interval is one of"),
        ({"name": "other"}, "its function has that name"),
        ({"zh": ""}, "in zh"),
        ({"name": "quantile", "value": m.quantile, "influence": lambda d: d}, "does not take q"),
        ({"name": "quantile", "value": m.quantile, "kernel": lambda r: r}, "does not take q"),
    ],
)
def test_a_part_of_another_kind_is_an_error(changed, said):
    with pytest.raises(TypeError, match=said):
        Measure(**parts(**changed))


def test_every_measure_says_all_of_itself():
    for name, measure in m.MEASURES.items():
        assert getattr(m, name) is measure.value and measure.zh != name
        assert measure.zh and measure.en and measure.factor > 0 and measure.range[0] < measure.range[1]
    assert len({measure.zh for measure in m.MEASURES.values()}) == len(m.MEASURES)


def test_the_room_holds_nothing_but_measures():
    folder = Path(formulas.__file__).parent
    silent = [p.name for p in folder.glob("*.py") if "register(" not in p.read_text("utf-8")]
    assert sorted(silent) == ["__init__.py", "parts.py"]
