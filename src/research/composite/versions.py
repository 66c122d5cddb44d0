"""Dated versions of the index, written in `index.yml`: each a set of settings, for the district and for places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from research.composite.experts import read_judgements, read_scores
from research.composite.spec import IndexSpec, merged
from research.core.faults import DataError, Fault, nearest
from research.core.texts import read_yaml
from research.indicators.reference.rules.files import file_faults


def read_versions(path: Path) -> tuple[str, dict[str, dict[str, IndexSpec]]]:
    """All versions written in an `index.yml`, by scope.

    Parameters
    ----------
    path : Path
        With `current`, `versions: {name: {...}}`; a version may say `extends: other`, hold its own settings,
        and under `scopes` what differs for `district` and `township`.

    Returns
    -------
    tuple
        (name of the current version, {version: {scope: IndexSpec}})

    Raises
    ------
    DataError
        All faults of all versions at once.
    """
    file = read_yaml(path, "data/reference/index.yml")
    faults: list[Fault | str] = list(file_faults("index", file, path.name))
    if faults:
        raise DataError(faults)
    raw, out = file.get("versions") or {}, {}
    if file.get("current") not in raw:
        faults.append(
            Fault(
                f"{path.name}, current",
                "a version of the file",
                repr(file.get("current")),
                nearest(file.get("current"), raw),
                "spec",
            )
        )
    for name in raw:
        try:
            out[name] = _scopes(name, _with_opinions(_extended(name, raw, path.name), path.parent))
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return file["current"], out


def _extended(name: str, raw: Mapping[str, Any], file: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    entry = dict(raw[name] or {})
    base = entry.pop("extends", None)
    if base is None:
        return entry
    if base not in raw or base in (*seen, name):
        raise DataError(
            Fault(f"{file}, {name}, extends", "another version of the file", repr(base), nearest(base, raw), "spec")
        )
    below = _extended(base, raw, file, (*seen, name))
    scopes = {
        s: merged((below.get("scopes") or {}).get(s) or {}, (entry.get("scopes") or {}).get(s) or {})
        for s in dict.fromkeys([*(below.get("scopes") or {}), *(entry.get("scopes") or {})])
    }
    return {**merged(below, entry), "scopes": scopes}


def _with_opinions(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The entry with what the experts' files say, for all scopes alike."""
    weights = dict(entry.get("weights") or {})
    for setting, into, read in (("experts", "opinions", read_scores), ("judgements", "judged", read_judgements)):
        if weights.get(setting):
            weights[into] = read(folder / str(weights[setting]))
    return {**entry, "weights": weights} if weights else entry


def _scopes(name: str, entry: dict[str, Any]) -> dict[str, IndexSpec]:
    scopes = entry.pop("scopes", None) or {"district": {}, "township": {}}
    return {scope: IndexSpec(version=name, **_for_scope(entry, own or {}, scope)) for scope, own in scopes.items()}


def _for_scope(entry: Mapping[str, Any], own: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """Settings of one scope: goalposts may be given once, or as {district: [...], township: [...]}."""
    both = merged(entry, own)
    posts = {
        i: p[scope] if isinstance(p, dict) else p
        for i, p in (both.get("goalposts") or {}).items()
        if not isinstance(p, dict) or scope in p
    }
    return {**both, "goalposts": posts}
