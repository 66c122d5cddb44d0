"""A seventh theme by tables and one command: it is built, run for a place, and rendered; no code is touched."""

import csv
import io
import os
import re
import subprocess
import sys

import pytest

from tests.support import copies

THEME = {"theme": "housing", "domain_code": "HOU", "name_zh": "住房保障", "name_en": "Housing", "order": "7",
         "phrase_zh": "更有保障的住房", "lead": "HOU-1-01"}  # fmt: skip
INDICATOR = {"id": "HOU-1-01", "name_zh": "保障房轮候满足率", "theme": "housing", "direction": "1", "unit": "%",
             "target_type": "level", "source_department": "区住建局",
             "goalpost_min": "40", "goalpost_max": "100"}  # fmt: skip


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(made.getvalue(), "utf-8")


def add(path, *rows):
    write(path, [*rows_of(path), *rows])


def run(*args, cwd):
    command = [sys.executable, "-m", "research", *args]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "BLUEBOOK_PROJECT": ""})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = copies.fresh(tmp_path_factory.mktemp("seventh") / "p")
    reference, observations = folder / "data" / "reference", folder / "data" / "sample" / "observations.csv"
    add(reference / "themes.csv", THEME)
    indicators = [*rows_of(reference / "indicators.csv"), INDICATOR]
    blank = {"weight_domain": "", "effective_weight": ""}  # blank: all alike
    write(reference / "indicators.csv", [{**row, **blank} for row in indicators])
    district = reference / "district.yml"
    counts = {"domains: 6": "domains: 7", "subdomains: 19": "subdomains: 20", "indicators: 64": "indicators: 65"}
    text = district.read_text("utf-8")
    for old, new in counts.items():
        text = re.sub(rf"^(\s+){old}$", rf"\g<1>{new}", text, flags=re.M)
    district.write_text(text, "utf-8")
    places = [row["code"] for row in rows_of(reference / "places.csv")]
    told = [
        {"place": place, "year": year, "indicator": "HOU-1-01", "value": 60 + 4 * (year - 2021) + k, "unit": "%",
         "status": "sample", "source": "区住建局（示例数据）"}
        for k, place in enumerate(["331003", *places]) for year in range(2021, 2025)
    ]  # fmt: skip
    add(observations, *told)
    return folder


def test_a_theme_without_a_row_is_told_what_to_add(folder):
    from research import errors, open_project
    from research.starter.from_notebook import new_theme

    with pytest.raises(errors.UsageError, match="themes.csv"):
        new_theme(open_project(folder), "transport")


@pytest.mark.slow
def test_a_seventh_theme_needs_tables_and_one_command(folder):
    told = run("new", "theme", "housing", cwd=folder)
    assert "listed in _quarto-bluebook.yml: - reports/bluebook/housing.qmd" in told
    assert "listed in index.qmd: - [Housing](reports/bluebook/housing.qmd)" in told
    assert re.search(r"housing\s+住房保障", run("list", "themes", cwd=folder))
    run("build", cwd=folder)
    run("run", "--theme", "housing", "--place", "331003", cwd=folder)
    text = (folder / "reports/runs/2024/housing/331003.ipynb").read_text("utf-8")
    assert "更有保障的住房" in text and "保障房轮候满足率" in text and "比2021年提高12.0个百分点" in text
    scores = __import__("pandas").read_parquet(folder / "data/results/2024/scores.parquet")
    assert "HOU" in set(scores["code"])  # the index has a seventh domain
