"""Faults of the reference tables: ids, quotes, counts, memberships, weights, settings."""

from __future__ import annotations

from typing import Any

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import read_yaml
from research.indicators.reference import reference
from research.indicators.reference.file_rules import file_faults
from research.indicators.reference.goals import KINDS, check_years, plan_of, plans_with
from research.indicators.reference.migrate import needs_migration
from research.indicators.reference.setting_rules import setting_faults
from research.indicators.reference.words import cell_words, setting_words

COLUMNS = {
    "places": ["code", "name", "kind"],
    "villages": ["code", "name", "place", "kind"],
    "indicators": [
        "id",
        "name_zh",
        "theme",
        "domain_code",
        "domain_zh",
        "subdomain_code",
        "subdomain_zh",
        "direction",
        "unit",
        "local_flag",
        "survey_flag",
        "level",
        "emphasis",
        "weight_domain",
        "weight_subdomain",
        "weight_indicator",
        "effective_weight",
        "source_department",
        "quote",
    ],
    "targets": ["id", "clause", "action", "indicator", "unit", "comparator", "kind", "class", "department", "quote"],
    "target_years": ["target", "year", "value", "kind"],
    "target_indicators": ["target", "indicator", "rule", "comparator", "reference", "reference_indicator"],
    "milestones": ["id", "clause", "milestone", "year", "quote"],
    "directional": ["id", "clause", "indicator", "direction", "quote"],
    "published": [
        "geo_code",
        "geo",
        "level",
        "year",
        "period",
        "indicator",
        "value",
        "unit",
        "status",
        "source_title",
        "publisher",
        "source_date",
        "url",
        "trust",
    ],
    "themes": ["theme", "domain_code", "name_zh", "name_en"],
    "counties": ["code", "name", "city_code", "city"],
    "departments": ["department", "kind"],
    "clauses": ["clause", "title"],
    "grids": ["grid", "cell"],
}
_IDS = {
    "places": "code",
    "villages": "code",
    "indicators": "id",
    "targets": "id",
    "milestones": "id",
    "directional": "id",
    "target_indicators": "target",
    "themes": "theme",
    "counties": "code",
    "departments": "department",
}
TRUST = ("high", "medium-high")
_SIGNS = [">=", ">", "<=", "<", "=", "~"]
_YEARS, _COUNT, _WEIGHT = (1900, 2100), (0, 1e7), (0, 1e6)
CELLS: dict[tuple[str, str], Any] = {
    ("indicators", "direction"): [1, -1, 0],
    ("indicators", "level"): ["both", "district"],
    ("indicators", "operator"): ["", *_SIGNS],
    ("indicators", "emphasis"): ["", "feature", "shortboard"],
    ("indicators", "local_flag"): ["", "*"],
    ("indicators", "survey_flag"): ["", "+"],
    ("indicators", "weight_domain"): _WEIGHT,
    ("indicators", "weight_subdomain"): _WEIGHT,
    ("indicators", "weight_indicator"): _WEIGHT,
    ("indicators", "effective_weight"): (0, 1),
    ("targets", "comparator"): [*_SIGNS, "range", ""],
    ("target_indicators", "comparator"): [*_SIGNS, "range", ""],
    ("targets", "kind"): ["", *KINDS],
    ("directional", "direction"): ["+", "-", "="],
    ("published", "level"): ["country", "province", "city", "county", "township"],
    ("milestones", "year"): _YEARS,
    ("published", "year"): _YEARS,
    ("target_years", "year"): _YEARS,
    ("places", "n_villages"): _COUNT,
    ("counties", "n_townships"): _COUNT,
    ("themes", "order"): (0, 1000),
}
"""Cells that are one of these, or a number within these limits (an empty number is a gap)."""


