"""The year turns, by the documented commands: own past in, forms out and in, a survey of three programs, two books."""

import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from tests.support import real_year
from tests.support.real_year import YEAR

META = "title: 本区数据\nstatus: reported\nsource: 区有关部门\n"
LAST = str(YEAR - 1)


class Desk:
    """A fresh project and what its centre types into a terminal."""

    def __init__(self, folder, households):
        self.root, self.desk, self.commands = folder / "book", folder / "desk", 0
        self.desk.mkdir()
        real_year.lay_out(self.root)
        self.past, self.new = real_year.gathered(self.desk, households)
        own = self.root / "data" / "own"
        own.mkdir()
        (own / "meta.yml").write_text(META, "utf-8")  # the one file that is written by hand

    def bluebook(self, *words, code=0):
        self.commands += 1
        done = subprocess.run(
            [sys.executable, "-m", "research", *map(str, words)],
            cwd=self.root,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, f"{words[0]}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout + done.stderr

    def take_in(self, files):
        """Hand files in; what is asked back is answered in the table of reasons, and they are handed in again."""
        table = files[0].with_name(f"{files[0].stem}-待说明.csv")
        done = subprocess.run(
            [sys.executable, "-m", "research", "import", *map(str, files), "--to", "data/own"],
            cwd=self.root,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        self.commands += 1
        if done.returncode:
            assert table.is_file(), done.stderr[-4000:]
            asked = pd.read_csv(table, dtype=str, keep_default_na=False).assign(理由="已与部门核对")
            asked.to_csv(table, index=False)
            self.bluebook("import", *files, "--to", "data/own", "--accept-file", table)


def held(root, name):
    return pd.read_csv(root / "data" / "own" / f"{name}.csv", dtype=str, keep_default_na=False)


def saved_by_another_program(forms, folder):
    """The same files as LibreOffice writes them."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder)]
    subprocess.run([*convert, *map(str, forms)], check=True, capture_output=True, timeout=240)
    return [folder / p.name for p in forms]


@pytest.mark.parametrize(
    "resaved",
    [
        False,
        pytest.param(
            True,
            marks=[
                pytest.mark.slow,
                pytest.mark.office,
                pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice"),
            ],
        ),
    ],
)
def test_a_department_hands_in_its_year_and_nothing_is_lost(tmp_path, resaved):
    """The fast part: the past of one indicator's department, its form, the values that it gave."""
    desk = Desk(tmp_path, households=False)
    past = next(p for p in desk.past if p.stem == "observations")
    rows = pd.read_csv(past, dtype=str, keep_default_na=False)
    rows[rows["source"] == "区民政局"].to_csv(past, index=False, lineterminator="\n")
    desk.take_in([past])
    before = held(desk.root, "observations")
    desk.bluebook("template", "--edition", YEAR, "--department", "区民政局", "--data", "data/own")
    forms = real_year.fill(desk.root / "forms", desk.new)
    forms = [p for p in forms if "目标" not in p.name]
    desk.take_in(saved_by_another_program(forms, tmp_path / "office") if resaved else forms)
    after = held(desk.root, "observations")
    came = after[after["year"] == str(YEAR)]
    told = desk.new["observations"]
    told = told[told["source"] == "区民政局"].set_index(["indicator", "place"])["value"].astype(float)
    assert len(came) == len(told) > 0
    assert came.set_index(["indicator", "place"])["value"].astype(float).sort_index().equals(told.sort_index())
    assert len(after) == len(before) + len(came)


def blocks(page):
    """What a reader reads on a page, paragraph by paragraph, without the menus."""
    text = re.sub(r"<(script|style|svg|nav)\b.*?</\1>", "", page.read_text("utf-8"), flags=re.S)
    found = re.findall(r"<(p|figcaption|caption|li|h\d|title)\b[^>]*>(.*?)</\1>", text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", told)) for _, told in found]


HISTORY = re.compile(
    rf"20\d\d—{LAST}年|[比与自]{LAST}年|（{LAST}）|{LAST}[-—]|—{LAST}，|，{LAST}，|"
    rf"{LAST}年.{{0,20}}公报|/20"
)
"""How a year gone by may stand without the edition's own beside it: spans, comparisons, dates, names of sources."""


@pytest.mark.slow
def test_the_whole_year_gives_two_books_that_speak_of_it(tmp_path):
    desk = Desk(tmp_path, households=True)
    desk.take_in(desk.past)
    assert sorted(p.name for p in (desk.root / "data/own").glob("households-*.csv")) == [
        f"households-{y}.csv" for y in range(2021, YEAR + 1)
    ]
    desk.bluebook("template", "--edition", YEAR, "--data", "data/own")
    desk.bluebook(
        "template",
        "--edition",
        YEAR,
        "--data",
        "data/own",
        "--table",
        "tasks",
        "--table",
        "demands",
        "--table",
        "aspects",
    )
    desk.take_in(real_year.fill(desk.root / "forms", desk.new))
    assert "没有发现问题" in desk.bluebook("check", "--edition", YEAR, "--data", "data/own")
    desk.bluebook("all", "--edition", YEAR, "--data", "data/own")
    assert desk.commands <= 9
    for book, least in (("bluebook", 45), ("cases", 12)):
        folder = desk.root / "reports" / "output" / "own" / book
        assert {p.suffix for p in folder.iterdir() if p.is_file()} >= {".html", ".docx", ".pdf"}
        pages = [p for p in folder.rglob("*.html") if "code" not in p.parts]
        assert len(pages) >= least
        for page in pages:
            for told in blocks(page):
                assert "示例数据，非真实统计" not in told or "标有" in told or "有没有" in told, (page.name, told)
                assert LAST not in told or str(YEAR) in told or HISTORY.search(told), (page.name, told)
    page = (desk.root / "reports/output/own/cases/paired-villages.html").read_text("utf-8")
    assert f"2021—{YEAR}年" in page and f"{YEAR}年西部" in re.sub(r"<[^>]+>", "", page)
