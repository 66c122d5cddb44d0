"""An audit of the finished book: numbers recomputed from the sample's raw files, sentences judged by their kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from lxml import html

from tests.truth import own

MORE, LESS = ("高于", "提高", "增加"), ("低于", "下降", "减少")
KINDS = ("direction", "significance", "extreme", "count", "share", "comparison")


def shown(value, digits):
    """A number as the book prints it: rounded half up."""
    step = Decimal(1).scaleb(-digits)
    return Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)


@dataclass
class Findings:
    """What was recomputed and judged, and what contradicts the sample."""

    numbers: int = 0
    sentences: dict = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    wrong: list = field(default_factory=list)

    def number(self, where, printed, value, digits):
        """Hold a printed number against the recomputed one."""
        if printed in ("", "–", "暂无数据"):
            return
        self.numbers += 1
        if abs(Decimal(printed) - shown(value, digits)) > Decimal(1).scaleb(-digits) * Decimal("0.001"):
            self.wrong.append(f"{where}: printed {printed}, the sample gives {value:.6g}")

    def sentence(self, kind, where, text, true):
        """Hold a sentence against what the sample says of it."""
        self.sentences[kind] += 1
        if not true:
            self.wrong.append(f"{where} [{kind}]: {text}")


class Book:
    """Pages of a rendered book, its tables and sentences as text."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.pages = {
            p.stem: html.parse(str(p), html.HTMLParser(encoding="utf-8")).getroot() for p in self.folder.glob("*.html")
        }

    def table(self, page, caption):
        """Rows of the first table whose caption holds some words, as dicts; empty without one."""
        for figure in self.pages[page].iter("figure"):
            told = _text(figure.find("figcaption")) if figure.find("figcaption") is not None else ""
            if caption in told and figure.find(".//table") is not None:
                grid = [[_text(c) for c in row if c.tag in ("th", "td")] for row in figure.find(".//table").iter("tr")]
                return [dict(zip(grid[0], row, strict=False)) for row in grid[1:]]
        return []

    def setting(self, name):
        """Value of a setting as the appendix on assumptions prints it."""
        for row in self.pages["appendix-assumptions"].iter("tr"):
            cells = [_text(c) for c in row]
            if cells[0] == name:
                return cells[1]
        raise AssertionError(f"appendix-assumptions: no setting {name}")

    def text(self, page):
        """Running text of a page: paragraphs, and the words that stand for a picture."""
        body = self.pages[page]
        return "\n".join([_text(p) for p in body.iter("p")])


def _text(node):
    return " ".join("".join(node.itertext()).split())


