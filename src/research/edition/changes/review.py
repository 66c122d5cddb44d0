"""The page of changes of an edition, made at each build, and its signature, which a release asks for.

They stand beside the results, in `data/results/<edition>-review/`: `changes.html`, the page; `built.json.gz`, the last
build, and `former.json.gz`, the one before; `base.json.gz`, the last one that was signed (before any was: the first);
`signed.json` and `signed.html`, the record.
Until somebody signs, whatever changed stays on the page, however often the edition is built meanwhile.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from research.core.files import write_whole
from research.core.scope import Scope
from research.core.texts import read_made
from research.edition.changes.compare import input_changes
from research.edition.changes.moves import annual_moves, result_moves
from research.edition.changes.names import Names
from research.edition.changes.page import page, short
from research.edition.changes.snapshot import inputs_of, load, results_of, save
from research.edition.identity import manifest
from research.errors import DataError, Fault, UsageError, say

__all__ = ["ensure", "folder_of", "require_signed", "sign"]


def folder_of(scope: Scope) -> Path:
    """Where an edition's page of changes stands."""
    return scope.results.with_name(f"{scope.edition}-review")


def ensure(scope: Scope) -> list[str]:
    """Make the page of the tables that stand, where that is not done yet.

    Parameters
    ----------
    scope : Scope
        Its tables are built.

    Returns
    -------
    list of str
        What it says in short, in Chinese; empty when it stood already, or nothing moved.
    """
    folder, built = folder_of(scope), manifest(scope)
    last = load(folder / "built.json.gz")
    if last.get("key") == built.get("key") and (folder / "changes.html").is_file():
        return []
    now: dict[str, Any] = {k: built.get(k) for k in ("key", "edition", "data", "version")}
    now |= {"sum": built.get("inputs"), "inputs": inputs_of(scope), "results": results_of(scope)}
    if last.get("key") == now["key"]:
        last = load(folder / "former.json.gz")  # the page alone was lost
    base, before = load(folder / "base.json.gz") or last, _edition_before(scope)
    names = Names.of(now["inputs"])
    sections = [
        (_heading(folder, base), *_compared(base, now, names)),
        ("与上次计算相比", *_compared(last, now, names)),
        (_before_words(before), *_compared(before, now, names)),
    ]
    about = {"edition": scope.edition, "data": scope.data.findable, "inputs": str(now["sum"]), "key": str(now["key"])}
    if not (folder / "base.json.gz").is_file():
        save(folder / "base.json.gz", now)
    if last:
        save(folder / "former.json.gz", last)
    write_whole(folder / "changes.html", page(about, sections, annual_moves(now["results"], scope.edition), names))
    save(folder / "built.json.gz", now)
    changes, moves = sections[1][1:]
    return short(changes or [], moves, names)


def _edition_before(scope):
    """The last build of the newest earlier edition of the same data."""
    found = [
        path
        for path in scope.results.parent.glob("[0-9]*-review/built.json.gz")
        if path.parent.name.removesuffix("-review").isdigit()
        and int(path.parent.name.removesuffix("-review")) < scope.edition
    ]
    return load(max(found)) if found else {}


def _before_words(before):
    return f"与{before['edition']}年版相比" if before else "与上一版相比"


def _heading(folder, base):
    record = read_made(folder / "signed.json")
    if record and record.get("key") == base.get("key"):
        return f"与{record.get('by')}{record.get('date')}签署的一次相比"
    return "与首次计算相比（尚无签署）"


def _compared(before, now, names):
    if not before:
        return None, []
    changes = input_changes(before["inputs"], now["inputs"])
    return changes, result_moves(before.get("results", {}), now["results"], changes, names)


def sign(scope: Scope, by: str, note: str = "") -> dict:
    """Put a name under the page of changes: that these inputs and results were looked at.

    Parameters
    ----------
    scope : Scope
    by : str
        Who signs.
    note : str, optional
        What should be known of it.

    Returns
    -------
    dict
        The record.

    Raises
    ------
    UsageError
        Without a name.
    DataError
        When the page is not that of the tables that stand.
    """
    if not by.strip() or not by.isprintable():
        raise UsageError(say("--by: the name of who signs", "--by：请写签署人姓名"))
    folder, built = folder_of(scope), manifest(scope)
    now = load(folder / "built.json.gz")
    text = (folder / "changes.html").read_bytes() if (folder / "changes.html").is_file() else b""
    if not text or not built or now.get("key") != built.get("key"):
        raise DataError(
            Fault(
                scope.project.show(folder),
                say("the page of changes of the tables as they are", "与现有结果一致的变动说明"),
                say("none", "没有"),
                f"bluebook build {scope.options}",
                "review",
            )
        )
    record = {
        "by": by.strip(),
        "date": datetime.date.today().isoformat(),
        "note": note,
        "edition": scope.edition,
        "data": scope.data.name,
        "inputs": built["inputs"],
        "key": built["key"],
        "page": hashlib.sha256(text).hexdigest(),
    }
    write_whole(folder / "signed.html", text)
    write_whole(folder / "signed.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    save(folder / "base.json.gz", now)  # last: nothing goes from the page that nobody signed
    return record


def require_signed(scope: Scope) -> dict:
    """The signature of the tables as they stand.

    Parameters
    ----------
    scope : Scope

    Returns
    -------
    dict
        Its record: by, date, note, inputs, key, page.

    Raises
    ------
    DataError
        When nobody signed, or the inputs, the results or the signed page are others since.
    """
    folder, built = folder_of(scope), manifest(scope)
    record = read_made(folder / "signed.json")
    where = scope.project.show(folder / "changes.html")
    wanted = say("a page of changes that an editor has read and signed", "编辑核对并签署的变动说明")
    way = say(
        f"read {where}, then: bluebook sign {scope.options} --by NAME",
        f"请核对 {where}，再运行 bluebook sign {scope.options} --by 姓名",
    )
    if not record:
        raise DataError(Fault(where, wanted, say("no signature", "没有签署"), way, "unsigned"))
    if any(record.get(name) != built.get(name) for name in ("inputs", "key", "edition", "data")):
        raise DataError(
            Fault(
                where,
                wanted,
                say(
                    f"one signed by {record.get('by')} on {record.get('date')} for other inputs or results",
                    f"{record.get('by')}{record.get('date')}签署的是另外的输入或结果，已作废",
                ),
                way,
                "unsigned",
            )
        )
    page_now = folder / "signed.html"
    if not page_now.is_file() or hashlib.sha256(page_now.read_bytes()).hexdigest() != record.get("page"):
        raise DataError(
            Fault(
                scope.project.show(page_now),
                wanted,
                say("another page than the signed one", "与签署时不同的页面"),
                way,
                "unsigned",
            )
        )
    return record
