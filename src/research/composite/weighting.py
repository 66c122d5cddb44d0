"""From the weights' settings to the weight of each indicator, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from research.composite import weights as w
from research.composite.ahp import ahp
from research.composite.experts import group_ahp, group_weights
from research.composite.normalise import normalise
from research.composite.spread import checked_weights, flat
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from research.composite.panel import Panel
    from research.composite.spec import IndexSpec, Weights
    from research.composite.tree import Tree
    from research.core.kinds import Bools, Floats, Ints


def leaf_weights(tree: Tree, spec: IndexSpec, panel: Panel, treated: Floats) -> dict[str, Floats]:
    """Weights of the indicators in the whole, at each step.

    Parameters
    ----------
    tree : Tree
    spec : IndexSpec
    panel : Panel
    treated : ndarray
        Values after imputation and treatment, for objective weights.

    Returns
    -------
    dict of ndarray
        subjective, objective (where asked), combined, weight; each sums to 1.

    Raises
    ------
    DataError
        Unknown nodes, inconsistent judgements, constant or missing columns in the reference.
    """
    s = spec.weights
    if s.fixed:
        return {"weight": _fixed(tree, s.fixed, spec.version)}
    local = subjective(tree, s, spec.version)
    steps = {"subjective": tree.spread(local)[0]}
    combined = steps["subjective"]
    if s.objective != "none":
        steps["objective"] = objective(tree, spec, panel, treated, local)
        combined = w.combine(steps["objective"], combined, s.combine, s.share)
    steps["combined"] = combined
    steps["weight"] = _emphasised(tree, s, combined)
    return steps


def subjective(tree: Tree, s: Weights, version: str = "") -> tuple[Floats, ...]:
    """Local weights of each level by equality, experts or AHP."""
    if s.subjective in ("equal", "given"):
        return tree.local
    known = {c for level in tree.codes for c in level}
    named = {
        "expert": [*s.expert, *(n for o in s.opinions.values() for n in o)],
        "ahp": [*s.ahp, *(p for o in s.judged.values() for p in o)],
    }[s.subjective]
    unknown = [n for n in dict.fromkeys(named) if n not in known | tree.left_out]
    if unknown:
        raise DataError(
            [
                Fault(
                    f"index {version}, weights.{s.subjective}",
                    "a node of the index",
                    repr(u),
                    nearest(u, known),
                    "weights",
                )
                for u in unknown
            ]
        )
    out = []
    for k, parent in enumerate(tree.parents):
        raw = _family_weights(tree, k, s)
        out.append(raw / np.bincount(parent, raw)[parent])
    return tuple(out)


def _family_weights(tree: Tree, k: int, s: Weights) -> Floats:
    """Weights of the nodes of a level, family by family."""
    raw = np.ones(len(tree.codes[k]))
    for p, code in enumerate(tree.codes[k + 1]):
        at = np.flatnonzero(tree.parents[k] == p)
        children = [tree.codes[k][i] for i in at]
        if s.subjective == "expert":
            raw[at] = (
                _said(s.expert, code, children)
                if not s.opinions
                else group_weights(s.opinions, children, s.expert_mean, f"weights.experts, {code}")
            )
        else:
            raw[at] = _judged(s, code, children)
    return raw


def _said(expert: Mapping[str, float], code: str, children: Sequence[str]) -> Floats:
    """Weights of one family as given: all of it, or none of it, which makes them equal."""
    if not any(c in expert for c in children):
        return np.ones(len(children))
    given = [expert.get(c, np.nan) for c in children]
    found: Floats = checked_weights(given, len(children), f"weights.expert, {code}", children)
    return found


def _judged(s: Weights, code: str, children: Sequence[str]) -> Floats:
    """Weights of one family by one matrix, or by several experts' matrices; equal where nobody judged it."""
    name = f"weights.ahp, {code}"
    own = {e: j[code] for e, j in s.judged.items() if code in j}
    if own:
        order, got, _ = group_ahp(own, s.group, s.ahp_method, s.random_index, s.consistency, name)
    elif code in s.ahp:
        order = list(s.ahp[code].get("order", children))
        got = ahp(s.ahp[code]["matrix"], s.ahp_method, s.random_index, s.consistency, name).weights
    else:
        return np.ones(len(children))
    missing = sorted(set(children) - set(order))
    if missing:
        raise DataError(Fault(f"{name}, order", "all of its children", f"without {missing}", kind="ahp"))
    return got[[order.index(c) for c in children]]


