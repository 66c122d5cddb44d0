"""Drop-downs and number checks in a form's cells, so that most slips are seen while typing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.datavalidation import DataValidation

from research.indicators.forms.cleaning import STATUS_WORDS

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet


def add_checks(
    sheet: Worksheet, rows: pd.DataFrame, letter: dict[str, str], first: int, scales: dict[Any, Any] | None = None
) -> None:
    """Drop-downs and number checks, one for each kind, over the cells they are for.

    Parameters
    ----------
    sheet : openpyxl.Worksheet
    rows : DataFrame
        As `forms.form_rows` gives it.
    letter : dict of str
        Column names and their letters.
    first : int
        First row below the headings.
    scales : dict of dict, optional
        Words of what is graded, by indicator; their cells have them as a drop-down.
    """
    last = first + max(len(rows), 1) - 1
    share = DataValidation("decimal", operator="between", formula1="0", formula2="100", allow_blank=True)
    share.errorTitle, share.error = "数值不对", "请填 0 至 100 之间的数"
    number = DataValidation(
        "decimal", operator="between", formula1="-1000000000000", formula2="1000000000000", allow_blank=True
    )
    number.errorTitle, number.error = "不是数值", "请只填数字，不带单位与逗号"
    for offset, row in enumerate(rows.itertuples()):
        if words := (scales or {}).get(row.indicator):
            grades = DataValidation("list", formula1='"' + ",".join(words) + '"', allow_blank=True)
            grades.errorTitle, grades.error = "档次不对", "请从下拉列表中选择"
            grades.add(f"{letter['value']}{first + offset}")
            sheet.add_data_validation(grades)
            continue
        bounded = row.unit in ("%", "分") and not re.search("增速|降低率", row.name)
        (share if bounded else number).add(f"{letter['value']}{first + offset}")
    status = DataValidation("list", formula1='"' + ",".join(STATUS_WORDS) + '"', allow_blank=True)
    status.errorTitle, status.error = "状态不对", "请从下拉列表中选择"
    status.add(f"{letter['status']}{first}:{letter['status']}{last}")
    count = DataValidation("whole", operator="greaterThanOrEqual", formula1="1", allow_blank=True)
    count.error = "请填 1 以上的整数"
    count.add(f"{letter['n']}{first}:{letter['n']}{last}")
    date = DataValidation("date", operator="greaterThan", formula1="36526", allow_blank=True)
    date.error = "请填日期，如 2024-10-20"
    date.add(f"{letter['survey_date']}{first}:{letter['survey_date']}{last}")
    error = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    error.error = "请填 0 以上的数"
    error.add(f"{letter['se']}{first}:{letter['se']}{last}")
    for validation in (share, number, status, count, date, error):
        if validation.sqref:
            sheet.add_data_validation(validation)
