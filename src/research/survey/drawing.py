"""The draw of a survey's folder: villages and households of the register, or last year's with some of them renewed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, Words, nearest, say, spot
from research.core.files import write_whole
from research.core.texts import read_made
from research.survey import files
from research.survey.select import draw_households, draw_villages, rotate

INPUTS = ("villages", "households", "plan-allocation", "previous-villages", "previous-households")
METHOD = "systematic, proportional to size; households at random"


def select(
    folder: Path,
    seed: int,
    reserves: int = 0,
    look: files.Look | None = None,
    lang: str = "zh",
    overlap: float | None = None,
) -> tuple[list[Path], Words]:
    """Villages of `villages` (and households of `households`) as `plan-allocation` says; writes `draw`.

    With an overlap the villages are those of `previous-villages`, and that share of their households is taken from
    `previous-households`: both are last year's `draw`.
    """
    _refuse_another(folder, seed)
    register = files.read(folder, "villages", look, ("village", "stratum", "households"))
    allocation = files.read(folder, "plan-allocation", look, ("stratum", "villages_drawn", "invited"))
    drawn = _villages(register, allocation, seed) if overlap is None else _again(folder, register, allocation, look)
    sheets, told = {"villages": drawn}, 1.0
    if overlap is not None or files.find(folder, "households") is not None:
        listed = files.read(folder, "households", look, ("village", "household"))
        asked = dict(zip(drawn["village"].astype(str), drawn["invited"].astype(int), strict=True))
        if overlap is None:
            chosen = draw_households(
                listed, asked, village="village", household="household", seed=seed, reserves=reserves, short="all"
            )
        else:
            previous = files.read(folder, "previous-households", look, ("household",))["household"]
            chosen, told = _renewed(listed, asked, previous, overlap, seed, reserves)
        sheets["households"] = _weighted(chosen, drawn)
    paths = files.write(folder, "draw", sheets, lang)
    inputs = {p.name: files.checksum(p) for n in INPUTS if (p := files.find(folder, n)) is not None}
    record = {"seed": seed, "method": METHOD, "inputs": inputs} | ({} if overlap is None else {"overlap": told})
    paths.append(write_whole(folder / "draw.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n"))
    homes = int((sheets["households"]["role"] == "main").sum()) if "households" in sheets else 0
    return paths, _said(drawn, homes, seed, None if overlap is None else told)


def _said(drawn: pd.DataFrame, homes: int, seed: int, kept: float | None) -> Words:
    sure = int(drawn["certainty"].sum())
    en = f"{len(drawn)} villages drawn ({sure} for certain), {homes} households, seed {seed}"
    zh = f"抽中{len(drawn)}个村（其中必选{sure}个）、{homes}户，种子{seed}"
    if kept is not None:
        en, zh = f"{en}; {kept:.1%} of them were asked last year", f"{zh}；其中{kept:.1%}与上年相同"
    return say(en, zh)


def _villages(register: pd.DataFrame, allocation: pd.DataFrame, seed: int) -> pd.DataFrame:
    counts = allocation["villages_drawn"].fillna(0)
    wanted = {str(s): int(n) for s, n in zip(allocation["stratum"], counts, strict=True)}
    drawn = draw_villages(register, wanted, size="households", seed=seed, strata="stratum")
    return _invited(drawn, allocation)


def _invited(drawn: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    """How many households of each village are asked: those of the stratum in equal parts."""
    total = allocation.assign(stratum=allocation["stratum"].astype(str)).set_index("stratum")["invited"]
    of = drawn["stratum"].astype(str)
    return drawn.assign(invited=np.ceil(of.map(total) / of.map(of.value_counts())).astype(int))


def _again(folder: Path, register: pd.DataFrame, allocation: pd.DataFrame, look: files.Look | None) -> pd.DataFrame:
    """Last year's villages with the chances that they had; villages and strata that are gone are faults."""
    needed = ("village", "stratum", "probability", "certainty")
    drawn = files.read(folder, "previous-villages", look, needed)
    faults = [
        Fault(
            spot("previous-villages", row=r + 2, column=column),
            say("one that this year's tables have", "今年的表里有的"),
            repr(value),
            nearest(str(value), known),
            kind="unknown",
        )
        for column, known in (
            ("village", set(register["village"].astype(str))),
            ("stratum", set(allocation["stratum"].astype(str))),
        )
        for r, value in enumerate(drawn[column].astype(str))
        if value not in known
    ]
    if faults:
        raise DataError(faults)
    sure = drawn["certainty"].astype(str).str.lower().isin(["true", "1"])  # as a table writes it
    return _invited(drawn.assign(certainty=sure), allocation)


def _renewed(
    listed: pd.DataFrame, asked: Mapping[str, int], previous: pd.Series, overlap: float, seed: int, reserves: int
) -> tuple[pd.DataFrame, float]:
    """Part of last year's households and new ones, with reserves of the rest; and the share that stayed."""
    parts, rest = [], []
    for village, n in asked.items():
        own = listed[listed["village"].astype(str) == village]
        one = rotate(own, set(previous), min(n, len(own)), village="village", household="household", overlap=overlap,
                     seed=seed)  # fmt: skip
        parts.append(one.assign(wave=one["role"], role="main", turn=range(1, len(one) + 1)))
        rest.append(own[~own["household"].isin(one["household"])])
    main = pd.concat(parts)
    if reserves:
        spare = draw_households(pd.concat(rest), reserves, village="village", seed=seed, short="all")
        main = pd.concat([main, spare.assign(role="reserve", wave="new")]).sort_values(
            ["village", "role", "turn"], kind="stable"
        )
        within = main["probability_within"].where(main["role"] == "main").groupby(main["village"]).transform("first")
        main["probability_within"] = within
    return main, float((main.loc[main["role"] == "main", "wave"] == "kept").mean())


def _weighted(chosen: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Households with the chance that each had, and what their villages tell of them."""
    first = drawn.drop_duplicates("village").set_index("village")
    chosen = chosen.assign(stratum=first["stratum"].reindex(chosen["village"]).to_numpy())
    for known in ("place", "residence"):  # told of the village, they hold for its households
        if known in first and known not in chosen:
            chosen[known] = first[known].reindex(chosen["village"]).to_numpy()
    outer = first["probability"].reindex(chosen["village"]).to_numpy()
    chosen["probability"] = outer * chosen["probability_within"]
    return chosen.assign(base_weight=1 / chosen["probability"])


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
