"""What the finished book promises its readers, each with the check that holds it over all of its pages and data files.

The keys are the book's own words: a promise that is no longer printed is found as well as one that is not kept.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import pandas as pd
import yaml

from tests.truth.audit import Book, _text

SURVEYED = re.compile("人均可支配收入|基尼系数|倍差|家庭.*比例|人口比例|中位数|帕尔马|份额|泰尔|元以下户数")
"""Names of what the household survey estimates."""
VALUES = re.compile(r"^(数值|比值|现值|最近年|.*（元.*|.*（倍.*|.*（%.*|\d{4}年.*)$")
"""Heads of columns that hold values in the units of their rows."""
ERROR = re.compile("区间|标准误|±")
MARK = "示例数据"


class Promises:
    """A finished book beside its plan and settings."""

    def __init__(self, folder, reference, source):
        self.book, self.reference, self.source = Book(folder), Path(reference), Path(source)
        self.data = Path(folder) / "data"

    def broken(self):
        """What is promised and not kept, and what is checked and no longer promised."""
        out = []
        for (page, words), check in KEPT.items():
            if words not in self.flat(page):
                out.append(f"{page}: no longer promised: {words}")
            out += [f"{words}: {fault}" for fault in check(self)]
        return out

    def flat(self, page):
        """All text of a page, without spaces."""
        return re.sub(r"\s", "", "".join(self.book.pages[page].find(".//main").itertext()))

    @cached_property
    def tables(self):
        """Page, caption, heads, rows and whole text of each table."""
        out = []
        for page, tree in sorted(self.book.pages.items()):
            for figure in tree.iter("figure"):
                table = figure.find(".//table")
                if table is not None and figure.find("figcaption") is not None:
                    grid = [[_text(c) for c in row if c.tag in ("th", "td")] for row in table.iter("tr")]
                    out.append((page, _text(figure.find("figcaption")), grid[0], grid[1:], _text(figure)))
        return out

    @cached_property
    def sentences(self):
        """Page and text of each sentence of running text."""
        pages = {page: re.split("(?<=[。；])", self.book.text(page)) for page in sorted(self.book.pages)}
        return [(page, s) for page, parts in pages.items() for s in parts if s]

    @cached_property
    def settings(self):
        return yaml.safe_load((self.reference / "settings.yml").read_text("utf-8"))

    # --- one method for each promise -----------------------------------------------------------------------

    def marked(self):
        """Each float whose data hold a sample's row says so in its caption."""
        for page, tree in sorted(self.book.pages.items()):
            for figure in tree.iter("figure"):
                links = [a.get("href") for a in figure.iter("a") if (a.get("href") or "").endswith(".csv")]
                if links and figure.find("figcaption") is not None:
                    frame = pd.read_csv(self.data.parent / links[0], dtype=str)
                    if "status" in frame and frame["status"].eq("sample").any() and MARK not in _text(figure):
                        yield f"{page}: {_text(figure.find('figcaption'))}"

    def quoted(self):
        """Each text between corner brackets stands in the plan."""
        plan = re.sub(r"\s", "", (self.reference / "outline.txt").read_text("utf-8"))
        for page in self.book.pages:
            for quote in re.findall("「([^」]+)」", self.flat(page)):
                parts = [p for p in re.split("……|…", quote) if p]
                if page != "index" and not all(p in plan for p in parts):
                    yield f"{page}: {quote}"

    def points(self):
        """A difference of rates is told in percentage points."""
        for page, text in self.sentences:
            if re.search(r"(率|占比|比重|比例)[^，。；（）]{0,12}(提高|下降|降低|上升)\d+(\.\d+)?%", text):
                yield f"{page}: {text}"

    def unranked(self):
        """Ranks of places stand beside their intervals."""
        for page, caption, head, _, _ in self.tables:
            ranks = [h for h in head if re.search("位次|名次|排名", h)]
            places = any(h in ("乡镇街道", "地区") for h in head)
            if ranks and places and not any("区间" in h for h in head):
                yield f"{page}: {caption}: {ranks}"

    def counted(self):
        """Counts of households are as large as they must be, and rounded."""
        least, base = (self._value(n) for n in ("min_households", "round_base"))
        for page, caption, head, rows, _ in self.tables:
            for name in [h for h in head if "样本户" in h or h == "户数"]:
                for row in rows:
                    cell = row[head.index(name)].replace(",", "").removesuffix("户")
                    if cell.isdigit() and (int(cell) < least or int(cell) % base):
                        yield f"{page}: {caption}: {cell}"

    def _value(self, name):
        return self.settings[name]["values"][-1]["value"]

    def errors(self):
        """A table that holds a number of the household survey holds an error."""
        for page, caption, head, rows, whole in self.tables:
            names = [*head, *(row[0] for row in rows), caption]
            held = any(VALUES.match(h) for h in head) and any(SURVEYED.search(n) for n in names)
            if held and MARK in caption and not ERROR.search(whole):
                yield f"{page}: {caption}: {head}"

    def references(self):
        """One list of references, and every number of a citation is in it."""
        entries = self.book.pages["references"].xpath("//*[contains(@class,'csl-entry')]") or (
            self.book.pages["references"].xpath("//main//ol/li"))  # fmt: skip
        for page, tree in sorted(self.book.pages.items()):
            if page != "references" and tree.xpath("//main//*[contains(@class,'csl-entry')]"):
                yield f"{page}: a list of its own"
            for number in re.findall(r"[一-鿿]\[(\d+)\]", self.flat(page)):
                if int(number) > len(entries):
                    yield f"{page}: [{number}] of {len(entries)}"

    def apart(self):
        """Targets that cannot be assessed are listed, and none of them counts as assessed."""
        text = self.book.text("targets")
        total, known = (int(n) for n in re.search(r"共提出(\d+)项目标，\d+年可评定(\d+)项", text).groups())
        listed = [(head, rows) for _, caption, head, rows, _ in self.tables if "不能评定的目标及原因" in caption]
        told = sum(int(row[head.index("目标（项）")]) for head, rows in listed for row in rows)
        if told != total - known:
            yield f"targets: {told} listed, {total} - {known} told"

    def undirected(self):
        """A difference within its error has no direction: the clause that names the error names none."""
        for page, text in self.sentences:
            for clause in re.split("[，。；、（）]", text):
                if "误差之内" in clause and re.search(r"(高于|低于|提高|下降|扩大|缩小|增加|减少)\S*\d", clause):
                    yield f"{page}: {clause}"

    def forecasts(self):
        """No line is carried on from fewer than four years."""
        for path in sorted(self.data.glob("fig-*trend*.csv")):
            frame = pd.read_csv(path)
            ahead = self.data / f"{path.stem}-2.csv"
            if ahead.is_file() and "lower" in pd.read_csv(ahead) and frame["year"].nunique() < 4:
                yield f"{path.name}: {frame['year'].nunique()} years"

    def judged(self):
        """What is said of a forecast beside its target is one of the three judgements."""
        kinds = ("整个区间", "跨过目标", "趋势值没有达到", "趋势值达不到")
        for page, text in self.sentences:
            match = re.search(r"外推，\d+年约为[^（]+（[^）]+）(.*)。", text)
            if match and match[1] and not any(k in match[1] for k in kinds):
                yield f"{page}: {text}"

    def grouped(self):
        """A curve of incomes has ten groups at most."""
        for path in sorted(self.data.glob("fig-*lorenz*.csv")):
            frame = pd.read_csv(path)
            keys = [c for c in ("place", "year", "residence", "name", "curve", "measure") if c in frame]
            most = frame.groupby(keys, dropna=False).size().max() if keys else len(frame)
            if most > 11:
                yield f"{path.name}: {most} points"

    def adopted(self):
        """The income of a place is one number on all pages."""
        told = {}
        for page, text in self.sentences:
            for year, name, value in re.findall(r"(\d{4})年([^，。；\d]{2,12}?)居民人均可支配收入(\d{4,6})元", text):
                told.setdefault((year, name), {}).setdefault(value, page)
        for _, caption, head, rows, _ in self.tables:
            year = re.search(r"^表 [\d.]+ 各乡镇街道居民人均可支配收入（(\d{4})年）", caption)
            if year and "采用值（元）" in head:
                for row in rows:
                    value = row[head.index("采用值（元）")]
                    told.setdefault((year[1], row[0]), {}).setdefault(value, "regional-gap")
        for key, values in told.items():
            if len(values) > 1:
                yield f"{key}: {values}"

    def applied(self):
        """A setting that is called computed is read by the code; one that is only recorded is not."""
        code = "\n".join(
            p.read_text("utf-8") for p in sorted(self.source.rglob("*.py")) if p.parts[-2:] != ("rules", "settings.py")
        )  # where the ranges of all settings are declared
        for _, caption, head, rows, _ in self.tables:
            if "设定清单" in caption and "代号" in head:
                for row in rows:
                    name, used = row[head.index("代号")], row[head.index("用于")] == "计算"
                    if used != (f'"{name}"' in code or f"'{name}'" in code):
                        yield f"{name}: {row[head.index('用于')]}"

    def coloured(self):
        """The colour of a target that is behind follows from the printed distance by the printed rule."""
        yellow, red = (self._value(n) for n in ("green_gap", "red_gap"))
        for page, caption, head, rows, _ in self.tables:
            if "黄码和红码的目标" not in caption:
                continue
            pace, goal = (next(i for i, h in enumerate(head) if h.startswith(w)) for w in ("落后时间进度", "离目标值"))
            for row in rows:
                cell = row[pace] if row[pace] != "–" else row[goal]
                basis, colour = row[head.index("依据")], row[head.index("状态")]
                if "到期" in basis or cell == "–":
                    continue
                due = "红色" if float(cell) >= red else "黄色" if float(cell) >= yellow else "绿色"
                if colour != due and "守住" not in basis:
                    yield f"{page}: {row}"


