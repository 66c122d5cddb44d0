"""Evidence of a case at a glance: one indicator over years against the outline's targets, and by place.

Every sentence states levels and distances only; none of them says what caused a change. An edition whose data lack
what a case shows gets the sentence that says so, in each place where the figure would stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.evidence.effect import WITHOUT_SURVEY, households_of
from research.errors import DataError, Fault, nearest, say
from research.figures import Picture, Sheet, lines, ranking, trend
from research.figures.items import Absent
from research.indicators.analysis.tidy import percent
from research.indicators.privacy import release
from research.indicators.survey_tables import designed, ratio_of_means
from research.wording import Side, compare, listed, number, plain, span

if TYPE_CHECKING:
    from research.indicators.edition import Edition

__all__ = ["IndicatorView", "WestView", "both", "indicator_view", "west_view"]

_SIGNS = {">=": "不低于", ">": "高于", "<=": "不高于", "<": "低于", "": ""}


class IndicatorView:
    """One indicator of a district as a case's evidence; make it with `indicator_view`.

    Parameters
    ----------
    edition : Edition
    indicator : str
        Id of an indicator.
    """

    def __init__(self, edition: Edition, indicator: Any) -> None:
        self.edition, known = edition, edition.indicators.set_index("id")
        if indicator not in known.index:
            named = say(f"the indicator {indicator}", f"指标{indicator}")
            raise DataError(
                Fault(
                    "data/reference/indicators.csv",
                    named,
                    say("none such", "没有这个"),
                    nearest(indicator, known.index),
                    "indicator",
                )
            )
        self.about = known.loc[indicator]
        self.all = edition.series(indicator, "*").dropna(subset=["value"])
        self.rows = self.all[self.all["place"] == edition.district]
        self.name, self.unit = self.about["name_zh"], self.about["unit"]
        self.plan, self.goals = edition.plan, edition.goals_of(indicator)

    @property
    def _last(self):
        return self.rows.iloc[-1]

    def _absent(self, caption=""):
        """What stands in the place of a figure or table where the district has no value at all."""
        return Absent(self.sentence(), caption or self.name, self.edition.status) if self.rows.empty else None

    def path(self) -> Absent | Picture:
        """Values over years with the target of the last horizon."""
        if absent := self._absent():
            return absent
        figure = trend(self.rows, target=self.target, unit=self.unit, target_words=f"{self.plan.end}年目标")
        words = self.sentence()
        return Picture(figure, f"{self.name}（{self._span()}）", words, [self.rows])

    @property
    def target(self) -> Any:
        """The plan's number for its last year; None where it states none."""
        return float(self.goals.at[self.plan.end, "value"]) if self.plan.end in self.goals.index else None

    def _span(self):
        first, last = self.rows["year"].iloc[0], self._last["year"]
        return f"{first}—{last}年"

    def sentence(self) -> str:
        """Level, change since the first year, distance to the target."""
        if self.rows.empty:
            return f"本书所用的数据中没有{self.edition.whole}的{self.name}，本案例暂不能核验这一项。"
        first, last = self.rows.iloc[0], self._last
        text = compare(self._side(last["value"], last["year"]), self._side(first["value"], first["year"]), "since",
                       "sentence", name=self.name)  # fmt: skip
        if self.target is None:
            return text + f"{self.plan.name}没有给出数值目标。"
        distance = self.distance(last["value"], last["year"], "目标")
        return text + f"与{self.plan.name}{self.plan.end}年目标{number(self.target, self.unit)}相比，{distance}。"

    def _side(self, value, year):
        return Side(value, self.unit, int(year), self.edition.district)

    def distance(self, value: float, year: int, than: str) -> str:
        """A year's value beside the plan's number for its last year."""
        return compare(self._side(value, year), self._side(self.target, self.plan.end), "goal", than=than)

    def years(self) -> Absent | Sheet:
        """All years in a table, beside the plan's targets."""
        if absent := self._absent(f"{self.name}与{self.plan.name}目标"):
            return absent
        goals = self.goals
        unit = f"（{self.unit}）"
        rows = [
            {
                "年份": str(r.year),
                f"数值{unit}": plain(r.value, self.unit),
                f"{self.plan.name}目标{unit}": self._goal(goals, r.year),
            }
            for r in self.rows.itertuples()
        ]
        ahead = [y for y in goals.index if y > self._last["year"]]
        head = f"{self.plan.name}目标"
        rows += [{"年份": f"{y}", f"数值{unit}": "", f"{head}{unit}": self._goal(goals, y)} for y in ahead]
        note = "空格表示没有数据或该年没有目标。"
        return Sheet(pd.DataFrame(rows), f"{self.name}与{head}", [self.rows], note=note)

    def _goal(self, goals, year):
        if year not in goals.index:
            return ""
        return _SIGNS.get(goals.at[year, "operator"], "") + plain(goals.at[year, "value"], self.unit)

    def places(self, highlight: tuple[str, ...] = ()) -> Absent | Picture:
        """The latest year by place, highest first.

        Parameters
        ----------
        highlight : iterable of str
            Codes of places to draw in the second colour.
        """
        if absent := self._without_places():
            return absent
        frame = self._places()
        names = [self.edition.name(c) for c in highlight]
        figure = ranking(frame, unit=self.unit, highlight=names, reference=float(self._last["value"]))
        caption = f"各乡镇街道{self.name}（{self._last['year']}年）"
        alt = f"{frame['name'].iloc[0]}最高，{frame['name'].iloc[-1]}最低，竖线为{self.edition.whole}水平。"
        return Picture(figure, caption, alt, [frame])

    def _without_places(self):
        if self.rows.empty or self._places().empty:
            words = f"本书所用的数据中没有各乡镇街道的{self.name}。"
            return Absent(words, f"各乡镇街道{self.name}", self.edition.status)
        return None

    def _places(self):
        year = self._last["year"]
        frame = self.all[(self.all["year"] == year) & (self.all["place"] != self.edition.district)].copy()
        frame["name"] = [self.edition.name(c) for c in frame["place"]]
        return frame.sort_values(["value", "place"], ascending=[False, True])

    def places_table(self) -> Absent | Sheet:
        """First and latest year by place; a gap stays a gap."""
        if absent := self._without_places():
            return absent
        first, last = int(self.rows["year"].iloc[0]), int(self._last["year"])
        wide = self.all.pivot(index="place", columns="year", values="value")
        rows = [
            {
                "乡镇街道": name,
                f"{first}年（{self.unit}）": plain(wide.at[code, first] if code in wide.index else None, self.unit),
                f"{last}年（{self.unit}）": plain(wide.at[code, last] if code in wide.index else None, self.unit),
            }
            for code, name in zip(self.edition.places["code"], self.edition.places["name"], strict=True)
        ]
        return Sheet(pd.DataFrame(rows), f"各乡镇街道{self.name}", [self.all])

    def places_sentence(self, target: float = 100.0) -> str:
        """How many places reach a level, and which are the last."""
        if absent := self._without_places():
            return absent.text
        frame = self._places()
        reached = int((frame["value"] >= target).sum())
        lowest = frame["name"].tail(3).tolist()[::-1]
        words = f"{reached}个" if reached else "没有一个"
        goal = number(target, self.unit, 0 if float(target).is_integer() else None)
        year, last = self._last["year"], listed(lowest)
        return f"{year}年有数据的{len(frame)}个乡镇街道中，{words}达到{goal}，最低的三个是{last}。"


