"""One identity of project, edition and data: names mean one folder, and no two folders share what is made."""

import os
from pathlib import Path

import pytest

from research.core.scope import Data, Project, Scope, named_folder, open_project
from research.errors import UsageError


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    for name in ("data/sample", "data/reference", "data/own"):
        (root / name).mkdir(parents=True)
    (root / "_quarto.yml").write_text("project: {type: book}\n")
    return open_project(root)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", ["data/own", "own", "data/own/", "{root}/data/own"])
def test_a_data_folder_has_one_name_however_and_wherever_it_is_written(project, elsewhere, name, monkeypatch):
    text = name.format(root=project.root)
    found = [Data.named(project, text)]
    for folder in (project.root, project.root / "data", project.root / "data" / "own"):
        monkeypatch.chdir(folder)
        found.append(Data.named(project, text))
    assert set(found) == {Data("data/own", project.root / "data" / "own")}


def test_a_name_with_a_dot_in_front_is_meant_from_the_current_folder(project, elsewhere):
    (elsewhere / "own").mkdir()
    assert Data.named(project, "./own").folder == elsewhere / "own"
    assert named_folder(project, "../elsewhere/x") == elsewhere / "x"
    with pytest.raises(UsageError, match=r"both there.*\./"):
        Data.named(project, "own")


def test_a_folder_of_the_current_one_is_found_by_its_plain_name(project, elsewhere):
    (elsewhere / "mine").mkdir()
    assert Data.named(project, "mine") == Data("mine", elsewhere / "mine")


@pytest.mark.parametrize(
    ("name", "home", "expected"),
    [("next", "data", "data/next"), ("data/next", "data", "data/next"), ("forms", "", "forms"), ("a/b", "", "a/b")],
)
def test_what_is_not_there_yet_will_be_made_in_the_project(project, elsewhere, name, home, expected):
    assert named_folder(project, name, "--to", home) == project.root / expected


@pytest.mark.parametrize("name", ["sample", "data/sample", "./data/sample"])
def test_the_sample_is_the_sample_by_any_name(project, monkeypatch, name):
    monkeypatch.chdir(project.root)
    scope = Scope.of(project, "2024", name)
    assert (scope.data.name, scope.data.key) == ("sample", "")
    assert scope.results == project.root / "data/results/2024"
    assert scope.runs == project.root / "reports/runs/2024"
    assert scope.output("bluebook") == project.root / "reports/output/bluebook"


def test_no_record_can_show_where_a_folder_lies(project, tmp_path):
    (tmp_path / "secret-place" / "own").mkdir(parents=True)
    data = Data.named(project, tmp_path / "secret-place" / "own")
    assert data.name == "own" and "secret-place" not in data.key
    assert Data.named(project, data.findable) == data


def test_folders_of_one_name_share_nothing(project, tmp_path):
    names = ["sample", "data/own", "data/2024", "data/book", "data/a b", "more/own", "more/data/own"]
    folders = [project.root / n if "/" in n else n for n in names]
    folders += [tmp_path / "x" / "own", tmp_path / "y" / "own", tmp_path / "x" / "2024"]
    for folder in folders[1:]:
        folder.mkdir(parents=True, exist_ok=True)
    scopes = [Scope.of(project, year, f) for f in folders for year in (2024, 2025)]
    for kind in ("results", "runs", "bundles"):
        made = {(getattr(s, kind), None if kind != "bundles" else s.edition) for s in scopes}
        assert len(made) == len(scopes), kind
    books = {s.output(b) for s in scopes for b in ("bluebook", "cases")}
    assert len(books) == 2 * len(folders)
    for one in books:
        assert not any(other != one and other.is_relative_to(one) for other in books)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "no-such", "\x00"])
def test_a_name_of_nothing_is_refused_with_the_way_out(project, name):
    with pytest.raises(UsageError, match="--data"):
        Data.named(project, name)


def test_a_new_folder_may_not_stand_where_a_file_is(project):
    (project.root / "data" / "file").write_text("x")
    with pytest.raises(UsageError, match="no such folder"):
        Data.named(project, "file", "--to", new=True)


@pytest.mark.parametrize("edition", ["", "next", "24", "1999", "20240"])
def test_an_edition_is_a_year(project, edition):
    with pytest.raises(UsageError, match="a year such as"):
        Scope.of(project, edition)


def test_a_project_is_found_from_any_folder_in_it(project, monkeypatch):
    monkeypatch.delenv("BLUEBOOK_PROJECT", raising=False)
    monkeypatch.chdir(project.root / "data" / "own")
    assert open_project() == project == Project(Path(os.getcwd()).parents[1])
