"""The manual's way through a survey on the sample is gone as it is written: its Python and its commands, in order."""

import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.app import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_page_goes_through_on_the_sample(tmp_path, monkeypatch):
    text = (ROOT / "reports" / "manual" / "howto-survey.qmd").read_text("utf-8")
    part = text[text.index("{#sec-survey-sample}") : text.index("{#sec-survey-plan}")]
    blocks = re.findall(r"```(python|sh)\n(.*?)```", part, re.DOTALL)
    assert [kind for kind, _ in blocks] == ["python", "sh", "python", "sh"]
    for folder in ("data/reference", "data/sample"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLUEBOOK_PROJECT", str(ROOT))
    names, said = {}, []
    for kind, body in blocks:
        if kind == "python":
            exec(body, names)  # noqa: S102
            continue
        for line in body.splitlines():
            done = CliRunner().invoke(app, shlex.split(line)[1:])
            assert done.exit_code == 0, (line, done.output, done.exception)
            said.append(done.output)
    assert "20项精度要求全部达到" in said[0] and "种子20250601" in said[1]
    table = pd.read_csv("survey-2025/report-estimates.csv", dtype={"place": str})
    assert len(table) == 20 and set(table["status"]) == {"sample"} and set(table["measure"]) == {"income/size"}
    own = names["asked"]
    truth = own.groupby("place").apply(lambda t: (t["income"]).sum() / t["size"].sum())
    rows = table.dropna(subset=["place"]).set_index("place")
    off = (rows["estimate"] - truth[rows.index]).abs() / rows["se"]
    assert (off < 4.5).all() and (off < 2.3).mean() > 0.75  # what the answers were drawn from
