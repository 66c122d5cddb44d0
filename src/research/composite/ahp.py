"""Weights from pairwise judgements (AHP 层次分析法), with their consistency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from research.composite.options import AhpMethod, RandomIndex
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


RANDOM_INDEX = {
    "saaty1980": (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty2005": (0.0, 0.0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
}
"""Random consistency indices for 1 to 15 things compared; two tables are in use and differ."""
METHODS = get_args(AhpMethod)


@dataclass(frozen=True)
class Ahp:
    """Weights of an AHP matrix and how consistent its judgements are.

    Parameters
    ----------
    weights : ndarray
        Summing to 1.
    lambda_max, ci, cr : float
        Largest eigenvalue, consistency index, consistency ratio (0.1 is the usual limit).
    random_index : str
        Table the ratio was taken by.
    """

    weights: Floats
    lambda_max: float
    ci: float
    cr: float
    random_index: str


def ahp(
    matrix: ArrayLike,
    method: AhpMethod = "eigen",
    random_index: RandomIndex = "saaty1980",
    limit: float = 0.1,
    name: str = "ahp",
) -> Ahp:
    """Weights of a matrix of pairwise judgements.

    Parameters
    ----------
    matrix : array-like of shape (n, n)
        Entry (i, j): how many times more important i is than j; reciprocal, ones on the diagonal.
    method : str
        `eigen` (principal eigenvector), `geometric` (row means), `column` (mean of rescaled columns).
    random_index : str
        `saaty1980` or `saaty2005`.
    limit : float
        Largest consistency ratio accepted.
    name : str
        What is compared, for messages.

    Returns
    -------
    Ahp

    Raises
    ------
    DataError
        Not square, not positive, not reciprocal (each pair named), more than 15 rows, or a consistency
        ratio above the limit (shown).

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process; Saaty (2005) for the other table.

    Examples
    --------
    >>> r = ahp([[1, 3], [1/3, 1]])
    >>> r.weights.round(2).tolist(), abs(r.cr)
    ([0.75, 0.25], 0.0)
    """
    a = np.asarray(matrix, float)
    _check(a, method, random_index, name)
    n = len(a)
    values, vectors = np.linalg.eig(a)
    at = int(np.argmax(values.real))
    lambda_max = float(values[at].real)
    if method == "eigen":
        raw = np.abs(vectors[:, at].real)
    elif method == "geometric":
        raw = np.exp(np.log(a).mean(axis=1))
    else:
        raw = (a / a.sum(axis=0)).mean(axis=1)
    ci = max(0.0, (lambda_max - n) / (n - 1)) if n > 1 else 0.0
    base = RANDOM_INDEX[random_index][n - 1]
    cr = ci / base if base else 0.0
    if cr > limit:
        raise DataError(
            Fault(
                name,
                f"a consistency ratio up to {limit:g}",
                f"{cr:.3f} ({random_index})",
                "go through the judgements again, or raise the limit in index.yml",
                "ahp",
            )
        )
    return Ahp(raw / raw.sum(), lambda_max, ci, cr, random_index)


def _check(a: Floats, method: str, random_index: str, name: str) -> None:
    faults = []
    for word, known in ((method, METHODS), (random_index, tuple(RANDOM_INDEX))):
        if word not in known:
            faults.append(Fault(name, "one of " + ", ".join(known), repr(word), nearest(word, known), "ahp"))
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not 1 <= len(a) <= 15:
        faults.append(Fault(name, "a square matrix of 1 to 15 rows", f"shape {a.shape}", kind="ahp"))
    elif not (np.isfinite(a) & (a > 0)).all():
        faults.append(Fault(name, "numbers above 0", f"{np.nanmin(a):g}", kind="ahp"))
    else:
        for i, j in np.argwhere(np.triu(np.abs(a * a.T - 1) > 0.01)):
            found = f"{a[i, j]:g} and {a[j, i]:g}"
            faults.append(
                Fault(
                    f"{name}, rows {i + 1} and {j + 1}",
                    "judgements that are each other's reciprocal" if i != j else "1 on the diagonal",
                    found if i != j else f"{a[i, i]:g}",
                    kind="ahp",
                )
            )
    if faults:
        raise DataError(faults)
