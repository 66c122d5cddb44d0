"""One measure in all places of the district this year: who is highest, who differs, how the figure was adopted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.analysis import measured
from research.indicators.analysis.district import choice
from research.indicators.analysis.tidy import Tidy
from research.indicators.survey_tables import UNITS
from research.measures.dynamics import beta_convergence
from research.wording import cell, decimals_of, is_missing, listed, number, ranges, rounded, share, span
from research.wording.values import Value

if TYPE_CHECKING:
    from research.indicators.analysis.places import Place

SMALL = 0.05
"""Places less likely than this are not named as a possible first."""


class Townships(Tidy):
    """A row a place with a value, the highest first: name, full, value, lower, upper, old, ratio, apart, focus."""

    _metadata = ["about", "every", "asked", "whole"]

    @property
    def _constructor(self):
        return Townships

    @property
    def unit(self) -> str:
        """The unit that is printed."""
        return str(measured.PRINTED.get(UNITS[self.asked], (UNITS[self.asked], 1))[0])

    @property
    def level(self) -> float | None:
        """The district's own value, for an upright line."""
        return None if self.whole is None else float(self.whole["value"])

    # --- who is first, who differs -----------------------------------------------------------------------

    @property
    def ends(self) -> dict[str, Value]:
        """The highest and the lowest place with how sure that is: count, highest, lowest; low, high (values alone)."""
        rows = self
        if rows.empty:
            return rows.values_of(**dict.fromkeys(("count", "highest", "lowest", "between"), ""))
        return rows.values_of(
            count=f"{len(rows)}个乡镇街道",
            highest=self._end("highest"),
            lowest=self._end("lowest"),
            between=span(rows["value"].iloc[-1], rows["value"].iloc[0], self.unit),
        )

    def _end(self, end: str) -> str:
        edition, word = self.known().edition, {"highest": "最高", "lowest": "最低"}[end]
        first = self.iloc[0 if end == "highest" else -1]
        told = f"{first['full']}（{number(first['value'], self.unit)}）"
        chance = self._chances(f"p_{end}")
        sure = chance.get(first["place"])
        if sure is None or sure >= edition.settings["confidence_level"]:
            return f"{word}的是{told}"
        others = chance.drop(first["place"])
        others = others[others >= SMALL].sort_values(ascending=False).head(3)
        also = listed([f"{edition.name(c)}（{share(p, 0)}）" for c, p in others.items()])
        return f"数值{word}的是{told}，但它确为{word}的可能为{share(sure, 0)}，也可能是{also}"

    def _chances(self, column: str) -> pd.Series:
        """Probability of each place to be the highest, the lowest, in the top third."""
        rows = measured.table_of(self.known().edition, "extremes")
        if column not in rows:
            return pd.Series(dtype=float)
        year = self.known().edition.edition
        return rows[(rows["measure"] == self.asked) & (rows["year"] == year)].set_index("place")[column]

    @property
    def standing(self) -> dict[str, Value]:
        """Beside the district: level; with errors tests, above, below (names), rest; else summed, under, sums."""
        known = self.whole is not None and not is_missing(self.whole["lower"]) and self["lower"].notna().any()
        names = {n: self[self["apart"] & ((self["value"] > (self.level or 0)) == up)].sort_values("place")["full"]
                 for n, up in (("above", True), ("below", False))}  # fmt: skip
        apart = int(self["apart"].sum())
        under = int((self["value"] < self.level).sum()) if self.level is not None else 0
        sums = known or self.empty
        return self.values_of(
            summed=f"{len(self)}个" if len(self) and not known else "",
            level="" if self.level is None else number(self.level, self.unit),
            tests=f"{len(self)}个比较" if known else "",
            above=self._value(listed(names["above"], 7) if known else "", significant=True, direction=1),
            below=self._value(listed(names["below"], 7) if known else "", significant=True, direction=-1),
            rest=f"{len(self) - apart}个乡镇街道" if known and apart < len(self) else "",
            under="" if sums or self.level is None else f"{under}个",
            sums="" if sums else "没有误差区间，名次相近的不宜作强弱结论",
        )

    def in_unit(self, scale: float) -> Townships:
        """The two years' values as `old` and `new`, divided by something: 10000 for 万元."""
        return self.assign(old=self["old"] / scale, new=self["value"] / scale)

    # --- growth --------------------------------------------------------------------------------------------

    @property
    def growth(self) -> dict[str, Value]:
        """The least and the most that places grew since the first year, nominal: from, to."""
        grown = (self["value"] / self["old"] - 1).dropna()
        said = {"low": share(grown.min()), "high": share(grown.max())} if len(grown) else {"low": "", "high": ""}
        return self.values_of(**said)

    @property
    def catching_up(self) -> Value:
        """Whether places that began lower grew faster (β convergence), with its interval."""
        edition = self.known().edition
        rows = _rows(edition, self.asked)
        rows = rows[(rows["place"] != edition.district) & rows["value"].notna()]
        if rows["year"].nunique() < 2:
            return self._value("只有一年数据，尚不能判断是否收敛" if len(rows) else "")
        found = measured.table_of(edition, "catching_up")
        exact = len(found) == 0  # aggregates without errors
        beta: Any = beta_convergence(rows, "value") if exact else found.iloc[0]
        ends = f"（{self.percent:g}%置信区间{span(beta.lower, beta.upper, '', 3)}）"
        ends += "" if exact else f"，已扣除起点收入抽样误差造成的偏低，未扣除时为{rounded(beta.plain, 3)}"
        told = f"β系数为{rounded(beta.beta, 3)}{ends}"
        if beta.upper < 0:
            return self._value(f"起点越低的乡镇街道增长越快：{told}，存在绝对β收敛")
        if beta.lower > 0:
            return self._value(f"起点越高的乡镇街道增长越快：{told}，呈发散")
        return self._value(f"{told}，区间跨过0，不能断定低收入乡镇街道追赶更快")

    # --- tables ------------------------------------------------------------------------------------------

    def table(self) -> Tidy:
        """The adopted figure of every place by its code, the direct and the small-area estimate, and the choice."""
        rows, unit = self.every, self.unit
        both = zip(rows["value"], rows["below"], strict=True)
        frame = pd.DataFrame({
            "乡镇街道": rows["full"],
            f"采用值（{unit}）": [cell(v, unit) or ("" if is_missing(b) else f"不足{b:g}") for v, b in both],
            f"{self.percent:g}%置信区间（{unit}）": ranges(rows["lower"], rows["upper"], unit),
            **self._both(rows, unit),
        })  # fmt: skip
        note = self._choice()
        note += "样本中一户也没有的，不给区间。" if (rows["se"] == 0).any() else ""
        if rows["withheld"].any():
            note += ("不列直接估计的，是样本中计入或不计入的户数过少，为保护住户不予公布；"
                     "“不足”之后是按样本户数确定的上限，小域估计按误差取整。")  # fmt: skip
        return self.readable(frame, note)

    def table_of_growth(self) -> Tidy:
        """The adopted figure of every place with its ratio to the district, and its growth since the first year."""
        edition, unit, rows = self.known().edition, self.unit, self.sort_values("place")
        first = f"比{rows['first_year'].iloc[0]}年名义增长（%）" if len(rows) else ""
        heads = {f"为{edition.whole}平均的%": 100 * rows["ratio"], first: 100 * (rows["value"] / rows["old"] - 1)}
        beside = {head: [cell(v, "%") for v in values] for head, values in heads.items()}
        if rows["se"].isna().all():
            own = {f"人均可支配收入（{unit}）": [cell(v, unit) for v in rows["value"]]}
            frame = pd.DataFrame({"乡镇街道": rows["full"], **own, **beside})
            return self.readable(frame, "为公布或报送的汇总数，没有误差区间。")
        top = self._chances("p_top").reindex(rows["place"])
        frame = pd.DataFrame({
            "乡镇街道": rows["full"], f"采用值（{unit}）": [cell(v, unit) for v in rows["value"]],
            f"{self.percent:g}%置信区间（{unit}）": ranges(rows["lower"], rows["upper"], unit),
            **self._both(rows, unit), "居前三分之一的可能（%）": [cell(100 * v, "", 0) for v in top], **beside,
            f"增长的{self.percent:g}%区间（%）": [self._growth_ends(p) for p in rows["place"]],
            "样本户数": [str(int(n)) for n in rows["n"]],
        })  # fmt: skip
        gone = [edition.name(p) for p in self.every.loc[self.every["withheld"], "place"]]
        note = "按行政区划代码排列，区间重叠的不分先后；其余各列均按采用值计算。" + self._choice()
        note += f"为保护住户信息，{listed(gone, 7)}的数值不予公布。" if gone else ""
        return self.readable(frame, note)

    def choices(self) -> Tidy:
        """The coefficients of variation of the three estimates of every place, which is taken and why."""
        return self.readable(choice.table(self._rows_chosen(), self.known().edition), self._choice())

    @property
    def chosen(self) -> dict[str, Value]:
        """How many places take which estimate and why (chosen); why there is no model of households (lacking)."""
        rows = self._rows_chosen()
        lacking = [t for t in rows["lacking"].dropna().unique() if t] if len(rows) else [choice.NONE]
        return self.values_of(chosen=choice.told(rows), lacking=lacking[0] if lacking else "")

    def diagnostics(self) -> Tidy:
        """A row a place that is published, as `charts.small_area_diagnostics` takes it."""
        found = choice.diagnostics(self._rows_chosen(), self.every)
        found.attrs["status"] = self.known().status
        return Tidy(found).told(replace(self.known(), data=(found,)))

    def _rows_chosen(self) -> pd.DataFrame:
        return choice.rows(self.known().edition, self.asked)

    def _growth_ends(self, place: str) -> str:
        edition = self.known().edition
        row = edition.tested("since", self.asked, "all", place, edition.edition)
        if row is None or is_missing(row["growth_lower"]):
            return ""
        return f"{cell(100 * row['growth_lower'], '%')}～{cell(100 * row['growth_upper'], '%')}"

    def _both(self, rows: pd.DataFrame, unit: str) -> dict[str, list[str]]:
        """Columns of the direct estimate and the better model's, each with its error, which is adopted and why."""
        digits = max(decimals_of(unit), 1) if unit != "元" else 0
        taken = choice.by_place(self._rows_chosen())
        pairs = zip(rows["place"], rows["value"], strict=True)
        return {
            f"直接估计（{unit}）": [cell(v, unit) for v in rows["direct"]],
            "直接估计的标准误": [cell(v, unit, digits) for v in rows["se_direct"]],
            f"小域估计（{unit}）": [cell(v, unit) for v in rows["model"]],
            "小域估计的标准误": [cell(v, unit, digits) for v in rows["se_model"]],
            "采用": ["" if is_missing(v) else taken.get(p, "直接") for p, v in pairs],
        }

    def _choice(self) -> str:
        """The rule by which a figure is adopted, and the benchmark's factors."""
        return choice.rule(self._rows_chosen(), self.known().edition)


