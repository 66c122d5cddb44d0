"""The commands of the case library: questions where options are missing, and one line a result."""

import shutil

import pytest
from typer.testing import CliRunner

from research import open_project
from research.cli.app import app
from research.errors import DataError


@pytest.fixture
def project(tmp_path):
    root = open_project().root
    for name in (
        "_quarto.yml",
        *(f"data/reference/{n}" for n in ("district.yml", "places.csv", "themes.csv", "outline.txt")),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    (tmp_path / "data" / "sample").mkdir()
    return tmp_path


def test_new_asks_for_what_is_missing_and_lays_out_text_and_notebook(project):
    done = CliRunner().invoke(
        app, ["case", "new", "--project", str(project)], input="邻里食堂的一天\n最佳\nservices\nwarm-canteen\n"
    )
    assert done.exit_code == 0, done.output
    for question in ("标题", "类别", "领域", "编号"):
        assert question in done.output
    text = (project / "reports/cases/warm-canteen.qmd").read_text("utf-8")
    assert "邻里食堂的一天" in text and "class: 最佳" in text and "domain: 公共服务" in text
    assert (project / "notebooks/cases/warm-canteen.ipynb").is_file()


def test_check_names_everything_at_once(project):
    CliRunner().invoke(
        app,
        [
            "case",
            "new",
            "warm-canteen",
            "--title",
            "邻里食堂",
            "--class",
            "最佳",
            "--domain",
            "services",
            "--project",
            str(project),
        ],
    )
    done = CliRunner().invoke(app, ["case", "check", "--project", str(project)])
    assert isinstance(done.exception, DataError) and len(done.exception.faults) > 5
    assert all("warm-canteen" in str(f.place) for f in done.exception.faults)


def test_trace_and_brief_say_where_things_are(tmp_path):
    done = CliRunner().invoke(app, ["case", "trace", "text-engel-gini"])
    assert done.exit_code == 0 and "notebooks/cases/engel-households.ipynb" in done.output
    pytest.importorskip("typst")
    target = tmp_path / "x.pdf"
    done = CliRunner().invoke(app, ["case", "brief", "little-orange-house", "--output", str(target)])
    assert done.exit_code == 0 and target.read_bytes().startswith(b"%PDF")
