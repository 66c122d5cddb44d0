"""Whether two answers hang together: Pearson's statistic, corrected for the design after Rao and Scott."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures.columns import check_columns

if TYPE_CHECKING:
    from research.core.kinds import Floats
    from research.survey.estimates.sample import Sample


def independence(sample: Sample, rows: str, columns: str) -> dict[str, float]:
    """Test of independence of two columns of categories.

    Parameters
    ----------
    sample : Sample
    rows, columns : str

    Returns
    -------
    dict
        `statistic` (F), `ndf`, `ddf`, `p_value`, `pearson` (uncorrected, of as many rows), `mean_deff`.

    Raises
    ------
    DataError
        For a column with one answer only.

    References
    ----------
    Rao & Scott (1984), Annals of Statistics 12; Thomas & Rao (1987), JASA 82 (F with Satterthwaite's degrees).

    Examples
    --------
    >>> import pandas as pd
    >>> from research.survey.estimates import Sample
    >>> frame = pd.DataFrame({"a": list("xxyyxy" * 5), "b": list("uvuvuv" * 5), "w": 1.0})
    >>> round(independence(Sample(frame, "w"), "a", "b")["p_value"], 3)
    0.083
    """
    check_columns(sample.frame, [rows, columns])
    frame = sample.frame
    a, b = (sorted(frame[c].dropna().unique()) for c in (rows, columns))
    lone = [c for c, levels in ((rows, a), (columns, b)) if len(levels) < 2]
    if lone:
        text = say("two answers or more", "至少两种答案")
        raise DataError([Fault(spot(column=c), text, say("one", "一种"), kind="single") for c in lone])
    used = (frame[rows].notna() & frame[columns].notna()).to_numpy()
    w = np.where(used, sample.weights, 0.0)
    whole, n = float(w.sum()), int(used.sum())
    cells = np.column_stack([((frame[rows] == i) & (frame[columns] == j)).to_numpy(float) for j in b for i in a])
    p = (w @ cells) / whole
    v = sample.covariance(np.where(used[:, None], cells - p, 0.0) / whole)
    contrasts = _interaction(len(a), len(b))
    inverse = np.where(p > 0, 1 / np.where(p > 0, p, 1), 0.0)
    simple = contrasts.T @ (inverse[:, None] / n * contrasts)
    real = (contrasts * inverse[:, None]).T @ v @ (contrasts * inverse[:, None])
    delta = np.linalg.solve(simple, real)
    trace = float(np.trace(delta))
    ndf = trace**2 / float(np.trace(delta @ delta))
    table = p.reshape(len(b), len(a)).T
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = float(n * ((table - expected) ** 2 / expected).sum())
    f, ddf = pearson / trace, ndf * sample.units.degrees
    return {
        "statistic": f,
        "ndf": ndf,
        "ddf": ddf,
        "p_value": float(scipy.stats.f.sf(f, ndf, ddf)),
        "pearson": pearson,
        "mean_deff": trace / ((len(a) - 1) * (len(b) - 1)),
    }


def _interaction(a: int, b: int) -> Floats:
    """What the table's cells say beyond rows and columns; rows vary fastest."""
    i, j = np.tile(np.arange(a), b), np.repeat(np.arange(b), a)
    one = np.column_stack([np.ones(a * b), *[(i == k) for k in range(1, a)], *[(j == k) for k in range(1, b)]])
    both = np.column_stack([(i == k) & (j == m) for m in range(1, b) for k in range(1, a)]).astype(float)
    q, _ = np.linalg.qr(one.astype(float))
    return np.asarray(both - q @ (q.T @ both), float)
