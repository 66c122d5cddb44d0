"""The command line: what it answers, refuses and promises, through the program itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bluebook(*arguments, cwd=ROOT):
    environment = {k: v for k, v in os.environ.items() if k != "BLUEBOOK_PROJECT"}
    return subprocess.run(
        [sys.executable, "-m", "research", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_help_lists_every_command_and_loads_no_heavy_package():
    program = (
        "import sys; from research.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print('HEAVY', [m for m in ('pandas', 'numpy', 'matplotlib', 'papermill') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert "HEAVY []" in done.stdout
    for command in (
        "all",
        "check",
        "build",
        "run",
        "render",
        "bundle",
        "template",
        "import",
        "case",
        "list",
        "doctor",
        "lab",
    ):
        assert f"\n  {command} " in done.stdout, command


@pytest.mark.parametrize(
    "command", ["all", "check", "build", "run", "render", "bundle", "template", "import", "list", "doctor", "lab"]
)
def test_every_command_explains_itself(command):
    done = bluebook(command, "--help")
    assert done.returncode == 0 and "--project" in done.stdout


def test_list_answers_from_any_folder_and_for_programs(tmp_path):
    done = bluebook("--project", str(ROOT), "list", "places", "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)
    assert len(rows) == 19 and {"code": "331003001", "name": "东城街道", "kind": "街道"} in rows
    after = bluebook("list", "places", "--json", "--project", str(ROOT), cwd=tmp_path)
    assert after.stdout == done.stdout


@pytest.mark.parametrize("what, count", [("themes", 6), ("indicators", 64), ("targets", 216)])
def test_registers_have_the_outlines_counts(what, count):
    assert len(json.loads(bluebook("list", what, "--json").stdout)) == count


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["list", "place"], "did you mean 'places'?"),
        (["all", "--to", "html,docs"], "--to docs：是否为“docx”？"),
        (["all", "--to", "html,docs", "--lang", "en"], "--to docs: did you mean 'docx'?"),
        (["all", "--engine", "pandok", "--lang", "en"], "did you mean 'pandoc'?"),
        (["render", "--book", "blubook"], "是否为“bluebook”？"),
        (["build", "--edition", "1999"], "--edition 1999：数据中有2021、2022、2023、2024"),
        (["build", "--edition", "1999", "--lang", "en"], "--edition 1999: the data has 2021, 2022, 2023, 2024"),
        (["run", "--data", "nowhere"], "--data nowhere：没有这个文件夹"),
        (["run", "--data", "nowhere", "--lang", "en"], "--data nowhere: no such folder"),
        (["check", "--edition", "1999"], "--edition 1999：数据中有2021、2022、2023、2024"),
        (["check", "--edition", "1999", "--lang", "en"], "--edition 1999: the data has 2021, 2022, 2023, 2024"),
        (["check", "--data", "nowhere"], "--data nowhere：没有这个文件夹"),
        (["check", "--lang", "de"], "--lang de: zh or en"),
        (["template", "--edition", "2025", "--department", "区统局"], "是否为“区统计局”？"),
    ],
)
def test_wrong_words_end_with_code_2_and_the_nearest_right_one(arguments, said):
    done = bluebook(*arguments)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "lang, words",
    [
        ("zh", ["应为要引入的文件，现为没有 gone.md", "第3行", "请在中间加一个空行"]),
        ("en", ["expected a file to include, found no gone.md", "line 3", "put an empty line between"]),
    ],
)
def test_what_an_editor_did_wrong_is_told_in_the_language_asked_for(tmp_path, lang, words):
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\n", "utf-8")
    (tmp_path / "index.qmd").write_text("# 序\n\n{{< include gone.md >}}\n\n文字\n## 节\n", "utf-8")
    done = bluebook("render", "--to", "html", "--project", str(tmp_path), *(["--lang", "en"] if lang == "en" else []))
    assert done.returncode == 1 and all(w in done.stderr for w in words), done.stderr


def test_outside_a_project_the_way_out_is_named(tmp_path):
    done = bluebook("list", "places", "--project", str(tmp_path))
    assert done.returncode == 2 and "--project DIR" in done.stderr


def test_an_unknown_option_is_a_usage_error():
    assert bluebook("check", "--edtion", "2024").returncode == 2


def test_the_doctor_finds_what_is_needed():
    done = bluebook("doctor")
    assert done.returncode == 0 and "Chinese fonts" in done.stderr and "MISSING" not in done.stderr


def test_faults_are_listed_whole_and_handed_on(tmp_path):
    rows = ["place,year,indicator,value,unit,status,source"]
    rows += [f"331003001,20{n:02d},INC-3-01,x,元,reported,年报" for n in range(1, 25)]
    rows += [f"33100{n},2024,INC-3-01,1,元,reported,年报" for n in range(4000, 4030)]
    (tmp_path / "observations.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "meta.yml").write_text("title: 甲\nstatus: reported\nsource: 乙\n", "utf-8")
    command = ("check", "--data", str(tmp_path), "--edition", "2024")
    done = bluebook(*command, "--all", "--faults", str(tmp_path.parent / "faults.csv"))
    assert done.returncode == 1 and done.stderr.startswith("bluebook: ") and "另有" not in done.stderr
    assert "expected" not in done.stderr and "应为数值，现为'x'" in done.stderr
    table = (tmp_path.parent / "faults.csv").read_text("utf-8-sig").splitlines()
    assert table[0] == "place,expected,found,way_out,kind"
    listed = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    assert len(listed) == len(table) - 1 > 20
    whole = json.loads(bluebook(*command, "--format", "json").stdout)
    assert len(whole) == len(listed) and {"place", "expected", "found", "way_out", "kind"} <= set(whole[0])


@pytest.mark.parametrize("arguments", [["list", "cases"], ["case", "list"], ["list", "indicators"]])
def test_what_is_piped_is_never_cut(arguments):
    done = bluebook(*arguments)
    assert done.returncode == 0 and "…" not in done.stdout
    names = [r["id"] for r in json.loads(bluebook(*arguments, "--format", "json").stdout)]
    assert names and all(any(line.startswith(n) for line in done.stdout.splitlines()) for n in names)
    assert bluebook(*arguments, "--format", "csv").stdout.startswith("id,")
