"""A centre's own data through the documented commands: `--data data/own` means one folder in every one of them."""

import json
import os
import subprocess
import sys
import zipfile

import pandas as pd
import pytest

from tests.support import copies

KEPT = "宁溪镇"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """A project outside of this one, with data of its own: the sample's, as if it had been reported."""
    root = copies.fresh(tmp_path_factory.mktemp("centre") / "蓝皮书", "tests", "benchmarks", "src")
    own = root / "data" / "own"
    own.mkdir()
    for path in sorted((root / "data" / "sample").glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "status" in frame:
            status = "survey" if path.stem.startswith("households") else "reported"
            frame["status"] = frame["status"].replace("sample", status)
        frame.to_csv(own / path.name, index=False, lineterminator="\n")
    (own / "meta.yml").write_text("title: 自有数据\nstatus: reported\nsource: 测试用数据\n", "utf-8")
    return root


def bluebook(*arguments, cwd, code=0):
    environment = {k: v for k, v in os.environ.items() if k != "BLUEBOOK_PROJECT"}
    done = subprocess.run(
        [sys.executable, "-m", "research", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.mark.slow
def test_built_and_run_from_the_project_and_from_elsewhere_by_a_relative_name(centre, tmp_path):
    bluebook("build", "--edition", "2024", "--data", "data/own", cwd=centre)
    manifest = json.loads((centre / "data/results/own/2024/manifest.json").read_text("utf-8"))
    assert (manifest["data"], manifest["status"]) == ("data/own", "survey")
    run = ("run", "--edition", "2024", "--theme", "culture", "--place", KEPT, "--jobs", "1")
    bluebook(*run, "--data", "data/own", cwd=centre)
    runs = centre / "reports" / "runs" / "own" / "2024" / "culture"
    notebook, record = next(runs.glob("*[0-9].ipynb")), next(runs.glob("*.run.json"))
    assert json.loads(record.read_text("utf-8"))["parameters"]["data"] == "data/own"
    for path in (notebook, record):
        assert str(centre) not in path.read_text("utf-8"), path.name
    first = notebook.read_bytes()
    again = bluebook(*run, "--data", "own", "--project", str(centre), "--dry-run", cwd=tmp_path)
    assert "nothing to do: all 1 runs are fresh" in again.stdout
    bluebook(*run, "--data", "own", "--project", str(centre), "--force", cwd=tmp_path)
    assert notebook.read_bytes() == first
    assert not (centre / "data" / "results" / "2024").exists() and not (centre / "reports/runs/2024").exists()
    listed = bluebook("runs", "--data", "own", "--project", str(centre), "--format", "csv", cwd=tmp_path).stdout
    assert "culture," in listed and ",fresh," in listed and ",new," in listed

    bluebook("template", "--edition", "2025", "--place", KEPT, "--data", "own", cwd=centre)
    form = pd.read_excel(next((centre / "forms").glob("*.xlsx")), sheet_name="填报", dtype=str)
    assert form["上年值"].notna().any()
    made = bluebook("export", "--data", "data/own", "-o", "handed", "--project", str(centre), cwd=tmp_path).stdout
    assert (centre / "handed").is_dir() and "handed" in made

    refused = bluebook("bundle", "--data", "own", "--release", cwd=centre, code=1).stderr
    assert "runs of the tables and data as they are now" in refused or "待填" in refused
    path = centre / "data" / "own" / "observations.csv"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    for command, way in (("export", "build"), ("answers", "build"), ("render", "run")):
        more = ["--all"] if command == "answers" else []
        stale = bluebook(command, *more, "--data", "own", cwd=centre, code=1).stderr
        assert f"bluebook {way} --edition 2024 --data data/own" in stale, command


@pytest.mark.slow
def test_the_whole_way_leaves_the_samples_books_and_packs_only_its_own(centre, tmp_path):
    bluebook("all", "--edition", "2023", "--data", "sample", "--jobs", "2", "--to", "html", cwd=centre)
    page = centre / "reports" / "output" / "bluebook" / "index.html"
    sample = page.read_bytes()
    bluebook("all", "--edition", "2023", "--data", "data/own", "--jobs", "2", cwd=centre)
    assert page.read_bytes() == sample and "示例数据" in sample.decode()
    own = centre / "reports" / "output" / "own" / "bluebook"
    assert {p.suffix for p in own.iterdir() if p.is_file()} >= {".html", ".docx", ".pdf"}
    for path in own.rglob("*.html"):
        assert str(centre) not in path.read_text("utf-8"), path
    bluebook("all", "--edition", "2023", "--data", "own", "--project", str(centre), "--dry-run", cwd=tmp_path)
    bluebook("answers", "--all", "--data", "own", "--edition", "2023", cwd=centre)
    bluebook("bundle", "--data", "own", "--edition", "2023", cwd=centre)
    with zipfile.ZipFile(centre / "reports" / "bundles" / "own" / "bluebook-2023.zip") as pack:
        names, about = pack.namelist(), json.loads(pack.read("manifest.json"))
    assert about["data"] == "data/own" and about["status"] == "survey"
    assert not any("answers" in n or "briefs" in n for n in names)
    assert "books/bluebook/index.html" in names
    bluebook("bundle", "--data", "sample", "--edition", "2023", code=1, cwd=centre)
