"""From the weights' settings to the weight of each indicator, step by step."""

from __future__ import annotations

import numpy as np

from research.composite import weights as w
from research.composite.ahp import ahp
from research.composite.normalise import normalise
from research.errors import DataError, Fault, nearest


def leaf_weights(tree, spec, panel, treated):
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


def subjective(tree, s, version=""):
    """Local weights of each level by equality, experts or AHP."""
    if s.subjective in ("equal", "given"):
        return tree.local
    known = {c for level in tree.codes for c in level}
    named = s.expert if s.subjective == "expert" else s.ahp
    unknown = [n for n in named if n not in known]
    if unknown:
        raise DataError([Fault(f"index {version}, weights.{s.subjective}", "a node of the index", repr(u),
                               nearest(u, known), "weights") for u in unknown])
    out = []
    for k, parent in enumerate(tree.parents):
        raw = np.array([float(s.expert.get(c, 1.0)) for c in tree.codes[k]]) if s.subjective == "expert" else (
            _ahp_level(tree, k, s))
        out.append(raw / np.bincount(parent, raw)[parent])
    return tuple(out)


def _ahp_level(tree, k, s):
    raw = np.ones(len(tree.codes[k]))
    for p, code in enumerate(tree.codes[k + 1]):
        if code not in s.ahp:
            continue
        children = [tree.codes[k][i] for i in np.flatnonzero(tree.parents[k] == p)]
        order = list(s.ahp[code].get("order", children))
        missing = sorted(set(children) - set(order))
        if missing:
            raise DataError(Fault(f"weights.ahp, {code}, order", "all of its children", f"without {missing}",
                                  kind="ahp"))
        got = ahp(s.ahp[code]["matrix"], s.ahp_method, s.random_index, s.consistency, f"weights.ahp, {code}").weights
        raw[np.flatnonzero(tree.parents[k] == p)] = [got[order.index(c)] for c in children]
    return raw


def objective(tree, spec, panel, treated, local):
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


def _complete(x, spec):
    """The rows without gaps: three at least."""
    rows = x[~np.isnan(x).any(axis=1)]
    if len(rows) < 3:
        raise DataError(Fault(f"index {spec.version}, weights.objective", "three or more reference units without gaps",
                              f"{len(rows)} of {len(x)}", "impute, or choose other reference years", "weights"))
    return rows


def _by_method(s, x, directions, names):
    flat = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if len(flat):
        raise DataError([Fault(f"weights.objective {s.objective}, indicator {names[j]}", "values that differ",
                               f"{x[0, j]:g} throughout the reference", "leave it out or use another method",
                               "constant") for j in flat])
    if s.objective == "entropy":
        return w.entropy(x, s.entropy, directions=directions)
    return w.variation(x) if s.objective == "cv" else w.OBJECTIVE[s.objective](x, directions)


def reference_rows(spec, panel):
    """Mask of the units that objective weights are taken from.

    Raises
    ------
    DataError
        Reference years or places that are not all there: weights from the rest would not be this version's.
    """
    faults = [Fault(f"index {spec.version}, {name}", "years and places of the data", f"{value}, which has none",
                    kind="weights") for name, values, seen in (
        ("reference_years", spec.reference_years, panel.years),
        ("reference_places", spec.reference_places, panel.places)) for value in values if value not in seen]
    if faults:
        raise DataError(faults)
    rows = np.ones(len(panel.places), bool)
    if spec.reference_years:
        rows &= np.isin(panel.years, spec.reference_years)
    if spec.reference_places:
        rows &= np.isin(panel.places, spec.reference_places)
    return rows


def _emphasised(tree, s, weights):
    factors = np.ones(len(weights))
    for i, (kind, special) in enumerate(zip(tree.emphasis, tree.special, strict=True)):
        factors[i] *= s.emphasis.get(kind, 1.0) * (s.emphasis.get("special", 1.0) if special else 1.0)
    if (factors == 1).all():
        return weights
    if s.emphasis_within == "index":
        return w.emphasise(weights, factors)
    raw, parent = weights * factors, tree.parents[0]
    return raw / np.bincount(parent, raw)[parent] * np.bincount(parent, weights)[parent]


def _fixed(tree, fixed, version):
    faults = [Fault(f"index {version}, weights.fixed", f"a weight for {c}", "none", kind="weights")
              for c in tree.leaves if c not in fixed]
    if faults:
        raise DataError(faults)
    raw = np.array([fixed[c] for c in tree.leaves], float)
    if (raw < 0).any() or not raw.sum() > 0:
        raise DataError(Fault(f"index {version}, weights.fixed", "weights of 0 or more", f"{raw.min():g}",
                              kind="weights"))
    return raw / raw.sum()


def describe(s):
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
