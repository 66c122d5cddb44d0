"""The composite index: its tree, its chain of steps, its weights, its robustness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from research.composite.ahp import Ahp, ahp
from research.composite.diagnose import cronbach_alpha
from research.composite.experts import group_ahp, group_weights
from research.composite.explain import difference
from research.composite.index import build_index
from research.composite.methods import coupling, obstacle_degree, topsis
from research.composite.registry import from_registry
from research.composite.result import IndexResult
from research.composite.robustness import intervals, simulate, sobol
from research.composite.spec import IndexSpec
from research.composite.tree import Tree, from_nodes
from research.composite.versions import read_versions
from research.composite.weights import combine, critic, emphasise, entropy, pca, variation

if TYPE_CHECKING:
    import pandas as pd

    from research.composite.reviewing import IndexReview
    from research.indicators.edition import Edition


__all__ = [
    "Ahp",
    "IndexResult",
    "IndexSpec",
    "Tree",
    "ahp",
    "build",
    "build_index",
    "combine",
    "coupling",
    "critic",
    "cronbach_alpha",
    "difference",
    "emphasise",
    "entropy",
    "from_nodes",
    "from_registry",
    "group_ahp",
    "group_weights",
    "intervals",
    "obstacle_degree",
    "pca",
    "read_versions",
    "review",
    "simulate",
    "sobol",
    "topsis",
    "variation",
]


def build(edition: Edition) -> dict[str, pd.DataFrame]:
    """All tables of the index of an edition (see `research.composite.build_tables`)."""
    from research.composite.build_tables import build as make

    return make(edition)


def review(edition: Edition) -> IndexReview:
    """The index of an edition as a notebook looks at it: scores, ranks, what moves them, how firm they are.

    Parameters
    ----------
    edition : Edition
        Built.
    """
    from research.composite.reviewing import IndexReview

    return IndexReview(edition)