def check_reference(project):
    """All faults of `data/reference`.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> check_reference(open_project())
    []
    """
    if faults := _shape(project):
        return faults
    frames = {}
    for name, columns in COLUMNS.items():
        try:
            frame = reference.load(project, name)
        except DataError as error:
            faults += error.faults
            continue
        lost = [c for c in columns if c not in frame]
        faults += [
            Fault(
                spot(_file(name), row=1),
                say(f"a column {c}", f"有“{c}”列"),
                say("none", "没有"),
                nearest(c, frame.columns),
                "column",
            )
            for c in lost
        ]
        if not lost:
            frames[name] = frame
    try:
        faults += _files(project)
        if faults:
            return faults
        known = reference.plans(project)
        texts = {
            "about": reference.district(project),
            "plans": known,
            "outline": {p.id: reference.outline(project, p) for p in known},
        }
        for name in ("groups", "calibres"):
            texts[name] = reference.optional(project, name)
        for name in ("settings", "index"):
            texts[name] = read_yaml(project.reference / f"{name}.yml", f"data/reference/{name}.yml")
    except DataError as error:
        return faults + error.faults
    if faults:
        return faults
    for rule in (_words, _cells, _ids, _plans, _quotes, _links, _counts, _weights, _published, _groups, _settings):
        faults += rule(frames, texts)
    return faults


def _files(project):
    """Every settings file by its closed schema."""
    faults = []
    for name in ("district", "groups", "calibres", "assumptions", "passages", "index"):
        path, file = project.reference / f"{name}.yml", f"data/reference/{name}.yml"
        if name not in ("district", "index") and not path.is_file():
            continue
        try:
            entries = read_yaml(path, file, needed=name in ("district", "index"))
        except DataError as error:
            faults += error.faults
            continue
        empty = entries in ({}, None) and name not in ("district", "index")
        faults += [] if empty else file_faults(name, entries, file)
    return faults


def _file(name):
    return f"data/reference/{name}.csv"


def _ids(frames, texts):
    faults = []
    for name, column in _IDS.items():
        ids = frames[name][column]
        faults += [
            Fault(
                spot(_file(name), row=row + 2, column=column),
                say("each id once", "每个编号只出现一次"),
                repr(ids[row]),
                kind="duplicate",
            )
            for row in ids.index[ids.duplicated() | ids.eq("")]
        ]
    return faults


def _shape(project):
    """Tables of the former shape are no heap of faults: one command carries them over."""
    try:
        old = needs_migration(project)
    except DataError:
        return []
    return (
        [
            Fault(
                spot(_file("targets"), row=1),
                say("targets as rows of target_years.csv", "目标写成 target_years.csv 的行"),
                say("columns target_<year>", "target_<年份> 列"),
                say("run `bluebook migrate`, which keeps the former tables", "请运行 `bluebook migrate`，旧表会保留"),
                "migrate",
            )
        ]
        if old
        else []
    )


def _plans(frames, texts):
    """Rows name plans that there are; each target has its numbers in years of its plan."""
    known, faults = [p.id for p in texts["plans"]], []
    for name in ("targets", "milestones", "directional", "clauses", "grids", "indicators"):
        cells = frames[name].get("plan")
        for row, cell in () if cells is None else cells.items():
            names = [p.strip() for p in str(cell).split(";")] if name == "indicators" else [cell]
            faults += [
                Fault(
                    spot(_file(name), row=row + 2, column="plan"),
                    say("a plan of district.yml", "district.yml 中的规划"),
                    repr(p),
                    nearest(p, known),
                    "plan",
                )
                for p in names
                if p and p not in known
            ]
    return faults or check_years(frames["target_years"], frames["targets"], frames["indicators"], texts["plans"])


def _quotes(frames, texts):
    """Each quote is a piece of its plan, letter for letter."""
    faults, whole = [], "\n".join(texts["outline"].values())
    files = {p.id: p.file for p in texts["plans"]}
    for name in ("indicators", "targets", "milestones", "directional", "grids"):
        quotes = frames[name]["quote"]
        owners = plan_of(frames[name], texts["plans"]) if name != "indicators" else quotes.map(lambda _: "")
        faults += [
            Fault(
                spot(_file(name), row=row + 2, column="quote"),
                say("words of the plan, letter for letter", "规划原文，一字不差"),
                repr(quote[:40]),
                say(
                    f"copy them from {files.get(owner) or 'the text of its plan'}",
                    f"请从{files.get(owner) or '规划文本'}照抄",
                ),
                "quote",
            )
            for (row, quote), owner in zip(quotes.items(), owners, strict=True)
            if quote and quote not in texts["outline"].get(owner, whole)
        ]
        if name != "indicators":
            faults += [
                Fault(
                    spot(_file(name), row=row + 2, column="quote"),
                    say("a quote", "引文"),
                    say("an empty cell", "空单元格"),
                    kind="quote",
                )
                for row in quotes.index[quotes.eq("")]
            ]
    for name, group in texts["groups"].items():
        if group.get("quote") and group["quote"] not in whole:
            faults.append(
                Fault(
                    f"data/reference/groups.yml, {name}, quote",
                    say("words of the outline", "规划原文"),
                    group["quote"],
                    kind="quote",
                )
            )
    return faults


