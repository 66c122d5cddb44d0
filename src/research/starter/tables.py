"""The reference tables of a new district: only what is required, each with a line that says what goes there."""

from __future__ import annotations

import yaml

from research.indicators.reference.complete import OPTIONAL
from research.wording import shared

INDICATORS = ("id", "name_zh", "theme", "subdomain_zh", "direction", "unit", "level", "source_department", "measure")
TARGETS = ("id", "plan", "clause", "action", "indicator", "unit", "comparator", "kind", "class", "department", "quote")
YEARS = ("target", "year", "value", "kind")
JOINS = ("target", "indicator", "rule", "comparator", "reference", "reference_indicator", "note")
PLACES = ("code", "name")

_HEAD = """# The district and its plans. Nothing else in the project names them.
# level: county. city, province: codes are those of published.csv. Groups of places: groups.yml (may be missing).
# plans: the oldest first; milestones: years that the plan sets targets for; base: year that distances start from.
"""
_INDEX = """# The composite index (see the manual). All of it is the centre's choice, to be confirmed.
current: "{version}"
versions:
  "{version}":
    title: 共同富裕综合指数（试行）
    since: {year}
    source: setting
    note: 各级等权；逐级算术平均；没有写明上下限的指标，上下限取首个有数年份数值的范围并向两侧各放宽一半
    scale: [0, 100]
    normalise: goalposts
    unset_goalposts: first_year
    clip: true
    impute: last
    availability: 0.6
    aggregate: arithmetic
    weights: {{subjective: given}}
    # goalposts: {{ID: [low, high]}}, or goalpost_min and goalpost_max of indicators.csv, where the ends are agreed
  "{version}-geometric":
    extends: "{version}"
    title: 共同富裕综合指数（几何平均，稳健性对照）
    source: setting; for comparison
    scale: [1, 100]
    aggregate: [arithmetic, arithmetic, geometric]
robustness:
  variants: 1000
  seed: 20260101
  level: 0.9
  weight_noise: 0.25
  normalise: [goalposts, minmax, percentile]
  aggregate: [arithmetic, geometric, harmonic]
  sobol: 128
assessment:
  from: {year}
  source: setting
  aspects: {{工作机制: 0.15, 工作推进: 0.20, 工作保障: 0.15, 工作成效: 0.35, 群众测评: 0.15}}
  grades: {{excellent_share: 0.2, fail_below: 60}}
  outlook_level: 0.8
  warnings:
    - {{grade: 三级预警, behind: 10, measure: 提示责任单位}}
    - {{grade: 二级预警, behind: 20, measure: 函告并限期说明}}
    - {{grade: 一级预警, behind: 30, measure: 提级督办}}
"""
_PASSAGES = """# Passages of the plan that chapters quote, by plan and slot:
# `{{< include ../runs/book/_passage-SLOT.md >}}`.
# Words in 「」 stand in the plan letter for letter, and name where: （第3段）, （第12条）, （第一部分（二））.
# A slot that is not here prints nothing.
"""
_PROPOSALS = """# What the general report proposes, by edition and finding, where it does not come from the registers
# (tasks, policies, answers). The names of findings stand in notebooks/district/general.ipynb: follows("demands").
#
# YEAR:
#   demands:
#     proposal: ......
#     department: a department of departments.csv
#     due: YYYY-MM-DD
"""


def district(words: dict) -> str:
    """`district.yml` of a new district."""
    plan = {
        "id": f"{words['start']}-{words['end']}",
        "title": words["plan"],
        "name": words["plan_name"],
        "start": words["start"],
        "end": words["end"],
        "milestones": words["milestones"],
        "publisher": "",
        "file": "outline.txt",
    }
    about = {
        "code": words["code"],
        "name": words["name"],
        "name_en": words["name_en"],
        "city": words["city"],
        "city_code": words["code"][:4] + "00",
        "province": words["province"],
        "province_code": words["code"][:2] + "0000",
        "level": "county",
        "books": {"bluebook": words["title"], "cases": words["cases_title"]},
        "centre": words["centre"],
        "plans": [plan],
    }
    return _HEAD + yaml.safe_dump(about, allow_unicode=True, sort_keys=False, width=110)


def reference(words: dict) -> dict[str, str]:
    """All reference tables of a new district, by path in the project.

    Parameters
    ----------
    words : dict
        As `layout.Words` gives them; `places` is a list of names, perhaps empty.

    Returns
    -------
    dict of str to str
    """
    rows = [f"{words['code']}{number:03d},{name}" for number, name in enumerate(words["places"], start=1)]
    folder = "data/reference/"
    return {
        f"{folder}district.yml": district(words),
        f"{folder}places.csv": "\n".join([",".join(PLACES), *rows]) + "\n",
        f"{folder}indicators.csv": ",".join(INDICATORS) + "\n",
        f"{folder}targets.csv": ",".join(TARGETS) + "\n",
        f"{folder}target_years.csv": ",".join(YEARS) + "\n",
        f"{folder}target_indicators.csv": ",".join(JOINS) + "\n",
        f"{folder}published.csv": ",".join(OPTIONAL["published"]) + "\n",
        f"{folder}outline.txt": "",
        f"{folder}passages.yml": _PASSAGES,
        f"{folder}proposals.yml": _PROPOSALS,
        f"{folder}sentences.yml": shared.default(),
        f"{folder}index.yml": _INDEX.format(version=f"{words['edition']}.1", year=words["edition"]),
        "reports/cases/_experiences.yml": "[]\n",
    }


def data(words: dict) -> dict[str, str]:
    """The empty data folder, with what the README says of it."""
    meta = {"title": f"{words['name']}数据", "status": "reported", "note": "", "source": "各部门报送"}
    head = "place,year,indicator,value,unit,status,source\n"
    folder = f"{words['data']}/"
    return {
        f"{folder}meta.yml": yaml.safe_dump(meta, allow_unicode=True, sort_keys=False),
        f"{folder}observations.csv": head,
    }
