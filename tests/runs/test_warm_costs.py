"""What a warm run costs, and what there is where nothing can be forked."""

import json
import sys

import pytest
from tiny import DISTRICT, write_notebook

from research import runs
from research.core.scope import Scope
from research.errors import MissingError
from research.runs import inputs, warm

MEBIBYTE = 1 << 20
WORK = (
    "import pandas as pd, numpy as np, matplotlib.pyplot as plt, statsmodels.api as sm\n"
    "frame = pd.DataFrame({'x': np.arange(1000.0), 'y': np.arange(1000.0) ** 2})\n"
    "print(sm.OLS(frame.y, sm.add_constant(frame.x)).fit().params.round(3).to_dict())\nframe.plot();"
)
OWN = (
    "with open('/proc/self/smaps_rollup') as stream:\n"
    "    print(sum(int(l.split()[1]) for l in stream if l.startswith(('Private_Dirty', 'Private_Clean'))) * 1024)"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_warm_run_has_at_most_a_hundred_mebibytes_of_its_own(project, warm_parent):
    write_notebook(project, "costs", WORK, OWN, kind="district")
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, kernel="warm")
    assert not report.failed, report.recap()
    cells = json.loads((Scope.of(project, "2024").runs / "costs" / f"{DISTRICT}.ipynb").read_text())["cells"]
    assert 5 * MEBIBYTE < int(cells[-1]["outputs"][0]["text"][0]) < 100 * MEBIBYTE


def test_where_nothing_can_be_forked_runs_are_plain_and_warm_is_refused_by_name(project, monkeypatch):
    from research.runs import pool

    for module in (warm, pool):
        monkeypatch.setattr(module, "supported", lambda: False)
    write_notebook(project, "targets", "print(1)", kind="district")
    assert len(runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1).done) == 1
    assert runs.read_record(runs.plan(Scope.of(project, "2024")).runs[0].path)["kernel"] == "plain"
    with pytest.raises(MissingError, match="use --kernel plain"):
        runs.execute(runs.plan(Scope.of(project, "2024")), force=True, kernel="warm")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda patch: patch.setattr(inputs, "EPOCH", inputs.EPOCH + 1), "the format changed"),
        (lambda patch: patch.setattr(inputs, "code_hash", lambda **_: "other code"), "src/research changed"),
    ],
)
def test_a_new_epoch_or_other_code_makes_every_run_stale(project, monkeypatch, change, why, warm_parent):
    write_notebook(project, "income", "1")
    runs.execute(runs.plan(Scope.of(project, "2024")), jobs=2, kernel="warm")
    assert not runs.plan(Scope.of(project, "2024")).stale
    change(monkeypatch)
    plan = runs.plan(Scope.of(project, "2024"))
    assert [r.stale_reason for r in plan.stale] == [why] * 3
    assert f"run income/{DISTRICT}: {why}" in plan.describe()


def test_the_codes_checksum_follows_the_code_but_not_what_no_notebook_can_use(tmp_path, monkeypatch):
    import research

    for name in ("measures/a.py", "book/b.py", "cli/c.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("1")
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.undo()
    monkeypatch.setattr(research, "__file__", str(tmp_path / "__init__.py"))
    first = inputs.code_hash()
    (tmp_path / "book/b.py").write_text("2")
    (tmp_path / "cli/c.py").write_text("2")
    assert inputs.code_hash() == first
    (tmp_path / "measures/a.py").write_text("2")
    assert inputs.code_hash() != first
