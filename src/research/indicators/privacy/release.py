"""The door: every table of the survey passes here once, before anything is drawn, said, saved or packed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError, Fault, say
from research.indicators.aggregates import of_measure
from research.indicators.privacy import disclosure, withholding
from research.indicators.privacy.microdata import GROUPS, NAMES, WAY_OUT, Microdata, plain
from research.indicators.privacy.quantiles import guarded, rounded_counts, spreads, step_of, stepped

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.quantiles import Spread

COUNT = "low_households"
"""The measure that counts households; an indicator may state it too."""


def measures(
    edition: Edition, raw: pd.DataFrame | Microdata, cells: dict[tuple[str, int, str], Spread] | None = None
) -> pd.DataFrame:
    """Measures of the survey as they may be published.

    Parameters
    ----------
    edition : Edition
    raw : DataFrame
        As estimated (`survey_tables.measures`).
    cells : dict, optional
        As `quantiles.spreads` makes it, where it is at hand.

    Returns
    -------
    DataFrame
        Withheld cells are gaps and say so in `withheld`, shares of few households say in `below` how high they are at
        most; quantiles are nobody's income; tails stand on enough
        households; counts are multiples of the setting `round_base`.
    """
    raw = plain(raw)
    if raw.empty:
        return raw.assign(withheld=pd.Series(dtype=bool), below=pd.Series(dtype=float))
    rule = disclosure.rules(edition.settings)
    out = withholding.blank(raw, np.zeros(len(raw), bool))
    out = withholding.withhold(out, edition.withheld)
    out = withholding.withhold(out, edition.withheld_shares)
    out = guarded(_bounded(out, edition.withheld_shares), cells or spreads(edition), rule)
    return counts(edition, out.assign(caution=out["caution"] & ~out["withheld"]) if "caution" in out else out)


def _bounded(frame, hidden):
    """The frame with `below`: a limit that a withheld share lies under, where the rule that hides it gives one."""
    hidden = hidden[hidden["below"].notna()]
    limit = hidden.set_index([*withholding.KEY, "share"])["below"]
    about = frame.assign(share=frame["measure"].map({m: withholding.SHARES[m] for m in withholding.RATES}))
    found = limit.reindex(pd.MultiIndex.from_frame(about[[*withholding.KEY, "share"]])).to_numpy(float)
    return frame.assign(below=np.where(frame["withheld"], found, np.nan))


def sources(edition: Edition, raw: pd.DataFrame) -> pd.DataFrame:
    """Income by source as it may be published."""
    raw = plain(raw)
    if raw.empty:
        return raw.assign(withheld=pd.Series(dtype=bool))
    out = withholding.withhold(withholding.blank(raw, np.zeros(len(raw), bool)), edition.withheld)
    return counts(edition, withholding.withhold(out, edition.withheld_sources))


def counts(edition: Edition, frame: pd.DataFrame) -> pd.DataFrame:
    """Counts of households to multiples of `round_base`, and shares of the data to whole per cent."""
    base = edition.settings["round_base"]
    frame = rounded_counts(frame, base)
    if "coverage" in frame:
        frame["coverage"] = frame["coverage"].astype(float).round(2)
    if "measure" in frame:
        low = frame["measure"].isin([COUNT, of_measure(edition.indicators, COUNT)])
        frame[low.to_numpy()] = rounded_counts(frame[low.to_numpy()], base, ("value", "lower", "upper"))
    return _losses(frame, base) if "n_negative" in frame else frame


def _losses(frame, base):
    """Households with a loss to multiples of `base`, and the persons they stand for to a step just as coarse."""
    there = np.flatnonzero(frame["n_negative"].gt(0))
    made = frame[["n_negative", "weight_negative"]].to_numpy(float, copy=True)
    for i in there:
        n, weight = made[i]
        made[i] = disclosure.rounded([n], base)[0], stepped(weight, step_of(2 * base * weight / n))
    frame[["n_negative", "weight_negative"]] = made
    return frame


SURVEY = (
    "measures",
    "sources",
    "curves",
    "gaps",
    "small_area",
    "comparisons",
    "extremes",
    "place_spread",
    "catching_up",
    "inequality_parts",
)
"""Tables of the survey: written and packed only with the seal of this room."""


def sealed(tables: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Tables that went through this room, each with its mark: what has none is neither written nor packed.

    Parameters
    ----------
    tables : dict of DataFrame
        The caller vouches that each was made of what `measures`, `sources`, `curves.table`, `group_ratio` and
        `small_area` let pass.

    Returns
    -------
    dict of DataFrame
    """
    out = {name: plain(table) for name, table in tables.items()}
    for table in out.values():
        table.attrs["sealed"] = _seal(table)
    return out


