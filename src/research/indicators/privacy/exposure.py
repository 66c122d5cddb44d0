"""What follows from the sums of a table: the withheld cells that anyone could work out, by linear programming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def relations(table: pd.DataFrame, totals: dict[str, dict[str, list[str]]]) -> Any:
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
                parts = [where.get((*key[:position], part, *key[position + 1 :])) for part in tree[key[position]]]
                if parts and None not in parts:
                    made.append((i, parts))
    return made


def exposed(
    values: np.ndarray,
    withheld: np.ndarray,
    sums: list[tuple[int, list[int]]],
    p: float = 10.0,
    known: tuple[np.ndarray, np.ndarray] | None = None,
    need: np.ndarray | None = None,
) -> list[int]:
    """Withheld cells that anyone could work out from the rest, by linear programming.

    For each withheld cell the smallest and largest value are sought that agree with all sums and with what is
    known of the cells; the cell is exposed when they are nearer to each other than it needs.

    Parameters
    ----------
    values : array-like of shape (n,)
        All cells, 0 or more.
    withheld : array-like of bool
    sums : list
        As `relations` makes them.
    p : float
        Per cent of a cell's value that must stay uncertain, where `need` does not say it.
    known : tuple of ndarray, optional
        Ends of what is known of each cell, as `ranges` gives them; default: that no cell is below zero.
    need : array-like of float, optional
        How far apart the ends must lie for each cell; 0 asks that the cell is not known exactly.

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
    >>> from research.indicators.privacy.disclosure import ranges
    >>> why = ["", "", "count", "count"]  # 12 = 10 + x + x, neither is empty: both are 1
    >>> exposed([12, 10, 1, 1], [w != "" for w in why], [(0, [1, 2, 3])], known=ranges([12, 10, 1, 1], why))
    [2, 3]
    """
    values, withheld = np.asarray(values, float), np.asarray(withheld, bool)
    hidden = np.flatnonzero(withheld)
    matrix, right = _system(values, hidden, sums)
    if not len(matrix):
        return []
    low, high = (np.zeros(len(values)), np.full(len(values), np.inf)) if known is None else known
    truth, bounds = values[hidden], np.column_stack([low[hidden], high[hidden]])
    need = p / 100 * np.maximum(truth, 1.0) if need is None else np.asarray(need, float)[hidden]
    need = np.maximum(need, 1e-6)
    reach = _Reach(matrix, right, bounds, truth)
    for target in np.random.default_rng(0).normal(size=(_SWEEPS, len(hidden))):
        if (reach.width() <= 0.999999 * need).sum() <= _SWEEPS:
            break
        reach.search(target)
    found = []
    for j in range(len(hidden)):
        for sign in (1.0, -1.0):
            if reach.width()[j] <= 0.999999 * need[j]:
                reach.search(sign * np.eye(len(hidden))[j])
        if reach.width()[j] <= 0.999999 * need[j]:
            found.append(int(hidden[j]))
    return found


_SWEEPS = 8
"""Searches in all directions at once, before cells are looked at one by one."""


class _Reach:
    """How far the withheld cells were seen to reach over all solutions found: most need no search of their own."""

    def __init__(self, matrix, right, bounds, truth):
        self.matrix, self.right, self.bounds = matrix, right, bounds
        self.least, self.most = truth.copy(), truth.copy()

    def width(self):
        return self.most - self.least

    def search(self, target):
        from scipy.optimize import linprog

        end = linprog(target, A_eq=self.matrix, b_eq=self.right, bounds=self.bounds, method="highs")
        if end.status == 0:
            self.least, self.most = np.minimum(self.least, end.x), np.maximum(self.most, end.x)
        elif end.status == 3 and np.count_nonzero(target) == 1:  # no end on this side
            cell = int(np.flatnonzero(target)[0])
            (self.least if target[cell] > 0 else self.most)[cell] = -np.inf if target[cell] > 0 else np.inf


def _system(values, hidden, sums):
    """The sums as equations of the withheld cells: matrix and right side."""
    column = {cell: j for j, cell in enumerate(hidden)}
    rows, right = [], []
    for total, parts in sums:
        row, known = np.zeros(len(hidden)), 0.0
        for cell, sign in [(total, -1.0), *((c, 1.0) for c in parts)]:
            if cell in column:
                row[column[cell]] += sign
            else:
                known -= sign * values[cell]
        if row.any():
            rows.append(row)
            right.append(known)
    return np.array(rows), right
