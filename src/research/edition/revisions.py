"""What changed since the last edition: numbers, targets and methods, side by side, each with its reason.

An edition's built tables stay in `data/results/<year>`; the newest ones before this edition are its past.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from research.core.texts import read_made
from research.wording import plain

__all__ = ["last_edition", "revised_methods", "revised_numbers", "revised_targets"]

UNKNOWN = "未登记"
WEIGHTS = 20  # one changed weight moves its whole tree: these many largest moves are listed, the rest counted
_KEY = ["place", "year", "indicator"]
_TARGET = {
    "target": "目标值",
    "target_text": "目标表述",
    "comparator": "比较方式",
    "unit": "单位",
    "target_name": "名称",
    "department": "负责部门",
}


def last_edition(edition: Any) -> dict[str, Any] | None:
    """The newest edition before this one whose tables were built from data of the same name.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict or None
        Its manifest; `edition` is its year.
    """
    found = []
    for path in edition.scope.results.parent.glob("[0-9]*/manifest.json"):
        kept = read_made(path)
        if kept.get("data") == edition.data and int(kept.get("edition", edition.edition)) < edition.edition:
            found.append(kept)
    return max(found, key=lambda m: int(m["edition"]), default=None)


def revised_numbers(now: Any, before: dict, history: Any = None, why: Any = None) -> Any:
    """Observations of which the two editions hold different values.

    Parameters
    ----------
    now, before : DataFrame
        Observations of the two editions: place, year, indicator, value, unit, status.
    history : DataFrame, optional
        Every row that was taken in (`research.indicators.store.store.all_rows`): the newest of a number says who
        sent it, and with what reason a warning was accepted.
    why : dict, optional
        Reasons by indicator, or by place, year and indicator ("331003/2023/INC-1-01").

    Returns
    -------
    DataFrame
        place, year, indicator, before, now, unit, status, reason; a number that the last edition had and this
        one has not, and the other way round within its years, counts too.
    """
    columns = [*_KEY, "value", "unit", "status"]
    both = before[columns].merge(now[columns], on=_KEY, how="outer", suffixes=("_old", "_new"))
    both = both[both["year"] <= before["year"].max()]
    one, two = both["value_old"], both["value_new"]
    same = (one - two).abs() <= 1e-9 * pd.concat([one.abs(), two.abs()], axis=1).max(axis=1).fillna(0)
    both = both[~(same | (one.isna() & two.isna()))]
    records, why = _records(history), why or {}
    return pd.DataFrame(
        {
            **{k: both[k] for k in _KEY},
            "before": both["value_old"],
            "now": both["value_new"],
            "unit": both["unit_new"].fillna(both["unit_old"]),
            "status": both["status_new"].fillna(both["status_old"]),
            "reason": [
                why.get("/".join(map(str, key))) or records.get(key) or why.get(key[2]) or UNKNOWN
                for key in both[_KEY].itertuples(index=False, name=None)
            ],
        }
    ).sort_values(_KEY, ignore_index=True)


def _records(history):
    """What the store knows of each number's newest row: the reason given, the sender, the file."""
    if history is None or history.empty:
        return {}
    found = {}
    for row in history.to_dict("records"):
        origin = "，".join(w for w in (row["supplier"], row["file"]) if w)
        reason = row["accepted"] or "未写理由"
        found[row["place"], int(row["year"]), row["indicator"]] = reason + (f"（{origin}）" if origin else "")
    return found


