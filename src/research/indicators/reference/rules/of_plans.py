"""What the plans say: their names, quotes, counts, and weights under each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference.goals import check_years, plan_of, plans_with
from research.indicators.reference.rules.columns import file

if TYPE_CHECKING:
    import pandas as pd


def plans(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Rows name plans that there are; each target has its numbers in years of its plan."""
    known, faults = [p.id for p in texts["plans"]], []
    for name in ("targets", "milestones", "directional", "clauses", "grids", "indicators"):
        cells = frames[name].get("plan")
        for row, cell in () if cells is None else cells.items():
            names = [p.strip() for p in str(cell).split(";")] if name == "indicators" else [cell]
            faults += [
                Fault(
                    spot(file(name), row=row + 2, column="plan"),
                    say("a plan of district.yml", "district.yml 中的规划"),
                    repr(p),
                    nearest(p, known),
                    "plan",
                )
                for p in names
                if p and p not in known
            ]
    return faults or check_years(frames["target_years"], frames["targets"], frames["indicators"], texts["plans"])


def quotes(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Each quote is a piece of its plan, letter for letter."""
    faults, whole = [], "\n".join(texts["outline"].values())
    files = {p.id: p.file for p in texts["plans"]}
    for name in ("indicators", "targets", "milestones", "directional", "grids"):
        quotes = frames[name]["quote"]
        owners = plan_of(frames[name], texts["plans"]) if name != "indicators" else quotes.map(lambda _: "")
        faults += [
            Fault(
                spot(file(name), row=row + 2, column="quote"),
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
                    spot(file(name), row=row + 2, column="quote"),
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


COUNTED = {
    "places": "个地区", "villages": "个村（社区）", "domains": "个领域", "subdomains": "个子领域",
    "indicators": "项指标", "targets": "项目标",
}  # fmt: skip


def counts(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
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
            say(f"{count} {name}", f"{count}{COUNTED.get(name, name)}"),
            str(found.get(name)),
            say("correct the table or the count", "请改正表或数目"),
            "count",
        )
        for where, stated, found in sections
        for name, count in stated.items()
        if found.get(name) != count
    ]


def weights(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Weights are above zero and add up to one among siblings, at each level and as a whole, under each plan."""
    whole = frames["indicators"]
    tables = [whole] if "plan" not in whole else [whole[plans_with(whole, p.id)] for p in texts["plans"]]
    return list(dict.fromkeys(f for table in tables for f in _weights_of(table)))


def _weights_of(table):
    faults = []
    low = table[["weight_domain", "weight_subdomain", "weight_indicator"]].le(0)
    faults += [
        Fault(
            spot(file("indicators"), row=row + 2, column=column),
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
                spot(file("indicators"), item=group, column=column),
                say("weights that add up to 1", "合计为1的权重"),
                f"{value:.6g}",
                kind="weight",
            )
            for group, value in total.items()
            if abs(value - 1) > 1e-6
        ]
    return faults
