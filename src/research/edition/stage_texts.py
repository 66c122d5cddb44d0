"""What the stage writes into other files: the variables of the text, the made lines of a profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from research.cases.model import model_name
from research.core.status import is_sample
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.indicators.edition import Edition

PROFILE = "edition"
"""The profile that is made anew for each edition, beside the book's own: what the year and the data decide."""

HEAD = "# Made by the stage (research.edition.stage); do not edit.\n"


def profiles(book: str) -> str:
    """The profiles of a book, as Quarto takes them: its own, and the made one of the edition.

    Examples
    --------
    >>> profiles("bluebook")
    'bluebook,edition'
    """
    return f"{book},{PROFILE}"


def variables(ed: Edition, register: pd.DataFrame) -> dict[str, str]:
    """What `{{< var ... >}}` says: names and counts, all computed."""
    about, indicators = ed.about, ed.indicators
    year, books = int(ed.edition), about.get("books", {})
    chosen = register[(register["year"] == year) & ~register["example"]]
    sample = is_sample(ed)
    return {
        "edition": str(year),
        "title": books.get("bluebook", f"{about['name']}共同富裕蓝皮书"),
        "cases_title": books.get("cases", f"{about['name']}共同富裕实践案例汇编"),
        "centre": about.get("centre", ""),
        "district": about["name"],
        "district_en": about.get("name_en", ""),
        "outline_title": ed.plan.title,
        "outline_publisher": ed.plan.publisher,
        "outline_date": "{0.year}年{0.month}月{0.day}日".format(pd.Timestamp(ed.plan.date)) if ed.plan.date else "",
        "outline_source": _source(ed.plan),
        "origin_en": f"The table of indicators is not the official one: {ed.table_origin}." if ed.table_origin else "",
        "plan": ed.plan.name,
        "plan_span": ed.plan.span,
        "whole": ed.whole,
        "province": about.get("province") or "全省",
        "city": about.get("city") or "所在市",
        "focus": ed.words["group"] or "重点地区",
        "band": ed.words["band"],
        "line": ed.words["line"],
        "model": model_name(ed.project),
        "indicators": f"{len(indicators)} 项{ed.table_origin.partition('（')[0]}指标",
        **theme_words(ed),
        "plan_start": ed.plan.start,
        "plan_end": ed.plan.end,
        "plan_base": ed.plan.base,
        "n_indicators": len(indicators),
        "n_special": int((indicators["local_flag"] != "").sum()),
        "n_survey": int((indicators["survey_flag"] != "").sum()),
        "n_targets": len(ed.targets),
        "n_places": len(ed.places),
        "n_villages": int(ed.places["n_villages"].sum()),
        "n_cases": len(chosen),
        "n_library": int((~register["example"]).sum()),
        "n_examples": int(register["example"].sum()),
        "status_en": "All figures of this edition are sample data, not real statistics, except where a source is "
        "named as published."
        if sample
        else "",
    }


def _source(plan):
    """Who published the plan and when, where that is known."""
    date = "{0.year}年{0.month}月{0.day}日".format(pd.Timestamp(plan.date)) if plan.date else ""
    return f"，{plan.publisher}{date}公布" if plan.publisher or date else ""


def theme_words(ed: Edition) -> dict[str, str]:
    """Of each theme what its chapter says first: its name in the plan, and its fields with their number."""
    words = {}
    for row in ed.themes.itertuples():
        fields = [f for f in dict.fromkeys(ed.indicators.loc[ed.indicators["theme"] == row.theme, "subdomain_zh"]) if f]
        told = "、".join(fields[:-1]) + ("和" if len(fields) > 1 else "") + "".join(fields[-1:])
        words[f"{row.theme}_phrase"] = row.phrase_zh or row.name_zh
        words[f"{row.theme}_fields"] = f"{told}{_NUMERALS[len(fields)]}个子领域" if fields else "各项指标"
    return words


_NUMERALS = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", *(str(n) for n in range(11, 100)))


def yaml_text(values: dict[str, str]) -> str:
    """`_variables.yml` as text."""
    return HEAD + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)


def profile_block(text: str, name: str, lines: list[str]) -> str:
    """`text` with the lines between `# <name>: begin` and `# <name>: end` replaced, indented alike.

    Raises
    ------
    DataError
        When one of the two comment lines is missing.

    Examples
    --------
    >>> profile_block("a:\\n  # p: begin\\n  - x\\n  # p: end\\n", "p", ["- y"])
    'a:\\n  # p: begin\\n  - y\\n  # p: end\\n'
    """
    pattern = re.compile(rf"^([ ]*)(# {name}: begin[^\n]*\n)(.*?)^[ ]*(# {name}: end)", re.M | re.S)
    match = pattern.search(text)
    if not match:
        raise DataError(
            Fault(
                "profile",
                say(
                    f"comment lines `# {name}: begin` and `# {name}: end`",
                    f"注释行 `# {name}: begin` 与 `# {name}: end`",
                ),
                say("none", "没有"),
                kind="stage",
            )
        )
    indent = match[1]
    block = "".join(f"{indent}{line}\n" for line in lines)
    return f"{text[: match.start()]}{indent}{match[2]}{block}{indent}{match[4]}{text[match.end() :]}"
