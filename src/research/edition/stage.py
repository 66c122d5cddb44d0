"""The stage: everything the chapters embed and include, laid out for one edition, whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from research.cases import library
from research.cases.evidence.evidence import read_evidence
from research.cases.pages import CASE_CALLOUT, SAMPLE_CALLOUT, case_list, case_pages
from research.core.files import replacing_folder, write_whole
from research.core.status import is_sample, mark
from research.core.texts import read_text
from research.edition.chapters import findings
from research.edition.chapters.indices import indices_page
from research.edition.chapters.passages import pages as passage_pages
from research.edition.chapters.survey import PAGE, survey_page
from research.edition.onepage_chapter import brief_table
from research.edition.protection import protection_pages
from research.edition.revision_page import revision_page
from research.edition.stage_texts import HEAD, PROFILE, profile_block, variables, yaml_text
from research.edition.summary import edition_tables
from research.edition.tables import reference_tables
from research.errors import DataError, Fault, say
from research.indicators import edition_of
from research.registers.pages import pages as register_pages
from research.runs.planner import read_places
from research.runs.record import is_whole, read_record
from research.runs.templates import find_templates

if TYPE_CHECKING:
    from research.core.scope import Scope
    from research.indicators.edition import Edition

__all__ = ["place_chapter", "profile_block", "stage", "variables"]

_GAPS = ("regional_gap", "urban_rural_gap", "income_gap")


def stage(scope: Scope, edition: Edition | None = None) -> list[Path]:
    """Lay out one edition for the books: `reports/runs/book/`, `_variables.yml`, the chapter lists.

    Parameters
    ----------
    scope : Scope
    edition : Edition, optional
        The scope's, opened before.

    Returns
    -------
    list of Path
        The staged files.

    Raises
    ------
    DataError
        Every run, template or sentence that is missing, at once; the former stage then stands untouched.
    """
    project, ed = scope.project, edition or edition_of(scope)
    notebooks, faults = _notebooks(scope)
    if faults:
        raise DataError(faults)
    shown = {name: read_evidence(path) for name, path in notebooks.items()}
    texts = {name: evidence.texts for name, evidence in shown.items()}
    register = library.load(project, unfinished="skip")  # a case in work is no reason to hold the book back
    register["evidence_status"] = [
        shown[f"case-{i}"].status if f"case-{i}" in shown else status
        for i, status in zip(register["id"], register["evidence_status"], strict=True)
    ]
    pages = _pages(ed, texts, register) | protection_pages(scope, ed)
    if (survey := survey_page(ed)) is not None:
        pages[PAGE] = survey
    with replacing_folder(project.stage) as part:
        for name, path in notebooks.items():
            text = with_status(path.read_text("utf-8"), ed.status)
            (part / f"{name}.ipynb").write_text(text, "utf-8", newline="\n")
        for name, text in pages.items():
            (part / name).write_text(text, encoding="utf-8", newline="\n")
    _keep(project.root / "_variables.yml", yaml_text(variables(ed, register)))
    _profiles(project, ed, register, [f"- reports/runs/book/{PAGE}"] if PAGE in pages else [])
    return sorted(project.stage.iterdir())


def with_status(notebook: str, status: str) -> str:
    """An executed notebook whose labelled outputs all carry a status: those that say none take the edition's.

    A figure of matplotlib's or a frame shown as it is knows nothing of where its numbers come from; the edition does.

    Parameters
    ----------
    notebook : str
        JSON.
    status : str
        The weakest status of the edition's data.

    Returns
    -------
    str

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "#| label: fig-a", "outputs": [{"output_type": "display_data"}]}
    >>> "sample" in with_status(json.dumps({"cells": [cell]}), "sample")
    True
    """
    tree, changed = json.loads(notebook), False
    labelled = (c for c in tree["cells"] if "#| label:" in "".join(c["source"]))
    for output in (o for cell in labelled for o in cell.get("outputs", [])):
        if output["output_type"] in ("display_data", "execute_result"):
            about = output.setdefault("metadata", {}).setdefault("bluebook", {})
            changed |= "status" not in about
            about.setdefault("status", status)
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n" if changed else notebook


def _keep(path, text):
    """Write `text` unless it stands there already, so that nothing looks changed that is not."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text)


