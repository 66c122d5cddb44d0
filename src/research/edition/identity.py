"""What belongs together: tables, runs, books and bundles of one edition, one data folder, one state of its inputs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.scope import Scope
from research.core.texts import read_made
from research.errors import DataError, Fault, say
from research.runs.record import read_record

if TYPE_CHECKING:
    from research.runs.planner import Plan


def folder_sum(*folders: Path) -> str:
    """Checksum of all files of some folders, by name and content."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            if path.name.startswith("."):
                continue  # locks and marks of the store
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def identity(scope: Scope) -> dict:
    """The edition, the name of the data, and the checksum of the data and the reference tables as they are now.

    Everything that is made carries it: the tables' manifest, the record of a book's files, a bundle's manifest.
    """
    inputs = folder_sum(scope.data.folder, scope.project.reference)
    return {"edition": scope.edition, "data": scope.data.name, "inputs": inputs}


def manifest(scope: Scope) -> dict:
    """What the built tables say of themselves; empty where there are none."""
    return read_made(scope.results / "manifest.json")


def table_sums(folder: Path) -> dict[str, str]:
    """Checksum of each built table in a folder, by name."""
    return {p.stem: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob("*.parquet"))}


def broken_tables(scope: Scope) -> list[str]:
    """Built tables that are no longer as the build wrote them: missing, cut short, changed, or not written by it.

    Returns
    -------
    list of str
        Names; empty where nothing is built.
    """
    kept = manifest(scope)
    if not kept:
        return []
    written, found = kept.get("sums"), table_sums(scope.results)
    if not isinstance(written, dict):
        return sorted(found) or ["manifest"]
    return sorted(name for name in {*written, *found} if written.get(name) != found.get(name))


def require_tables(scope: Scope, now: dict | None = None) -> dict:
    """The manifest of tables that stand on the data as it is now.

    Parameters
    ----------
    scope : Scope
    now : dict, optional
        Its identity, where that is known already.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        When there are none, or they were built from other data: nothing may be made of them.
    """
    kept, where = manifest(scope), scope.project.show(scope.results)
    way_out = f"bluebook build {scope.options}"
    if not kept:
        raise DataError(
            Fault(where, say(f"the tables of {scope}", f"{scope}的表"), say("none", "没有"), way_out, "identity")
        )
    if {k: kept.get(k) for k in ("edition", "data", "inputs")} != (now or identity(scope)):
        raise DataError(
            Fault(
                where,
                say(f"tables of {scope.data.name} as it is now", f"按{scope.data.name}现状算出的表"),
                say("tables of other data, or of an earlier state of it", "别的数据或旧数据的表"),
                way_out,
                "identity",
            )
        )
    if broken := broken_tables(scope):
        raise DataError(
            Fault(
                where,
                say("the tables as they were built", "算出时的原表"),
                say(
                    f"{len(broken)} that are missing or changed: {', '.join(broken[:5])}",
                    f"{len(broken)}张缺失或被改动：{'、'.join(broken[:5])}",
                ),
                way_out,
                "identity",
            )
        )
    return kept


def require_runs(plan: Plan) -> None:
    """Refuse runs that stand on other data or tables than those of now (an older notebook or code is only told).

    Parameters
    ----------
    plan : Plan

    Raises
    ------
    DataError
        One fault with the number of runs and the first of them.
    """
    bad = []
    for run in plan.stale:
        held = (read_record(run.path) or {}).get("inputs", {})
        bad += [run] if any(run.inputs.get(name) != value for name, value in held.items()) else []
    if bad:
        raise DataError(_refusal(plan, bad, "run"))


def require_fresh(plan: Any) -> None:
    """Refuse runs that are stale for whatever reason: what is packed must be what a new run would give."""
    if plan.stale:
        raise DataError(_refusal(plan, plan.stale, "all"))


def _refusal(plan, runs, command):
    first = runs[0]
    found = f"{len(runs)} of {len(plan.runs)} that are not, the first {first.name}: {first.stale_reason}"
    return Fault(
        plan.project.show(plan.out),
        say("runs of the tables and data as they are now", "按现有数据与表运行的结果"),
        found,
        f"bluebook {command} {plan.scope.options}",
        "identity",
    )
