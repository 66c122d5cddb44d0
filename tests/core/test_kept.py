"""An answer is told again only where nothing that it stands on has changed."""

import os

import pytest

from research.core.kept import signatures, tell_again, told_before

ASKED = ["check", "2024", "zh"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = tmp_path / "data"
    (data / "reference").mkdir(parents=True)
    (data / "places.csv").write_text("code\n1\n", "utf-8")
    (data / "reference" / "themes.csv").write_text("id\nincome\n", "utf-8")
    tell_again(ASKED, signatures([data]), "没有发现问题")
    return data


def later(path):
    about = path.stat()
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("change", [
    lambda f: (f / "places.csv").write_text("code\n1\n2\n", "utf-8"),
    lambda f: later(f / "reference" / "themes.csv"),
    lambda f: (f / "reference" / "new.csv").write_text("", "utf-8"),
    lambda f: (f / "places.csv").unlink(),
    lambda f: (f / "places.csv").rename(f / "place.csv"),
])  # fmt: skip
def test_any_change_of_a_file_asks_anew(folder, change):
    assert told_before(ASKED, signatures([folder])) == "没有发现问题"
    change(folder)
    assert told_before(ASKED, signatures([folder])) is None


def test_another_question_has_another_answer(folder):
    assert told_before(["check", "2025", "zh"], signatures([folder])) is None
    tell_again(["check", "2025", "zh"], signatures([folder]), "另一句")
    assert told_before(["check", "2025", "zh"], signatures([folder])) == "另一句"
    assert told_before(ASKED, signatures([folder])) == "没有发现问题"


def test_locks_stamps_and_compiled_modules_are_no_change(folder):
    for name in (".stage.json", "a.pyc"):
        (folder / name).write_text("", "utf-8")
    assert told_before(ASKED, signatures([folder])) == "没有发现问题"


def test_a_broken_or_unwritable_cache_is_no_answer_and_no_error(folder, tmp_path, monkeypatch):
    for path in (tmp_path / "cache" / "bluebook").iterdir():
        path.write_text("{", "utf-8")
    assert told_before(ASKED, signatures([folder])) is None
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    tell_again(ASKED, signatures([folder]), "没有发现问题")
    assert told_before(ASKED, signatures([folder])) is None