# --- runs ----------------------------------------------------------------------------------------------------


def _notebooks(scope):
    """Executed notebooks by the name they get on the stage, and what keeps them from it."""
    project = scope.project
    district, places = read_places(project)
    found, faults = {}, []
    for theme, (kind, _) in find_templates(project).items():
        everywhere = kind == "themes"
        for place in places if everywhere else [district]:
            path = scope.runs / theme / f"{place}.ipynb"
            record = read_record(path)
            name = theme if place == district else f"{theme}-{place}"
            fault = _run_fault(scope, path, record)
            if fault:
                faults.append(fault)
            else:
                found[name] = path
    if not found and not faults:
        faults.append(
            Fault(
                "notebooks/themes",
                say("notebook templates", "笔记本模板"),
                say("none", "没有"),
                say("restore the folder", "请恢复该文件夹"),
                "stage",
            )
        )
    return found, faults


def _run_fault(scope, path, record):
    where, way_out = scope.project.show(path), f"bluebook run {scope.options}"
    if record is None:
        return Fault(
            where,
            say("an executed notebook with its record", "已运行且有记录的笔记本"),
            say("none", "没有"),
            way_out,
            "stage",
        )
    if record.get("status") != "done":
        failure = record.get("failure") or {}
        found = f"{record.get('status')}: {failure.get('ename', '')} {failure.get('evalue', '')}".strip(": ")
        return Fault(where, say("a run that ended well", "正常结束的运行"), found, way_out, "stage")
    if not path.is_file():
        return Fault(
            where, say("an executed notebook", "已运行的笔记本"), say("only its record", "只有记录"), way_out, "stage"
        )
    return (
        None
        if is_whole(path, record)
        else Fault(
            where,
            say("the executed notebook as the run wrote it", "运行时写下的原笔记本"),
            say("another: it was changed since", "已被改动"),
            way_out,
            "stage",
        )
    )


# --- pages ---------------------------------------------------------------------------------------------------


def _plan_end(ed, pages):
    """The section on where the plan ends: an outlook while it runs, the closing assessment once its last year has come.

    Both are hand-written beside the chapters; a project without them has no such section.
    """
    name = "_plan-ended.md" if ed.edition >= ed.plan.end else "_plan-within.md"
    path = ed.project.reports / "bluebook" / name
    text = path.read_text(encoding="utf-8") if path.is_file() else "\n"
    # A made page may include no other: what the plan says in it is put in here.
    return re.sub(r"\{\{< include \S*(_passage-[\w-]+\.md) >\}\}", lambda m: pages.get(m[1], "").strip(), text)


def _embedded(project, pages):
    """Labels of the figures and tables that chapters and made pages show."""
    written = [project.root / "index.qmd", *(project.reports / "bluebook").glob("*.qmd")]
    texts = [*(p.read_text("utf-8", errors="replace") for p in written if p.is_file()), *pages.values()]
    return {label for text in texts for label in re.findall(r"#((?:fig|tbl)-[\w-]+)", text)}


def _origin(ed):
    """Where the table of indicators is not the official one, the box that says so."""
    if not ed.table_origin:
        return "\n"
    kind = ed.table_origin.partition("（")[0]
    note = ed.plan.note or f"本书的指标体系为{ed.table_origin}，不是官方指标体系。"
    return f"::: {{.callout-important}}\n## {kind}说明\n\n{note}\n:::\n"