def indicator_view(edition: Edition, indicator: str) -> IndicatorView:
    """The evidence that one indicator gives.

    Examples
    --------
    >>> from research import open_edition
    >>> indicator_view(open_edition("2024"), "CUL-3-03").unit
    '家'
    """
    return IndicatorView(edition, indicator)


class WestView:
    """Income of a group of places over the district's, from the household survey; make it with `west_view`."""

    def __init__(self, edition: Edition, group: str = "west") -> None:
        self.edition = edition
        self.estimates: Any = None
        made = pd.DataFrame(columns=["year", "value", "se", "lower", "upper", "n", "status", "source"])
        homes = households_of(edition, group)
        if len(homes):
            made = self._estimated(homes, homes["place"].isin(edition.groups[group]))
        self.whole = edition.whole
        self.rows = release.group_ratio(edition, made, group).reset_index(drop=True)
        self.name = f"{edition.group_names.get(group, '所比较的一组')}居民人均可支配收入与{edition.whole}平均之比"

    def _estimated(self, homes, members):
        """The ratio of each year with its design's error."""
        made = ratio_of_means(
            designed(homes, "person_weight"),
            members,
            homes["income_pc"].notna(),
            ["year"],
            level=self.edition.settings["confidence_level"],
        )
        self.estimates = made
        rows = made.table.rename(columns={"estimate": "value"}).sort_values("year")
        known = homes.assign(n=members).groupby("year").agg(n=("n", "sum"), status=("status", "first")).reset_index()
        rows = rows[["year", "value", "se", "lower", "upper"]].merge(known, on="year", validate="one_to_one")
        return rows.assign(source=self.edition.meta.get("title", "住户调查"))

    @property
    def significant(self) -> bool | None:
        """Whether the last published year differs from the first; None with one year only. A family of one test."""
        if self.estimates is None or self.rows["year"].nunique() < 2:
            return None
        level, years = self.edition.settings["confidence_level"], self.estimates.table["year"].tolist()
        first, last = (years.index(self.rows["year"].iloc[i]) for i in (0, -1))
        return bool(self.estimates.differences([first], [last], level)["p_value"].iloc[0] < 1 - level)

    def _absent(self):
        return Absent(self.sentence(), self.name, self.edition.status) if self.rows.empty else None

    def path(self) -> Absent | Picture:
        """The ratio over years."""
        if absent := self._absent():
            return absent
        years = f"{self.rows['year'].iloc[0]}—{self.rows['year'].iloc[-1]}年"
        return Picture(trend(self.rows, unit="比值"), f"{self.name}（{years}）", self.sentence(), [self.rows])

    def sentence(self) -> str:
        """Level and change since the first year."""
        if self.rows.empty:
            return WITHOUT_SURVEY
        first, last = self.rows.iloc[0], self.rows.iloc[-1]
        new, old = (Side(r["value"], "比值", int(r["year"]), self.name) for r in (last, first))
        return compare(new, old, "since", "sentence", name=self.name, decimals=3, significant=self.significant)

    def table(self) -> Absent | Sheet:
        """Ratio and sample by year."""
        if absent := self._absent():
            return absent
        ends = zip(self.rows["lower"], self.rows["upper"], strict=True)
        cells = pd.DataFrame(
            {
                "年份": self.rows["year"].astype(str),
                "比值": [plain(v, "比值") for v in self.rows["value"]],
                f"{percent(self.edition):g}%置信区间": [span(low, high, "比值") for low, high in ends],
                "组内样本户": [plain(n, "户") for n in self.rows["n"]],
            }
        )
        note = f"比值等于组内人均可支配收入除以{self.whole}人均可支配收入，按户权数乘家庭人口加权；收入缺失的户不计入。"
        return Sheet(cells, self.name, [self.rows], note=note)


