"""The same names as `research.core.faults`, where they have moved to."""

from research.core.faults import (
    SHOWN,
    AllFaults,
    BluebookError,
    DataError,
    Fault,
    MissingError,
    Place,
    UsageError,
    Words,
    describe,
    in_language,
    nearest,
    say,
    spot,
)

__all__ = [
    "SHOWN",
    "AllFaults",
    "BluebookError",
    "DataError",
    "Fault",
    "MissingError",
    "Place",
    "UsageError",
    "Words",
    "describe",
    "in_language",
    "nearest",
    "say",
    "spot",
]
