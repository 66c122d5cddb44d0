"""Clusters and strata of a design as small integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures.columns import group_codes

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


Single = Literal["refuse", "centered", "average", "certainty"]
SINGLE = get_args(Single)


class Panel(NamedTuple):
    """Clusters that were seen more than once: what one round of a panel tells of another."""

    round: Ints
    """Round (year) of each cluster, integers from 0."""
    twin: Ints
    """The cluster apart from its round, integers from 0."""
    stratum: Ints
    """Stratum, apart from the round, of each twin."""


@dataclass(frozen=True)
class Units:
    """Clusters and strata of a design as small integers; what all methods share."""

    psu: Ints
    """Cluster of each row."""
    stratum: Ints
    """Stratum of each cluster."""
    size: Ints
    """Clusters drawn in each stratum."""
    fraction: Floats
    """Share of each stratum's clusters that was drawn; 0 where the population is taken as endless."""
    single: str
    """What becomes of strata with one cluster."""
    panel: Panel | None = None
    """Which clusters are the same ones seen again, where the design has a panel."""

    @property
    def degrees(self) -> int:
        """Degrees of freedom: clusters less strata, at least 1."""
        return max(1, len(self.stratum) - int(np.count_nonzero(self.size)))


def units_of(
    frame: pd.DataFrame,
    strata: list[str],
    psu: list[str],
    population: str | None,
    single: Single,
    panel: str | None = None,
) -> Units:
    """Clusters and strata as integers, checked; with a panel each round is drawn as strata of its own.

    Raises
    ------
    DataError
        For gaps in strata or clusters, numbers of clusters that cannot be, strata with one cluster.
    """
    rounds = [panel] if panel else []
    codes, keys = group_codes(frame, [*rounds, *strata])
    if psu:
        cluster, _ = group_codes(frame, psu)
        pair = codes * (int(cluster.max()) + 1) + cluster  # a cluster is counted within its stratum
        distinct, psu_of_row = _counted(pair)
        stratum = distinct // (int(cluster.max()) + 1)
    else:
        psu_of_row, stratum = np.arange(len(frame)), codes
    size = np.bincount(stratum, minlength=len(keys))
    fraction = _fractions(frame, population, codes, size)
    _refuse_singles(size, fraction, keys, single)
    small = np.uint16 if len(stratum) < 65536 else np.int32  # small integers are quick to bring into order
    again = _panel(frame, strata, psu, panel, psu_of_row, len(stratum)) if panel else None
    return Units(psu_of_row.astype(small), stratum, size, fraction, single, again)


def _counted(codes: Ints) -> tuple[Ints, Ints]:
    """What `numpy.unique` gives with the inverse; by counting where the codes are few, which spares the sort."""
    most = int(codes.max(initial=0)) + 1
    if most > 4 * len(codes):
        return np.unique(codes, return_inverse=True)
    distinct = np.flatnonzero(np.bincount(codes, minlength=most))
    position = np.zeros(most, dtype=np.intp)
    position[distinct] = np.arange(len(distinct))
    return distinct, position[codes]


def _panel(
    frame: pd.DataFrame, strata: list[str], psu: list[str], panel: str, psu_of_row: Ints, clusters: int
) -> Panel:
    """Round and twin of each cluster, read from its first row; without clusters no row is seen again."""
    first = np.zeros(clusters, dtype=int)
    first[psu_of_row[::-1]] = np.arange(len(frame))[::-1]
    rows = frame.iloc[first]
    if not psu:
        return Panel(group_codes(rows, [panel])[0], np.arange(clusters), group_codes(rows, strata)[0])
    twin, keys = group_codes(rows, [*strata, *psu])
    return Panel(group_codes(rows, [panel])[0], twin, group_codes(keys, strata)[0])


def _fractions(frame: pd.DataFrame, population: str | None, codes: Ints, size: Ints) -> Floats:
    if population is None:
        return np.zeros(len(size))
    given: Floats = pd.to_numeric(frame[population], errors="coerce").to_numpy(float)
    most = np.full(len(size), -np.inf)
    np.maximum.at(most, codes, given)
    bad = ~(given >= size[codes]) | (given != most[codes])
    if bad.any():
        row = frame.index[np.flatnonzero(bad)[0]]
        expected = "one number of clusters for the whole stratum, not below the number drawn"
        raise DataError(Fault(spot(row=row, column=population), expected, repr(frame[population].loc[row])))
    found: Floats = size / most
    return found


def _refuse_singles(size: Ints, fraction: Floats, keys: pd.DataFrame, single: Single) -> None:
    lonely = np.flatnonzero((size == 1) & (fraction < 1))
    if single != "refuse" or not len(lonely):
        return
    way_out = "join it with a like stratum, or name a rule: single='centered', 'average' or 'certainty'"
    faults = []
    for h in lonely:
        where = ", ".join(f"{c} {keys[c].iloc[h]}" for c in keys.columns) or "the whole sample"
        faults.append(Fault(f"stratum {where}", "two clusters or more", "one", way_out, kind="single"))
    raise DataError(faults)
