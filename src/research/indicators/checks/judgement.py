"""What takes more than one row to judge: two files that disagree, jumps from the year before, running totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import Fault, in_language, say, spot
from research.core.scope import Project
from research.indicators.checks.checks import Known
from research.indicators.checks.plausible import Plausible, step_hint
from research.indicators.reference import calibre, reference
from research.indicators.reference.schemas import KEYS, REGISTERS
from research.indicators.store.store import KEY

if TYPE_CHECKING:
    from research.core.faults import Place
    from research.indicators.intake.sheets import Filled


def across(filled: list[Filled], checked: list[tuple[list[Fault], pd.DataFrame | None]]) -> list[Fault]:
    """The same number handed in by two files with unlike values, or two surveys of one year."""
    seen: dict[Any, Any] = {}
    faults = []
    for file, typed in _tables(filled, checked, households=True):
        for year in typed["year"].dropna().unique():
            if year in seen:
                faults.append(
                    Fault(
                        file.where,
                        say("one survey a year", "一年一份调查数据"),
                        say(f"a second one beside {seen[year]}", f"与{seen[year].text('zh')}同为一年"),
                        say("put the households into one table", "请并为一张表"),
                        "conflict",
                    )
                )
            seen[year] = file.where
    values: dict[tuple[Any, ...], tuple[Place, float]] = {}
    for file, typed in _tables(filled, checked):
        for line in typed[[*KEY, "value"]].itertuples():
            key, where = line[1:-1], spot(file.where, row=line.Index + 2)
            if line.value != line.value:
                continue
            if key in values and values[key][1] != line.value:
                first, value = values[key]
                faults.append(
                    Fault(
                        where,
                        say(f"{value:g} as in {first}", f"{value:g}，与{first.text('zh')}一致"),
                        f"{line.value:g}",
                        say("agree on one value", "请核对后统一"),
                        "conflict",
                    )
                )
            values.setdefault(key, (where, line.value))
    return faults + _registers_across(filled, checked)


def _registers_across(filled, checked):
    """One row of a register that two files give."""
    seen: dict[Any, Any] = {}
    faults = []
    for file, (_, typed) in zip(filled, checked, strict=True):
        if typed is None or file.table not in REGISTERS:
            continue
        for row, key in zip(typed.index, typed[KEYS[file.table]].itertuples(index=False, name=None), strict=True):
            first = seen.setdefault((file.table, *key), file.where)
            if first != file.where:
                faults.append(
                    Fault(
                        spot(file.where, row=row + 2),
                        say("each row in one file", "每行只由一个文件填报"),
                        say(f"one that stands in {first} too", f"{first.text('zh')}中也有"),
                        say("agree on one", "请核对后统一"),
                        "conflict",
                    )
                )
    return faults


def _tables(filled, checked, households=False):
    for file, (_, typed) in zip(filled, checked, strict=True):
        if typed is not None and file.table not in REGISTERS and (file.table == "households") == households:
            yield file, typed


def cross_faults(
    filled: list[Filled], checked: list[tuple[list[Any], pd.DataFrame]], current: pd.DataFrame, known: Known
) -> list[Any]:
    """Sums and quarters once more, with what is in the store already: a part may come today, the whole tomorrow."""
    faults = []
    for file, typed in _tables(filled, checked):
        old = current[~pd.MultiIndex.from_frame(current[KEY]).isin(pd.MultiIndex.from_frame(typed[KEY]))]
        old = old.set_axis(range(-10 - len(old), -10), axis=0)  # rows of the store never carry a fault's number
        both = pd.concat([typed, old[[c for c in old if c in typed]]])
        both["year"] = both["year"].astype("int64")
        years, quarters = both[both["quarter"].eq("")], both[both["quarter"].ne("")]
        found = [*calibre.totals(years, file.where, known, 0)]
        if len(quarters):
            found += [
                *calibre.totals(quarters, file.where, known, 0),
                *calibre.running(quarters, file.where, known, 0),
                *calibre.unbroken(quarters, file.where, known),
            ]
            found += calibre.year_end(quarters, years, file.where, known)
        faults += [_placed(f, file) for f in found]
    return list(dict.fromkeys(faults))


def _placed(fault, file):
    """A fault whose row stands in the store and not in the file is one of the file as a whole."""
    if fault.place.row is None or fault.place.row > 0:
        return fault
    return replace(
        fault,
        place=file.where,
        found=say(f"{fault.found} in what was taken in before", f"{in_language(fault.found, 'zh')}（此前收下的数据）"),
    )


def warnings(
    filled: Sequence, checked: Sequence, current: pd.DataFrame, known: Known, project: Project
) -> dict[str, Fault]:
    """What deserves a question, by a name under which it can be accepted.

    Jumps from the year before, totals that fall, series over a break, values of another scale than last year's (as it
    is known, or as the form prints it) or than the usual ones, values out of the indicator's range. A value that
    stands already as it is handed in was accepted before.
    """
    limit = reference.settings(project, 9999)["jump_limit"]
    former = {_key(r, int(r.year)): r.value for r in current.itertuples()}
    held, tables = dict(former), list(_tables(filled, checked))
    for _, table in tables:
        former.update({_key(r, int(r.year)): r.value for r in table.itertuples()})
    columns = ["place", "indicator", "value"]
    plausible = Plausible(
        known.indicators, pd.concat([current[columns], *(t[columns] for _, t in tables)]), known.district
    )
    out = {}
    for file, table in tables:
        for line in table.itertuples():
            if held.get(_key(line, int(line.year))) == line.value:
                continue
            printed = file.former.get(line.Index)
            old = former.get(_key(line, int(line.year) - 1), None if file.former_sample else printed)
            found = _warning(line, old, known, limit) or plausible.doubt(line, printed if old is None else old)
            if found:
                kind, expected, hint = found
                name = f"{kind}:{_about(line)}"
                where = spot(file.where, row=line.Index + 2, column=file.headings.get("value", "value"))
                out[name] = Fault(where, expected, f"{line.value:g}", _way_out(name, hint), "warning")
    return out


def _key(line, year):
    return line.place, line.indicator, line.quarter, year


def _about(line):
    return f"{line.indicator}@{line.place}:{int(line.year)}" + (f"Q{line.quarter}" if line.quarter else "")


def _way_out(name, hint):
    en, zh = (f"{hint}; " if hint else ""), (f"{hint.zh}；" if hint else "")
    return say(f"{en}correct it, or --accept {name}=REASON", f"{zh}有误请改正，无误请用 --accept {name}=理由 说明")


def _warning(line, old, known, limit):
    """Kind, words and hint of the warning that a value deserves beside the year before's; None for none."""
    if old is None or old != old:
        return None
    for entry in (known.calibres.get("breaks") or {}).values():
        if line.indicator in entry["indicators"] and int(line.year) == entry["year"]:
            told = say(
                f"a series that is not read across {entry['year']} ({entry['name']})",
                f"{entry['year']}年前后不可比的数列（{entry['name']}）",
            )
            return "break", told, say("", "")
    if dict(known.indicators["target_type"]).get(line.indicator) == "cumulative":
        told = say(f"a running total of {old:g} or more", f"累计数，不小于{old:g}")
        return ("fall", told, say("", "")) if line.value < old else None
    if old and abs(line.value / old - 1) > limit:
        return (
            "jump",
            say(f"within {limit:.0%} of last year's {old:g}", f"与上年值{old:g}相差{limit:.0%}以内"),
            step_hint(line.value, old),
        )
    return None
