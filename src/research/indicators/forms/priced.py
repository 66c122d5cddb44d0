"""Physical quantities that the district's indices in money ask for, each with its unit."""

from __future__ import annotations

from research.core.scope import Project
from research.core.texts import read_yaml


def priced(project: Project) -> dict[str, str]:
    """Quantities of the trees in `data/reference/indices/` that stand on the register of quantities.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to str
        Quantity to unit, in the order of the trees; empty without such a tree.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> priced(open_project())["水源涵养量"]
    '万立方米'
    """
    found: dict[str, str] = {}
    for path in sorted((project.reference / "indices").glob("*.y*ml")):
        tree = read_yaml(path, project.show(path))
        if isinstance(tree, dict) and tree.get("register") == "quantities":
            nodes = [n for n in tree.get("nodes") or () if isinstance(n, dict) and n.get("item")]
            found |= {str(n["item"]): str(n.get("unit") or "") for n in nodes}
    return found
