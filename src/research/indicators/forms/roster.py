"""A survey's rosters and the household form: what is asked, and the answers as the form that is imported."""

from __future__ import annotations

import pandas as pd

from research.errors import DataError, Fault, say
from research.indicators.reference.schemas import SCHEMAS

GIVEN = ("household", "place", "year", "residence", "village", "stratum", "weight", "status")
"""Columns of the form that the draw and the weights fill in."""
COLUMNS = SCHEMAS["households"]


def roster_questions() -> tuple[str, ...]:
    """Headings of what is asked at the door: the form's columns that nobody knows before.

    Examples
    --------
    >>> roster_questions()[0], roster_questions()[-1]
    ('家庭人口', '家庭消费支出')
    """
    return tuple(c.label for c in COLUMNS if c.name not in GIVEN)


def as_households(answers: pd.DataFrame, year: int, status: str = "survey") -> pd.DataFrame:
    """Weighted answers of a survey as the household form of one year, ready to be imported.

    Parameters
    ----------
    answers : DataFrame
        As `weights-households` has them: the draw's columns, the questions by heading or name, and `weight`.
    year : int
    status : str

    Returns
    -------
    DataFrame
        The form's columns; what may be left empty and was not asked is empty.

    Raises
    ------
    DataError
        Naming all columns that must be filled and are not there.

    Examples
    --------
    >>> rows = pd.DataFrame({"household": ["h1"], "place": ["p"], "residence": ["rural"], "village": ["v"],
    ...                      "stratum": ["s"], "weight": [12.5], "家庭人口": [3], "家庭可支配收入": [90000]})
    >>> as_households(rows, 2025)[["year", "size", "income", "weight"]].to_numpy(float).tolist()
    [[2025.0, 3.0, 90000.0, 12.5]]
    """
    frame = answers.rename(columns={c.label: c.name for c in COLUMNS}).assign(year=year)
    if "status" not in frame:
        frame["status"] = status
    lacks = [c for c in COLUMNS if c.name not in frame and not c.blank]
    if lacks:
        way = say(
            "ask it: bluebook survey forms FOLDER --household-form",
            "请在名单里问这一项：bluebook survey forms 文件夹 --household-form",
        )
        raise DataError(
            [
                Fault(
                    f"weights-households, {c.name}",
                    say("this column", f"有“{c.label}”一列"),
                    say("none", "没有"),
                    way,
                    kind="column",
                )
                for c in lacks
            ]
        )
    return frame.reindex(columns=[c.name for c in COLUMNS])
