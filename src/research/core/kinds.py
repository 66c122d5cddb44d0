"""Names of the array types that cross rooms; modules import them for type checkers only."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "Ints"]

Floats: TypeAlias = NDArray[np.float64]
"""Numbers with a fraction: incomes, weights, shares."""

Ints: TypeAlias = NDArray[np.integer[Any]]
"""Whole numbers: positions, codes of groups, counts."""

Bools: TypeAlias = NDArray[np.bool_]
"""Which of some elements are meant."""
