"""Rosters and weights of a survey, on the tables of its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, Words, nearest, say, spot
from research.core.files import write_whole
from research.core.formulas import neutral_frame
from research.survey import files
from research.survey.weights import (
    Calibrated,
    adjust_by_classes,
    adjust_by_propensity,
    calibrate,
    replicate_weights,
    response_rates,
    trim,
)
from research.survey.weights.response import DISPOSITIONS

if TYPE_CHECKING:
    from research.core.kinds import Floats

Told = tuple[list[Path], Words]


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


@dataclass(frozen=True)
class Way:
    """How weights are made.

    Parameters
    ----------
    method : str
        As `calibrate` takes it.
    classes : str
        Column whose classes share their non-response.
    propensity : tuple of str
        Columns of a model of answering, instead of classes.
    trim : (float, float), optional
        Least and largest weight before the calibration, in multiples of the median.
    bounds : (float, float), optional
        Least and largest factor of the calibration.
    replicates : str
        Kind of replicate weights to write besides, or "".
    """

    method: Any = "raking"
    classes: str = "stratum"
    propensity: tuple[str, ...] = ()
    trim: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    replicates: Any = ""

    def answered(self, able: pd.DataFrame) -> Floats:
        """Weights of those who answered, for the others too; 0 for the others."""
        if self.propensity:
            out = adjust_by_propensity(able, "base_weight", "_yes", list(self.propensity))
        else:
            out = adjust_by_classes(able, "base_weight", "_yes", self.classes, least=2)
        if self.trim is not None:
            there = out > 0
            middle = float(np.median(out[there]))
            out[there] = trim(out[there], self.trim[0] * middle, self.trim[1] * middle)
        return out

    def calibrated(self, kept: pd.DataFrame, totals: dict[Any, Any]) -> Calibrated:
        """Weights that add up to the totals."""
        return calibrate(kept, "weight", totals, self.method, bounds=self.bounds)


def weigh(folder: Path, way: Way | None = None, look: files.Look | None = None, lang: str = "zh") -> Told:
    """Weights of who answered, from `answers` (or filled rosters), `draw-households` and known `totals`."""
    way = way or Way()
    drawn = files.read(folder, "draw-households", look, ("village", "household", "base_weight"))
    rows = _joined(drawn, _answers(folder, look))
    rates = response_rates(rows["code"].tolist())
    able = rows[rows["code"] != "NE"].reset_index(drop=True)
    able["_yes"] = (able["code"] == "I").astype(int)
    able["weight"] = way.answered(able)
    kept = able[able["_yes"] == 1].drop(columns="_yes").reset_index(drop=True)
    sheets = {"rates": pd.DataFrame(rates.items(), columns=["name", "rate"])}
    verdict = say(
        f"{len(kept)} of {len(rows)} households answered (RR1 {rates['RR1']:.1%})",
        f"{len(rows)}户中{len(kept)}户完成（应答率RR1为{rates['RR1']:.1%}）",
    )
    totals: dict[Any, Any] = {}
    if files.find(folder, "totals") is not None:
        totals = known_totals(files.read(folder, "totals", look, ("margin", "level", "total")))
        made = way.calibrated(kept, totals)
        sheets |= {"margins": made.margins, "moved": made.moved(kept, ["village", "household"])}
        kept = kept.assign(base=kept["weight"], weight=made.weights)
        d = made.diagnostics
        kish = f"{d['kish_after']:.2f}"
        verdict = say(
            f"{verdict}; factors {d['g_min']:.2f} to {d['g_max']:.2f}, Kish effect {kish}",
            f"{verdict.zh}；校准系数{d['g_min']:.2f}至{d['g_max']:.2f}，权数不等的设计效应{kish}",
        )
    paths = files.write(folder, "weights", {"households": kept, **sheets}, lang)
    if way.replicates:
        tables = _replicates(able, way, totals)
        paths += [
            write_whole(folder / f"weights-{k}.csv", neutral_frame(t).to_csv(index=False)) for k, t in tables.items()
        ]
    return paths, verdict


def _replicates(able: pd.DataFrame, way: Way, totals: dict[Any, Any]) -> dict[str, pd.DataFrame]:
    """Replicate weights of who answered, each through the same steps; and the factor of each."""

    def step(frame: pd.DataFrame, base: Floats) -> Floats:
        out, used = np.zeros(len(frame)), base > 0
        part = frame[used].assign(base_weight=base[used])
        part["weight"] = way.answered(part)
        kept = (part["weight"] > 0).to_numpy()
        own = way.calibrated(part[kept], totals).weights if totals else part["weight"].to_numpy(float)[kept]
        out[np.flatnonzero(used)[kept]] = own
        return out

    made = replicate_weights(able, "base_weight", "stratum", "village", way.replicates, step=step)
    answered = able["_yes"].to_numpy(bool)
    ids = able.loc[answered, ["village", "household"]].reset_index(drop=True)
    columns = made.frame()
    factors = pd.DataFrame({"name": columns.columns, "factor": made.factors, "df": made.degrees})
    return {
        "replicates": pd.concat([ids, columns[answered].reset_index(drop=True)], axis=1),
        "replicate-factors": factors,
    }


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
