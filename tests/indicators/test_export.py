"""What goes out comes back the same, and holds nothing that may not leave."""

import csv
import hashlib
import json

import pandas as pd
import pytest
from openpyxl import load_workbook

from research.errors import UsageError
from research.indicators import build, export, open_edition
from research.indicators.privacy.scanner import scan


@pytest.fixture(scope="module")
def edition(project):
    made = open_edition("2021", project=project)
    made.add_tables(build(made))
    return made


def test_workbook_there_and_back(edition, tmp_path):
    (path,) = export.export(edition, tmp_path, "xlsx")
    sheet = load_workbook(path)["observations"]
    rows = list(sheet.values)
    frame = edition.table("observations").copy()
    frame.loc[frame["indicator"].eq("INC-2-02"), "value"] = [
        5 * round(v / 5) for v in frame.loc[frame["indicator"].eq("INC-2-02"), "value"]
    ]
    assert len(rows) == len(frame) + 1 and [r[3] for r in rows[1:]] == pytest.approx(frame["value"].tolist())


def test_sdmx_has_the_concepts(edition, tmp_path):
    (path,) = export.export(edition, tmp_path, "sdmx")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[3:8] == ["REF_AREA", "TIME_PERIOD", "INDICATOR", "OBS_VALUE", "UNIT_MEASURE"]
    assert len(rows) == len(edition.table("observations")) and {r["OBS_STATUS"] for r in rows} == {"sample"}


def test_package_describes_its_files(edition, tmp_path):
    export.export(edition, tmp_path, "package")
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert package["description"] == "示例数据，非真实统计"
    for part in package["resources"]:
        raw = (tmp_path / part["path"]).read_bytes()
        assert part["hash"] == "sha256:" + hashlib.sha256(raw).hexdigest() and part["bytes"] == len(raw)
        columns = list(pd.read_csv(tmp_path / part["path"]).columns)
        assert columns == [f["name"] for f in part["schema"]["fields"]]


def test_nothing_private_goes_out(edition, tmp_path):
    for kind in export.FORMATS:
        export.export(edition, tmp_path, kind)
    assert scan(tmp_path, edition.households["household"]) == []


def test_unknown_format(edition, tmp_path):
    with pytest.raises(UsageError, match="did you mean 'xlsx'"):
        export.export(edition, tmp_path, "xslx")


def test_counts_of_households_are_rounded_on_the_way_out(edition, tmp_path):
    export.export(edition, tmp_path, "csv")
    out = pd.read_csv(tmp_path / "measures.csv")
    low = out[out["measure"].eq("low_households")]
    assert (out["n"].dropna() % 5 == 0).all() and (low["value"].dropna() % 5 == 0).all()
    exact = edition.table("measures")
    assert (exact["n"].reset_index(drop=True) - out["n"]).abs().max() <= 2.5
    assert out.loc[out["measure"].eq("gini"), "value"].tolist() == pytest.approx(
        exact.loc[exact["measure"].eq("gini"), "value"].tolist()
    )


def test_no_export_runs_a_formula(edition, tmp_path):
    """A source that would run in a spreadsheet stands behind an apostrophe in every format."""
    evil = edition.table("observations").copy()
    evil.loc[evil.index[0], "source"] = '=HYPERLINK("http://x","y")'
    edition.add_tables({"observations": evil})
    for kind in export.FORMATS:
        for path in export.export(edition, tmp_path / kind, kind):
            if path.suffix == ".xlsx":
                cells = [c for row in load_workbook(path)["observations"].iter_rows() for c in row]
                assert not any(c.data_type == "f" for c in cells)
                assert any(str(c.value).startswith("'=HYPERLINK") for c in cells)
            elif path.name.startswith("observations"):
                with open(path, encoding="utf-8", newline="") as file:
                    cells = [c for row in csv.reader(file) for c in row]
                assert not any(c.startswith("=") for c in cells) and any(c.startswith("'=HYPERLINK") for c in cells)
