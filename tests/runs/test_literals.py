"""What a row of parameters gives is what the notebook's cell reads; and what a run has read is watched."""

import datetime
import json
import math
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import notebook

from research import runs
from research.core.faults import DataError, spot
from research.runs import literals

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.dates()
    | st.datetimes() | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner)
    | st.dictionaries(st.integers() | st.text() | st.booleans() | st.dates(), inner, max_size=4),
    max_leaves=12)  # fmt: skip
LONG = "0.1234567890123456789"


@given(PLAIN)
def test_the_expression_of_a_value_gives_it_back(value):
    kept = literals.plain(value, spot("x"))
    back = eval(literals.source(kept), {"__builtins__": {"float": float, "__import__": __import__, "set": set}})
    assert back == value and repr(back) == repr(kept) == repr(value)
    json.dumps(literals.shown(kept))


class Side(Enum):
    TOWN = "urban"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "float('nan')"),
        ([1.0, float("-inf")], "[1.0, float('-inf')]"),
        (np.float64("nan"), "float('nan')"),
        ({1: "urban", 2: "rural"}, '{1: "urban", 2: "rural"}'),
        ((1,), "(1,)"),
        ({3, 1}, "set([1, 3])"),
        ([np.int64(3), np.bool_(True), np.str_("a")], '[3, True, "a"]'),
        ({np.int32(7): np.float32(0.5)}, "{7: 0.5}"),
        (Decimal("0.10"), "0.1"),
        (Decimal(LONG), f"__import__('decimal').Decimal('{LONG}')"),
        (pd.Timestamp("2024-05-01"), "__import__('datetime').datetime(2024, 5, 1, 0, 0)"),
        (pd.NaT, "None"),
        (pd.NA, "None"),
        (datetime.date(2024, 5, 1), "__import__('datetime').date(2024, 5, 1)"),
        (Side.TOWN, '"urban"'),
        ('乡 "a"', '"乡 \\"a\\""'),
    ],
)
def test_values_that_json_does_not_know(value, written):
    assert literals.source(literals.plain(value, spot("x"))) == written


@pytest.mark.parametrize("value", [np.ones(3), pd.DataFrame({"a": [1]}), pd.Series([1]), len, object()])
def test_what_no_cell_can_write_down_is_refused_where_it_stands(value):
    with pytest.raises(DataError, match=r"own.ipynb, parameter v\['a'\]\[1\], row 2: expected a plain value"):
        literals.plain({"a": [0, value]}, spot("own.ipynb", item="parameter v", row=2))


CELL = 'share = 1.5\ncodes = {1: "town", 2: "land"}\nlimits = {}\nyears = []\nkeep = True'
SHOW = "print(codes.get(1), repr(share), share * 2.0, limits, sum(years), keep)"


def printed(path):
    return "".join(json.loads(path.read_text())["cells"][-1]["outputs"][0]["text"])


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    path = folder / "own.ipynb"
    path.write_text(json.dumps(notebook(SHOW, parameters=CELL)))
    return path


def test_parameters_arrive_as_they_were_given(own):
    rows = [
        {"keep": False},
        {"share": 2.5, "limits": {2024: [1.0, float("nan")], "all": None}, "years": [np.int64(2024), 1]},
    ]
    plan = runs.matrix(own, rows, own.parent / "out", name=lambda v: str(v["keep"]))
    assert plan.runs[1].parameters["years"] == [2024, 1]
    report = runs.execute(plan, kernel="plain")
    assert not report.failed, report.recap()
    assert printed(plan.runs[0].path) == "town 1.5 3.0 {} 0 False\n"
    assert printed(plan.runs[1].path) == "town 2.5 5.0 {2024: [1.0, nan], 'all': None} 2025 True\n"
    record = runs.read_record(plan.runs[1].path)
    assert record["parameters"]["codes"] == '{1: "town", 2: "land"}' and record["parameters"]["years"] == [2024, 1]
    again = runs.matrix(own, rows, own.parent / "out", name=lambda v: str(v["keep"]))
    assert again.describe() == "nothing to do: all 2 runs are fresh"
    other = runs.matrix(
        own, [{"codes": {"1": "town", "2": "land"}, "keep": False}], own.parent / "out", name=lambda v: str(v["keep"])
    )
    assert [r.stale_reason for r in other.runs] == ["its parameters changed"]


def test_every_row_that_cannot_be_written_down_is_told(own):
    with pytest.raises(DataError) as caught:
        runs.matrix(own, [{"limits": {"a": np.ones(2)}}, {"years": [len]}, {"share": math.pi}], own.parent / "out")
    text = str(caught.value)
    assert "own.ipynb, parameter limits['a'], row 1:" in text and "own.ipynb, parameter years[0], row 2:" in text
    assert "row 3" not in text


def test_a_helper_module_and_an_unnamed_file_are_watched(tmp_path, warm_parent):
    folder, far = tmp_path / "mine", tmp_path / "far"
    (folder / "lib").mkdir(parents=True)
    far.mkdir()
    (folder / "lib" / "rates.py").write_text("RATE = 2\n")
    (folder / "more.py").write_text("x = 1\n")
    (folder / "values.txt").write_text("5")
    (far / "distant.py").write_text("y = 1\n")
    (far / "beyond.txt").write_text("7")
    path = folder / "uses.ipynb"
    path.write_text(
        json.dumps(
            notebook(
                f"import sys\nsys.path += [{str(folder / 'lib')!r}, {str(far)!r}]\nimport rates, distant\n"
                f"exec(open({str(folder / 'more.py')!r}).read())\n"
                f"print(rates.RATE * int(open({str(folder / 'values.txt')!r}).read()) + x)\n"
                f"open({str(far / 'beyond.txt')!r}).read()",
                parameters="n = 1",
            )
        )
    )

    def planned():
        return runs.matrix(path, [{}], folder / "out", name=lambda v: "x")

    runs.execute(planned(), kernel="warm")
    record = runs.read_record(planned().runs[0].path)
    assert set(record["watched"]) == {"lib/rates.py", "more.py", "values.txt"}
    assert record["unwatched"] == ["beyond.txt", "distant.py"]
    assert planned().describe() == "nothing to do: all 1 runs are fresh\nnot watched: beyond.txt, distant.py"
    for name, old in (("lib/rates.py", "RATE = 2\n"), ("more.py", "x = 1\n"), ("values.txt", "5")):
        (folder / name).write_text(old + "\n")
        assert planned().runs[0].stale_reason == f"a file it read changed: {name}"
        (folder / name).write_text(old)
    assert planned().runs[0].stale_reason is None
    (folder / "values.txt").unlink()
    assert planned().runs[0].stale_reason == "a file it read changed: values.txt"
