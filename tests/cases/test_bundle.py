"""A case goes out as one file, and another machine says whether it holds."""

import csv
import io
import json
import shutil
import zipfile

import pytest
import yaml

from research import open_project
from research.cases.bundles import pack as bundle
from research.cases.bundles import report as bundle_report
from research.cases.bundles import verify as bundle_verify
from research.errors import DataError

CASE = "paired-villages"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return bundle.pack(open_project(), CASE, tmp_path_factory.mktemp("bundles"))


def repack(source, target, change):
    """The same bundle with `change(files)` made, and the checksums made to agree again."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    change(files, manifest)
    manifest["sha256"] = {n: bundle.hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "manifest.json"}
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target


def test_the_same_inputs_give_the_same_bytes(packed, tmp_path):
    assert bundle.pack(open_project(), CASE, tmp_path).read_bytes() == packed.read_bytes()


def test_it_is_small_and_holds_text_notebook_code_lock_citation_and_crate(packed):
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist())
        crate = json.loads(archive.read("ro-crate-metadata.json"))
    assert packed.stat().st_size < 2_000_000
    assert {
        f"reports/cases/{CASE}.qmd",
        f"notebooks/cases/{CASE}.ipynb",
        "requirements.lock",
        "CITATION.cff",
        "LICENSE",
        "src/research/measures/__init__.py",
        "data/reference/places.csv",
    } <= names
    root = next(e for e in crate["@graph"] if e["@id"] == "./")
    assert {"name", "description", "license", "datePublished", "hasPart", "author"} <= set(root)
    entities = {e["@id"]: e for e in crate["@graph"]}
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    for key in ("license", "author", "mainEntity"):  # each an entity of the crate, with its name
        assert entities[root[key]["@id"]]["name"], key
    assert entities[f"notebooks/cases/{CASE}.ipynb"]["@type"] == "File"
    assert {part["@id"] for part in root["hasPart"]} == names - {"manifest.json", "ro-crate-metadata.json"}


def test_the_crate_reads_back_with_the_library(packed, tmp_path):
    from rocrate.rocrate import ROCrate

    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    crate = ROCrate(tmp_path)
    assert crate.license["@type"] == "CreativeWork" and crate.root_dataset["author"]["@type"] == "Organization"
    for file in crate.get_by_type("File"):
        content = (tmp_path / file.id).read_bytes()
        assert bundle.hashlib.sha256(content).hexdigest() == file["sha256"] and len(content) == int(file["contentSize"])


def test_the_citation_and_the_record_for_a_doi_have_what_their_formats_require(packed):
    with zipfile.ZipFile(packed) as archive:
        cff = yaml.safe_load(archive.read("CITATION.cff"))
        record = json.loads(archive.read("datacite.json"))
    assert {"cff-version", "message", "title", "authors"} <= set(cff)  # required by CFF 1.2.0
    assert cff["license"] == "CC-BY-4.0" and cff["type"] == "dataset" and isinstance(cff["version"], str)
    assert {"creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"} <= set(record)  # kernel 4.5
    assert record["types"]["resourceTypeGeneral"] == "Dataset" and record["publisher"]["name"]
    assert record["schemaVersion"] == "http://datacite.org/schema/kernel-4"
    assert record["titles"][0]["title"] == cff["title"]


def test_a_stranger_cannot_ask_for_other_packages(packed, tmp_path):
    def change(files, manifest):
        manifest["needed"].append("some-package")

    outcome = bundle_verify.verify(repack(packed, tmp_path / "x.case.zip", change), cache=tmp_path / "cache")
    assert outcome.outcome == "not reproducible" and "some-package" in outcome.reason
    assert not (tmp_path / "cache").exists()


def test_an_untouched_bundle_is_verified(packed):
    outcome = bundle_verify.verify(packed, environment="current")
    assert outcome.outcome == "verified" and outcome.exit_code == 0, outcome.reason
    assert outcome.quoted and set(outcome.quoted.values()) == {"same"}
    assert "可复现" in bundle_report.report(outcome)


@pytest.mark.slow
def test_changed_data_changes_the_numbers_and_the_outcome(packed, tmp_path):
    name = "data/sample/households-2024.csv"

    def change(files, _):
        rows = list(csv.DictReader(io.StringIO(files[name].decode())))
        for row in rows[::2]:
            row["income"] = row["income"] and str(2 * float(row["income"]))
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        files[name] = text.getvalue().encode()

    outcome = bundle_verify.verify(repack(packed, tmp_path / "x.case.zip", change), environment="current")
    assert outcome.outcome == "changed" and outcome.exit_code == 1
    assert " then, " in outcome.reason


def test_withheld_data_means_not_reproducible(packed, tmp_path):
    def change(_, manifest):
        manifest["withheld"] = ["data/own/households-2024.csv"]

    outcome = bundle_verify.verify(repack(packed, tmp_path / "x.case.zip", change), environment="current")
    assert outcome.outcome == "not reproducible" and outcome.exit_code == 3


def test_a_broken_checksum_never_runs(packed, tmp_path):
    target = tmp_path / "x.case.zip"
    shutil.copyfile(packed, target)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("data/extra.csv", "a\n")
    outcome = bundle_verify.verify(target, environment="current")
    assert outcome.outcome == "changed" and "data/extra.csv" in outcome.reason


@pytest.mark.parametrize(
    "name, shared",
    [
        ("data/reference/places.csv", True),
        ("data/sample/households-2024.csv", True),
        ("data/../secret.csv", False),
        ("data/own/households-2024.csv", False),
        ("data/own/observations.csv", False),
        ("src/research/x.py", False),
    ],
)
def test_only_what_may_leave_the_house_is_shared(name, shared):
    assert bundle.may_share(open_project(), name) is shared


@pytest.mark.parametrize(
    "manifest, meta, shared",
    [
        ('{"status": "sample", "data": "sample"}', "", True),
        ('{"status": "survey", "data": "own"}', "title: own\n", False),
        ('{"status": "survey", "data": "own"}', "publishable: [results]\n", True),
    ],
)
def test_built_tables_are_shared_by_the_word_of_their_data(tmp_path, manifest, meta, shared):
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("project:\n  type: book\n")
    for name, text in (("results/2024/manifest.json", manifest), ("own/meta.yml", meta)):
        (tmp_path / "data" / name).parent.mkdir(parents=True)
        (tmp_path / "data" / name).write_text(text)
    assert bundle.may_share(open_project(tmp_path), "data/results/2024/observations.parquet") is shared


def test_an_unknown_case_names_the_nearest(tmp_path):
    with pytest.raises(DataError, match="did you mean 'paired-villages'"):
        bundle.pack(open_project(), "paired-village", tmp_path)


def test_the_lock_holds_names_versions_and_markers_alone():
    lines = (open_project().root / "requirements.lock").read_text("utf-8").splitlines()
    assert not [x for x in lines if x and not x.startswith("#") and not bundle_verify._REQUIREMENT.fullmatch(x)]
    for hostile in ("evil @ file:///x", "--index-url=x", "a==1 --hash=x", "git+ssh://x", "a==1; import os\nb"):
        assert not bundle_verify._REQUIREMENT.fullmatch(hostile), hostile
