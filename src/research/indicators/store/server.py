"""The store on a PostgreSQL server that several people share: the same history, one transaction an import."""

from __future__ import annotations

import contextlib
import json
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pandas as pd

from research.errors import DataError, Fault, MissingError, say

_WAIT = 0.05
_TABLES = """
CREATE TABLE IF NOT EXISTS bluebook_imports (
    dataset text, import_id text, taken_in timestamptz DEFAULT now(), PRIMARY KEY (dataset, import_id));
CREATE UNIQUE INDEX IF NOT EXISTS bluebook_import_numbers ON bluebook_imports (dataset, left(import_id, 6));
CREATE TABLE IF NOT EXISTS bluebook_rows (
    dataset text, import_id text, position bigint, {rows},
    FOREIGN KEY (dataset, import_id) REFERENCES bluebook_imports);
CREATE INDEX IF NOT EXISTS bluebook_rows_key ON bluebook_rows (dataset, indicator, place, year);
CREATE TABLE IF NOT EXISTS bluebook_households (
    dataset text, import_id text, position bigint, {households},
    FOREIGN KEY (dataset, import_id) REFERENCES bluebook_imports);
CREATE INDEX IF NOT EXISTS bluebook_households_key ON bluebook_households (dataset, import_id, year);
CREATE TABLE IF NOT EXISTS bluebook_registers (
    dataset text, import_id text, position bigint, "register" text, "cells" text,
    FOREIGN KEY (dataset, import_id) REFERENCES bluebook_imports);
"""
_KINDS = {"f": "double precision", "i": "bigint", "u": "bigint"}


