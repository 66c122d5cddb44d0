"""Disclosure control: which cells of a table are withheld, and the proof that the rest does not give them away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from research.errors import DataError, Fault, say
from research.indicators.privacy.exposure import exposed, relations

if TYPE_CHECKING:
    import pandas as pd

    from research.indicators.privacy.microdata import MicrodataColumn


@dataclass(frozen=True)
class Rules:
    """The rules of one year, as the settings give them.

    Parameters
    ----------
    min_count : int
        Fewest households behind a published cell.
    n, k : int, float
        Withheld when the `n` largest contribute more than `k` per cent.
    p : float
        Withheld when the second largest could guess the largest to within `p` per cent.
    """

    min_count: int = 10
    n: int = 2
    k: float = 85.0
    p: float = 10.0


def rules(settings: dict[str, Any]) -> Rules:
    """Rules out of an edition's settings.

    Examples
    --------
    >>> rules({"min_households": 5, "dominance_n": 1, "dominance_k": 80, "p_percent": 15})
    Rules(min_count=5, n=1, k=80, p=15)
    """
    return Rules(settings["min_households"], settings["dominance_n"], settings["dominance_k"], settings["p_percent"])


def reason(contributions: np.ndarray, rule: Rules | None = None) -> str:
    """Why a cell must be withheld: "count", "dominance", "p_percent", or "" when it may be shown.

    Parameters
    ----------
    contributions : array-like of shape (n,)
        What each household adds to the cell, 0 or more.
    rule : Rules, optional

    Returns
    -------
    str

    Raises
    ------
    DataError
        For a contribution that is missing or below zero.

    Examples
    --------
    >>> reason([100] * 12), reason([100] * 9), reason([900, 90] + [1] * 20)
    ('', 'count', 'dominance')
    """
    rule = rule or Rules()
    x = np.sort(np.asarray(contributions, float))[::-1]
    if len(x) and not (np.isfinite(x).all() and x[-1] >= 0):
        raise DataError(
            Fault(
                "contributions",
                say("numbers of 0 or more", "0或以上的数"),
                say("a missing or negative one", "有缺失或负数"),
                kind="disclosure",
            )
        )
    if len(x) < rule.min_count:
        return "count"
    total = x.sum()
    if total > 0 and x[: rule.n].sum() > rule.k / 100 * total:
        return "dominance"
    if total > 0 and len(x) > 1 and total - x[0] - x[1] < rule.p / 100 * x[0]:
        return "p_percent"
    return ""


def ranges(values: np.ndarray, why: np.ndarray, rule: Rules | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What an intruder knows of each withheld cell before any sum: the range of the rule that hides it.

    Parameters
    ----------
    values : array-like of shape (n,)
    why : array-like of str
        Reasons, as `protect` gives them; "" for shown cells.
    rule : Rules, optional

    Returns
    -------
    tuple of ndarray
        Lower and upper ends. A cell withheld for its count holds at least one (unless noughts are withheld with
        them in this table) and less than the least count; one that protects others holds the least count or more.

    Examples
    --------
    >>> low, high = ranges([3, 40, 7], ["count", "secondary", ""])
    >>> low.tolist(), high.tolist()
    ([1.0, 10.0, 0.0], [9.0, inf, inf])
    """
    rule = rule or Rules()
    values, why = np.asarray(values, float), np.asarray(why, object)
    low, high = np.zeros(len(values)), np.full(len(values), np.inf)
    few = (why == "count") & (values < rule.min_count)
    low[few] = 1.0 if (values[few] > 0).all() else 0.0
    high[few] = rule.min_count - 1
    low[(why == "secondary") & (values >= rule.min_count)] = rule.min_count
    return low, high


