"""A tiny project of its own: two townships, and templates and tables as a test writes them."""

import json

import pandas as pd

from research.core.scope import Project, Scope

DISTRICT, EAST, WEST = "331003", "331003001", "331003102"
PARAMETERS = 'edition = "2024"\nplace = "331003"\ndata = "sample"'
SHOW = """#| label: fig-x
#| fig-cap: "old"
from IPython.display import display
display({"text/plain": "x", "image/svg+xml": "<svg/>"}, raw=True,
        metadata={"bluebook": {"caption": f"{place} in {edition}", "alt": "a: b", "status": "sample"}})"""


def notebook(*sources, parameters=PARAMETERS, metadata=None):
    """A template with a tagged cell and code cells with these sources."""
    cells = (
        [
            {
                "cell_type": "code",
                "id": "p",
                "metadata": {"tags": ["parameters"]},
                "outputs": [],
                "execution_count": None,
                "source": parameters,
            }
        ]
        if parameters is not None
        else []
    )
    cells += [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
        for i, text in enumerate(sources)
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": {**spec, **(metadata or {})}, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(project, name, *sources, kind="themes", **more):
    """Write a template into a project."""
    path = project.notebooks / kind / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*sources, **more)), "utf-8")
    return path


def write_table(project, values, name="measures", edition="2024", data="sample"):
    """Write a results table with one value a place."""
    frame = pd.DataFrame({"place": list(values), "value": list(values.values()), "status": "sample"})
    folder = Scope.of(project, edition, data).results
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet")


def make_project(tmp_path):
    """A project with reference tables, sample data and one built table; no notebooks yet."""
    root = tmp_path / "project"
    (root / "data" / "reference").mkdir(parents=True)
    (root / "data" / "sample").mkdir()
    (root / "_quarto.yml").write_text("project: {type: book}\n")
    (root / "data/reference/district.yml").write_text(f'code: "{DISTRICT}"\nname: 黄岩区\n', "utf-8")
    (root / "data/reference/places.csv").write_text(f"code,name\n{EAST},东城街道\n{WEST},宁溪镇\n", "utf-8")
    (root / "data/sample/observations.csv").write_text(f"place,value\n{EAST},1\n{WEST},2\n")
    (root / "requirements.lock").write_text("a==1\n")
    made = Project(root.resolve())
    write_table(made, {DISTRICT: 3.0, EAST: 1.0, WEST: 2.0})
    return made
