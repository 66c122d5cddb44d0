"""What the atlas shows, a table a topic: the built tables of an edition, and what their codes mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from research.atlas.boundaries import boundaries
from research.atlas.dates import dates
from research.atlas.weighing import weighing
from research.core.status import SAMPLE_MARK, Status
from research.core.tables import packed
from research.indicators.analysis.measured import PRINTED, named, table_of
from research.indicators.analysis.tidy import limit, percent
from research.indicators.edition import Edition

__all__ = ["TOPICS", "about"]


def about(edition: Edition) -> dict[str, Any]:
    """What every view needs first: places, years, indicators, measures, statuses and the names of all of them.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        Plain values.
    """
    observed, measured = table_of(edition, "observations"), table_of(edition, "measures")
    years = sorted({int(y) for frame in (observed, measured) for y in frame["year"]} | {int(edition.edition)})
    return {
        "edition": int(edition.edition),
        "percent": percent(edition),
        "limit": limit(percent(edition)),
        "district": {"code": edition.district, "name": edition.name(edition.district)},
        "years": [y for y in years if y <= int(edition.edition)],
        "sample": SAMPLE_MARK if edition.status == Status.SAMPLE else "",
        "statuses": [{"id": str(s), "zh": s.meaning, "en": s.en} for s in Status],
        "places": _places(edition),
        "groups": [
            {"id": key, "name": edition.group_names.get(key, key), "places": list(codes)}
            for key, codes in edition.groups.items()
        ],
        "domains": _domains(edition),
        "subdomains": _subdomains(edition),
        "indicators": _indicators(edition, observed),
        "measures": _measures(edition, measured),
        "plan": {"name": edition.plan.name, "start": edition.plan.start, "end": edition.plan.end},
    }


def _places(edition: Edition) -> list[dict[str, Any]]:
    frame, found = edition.places, []
    for row in frame.to_dict("records"):
        tile = [row.get("tile_row"), row.get("tile_column")]
        found.append(
            {
                "code": row["code"],
                "name": row["name"],
                "short": row.get("name_short") or row["name"],
                "tile": [int(t) for t in tile] if not any(pd.isna(t) or t == "" for t in tile) else None,
            }
        )
    return found


def _domains(edition: Edition) -> list[dict[str, str]]:
    short = {r["domain_code"]: r["name_zh"] for r in edition.themes.to_dict("records")}
    rows = edition.indicators.drop_duplicates("domain_code")
    return [
        {"code": code, "name": short.get(code) or name, "en": en}
        for code, name, en in zip(rows["domain_code"], rows["domain_zh"], rows["domain_en"], strict=True)
    ]


def _subdomains(edition: Edition) -> list[dict[str, str]]:
    if "subdomain_en" not in edition.indicators:
        return []
    rows = edition.indicators.drop_duplicates("subdomain_code").dropna(subset=["subdomain_code", "subdomain_en"])
    return [{"code": c, "en": en} for c, en in zip(rows["subdomain_code"], rows["subdomain_en"], strict=True) if en]


def _indicators(edition: Edition, observed: pd.DataFrame) -> list[dict[str, Any]]:
    there = set(observed["indicator"]) if "indicator" in observed else set()
    return [
        {
            "id": r["id"],
            "name": r["name_zh"],
            "en": r["name_en"],
            "domain": r["domain_code"],
            "sub": r["subdomain_zh"],
            "unit": r["unit"],
            "direction": int(r["direction"]),
            "measure": r.get("measure") or "",
        }
        for r in edition.indicators.to_dict("records")
        if r["id"] in there
    ]


def _measures(edition: Edition, measured: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    for name, rows in measured.groupby("measure", sort=False) if len(measured) else ():
        unit = str(rows["unit"].iloc[0])
        printed, factor = PRINTED.get(unit, (unit, 1))
        found.append({"id": str(name), "name": named(edition, str(name)), "unit": printed, "factor": factor})
    return found


def observations(edition: Edition) -> dict[str, Any]:
    """Each indicator of each place and year, with the error of those that have one (the page draws its limits)."""
    frame = table_of(edition, "observations")
    if "indicator" not in frame:
        return {}
    frame = frame[frame["value"].notna() & (frame["year"].astype(int) <= int(edition.edition))]
    frame = frame.assign(df=_freedom(edition, frame))
    kept = ["indicator", "place", "year", "value", "se", "df", "unit", "status", "source"]
    return {"observations": packed(frame.reindex(columns=kept).sort_values(["indicator", "place", "year"]))}


def _freedom(edition: Edition, frame: pd.DataFrame) -> pd.Series[Any]:
    """Degrees of freedom of the errors, as the comparison with the district states them."""
    tests = table_of(edition, "comparisons")
    if "kind" not in tests:
        return pd.Series(float("nan"), index=frame.index)
    tests = tests[(tests["kind"] == "district") & (tests["residence"] == "all")]
    known = tests.drop_duplicates(["measure", "place", "year"]).set_index(["measure", "place", "year"])["df"]
    keys = pd.MultiIndex.from_arrays([frame["indicator"], frame["place"], frame["year"]])
    return pd.Series(known.reindex(keys).to_numpy(), index=frame.index)


def measures(edition: Edition) -> dict[str, Any]:
    """Measures of the survey's incomes, whole and by residence; what is withheld stays a row without a value."""
    frame = table_of(edition, "measures")
    if "measure" not in frame or frame.empty:
        return {}
    frame = frame.assign(df=_freedom(edition, frame.rename(columns={"measure": "indicator"})))
    kept = ["measure", "place", "residence", "year", "value", "se", "lower", "upper", "df", "unit", "status", "source",
            "withheld", "adopted"]  # fmt: skip
    return {"measures": packed(frame.reindex(columns=kept).sort_values(kept[:4]))}


def curves(edition: Edition) -> dict[str, Any]:
    """Published shares of the ordered groups (Lorenz curves) and published densities."""
    frame = table_of(edition, "curves")
    return {"curves": packed(frame)} if "curve" in frame and len(frame) else {}


TOPICS: dict[str, Callable[[Edition], dict[str, Any]]] = {
    "observations": observations,
    "measures": measures,
    "curves": curves,
    "weighing": weighing,
    "dates": dates,
    "boundaries": boundaries,
}
"""What makes the data of each topic; an empty dict for what the edition has not."""
