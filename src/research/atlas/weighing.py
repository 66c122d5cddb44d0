"""The places' index, ready to be weighed anew in the page: values, ends of the scale, weights, the published result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.composite import IndexResult
from research.composite.build_tables import indices, robustness_settings
from research.composite.normalise import posts_matrix
from research.core.tables import packed
from research.errors import DataError
from research.indicators.analysis.measured import table_of
from research.indicators.edition import Edition

__all__ = ["index_data", "weighing"]

SCOPE = "township"
MEANS = {"arithmetic", "geometric", "harmonic"}
NORMALISE = {"goalposts", "target", "minmax", "percentile", "zscore"}
"""What the page can compute; an index made otherwise cannot be weighed in it."""


def weighing(edition: Edition) -> dict[str, Any]:
    """The places' index of the edition; nothing where there is none.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        See `index_data`, and the published intervals.
    """
    built = table_of(edition, "intervals")
    if "scope" not in built or not (built["scope"] == SCOPE).any():
        return {}
    try:
        result = indices(edition)[SCOPE]
        if not set(result.spec.methods(len(result.tree.parents))) <= MEANS or result.spec.normalise not in NORMALISE:
            return {}
        made = index_data(result)
    except (DataError, KeyError):
        return {}
    held = built[built["scope"] == SCOPE].drop(columns=["scope", "version"])
    settings = robustness_settings(edition)
    return made | {
        "published": packed(held),
        "peers": packed(_peers(edition)),
        "robustness": {
            "level": settings.get("level", 0.9),
            "noise": settings.get("weight_noise", 0.25),
            "seed": settings.get("seed", 0),
        },
    }


def _peers(edition: Edition) -> pd.DataFrame:
    frame = table_of(edition, "peers")
    return frame[frame["scope"] == SCOPE].drop(columns=["scope", "version"]) if "scope" in frame else pd.DataFrame()


def index_data(result: IndexResult) -> dict[str, Any]:
    """An index as plain values: all that its scores are computed from, and the scores.

    Parameters
    ----------
    result : IndexResult
        With goalposts.

    Returns
    -------
    dict
        tree (levels, codes, names, parents, directions), local weights, posts, scale, clip, availability, methods,
        normalise; `cells`: place, year, indicator, treated value, its error; `scores`: all above the indicators.
    """
    tree, spec, panel = result.tree, result.spec, result.panel
    units, n = result.stages["treated"].shape
    errors = np.full((units, n), np.nan) if panel.errors is None else panel.errors
    cells = pd.DataFrame(
        {
            "place": np.repeat(panel.places, n),
            "year": np.repeat(panel.years, n),
            "indicator": np.tile(np.asarray(tree.leaves), units),
            "treated": result.stages["treated"].ravel(),
            "error": errors.ravel(),
            "filled": result.filled.ravel(),
        }
    )
    return {
        "version": spec.version,
        "title": spec.title,
        "tree": {
            "levels": list(tree.levels),
            "codes": [list(level) for level in tree.codes],
            "names": [list(level) for level in tree.names],
            "parents": [[int(i) for i in parent] for parent in tree.parents],
            "directions": [int(d) for d in tree.directions],
        },
        "local": [[float(w) for w in level] for level in result.local],
        "posts": [[float(v) for v in row] for row in posts_matrix(tree.leaves, tree.directions, spec.goalposts).T],
        "scale": [float(v) for v in spec.scale],
        "clip": bool(spec.clip),
        "availability": float(spec.availability),
        "methods": list(spec.methods(len(tree.parents))),
        "normalise": spec.normalise,
        "cells": packed(cells),
        "scores": packed(result.scores.drop(columns=["version", "name"])),
    }