THEME = "[a-z][a-z0-9-]{1,30}"
"""How a theme may be called."""


def _links(frames, texts):
    """Names in one table that another must hold."""
    pairs = [
        ("villages", "place", "places", "code"),
        ("target_indicators", "target", "targets", "id"),
        ("target_indicators", "indicator", "indicators", "id"),
        ("targets", "department", "departments", "department"),
        ("indicators", "source_department", "departments", "department"),
        ("indicators", "domain_code", "themes", "domain_code"),
        ("indicators", "theme", "themes", "theme"),
    ]
    faults = _names_of_themes(frames["themes"]["theme"])
    for name, column, other, key in pairs:
        expected = say(f"a name that {_file(other)} has in column {key}", f"{_file(other)}的“{key}”列中有的名称")
        faults += _unknown(frames, name, column, frames[other][key], expected)
    return faults


def _names_of_themes(cells):
    """Names of themes that cannot be files' names: they are those of their notebooks and chapters."""
    return [
        Fault(
            spot(_file("themes"), row=row + 2, column="theme"),
            say("small letters, digits and hyphens, such as housing", "小写字母、数字和连字符，如 housing"),
            repr(cells[row]),
            kind="name",
        )
        for row in cells.index[~cells.str.fullmatch(THEME)]
    ]


def _unknown(frames, name, column, known, expected):
    cells = frames[name][column]
    return [
        Fault(
            spot(_file(name), row=row + 2, column=column),
            expected,
            repr(cells[row]),
            nearest(cells[row], known),
            "link",
        )
        for row in cells.index[cells.ne("") & ~cells.isin(known)]
    ]


def _counts(frames, texts):
    """The counts that the plans state, where `district.yml` gives them."""
    sections = [
        (
            "counts",
            texts["about"].get("counts") or {},
            {"places": len(frames["places"]), "villages": len(frames["villages"])},
        )
    ]
    for plan in texts["plans"]:
        table = frames["indicators"][plans_with(frames["indicators"], plan.id)]
        mine = plan_of(frames["targets"], texts["plans"]) == plan.id
        found = {
            "domains": table["domain_code"].nunique(),
            "subdomains": table["subdomain_code"].nunique(),
            "indicators": len(table),
            "targets": int(mine.sum()),
        }
        sections.append((f"plans, {plan.id}, counts", dict(plan.counts), found))
    return [
        Fault(
            f"data/reference/district.yml, {where}, {name}",
            f"{count} {name}",
            str(found.get(name)),
            say("correct the table or the count", "请改正表或数目"),
            "count",
        )
        for where, stated, found in sections
        for name, count in stated.items()
        if found.get(name) != count
    ]


def _weights(frames, texts):
    """Weights are above zero and add up to one among siblings, at each level and as a whole, under each plan."""
    whole = frames["indicators"]
    tables = [whole] if "plan" not in whole else [whole[plans_with(whole, p.id)] for p in texts["plans"]]
    return list(dict.fromkeys(f for table in tables for f in _weights_of(table)))


def _weights_of(table):
    faults = []
    low = table[["weight_domain", "weight_subdomain", "weight_indicator"]].le(0)
    faults += [
        Fault(
            spot(_file("indicators"), row=row + 2, column=column),
            say("a weight above 0", "大于0的权重"),
            f"{table.at[row, column]:g}",
            kind="weight",
        )
        for column in low
        for row in low.index[low[column]]
    ]
    domains, subdomains = table.drop_duplicates("domain_code"), table.drop_duplicates("subdomain_code")
    sums = {
        "weight_domain": domains.groupby(lambda _: "all domains")["weight_domain"].sum(),
        "weight_subdomain": subdomains.groupby("domain_code")["weight_subdomain"].sum(),
        "weight_indicator": table.groupby("subdomain_code")["weight_indicator"].sum(),
        "effective_weight": table.groupby(lambda _: "all indicators")["effective_weight"].sum(),
    }
    for column, total in sums.items():
        faults += [
            Fault(
                spot(_file("indicators"), item=group, column=column),
                say("weights that add up to 1", "合计为1的权重"),
                f"{value:.6g}",
                kind="weight",
            )
            for group, value in total.items()
            if abs(value - 1) > 1e-6
        ]
    return faults


