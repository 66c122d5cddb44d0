"""The tables of the index of one edition, for the district and for the townships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.composite import diagnose, explain, methods, robustness
from research.composite.index import build_index
from research.composite.provenance import check_survey
from research.composite.registry import first_year_goalposts, from_registry, goalposts_of
from research.composite.versions import read_versions
from research.core.faults import DataError, Fault, nearest, say
from research.core.texts import read_yaml

if TYPE_CHECKING:
    from research.composite.result import IndexResult
    from research.composite.spec import IndexSpec
    from research.indicators.edition import Edition


_ROBUST = {"variants", "seed", "level", "weight_noise", "normalise", "aggregate", "sobol"}


def observations_of(edition: Edition) -> pd.DataFrame:
    """The checked observations with the derived indicators, up to the edition's year."""
    frame = edition.table("observations")
    return frame[frame["year"].astype(int) <= int(edition.edition)]


def indices(
    edition: Edition, version: str | None = None, versions: tuple[str, dict[str, dict[str, IndexSpec]]] | None = None
) -> dict[str, IndexResult]:
    """The index of each scope, built anew.

    Parameters
    ----------
    edition : Edition
    version : str, optional
        A version of `index.yml`; default the current one.
    versions : tuple, optional
        Result of `read_versions`, when it was read already.

    Returns
    -------
    dict
        `district` and `township` -> IndexResult.

    Raises
    ------
    DataError
        An unknown version, with the nearest known one; faults of the index.
    """
    current, known = versions or read_versions(edition.project.reference / "index.yml")
    name = version or current
    if name not in known:
        raise DataError(
            Fault(
                "index version",
                say("a version of index.yml", "index.yml 中的版本"),
                repr(name),
                nearest(name, known),
                "spec",
            )
        )
    frame, registry, out = observations_of(edition), edition.indicators, {}
    groups = dict(zip(edition.places["code"], edition.places["group"], strict=True))
    for scope, spec in known[name].items():
        own = frame["place"] == edition.district
        rows = frame[own] if scope == "district" else frame[~own & frame["place"].isin(edition.places["code"])]
        part = registry if scope == "district" else registry[registry["level"] == "both"]
        whole = from_registry(registry, "given" if spec.weights.subjective == "given" else "equal")
        skip = tuple(e for e in spec.exclude if e in set(part["id"]))
        unset = first_year_goalposts(rows, part) if spec.unset_goalposts == "first_year" else {}
        own = spec.but(exclude=skip, goalposts=unset | goalposts_of(part) | spec.goalposts)
        out[scope] = build_index(rows, whole.keep(part["id"]), own, groups)
    return out


def robustness_settings(edition: Edition) -> dict[str, Any]:
    """The `robustness` section of `index.yml`, checked."""
    section = read_yaml(edition.project.reference / "index.yml", "data/reference/index.yml").get("robustness") or {}
    unknown = set(section) - _ROBUST
    if unknown:
        expected = say("a known setting", "已有的设置")
        raise DataError(
            [Fault("index.yml, robustness", expected, repr(u), nearest(u, _ROBUST), "spec") for u in sorted(unknown)]
        )
    return section


def build(edition: Edition) -> dict[str, pd.DataFrame]:
    """All tables of the composite index.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of DataFrame
        scores, indicator_scores, ranks, contributions, weights, availability, index_changes,
        index_distances, index_versions, obstacles, strengths, peers, coupling, topsis, intervals, sobol,
        drop_one, alphas, components, correlations, effective_weights, effective_domains, index_rises, goalposts,
        index_settings, index_cells
        (every value raw, imputed, treated, normalised), screened, outliers, ahp_consistency; each with `scope`
        (district or township) and `version`.
    """
    if faults := check_survey(observations_of(edition), edition.indicators):
        raise DataError(faults)
    results = indices(edition)
    tables = {}
    for name, make in _PER_SCOPE.items():
        tables[name] = _stack({scope: make(r) for scope, r in results.items()})
    tables["ranks"] = tables["ranks"][tables["ranks"]["scope"] == "township"].reset_index(drop=True)
    tables["index_versions"] = _versions(edition, results)
    tables["index_settings"] = settings_table(*read_versions(edition.project.reference / "index.yml"))
    tables["index_distances"] = explain.distances(results["township"], edition.edition).assign(scope="township")
    tables |= _robust(edition, results)
    return tables


_PER_SCOPE: dict[str, Callable[[IndexResult], pd.DataFrame]] = {
    "scores": lambda r: r.scores,
    "indicator_scores": lambda r: r.indicator_scores,
    "ranks": lambda r: r.ranks,
    "contributions": lambda r: r.contributions,
    "weights": lambda r: r.weights,
    "availability": lambda r: r.availability,
    "index_changes": explain.changes,
    "obstacles": methods.obstacle_table,
    "strengths": methods.strengths,
    "peers": methods.peers,
    "coupling": methods.coupling_table,
    "goalposts": lambda r: _goalposts(r),
    "index_cells": lambda r: r.cells,
    "outliers": lambda r: r.outliers,
    "screened": lambda r: r.screened,
    "ahp_consistency": lambda r: r.consistency,
}


