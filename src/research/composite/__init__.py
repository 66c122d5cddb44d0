"""The composite index: its tree, its chain of steps, its weights, its robustness."""

from research.composite.ahp import Ahp, ahp
from research.composite.index import IndexResult, build_index
from research.composite.spec import IndexSpec, read_versions
from research.composite.tree import Tree, from_nodes, from_registry

__all__ = ["Ahp", "IndexResult", "IndexSpec", "Tree", "ahp", "build", "build_index", "from_nodes", "from_registry",
           "read_versions"]


def build(edition):
    """All tables of the index of an edition (see `research.composite.build_tables`)."""
    from research.composite.build_tables import build as make

    return make(edition)
