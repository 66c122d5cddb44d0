"""The measures by name: what `table` and `survey` can be asked for, with the parameters of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from research.core.faults import DataError, Fault, nearest
from research.measures import formulas  # noqa: F401 - registers the measures
from research.measures.measure import MEASURES, Asked, AskedAll, Resolved

__all__ = ["MEASURES", "resolve"]


def resolve(measures: AskedAll) -> list[Resolved]:
    """Label, function and parameters of each measure asked for.

    Parameters
    ----------
    measures : str, tuple, list of them, or dict
        Names, or ``(name, {parameter: value})``; a dict gives each its own label.

    Returns
    -------
    list of (str, str, dict)
        Label, name, parameters. Without a label of its own, a measure with parameters is labelled as it
        would be called: ``headcount(line=10000)``.

    Raises
    ------
    DataError
        Naming every unknown measure or parameter, with the nearest known one.

    Examples
    --------
    >>> resolve(["gini", ("headcount", {"line": 10000})])
    [('gini', 'gini', {}), ('headcount(line=10000)', 'headcount', {'line': 10000})]
    >>> resolve({"poor": ("headcount", {"line": 10000})})
    [('poor', 'headcount', {'line': 10000})]
    """
    faults: list[Fault] = []
    if isinstance(measures, (str, tuple)):
        measures = [cast("Asked", measures)]
    items: Iterable[tuple[str | None, Asked]]
    items = measures.items() if isinstance(measures, Mapping) else [(None, m) for m in measures]
    out = [_one(label, spec, faults) for label, spec in items]
    labels = [label for label, *_ in out]
    for label in sorted({x for x in labels if labels.count(x) > 1}):
        faults.append(Fault("measures", "each measure once", f"{label!r} twice", kind="measure"))
    if not out:
        faults.append(Fault("measures", "at least one measure", "none", kind="measure"))
    if faults:
        raise DataError(faults)
    return out


def _one(label: str | None, spec: Asked, faults: list[Fault]) -> Resolved:
    name, parameters = (spec, {}) if isinstance(spec, str) else (spec[0], dict(spec[1]))
    if name not in MEASURES:
        faults.append(Fault("measures", "a measure", repr(name), nearest(name, MEASURES), kind="measure"))
        return label or str(name), name, parameters
    known = list(MEASURES[name].parameters)
    for key in parameters:
        if key not in known:
            way_out = nearest(key, known) if known else "it takes none"
            if key == "negatives":  # one rule for all measures of a table
                way_out = "say it of the whole table: negatives=" + repr(parameters[key])
            faults.append(Fault(f"measures, {name}", "one of its parameters", repr(key), way_out, kind="measure"))
    shown = ", ".join(f"{k}={v!r}" for k, v in parameters.items())
    return label or (f"{name}({shown})" if shown else name), name, parameters
