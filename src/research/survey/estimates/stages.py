"""The second stage of a finite population: what the units drawn within clusters add to the variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.measures.survey.units import Units

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


@dataclass(frozen=True)
class Stages:
    """Units drawn within clusters.

    Parameters
    ----------
    unit : ndarray of shape (rows,)
        Unit of each row.
    cluster : ndarray of shape (units,)
        Cluster of each unit.
    factor : ndarray of shape (clusters,)
        Share of clusters drawn, times n / (n - 1), times one less the share of units drawn.
    count : ndarray of shape (clusters,)
        Units drawn in each cluster.
    """

    unit: Ints
    cluster: Ints
    factor: Floats
    count: Floats

    def covariance(self, x: Floats) -> Floats:
        """Covariance that the second stage adds, of weighted variables."""
        sums = np.zeros((len(self.cluster), x.shape[1]))
        np.add.at(sums, self.unit, x)
        middle = np.zeros((len(self.count), x.shape[1]))
        np.add.at(middle, self.cluster, sums)
        off = sums - (middle / self.count[:, None])[self.cluster]
        return np.asarray((off * self.factor[self.cluster][:, None]).T @ off, float)


def stages_of(frame: pd.DataFrame, units: Units, ssu: str, ssu_population: str | None,
              population: str | None) -> Stages:
    """Units within clusters, checked.

    Parameters
    ----------
    frame : DataFrame
    units : Units
        Clusters and strata.
    ssu : str
        Column of the units.
    ssu_population : str or None
        Column with their number in the cluster; None: endless.
    population : str or None
        The first stage's; without it the second stage adds nothing that the first does not hold.

    Returns
    -------
    Stages

    Raises
    ------
    DataError
        With all faults: numbers of units that cannot be, clusters with one unit of several.
    """
    if population is None:
        text = say("the number of clusters of each stratum", "各层的群数")
        raise DataError(Fault("population", text, "None", say("name its column", "请写明所在的列"), kind="parameter"))
    psu = units.psu.astype(int)
    number = pd.factorize(frame[ssu].astype(str))[0].astype(np.int64)
    pairs, unit = np.unique(psu * (int(number.max()) + 1) + number, return_inverse=True)
    cluster = pairs // (int(number.max()) + 1)
    count = np.bincount(cluster, minlength=len(units.stratum)).astype(float)
    share = np.zeros(len(count))
    if ssu_population is not None:
        given = np.zeros(len(count))
        given[psu] = pd.to_numeric(frame[ssu_population], errors="coerce").to_numpy(float)
        share = count / np.where(given > 0, given, np.nan)
    _check(share, count, units, frame, psu, ssu_population or ssu)
    factor = units.fraction[units.stratum] * (1 - share) * np.where(count > 1, count / np.maximum(count - 1, 1), 0.0)
    return Stages(unit, cluster, factor, count)


def _check(share: Floats, count: Floats, units: Units, frame: pd.DataFrame, psu: Ints, column: str) -> None:
    faults: list[Fault | str] = []
    for c in np.flatnonzero(~(share <= 1 + 1e-12)):
        row = frame.index[int(np.flatnonzero(psu == c)[0])]
        text = say("a number not below the units drawn", "不小于抽中数的总数")
        faults.append(Fault(spot("sample", row=row, column=column), text, repr(frame[column].iloc[int(
            np.flatnonzero(psu == c)[0])]), kind="value"))
    first = units.fraction[units.stratum]
    for c in np.flatnonzero((count == 1) & (share < 1 - 1e-12) & (first > 0)):
        row = frame.index[int(np.flatnonzero(psu == c)[0])]
        text, found = say("two units or more in a cluster", "每群两个单位以上"), say("one", "一个")
        faults.append(Fault(spot("sample", row=row, column=column), text, found, kind="single"))
    if faults:
        raise DataError(faults)