def _stack(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([f.assign(scope=scope) for scope, f in parts.items()], ignore_index=True)


def _goalposts(result: IndexResult) -> pd.DataFrame:
    rows = [
        {"indicator": c, "name": n, "unit": u, "direction": int(d), "low": p[0], "high": p[-1]}
        for c, n, u, d in zip(
            result.tree.leaves, result.tree.names[0], result.tree.units, result.tree.directions, strict=True
        )
        for p in [result.spec.goalposts[c]]
    ]
    return pd.DataFrame(rows).assign(version=result.spec.version)


def settings_table(current: str, versions: Mapping[str, Mapping[str, IndexSpec]]) -> pd.DataFrame:
    """Every version's settings, for the methods page: version, scope, current, setting, value.

    Goalposts are left out (table `goalposts`); `stable` says whether past scores can ever move.
    """
    rows = []
    for name, scopes in versions.items():
        for scope, spec in scopes.items():
            flat = spec.model_dump(exclude={"goalposts", "version"})
            flat |= {f"weights.{k}": v for k, v in flat.pop("weights").items() if k not in ("opinions", "judged")}
            flat |= {f"outliers.{k}": v for k, v in flat.pop("outliers").items()}
            flat["stable"] = "；".join(spec.moves_with) or "yes"
            rows += [
                {"version": name, "scope": scope, "current": name == current, "setting": k, "value": _text(v)}
                for k, v in flat.items()
                if v not in ((), {}, "", [])
            ]
    return pd.DataFrame(rows)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v:g}" if isinstance(v, float) else f"{k} {v}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _versions(edition: Edition, results: Mapping[str, IndexResult]) -> pd.DataFrame:
    """The current version beside each other one: score and rank of every place and year under both."""
    current, versions = read_versions(edition.project.reference / "index.yml")
    parts = []
    for name, scopes in versions.items():
        later = any(y > int(edition.edition) for spec in scopes.values() for y in spec.reference_years)
        if name == current or later:  # weights from years to come cannot be had in this edition
            continue
        try:
            others = indices(edition, name, (current, versions))
        except DataError as error:
            if {f.kind for f in error.faults if isinstance(f, Fault)} == {"weights"}:
                continue  # nor can weights from a year whose survey is missing; the current version stands without it
            raise
        for scope, other in others.items():
            parts.append(results[scope].compare(other).assign(scope=scope, title=other.spec.title))
    columns = [
        "place",
        "year",
        "version",
        "other_version",
        "score",
        "other",
        "difference",
        "rank",
        "other_rank",
        "scope",
        "title",
    ]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _robust(edition: Edition, results: Mapping[str, IndexResult]) -> dict[str, pd.DataFrame]:
    s, year = robustness_settings(edition), int(edition.edition)
    shared: dict[str, Any] = {k: s[k] for k in ("seed", "weight_noise") if k in s}
    shared |= {k: tuple(s[k]) for k in ("normalise", "aggregate") if k in s}
    wide = {"level": s.get("level", 0.9), "variants": s.get("variants", 2000)}
    town = results["township"]
    tables = {
        "intervals": pd.concat(
            [
                robustness.intervals(r, int(y), **wide, **shared).assign(scope=scope)
                for scope, r in results.items()
                for y in sorted(set(r.panel.years))
            ],
            ignore_index=True,
        )
    }
    tables["sobol"] = robustness.sobol(town, _last_year(town, year), n=s.get("sobol", 256), **shared)
    tables["drop_one"] = diagnose.drop_one(town, _last_year(town, year))
    tables["alphas"] = diagnose.alphas(town)
    tables["components"] = diagnose.principal_components(town)
    tables["correlations"] = diagnose.correlations(town)
    last = _last_year(town, year)
    tables["effective_weights"] = diagnose.effective_weights(town, last)
    tables["effective_domains"] = diagnose.effective_domains(town, last, float(edition.settings["confidence_level"]))
    tables["index_rises"] = explain.rises(town, int(town.panel.years.min()), last)
    tables["topsis"] = methods.topsis_table(town)
    names = (
        "sobol",
        "drop_one",
        "alphas",
        "components",
        "correlations",
        "effective_weights",
        "topsis",
        "effective_domains",
        "index_rises",
    )
    return tables | {n: tables[n].assign(scope="township") for n in names}


def _last_year(result: IndexResult, year: int) -> int:
    return year if (result.panel.years == year).any() else int(result.panel.years.max())
