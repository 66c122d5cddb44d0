"""The notebook templates run cell by cell in this process, on an edition whose tables are in memory."""

from __future__ import annotations

import re
from unittest import mock

import nbformat

from research.core.scope import open_project

FOLDER = open_project(__file__).notebooks
THEMES = sorted(p.stem for p in FOLDER.glob("themes/*.ipynb"))
DISTRICT = sorted(p.stem for p in FOLDER.glob("district/*.ipynb"))


def outputs(name, edition, place=None):
    """What each labelled cell of a template shows.

    Parameters
    ----------
    name : str
        Stem of a template.
    edition : Edition
        With its tables made.
    place : str, optional
        Default: the district.

    Returns
    -------
    dict of str to tuple
        Label -> (bundle of mime types, facts).
    """
    path = next(FOLDER.glob(f"*/{name}.ipynb"))
    cells = [c["source"] for c in nbformat.read(path, 4)["cells"] if c["cell_type"] == "code"]
    shown, space = {}, {}
    place = place or edition.district
    space.update(edition=str(edition.edition), place=place, data=edition.data)
    with mock.patch("research.open_edition", lambda *args, **kwargs: edition):
        for source in cells[1:]:
            label = re.search(r"^#\| label: (\S+)$", source, re.MULTILINE)
            kept = []
            with mock.patch(
                "research.figures.display._display", lambda bundle, facts, kept=kept: kept.append((bundle, facts))
            ):
                exec(compile(source, f"{name}: {label[1] if label else 'open'}", "exec"), space)  # noqa: S102
            if label:
                shown[label[1]] = kept[-1]
    return shown
