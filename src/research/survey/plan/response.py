"""What last year's survey tells of who will answer, with its own uncertainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, nearest, say, spot
from research.measures.columns import check_columns
from research.survey.weights.response import DISPOSITIONS

GONE = "NE"
"""Not eligible: neither an answer nor a refusal."""


def learn_response(
    frame: pd.DataFrame, code: str, stratum: str, *, psu: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Share of the asked that answered, by stratum, with its interval.

    Parameters
    ----------
    frame : DataFrame
        One row a household that was to be asked.
    code : str
        Column of AAPOR's outcome: "I" is an answer, "NE" (not eligible) does not count.
    stratum : str
    psu : str, optional
        Column of villages: households of one village answer alike, so that they tell less.
    level : float

    Returns
    -------
    DataFrame
        `stratum`, `asked`, `response`, `response_se`, `response_lower`, `response_upper`: the interval is Clopper and
        Pearson's for the number of households that tell as much as these (Korn & Graubard).

    Raises
    ------
    DataError
        With all faults: codes that are none, strata where nobody was eligible or answered.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24; AAPOR (2023), "Standard Definitions", 10th edition.

    Examples
    --------
    >>> rows = pd.DataFrame({"stratum": "x", "code": ["I"] * 8 + ["R"] * 2 + ["NE"]})
    >>> learn_response(rows, "code", "stratum").round(3).iloc[0, 1:].tolist()
    [10.0, 0.8, 0.133, 0.444, 0.975]
    """
    check_columns(frame, [code, stratum, *([psu] if psu else [])])
    codes = frame[code].fillna("").astype(str)
    faults = [
        Fault(
            spot("sample", row=frame.index[r], column=code),
            say("a disposition code", "结果代码"),
            repr(codes.iloc[r]),
            nearest(codes.iloc[r], DISPOSITIONS),
            kind="unknown",
        )
        for r in np.flatnonzero(~codes.isin(list(DISPOSITIONS)).to_numpy())
    ]
    able = frame[codes.ne(GONE).to_numpy()].assign(_yes=codes.eq("I").astype(float))
    text = say("one answer or more", "至少一户应答")
    faults += [
        Fault(spot("sample", item=str(s)), text, say("none", "没有"), kind="few")
        for s in sorted(set(frame[stratum]))
        if not able.loc[able[stratum] == s, "_yes"].any()
    ]
    if faults:
        raise DataError(faults)
    rows = [{"stratum": str(name), **_share(part, psu, level)} for name, part in able.groupby(stratum)]
    return pd.DataFrame(rows)


def _share(part: pd.DataFrame, psu: str | None, level: float) -> dict[str, float]:
    n, p = len(part), float(part["_yes"].mean())
    groups = part.index if psu is None else part[psu]
    off = (part["_yes"] - p).groupby(groups).sum()
    m = len(off)
    se = float(np.sqrt(m / (m - 1) * (off**2).sum())) / n if m > 1 else float(np.sqrt(p * (1 - p) / n))
    plain = float(np.sqrt(p * (1 - p) / max(n - 1, 1)))
    worth = n / max(1.0, (se / plain) ** 2) if plain else n
    tail = (1 - level) / 2
    low = float(scipy.stats.beta.ppf(tail, worth * p, worth * (1 - p) + 1))
    high = 1.0 if p == 1 else float(scipy.stats.beta.ppf(1 - tail, worth * p + 1, worth * (1 - p)))
    return {"asked": n, "response": p, "response_se": se, "response_lower": low, "response_upper": high}
