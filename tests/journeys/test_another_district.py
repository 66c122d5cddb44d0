"""Another district, from documented commands in a fresh folder: tables, aggregates, no households, no cases."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.support import copies, elsewhere, notebooks

OTHERS = re.compile("黄岩|台州|331003|宁溪|区域标杆|六乡一镇|重构|全区")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journey") / "wuyou"
    elsewhere.run("new", "district", str(folder), *elsewhere.ANSWERS)
    elsewhere.fill(folder)
    return folder


def test_after_seven_tables_nothing_is_at_fault(folder):
    assert "没有发现问题" in elsewhere.run("check", "--data", "data/own", cwd=folder)


@pytest.mark.slow
def test_every_view_says_what_is_there_and_what_is_not(folder):
    """All that the notebooks show, of the county and of the first and last township, without a kernel."""
    from research import assessment, composite, indicators, open_edition

    index = folder / "data" / "reference" / "index.yml"  # fewer simulations: nothing here hangs on their number
    text = index.read_text("utf-8").replace("variants: 1000", "variants: 40").replace("sobol: 128", "sobol: 8")
    index.write_text(text, "utf-8")
    edition = open_edition("2027", str(folder / "data" / "own"), folder)
    for step in (indicators, composite, assessment):
        edition.add_tables(step.build(edition))
    said = {
        label: bundle.get("text/markdown", facts.get("caption", ""))
        for name in notebooks.DISTRICT
        for label, (bundle, facts) in notebooks.outputs(name, edition).items()
    }
    assert not [label for label, text in said.items() if OTHERS.search(text) or "nan" in text]
    assert "8个乡镇街道" in said["text-regional-gap-lead"] and "没有误差区间" in said["text-regional-gap-ranking"]
    between = said["text-urban-rural-gap-lead"]
    assert re.search(r"城乡倍差1\.\d\d倍；城镇居民人均可支配收入\d+元，农村居民\d+元", between)
    assert "基尼系数0.3" in said["text-income-gap-lead"] and "暂无" in said["fig-income-gap-lorenz"]
    assert "暂无" in said["text-comparison-lead"]
    assert "30项目标" in said["text-targets-lead"] and "行动方案" in said["text-targets-lead"]
    assert "乌有县共同富裕综合指数" in said["text-index-lead"]
    for place in ("990199", "990199001", "990199008"):
        for theme in ("economy", "income", "services", "governance", "culture", "environment"):
            text = notebooks.outputs(theme, edition, place)[f"text-{theme}-lead"][0]["text/plain"]
            assert text and not OTHERS.search(text) and "nan" not in text


def test_check_names_what_build_would_stop_at(folder, tmp_path):
    """A milestone outside the plan, a quote that is not in the text, an unknown department of no table."""
    copy = tmp_path / "wuyou"
    shutil.copytree(folder, copy)
    path = copy / "data" / "reference" / "target_years.csv"
    path.write_text(path.read_text("utf-8").replace("M01,2028", "M01,2029"), "utf-8")
    outline = copy / "data" / "reference" / "outline.txt"
    outline.write_text(outline.read_text("utf-8").replace("到2030年，人均地区", "到2030年人均地区"), "utf-8")
    said = elsewhere.run("check", "--data", "data/own", cwd=copy, ok=1)
    assert "target_years.csv" in said and "2029" in said and "targets.csv" in said


def _builder(clone, dist):
    """The command that builds a wheel on this machine: uv where it is, else pip."""
    if shutil.which("uv"):
        return ["uv", "build", "-q", "--wheel", "-o", str(dist), str(clone)]
    return [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(dist), str(clone)]


@pytest.mark.slow
def test_the_whole_way_from_a_wheel_in_an_empty_environment(tmp_path):
    """No clone: the wheel lays the project out, and three formats of the book are made and read."""
    clone = copies.fresh(tmp_path / "clone")
    dist, site = tmp_path / "dist", tmp_path / "site"
    subprocess.run(_builder(clone, dist), check=True)
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:  # what an installation does, without its dependencies
        wheel.extractall(site)
    env = {**os.environ, "PYTHONPATH": str(site), "BLUEBOOK_PROJECT": ""}
    inside = elsewhere.run(
        "-c", "import research; print(research.__file__)", program=(sys.executable,), env=env, cwd=tmp_path
    )
    assert str(site) in inside  # the wheel's copy, not the clone's
    folder = tmp_path / "wuyou"
    elsewhere.run("new", "district", str(folder), *elsewhere.ANSWERS, cwd=tmp_path, env=env)
    assert elsewhere.fill(folder) == 7
    elsewhere.run("all", "--data", "data/own", cwd=folder, env=env)
    book = folder / "reports" / "output" / "own" / "bluebook"
    assert list(book.glob("*.docx")) and list(book.glob("*.pdf"))
    pages = {p.name: re.sub(r"<[^>]+>", "", p.read_text("utf-8")) for p in book.rglob("*.html")}
    assert sum(f"place-990199{n:03d}" in " ".join(pages) for n in range(1, 9)) == 8
    for name, text in pages.items():
        assert not OTHERS.search(text), name
    done = elsewhere.run("upgrade", cwd=folder, env=env)
    assert "0 replaced, 0 added, 0 edited" in done