def open_unions(
    values: np.ndarray,
    withheld: np.ndarray,
    sums: list[tuple[int, list[int]]],
    rule: Rules | None = None,
    contributions: Callable[..., Any] | None = None,
) -> list[list[int]]:
    """Lines whose withheld cells are together a cell that must not be shown: total less the shown parts.

    Parameters
    ----------
    values, withheld, sums
        As in `exposed`.
    rule : Rules, optional
    contributions : callable, optional
        Positions of cells -> what each household adds to them together, for the rules of dominance; or a list of
        such, one for each amount that is published of them.

    Returns
    -------
    list of list of int
        The withheld cells of each such line.

    Examples
    --------
    >>> open_unions([60, 3, 4, 53], [False, True, True, False], [(0, [1, 2, 3])])
    [[1, 2]]
    """
    rule, found = rule or Rules(), []
    for total, parts in sums:
        gone = [c for c in parts if withheld[c]]
        if withheld[total] or not gone:
            continue
        few = sum(values[c] for c in gone) < rule.min_count
        if few or (contributions is not None and _any_reason(contributions(gone), rule)):
            found.append(gone)
    return found


def _any_reason(parts, rule):
    return any(reason(part, rule) for part in (parts if isinstance(parts, list) else [parts]))


def protect(
    table: pd.DataFrame,
    value: str,
    primary: str,
    totals: dict[str, dict[str, list[str]]],
    rule: Rules | None = None,
    contributions: Callable[..., Any] | None = None,
) -> pd.DataFrame:
    """Withhold further cells until no withheld cell, nor any union of them along a line, can be worked out.

    Cells are added one by one where a line is open; then each that is not needed after all is shown again, the
    largest first, so that little is withheld.

    Parameters
    ----------
    table : DataFrame
        One row a cell, totals included.
    value : str
        Column of the cells' values, 0 or more.
    primary : str
        Column of reasons, empty where the cell may be shown.
    totals : dict
        As in `relations`.
    rule : Rules, optional
    contributions : callable, optional
        As in `open_unions`.

    Returns
    -------
    DataFrame
        With `withheld` (the reason, "secondary" for cells that protect others, "" for shown ones), and gaps
        in `value` wherever it is withheld.

    Raises
    ------
    DataError
        When a cell cannot be protected by withholding others.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"place": ["all", "a", "b", "c"], "value": [60, 3, 20, 37], "why": ["", "count", "", ""]})
    >>> protect(cells, "value", "why", {"place": "all"})["withheld"].tolist()
    ['', 'count', 'secondary', '']
    """
    rule = rule or Rules()
    values, why = table[value].to_numpy(float), table[primary].fillna("").to_numpy(object).copy()
    sums = relations(table, totals)
    loose = told_by_rule(values, why, sums, rule)
    while faults := _open(values, why, sums, rule, contributions, loose):
        choice = _next(faults, values, why != "", sums)
        if choice is None:
            raise DataError(
                Fault(
                    "disclosure",
                    say("cells that can be protected", "能够保护的单元格"),
                    say(f"cell {faults[0]} cannot", f"单元格{faults[0]}无法保护"),
                    say("merge it with a neighbour before publishing", "公布前请与相邻单元格合并"),
                    "disclosure",
                )
            )
        why[choice] = "secondary"
    for cell in sorted(np.flatnonzero(why == "secondary"), key=lambda c: -values[c]):
        why[cell] = ""
        if _open(values, why, sums, rule, contributions, loose):
            why[cell] = "secondary"
    out = table.assign(withheld=why)
    out[value] = out[value].astype(float).where(why == "")
    return out


def told_by_rule(values: np.ndarray, why: np.ndarray, sums: Any, rule: Rules) -> list[Any]:
    """Cells that their rules' ranges would give away though every cell were withheld (x = y + z, all below three).

    What is published does not say which rule hides a cell, so for these the upper end of the range is not known.
    """
    few = why == "count"
    if not few.any() or (values[few] == 0).any():  # where noughts are withheld too, each may be more
        return []
    every, need = np.ones(len(values), bool), _need(values, why, rule)
    found = exposed(values, every, sums, rule.p, ranges(values, why, rule), need)
    return [cell for cell in found if why[cell] == "count"]


