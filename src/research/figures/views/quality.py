"""The quality of what was handed in: complete, on time, to be looked at, revised, of another calibre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from research.figures.charts import compare, grid
from research.figures.views.base import View
from research.indicators.quality import quality, report
from research.wording import listed, number

if TYPE_CHECKING:
    from research.figures.items import Absent, Picture, Sheet, Words
    from research.indicators.edition import Edition

NO_HISTORY = "按导入记录统计；没有导入记录的数据（如示例数据）不列。"


class Quality(View):
    """The quality report of the edition's year."""

    def __init__(self, edition: Edition, place: str | None = None) -> None:
        super().__init__(edition, edition.district)
        self.stood = [edition.handed_in]

    def _bare(self, frame):
        """A frame of shares with the source of the figures that it counts."""
        return frame.assign(source=self.edition.meta["source"])

    def lead(self) -> Words:
        """How much is there, and how much of it deserves a look."""
        return self.words(*report.lead(self.edition), data=self.stood)

    def departments(self) -> Picture:
        """The departments with the lowest completeness."""
        rows = self._bare(report.completeness_bars(self.edition))
        worst = rows.loc[rows["value"].idxmin()]
        alt = f"完整率最低的是{worst['name']}（{number(worst['value'], '%')}）。"
        caption = f"数据完整率最低的{len(rows)}个部门（{self.year}年）"
        return self.picture(compare.bars(rows, unit="%"), caption, alt, [rows])

    def departments_table(self) -> Any:
        """Due, given and completeness of every department."""
        return self.sheet(report.completeness(self.edition, "department"), "分部门的数据完整率", self.stood)

    def places(self) -> Picture:
        """Completeness of each township on the schematic map."""
        rows = quality.completeness(self.edition, ["place", "year"]).query("year == @self.year")
        rows = self._bare(rows.assign(code=rows["place"], value=100 * rows["share"]))
        frame = rows.merge(grid.positions(self.edition.places), on="code", how="right", validate="one_to_one")
        frame["name"] = frame["code"].map(self.edition.places.set_index("code")["name_short"])
        known = frame.dropna(subset=["value"]).sort_values(["value", "code"])
        alt = "各乡镇街道都没有数据。"
        if len(known):
            low, high = known["value"].iloc[[0, -1]]
            least = [self.edition.name(c) for c in known.loc[known["value"].eq(low), "code"]]
            alt = f"完整率在{number(low, '%')}和{number(high, '%')}之间，最低的是{listed(least)}。"
        caption = f"乡镇街道数据完整率（{self.year}年，示意图）"
        return self.picture(grid.tile_map(frame, "%", 1), caption, alt, [rows])

    def places_table(self) -> Any:
        """Due, given and completeness of every place."""
        return self.sheet(report.completeness(self.edition, "place"), "分地区的数据完整率", self.stood)

    def timeliness_table(self) -> Any:
        """On time, late and last day, by department."""
        return self.sheet(report.timeliness(self.edition), "分部门的报送时间", self.stood, NO_HISTORY)

    def outliers_table(self) -> Sheet:
        """Values that deserve a look."""
        return self._short(report.outliers(self.edition), "需核对的数值")

    def revisions_table(self) -> Absent:
        """Values that were handed in again with another number."""
        return self._short(report.revisions(self.edition), "改过的数值", NO_HISTORY)

    def calibres_table(self) -> Sheet:
        """Breaks of series."""
        return self._short(report.calibre_changes(self.edition), "统计口径的变动")

    def _short(self, frame, caption, otherwise=""):
        rows, note = report.shortened(frame)
        return self.sheet(rows, caption, self.stood, note or otherwise)
