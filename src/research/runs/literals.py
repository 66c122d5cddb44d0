"""Parameters as Python writes them: what a row gives is what the notebook's cell reads, key by key.

JSON knows neither whole-number keys nor gaps, decimals or dates; so parameters travel as source text.
"""

from __future__ import annotations

import datetime
import json
import math
import os
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from research.core.faults import DataError, Fault, Place, say, spot

PLAIN = "a plain value (number, text, date, list, dict; None for a gap)"
_SEQUENCES = (list, tuple, set, frozenset)
_DATES = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)


def plain(value: Any, where: Place) -> Any:
    """A value without numpy's or pandas' own kinds of number, refused where it has no plain form.

    Parameters
    ----------
    value : object
    where : Place
        Notebook, row and parameter, for messages.

    Returns
    -------
    object

    Raises
    ------
    DataError
        Naming the part of the value that is a frame, an array, a function or another thing that no cell can
        write down.

    Examples
    --------
    >>> import numpy as np
    >>> plain({1: [np.int64(3), np.float64("nan"), ("a", None), Decimal("2.50")]}, Place("x.ipynb"))
    {1: [3, nan, ('a', None), 2.5]}
    """
    value = unboxed(value)
    if isinstance(value, Enum):
        return plain(value.value, where)
    if isinstance(value, os.PathLike) or type(value).__module__.split(".")[0] == "pydantic":
        return str(value)  # a path, an address
    if isinstance(value, Mapping):
        return {plain(k, where): plain(v, _inside(where, k)) for k, v in value.items()}
    if isinstance(value, _SEQUENCES):
        return _like(value, [plain(v, _inside(where, i)) for i, v in enumerate(value)])
    if isinstance(value, Decimal):  # a number like the cell's own, unless its digits are more than a float holds
        return float(value) if value.is_nan() or Decimal(repr(float(value))) == value else value
    if value is None or isinstance(value, (bool, int, float, str, bytes, Decimal, *_DATES)):
        return value
    raise _refused(value, where)


def unboxed(value: Any) -> Any:
    """Numbers, truth values and dates of numpy and pandas as Python's own, inside containers too; the rest as it is.

    Examples
    --------
    >>> import numpy as np
    >>> unboxed({"v": [np.int64(3), 2]})
    {'v': [3, 2]}
    """
    if isinstance(value, Mapping):
        return {unboxed(k): unboxed(v) for k, v in value.items()}
    if type(value) in _SEQUENCES:
        return _like(value, [unboxed(v) for v in value])
    if type(value).__module__.split(".")[0] not in ("numpy", "pandas"):
        return value
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    for name in ("to_pydatetime", "to_pytimedelta"):
        if hasattr(value, name) and not hasattr(value, "__len__"):
            return getattr(value, name)()
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def _inside(where: Place, key: Any) -> Place:
    return spot(where, item=f"{where.item}[{key!r}]")


def _like(value: Any, parts: list[Any]) -> Any:
    return type(value)(parts) if type(value) in _SEQUENCES else parts


def _refused(value: Any, where: Place) -> DataError:
    kind = f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")
    return DataError(
        Fault(
            where,
            PLAIN,
            kind,
            say("give a list, or the name of a file that the notebook reads", "请给出列表，或笔记本读取的文件名"),
            kind="parameter",
        )
    )


def source(value: Any) -> str:
    """A plain value as a Python expression that gives it back.

    Examples
    --------
    >>> print(source({1: "urban", "gap": [1.0, float("nan")]}))
    {1: "urban", "gap": [1.0, float('nan')]}
    >>> eval(source(Decimal("2.50")))
    Decimal('2.50')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{source(k)}: {source(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(source, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, set | frozenset):
        inside = ", ".join(sorted(map(source, value)))
        return f"{type(value).__name__}([{inside}])"
    if isinstance(value, list):
        return "[" + ", ".join(map(source, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if type(value) is str and value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return f"__import__('decimal').{value!r}"
    if isinstance(value, _DATES):
        return repr(value).replace("datetime.", "__import__('datetime').")
    return repr(value)


def shown(value: Any) -> Any:
    """A plain value as a record (JSON) shows it: as it is where JSON has it, else its expression.

    Examples
    --------
    >>> shown({"line": 2.5, "codes": {1: True}})
    {'line': 2.5, 'codes': '{1: True}'}
    """
    if isinstance(value, dict) and all(type(k) is str for k in value):
        return {k: shown(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shown(v) for v in value]
    same = value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))
    return value if same else source(value)


def cell(parameters: Mapping[str, str]) -> str:
    """Source of the cell that assigns parameters, each already an expression.

    Examples
    --------
    >>> cell({"line": "2.5"})
    '# Parameters\\nline = 2.5\\n'
    """
    return "# Parameters\n" + "".join(f"{name} = {expression}\n" for name, expression in parameters.items())