def _pages(ed, texts, register):
    pages = {
        "_mark.md": SAMPLE_CALLOUT if is_sample(ed) else "\n",
        "_mark-case.md": CASE_CALLOUT if is_sample(ed) else "\n",
        **case_pages(ed.project, ed.edition, register),
    }
    registers = {name: ed.register(name) for name in ("policies", "lists", "claims")}
    tables = {**reference_tables(ed.project, ed.edition, registers), **edition_tables(ed)}
    pages |= {f"{name}.md": text for name, text in tables.items()}
    pages |= passage_pages(ed)
    pages |= register_pages(ed)
    pages["_indices.md"] = indices_page(ed)
    pages["_origin.md"] = _origin(ed)
    pages["_revisions.md"] = revision_page(ed)
    pages["_plan-end.md"] = _plan_end(ed, pages)
    faults: list[Fault] = []
    pages[findings.PAGE] = findings.page(texts, _embedded(ed.project, pages))
    leads = _join(texts, [("targets", "targets"), *((g, g) for g in _GAPS)], faults)
    pages["_abstract.md"] = findings.abstract(texts) or leads
    pages["_summary-index.md"] = _join(texts, [("index", "index")], faults) if "index" in texts else "\n"
    template = read_text(ed.project.reports / "bluebook" / "_place.qmd")
    for code in ed.places["code"]:
        pages[f"place-{code}.qmd"] = place_chapter(template, ed, code)
        pages[f"_brief-{code}.md"] = brief_table(ed, code)
    if faults:
        raise DataError(faults)
    return pages


def _sentence(texts, notebook, faults):
    label = f"text-{notebook.replace('_', '-')}-lead"
    text = texts.get(notebook, {}).get(label, "").strip()
    if not text:
        where = f"reports/runs/book/{notebook}.ipynb"
        faults.append(
            Fault(
                where,
                say(f"a sentence labelled {label}", f"标签为{label}的句子"),
                say("none", "没有"),
                say("run the notebook again", "请重新运行笔记本"),
                "stage",
            )
        )
    return text


def _join(texts, names, faults):
    return "\n\n".join(_sentence(texts, notebook, faults) for notebook, _ in names) + "\n"


def place_chapter(template: str, ed: Edition, code: str) -> str:
    """The chapter of one place, made from the hand-written template.

    Parameters
    ----------
    template : str
        With placeholders ``@@code@@``, ``@@name@@``, ``@@group_note@@``.
    ed : Edition or District
    code : str

    Returns
    -------
    str

    Raises
    ------
    DataError
        Naming a placeholder that is not known.
    """
    group = next((ed.group_names.get(g, g) for g, codes in ed.groups.items() if code in codes), "")
    note = f"按本书的分组，{ed.name(code)}属于{group}（分组是设定，见 @sec-assumptions）。" if group else ""
    known = {"code": code, "name": ed.name(code), "group_note": note}
    text = re.sub(r"@@(\w+)@@", lambda m: known.get(m[1], m[0]), template)
    unknown = sorted(set(re.findall(r"@@\w+@@", text)))
    if unknown:
        places = ", ".join(f"@@{k}@@" for k in known)
        raise DataError(
            Fault(
                "reports/bluebook/_place.qmd",
                say(f"one of {places}", f"以下之一：{places}"),
                ", ".join(unknown),
                kind="stage",
            )
        )
    return text


# --- profiles -------------------------------------------------------------------------------------------------


def _profiles(project, ed, register, survey):
    """The made profile; in those under version control only what names the district, its places and its cases."""
    subtitle = json.dumps(mark(f"{ed.edition} 年版", ed), ensure_ascii=False)
    _keep(project.root / f"_quarto-{PROFILE}.yml", f"{HEAD}book:\n  subtitle: {subtitle}\n")
    named = variables(ed, register)
    places = [f"- reports/runs/book/place-{code}.qmd" for code in ed.places["code"]]
    blocks = (("bluebook", "title", "places", places), ("cases", "cases_title", "cases", case_list(register)))
    for book, title, name, lines in blocks:
        path = project.root / f"_quarto-{book}.yml"
        lines_of = (("title", named[title]), ("author", f"{named['centre']} 编"))
        head = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in lines_of]
        text = profile_block(path.read_text(encoding="utf-8"), "edition", head)
        if book == "bluebook" and (survey or "# survey: begin" in text):  # an older project's book has no such lines
            text = profile_block(text, "survey", survey)
        _keep(path, profile_block(text, name, lines))
