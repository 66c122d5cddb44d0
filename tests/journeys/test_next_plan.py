"""The next plan beside the old one: laid out by a command, filled in tables, and an edition under it."""

import shutil
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.app import app
from research.core.scope import Project, Scope
from research.indicators import check
from research.indicators.reference.district import District
from tests.support import notebooks
from tests.support.years import ROOT, built, generate, project_until

TEXT = (
    "示范区共同富裕规划 一、目标 到2030年建成样板。 二、任务 1.提高护理能力。养老机构护理型床位占比2028年达到62%,"
    "2030年达到65%。 2.繁荣市场。2028年社会消费品零售总额达到420亿元,2030年达到460亿元。 3.优化环境。"
    "2030年空气质量优良天数比例高于97%。 4.建设公路。规划期内改造提升四好农村公路120公里。 "
    "5.培育试点。到2030年累计建设试点10个。"
)
TARGETS = [  # id, clause, indicator, unit, kind, comparator, quote, numbers, joined indicator, rule
    (
        "N01",
        "1",
        "养老机构护理型床位占比",
        "%",
        "ratio",
        ">=",
        "养老机构护理型床位占比2028年达到62%,2030年达到65%",
        {2028: 62, 2030: 65},
        "SRV-4-01",
        "level",
    ),
    (
        "N02",
        "2",
        "社会消费品零售总额",
        "亿元",
        "level",
        ">=",
        "2028年社会消费品零售总额达到420亿元,2030年达到460亿元",
        {2028: 420, 2030: 460},
        "ECO-1-05",
        "level",
    ),
    (
        "N03",
        "3",
        "空气质量优良天数比例",
        "%",
        "ratio",
        ">",
        "2030年空气质量优良天数比例高于97%",
        {2030: 97},
        "ENV-1-01",
        "level",
    ),
    (
        "N04",
        "4",
        "四好农村公路改造提升",
        "公里",
        "cumulative",
        ">=",
        "规划期内改造提升四好农村公路120公里",
        {2030: 120},
        "SRV-1-02",
        "increase",
    ),
    ("N05", "5", "建设试点", "个", "cumulative", ">=", "到2030年累计建设试点10个", {2030: 10}, None, None),
]
PLAN = "2026-2030"


def _append(path, rows):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    pd.concat([frame, pd.DataFrame(rows).astype(str)]).reindex(columns=frame.columns).fillna("").to_csv(
        path, index=False, lineterminator="\n"
    )


def fill(project):
    """What a centre writes for its next plan: four tables and a text."""
    folder = project.reference
    (folder / "outline-2026.txt").write_text(TEXT, "utf-8")
    _append(
        folder / "targets.csv",
        [
            {
                "id": i,
                "plan": PLAN,
                "clause": c,
                "action": f"任务{c}",
                "action_no": c,
                "indicator": n,
                "unit": u,
                "kind": k,
                "comparator": o,
                "class": "numeric",
                "department": "区发改局",
                "quote": q,
            }
            for i, c, n, u, k, o, q, *_ in TARGETS
        ],
    )
    _append(
        folder / "target_years.csv",
        [{"target": row[0], "year": y, "value": v, "kind": ""} for row in TARGETS for y, v in row[7].items()],
    )
    _append(
        folder / "target_indicators.csv",
        [{"target": row[0], "indicator": row[8], "rule": row[9]} for row in TARGETS if row[8]],
    )


def lay_out(root):
    result = CliRunner().invoke(
        app,
        [
            "new",
            "plan",
            "--title",
            "示范区共同富裕规划",
            "--start",
            "2026",
            "--end",
            "2030",
            "--milestones",
            "2028",
            "--project",
            str(root),
        ],
    )
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    found = project_until(tmp_path_factory.mktemp("plan") / "p", 2026, households=False)
    assert "outline-2026.txt" in lay_out(found.root)
    return found


def test_an_empty_plan_is_no_fault(project):
    assert [f for f in check(Scope.of(project, 2025))] == []
    assert District(project, 2026).targets.empty and len(District(project, 2025).targets) == 216


@pytest.fixture(scope="module")
def edition(project):
    fill(project)
    generate(project.root, 2026, households=False)
    assert [str(f) for f in check(Scope.of(project, 2026))] == []
    return built(project, 2026)


def test_the_edition_stands_under_the_plan_in_force(project, edition):
    assert edition.plan.id == PLAN and District(project, 2024).plan.id == "2021-2025"
    got = edition.table("attainment").set_index("target_id")
    assert list(got.index) == [row[0] for row in TARGETS]
    assert got["horizon"].tolist() == [2028, 2028, 2030, 2030, 2030]
    series = edition.series("SRV-4-01").set_index("year")["value"]
    way = (series[2026] - series[2025]) / (62 - series[2025])
    assert got.loc["N01", "rate"] == pytest.approx(way) and got.loc["N01", "base_year"] == 2025
    road = edition.series("SRV-1-02").set_index("year")["value"]
    assert got.loc["N04", "value"] == pytest.approx(road[2026] - road[2025])  # not what came before
    assert edition.table("closing").empty and set(got["due"]) == {False}


def test_each_year_is_counted_under_its_own_plan(edition):
    cards = edition.table("scorecards").query("place == @edition.district and domain == 'ALL'").set_index("year")
    stated = [row for row in TARGETS if row[8] and 2030 in row[7]]  # with an indicator, and a number for the last year
    assert cards.loc[2026, "n_target"] == len(stated) == 4
    assert pd.isna(cards.loc[2025, "n_target"])  # a year under another plan


def test_no_sentence_speaks_of_the_old_plan(edition):
    for name in ("targets", "economy", "services", "environment"):
        for label, (bundle, facts) in notebooks.outputs(name, edition).items():
            text = bundle.get("text/markdown", "") + facts.get("caption", "") + facts.get("alt", "")
            assert "2025年目标" not in text and "2022年目标" not in text and "行动纲要" not in text, (label, text)
    said = notebooks.outputs("targets", edition)
    assert said["text-targets-lead"][0]["text/plain"].startswith("规划共提出5项目标")
    assert said["fig-targets-closing"][1]["absent"] and "2030年" in said["fig-targets-closing"][0]["text/plain"]


def test_a_plan_that_overlaps_is_refused_and_nothing_is_written(project):
    before = (project.reference / "district.yml").read_bytes()
    result = CliRunner().invoke(
        app, ["new", "plan", "--title", "x", "--start", "2029", "--end", "2033", "--project", str(project.root)]
    )
    assert result.exit_code != 0 and (project.reference / "district.yml").read_bytes() == before
    assert not (project.reference / "outline-2029.txt").exists()


@pytest.mark.slow
def test_an_edition_under_the_next_plan_is_a_whole_book(tmp_path):
    """The documented commands, from the new plan to the website."""
    root = tmp_path / "p"
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, kept):
        if not name.startswith(("tests/", "data/sample/households")) and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    lay_out(root)
    fill(Project(root))
    generate(root, 2026, households=False)
    command = [
        sys.executable,
        "-m",
        "research",
        "all",
        "--edition",
        "2026",
        "--to",
        "html",
        "--book",
        "bluebook",
        "--jobs",
        "2",
        "--project",
        str(root),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    page = (root / "reports/output/bluebook/targets.html").read_text("utf-8")
    assert "规划共提出5项目标" in page and "前景" in page and "收官评估" not in page