def _seal(table):
    """A checksum of what a table says: pandas carries marks over to what is made of a table, and then it is another."""
    rows = pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy()
    return hashlib.sha256(",".join(map(str, table.columns)).encode() + rows.tobytes()).hexdigest()


def refuse_unsealed(tables: dict[str, pd.DataFrame]) -> None:
    """Refuse to write tables of households, and survey tables that did not pass this room.

    Parameters
    ----------
    tables : dict of DataFrame

    Raises
    ------
    DataError
        Naming each.

    Examples
    --------
    >>> refuse_unsealed({"sources": pd.DataFrame({"mean": [1.0]})})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    research.core.faults.DataError: table sources: expected a table that passed the disclosure room, ...
    """
    faults = []
    for name, table in tables.items():
        if isinstance(table, Microdata) or NAMES & set(map(str, table.columns)):
            faults.append(
                Fault(
                    f"table {name}",
                    GROUPS,
                    say(
                        "rows of households or sums of them that no rule has seen",
                        "住户的逐行数据，或未经规则检查的合计",
                    ),
                    kind="microdata",
                )
            )
        elif name in SURVEY and table.attrs.get("sealed") != _seal(table):
            faults.append(
                Fault(
                    f"table {name}",
                    say("a table that passed the disclosure room", "经过披露检查的表"),
                    say("one that did not", "未经检查的表"),
                    kind="disclosure",
                )
            )
    if faults:
        raise DataError(faults)


def group_ratio(edition: Edition, rows: pd.DataFrame | Microdata, group: str) -> pd.DataFrame:
    """The ratio of a group of places to the district by year: a gap where the group's cell is withheld."""
    rows, hidden = plain(rows), edition.withheld
    gone = hidden[hidden["place"].isin([f"group:{group}", edition.district]) & hidden["residence"].eq("all")]["year"]
    rows = withholding.blank(rows, rows["year"].isin(gone).to_numpy())
    return counts(edition, rows[rows["value"].notna()]).drop(columns="withheld")


SMOOTH = ("mean", "gini", "theil", "mean_log_deviation", "generalized_entropy", "atkinson", "hoover", "total")
"""Measures to which every household of a group adds something: safe where the group is large enough."""


def groups(edition: Edition, table: Any) -> Any:
    """A table of measures of groups of households that anyone made, as it may be published.

    Parameters
    ----------
    edition : Edition
    table : DataFrame
        As `research.measures.table` makes it of `edition.households`: measure, value, n, and the groups.

    Returns
    -------
    DataFrame
        Groups of fewer households than the least count are gaps, counts are rounded; status and source are those of
        the survey. Its groups must not overlap with
        those of the built tables so that a difference of the two is a small group: that only their maker can see.

    Raises
    ------
    DataError
        For a frame of another kind, and for measures that stand on few households of a group (medians, shares of
        the top, head-counts): of these the built tables hold what may be published.
    """
    table = plain(table)
    lacks = [c for c in ("measure", "value", "n") if c not in table]
    unsafe = [] if lacks else sorted(set(table["measure"].astype(str)) - set(SMOOTH))
    if lacks or unsafe:
        raise DataError(
            Fault(
                "edition.publish",
                say(
                    f"a table of measures ({', '.join(SMOOTH)}) with value and n",
                    f"含value、n的测度表（{'、'.join(SMOOTH)}）",
                ),
                say(f"no column {', '.join(lacks)}", f"没有列{'、'.join(lacks)}") if lacks else ", ".join(unsafe),
                WAY_OUT,
                kind="disclosure",
            )
        )
    few = table["n"].to_numpy(float) < edition.settings["min_households"]
    out = table.assign(value=table["value"].astype(float).where(~few), n=table["n"].astype(float).where(~few))
    out = out.drop(columns=[c for c in ("weight_sum",) if c in out])
    status, source = weakest(edition.households["status"].unique()), edition.meta.get("source", "住户调查")
    out = out.assign(status=status, source=source)
    return rounded_counts(out, edition.settings["round_base"])


