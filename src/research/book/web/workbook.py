"""A plain Excel workbook out of rows: texts and numbers, no formula, the same bytes each time."""

from __future__ import annotations

import re
import zipfile
from html import escape

MOST_ROWS = 1_048_575  # of Excel, the head aside
FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONTS = "".join(f'<font>{bold}<sz val="11"/><name val="等线"/></font>' for bold in ("", "<b/>"))
_FILLS = "".join(f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125"))
_PLAIN, _BOLD = (f'<xf numFmtId="0" fontId="{n}" fillId="0" borderId="0" xfId="0" applyFont="1"/>' for n in (0, 1))
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2">{_FONTS}</fonts><fills count="2">{_FILLS}</fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="2">{_PLAIN}{_BOLD}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" '
    'builtinId="0"/></cellStyles></styleSheet>'
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_workbook(path, sheets):
    """Write a workbook.

    Parameters
    ----------
    path : Path
    sheets : dict of str to list of rows
        Sheet name (31 letters at most) -> rows; the first row is the head. Cells are text, numbers or None; text
        is always written as text, whatever it starts with.

    Returns
    -------
    Path
    """
    parts = {"xl/styles.xml": _STYLES}
    for n, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(rows)
    names = list(sheets)
    parts["xl/workbook.xml"] = (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
        + "</sheets></workbook>"
    )
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
    parts["xl/_rels/workbook.xml.rels"] = _relations([*links, (f"rId{len(names) + 1}", "styles", "styles.xml")])
    parts["_rels/.rels"] = _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    overrides = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    overrides |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in range(1, len(names) + 1)}
    types = (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{k}" ContentType="{_TYPE}.{v}+xml"/>' for k, v in overrides.items())
        + "</Types>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for name, text in {"[Content_Types].xml": types, **parts}.items():
            info = zipfile.ZipInfo(name, FIXED)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, text)
    return path


def _relations(rows):
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="{i}" Type="{_REL}/{kind}" Target="{target}"/>' for i, kind, target in rows)
        + "</Relationships>"
    )


def _sheet(rows):
    width = max((len(r) for r in rows), default=1)
    letters = [_letters(c) for c in range(width)]
    lines = []
    for n, row in enumerate(rows, 1):
        style = ' s="1"' if n == 1 else ""
        cells = "".join(_cell(f"{letters[c]}{n}", v, style) for c, v in enumerate(row) if v not in (None, ""))
        lines.append(f'<row r="{n}">{cells}</row>')
    corner = f"{letters[width - 1]}{max(len(rows), 1)}"
    search = f'<autoFilter ref="A1:{corner}"/>' if len(rows) > 2 and width > 2 else ""
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{corner}"/><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{_widths(rows, width)}</cols>'
        f"<sheetData>{''.join(lines)}</sheetData>{search}</worksheet>"
    )


def _cell(place, value, style):
    if isinstance(value, (int, float)):
        return f'<c r="{place}"{style}><v>{value!r}</v></c>'
    text = escape(_CONTROL.sub("", str(value)), quote=False)[:32_000]
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _widths(rows, width):
    """Column widths by the widest of the first rows; a Chinese character takes two letters' room."""
    found = [8.0] * width
    for row in rows[:60]:
        for c, value in enumerate(row):
            text = "" if value is None else str(value)
            found[c] = max(found[c], min(48, sum(1 if ch < "\u2e80" else 2 for ch in text) + 2))
    return "".join(f'<col min="{c}" max="{c}" width="{w}" customWidth="1"/>' for c, w in enumerate(found, 1))


def _letters(column):
    """Name of a column, from 0.

    Examples
    --------
    >>> [_letters(c) for c in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