def _need(values, why, rule):
    """How uncertain each cell must stay: a small count by `p` per cent and by one at least, so that a second whole
    number fits; any other cell must not be known exactly (its amounts are guarded by the rule for unions)."""
    return np.where(why == "count", np.maximum(rule.p / 100 * values, 1.0), 0.0)


def still_open(
    values: np.ndarray, why: np.ndarray, sums: list[tuple[int, list[int]]], rule: Rules | None = None
) -> list[Any]:
    """Withheld cells that the sums and the rules' ranges give away.

    Parameters
    ----------
    values, sums, rule
        As in `exposed`.
    why : array-like of str
        Reasons, "" for shown cells.

    Returns
    -------
    list of int
    """
    rule = rule or Rules()
    why = np.asarray(why, object)
    return _by_search(values, why, sums, rule, told_by_rule(values, why, sums, rule))


def _by_search(values, why, sums, rule, loose):
    low, high = ranges(values, why, rule)
    high[list(loose)] = np.inf
    return exposed(values, why != "", sums, rule.p, (low, high), _need(values, why, rule))


def _open(values, why, sums, rule, contributions, loose=()):
    """Cells of open unions, and exposed ones."""
    hidden = why != ""
    if not hidden.any():
        return []
    unions = open_unions(values, hidden, sums, rule, contributions)
    return [c for line in unions for c in line] or _by_search(values, why, sums, rule, loose)


def _next(exposed_cells, values, hidden, sums):
    """The shown cell to withhold next: in a sum with the fewest gaps; parts before totals, then one whose other
    sums have a gap already (so that gaps close to rectangles), then the smallest."""
    lines = [(total, *parts) for total, parts in sums]
    gaps = [sum(hidden[c] for c in line) for line in lines]
    near = [i for i, line in enumerate(lines) if any(c in line for c in exposed_cells) and not hidden[list(line)].all()]
    single = [i for i in near if gaps[i] == 1] or near
    choices = []
    for i in single:
        for c in lines[i]:
            if not hidden[c]:
                fresh = sum(1 for j, line in enumerate(lines) if j != i and c in line and not gaps[j])
                choices.append((c == lines[i][0], fresh, values[c], c))
    choices = [c for c in choices if c[2] > 0] or choices  # a nought hides nothing
    return min(choices)[-1] if choices else None


def second_gap(count: Any, gone: Any, least: Any) -> Any:
    """Gaps of a line of cells whose total is known, with those that they need beside them.

    For tables that somebody makes in passing; the built tables are protected by `protect`, which withholds less.

    Parameters
    ----------
    count : array of int, shape (cells,)
        Households behind each cell; cells of 0 protect nothing.
    gone : array of bool, shape (cells,)
        Cells that are withheld for themselves.
    least : int
        Fewest households behind a number.

    Returns
    -------
    ndarray of bool
        With the smallest further cells, until two or more are withheld, of `least` households or more together.

    Examples
    --------
    >>> second_gap([3, 40, 20], [True, False, False], 10).tolist()
    [True, False, True]
    """
    count, gone = np.asarray(count), np.array(gone, bool)
    left = [i for i in np.argsort(count, kind="stable") if not gone[i] and count[i] > 0]
    while gone.any() and left and (gone.sum() < 2 or count[gone].sum() < least):
        gone[left.pop(0)] = True
    return gone


def rounded(counts: pd.Series | MicrodataColumn | list[int], base: int = 5) -> np.ndarray:
    """Counts to the nearest multiple of `base` (halves to the even one), as they may be published.

    Examples
    --------
    >>> rounded([1, 7, 13]).tolist()
    [0, 5, 15]
    """
    return (np.rint(np.asarray(counts, float) / base) * base).astype(int)


def round_up(value: float) -> float:
    """The next number of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> round_up(0.034), round_up(0.2), round_up(613)
    (0.05, 0.2, 1000.0)
    """
    whole = 10.0 ** np.floor(np.log10(value))
    return float(np.round(min(m for m in (1, 2, 5, 10) if m * whole >= value * (1 - 1e-12)) * whole, 12))