def revised_targets(now: Any, before: pd.DataFrame, why: Any = None) -> Any:
    """Targets that the two editions state differently.

    Parameters
    ----------
    now, before : DataFrame
        Tables `attainment` of the two editions.
    why : dict, optional
        Reasons by target id.

    Returns
    -------
    DataFrame
        target_id, name, what, before, now, reason. A target whose year is another in the two editions is the
        next step of the same plan, and no revision.
    """
    old, new = (f.drop_duplicates("target_id").set_index("target_id") for f in (before, now))
    rows = []
    for name in sorted(set(old.index) | set(new.index)):
        reason = (why or {}).get(name, UNKNOWN)
        if name not in old.index or name not in new.index:
            shown = (old if name in old.index else new).loc[name, "target_name"]
            rows.append((name, shown, "目标", *(("列入", "取消") if name in old.index else ("未列入", "新增")), reason))
            continue
        one, two = old.loc[name], new.loc[name]
        if str(one["horizon"]) == str(two["horizon"]):
            rows += [
                (name, two["target_name"], word, _shown(one[c]), _shown(two[c]), reason)
                for c, word in _TARGET.items()
                if c in one and c in two and _shown(one[c]) != _shown(two[c])
            ]
    return pd.DataFrame(rows, columns=["target_id", "name", "what", "before", "now", "reason"])


def _shown(value):
    if value is None or value is pd.NA or value != value or value == "":
        return "–"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def revised_methods(now: Any, before: dict, why: Any = None) -> Any:
    """Settings, groups, versions, the index's settings and weights that differ.

    Parameters
    ----------
    now, before : dict
        `version` of the package; `settings` and `groups` by name; `index` and `weights`, the built tables
        `index_settings` and `weights`; `titles`, names of the settings for readers.
    why : dict, optional
        Reasons by name of a setting or group, code of a weight, `index`, `version`.

    Returns
    -------
    DataFrame
        what, before, now, reason.
    """
    why, rows = why or {}, []
    if now["version"] != before["version"]:
        rows.append(("程序版本", before["version"], now["version"], why.get("version", "程序更新")))
    for kind, word in (("settings", "设定"), ("groups", "分组")):
        old, new = before.get(kind) or {}, now.get(kind) or {}
        for name in sorted(set(old) | set(new)):
            if old.get(name) != new.get(name):
                title = now.get("titles", {}).get(name, name)
                rows.append(
                    (f"{word}：{title}", _listed(old.get(name)), _listed(new.get(name)), why.get(name, UNKNOWN))
                )
    return pd.DataFrame(rows + _index_rows(now, before, why), columns=["what", "before", "now", "reason"])


def _listed(value):
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else _shown(value)


def _index_rows(now, before, why):
    """Settings of the index (once, where both scopes have the change) and weights that moved."""
    reason = why.get("index", UNKNOWN)
    old, new = (
        {(r.scope, r.setting): str(r.value) for r in f["index"][f["index"]["current"]].itertuples()}
        for f in (before, now)
    )
    version = [f["weights"]["version"].astype(str).min() for f in (before, now)]
    rows = [("综合指数版本", *version, reason)] if version[0] != version[1] else []
    moved = {(k[1], old[k], new[k]) for k in set(old) & set(new) if old[k] != new[k]}
    added = sorted({k[1] for k in set(new) - set(old)})  # the former program did not know them
    if added and old:
        rows.append(("综合指数设定：程序新增", "–", "、".join(added), "程序更新"))
    rows += [(f"综合指数设定：{name}", a, b, reason) for name, a, b in sorted(moved) if name not in ("source", "note")]
    both = before["weights"].merge(now["weights"], on=["scope", "code"], how="outer", suffixes=("_old", "_new"))
    both = both[~((both["weight_old"] - both["weight_new"]).abs() < 5e-5)]
    both["moved"] = (both["weight_new"] - both["weight_old"]).abs().fillna(1)
    both = both.sort_values(["moved", "scope", "code"], ascending=[False, True, True])
    for row in both.head(WEIGHTS).itertuples():
        name = row.name_new if isinstance(row.name_new, str) else row.name_old
        scope = "总体" if row.scope == "district" else "乡镇街道"
        rows.append(
            (
                f"权重：{name}（{scope}）",
                plain(row.weight_old, decimals=4),
                plain(row.weight_new, decimals=4),
                why.get(row.code, reason),
            )
        )
    if len(both) > WEIGHTS:
        rows.append((f"另有{len(both) - WEIGHTS}项权重", "–", "变动较小", reason))
    return rows