NUMBERS = ("value", "se", "lower", "upper", "direct", "se_direct", "model", "se_model", "below")


def _rows(edition: Any, measure: str) -> pd.DataFrame:
    """Rows of a measure for all residents, in the unit that is printed; every column that is used."""
    rows = measured.table_of(edition, "measures")
    rows = rows[(rows["measure"] == measure) & (rows["residence"] == "all")]
    factor = measured.PRINTED.get(UNITS[measure], ("", 1))[1]
    further = ("withheld", "adopted", "n")
    rows = rows.reindex(columns=[*rows.columns, *(c for c in (*NUMBERS, *further) if c not in rows)])
    return rows.assign(**{c: rows[c].astype(float) * factor for c in NUMBERS}, withheld=rows["withheld"].eq(True))


def townships(place: Place, measure: str) -> Townships:
    """See `Place.townships`."""
    edition = place.edition
    rows = _rows(edition, measure)
    own, codes = rows[rows["place"] == edition.district], edition.places.set_index("code")
    now = rows[(rows["year"] == edition.edition) & rows["place"].isin(codes.index)].sort_values("place")
    first = int(rows.loc[rows["value"].notna(), "year"].min()) if rows["value"].notna().any() else edition.edition
    old = rows[rows["year"] == first].set_index("place")["value"]
    whole = own[(own["year"] == edition.edition) & own["value"].notna()]
    now = now.assign(
        unit=measured.PRINTED.get(UNITS[measure], (UNITS[measure], 1))[0],
        name=now["place"].map(codes["name_short"]), full=now["place"].map(codes["name"]), code=now["place"],
        focus=now["place"].map(codes["group"]).eq(edition.focus) if edition.focus else False,
        old=now["place"].map(old), first_year=first,
        ratio=now["value"] / (whole["value"].iloc[0] if len(whole) else np.nan),
        apart=[_apart(edition, measure, p) for p in now["place"]],
    )  # fmt: skip
    # none in the sample: no interval can be given
    now.loc[now["se"] == 0, ["lower", "upper"]] = np.nan
    kept = now[now["value"].notna()].sort_values("value", ascending=False).reset_index(drop=True)
    name = measured.named(edition, measure)
    about = place.about(f"乡镇街道{name}", name=name, first=first, group=edition.words["group"])
    made: Townships = Townships(kept).told(replace(about, data=(kept, whole)))
    made.every, made.asked, made.whole = now, measure, whole.iloc[0] if len(whole) else None
    return made


def _apart(edition: Any, measure: str, place: str) -> bool:
    held = edition.tested("district", measure, "all", place, edition.edition)
    return held is not None and not pd.isna(held["significant"]) and bool(held["significant"])
