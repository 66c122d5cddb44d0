"""A form's rows are known by what they are about, not by where they stand: sorting and blank rows do no harm."""

from __future__ import annotations

from typing import Any

from research.core.faults import Fault, say, spot
from research.indicators.forms import forms

_KEY = ("indicator", "place", "year")


def form_faults(sheet: Any, filled: Any) -> list[Fault]:
    """Faults of a form's fixed cells.

    Parameters
    ----------
    sheet : openpyxl.Worksheet
        The hidden sheet with the form's own keys.
    filled : Filled

    Returns
    -------
    list of Fault
        One a cell that was changed: its row is the one whose other keys still fit. A row that is none of the form's
        is one fault.
    """
    lines = list(sheet.iter_rows(values_only=True))
    facts = {str(line[0]): line[1] for line in lines if line and line[0] != "key"}
    keys = [tuple(str(v) for v in line[1:5]) for line in lines if line and line[0] == "key"]
    way = say("ask for a new form", "请重新领取填报表")
    if str(facts.get("version")) != forms.VERSION:
        return [
            Fault(
                filled.where,
                say(f"a form of version {forms.VERSION}", f"第{forms.VERSION}版填报表"),
                str(facts.get("version")),
                way,
                "form",
            )
        ]
    if facts.get("checksum") != forms.checksum([tuple(line[1:5]) for line in lines if line and line[0] == "key"]):
        return [
            Fault(
                filled.where,
                say("the form's own checksum", "填报表自带的校验码"),
                say("another", "不一致"),
                way,
                "form",
            )
        ]
    given = {row: tuple(str(line[c]) for c in _KEY) for row, line in filled.rows[list(_KEY)].iterrows()}
    known = [key[:3] for key in keys]
    free = [k for k in known if k not in set(given.values())]
    faults = []
    for row, key in given.items():
        if key not in known:
            faults += _strange(row, key, free, known[row : row + 1], filled)
    return faults


def _strange(row, key, free, here, filled):
    """The changed cell of a row: in it the row is unlike the one key that it can have been, or that stood here."""
    near = [k for k in free if sum(a == b for a, b in zip(k, key, strict=True)) == 2]
    near = [k for k in near if k in here] or near
    if len(near) == 1:
        name, wanted, got = next((n, a, b) for n, a, b in zip(_KEY, near[0], key, strict=True) if a != b)
        filled.rows.at[row, name] = wanted  # the rest of the row is judged as what it was meant to be
        return [
            Fault(
                spot(filled.where, row=row + 2, column=filled.headings.get(name, name)),
                repr(wanted),
                repr(got),
                say("fixed cells may not be changed", "固定单元格不能改动，请改回"),
                "form",
            )
        ]
    return [
        Fault(
            spot(filled.where, row=row + 2),
            say("a row of the form", "填报表原有的一行"),
            say(f"another: {' '.join(key)}", f"表中没有的一行：{' '.join(key)}"),
            say("fill in the given rows only", "请只填原有的各行"),
            "form",
        )
    ]
