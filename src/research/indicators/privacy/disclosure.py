"""Disclosure control: which cells of a table are withheld, and the proof that the rest does not give them away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from research.errors import DataError, Fault, say


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


def rules(settings):
    """Rules out of an edition's settings.

    Examples
    --------
    >>> rules({"min_households": 5, "dominance_n": 1, "dominance_k": 80, "p_percent": 15})
    Rules(min_count=5, n=1, k=80, p=15)
    """
    return Rules(settings["min_households"], settings["dominance_n"], settings["dominance_k"], settings["p_percent"])


def reason(contributions, rule=None):
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
        raise DataError(Fault("contributions", say("numbers of 0 or more", "0或以上的数"),
                              say("a missing or negative one", "有缺失或负数"), kind="disclosure"))
    if len(x) < rule.min_count:
        return "count"
    total = x.sum()
    if total > 0 and x[: rule.n].sum() > rule.k / 100 * total:
        return "dominance"
    if total > 0 and len(x) > 1 and total - x[0] - x[1] < rule.p / 100 * x[0]:
        return "p_percent"
    return ""


def relations(table, totals):
    """The sums of a table: each total and the cells below it, as lists of row positions.

    Parameters
    ----------
    table : DataFrame
        One row a cell.
    totals : dict
        Column -> (value that stands for the total) or -> {total value: list of parts} for a hierarchy.

    Returns
    -------
    list of (int, list of int)
        Position of the total, positions of its parts.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"place": ["all", "a", "b"]})
    >>> relations(cells, {"place": "all"})
    [(0, [1, 2])]
    """
    columns, made = list(totals), []
    where = {key: i for i, key in enumerate(table[columns].itertuples(index=False, name=None))}
    for position, column in enumerate(columns):
        tree = totals[column]
        if not isinstance(tree, dict):
            tree = {tree: [v for v in dict.fromkeys(table[column]) if v != tree]}
        for key, i in where.items():
            if key[position] in tree:
                parts = [where.get((*key[:position], part, *key[position + 1:])) for part in tree[key[position]]]
                if parts and None not in parts:
                    made.append((i, parts))
    return made


def exposed(values, withheld, sums, p=10.0):
    """Withheld cells that anyone could work out from the rest, by linear programming.

    For each withheld cell the smallest and largest value are found that agree with all sums and with no cell
    below zero; the cell is exposed when either is nearer to it than `p` per cent.

    Parameters
    ----------
    values : array-like of shape (n,)
        All cells, 0 or more.
    withheld : array-like of bool
    sums : list
        As `relations` makes them.
    p : float
        Per cent of the cell's value that must stay uncertain on each side together.

    Returns
    -------
    list of int
        Positions of exposed cells.

    Examples
    --------
    >>> exposed([10, 4, 6], [False, True, False], [(0, [1, 2])])
    [1]
    >>> exposed([10, 4, 6], [False, True, True], [(0, [1, 2])])
    []
    """
    from scipy.optimize import linprog

    values, withheld = np.asarray(values, float), np.asarray(withheld, bool)
    hidden = np.flatnonzero(withheld)
    column = {cell: j for j, cell in enumerate(hidden)}
    rows, right = [], []
    for total, parts in sums:
        row, known = np.zeros(len(hidden)), 0.0
        for cell, sign in [(total, -1.0), *((c, 1.0) for c in parts)]:
            if withheld[cell]:
                row[column[cell]] += sign
            else:
                known -= sign * values[cell]
        if row.any():
            rows.append(row)
            right.append(known)
    if not rows:
        return []
    found = []
    for j, cell in enumerate(hidden):
        target = np.zeros(len(hidden))
        target[j] = 1.0
        ends = [linprog(s * target, A_eq=np.array(rows), b_eq=right, bounds=(0, None), method="highs")
                for s in (1, -1)]
        low = ends[0].fun if ends[0].status == 0 else 0.0
        high = -ends[1].fun if ends[1].status == 0 else np.inf
        if high - low <= p / 100 * max(values[cell], 1.0):
            found.append(int(cell))
    return found


def protect(table, value, primary, totals, rule=None):
    """Withhold further cells until no withheld cell can be worked out.

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

    Returns
    -------
    DataFrame
        With `withheld` (the reason, "secondary" for cells that protect others, "" for shown ones), and gaps
        in `value` wherever it is withheld.

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
    while True:
        hidden = why != ""
        open_cells = exposed(values, hidden, sums, rule.p)
        if not open_cells:
            break
        choice = _next(open_cells, values, hidden, sums)
        if choice is None:
            raise DataError(Fault("disclosure", say("cells that can be protected", "能够保护的单元格"),
                                  say(f"cell {open_cells[0]} cannot", f"单元格{open_cells[0]}无法保护"),
                                  say("merge it with a neighbour before publishing", "公布前请与相邻单元格合并"),
                                  "disclosure"))
        why[choice] = "secondary"
    out = table.assign(withheld=why)
    out[value] = out[value].astype(float).where(why == "")
    return out


def _next(exposed_cells, values, hidden, sums):
    """The shown cell to withhold next: in a sum that has one gap only; parts before totals, then one whose other
    sums have a gap already (so that gaps close to rectangles), then the smallest."""
    lines = [(total, *parts) for total, parts in sums]
    gaps = [sum(hidden[c] for c in line) for line in lines]
    near = [i for i, line in enumerate(lines) if any(c in line for c in exposed_cells)]
    single = [i for i in near if gaps[i] == 1] or near
    choices = []
    for i in single:
        for c in lines[i]:
            if not hidden[c]:
                fresh = sum(1 for j, line in enumerate(lines) if j != i and c in line and not gaps[j])
                choices.append((c == lines[i][0], fresh, values[c], c))
    choices = [c for c in choices if c[2] > 0] or choices  # a nought hides nothing
    return min(choices)[-1] if choices else None


def rounded(counts, base=5):
    """Counts to the nearest multiple of `base` (halves to the even one), as they may be published.

    Examples
    --------
    >>> rounded([1, 7, 13]).tolist()
    [0, 5, 15]
    """
    return (np.rint(np.asarray(counts, float) / base) * base).astype(int)