KEPT = {
    ("index", "标有“示例数据，非真实统计”的图表只用来演示"): Promises.marked,
    ("index", "「」中的文字是规划原文，标点照录"): Promises.quoted,
    ("index", "率的差用“百分点”"): Promises.points,
    ("index", "区间重叠的单元不分先后"): Promises.unranked,
    ("index", "样本过少的单元不予公布"): Promises.counted,
    ("index", "由抽样调查估计的数，同一张表或同一句话给出区间或标准误"): Promises.errors,
    ("index", "参考文献按国家标准著录，统一列在书后"): Promises.references,
    ("index", "不能评估的目标单独列出，不计入达成率"): Promises.apart,
    ("index", "误差之内的差别不作高低判断"): Promises.undirected,
    ("appendix-methods", "少于四年的不外推"): Promises.forecasts,
    ("appendix-methods", "本书只作三种判断"): Promises.judged,
    ("appendix-methods", "洛伦兹曲线只画分组的点，至多十组"): Promises.grouped,
    ("appendix-methods", "每个地方、年份和测度只有一个采用值"): Promises.adopted,
    ("appendix-methods", "目标的颜色按以下顺序判断"): Promises.coloured,
    ("appendix-assumptions", "“只作记录”的是规划的数，没有一项计算用到它"): Promises.applied,
}
"""Where a promise is printed and its words, and what holds it."""

__all__ = ["KEPT", "Promises"]
