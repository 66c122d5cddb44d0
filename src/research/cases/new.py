"""New cases laid out, and evidence notebooks run in place into the form that is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from research.cases.evidence.evidence import libraries
from research.cases.model import CLASSES, Case
from research.core import scratch
from research.core.files import write_whole
from research.errors import DataError, Fault, UsageError, nearest, say
from research.indicators.reference import reference
from research.runs.normalise import normalise, to_text

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["execute", "new"]

_TEXT = """---
title: {title}
id: {case_id}
class: {kind}
status: 储备
clauses: []
domain: {domain}
places: ["{place}"]
year: {year}
lead_unit: 待填
sources:
  - 待填
licence: 文字 CC BY 4.0
evidence: {notebook}
# comparison: 说“提高了”“缩小了”的，写与什么比较
# experience: [编号]  可能上升为哪条制度经验，见 reports/cases/_experiences.yml
keywords: []
---

## 背景

（待写：为什么做。引用规划用直角引号照录原文，后面注明条款，并把条款列入开头的 clauses。）

## 做法

（待写：做了什么，只写有出处的事实。）

## 成效

{{{{< embed ../runs/book/case-{case_id}.ipynb#text-{case_id} >}}}}

（待写：数字只嵌入证据笔记本；没有数据的，删去 evidence 一行，写明没有可核验的数据。）

## 经验启示

（待写）

## 可推广性

（待写）
"""


def new(project: Project, case_id: str, *, title: str, kind: str, domain: str) -> list[Path]:
    """Lay out a case: its text with the standard sections, and an evidence notebook to fill in.

    Parameters
    ----------
    project : Project
    case_id : str
        Small letters, digits and hyphens.
    title : str
    kind : {"创新型", "最佳", "提升型"}
    domain : str
        One of the domains (`name_zh` of themes.csv), or a theme's name (``economy`` ...).

    Returns
    -------
    list of Path
        The two files.

    Raises
    ------
    UsageError
        For an id, a class or a domain that is none, or a case that is there already.
    """
    themes = reference.load(project, "themes")
    known = dict(zip(themes["theme"], themes["name_zh"], strict=True))
    domain = known.get(domain, domain)
    if kind not in CLASSES:
        hint = nearest(kind, CLASSES)
        raise UsageError(say(f"class {kind!r}: {hint}", f"类别 {kind}：{hint.zh}"))
    if domain not in known.values():
        hint = nearest(domain, [*known.values(), *known])
        raise UsageError(say(f"domain {domain!r}: {hint}", f"领域 {domain}：{hint.zh}"))
    notebook = f"notebooks/cases/{case_id}.ipynb"
    values = _values(project, title, case_id, kind, domain, notebook)
    paths = [project.reports / "cases" / f"{case_id}.qmd", project.root / notebook]
    for path in paths:
        if path.exists():
            raise UsageError(
                say(
                    f"{project.show(path)} is there already; choose another id",
                    f"{project.show(path)} 已存在，请另取编号",
                )
            )
    write_whole(paths[0], _TEXT.format(**values))
    write_whole(paths[1], to_text(_notebook(values)))
    return paths


def _values(project, title, case_id, kind, domain, notebook):
    import json

    from research.indicators.edition import starting_point
    from research.indicators.reference.reference import district

    values = {"title": json.dumps(title, ensure_ascii=False), "case_id": case_id, "kind": kind, "domain": domain}
    year, data = starting_point(project)
    values |= {"place": str(district(project)["code"]), "year": year, "data": data, "notebook": notebook}
    if any(e["loc"] == ("id",) for e in _errors(values)):
        raise UsageError(
            say(
                f"id {case_id!r}: use small letters, digits and hyphens, such as warm-workshop",
                f"编号 {case_id}：请用小写字母、数字和连字符，如 warm-workshop",
            )
        )
    return values


def _errors(values):
    from pydantic import ValidationError

    try:
        Case.model_validate({"id": values["case_id"]})
    except ValidationError as error:
        return error.errors()
    return []


def _notebook(values):
    from nbformat import v4

    year, data, case_id = values["year"], values["data"], values["case_id"]
    cells = [
        v4.new_markdown_cell(f"# 证据笔记本：{case_id}\n\n每个有标签的单元格给出案例引用的一张图、一张表或一句话。"),
        v4.new_code_cell(f'edition = "{year}"\ndata = "{data}"', metadata={"tags": ["parameters"]}),
        v4.new_code_cell("from research import figures, open_edition\n\ned = open_edition(edition, data=data)"),
        v4.new_code_cell(f'#| label: text-{case_id}\nfigures.say("（待写：由数据算出的一句话。）", status=ed.status)'),
    ]
    return _identified(v4.new_notebook(cells=cells, metadata=_KERNEL))


_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _identified(notebook):
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number}"
    return notebook


def execute(project: Project, path: Path, timeout: int = 300) -> None:
    """Run an evidence notebook and keep its outputs, without clocks, paths or counters of this machine.

    Parameters
    ----------
    project : Project
    path : Path
        The notebook; written anew only when every cell ran.
    timeout : int
        Seconds for each cell.

    Raises
    ------
    DataError
        Naming the notebook and the error of the cell that failed.
    """
    import nbformat

    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    _run(notebook, path, project.show(path), timeout)
    clean = normalise(notebook, project.root)
    for number, cell in enumerate((c for c in clean["cells"] if c["cell_type"] == "code"), start=1):
        cell["execution_count"] = number
    clean["metadata"]["bluebook"] = {"packages": libraries()}  # what a moved number is held against
    write_whole(path, to_text(_identified(clean)))


def _run(notebook, path, where, timeout):
    """Run the cells over sockets of their own: of two kernels that start at once one may take a port of the other's."""
    import atexit
    import subprocess

    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    with scratch.folder("case") as folder:
        config = Config()
        if os.name == "posix":
            config.KernelManager.transport, config.KernelManager.connection_file = "ipc", str(folder / "k.json")
        client = NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name="python3",
            record_timing=False,
            config=config,
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute(stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise DataError(
                Fault(
                    where,
                    say("cells that run", "能够运行的单元"),
                    f"{error.ename}: {error.evalue}",
                    say("mend it", "请改正"),
                    "notebook",
                )
            ) from None
        except TimeoutError:
            raise DataError(
                Fault(
                    where,
                    say(f"cells of at most {timeout} s", f"每个单元不超过{timeout}秒"),
                    say("one that goes on", "有一个仍在运行"),
                    kind="notebook",
                )
            ) from None
        except RuntimeError as error:  # it died while it started, or in the middle
            raise DataError(
                Fault(
                    where,
                    say("a kernel that lives", "能够启动并运行到底的内核"),
                    str(error),
                    say(
                        "run it again; if it dies again, look for memory or a broken environment",
                        "请再运行一次；仍然如此时请检查内存和运行环境",
                    ),
                    "notebook",
                )
            ) from None
        finally:  # one that never started has nothing to end, and would say so in a traceback
            atexit.unregister(client._cleanup_kernel)
