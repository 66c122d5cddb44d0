"""Research topics: where each stands on a day, and the numbers that it asks for with their errors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.indicators.registers.rules import parts
from research.wording import is_missing, number, span

if TYPE_CHECKING:
    from research.indicators.edition import Edition

STATES = ("已完成", "进行中", "已逾期")
LACKS = {
    "value": "{name}没有数值",
    "year": "{name}最近的数值是{year}年的",
    "error": "{name}是汇总数，没有误差",
    "sample": "{name}是示例数据",
    "within": "{name}的变化在误差之内",
    "single": "{name}只有一年的数值，看不出变化",
}


def topic_states(topics: pd.DataFrame, day: date | str) -> pd.DataFrame:
    """Where each topic stands on a day.

    Parameters
    ----------
    topics : DataFrame
        The register: due, finished.
    day : datetime.date or str

    Returns
    -------
    DataFrame
        The register with state (one of `STATES`) and days (past the due date; 0 where it is not late).

    Examples
    --------
    >>> rows = pd.DataFrame({"due": ["2024-11-30", "2024-11-30"], "finished": ["2024-10-01", None]})
    >>> topic_states(rows, "2024-12-10")[["state", "days"]].values.tolist()
    [['已完成', 0], ['已逾期', 10]]
    """
    today = pd.Timestamp(str(day)[:10])
    due, finished = (pd.to_datetime(topics[c], errors="coerce") for c in ("due", "finished"))
    done = finished.notna() & (finished <= today)
    late = ((today - due).dt.days).where(~done & (due < today), 0)
    states = ["已完成" if d else "已逾期" if n else "进行中" for d, n in zip(done, late, strict=True)]
    return topics.assign(state=states, days=late.astype(int))


def facts(edition: Edition, indicators: str | list[str]) -> list[dict[str, Any]]:
    """What is known of the district's indicators, and what is not.

    Parameters
    ----------
    edition : Edition
    indicators : str or list of str
        Ids, or a cell that lists them.

    Returns
    -------
    list of dict
        id, name, year, value (words), interval (words, empty without an error) and its level, change (words), status,
        source, lacks (sentences of `LACKS`).
    """
    names = dict(zip(edition.indicators["id"], edition.indicators["name_zh"], strict=True))
    asked = parts(indicators) if isinstance(indicators, str) else list(indicators)
    return [_fact(edition, i, names[i]) for i in asked if i in names]


def _fact(edition: Edition, indicator: str, name: str) -> dict[str, Any]:
    rows = edition.estimate(indicator)
    rows = rows[rows["value"].notna() & (rows["place"] == edition.district) & (rows["residence"] == "all")]
    rows = rows.sort_values("year")
    found = {"id": indicator, "name": name, "year": "", "value": "", "interval": "", "change": "", "status": ""}
    if rows.empty:
        return found | {"source": "", "lacks": [LACKS["value"].format(name=name)]}
    last, first = rows.iloc[-1], rows.iloc[0]
    unit, year, lacks = str(last["unit"]), int(last["year"]), []
    if year < edition.edition:
        lacks.append(LACKS["year"].format(name=name, year=year))
    if len(rows) == 1:
        lacks.append(LACKS["single"].format(name=name))
    elif _within(edition, indicator, year, int(first["year"])):
        lacks.append(LACKS["within"].format(name=name))
    if is_missing(last["lower"]):
        lacks.append(LACKS["error"].format(name=name))
    if last["status"] == "sample":
        lacks.append(LACKS["sample"].format(name=name))
    moved = f"{int(first['year'])}年为{number(first['value'], unit)}" if len(rows) > 1 else ""
    told = "" if is_missing(last["lower"]) else span(last["lower"], last["upper"], unit)
    return found | {
        "year": str(year),
        "value": number(last["value"], unit),
        "interval": told,
        "level": f"{rows.percent:g}%",
        "change": moved,
        "status": last["status"],
        "source": str(last["source"]),
        "lacks": lacks,
    }


def _within(edition: Edition, indicator: str, year: int, first: int) -> bool:
    tested = edition.tested("since", indicator, "all", edition.district, year, first)
    return tested is not None and not is_missing(tested["significant"]) and not bool(tested["significant"])
