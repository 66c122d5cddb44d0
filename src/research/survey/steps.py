"""The steps of a survey on the tables of a folder: plan, select, forms, weigh, report."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, Words, nearest, say, spot
from research.core.files import write_whole
from research.core.texts import read_made
from research.survey import files
from research.survey.plan import make_plan
from research.survey.select import draw_households, draw_villages
from research.survey.weights import adjust_by_classes, calibrate, response_rates
from research.survey.weights.response import DISPOSITIONS

Told = tuple[list[Path], Words]


def plan(folder: Path, budget: float | None = None, look: files.Look | None = None, lang: str = "zh") -> Told:
    """Sizes and allocation from `strata`, `measures` and `targets`; writes `plan.xlsx` and its sheets as CSV."""
    strata, measures, targets = (files.read(folder, name, look) for name in ("strata", "measures", "targets"))
    made = make_plan(strata, measures, targets, budget=budget)
    sheets = {"allocation": made.table, "precision": made.precision, "curve": made.curve}
    return files.write(folder, "plan", sheets, lang), made.verdict


def select(folder: Path, seed: int, reserves: int = 0, look: files.Look | None = None, lang: str = "zh") -> Told:
    """Villages of `villages` (and households of `households`) as `plan-allocation` says; writes `draw`."""
    _refuse_another(folder, seed)
    register = files.read(folder, "villages", look, ("village", "stratum", "households"))
    allocation = files.read(folder, "plan-allocation", look, ("stratum", "villages_drawn", "invited"))
    counts = allocation["villages_drawn"].fillna(0)
    wanted = {str(s): int(n) for s, n in zip(allocation["stratum"], counts, strict=True)}
    drawn = draw_villages(register, wanted, size="households", seed=seed, strata="stratum")
    each = allocation.set_index("stratum")
    drawn["invited"] = [int(np.ceil(each.at[s, "invited"] / max(wanted[s], 1))) for s in drawn["stratum"]]
    sheets, homes = {"villages": drawn}, 0
    if files.find(folder, "households") is not None:
        listed = files.read(folder, "households", look, ("village", "household"))
        asked = dict(zip(drawn["village"].astype(str), drawn["invited"].astype(int), strict=True))
        chosen = draw_households(
            listed, asked, village="village", household="household", seed=seed, reserves=reserves, short="all"
        )
        first = drawn.set_index("village")
        chosen["stratum"] = first["stratum"].reindex(chosen["village"]).to_numpy()
        for known in ("place", "residence"):  # told of the village, they hold for its households
            if known in first and known not in chosen:
                chosen[known] = first[known].reindex(chosen["village"]).to_numpy()
        outer = first["probability"].reindex(chosen["village"]).to_numpy()
        chosen["probability"] = outer * chosen["probability_within"]
        chosen["base_weight"] = 1 / chosen["probability"]
        sheets["households"], homes = chosen, int((chosen["role"] == "main").sum())
    paths = files.write(folder, "draw", sheets, lang)
    inputs = {
        p.name: files.checksum(p)
        for n in ("villages", "households", "plan-allocation")
        if (p := files.find(folder, n)) is not None
    }
    record = {"seed": seed, "method": "systematic, proportional to size; households at random", "inputs": inputs}
    paths.append(write_whole(folder / "draw.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n"))
    sure = int(drawn["certainty"].sum())
    return paths, say(
        f"{len(drawn)} villages drawn ({sure} for certain), {homes} households, seed {seed}",
        f"抽中{len(drawn)}个村（其中必选{sure}个）、{homes}户，种子{seed}",
    )


def _refuse_another(folder: Path, seed: int) -> None:
    """A draw that stands is not drawn over: households may have been visited by it."""
    drawn = read_made(folder / "draw.json")
    if drawn and drawn.get("seed") != seed:
        way = say("use that seed, or take draw* away for another draw", "请用原种子；要另抽，请先移走 draw 开头的文件")
        raise DataError(
            Fault(
                "draw.json",
                say(f"the draw that stands, of seed {drawn.get('seed')}", f"已有的抽样（种子{drawn.get('seed')}）"),
                str(seed),
                way,
                kind="drawn",
            )
        )


def forms(folder: Path, questions: tuple[str, ...] = (), look: files.Look | None = None) -> Told:
    """A roster for each village drawn, in Chinese, with a column for the outcome and one for each question."""
    homes = files.read(folder, "draw-households", look, ("village", "household", "role", "turn"))
    codes = pd.DataFrame([(k, zh) for k, (_, zh) in DISPOSITIONS.items()], columns=["code", "name"])
    paths: list[Path] = []
    names = _file_names(homes["village"].astype(str).unique())
    for village, rows in homes.groupby("village", sort=True):
        keep = [c for c in ("village", "household", "name", "address") if c in rows]
        roster = rows[keep].assign(
            role=rows["role"].map({"main": "主样本", "reserve": "备用"}),
            turn=rows["turn"],
            visitor=None,
            code=None,
            **dict.fromkeys(questions),
            note=None,
        )
        path = folder / "forms" / f"{names[str(village)]}.xlsx"
        paths.append(files.hand(path, {"名单": roster, "结果代码": codes}))
    return paths, say(f"{len(paths)} rosters", f"{len(paths)}份入户名单")


def _file_names(texts: Iterable[str]) -> dict[str, str]:
    """A file name of its own for each text, of letters and figures."""
    names: dict[str, str] = {}
    for text in sorted(texts):
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in text) or "_"
        taken = sum(n == name or n.startswith(f"{name}~") for n in names.values())
        names[text] = f"{name}~{taken + 1}" if taken else name
    return names


def weigh(
    folder: Path, method: Any = "raking", classes: str = "stratum", look: files.Look | None = None, lang: str = "zh"
) -> Told:
    """Weights of who answered, from `answers` (or filled rosters), `draw-households` and known `totals`."""
    drawn = files.read(folder, "draw-households", look, ("village", "household", "base_weight"))
    answers = _answers(folder, look)
    rows = _joined(drawn, answers)
    rates = response_rates(rows["code"].tolist())
    able = rows[rows["code"] != "NE"].reset_index(drop=True)
    able["_yes"] = (able["code"] == "I").astype(int)
    able["weight"] = adjust_by_classes(able, "base_weight", "_yes", classes, least=2)
    kept = able[able["_yes"] == 1].drop(columns="_yes").reset_index(drop=True)
    sheets = {"rates": pd.DataFrame(rates.items(), columns=["name", "rate"])}
    verdict = say(
        f"{len(kept)} of {len(rows)} households answered (RR1 {rates['RR1']:.1%})",
        f"{len(rows)}户中{len(kept)}户完成（应答率RR1为{rates['RR1']:.1%}）",
    )
    if files.find(folder, "totals") is not None:
        totals = known_totals(files.read(folder, "totals", look, ("margin", "level", "total")))
        made = calibrate(kept, "weight", totals, method)
        sheets |= {"margins": made.margins, "moved": made.moved(kept, ["village", "household"])}
        kept = kept.assign(base=kept["weight"], weight=made.weights)
        d = made.diagnostics
        kish = f"{d['kish_after']:.2f}"
        verdict = say(
            f"{verdict}; factors {d['g_min']:.2f} to {d['g_max']:.2f}, Kish effect {kish}",
            f"{verdict.zh}；校准系数{d['g_min']:.2f}至{d['g_max']:.2f}，权数不等的设计效应{kish}",
        )
    return files.write(folder, "weights", {"households": kept, **sheets}, lang), verdict


def _answers(folder: Path, look: files.Look | None) -> pd.DataFrame:
    """Answers in one table, or out of the filled rosters."""
    if files.find(folder, "answers") is not None:
        return files.read(folder, "answers", look, ("household", "code"))
    filled = sorted(p for p in (folder / "forms").glob("*.xlsx") if not p.name.startswith(("~", ".")))
    if not filled:
        text = say("answers.csv, or filled rosters in forms/", "answers.csv，或forms/里填好的名单")
        raise DataError(Fault("answers.csv", text, say("none", "没有"), kind="missing"))
    parts = [files.read(p.parent, p.stem, look, ("household", "code")) for p in filled]
    return pd.concat(parts, ignore_index=True).drop(columns=["village", "role", "turn"], errors="ignore")


def _joined(drawn: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Outcomes beside the draw; unknown households and codes, and those told twice, are faults.

    A household of the main sample without a code counts as not contacted; a reserve without one was not asked.
    """
    faults: list[Fault | str] = []
    known, codes = set(drawn["household"]), answers["code"].where(answers["code"].notna(), "")
    for r, (home, code) in enumerate(zip(answers["household"], codes, strict=True)):
        at = spot("answers", row=r + 2)
        if home not in known:
            faults.append(
                Fault(
                    spot(at, column="户编号"),
                    say("a household that was drawn", "抽中的住户"),
                    repr(home),
                    nearest(home, known),
                    kind="unknown",
                )
            )
        if code and code not in DISPOSITIONS:
            faults.append(
                Fault(
                    spot(at, column="结果代码"),
                    say("a disposition code", "结果代码"),
                    repr(code),
                    nearest(code, DISPOSITIONS),
                    kind="unknown",
                )
            )
    for r in map(int, np.flatnonzero(answers["household"].duplicated())):
        faults.append(
            Fault(
                spot("answers", row=r + 2, column="户编号"),
                say("each household once", "每户一行"),
                repr(answers["household"].iloc[r]),
                kind="twice",
            )
        )
    if faults:
        raise DataError(faults)
    extra = [c for c in answers.columns if c == "household" or c not in drawn]
    rows = drawn.merge(answers[extra], on="household", how="left")
    unused = (rows["role"] == "reserve") & rows["code"].isna() if "role" in rows else rows["code"].isna() & False
    rows = rows[~unused].reset_index(drop=True)
    rows["code"] = rows["code"].fillna("NC")
    count = rows.groupby("village")["household"].transform("count")
    if "role" in rows:  # reserves that were asked share the village's probability with the others
        main = (rows["role"] == "main").groupby(rows["village"]).transform("sum")
        rows["base_weight"] = rows["base_weight"] * main / count
    return rows


def known_totals(table: pd.DataFrame) -> dict[Any, Any]:
    """Totals of a table (margin, level, total) as `calibrate` takes them; two margins crossed are joined by ×."""
    out: dict[Any, Any] = {}
    for margin, rows in table.groupby("margin", sort=False):
        levels = rows["level"].fillna("")
        numbers = pd.to_numeric(rows["total"], errors="coerce").astype(float)
        one = len(rows) == 1 and levels.iloc[0] == ""
        name: Any = tuple(str(margin).split("×")) if "×" in str(margin) else str(margin)
        keys = [tuple(str(v).split("×")) if isinstance(name, tuple) else str(v) for v in levels]
        out[name] = float(numbers.iloc[0]) if one else dict(zip(keys, numbers, strict=True))
    return out
