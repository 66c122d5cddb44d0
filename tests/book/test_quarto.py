"""Real Quarto is handed what it needs and leaves no trace; `auto` takes it where it loses nothing. By a stand-in."""

import os
import stat
import sys

import pytest

from research import book
from research.core import fonts

STAND_IN = """#!{python}
import os, pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--output-dir") + 1])
out.mkdir(parents=True, exist_ok=True)
(out / "index.html").write_text("<p>by quarto, fonts " + os.environ.get("TYPST_FONT_PATHS", "") + "</p>")
with open(".gitignore", "a") as file:
    file.write("\\n**/*.quarto_ipynb\\n")
pathlib.Path("index_files").mkdir(exist_ok=True)
print("[WARNING] Unable to resolve link target: b.qmd", file=sys.stderr)
"""


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("before", [b"out/\n", None])
def test_a_render_leaves_the_project_as_it_was_and_hands_over_fonts(foreign, quarto, capsys, before):
    if before:
        (foreign / ".gitignore").write_bytes(before)
    (page,) = book.render(foreign, "", to=["html"])
    ignored = foreign / ".gitignore"
    assert (ignored.read_bytes() if ignored.is_file() else None) == before
    assert not (foreign / "index_files").exists()
    assert all(str(folder) in page.read_text() for folder in fonts.typst_font_paths())
    assert "quarto: Unable to resolve link target: b.qmd" in capsys.readouterr().err


def test_auto_takes_the_embedded_engine_for_paper_and_says_so(foreign, quarto, capsys):
    made = book.render(foreign, "", to=["html", "docx"])
    assert [p.suffix for p in made] == [".html", ".docx"] and "by quarto" not in made[0].read_text("utf-8")
    told = capsys.readouterr().err
    assert "the embedded engine makes this book" in told and "本次用自带引擎" in told
