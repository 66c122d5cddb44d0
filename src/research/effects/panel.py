"""The panel that every design stands on: checked whole, all faults at once, before anything is estimated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, spot

__all__ = ["checked", "placebo_frame", "two_way"]


def checked(frame, *, outcome, time, start, unit=None, treated=None, covariates=(), balanced=False):
    """The rows needed, in order of unit and time, with columns y, t, post, unit and d (treated).

    Raises
    ------
    DataError
        Columns that are missing or hold text or gaps, a unit twice in a period, a unit that is treated only in
        some of its rows, a panel without both groups, or without periods on both sides of `start`.
    """
    wanted = [c for c in (outcome, time, unit, treated, *covariates) if c is not None]
    faults = [_fault("columns", f"a column {c!r}", "none", nearest(c, frame.columns)) for c in wanted
              if c not in frame.columns]
    if faults:
        raise DataError(faults)
    faults = [f for c in (outcome, time, *covariates) for f in _number_faults(frame, c)]
    if unit is not None:
        faults += [_fault("rows", "a unit in each row", f"none in row {i}") for i in _rows(frame[unit].isna())]
    if faults:
        raise DataError(faults)
    data = pd.DataFrame({"y": frame[outcome].astype(float), "t": frame[time].astype(float)}).reset_index(drop=True)
    data["post"] = (data["t"] >= start).astype(float)
    data["unit"] = frame[unit].to_numpy() if unit is not None else np.arange(len(frame))
    data["d"] = _flags(frame[treated]) if treated is not None else 0.0
    for column in covariates:
        data[f"x_{column}"] = frame[column].to_numpy(float)
    faults = list(_shape_faults(data, start, unit is not None, treated is not None, balanced))
    if faults:
        raise DataError(faults)
    return data.sort_values(["unit", "t"], kind="stable").reset_index(drop=True) if unit is not None else data


def _fault(place, expected, found, way_out=""):
    return Fault(place, expected, str(found), way_out, "effect-data")


def _rows(mask):
    return [int(i) for i in np.flatnonzero(np.asarray(mask))[:5]]


def _number_faults(frame, column):
    values = pd.to_numeric(frame[column], errors="coerce")
    bad = ~np.isfinite(values.to_numpy(float))
    for row in _rows(bad):
        yield _fault(spot(column=column, row=row), "a finite number", repr(frame[column].iloc[row]),
                     "leave the row out, or fill the gap and say so")


def _flags(column):
    values = pd.to_numeric(column, errors="coerce").to_numpy(float)
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        raise DataError([_fault(spot(column=column.name, row=i), "True or False", repr(column.iloc[i]))
                         for i in _rows(wrong)])
    return values


def _shape_faults(data, start, has_unit, has_treated, balanced):
    for side, mask in (("before", data["post"] == 0), ("from", data["post"] == 1)):
        if not mask.any():
            yield _fault("periods", f"rows {side} start ({start})", f"{data['t'].min():g} to {data['t'].max():g}")
    if has_treated and data["d"].nunique() < 2:
        yield _fault("units", "units with and without the measure", "only one kind", "an effect needs a comparison")
    if not has_unit:
        return
    twice = data.duplicated(["unit", "t"])
    for row in _rows(twice):
        yield _fault(spot(row=row), "one row a unit and period", f"{data['unit'][row]} twice in {data['t'][row]:g}")
    mixed = data.groupby("unit", sort=True)["d"].nunique()
    for name in mixed.index[mixed > 1][:5]:
        yield _fault(f"unit {name}", "treated in all its rows or in none", "both",
                     "`treated` marks the unit; `start` says from when")
    counts = data.groupby("unit", sort=True)["t"].nunique()
    if balanced and counts.nunique() > 1:
        few = counts.index[counts < counts.max()][:5]
        yield _fault("panel", "every unit in every period", f"{', '.join(map(str, few))} with gaps")


def two_way(data, columns):
    """Columns with unit and period effects taken out (Frisch, Waugh and Lovell), also in unbalanced panels."""
    dummies = np.column_stack([pd.get_dummies(data["unit"]).to_numpy(float),
                               pd.get_dummies(data["t"]).to_numpy(float)[:, 1:]])
    base, _ = np.linalg.qr(dummies)
    values = data[columns].to_numpy(float)
    return values - base @ (base.T @ values)


def placebo_frame(rows):
    """Checks as a frame: check, estimate, p, passed."""
    return pd.DataFrame(rows, columns=["check", "estimate", "p", "passed"]).astype({"passed": bool})