def west_view(edition: Edition, group: str = "west") -> WestView:
    """The evidence that the household survey gives on one group of places.

    Examples
    --------
    >>> from research import open_edition
    >>> bool((west_view(open_edition("2024")).rows["value"] < 1).all())
    True
    """
    return WestView(edition, group)


def both(one: IndicatorView, two: IndicatorView, as_table: bool = False) -> Picture | Sheet:
    """Two indicators in the same unit, each beside its own target.

    Parameters
    ----------
    one, two : IndicatorView
    as_table : bool
        A table of levels and of the margin above the target, instead of the figure.

    Returns
    -------
    Picture or Sheet
    """
    views = (one, two)
    data = [v.rows for v in views]
    if lacking := [v for v in views if v.rows.empty]:
        return _one_of(views, lacking, as_table)
    if as_table:
        rows = [_margin(v, r) for v in views for r in v.rows.itertuples()]
        return Sheet(pd.DataFrame(rows), f"{one.name}和{two.name}的余量", data)
    figure = lines({v.name: v.rows for v in views}, unit=one.unit)
    axes = figure.axes[0]
    for view, line in zip(views, axes.get_lines(), strict=False):
        first, last = view.rows["year"].min(), view.rows["year"].max()
        if view.target is not None:
            axes.hlines(view.target, first, last, color=line.get_color(), ls="--", lw=0.9)
    words = "".join(v.sentence() for v in views)
    return Picture(figure, f"{one.name}和{two.name}（虚线为各自的{one.plan.end}年目标）", words, data)


def _one_of(views, lacking, as_table):
    """Where one of two indicators has no value: the other alone; where both lack it, the sentences of absence."""
    there = next((v for v in views if v not in lacking), None)
    if there is None:
        words = "".join(v.sentence() for v in lacking)
        return Absent(words, "和".join(v.name for v in views), views[0].edition.status)
    return there.years() if as_table else there.path()


def _margin(view, row):
    target = view.target
    return {
        "指标": view.name,
        "年份": str(row.year),
        f"数值（{view.unit}）": plain(row.value, view.unit),
        f"达标线（{view.unit}）": "" if target is None else plain(target, view.unit),
        "与达标线相比": "" if target is None else view.distance(row.value, row.year, "达标线"),
    }
