"""What takes more than one row to judge: two files that disagree, jumps from the year before, running totals."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from research.core.faults import Fault, spot
from research.indicators.reference import calibre, reference
from research.indicators.store.store import KEY


def across(filled, checked):
    """The same number handed in by two files with unlike values, or two surveys of one year."""
    seen, faults = {}, []
    for file, typed in _tables(filled, checked, households=True):
        for year in typed["year"].dropna().unique():
            if year in seen:
                faults.append(Fault(file.where, "one survey a year", f"a second one beside {seen[year]}",
                                    "put the households into one table", "conflict"))
            seen[year] = file.where
    values = {}
    for file, typed in _tables(filled, checked):
        for line in typed[[*KEY, "value"]].itertuples():
            key, where = line[1:-1], spot(file.where, row=line.Index + 2)
            if key in values and values[key][1] != line.value:
                faults.append(Fault(where, f"{values[key][1]} as in {values[key][0]}", str(line.value),
                                    "agree on one value", "conflict"))
            values.setdefault(key, (where, line.value))
    return faults


def _tables(filled, checked, households=False):
    for file, (_, typed) in zip(filled, checked, strict=True):
        if typed is not None and (file.table == "households") == households:
            yield file, typed


def cross_faults(filled, checked, current, known):
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
            found += [*calibre.totals(quarters, file.where, known, 0),
                      *calibre.running(quarters, file.where, known, 0),
                      *calibre.unbroken(quarters, file.where, known)]
            found += calibre.year_end(quarters, years, file.where, known)
        faults += [_placed(f, file) for f in found]
    return list(dict.fromkeys(faults))


def _placed(fault, file):
    """A fault whose row stands in the store and not in the file is one of the file as a whole."""
    if fault.place.row is None or fault.place.row > 0:
        return fault
    return replace(fault, place=file.where, found=f"{fault.found} in what was taken in before")


def warnings(filled, checked, current, known, project):
    """Jumps from the year before, totals that fall, and series over a break: name -> fault, to be accepted by name."""
    limits = reference.settings(project, 9999)
    former = {(r.place, r.indicator, r.quarter, int(r.year)): r.value for r in current.itertuples()}
    for _, table in _tables(filled, checked):
        former.update({(r.place, r.indicator, r.quarter, int(r.year)): r.value for r in table.itertuples()})
    out = {}
    for file, table in _tables(filled, checked):
        for line in table.itertuples():
            year = int(line.year)
            old = former.get((line.place, line.indicator, line.quarter, year - 1))
            name, words = _warning(line, old, known, limits["jump_limit"])
            if name:
                where = spot(file.where, row=line.Index + 2, column=file.headings.get("value", "value"))
                out[name] = Fault(where, words, f"{line.value:g}", f"correct it, or --accept {name}=REASON", "warning")
    return out


def _warning(line, old, known, limit):
    """Name and words of the warning that a value deserves beside the year before's; two empty texts for none."""
    about = f"{line.indicator}@{line.place}:{int(line.year)}" + (f"Q{line.quarter}" if line.quarter else "")
    if old is None or old != old:
        return "", ""
    for entry in (known.calibres.get("breaks") or {}).values():
        if line.indicator in entry["indicators"] and int(line.year) == entry["year"]:
            return f"break:{about}", f"a series that is not read across {entry['year']} ({entry['name']})"
    if dict(known.indicators["target_type"]).get(line.indicator) == "cumulative":
        return (f"fall:{about}", f"a running total of {old:g} or more") if line.value < old else ("", "")
    if old and abs(line.value / old - 1) > limit:
        return f"jump:{about}", f"within {limit:.0%} of last year's {old:g}"
    return "", ""
