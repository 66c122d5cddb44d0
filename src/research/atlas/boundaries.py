"""Real boundaries of places, where the project has them: `data/reference/*.geojson`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from research.errors import DataError, Fault, say
from research.indicators.edition import Edition

__all__ = ["boundaries", "read_boundaries"]

KEYS = ("code", "adcode", "id", "name")
"""Properties by which a feature may say whose it is, the surest first."""
CREDIT = ("审图号", "credit", "source", "name")
"""Members of the file that say where the boundaries come from; a public map of China names its review number."""
DIGITS = 4
"""Decimals of a degree that are kept: some ten metres."""


def boundaries(edition: Edition) -> dict[str, Any]:
    """The outlines of the edition's places; nothing where there is no file.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        shapes: a FeatureCollection of the places found, each with its `code`.

    Raises
    ------
    DataError
        For a file that cannot be read, or that has no place of the edition.
    """
    files = sorted(edition.project.reference.glob("*.geojson"))
    if not files:
        return {}
    known = ("code", "code12", "name")
    rows = edition.places.to_dict("records")
    names = {str(row[k]): row["code"] for row in rows for k in known if row.get(k)}
    return {"shapes": read_boundaries(files[0], names)}


def read_boundaries(path: Path, names: dict[str, str]) -> dict[str, Any]:
    """The features of a GeoJSON file that are known places.

    Parameters
    ----------
    path : Path
    names : dict of str to str
        Code or name of a place -> its code.

    Returns
    -------
    dict
        A FeatureCollection.

    Raises
    ------
    DataError
        Naming what is wrong with the file.
    """
    where = f"data/reference/{path.name}"
    try:
        held = json.loads(path.read_text("utf-8-sig"))
        features = [f for f in held["features"] if (f.get("geometry") or {}).get("type") in ("Polygon", "MultiPolygon")]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            Fault(
                where,
                say("GeoJSON with areas", "含面的 GeoJSON"),
                say("another content", "其他内容"),
                say("export the boundaries as GeoJSON, EPSG:4326", "请把边界导出为 GeoJSON（EPSG:4326）"),
                "boundaries",
            )
        ) from None
    found = []
    for feature in features:
        own = feature.get("properties") or {}
        code = next((names[key] for k in KEYS if (key := _key(own.get(k))) in names), None)
        if code:
            kind, parts = feature["geometry"]["type"], _short(feature["geometry"]["coordinates"])
            whole = _wound(parts) if kind == "Polygon" else [_wound(rings) for rings in parts]
            shape = {"type": kind, "coordinates": whole}
            found.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
    if not found:
        raise DataError(
            Fault(
                where,
                say("areas of the places in places.csv", "places.csv 中各地的面"),
                say("none of them", "一个也没有"),
                say("give each area the property code", "请给每个面加上属性 code（地区代码）"),
                "boundaries",
            )
        )
    credit = next((str(held[k]) for k in CREDIT if held.get(k)), "")
    return {"type": "FeatureCollection", "features": found, "credit": credit}


def _key(value: Any) -> str:
    """A code as text, which programs for maps like to keep as a number."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip()


def _wound(rings: list[Any]) -> list[Any]:
    """Rings as the page's library takes them: the outline clockwise, holes the other way; files come both ways."""
    return [ring if (_area(ring) < 0) == (i == 0) else ring[::-1] for i, ring in enumerate(rings)]


def _area(ring: list[Any]) -> float:
    """Signed area of a ring in the plane, negative for a clockwise one."""
    return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def _short(coordinates: Any) -> Any:
    if isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], (int, float)):
        return [round(float(c), DIGITS) for c in coordinates[:2]]
    return [_short(c) for c in coordinates]