class Audit:
    """All checks over one book."""

    def __init__(self, book, sample, reference, year=2024, first=2021):
        self.book, self.year, self.first = Book(book), year, first
        self.frame = own.households(str(sample))
        self.seen = own.observations(str(sample))
        places = pd.read_csv(Path(reference) / "places.csv", dtype=str)
        self.names = dict(zip(places["name"], places["code"], strict=True))
        self.about = yaml.safe_load((Path(reference) / "district.yml").read_text("utf-8"))
        indicators = pd.read_csv(Path(reference) / "indicators.csv", dtype=str).fillna("")
        self.indicators = indicators[indicators["measure"] == ""].set_index("name_zh")
        self.found = Findings()

    def run(self):
        """Every number and sentence that is known; returns the findings."""
        self.incomes()
        for name, code in [(self.about["name"], None), *self.names.items()]:
            page = "income" if code is None else f"place-{code}"
            if page in self.book.pages:
                self.income_page(page, name, code)
                self.sources(page, name, code)
        for page in self.book.pages:
            self.indicator_tables(page)
        self.ranking()
        self.extremes()
        return self.found

    @cached_property
    def base(self):
        """What counts of households are multiples of, as the book's list of settings says."""
        return int(self.book.setting("公布计数的取整基数"))

    # --- numbers -----------------------------------------------------------------------------------------

    def incomes(self):
        """The table of the places' incomes: direct estimate, its error and interval, ratio, growth, households."""
        whole = own.estimate(own.part(self.frame, year=self.year), "mean")[0]
        table = self.book.table("regional-gap", "各乡镇街道居民人均可支配收入（")
        if not table or "直接估计的标准误" not in table[0]:
            self.found.wrong.append("regional-gap: no table of incomes with both errors")
            return
        for row in table:
            code = self.names[row["乡镇街道"]]
            value, se, low, high = own.standard_error(self.frame, "mean", place=code, year=self.year)
            before = own.estimate(own.part(self.frame, place=code, year=self.first), "mean")[0]
            where = f"regional-gap, {row['乡镇街道']}"
            self.found.number(where, row["直接估计（元）"], value, 0)
            self.found.number(where, row["直接估计的标准误"], se, 0)
            homes = len(own.part(self.frame, place=code, year=self.year))
            self.found.number(where, row["样本户数"], own.rounded(homes, self.base), 0)
            model = "模型" in row["采用"]
            self.found.sentence("comparison", where, str(row), not model or float(row["小域估计的标准误"]) < se)
            if model:
                self.found.number(where, row["采用值（元）"], float(row["小域估计（元）"]), 0)
                continue
            self.found.number(where, row["采用值（元）"], value, 0)
            for printed, end in zip(row["95%置信区间（元）"].split("～"), (low, high), strict=True):
                self.found.number(where, printed, end, 0)
            self.found.number(where, row["为全区平均的%"], 100 * value / whole, 1)
            grown = next(v for k, v in row.items() if "名义增长" in k)
            if self._direct(code, self.first):
                self.found.number(where, grown, 100 * (value / before - 1), 1)

    def _direct(self, code, year):
        """Whether a place's figure is surely the direct one: its error is a tenth of it at most."""
        value, se, *_ = own.standard_error(self.frame, "mean", place=code, year=year)
        return se <= 0.1 * value

    def sources(self, page, name, code):
        """Income by source: all, town and country, in the first and the last year."""
        words = {"工资性收入": 0, "经营净收入": 1, "财产净收入": 2, "转移净收入": 3}
        for row in self.book.table(page, f"{name}居民人均可支配收入按来源"):
            for label, residence in (("全体", None), ("城镇", "urban"), ("农村", "rural")):
                for year in (self.first, self.year):
                    if f"{label}{year}年" in row:
                        means, _ = own.shares(self.frame, place=code, year=year, residence=residence)
                        at = f"{page}, {row['来源']}, {label}{year}年"
                        self.found.number(at, row[f"{label}{year}年"], means[words[row["来源"]]], 0)

    def indicator_tables(self, page):
        """Indicators that were handed in: the first and the latest value, with their years."""
        code = page.removeprefix("place-") if page.startswith("place-") else self.about["code"]
        for figure in self.book.pages[page].iter("figure"):
            caption = _text(figure.find("figcaption")) if figure.find("figcaption") is not None else ""
            if not re.search(r"指标（\d{4}年）（示例", caption) or figure.find(".//table") is None:
                continue
            grid = [[_text(c) for c in row if c.tag in ("th", "td")] for row in figure.find(".//table").iter("tr")]
            for line in grid[1:]:
                row = dict(zip(grid[0], line, strict=False))
                self._indicator_row(page, code, row)

    def _indicator_row(self, page, code, row):
        if row.get("指标") not in self.indicators.index or "首年" not in row:
            return
        rows = self.seen[
            (self.seen["place"] == code)
            & (self.seen["value"].notna())
            & (self.seen["indicator"] == self.indicators.at[row["指标"], "id"])
        ]
        by_year = rows.set_index("year")["value"]
        told = {}
        for column in ("首年", "最近年"):
            match = re.fullmatch(r"([-−]?[\d.]+)（(\d{4})）", row[column])
            if match and int(match[2]) in by_year.index:
                digits = len(match[1].partition(".")[2])
                self.found.number(f"{page}, {row['指标']}, {column}", match[1], by_year[int(match[2])], digits)
                told[column] = shown(by_year[int(match[2])], digits)
        moved = re.match(r"(提高|增加|扩大|下降|减少|缩小)", row.get("变化", ""))
        if moved and len(told) == 2:
            up = moved[1] in ("提高", "增加", "扩大")
            self.found.sentence(
                "direction", page, f"{row['指标']} {row['变化']}", (told["最近年"] > told["首年"]) == up
            )

    # --- sentences ---------------------------------------------------------------------------------------

    @cached_property
    def families(self):
        """Adjusted verdicts of the comparisons that chapters tell: gini and mean of the places."""
        out = {}
        for kind, first, second in (
            ("gini", {"year": self.first}, {"year": self.year}),
            ("gini", {"residence": "urban", "year": self.year}, {"residence": "rural", "year": self.year}),
        ):
            name = "since" if "residence" not in first else "residence"
            tests = {
                code: own.compare(self.frame, kind, {**first, "place": code}, {**second, "place": code})
                for code in self.names.values()
            }
            out[kind, name] = self._adjusted(tests)
        tests = {
            code: own.compare(self.frame, "mean", {"year": self.year}, {"year": self.year, "place": code})
            for code in self.names.values()
            if self._direct(code, self.year)
        }
        out["mean", "district"] = self._adjusted(tests, len(self.names))
        return out

    def _adjusted(self, tests, members=None):
        """Verdicts by Holm; where a member has the model's figure its p-value is not ours and counts as large."""
        codes, p = list(tests), [t["p"] for t in tests.values()]
        p += [1.0] * ((members or len(p)) - len(p))
        return {c: {**tests[c], "significant": a < 1 - own.LEVEL} for c, a in zip(codes, own.holm(p), strict=False)}

    def income_page(self, page, name, code):
        """Sentences on the distribution and sources of income at one place."""
        text = self.book.text(page)
        match = re.search(
            rf"{self.year}年{name}居民人均可支配收入基尼系数([\d.]+)（95%置信区间[\d.]+～[\d.]+）"
            rf"(?:，([^；。]+?))?；农村内部差距([^。]+)。",
            text,
        )
        if match:
            rows = own.part(self.frame, place=code, year=self.year)
            self.found.number(f"{page}, gini", match[1], own.gini(rows["x"].to_numpy(), rows["w"].to_numpy()), 3)
            if code is not None and match[2]:
                self._words(page, match[2], self.families["gini", "since"][code], 3)
            if code is not None:
                self._words(page, match[3], self.families["gini", "residence"][code], 3)
        match = re.search(rf"{self.year}年{name}居民收入中(\S+?)占([\d.]+)%（95%[^）]+），是第一来源", text)
        if match:
            _, share = own.shares(self.frame, place=code, year=self.year)
            names = ["工资性收入", "经营净收入", "财产净收入", "转移净收入"]
            self.found.number(f"{page}, first source", match[2], 100 * share.max(), 1)
            self.found.sentence("share", page, match[0], names[int(share.argmax())] == match[1])
        match = re.search(
            rf"{self.year}年{name}居民人均可支配收入(\d+)元（95%[^）]+）[^。]*?，"
            r"((?:与|高于|低于)全区平均[^。]+)。",
            text,
        )
        if match and code in self.families["mean", "district"]:
            test = self.families["mean", "district"][code]
            self.found.number(f"{page}, mean", match[1], test["value"], 0)
            self._words(page, match[2], test, 0)

    def _words(self, page, text, test, digits):
        """A comparison in words against its test: direction, size and significance."""
        printed = shown(test["value"], digits) - shown(test["reference"], digits)
        size = re.search(
            r"(?:相差|低于\S*?|高于\S*?|比\d{4}年(?:提高|下降|增加|减少))(\d+(?:\.\d+)?)(?:元|$|，|（)", text
        )
        inside, clear = "误差之内" in text, "统计上显著" in text
        self.found.sentence(
            "significance",
            page,
            text,
            (clear, inside) == (bool(test["significant"]), not test["significant"]) or "持平" in text,
        )
        if clear:
            self.found.sentence("direction", page, text, any(w in text for w in MORE) == (printed > 0))
        else:
            self.found.sentence("direction", page, text, not any(w in text for w in (*MORE, *LESS)))
        if size:
            self.found.number(f"{page}, {text}", size[1], abs(float(printed)), digits)

    def ranking(self):
        """The count of places that the error does not set apart from the district, and the names of the others."""
        text = self.book.text("regional-gap")
        match = re.search(
            r"考虑抽样误差和同时作出的(\d+)个比较，(.*?)(\d+)个乡镇街道与全区平均"
            r"（(\d+)元）的差别在误差之内",
            text,
        )
        if not match:
            self.found.wrong.append("regional-gap: no sentence on the comparisons with the district")
            return
        tests = self.families["mean", "district"]
        names = {code: name for name, code in self.names.items()}
        low = {names[c] for c, t in tests.items() if t["significant"] and t["difference"] < 0}
        high = {names[c] for c, t in tests.items() if t["significant"] and t["difference"] > 0}
        told = {side: set() for side in ("低于", "高于")}
        for side in told:
            if named := re.search(rf"([^；，]+)的收入显著{side}全区平均", match[2]):
                told[side] = set(re.split("、|和", named[1]))
        self.found.sentence("significance", "regional-gap", match[0], (told["低于"], told["高于"]) == (low, high))
        self.found.sentence(
            "count",
            "regional-gap",
            match[0],
            (int(match[1]), int(match[3])) == (len(self.names), len(self.names) - len(low | high)),
        )
        self.found.number(
            "regional-gap, district", match[4], own.estimate(own.part(self.frame, year=self.year), "mean")[0], 0
        )

    def extremes(self):
        """Highest and lowest place: named without doubt only where the bootstrap of villages has none."""
        text = self.book.text("regional-gap")
        places, table = own.means_of_villages(self.frame, [self.year], 2000)[self.year]
        names = {code: name for name, code in self.names.items()}
        for word, ranks in (("最高", table.argmax(axis=1)), ("最低", table.argmin(axis=1))):
            chance = {names[p]: float((ranks == k).mean()) for k, p in enumerate(places)}
            sure = re.search(rf"[，；]{word}的是(\S+?)（\d+元）", text)
            if sure:
                self.found.sentence("extreme", "regional-gap", sure[0], chance[sure[1]] >= 0.9)
            told = re.search(rf"数值{word}的是(\S+?)（\d+元），但它确为{word}的可能为(\d+)%", text)
            if told and self._direct(self.names[told[1]], self.year):
                near = abs(chance[told[1]] - int(told[2]) / 100) < 0.05
                self.found.sentence("extreme", "regional-gap", told[0], near)
            elif told:
                self.found.sentence("extreme", "regional-gap", told[0], int(told[2]) < 90)


def audit(book, sample, reference) -> Findings:
    """Findings over a rendered book."""
    return Audit(book, sample, reference).run()


__all__ = ["Audit", "Book", "Findings", "audit", "np"]
