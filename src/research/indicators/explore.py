"""Looking around in an edition: tables with labels and units, SQL, tables to click through without a network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import pandas as pd

from research.core.scope import Scope
from research.indicators.privacy.microdata import MARK, Microdata
from research.indicators.reference.district import District
from research.indicators.reference.schemas import SCHEMAS

DATA = ("observations", "households", "tasks", "demands", "indicators", "targets", "places", "published")
"""Tables of the data and of the reference that go by their name in `sql`, beside the built ones."""
LABELS = {
    **{c.name: c.label for columns in SCHEMAS.values() for c in columns if c.label},
    "place_name": "地区",
    "indicator_name": "指标",
    "measure": "测度",
    "lower": "区间下限",
    "upper": "区间上限",
    "se": "标准误",
    "n": "样本量",
    "coverage": "数据可得率",
    "gap": "差距",
    "name": "名称",
    "score": "得分",
    "rank": "位次",
    "target": "目标",
    "rate": "达成率",
    "colour": "状态颜色",
    "reason": "理由",
    "department": "部门",
    "caution": "慎用",
    "share": "比重",
}
"""Column names in Chinese."""


class Exploring(District, ABC):
    """What an `Edition` offers to somebody who looks around."""

    scope: Scope

    @abstractmethod
    def table(self, name: str) -> pd.DataFrame:
        """A table made by `bluebook build`."""

    @property
    def tables(self) -> pd.DataFrame:
        """Every table there is: name, kind (data, reference, built), rows, columns.

        Examples
        --------
        >>> from research.indicators import open_edition
        >>> open_edition("2024").tables.query("name == 'places'")[["kind", "rows"]].values.tolist()
        [['data', 19]]
        """
        built = [p.stem for p in sorted(self.scope.results.glob("*.parquet"))]
        rows = []
        for name in dict.fromkeys([*DATA, *built]):
            frame = self.table(name) if name in built else getattr(self, name)
            rows.append((name, "built" if name in built else "data", len(frame), ", ".join(map(str, frame.columns))))
        return pd.DataFrame(rows, columns=["name", "kind", "rows", "columns"])

    def labelled(self, frame: pd.DataFrame | str) -> pd.DataFrame:
        """A table for people: names beside codes, the indicator's unit, headings in Chinese.

        Parameters
        ----------
        frame : DataFrame or str
            A table, or the name of one.

        Returns
        -------
        DataFrame

        Examples
        --------
        >>> from research.indicators import open_edition
        >>> ed = open_edition("2024")
        >>> list(ed.labelled(ed.handed_in.head(1)[["place", "indicator", "value", "unit"]]).columns)
        ['地区代码', '地区', '指标编号', '指标', '数值', '单位']
        """
        frame = (getattr(self, frame) if frame in DATA else self.table(frame)) if isinstance(frame, str) else frame
        frame = frame.copy()
        names = {self.district: self.about["name"], **dict(zip(self.places["code"], self.places["name"], strict=True))}
        if "place" in frame:
            frame.insert(frame.columns.get_loc("place") + 1, "place_name", frame["place"].map(names).fillna(""))
        if "indicator" in frame:
            table = self.indicators.set_index("id")
            where = frame.columns.get_loc("indicator") + 1
            frame.insert(where, "indicator_name", frame["indicator"].map(table["name_zh"]).fillna(""))
            if "unit" not in frame:
                frame["unit"] = frame["indicator"].map(table["unit"]).fillna("")
        return frame.rename(columns={c: LABELS[c] for c in frame.columns if c in LABELS})

    def browse(self, frame: str, **options: Any) -> None:
        """Show a table that can be searched, sorted and paged through, without a network.

        Parameters
        ----------
        frame : DataFrame or str
            As in `labelled`.
        **options
            Of `itables.show`.
        """
        import itables
        from IPython.display import HTML, display

        itables.init_notebook_mode(all_interactive=False, connected=False)
        shown = self.labelled(frame).dropna(axis=1, how="all")
        if isinstance(shown, Microdata):
            display(HTML(MARK))  # a book with it is refused
        itables.show(shown, connected=False, **{"maxBytes": 0, "lengthMenu": [10, 25, 100], **options})

    def publish(self, table: str) -> Any:
        """A table of measures of groups of households, made as you like, as it may stand in a book.

        Parameters
        ----------
        table : DataFrame
            As `research.measures.table` makes it of `households`.

        Returns
        -------
        DataFrame
            See `research.indicators.privacy.release.groups`: small groups are gaps, counts are rounded.
        """
        from research.indicators.privacy.release import groups

        return groups(self, table)  # type: ignore[arg-type]  # a part of an Edition

    def sql(self, query: str) -> pd.DataFrame | Microdata:
        """Ask the data and the built tables with SQL (DuckDB); every table goes by its name.

        What is asked of the households is for looking at, and not for publishing, as they are themselves.

        Returns
        -------
        DataFrame

        Examples
        --------
        >>> from research.indicators import open_edition
        >>> open_edition("2024").sql("SELECT count(*) AS n FROM places")["n"].tolist()
        [19]
        """
        import duckdb

        built = {p.stem for p in self.scope.results.glob("*.parquet")}
        with duckdb.connect() as connection:
            for name in dict.fromkeys([*DATA, *sorted(built)]):
                if name in query:  # what the question does not name need not be read
                    connection.register(name, self.table(name) if name in built else getattr(self, name))
            found = connection.sql(query).df()
        return Microdata(found) if "households" in query else found
