"""Whose line it is: the wider population in which each group of a table stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest
from research.core.kinds import Ints
from research.measures.measure import Measure

PERIOD = "year"
"""Column of tidy tables by which all persons are the population of one time: pooled years are nobody's."""


def population_codes(
    measure: Measure, parameters: Mapping[str, Any], by: Sequence[str], keys: pd.DataFrame
) -> Ints | None:
    """Number of the population of each group; None where a group stands for itself.

    Parameters
    ----------
    measure : Measure
    parameters : dict
        Its own; `line_of` says whose line it is.
    by : list of str
        Columns that make the groups.
    keys : DataFrame
        A row a group.

    Returns
    -------
    ndarray of int or None

    Raises
    ------
    DataError
        When `line_of` names what is none of the groups' columns.

    Examples
    --------
    >>> from research.measures import MEASURES
    >>> keys = pd.DataFrame({"year": [2023, 2023, 2024], "side": ["town", "land", "town"]})
    >>> population_codes(MEASURES["at_risk_of_poverty"], {}, ["year", "side"], keys).tolist()
    [0, 0, 1]
    """
    whose = parameters.get("line_of", "all")
    if measure.shared is None or not len(by) or whose == "group":
        return None
    columns = [c for c in by if c == PERIOD] if whose == "all" else [whose] if isinstance(whose, str) else list(whose)
    unknown = [c for c in columns if c not in by]
    if unknown:
        known = ["all", "group", *by]
        raise DataError(Fault(f"{measure.name}, line_of", "'all', 'group' or columns that make the groups",
                              repr(unknown[0]), nearest(unknown[0], known), kind="parameter"))  # fmt: skip
    if not columns:
        return np.zeros(len(keys), dtype=np.int64)
    found: Ints | None = keys.groupby(columns, sort=False).ngroup().to_numpy().astype(np.int64)
    return found