class ServerStore:
    """The history of one data folder on a PostgreSQL server (SQLAlchemy with psycopg).

    Parameters
    ----------
    url : str
        Such as ``postgresql://name@host/database``; the password is better left to `~/.pgpass` or PGPASSWORD.
    dataset : str
        Name of the data folder; several may share a server.
    columns : dict of dict
        Columns and numpy kinds of the two tables, ``rows`` and ``households``.
    """

    def __init__(self, url: str, dataset: Any, columns: Any) -> None:
        self.url, self.dataset, self.columns = url, dataset, columns
        self._engine: Any = None

    @property
    def engine(self) -> Any:
        """The SQLAlchemy engine, with the tables there."""
        if self._engine is None:
            self._engine = _engine(self.url)
            self._prepare()
        return self._engine

    def _prepare(self):
        """Make the tables; two clients that do it at once wait for each other."""
        from sqlalchemy import text
        from sqlalchemy.exc import OperationalError

        made = {
            name: ", ".join(f'"{c}" {_KINDS.get(k, "text")}' for c, k in kinds.items() if c != "import_id")
            for name, kinds in self.columns.items()
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(728193)"))
                connection.execute(text(_TABLES.format(**made)))
        except OperationalError as error:
            self._engine = None
            raise DataError(
                Fault(
                    "the shared store",
                    say("a PostgreSQL server that answers", "能够连接的 PostgreSQL 服务器"),
                    _reason(error),
                    say(
                        "look at the setting `store` (BLUEBOOK_STORE) and whether the server runs",
                        "请检查设置 store（BLUEBOOK_STORE）与服务器是否运行",
                    ),
                    "store",
                )
            ) from error

    @contextlib.contextmanager
    def locked(self, timeout: Any) -> Iterator[Any]:
        """Hold this dataset's lock on the server; the server frees it when the connection ends, however it ends."""
        from sqlalchemy import text

        key = {"key": zlib.crc32(f"bluebook:{self.dataset}".encode())}
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            end = time.monotonic() + timeout
            while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
                if time.monotonic() > end:
                    raise DataError(
                        Fault(
                            f"the shared store, {self.dataset}",
                            say("no other import at work", "没有别的导入正在进行"),
                            say("one at work", "有一个正在进行"),
                            say("wait until it is done", "请等它结束"),
                            "locked",
                        )
                    )
                time.sleep(_WAIT)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)

    def names(self) -> list[Any]:
        """Ids of all imports, oldest first."""
        return list(
            self._read('SELECT import_id FROM bluebook_imports WHERE dataset = %(d)s ORDER BY import_id COLLATE "C"')[
                "import_id"
            ]
        )

    def rows(self) -> Any:
        """Every observation of every import, oldest import first; None where there was none."""
        columns = ", ".join(f'"{c}"' for c in self.columns["rows"])
        frame = self._read(
            f'SELECT {columns} FROM bluebook_rows WHERE dataset = %(d)s ORDER BY import_id COLLATE "C", position'
        )
        return frame if len(frame) or self.names() else None

    def survey_years(self) -> dict[Any, Any]:
        """The newest import that holds a survey, for each year: dict of year -> import id."""
        frame = self._read(
            'SELECT year, max(import_id COLLATE "C") AS name FROM bluebook_households '
            "WHERE dataset = %(d)s GROUP BY year"
        )
        return {int(y): n for y, n in zip(frame["year"], frame["name"], strict=True)}

    def survey_names(self) -> dict[Any, Any]:
        """Years of the surveys that each import holds: dict of import id -> list of years."""
        frame = self._read("SELECT DISTINCT import_id, year FROM bluebook_households WHERE dataset = %(d)s ORDER BY 2")
        return {n: [int(y) for y in part["year"]] for n, part in frame.groupby("import_id")}

    def survey(self, year: int, name: str) -> Any:
        """The households of a year as one import gave them."""
        columns = ", ".join(f'"{c}"' for c in self.columns["households"])
        return self._read(
            f"SELECT {columns} FROM bluebook_households WHERE dataset = %(d)s AND import_id = %(n)s "
            "AND year = %(y)s ORDER BY position",
            n=name,
            y=int(year),
        )

    def register_names(self) -> Any:
        """The newest import that holds a register, for each: dict of table -> import id."""
        frame = self._read(
            'SELECT "register", max(import_id COLLATE "C") AS name FROM bluebook_registers '
            'WHERE dataset = %(d)s GROUP BY "register"'
        )
        return dict(zip(frame["register"], frame["name"], strict=True))

    def register_imports(self, table: str) -> list[Any]:
        """The imports that hold a register, oldest first."""
        frame = self._read(
            'SELECT DISTINCT import_id COLLATE "C" AS name FROM bluebook_registers '
            'WHERE dataset = %(d)s AND "register" = %(t)s ORDER BY 1',
            t=table,
        )
        return list(frame["name"])

    def register(self, table: str, name: str) -> Any:
        """A register as one import left it."""
        cells = self._read(
            'SELECT "cells" FROM bluebook_registers WHERE dataset = %(d)s AND import_id = %(n)s '
            'AND "register" = %(t)s ORDER BY position',
            n=name,
            t=table,
        )["cells"]
        return pd.DataFrame([json.loads(c) for c in cells])

    def put(self, name: str, rows: Any, surveys: Any, registers: Any) -> None:
        """Add an import in one transaction: all of it, or nothing."""
        from sqlalchemy import text

        with self.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO bluebook_imports (dataset, import_id) VALUES (:d, :n)"),
                {"d": self.dataset, "n": name},
            )
            self._copy(connection, "bluebook_rows", name, rows, list(self.columns["rows"]))
            for frame in surveys.values():
                self._copy(connection, "bluebook_households", name, frame, list(self.columns["households"]))
            for table, frame in registers.items():
                cells = [json.dumps(r, ensure_ascii=False) for r in frame.astype(object).to_dict("records")]
                self._copy(
                    connection,
                    "bluebook_registers",
                    name,
                    pd.DataFrame({"register": table, "cells": cells}),
                    ["register", "cells"],
                )

    def _copy(self, connection, table, name, frame, columns):
        columns = [c for c in columns if c != "import_id"]  # it stands before them
        plain = frame.reindex(columns=columns).astype(object)
        plain = plain.where(plain.notna(), None)
        listed = ", ".join(f'"{c}"' for c in columns)
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} (dataset, import_id, position, {listed}) FROM STDIN") as copy,
        ):
            for position, values in enumerate(plain.itertuples(index=False, name=None)):
                copy.write_row((self.dataset, name, position, *values))

    def _read(self, query, **values):
        with self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(query, {"d": self.dataset, **values})
            return pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])


def _engine(url):
    try:
        import psycopg  # noqa: F401  (the driver; named here so that its absence is told in words)
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool
    except ImportError as error:
        raise MissingError(
            "a shared store needs SQLAlchemy and psycopg: pip install 'common-prosperity-bluebook[postgres]'"
        ) from error
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise DataError(Fault("the setting `store`", "postgresql://name@host/database", repr(scheme), kind="store"))
    return create_engine(f"postgresql+psycopg://{rest}", poolclass=NullPool, connect_args={"connect_timeout": 10})


def _reason(error):
    """The server's own words, without the address, which may hold a password."""
    return str(getattr(error, "orig", error)).strip().splitlines()[-1][:200]
