"""The made part of the chapter 修订对照: three tables in Quarto markdown."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core import tables
from research.core.status import weakest
from research.edition.revisions import last_edition, revised_methods, revised_numbers, revised_targets
from research.figures.captioned import table
from research.indicators.store import store
from research.wording import plain

if TYPE_CHECKING:
    from research.indicators.edition import Edition

__all__ = ["reasons", "revision_page"]

NEEDED = {
    "observations": {"place", "year", "indicator", "value", "unit", "status"},
    "attainment": {"target_id", "target_name", "horizon", "target"},
    "weights": {"scope", "code", "name", "weight", "version"},
    "index_settings": {"scope", "setting", "value", "current"},
}
OLDER = "上一版（{}年版）的结果由较早的程序算出，缺少可比的表；用本版程序重算上一版后才能比较。"
FIRST = "首次出版，没有上一版可比：没有更早版次的计算结果。"


def revision_page(edition: Any) -> str:
    """The made part of the chapter 修订对照.

    Parameters
    ----------
    edition : Edition
        With built tables.

    Returns
    -------
    str
        Markdown: a leading sentence, then numbers, targets and methods.
    """
    past = last_edition(edition)
    if past is None:
        return FIRST + "\n"
    year = int(past["edition"])
    folder = edition.scope.results.parent / str(year)
    old = {n: tables.read_table(p) for n in NEEDED if (p := folder / f"{n}.parquet").is_file()}
    if any(n not in old or not columns <= set(old[n]) for n, columns in NEEDED.items()):
        return OLDER.format(year) + "\n"
    why = reasons(edition)
    numbers = revised_numbers(edition.table("observations"), old["observations"], store.all_rows(edition.folder), why)
    targets = revised_targets(edition.table("attainment"), old["attainment"], why)
    methods = revised_methods(_basis(edition), _past_basis(edition, past, old), why)
    status = weakest([edition.status, *numbers["status"].dropna().unique()])
    counts = ((numbers, "个数字"), (targets, "项目标表述"), (methods, "项方法与设定"))
    told = "、".join(f"{len(frame)}{word}" for frame, word in counts if len(frame))
    lead = f"与{year}年版相比，{f'本版修订{told}' if told else '数字、目标和方法都没有修订'}。"
    return (
        "\n".join(
            [
                lead,
                "",
                "## 数字",
                "",
                _numbers_table(edition, numbers, year, status),
                "## 目标",
                "",
                _other_table(
                    targets,
                    f"修订的目标（与{year}年版比较）",
                    "tbl-revised-targets",
                    {
                        "target_id": "编号",
                        "name": "目标",
                        "what": "改动",
                        "before": "上一版",
                        "now": "本版",
                        "reason": "理由",
                    },
                    "目标没有修订。",
                ),
                "## 方法与设定",
                "",
                _other_table(
                    methods,
                    f"修订的方法与设定（与{year}年版比较）",
                    "tbl-revised-methods",
                    {"what": "项目", "before": "上一版", "now": "本版", "reason": "理由"},
                    "方法与设定没有修订。",
                ),
            ]
        )
        + "\n"
    )


def reasons(edition: Edition) -> dict[Any, Any]:
    """Why things changed: `data/reference/revisions.csv` (edition, item, reason), where there is one.

    Returns
    -------
    dict of str to str
        Reasons for this edition, by number (place/year/indicator), indicator, target id, setting, group,
        code of a weight, `index` or `version`.
    """
    path = edition.project.reference / "revisions.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {r["item"]: r["reason"] for r in csv.DictReader(stream) if r["edition"] == str(edition.edition)}


def _basis(edition):
    from research import __version__
    from research.core.texts import read_yaml

    about = read_yaml(edition.project.reference / "settings.yml", "settings.yml")
    titles = {**edition.group_names, **{k: v.get("name", k) for k, v in about.items() if isinstance(v, dict)}}
    return {
        "version": __version__,
        "settings": edition.settings,
        "groups": edition.groups,
        "titles": titles,
        "weights": edition.table("weights"),
        "index": edition.table("index_settings"),
    }


def _past_basis(edition, past, old):
    """What the last edition kept of its settings; else those that are dated to its year."""
    from research.indicators.reference.district import District

    then = District(edition.project, int(past["edition"]))
    return {
        "version": past.get("version", ""),
        "settings": past.get("settings") or then.settings,
        "groups": past.get("groups") or then.groups,
        "weights": old["weights"],
        "index": old["index_settings"],
    }


def _numbers_table(edition, numbers, year, status):
    if numbers.empty:
        return "数字没有修订。\n"
    names = dict(zip(edition.indicators["id"], edition.indicators["name_zh"], strict=True))
    digits = [max(_digits(a), _digits(b)) for a, b in zip(numbers["before"], numbers["now"], strict=True)]
    pairs = list(zip(numbers["before"], numbers["now"], digits, strict=True))
    cells = pd.DataFrame(
        {
            "地方": numbers["place"].map(edition.name),
            "年份": numbers["year"].astype(str),
            "指标": [f"{names.get(i, i)}（{u}）" for i, u in zip(numbers["indicator"], numbers["unit"], strict=True)],
            "上一版": [plain(a, decimals=d) for a, _, d in pairs],
            "本版": [plain(b, decimals=d) for _, b, d in pairs],
            "变化": ["–" if pd.isna(a) or pd.isna(b) else plain(b - a, decimals=d) for a, b, d in pairs],
            "理由": numbers["reason"],
        }
    )
    return table(
        cells,
        f"修订的数字（与{year}年版比较）",
        "tbl-revised-numbers",
        status,
        source="两版的指标观测值；理由取自修订登记和收表记录",
        widths=(14, 7, 27, 11, 11, 10, 20),
    )


def _digits(value):
    return 0 if pd.isna(value) else min(6, len(f"{value:.10g}".partition(".")[2]))


def _other_table(frame, caption, label, columns, nothing):
    if frame.empty:
        return nothing + "\n"
    cells = frame[list(columns)].rename(columns=columns).astype(str)
    return table(cells, caption, label, source="两版的计算结果与设定", widths=(12, 26, 12, 16, 16, 18)[-len(columns) :])