def consistency(tree: Tree, s: Weights) -> pd.DataFrame:
    """How consistent each judge is: parent, expert (empty for a shared matrix), n, lambda_max, ci, cr, random_index,
    limit; no rows where nothing was judged pairwise."""
    rows, parents = [], {c for level in tree.codes[1:] for c in level}
    judged = [("", s.ahp), *s.judged.items()] if s.subjective == "ahp" else []
    for expert, own in judged:
        for parent in sorted(set(own) & parents):
            got = ahp(own[parent]["matrix"], s.ahp_method, s.random_index, s.consistency, f"weights.ahp, {parent}")
            rows.append(
                {
                    "parent": parent,
                    "expert": expert,
                    "n": len(got.weights),
                    "lambda_max": got.lambda_max,
                    "ci": got.ci,
                    "cr": got.cr,
                    "random_index": got.random_index,
                    "limit": s.consistency,
                }
            )
    columns = {
        "parent": str,
        "expert": str,
        "n": int,
        "lambda_max": float,
        "ci": float,
        "cr": float,
        "random_index": str,
        "limit": float,
    }
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def objective(tree: Tree, spec: IndexSpec, panel: Panel, treated: Floats, local: Sequence[Floats]) -> Floats:
    """Objective weights of the reference units, within families or over the whole index."""
    s, rows = spec.weights, reference_rows(spec, panel)
    x, directions = treated[rows], tree.directions
    if (directions == 0).any():
        folded = normalise(x, tree.leaves, directions, "goalposts", spec.goalposts)
        x, directions = np.where(directions == 0, folded, x), np.where(directions == 0, 1, directions)
    if s.within == "index":
        return _by_method(s, _complete(x, spec), directions, tree.leaves)
    upper, out = tree.spread(local)[1], np.zeros(len(tree.leaves))
    for p in range(len(tree.codes[1])):
        at = np.flatnonzero(tree.parents[0] == p)
        names = [tree.leaves[j] for j in at]
        own = _by_method(s, _complete(x[:, at], spec), directions[at], names) if len(at) > 1 else np.ones(1)
        out[at] = upper[p] * own
    return out


def _complete(x: Floats, spec: IndexSpec) -> Floats:
    """The rows without gaps: three at least."""
    rows = x[~np.isnan(x).any(axis=1)]
    if len(rows) < 3:
        raise DataError(
            Fault(
                f"index {spec.version}, weights.objective",
                "three or more reference units without gaps",
                f"{len(rows)} of {len(x)}",
                "impute, or choose other reference years",
                "weights",
            )
        )
    return rows


def _by_method(s: Weights, x: Floats, directions: Ints, names: Sequence[str]) -> Floats:
    same = np.flatnonzero(flat(x))
    if len(same):
        raise DataError(
            [
                Fault(
                    f"weights.objective {s.objective}, indicator {names[int(j)]}",
                    "values that differ",
                    f"{x[0, j]:g} throughout the reference",
                    "leave it out or use another method",
                    "constant",
                )
                for j in same
            ]
        )
    if s.objective == "entropy":
        return w.entropy(x, s.entropy, s.entropy_shift, directions)
    if s.objective == "pca":
        return w.pca(x, directions, s.pca_share)
    return w.variation(x) if s.objective == "cv" else w.critic(x, directions)


def reference_rows(spec: IndexSpec, panel: Panel) -> Bools:
    """Mask of the units that objective weights are taken from.

    Raises
    ------
    DataError
        Reference years or places that are not all there: weights from the rest would not be this version's.
    """
    faults = [
        Fault(
            f"index {spec.version}, {name}", "years and places of the data", f"{value}, which has none", kind="weights"
        )
        for name, values, seen in (
            ("reference_years", spec.reference_years, panel.years),
            ("reference_places", spec.reference_places, panel.places),
        )
        for value in values
        if value not in seen
    ]
    if faults:
        raise DataError(faults)
    rows = np.ones(len(panel.places), bool)
    if spec.reference_years:
        rows &= np.isin(panel.years, spec.reference_years)
    if spec.reference_places:
        rows &= np.isin(panel.places, spec.reference_places)
    return rows


def _emphasised(tree: Tree, s: Weights, weights: Floats) -> Floats:
    factors, factor = np.ones(len(weights)), cast("dict[str, float]", s.emphasis)
    for i, (kind, special) in enumerate(zip(tree.emphasis, tree.special, strict=True)):
        factors[i] *= factor.get(kind, 1.0) * (factor.get("special", 1.0) if special else 1.0)
    if (factors == 1).all():
        return weights
    if s.emphasis_within == "index":
        return w.emphasise(weights, factors)
    raw, parent = weights * factors, tree.parents[0]
    return raw / np.bincount(parent, raw)[parent] * np.bincount(parent, weights)[parent]


def _fixed(tree: Tree, fixed: Mapping[str, float], version: str) -> Floats:
    faults = [
        Fault(f"index {version}, weights.fixed", f"a weight for {c}", "none", kind="weights")
        for c in tree.leaves
        if c not in fixed
    ]
    if faults:
        raise DataError(faults)
    raw = checked_weights(
        [fixed[c] for c in tree.leaves], len(tree.leaves), f"index {version}, weights.fixed", tree.leaves
    )
    found: Floats = raw / raw.sum()
    return found


def describe(s: Weights) -> str:
    """One line on how weights were made, for tables.

    Examples
    --------
    >>> from research.composite.spec import Weights
    >>> describe(Weights(emphasis={"shortboard": 1.5}))
    'equal; emphasis shortboard 1.5'
    """
    if s.fixed:
        return "fixed"
    text = s.subjective + (f" ({s.ahp_method}, {s.random_index})" if s.subjective == "ahp" else "")
    if s.objective != "none":
        variant = f" ({s.entropy})" if s.objective == "entropy" else ""
        share = f" {s.share:g}" if s.combine == "linear" else ""
        text += f" + {s.objective}{variant} within {s.within}, {s.combine}{share}"
    marks = ", ".join(f"{k} {v:g}" for k, v in s.emphasis.items() if v != 1)
    return text + (f"; emphasis {marks}" if marks else "")
