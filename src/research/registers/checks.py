"""What registers name beyond their own table: clauses of the plan, chapters' figures, cases."""

from __future__ import annotations

import re

from research.cases.model import files as case_files
from research.cases.prose import clause_texts
from research.core.faults import Fault, say
from research.core.scope import Scope
from research.core.texts import read_json
from research.indicators.reference.district import District
from research.indicators.reference.schemas import read_table
from research.indicators.registers.rules import strange

_WITH_CLAUSES = ("policies", "lists", "claims")
_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)


def check_registers(scope: Scope) -> list[Fault]:
    """Clauses, figures and cases that registers name and that are not there, all at once.

    Parameters
    ----------
    scope : Scope

    Returns
    -------
    list of Fault
    """
    district, found = District(scope.project, scope.edition), []
    texts = clause_texts(district.outline)
    for name in _WITH_CLAUSES:
        path = scope.data.folder / f"{name}.csv"
        if path.is_file():
            frame = read_table(path, name)
            file = f"{scope.data.folder.name}/{name}.csv"
            if texts:
                found += list(strange(frame, file, "clauses", list(texts), say("clauses of the plan", "规划条文号")))
            if name == "claims":
                known = [p.stem for p in case_files(scope.project)]
                found += list(strange(frame, file, "cases", known, say("ids of cases", "案例编号")))
                expected = say("notebook#label of a chart or table", "笔记本#图表标签")
                found += list(strange(frame, file, "figures", labels(scope), expected))
    return found


def labels(scope: Scope) -> list[str]:
    """Charts and tables of the district's notebooks, as `notebook#label`."""
    found = []
    for folder in ("district", "themes", "cases"):
        for path in sorted((scope.project.notebooks / folder).glob("*.ipynb")):
            cells = read_json(path, scope.project.show(path))["cells"]
            sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
            found += [
                f"{path.stem}#{m[1]}" for s in sources if (m := _LABEL.search(s)) and m[1][:4] in ("fig-", "tbl-")
            ]
    return found