def _published(frames, texts):
    """Published rows have a source and enough trust."""
    table, faults = frames["published"], []
    for column in ("source_title", "publisher", "source_date", "url"):
        faults += [
            Fault(
                spot(_file("published"), row=row + 2, column=column),
                say("the source", "来源"),
                say("an empty cell", "空单元格"),
                say("give the document", "请写明文件名称"),
                "source",
            )
            for row in table.index[table[column].eq("")]
        ]
    faults += [
        Fault(
            spot(_file("published"), row=row + 2, column="trust"),
            say("one of " + ", ".join(TRUST), "以下之一：" + "、".join(TRUST)),
            repr(table.at[row, "trust"]),
            say("leave the row out", "请删去该行"),
            "trust",
        )
        for row in table.index[~table["trust"].isin(TRUST)]
    ]
    faults += [
        Fault(
            spot(_file("published"), row=row + 2, column="status"),
            say("published", "published（公开发布）"),
            repr(table.at[row, "status"]),
            kind="status",
        )
        for row in table.index[table["status"].ne("published")]
    ]
    key = ["geo_code", "year", "period", "indicator"]
    return faults + [
        Fault(
            spot(_file("published"), row=row + 2),
            say("each row once", "每行只出现一次"),
            say("a second one", "重复的一个"),
            kind="duplicate",
        )
        for row in table.index[table.duplicated(key)]
    ]


def _groups(frames, texts):
    """Members are places of the district, and each dated membership has a source."""
    codes, faults = list(frames["places"]["code"]), []
    for name, group in texts["groups"].items():
        for entry in group.get("memberships") or [{}]:
            where = f"data/reference/groups.yml, {name}"
            faults += [
                Fault(where, say("a known place", "已知的地区"), repr(str(code)), nearest(code, codes), "place")
                for code in entry.get("members", ())
                if str(code) not in codes
            ]
            faults += [
                Fault(
                    where,
                    say(f"an entry '{key}' in each membership", f"每项归属都有条目“{key}”"),
                    say("none", "没有"),
                    kind="group",
                )
                for key in ("from", "members", "source")
                if not entry.get(key)
            ]
    return faults


def _cells(frames, texts):
    """Cells that are one of a few words, or a number within limits."""
    faults = []
    for (name, column), rule in CELLS.items():
        cells = frames[name].get(column)
        if cells is None:
            continue
        good = cells.isin(rule) if isinstance(rule, list) else cells.isna() | cells.between(*rule)
        told = (
            say("one of " + ", ".join(map(repr, rule)), "以下之一：" + "、".join(map(repr, rule)))
            if isinstance(rule, list)
            else say(f"a number from {rule[0]:g} to {rule[1]:g}", f"{rule[0]:g}至{rule[1]:g}之间的数")
        )
        faults += [
            Fault(
                spot(_file(name), row=row + 2, column=column),
                told,
                repr(cells[row]),
                nearest(str(cells[row]), rule) if isinstance(rule, list) and rule[0] else "",
                "choice",
            )
            for row in cells.index[~good]
        ]
    indicators = list(frames["indicators"]["id"])
    for section, entry in _named_indicators(texts["calibres"]):
        faults += [
            Fault(
                f"data/reference/calibres.yml, {section}",
                say("a known indicator", "已知的指标"),
                repr(i),
                nearest(i, indicators),
                "link",
            )
            for i in entry
            if i not in indicators
        ]
    return faults


def _named_indicators(calibres):
    for section in ("breaks", "population"):
        for name, entry in (calibres.get(section) or {}).items():
            yield f"{section}, {name}, indicators", entry["indicators"]
    for section in ("quarters", "sums"):
        if calibres.get(section):
            yield f"{section}, indicators", calibres[section]["indicators"]


def _words(frames, texts):
    """Names are words, and no text holds what can be printed nowhere."""
    faults = [f for name, frame in frames.items() for f in cell_words(frame, name, _file(name))]
    files = {"about": "district", "groups": "groups", "settings": "settings", "index": "index"}
    return faults + [f for key, file in files.items() for f in setting_words(texts[key], f"data/reference/{file}.yml")]


def _settings(frames, texts):
    """Each setting is known, has dated values in its range, and a source."""
    return setting_faults(texts["settings"])
