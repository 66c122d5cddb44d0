"""Somebody's own notebook: no book, no places, only a template, a pydantic model and rows of parameters."""

import json
from typing import Literal

import pytest
from pydantic import BaseModel, Field
from tiny import notebook

from research import runs
from research.errors import DataError, UsageError

CELLS = (
    "from pathlib import Path\nvalues = [float(v) for v in Path(file).read_text().split()]\n"
    "print(region, sum(v > line for v in values))",
)


class Poverty(BaseModel):
    model_config = {"extra": "forbid"}
    region: Literal["north", "south"]
    line: float = Field(gt=0)
    file: str


@pytest.fixture
def own(tmp_path):
    """A notebook and a data file in a folder that is no project."""
    folder = tmp_path / "mine"
    folder.mkdir()
    data = folder / "values.txt"
    data.write_text("1 2 3 4")
    path = folder / "poverty.ipynb"
    path.write_text(json.dumps(notebook(*CELLS, parameters=f'region = "north"\nline = 2.5\nfile = {str(data)!r}')))
    return path, data, folder / "out"


def planned(own, rows=({"region": "north"}, {"region": "south", "line": 1.5}), **more):
    path, data, out = own
    return runs.matrix(path, rows, out, inputs=[data], name=lambda v: v["region"], **{"model": Poverty, **more})


def test_a_notebook_of_ones_own_runs_over_its_rows_and_knows_what_is_fresh(own, warm_parent):
    report = runs.execute(planned(own), jobs=2, kernel="warm")
    assert not report.failed, report.recap()
    out = own[2] / "poverty"
    printed = {p.stem: json.loads(p.read_text())["cells"][-1]["outputs"][0]["text"] for p in out.glob("*.ipynb")}
    assert printed == {"north": ["north 2\n"], "south": ["south 3\n"]}
    assert set(runs.read_record(out / "south.ipynb")["inputs"]) == {"values.txt"}
    assert planned(own).describe() == "nothing to do: all 2 runs are fresh"
    again = runs.verify(planned(own, rows=[{"region": "north"}]))
    assert len(again.done) == 1 and not again.failed
    assert [r.stale_reason for r in planned(own, rows=[{"region": "south", "line": 9.0}]).stale] == [
        "its parameters changed"
    ]
    own[1].write_text("5 6")
    assert {r.stale_reason for r in planned(own).stale} == {"data changed: values.txt"}


def test_all_wrong_rows_are_told_at_once_before_any_kernel(own):
    rows = [{"region": "north", "lin": 1.0}, {"region": "east"}, {"region": "south", "line": -1.0}]
    with pytest.raises(DataError) as caught:
        planned(own, rows=rows)
    text = str(caught.value)
    assert "parameter lin, row 1" in text and "did you mean 'line'" in text
    assert "parameter region, row 2" in text and "parameter line, row 3" in text
    assert not own[2].exists()


def test_without_a_model_the_cell_is_the_model(own):
    assert len(planned(own, model=None).runs) == 2
    with pytest.raises(DataError, match="parameter line, row 1: expected a valid number"):
        planned(own, rows=[{"line": "1"}], model=None)


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a\nb", "/etc/x"])
def test_a_name_that_would_escape_or_that_stands_twice_is_refused(own, name):
    path, _, out = own
    with pytest.raises(UsageError, match="run name"):
        runs.matrix(path, [{}], out, name=lambda v: name)
    with pytest.raises(UsageError, match="twice"):
        runs.matrix(path, [{}, {}], out, name=lambda v: "same")