def whole_places(edition: Edition, rows: Microdata) -> pd.DataFrame:
    """Rows of the places whose own cells are published in every year of the survey."""
    rows, hidden = plain(rows), edition.withheld
    return rows[~rows["place"].isin(hidden.loc[hidden["residence"].eq("all"), "place"])].reset_index(drop=True)


def sample_counts(edition: Edition, counts: list[int]) -> list[str]:
    """Counts of sample households of places as texts: multiples of `round_base`, and only that there are few.

    Parameters
    ----------
    edition : Edition
    counts : iterable of int

    Returns
    -------
    list of str

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> sample_counts(open_edition("2024"), [0, 3, 42])
    ['0', '10以下', '40']
    """
    least, base = edition.settings["min_households"], edition.settings["round_base"]
    return [
        str(n) if n == 0 else f"{least}以下" if n < least else str(int(disclosure.rounded([n], base)[0]))
        for n in counts
    ]


def small_area(frame: pd.DataFrame | Microdata, published: pd.DataFrame) -> pd.DataFrame:
    """Small-area estimates as they may be published.

    Where the direct estimate is withheld only the model's is there: weight, direct figure and model together would
    give it away. It is rounded by its error, and so far that a household more or less behind the direct estimate
    makes no difference even to someone who knows the weight and the rest of the model.

    Parameters
    ----------
    frame : DataFrame
        As `small_areas.small_area` makes it.
    published : DataFrame
        As `measures` gives it.

    Returns
    -------
    DataFrame
        With a column `withheld`: whether the direct estimate is.
    """
    frame = plain(frame)
    if frame.empty:
        return frame.assign(withheld=pd.Series(dtype=bool))
    rows = published[published["residence"].eq("all")].set_index(["place", "year", "measure"])["withheld"]
    gone = rows.reindex(pd.MultiIndex.from_frame(frame[["place", "year", "measure"]])).fillna(False).to_numpy(bool)
    frame = frame.assign(withheld=gone)
    n = published[published["measure"].eq("mean_income") & published["residence"].eq("all")]
    n = n.set_index(["place", "year"])["n"].reindex(pd.MultiIndex.from_frame(frame[["place", "year"]])).to_numpy(float)
    one = np.where(frame["unit"].eq("比重") & (n > 0), 2 * frame["gamma"].astype(float) / n, 0.0)
    frame.loc[gone, ["direct", "se_direct", "gamma", "area", "se_area", "unit_level", "se_unit", "residual"]] = np.nan
    frame.loc[gone, "chosen"] = "model"
    frame.loc[gone, "reason"] = "withheld"
    for i in np.flatnonzero(gone):
        step = max(step_of(frame["se_eblup"].iloc[i]), disclosure.round_up(one[i]) if one[i] > 0 else 0.0)
        own = step_of(frame["se_eblup"].iloc[i])  # an error is not rounded to none
        made = [stepped(frame["eblup"].iloc[i], step), stepped(frame["se_eblup"].iloc[i], own)]
        frame.loc[frame.index[i], ["eblup", "se_eblup", "value", "se"]] = [*made, *made]
    return frame
