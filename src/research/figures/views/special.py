"""The figures that only one theme has: enterprises, fields of service, perception, quality."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, time
from research.figures.style import TALLY_COLOURS
from research.figures.views.base import lacks
from research.figures.views.theme import Theme
from research.wording import interval, listed, number


class Several(Theme):
    """A theme that also draws a few of its indicators over the years in one picture."""

    def _names(self, ids):
        rows = self.edition.indicators.set_index("id")["name_zh"]
        return {i: rows[i] for i in ids if len(self.series(i))}

    def _lines(self, ids, what, zero=False):
        names = self._names(ids)
        series = {name: self.series(i) for i, name in names.items()}
        unit = next(iter(series.values()))["unit"].iloc[-1] if series else ""
        figure = time.lines(series, unit, zero=zero)
        return self.picture(figure, f"{self.name}{what}", self._lines_words(ids, what).text, list(series.values()))

    def _lines_words(self, ids, what):
        names, parts = self._names(ids), []
        for i, name in names.items():
            first, last = self.series(i).iloc[0], self.series(i).iloc[-1]
            told = self.significant("since", i, year=last["year"])
            new, old = (self.side(r["value"], r["unit"], r["year"]) for r in (last, first))
            parts.append(self.held(new, old, "since", "sentence", name=name, significant=told))
        text = "".join(parts) or lacks(what, self.name)
        return self.words(text, data=[self.series(i) for i in names])


class Economy(Several):
    """经济发展: also the enterprises that carry innovation."""

    def innovation(self):
        """The indicators of the theme's panel over the years."""
        return self._lines(self.panel, self.panel_title, zero=True)

    def innovation_words(self):
        """How many there are, and since when how many more."""
        return self._lines_words(self.panel, self.panel_title)


class Environment(Several):
    """生态环境: also air, surface water and drinking water."""

    def quality(self):
        """The quality indicators over the years."""
        return self._lines(self.panel, self.panel_title)

    def quality_words(self):
        """Level and change of each."""
        return self._lines_words(self.panel, self.panel_title)


class Services(Theme):
    """公共服务: also the five fields of service beside each other."""

    @cached_property
    def fields(self):
        """One row a sub-domain: indicators compared, how many improved since their first year."""
        rows = self.facts.merge(self.indicators[["id", "subdomain_zh"]], on="id", validate="one_to_one")
        rows = rows[rows["better"].notna()]
        order = list(dict.fromkeys(self.indicators["subdomain_zh"]))
        return tally(rows, "subdomain_zh", order)

    def dimensions(self):
        """Improved, unchanged and worse indicators in each field."""
        figure = compare.stacked(self.fields, "项", 0, TALLY_COLOURS, least=0.5)
        caption = f"{self.name}公共服务各子领域指标的变化（与首年相比）"
        return self.picture(figure, caption, self.dimensions_words().text, [self.facts])

    def dimensions_words(self):
        """Which fields improved throughout, which did not."""
        if self.fields.empty:
            return self.words(lacks("公共服务", self.name))
        whole = [n for n, r in self.fields.iterrows() if r["改善"] == r.sum()]
        worse = [n for n, r in self.fields.iterrows() if r["退步"]]
        parts = [f"{listed(whole)}的可比指标全部改善" if whole else "", f"{listed(worse)}有指标退步" if worse else ""]
        text = "，".join(p for p in parts if p)
        return self.words(
            f"与首年相比，{text}。" if text else "各子领域都有指标持平或变化在误差之内，没有指标退步。",
            data=[self.facts],
        )


class Culture(Theme):
    """精神文明: also what people feel, with the sampling error."""

    @cached_property
    def perception_rows(self):
        """Latest survey scores here and in the district: name, value, lower, upper, se, who."""
        rows = []
        for who, code in dict.fromkeys([(self.name, self.place), (self.whole_name, self.edition.district)]):
            if who == self.whole_name and self.is_district:
                continue
            for i, name in self._named():
                own, seen = self.series(i), self.series(i, code)
                seen = seen[seen["year"] == own["year"].max()]  # what is put side by side is of one year
                if len(seen):
                    rows.append({**seen.iloc[-1].to_dict(), "who": who, "what": name})
        columns = ["who", "what", "indicator", "year", "value", "lower", "upper", "se", "unit", "n", "status", "source"]
        return pd.DataFrame(rows, columns=columns)

    def _named(self):
        names = self.edition.indicators.set_index("id")["name_zh"]
        return [(i, names[i]) for i in self.panel]

    def perception(self):
        """Survey scores with 95% intervals; for a township beside the district."""
        rows = self.perception_rows
        if self.is_district:
            series = {name: self.series(i) for i, name in self._named() if len(self.series(i))}
            figure = time.lines(series, "分")
        else:
            frame = rows.assign(name=[f"{w}（{o}）" for w, o in zip(rows["what"], rows["who"], strict=True)])
            figure = compare.ranking(frame, "分", frame["name"][rows["who"] == self.name], height=2.2)
        caption = f"{self.name}{self.panel_title}（阴影或横线为95%置信区间）"
        return self.picture(figure, caption, self.perception_words().text, [rows])

    def perception_words(self):
        """Score, interval, and for a township the tested distance to the district."""
        rows, parts = self.perception_rows, []
        for row in rows[rows["who"] == self.name].itertuples():
            text = f"{row.year}年{self.name}{row.what}{number(row.value, '分')}"
            text += f"（{interval(row.lower, row.upper, '分')}）" if pd.notna(row.lower) else ""
            other = rows[(rows["what"] == row.what) & (rows["who"] == self.whole_name)]
            if len(other):
                wider = other.iloc[0]
                apart = self.significant("district", row.indicator, year=row.year)
                beside = self.side(wider["value"], "分", wider["year"], self.edition.district)
                text += self.held(self.side(row.value, "分", row.year), beside, "place", lead="，", name=row.what,
                                  than=f"{row.year}年{self.whole_name}", significant=apart)  # fmt: skip
            parts.append(text + "。")
        return self.words("".join(parts) or lacks(self.panel_title, self.name), data=[rows])


def tally(rows, by, order):
    """Counts of improved, unchanged and worse rows for each group, in the given order."""
    frame = pd.DataFrame({
        "改善": rows.groupby(by)["better"].agg(lambda b: int((b == 1).sum())),
        "持平或误差之内": rows.groupby(by)["better"].agg(lambda b: int((b == 0).sum())),
        "退步": rows.groupby(by)["better"].agg(lambda b: int((b == -1).sum())),
    })  # fmt: skip
    return frame.reindex([name for name in order if name in frame.index])


__all__ = ["Culture", "Economy", "Environment", "Services", "tally"]
