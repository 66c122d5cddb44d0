"""What an import puts into the store: rows that are new or revised, and surveys, household by household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from research.core.faults import Fault, say, spot
from research.core.formulas import neutral_frame
from research.core.scope import Project
from research.indicators.intake import registers, standing
from research.indicators.reference import reference
from research.indicators.reference.schemas import REGISTERS
from research.indicators.store import store

KEY = store.KEY


@dataclass(frozen=True)
class Taken:
    """What an import did: its id, how many rows were new or revised, where they went, which files.

    `adopted` tells what had stood in the folder before and is in its history now.
    """

    import_id: str
    new: int
    revised: int
    unchanged: int
    folder: Path
    files: tuple
    adopted: tuple = ()

    def text(self, lang: str = "en") -> str:
        """The import in words, in English or Chinese."""
        told = [line.zh if lang == "zh" else str(line) for line in self.adopted]
        if lang == "zh":
            counts = f"新增{self.new}条，修改{self.revised}条，未变{self.unchanged}条"
            end = f"{'、'.join(self.files)}：{counts} → {self.folder.name}（{self.import_id or '没有新内容'}）"
        else:
            counts = f"{self.new} new, {self.revised} revised, {self.unchanged} unchanged"
            end = f"{', '.join(self.files)}: {counts} -> {self.folder.name} ({self.import_id or 'nothing to do'})"
        return "\n".join([*told, end])

    def __str__(self):
        return self.text()


def surveys_of(filled: Sequence, checked: Sequence) -> dict[int, tuple]:
    """The surveys among the files: year -> (file, its typed rows)."""
    return {
        int(typed["year"].iloc[0]): (file, typed)
        for file, (_, typed) in zip(filled, checked, strict=True)
        if file.table == "households" and typed is not None and len(typed)
    }


def held_survey(folder: Path, year: int, found: standing.Standing) -> pd.DataFrame | None:
    """The households of a year that stand in a folder, as text; None where there are none."""
    if year in found.surveys:
        return store.household_text(found.surveys[year][1])
    return store.survey(folder, year)


def survey_warnings(filled: Sequence, checked: Sequence, folder: Path, found: standing.Standing) -> dict[str, Fault]:
    """A survey file without some of the households that stand there: never a silent replacement."""
    out = {}
    for year, (file, typed) in surveys_of(filled, checked).items():
        held = held_survey(folder, year, found)
        if held is None:
            continue
        lost = ~held["household"].isin(set(typed["household"].astype(str)))
        if not lost.any():
            continue
        again, name = int((~lost).sum()), f"survey:{year}"
        out[name] = Fault(
            file.where,
            say(
                f"all {len(held):,} households of {year} that stand in {folder.name}",
                f"{folder.name}中{year}年已有的全部{len(held):,}户",
            ),
            say(
                f"{len(typed):,} households, {again:,} of them already there", f"{len(typed):,}户，其中{again:,}户已在"
            ),
            say(
                f"send the whole survey, or --accept {name}=REASON: these households are then added, the "
                f"{int(lost.sum()):,} others stay",
                f"请交完整的调查数据；确属补充的，用 --accept {name}=理由：按户并入，其余{int(lost.sum()):,}户保留",
            ),
            "warning",
        )
    return out


def put(
    project: Project,
    folder: Path,
    filled: Sequence,
    checked: Sequence,
    reasons: Mapping[str, str],
    warnings: Mapping[str, Fault],
    found: standing.Standing,
) -> Taken:
    """Append what is new; rows that say what is in force already are left out, and what stood there goes first."""
    about = reference.district(project)
    meta = {"title": f"{about['name']}数据", "status": "reported", "note": "由部门与乡镇街道填报", "source": "部门填报"}
    standing.adopt(folder, found, meta)
    store.settle(folder, meta)  # an import that was killed half-way is finished first
    surveys, counts = _surveys(folder, filled, checked)
    kept, more = registers.of_files(folder, filled, checked)
    counts = [a + b for a, b in zip(counts, more, strict=True)]
    rows = _rows(filled, checked, reasons, warnings)
    before = store.current(folder)
    if rows.empty:  # households alone: empty columns have no kind that a merge could match
        name = store.append(folder, rows, meta, surveys=surveys, registers=kept) if surveys or kept else ""
        return Taken(
            name, counts[0], counts[1], counts[2], folder, tuple(f.path.name for f in filled), tuple(found.told)
        )
    joined = rows.merge(before[[*KEY, "value", "status", "source"]], on=KEY, how="left", suffixes=("", "_old"))
    known = joined["value_old"].notna()
    same = (
        known
        & joined["value"].eq(joined["value_old"])
        & joined["status"].eq(joined["status_old"])
        & (joined["source"].eq(joined["source_old"]))
    )
    fresh = rows[~same.to_numpy()]
    there = len(fresh) or surveys or kept
    name = store.append(folder, fresh, meta, surveys=surveys, registers=kept) if there else ""
    new, revised, unchanged = counts
    return Taken(
        name,
        new + int((~known).sum()),
        revised + int((known & ~same).sum()),
        unchanged + int(same.sum()),
        folder,
        tuple(f.path.name for f in filled),
        tuple(found.told),
    )


def _surveys(folder, filled, checked):
    """The surveys as they will stand, year -> (file's path, households), and how many are new, revised, unchanged."""
    out, counts = {}, [0, 0, 0]
    for year, (file, typed) in surveys_of(filled, checked).items():
        now, held = store.household_text(typed), store.survey(folder, year)
        if held is None:
            out[year], counts[0] = (file.path, now), counts[0] + len(now)
            continue
        known, same = now["household"].isin(held["household"]), standing.same_households(now, held)
        counts = [counts[0] + int((~known).sum()), counts[1] + int((known & ~same).sum()), counts[2] + int(same.sum())]
        if not same.all():
            stay = held[~held["household"].isin(now["household"])]
            out[year] = (file.path, pd.concat([stay, now], ignore_index=True))
    return out, counts


def _rows(filled, checked, reasons, warnings):
    """The observations of all files, each with where it came from and why a warning about it was accepted."""
    accepted: dict[Any, list[str]] = {}
    for name, warning in warnings.items():
        if name in reasons:
            accepted.setdefault(warning.place, []).append(reasons[name])
    parts = [pd.DataFrame(columns=[*store.COLUMNS, *store.ORIGIN])]
    for file, (_, typed) in zip(filled, checked, strict=True):
        if file.table in ("households", *REGISTERS):
            continue
        column = file.headings.get("value", "value")
        told = ["；".join(accepted.get(spot(file.where, row=row + 2, column=column), ())) for row in typed.index]
        parts.append(
            typed.assign(
                supplier=file.supplier,
                file=file.path.name,
                sheet=file.sheet,
                row=typed.index + 2,
                sha256=store.checksum(file.path),
                accepted=told,
            )
        )
    kept = pd.concat(parts[1:] or parts, ignore_index=True)
    return neutral_frame(kept).drop_duplicates(KEY, keep="first")
