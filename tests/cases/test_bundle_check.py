"""Bundles from strangers are hostile until shown otherwise."""

import hashlib
import json
import stat
import zipfile
from pathlib import Path

import pytest

from research.cases.bundles import check as bundle_check
from research.cases.bundles.check import open_checked, unpack
from research.cases.bundles.pack import FORMAT
from research.errors import DataError

TEXT, NOTEBOOK = "reports/cases/demo.qmd", "notebooks/cases/demo.ipynb"


def notebook(*sources):
    cells = [{"cell_type": "code", "source": s, "outputs": [], "metadata": {}} for s in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def honest(*sources):
    files = {TEXT: "# 示例\n".encode(), NOTEBOOK: notebook(*(sources or ["print(1)"]))}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {"format": FORMAT, "case": "demo", "text": TEXT, "evidence": NOTEBOOK, "sha256": sums}
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def write(path, files, modes=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = dict(modes).get(name, stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def kinds(path):
    with pytest.raises(DataError) as caught:
        open_checked(path)
    return {f.kind for f in caught.value.faults}


def test_an_honest_bundle_opens_and_unpacks_as_it_was(tmp_path):
    files, manifest = open_checked(write(tmp_path / "demo.case.zip", honest()))
    unpack(files, tmp_path / "out")
    assert manifest["case"] == "demo"
    assert (tmp_path / "out" / TEXT).read_text("utf-8") == "# 示例\n"
    assert not (tmp_path / "out" / NOTEBOOK).stat().st_mode & 0o111


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:/evil.txt", "a\\..\\evil.txt"])
def test_a_name_that_escapes_is_refused(tmp_path, name):
    assert "escape" in kinds(write(tmp_path / "x.case.zip", {**honest(), name: b"x"}))


def test_links_programs_and_double_names_are_refused_all_at_once(tmp_path):
    files = {
        **honest(),
        "data/link.txt": b"/etc/passwd",
        "data/run.sh": b"true",
        "data/tool.txt": b"x",
        "Manifest.json": b"{}",
    }
    modes = {"data/link.txt": stat.S_IFLNK | 0o777, "data/tool.txt": stat.S_IFREG | 0o755}
    assert kinds(write(tmp_path / "x.case.zip", files, modes)) == {"link", "program", "double", "place"}


@pytest.mark.parametrize(
    "name",
    [
        "src/nbclient.py",
        "src/sitecustomize.py",
        "sitecustomize.py",
        "src/pandas.py",
        "a.py",
        ".config/x.yml",
        "notebooks/other.ipynb",
    ],
)
def test_a_file_out_of_its_place_could_stand_in_for_a_library_and_is_refused(tmp_path, name):
    assert "place" in kinds(write(tmp_path / "x.case.zip", {**honest(), name: b"1"}))


@pytest.mark.parametrize(
    "name",
    ["data/x.exe", "data/x.so", "data/x.dll", "data/x.bat", "data/x.js", "data/x.pth", "data/x.pkl", "data/x.whl"],
)
def test_programs_and_unknown_kinds_are_refused(tmp_path, name):
    assert "program" in kinds(write(tmp_path / "x.case.zip", {**honest(), name: b"MZ"}))


def test_too_many_files_are_refused(tmp_path):
    many = {f"data/{n}.txt": b"x" for n in range(2_001)}
    assert kinds(write(tmp_path / "x.case.zip", {**honest(), **many})) == {"bomb"}


def test_a_header_that_lies_about_a_size_is_found_out(tmp_path):
    path = write(tmp_path / "x.case.zip", {**honest(), "data/big.txt": bytes(range(256)) * 400})
    content = bytearray(path.read_bytes())
    size = (256 * 400).to_bytes(4, "little")
    for place in [i for i in range(len(content)) if content[i : i + 4] == size]:
        content[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match="unreadable"):
        open_checked(path)


def test_code_that_is_not_that_of_this_installation_is_named():
    own = (Path(bundle_check.__file__)).read_bytes()
    files = {"src/research/cases/bundles/check.py": own, "src/research/errors.py": b"import os", "data/x.csv": b""}
    assert bundle_check.foreign_code(files) == ["src/research/errors.py"]


def test_a_bomb_is_refused_by_its_header(tmp_path):
    assert kinds(write(tmp_path / "x.case.zip", {**honest(), "data/zeros.txt": bytes(60_000_000)})) == {"bomb"}


def test_changed_missing_and_added_files_are_named(tmp_path):
    files = honest()
    files[TEXT] = b"changed"
    files["data/extra.csv"] = b"a\n"
    manifest = json.loads(files["manifest.json"])
    manifest["sha256"]["gone.csv"] = "0" * 64
    files["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(DataError) as caught:
        open_checked(write(tmp_path / "x.case.zip", files))
    assert {str(f.place) for f in caught.value.faults} == {TEXT, "data/extra.csv", "gone.csv"}


@pytest.mark.parametrize(
    "source, word",
    [
        ("!rm -rf x", "magic"),
        ("%run other.py", "magic"),
        ("x = !ls", "magic"),
        ("import socket", "network"),
        ("from urllib.request import urlopen", "network"),
        ("import subprocess", "programs"),
        ("import os", "programs"),
        ("import pandas as pd\npd.read_csv('https://example.org/x.csv')", "network"),
        ("import sys", "programs"),
        ("().__class__.__base__.__subclasses__()", "around the checks"),
        ("import importlib", "programs"),
        ("__builtins__", "code made from text"),
        ("get_ipython().system('ls')", "magic"),
        ("exec('1')", "code made from text"),
        ("__import__('os')", "code made from text"),
        ("def (", "no Python"),
    ],
)
def test_dangerous_cells_are_named_by_number(tmp_path, source, word):
    with pytest.raises(DataError) as caught:
        open_checked(write(tmp_path / "x.case.zip", honest("a = 1", source)))
    assert f"{NOTEBOOK}, code cell 2" in str(caught.value) and word in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(30)])
def test_what_is_no_bundle_is_said_so(tmp_path, content):
    path = tmp_path / "x.case.zip"
    path.write_bytes(content)
    with pytest.raises(DataError, match="a case bundle"):
        open_checked(path)


def test_a_zip_without_a_manifest_is_no_bundle(tmp_path):
    assert kinds(write(tmp_path / "x.case.zip", {"data/a.txt": b"x"})) == {"manifest"}
