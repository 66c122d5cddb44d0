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


def chances(frame: pd.DataFrame, units: Units, probability: str, population: str | None, single: str) -> Floats:
    """The chance that each cluster was drawn, checked.

    Parameters
    ----------
    frame : DataFrame
    units : Units
    probability : str
        Column of the chances.
    population : str or None
        Not with `probability`.
    single : str
        "refuse": a stratum with one cluster that was not certain is a fault.

    Returns
    -------
    ndarray of shape (clusters,)

    Raises
    ------
    DataError
        With all faults: chances not above 0 and up to 1, several of one cluster, strata with a single cluster.
    """
    if population is not None:
        text = say("chances, or the number of clusters", "入样概率或群数之一")
        raise DataError(Fault("probability / population", text, say("both", "两个都有"), kind="parameter"))
    given = pd.to_numeric(frame[probability], errors="coerce").to_numpy(float)
    psu = units.psu.astype(int)
    out = np.zeros(len(units.stratum))
    out[psu] = given
    bad = ~((given > 0) & (given <= 1 + 1e-9)) | (np.abs(given - out[psu]) > 1e-9 * np.abs(given))
    faults: list[Fault | str] = [
        Fault(
            spot("sample", row=frame.index[r], column=probability),
            say("one chance for the whole cluster, above 0 and up to 1", "全群同一个概率，大于0、不大于1"),
            repr(frame[probability].tolist()[r]),
            kind="value",
        )
        for r in np.flatnonzero(bad)
    ]
    open_ = np.bincount(units.stratum, weights=out < 1 - 1e-12, minlength=len(units.size))
    if single == "refuse" and not faults:
        faults += [
            Fault(
                spot("sample", row=frame.index[int(np.flatnonzero(units.stratum[psu] == h)[0])]),
                say("two clusters or more in a stratum", "每层两个群以上"),
                say("one", "一个"),
                say("join it with a like stratum", "请并入相近的层"),
                kind="single",
            )
            for h in np.flatnonzero(open_ == 1)
        ]
    if faults:
        raise DataError(faults)
    return np.minimum(out, 1.0)


def stages_of(frame: pd.DataFrame, units: Units, ssu: str, ssu_population: str | None, first: Floats) -> Stages:
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
    first : ndarray of shape (clusters,)
        Chance of each cluster; where it is 0 (not known) the second stage adds nothing that the first does not hold.

    Returns
    -------
    Stages

    Raises
    ------
    DataError
        With all faults: numbers of units that cannot be, clusters with one unit of several.
    """
    if not first.any():
        text = say("the number of clusters of each stratum, or their chances", "各层的群数或入样概率")
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
    _check(share, count, first, frame, psu, ssu_population or ssu)
    factor = first * (1 - share) * np.where(count > 1, count / np.maximum(count - 1, 1), 0.0)
    return Stages(unit, cluster, factor, count)


def _check(share: Floats, count: Floats, first: Floats, frame: pd.DataFrame, psu: Ints, column: str) -> None:
    faults: list[Fault | str] = []
    for c in np.flatnonzero(~(share <= 1 + 1e-12)):
        row = frame.index[int(np.flatnonzero(psu == c)[0])]
        text = say("a number not below the units drawn", "不小于抽中数的总数")
        faults.append(
            Fault(
                spot("sample", row=row, column=column),
                text,
                repr(frame[column].iloc[int(np.flatnonzero(psu == c)[0])]),
                kind="value",
            )
        )
    for c in np.flatnonzero((count == 1) & (share < 1 - 1e-12) & (first > 0)):
        row = frame.index[int(np.flatnonzero(psu == c)[0])]
        text, found = say("two units or more in a cluster", "每群两个单位以上"), say("one", "一个")
        faults.append(Fault(spot("sample", row=row, column=column), text, found, kind="single"))
    if faults:
        raise DataError(faults)
