"""The font finder: configured folders first, then packages, then the system; else an error with a way out."""

import shutil
from pathlib import Path

import pytest

from research.core import fonts
from research.errors import MissingError, UsageError


@pytest.fixture
def nothing(monkeypatch):
    """A machine without any Chinese font."""
    monkeypatch.delenv(fonts.FOLDERS_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    monkeypatch.setattr(fonts, "_system_fonts", lambda: [])


def test_packaged_fonts_hold_simplified_glyphs():
    for path in (fonts.sans_path(), fonts.serif_path()):
        font = fonts.read_font(path)
        assert font and not font.variable and path.suffix == ".otf"


def test_no_font_is_an_error_that_says_what_to_install(nothing):
    with pytest.raises(MissingError, match="pip install pylopdf-fonts-zh-cn manimgx-fonts-cjk") as error:
        fonts.sans_path()
    assert error.value.exit_code == 3
    with pytest.raises(MissingError, match="宋体"):
        fonts.serif_path()


def test_configured_folder_comes_first(monkeypatch, tmp_path):
    copy = tmp_path / "house.otf"
    shutil.copy(fonts.sans_path(), copy)
    monkeypatch.setenv(fonts.FOLDERS_VARIABLE, str(tmp_path))
    assert fonts.sans_path() == copy
    assert fonts.serif_path().parent != tmp_path
    assert fonts.typst_font_paths()[0] == tmp_path


def test_configured_folder_that_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv(fonts.FOLDERS_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(UsageError, match="gone"):
        fonts.sans_path()


def test_fonts_without_chinese_do_not_do():
    import matplotlib

    latin = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    assert fonts.read_font(latin) is None
    assert fonts.read_font(__file__) is None


def test_a_variable_font_is_never_given_to_charts(monkeypatch, tmp_path):
    monkeypatch.setenv(fonts.FOLDERS_VARIABLE, str(tmp_path))
    hairline = fonts.Font(tmp_path / "v.otf", "House Sans", serif=False, variable=True)
    monkeypatch.setattr(fonts, "_in_folders", lambda folders: iter([hairline] if list(folders) else []))
    assert fonts.sans_path() != hairline.path
    assert fonts.typst_families()["bold"] == hairline


def test_typst_knows_each_family():
    import typst

    known = typst.Fonts(False, False, [str(p) for p in fonts.typst_font_paths()]).families()
    assert {f.family for f in fonts.typst_families().values()} <= set(known)


def test_finding_packaged_fonts_opens_no_file(monkeypatch):
    opened = []
    monkeypatch.setattr("builtins.open", lambda path, *args, **more: opened.append(path))
    monkeypatch.setattr("fontTools.ttLib.TTFont", lambda path, *args, **more: opened.append(path))
    assert fonts.typst_font_paths() and opened == []
