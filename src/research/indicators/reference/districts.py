"""The districts of a province's project: whose each township and village is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from research.core.scope import Project
from research.indicators.reference import reference

if TYPE_CHECKING:
    import pandas as pd


def of_places(places: pd.DataFrame) -> pd.Series:
    """The district of each row of `places.csv`: what its column says, else the first six digits.

    Examples
    --------
    >>> import pandas as pd
    >>> list(of_places(pd.DataFrame({"code": ["990101001", "990102001"], "district": ["", "990199"]})))
    ['990101', '990199']
    """
    digits = places["code"].str[:6]
    return places["district"].where(places["district"] != "", digits) if "district" in places else digits


def members(project: Project) -> dict[str, list[str]]:
    """The townships of each district of a province's project; empty for the project of one district."""
    table, places = reference.load(project, "districts"), reference.load(project, "places")
    whose = of_places(places)
    return {code: list(places["code"][whose == code]) for code in table["code"]}


def owners(project: Project) -> dict[str, str]:
    """The district of each district, township and village, by code; the province is its own.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> owners(open_project())["331003001"]
    '331003'
    """
    places, villages = reference.load(project, "places"), reference.load(project, "villages")
    whose = dict(zip(places["code"], of_places(places), strict=True))
    of_village = {v: whose[p] for v, p in zip(villages["code"], villages["place"], strict=True) if p in whose}
    alone = [str(reference.district(project)["code"]), *reference.load(project, "districts")["code"]]
    return dict(zip(alone, alone, strict=True)) | whose | of_village
