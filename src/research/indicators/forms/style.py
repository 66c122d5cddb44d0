"""How the forms look: colours, widths, wrapping, printing on A4 with headings on each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


ENTRY, GREY, HEAD = (PatternFill("solid", fgColor=c) for c in ("FFF7D6", "F2F2F2", "2F5D7C"))
_LINE = Side(style="thin", color="C9CDD2")
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
FONT = "微软雅黑"
NUMBERS = ("former", "value", "n", "se")


def heading(cell: Cell) -> None:
    """A cell of the heading row: white on blue, in the middle, wrapped."""
    cell.font = Font(name=FONT, bold=True, color="FFFFFF", size=10)
    cell.fill, cell.border = HEAD, BORDER
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def body(cell: Cell, name: str, entered: bool) -> None:
    """A cell of a row: yellow where it is filled in, grey where it is fixed; numbers to the right."""
    cell.font, cell.border = Font(name=FONT, size=10, color="000000" if entered else "444444"), BORDER
    cell.fill = ENTRY if entered else GREY
    cell.alignment = Alignment(
        horizontal="right" if name in NUMBERS else "left",
        vertical="center",
        wrap_text=name in ("name", "source", "method", "note"),
    )


def printed(sheet: Worksheet, title: str, rows: int = 1) -> None:
    """A4 across, one page wide, the heading row on each page, title above and page number below."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{rows}"
    sheet.oddHeader.center.text, sheet.oddFooter.center.text = title.replace("&", "&&"), "第 &P 页，共 &N 页"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.8
    sheet.page_margins.header = sheet.page_margins.footer = 0.35
    sheet.sheet_view.showGridLines = False


def notes(sheet: Worksheet, rows: Sequence[int]) -> None:
    """The page of notes: the first line is the title, the rest wraps over two columns."""
    for number in range(1, sheet.max_row + 1):
        cell = sheet.cell(number, 1)
        cell.font = Font(name=FONT, size=16 if number == 1 else 11, bold=number == 1)
        cell.alignment = Alignment(vertical="center", wrap_text=number > 2)
        if number in rows:
            sheet.cell(number, 1).border = sheet.cell(number, 2).border = BORDER
        elif number > max(rows):
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
            sheet.row_dimensions[number].height = 34 if len(str(cell.value or "")) > 40 else 20
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 58
    sheet.sheet_view.showGridLines = False
