"""The one policy on awkward values: what a measure takes, what it refuses, and in which words.

Zeros are taken as each measure defines them. Missing and infinite values, weights below zero, weights that
add up to nothing, unequal lengths, tables where a list is meant and texts where numbers are meant are
refused, all at once, each by name and position (counted from 0, as Python counts).

Values below zero - net losses are real: revenue less cost - are refused unless `negatives` says otherwise:
"zero" counts them as 0, "drop" leaves them out (both warn, with number and share of weight), "keep" takes them
where the measure's definition allows it: then a Gini or a share can pass 1, and a relative index asks for a mean
above 0.

A value within one part in 10^12 of a line is on the line, not below it: 55% of a median of 100 is 55, whatever
the last digit of the product.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from research.core.faults import DataError, Fault, nearest, spot

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from research.core.faults import Place
    from research.core.kinds import Floats, Ints


LISTED = 20  # faults of one kind that are listed one by one; the rest are counted

Negatives = Literal["refuse", "zero", "drop", "keep"]
Zeros = Literal["refuse", "drop", "keep"]
Missing = Literal["refuse", "drop"]
Undefined = Literal["refuse", "gap"]
ON_LINE = 1e-12
"""Share of a line within which a value is on it."""

_WAYS_OUT = {
    "missing": "drop or fill gaps before measuring; a gap is not a zero",
    "infinite": "look for a division by zero upstream",
    "negative": "say negatives='zero', 'drop' or 'keep', or measure another income",
    "weight": "a weight counts the persons a value stands for",
    "text": "turn texts into numbers first",
}


class ZerosDropped(UserWarning):
    """Zeros were left out on request.

    Parameters
    ----------
    measure : str
        Who left them out.
    share : float
        Share of weight that they held, 0 to 1.
    """

    def __init__(self, measure: str, share: float) -> None:
        self.share = share
        super().__init__(f"{measure}: zeros dropped, {share:.2%} of the weight")


class NegativesChanged(UserWarning):
    """Values below zero were counted as zeros, or left out, on request.

    Parameters
    ----------
    rule : str
        "zero" or "drop".
    count : int
        How many.
    share : float
        Share of weight that they held, 0 to 1.
    """

    def __init__(self, rule: str, count: int, share: float) -> None:
        self.rule, self.count, self.share = rule, count, share
        did = "counted as 0" if rule == "zero" else "left out"
        super().__init__(f"{count} values below 0 {did}, {share:.2%} of the weight")


def below(x: Any, line: Any) -> Any:
    """Whether values are below a line; those within rounding of it are on it.

    Examples
    --------
    >>> bool(below(55.0, 0.55 * 100)), bool(below(54.9, 0.55 * 100))
    (False, True)
    """
    return x < line - ON_LINE * np.abs(line)


def beyond(x: Any, line: Any) -> Any:
    """Whether values are above a line; those within rounding of it are on it."""
    return x > line + ON_LINE * np.abs(line)


def unkept(measure: str) -> DataError:
    """The error of a measure that has no value with numbers below 0."""
    way_out = "say negatives='zero' or 'drop'; gini_normalised and the poverty measures take them"
    return DataError(
        Fault(measure, "values of 0 or more", "values below 0, for which it is not defined", way_out, kind="negative")
    )


def check(
    values: ArrayLike, weights: ArrayLike | None = None, *, name: str | Place = "values", negatives: bool = False
) -> tuple[Floats, Floats | None]:
    """Values and weights as clean float arrays.

    Parameters
    ----------
    values : array-like of shape (n,)
        Numbers, one unit throughout.
    weights : array-like of shape (n,), optional
        Persons each value stands for.
    name : str
        What messages call the values.
    negatives : bool
        Whether values below zero are taken.

    Returns
    -------
    tuple of (ndarray, ndarray or None)
        Both float64 and finite.

    Raises
    ------
    DataError
        With every fault of both, named by position.

    Examples
    --------
    >>> check([1, -2, None])
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: 2 faults:
      values[2]: expected a number, found nothing (drop or fill gaps before measuring; a gap is not a zero)
      values[1]: expected a number of 0 or more, found -2.0 (say negatives='zero', \
'drop' or 'keep', or measure another income)
    """
    faults: list[Fault] = []
    x = _vector(values, name, negatives, faults)
    w = None if weights is None else _vector(weights, "weights", False, faults, weight=True)
    if x is not None and w is not None and len(x) != len(w):
        faults.append(Fault("weights", f"{len(x)} entries, one for each of {name}", f"{len(w)} entries", kind="length"))
    if not faults and w is not None and w.max() == 0:
        faults.append(Fault("weights", "a sum above 0", "a sum of 0", _WAYS_OUT["weight"], kind="weight"))
    if faults or x is None:
        raise DataError(faults)
    return x, w


def _vector(
    values: ArrayLike, name: str | Place, negatives: bool, faults: list[Fault], weight: bool = False
) -> Floats | None:
    """A 1-d float64 array, or None; what is wrong is appended to `faults`."""
    array = _as_array(values)
    if array.ndim != 1:
        found = "a single value" if array.ndim == 0 else f"{array.ndim} dimensions of shape {array.shape}"
        found = "rows of unequal length" if array.shape == (0, 0) else found
        faults.append(Fault(name, "a one-dimensional list of numbers", found, "pass one column", kind="shape"))
        return None
    if array.size == 0:
        faults.append(Fault(name, "at least one number", "an empty list", kind="empty"))
        return None
    numeric = array.dtype.kind in "iuf"
    array = array.astype(np.float64, copy=False) if numeric else _parse(array, name, faults)
    low, high = array.min(), array.max()  # both are nan where anything is
    if (low >= 0 or (negatives and low > -np.inf)) and high < np.inf:
        return array
    _list_bad(array, name, negatives, faults, weight)
    return array


def _as_array(values: ArrayLike) -> NDArray[Any]:
    """The values as numpy sees them, but numbers beside texts stay numbers, and ragged lists stay lists."""
    try:
        array = np.asarray(values)
    except ValueError:
        return np.empty((0, 0))
    return np.asarray(values, dtype=object) if array.dtype.kind in "US" else array


def _parse(array: NDArray[Any], name: str | Place, faults: list[Fault]) -> Floats:
    """Numbers out of an array of objects; texts, truth values and dates are faults, not numbers."""
    out = np.empty(len(array))
    bad = []
    for i, item in enumerate(array.tolist() if array.dtype.kind != "M" else array):
        if _is_gap(item):
            out[i] = np.nan
            continue
        out[i] = 0.0  # a fault is told once, as what it is
        if isinstance(item, (str, bytes, bool, complex, np.datetime64)):
            bad.append((i, item))
            continue
        try:
            out[i] = float(item)
        except (TypeError, ValueError, OverflowError):
            bad.append((i, item))
    _append(faults, name, bad, "a number", "text", _WAYS_OUT["text"])
    return out


def _is_gap(item: object) -> bool:
    return item is None or type(item).__name__ in ("NAType", "NaTType") or (isinstance(item, float) and item != item)


def _list_bad(array: NDArray[Any], name: str | Place, negatives: bool, faults: list[Fault], weight: bool) -> None:
    kinds = [
        ("missing", np.isnan(array), "a number", lambda v: "nothing"),
        ("infinite", np.isinf(array), "a finite number", repr),
    ]
    if not negatives:
        kinds.append(("negative", (array < 0) & np.isfinite(array), "a number of 0 or more", repr))
    for kind, mask, expected, show in kinds:
        where = np.flatnonzero(mask)
        bad = [(int(i), array[i].item()) for i in where[:LISTED]]
        way = _WAYS_OUT["weight" if weight and kind == "negative" else kind]
        _append(faults, name, bad, expected, kind, way, show, len(where))


def _append(
    faults: list[Fault],
    name: str | Place,
    bad: Sequence[tuple[int, Any]],
    expected: str,
    kind: str,
    way_out: str,
    show: Callable[[Any], str] = repr,
    count: int | None = None,
) -> None:
    count = len(bad) if count is None else count
    for i, item in bad[:LISTED]:
        faults.append(Fault(spot(name, index=i), expected, show(item), way_out, kind=kind))
    if count > LISTED:
        faults.append(Fault(name, expected, f"{count - LISTED} more of the same fault", way_out, kind=kind))


def zeros(measure: str, positions: Ints) -> DataError:
    """The error of a measure that has no value at zero, naming the first positions."""
    faults: list[Fault] = []
    expected = f"a number above 0 ({measure} takes a logarithm or an inverse)"
    way_out = f"or say zeros='drop' - in `table` and `Design` as ({measure!r}, {{'zeros': 'drop'}}) -; the share "
    way_out += "dropped is reported"
    shown = [(int(i), 0.0) for i in positions[:LISTED]]
    _append(faults, "values", shown, expected, "zero", way_out, count=len(positions))
    return DataError(faults)


def undefined(measure: str, why: str, way_out: str = "") -> DataError:
    """The error of a measure that has no value on these data, such as a Gini of nothing but zeros.

    Examples
    --------
    >>> raise undefined("gini", "all values are zero")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: gini: expected data on which it is defined, found all values are zero
    """
    return DataError(Fault(measure, "data on which it is defined", why, way_out, kind="undefined"))


def number(
    value: Any,
    name: str | Place,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """A parameter as a float within its range, ends included unless said open.

    Raises
    ------
    DataError
        Naming the parameter, its range and what was found.

    Examples
    --------
    >>> number(0.5, "q", 0, 1)
    0.5
    """
    expected = f"a number {'above' if open_low else 'from'} {low:g} {'below' if open_high else 'to'} {high:g}"
    if low == -np.inf and high == np.inf:
        expected = "a number"
    elif high == np.inf:
        expected = f"a number above {low:g}" if open_low else f"a number of {low:g} or more"
    try:
        if isinstance(value, (str, bool)):
            raise TypeError
        result = float(value)
    except (TypeError, ValueError):
        raise DataError(Fault(name, expected, "nothing" if value is None else repr(value), kind="parameter")) from None
    too_low = result < low or (open_low and result == low)
    too_high = result > high or (open_high and result == high)
    if not np.isfinite(result) or too_low or too_high:
        raise DataError(Fault(name, expected, repr(value), kind="parameter"))
    return result


def moderate(values: Floats, name: str | Place) -> None:
    """Refuse numbers whose squares leave the range of doubles, where a variance in their unit is asked for.

    Raises
    ------
    DataError
        When the largest is above 1e150, or (not being 0) below 1e-150.

    Examples
    --------
    >>> moderate([1e200], "values")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: values: expected numbers from 1e-150 to 1e150, since their squares are needed, \
found 1e+200 (measure them in another unit)
    """
    top = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
    if top > 1e150 or 0 < top < 1e-150:
        expected = "numbers from 1e-150 to 1e150, since their squares are needed"
        raise DataError(Fault(name, expected, repr(top), "measure them in another unit", kind="scale"))


def choice(value: str, name: str, known: Collection[str]) -> str:
    """`value` when it is one of the `known` names, else an error with the nearest one.

    Examples
    --------
    >>> choice("drop", "zeros", ("refuse", "drop"))
    'drop'
    """
    if value not in known:
        expected = "one of " + ", ".join(map(repr, known))
        raise DataError(Fault(name, expected, repr(value), nearest(value, known), kind="parameter"))
    return value


def warn_zeros(measure: str, share: float) -> None:
    """Say that zeros were dropped, and how much weight they held."""
    warnings.warn(ZerosDropped(measure, share), stacklevel=4)


def warn_negatives(rule: str, count: int, share: float) -> None:
    """Say that values below 0 were changed or left out, how many, and how much weight they held."""
    warnings.warn(NegativesChanged(rule, count, share), stacklevel=5)
