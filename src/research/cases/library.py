"""The case library: front matter that is checked, facts that are quoted, figures that are embedded.

A case is `reports/cases/<id>.qmd`. Its facts are words of the outline (「...」 with the clause), its
figures are outputs of its evidence notebook; a number or a claim of effect of any other origin is a fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from research.cases.chain import chain_faults
from research.cases.evidence.evidence import read_evidence
from research.cases.links import link_faults
from research.cases.model import CLASSES, STATES, Case, case_fault, files, load, read
from research.cases.new import execute, new
from research.cases.prose import bare_numbers, clause_texts, mask, quotes, read_front_matter
from research.core.faults import spot
from research.core.plain import name_fault
from research.core.status import is_sample
from research.core.texts import read_yaml
from research.errors import Fault, nearest, say
from research.indicators.reference import reference
from research.indicators.reference.plans import in_force
from research.runs.templates import takes_parameters

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = [
    "CLASSES",
    "NO_DATA",
    "SECTIONS",
    "STATES",
    "Case",
    "check",
    "domains",
    "execute",
    "files",
    "load",
    "new",
    "read",
]

SECTIONS = ("背景", "做法", "成效", "经验启示", "可推广性")
NO_DATA = "目前没有可核验的数据"
"""Words that the section 成效 must hold where a case embeds no figure."""
SAMPLE_NOTE = "_sample.md"
"""The mark that a case on sample data includes."""

_EFFECT = re.compile(
    r"显著|明显|卓有|成功|见效|大幅|有效(?:地|带动|提升|缓解|缩小)"
    r"|(?:提高|提升|下降|缩小|增加|增长|带动|改善|促进)了"
)
_NO_CLAIM = re.compile(r"不作(?:成效)?(?:归因|判断)|没有对照")
"""A comparison that itself says that it carries no claim of effect."""
_EMBED = re.compile(r"\{\{<\s*embed\s+(\S+?)#([\w-]+)[^>]*>\}\}")


def check(project: Project) -> list[Fault]:
    """All that keeps the case library from being published, all at once.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Fault
        Each with file and line: front matter, sections, quotes that are not the outline's words, numbers
        without evidence, claims of effect without a comparison, notebooks that are no kept evidence.
    """
    known = reference.plans(project)
    outlines = {p.id: clause_texts(reference.outline(project, p)) for p in known}
    codes, known_domains = _codes(project), domains(project)
    faults, register, texts = _double_ids(project), [], {}
    for path in files(project):
        case, body, found = read(project, path)
        faults += found
        if case is None:
            continue
        name, text = project.show(path), path.read_text(encoding="utf-8")
        outline = outlines[in_force(known, case.year).id]  # a case rests on the plan of its year
        register.append((name, case))
        texts[name] = text
        if case.id != path.stem:
            faults.append(
                case_fault(
                    name,
                    1,
                    say(f"the file's name as id: {path.stem}", f"编号与文件名一致：{path.stem}"),
                    case.id,
                    "",
                    "id",
                )
            )
        faults += [
            case_fault(
                name,
                1,
                say("words, without signs of markup", "不带标记符号的文字"),
                told,
                say("write it in words", "请写成文字"),
                "words",
            )
            for text_of in (case.title, case.lead_unit)
            if (told := name_fault(text_of))
        ]
        faults += _domain_faults(name, case, known_domains)
        faults += _codes_faults(name, case, outline, codes)
        faults += _section_faults(name, text, body)
        faults += _text_faults(name, case, text, outline)
        faults += _evidence_faults(project, name, case, text)
        faults += link_faults(project, name, case, text)
    return faults + chain_faults(project, register, texts, {k: v for o in outlines.values() for k, v in o.items()})


def shown_evidence(project: Project, case: Case) -> str:
    """What the text of a case embeds: its notebook as the edition ran it, or as it is kept where it takes no data.

    Parameters
    ----------
    project : Project
    case : Case

    Returns
    -------
    str
        Relative to the text.
    """
    runs = takes_parameters(project.root / str(case.evidence))
    return f"../runs/book/case-{case.id}.ipynb" if runs else f"../../{case.evidence}"


def _double_ids(project):
    """Ids that two files claim, each named with its line (read as text: the front matter may not be whole)."""
    seen: dict[str, Any] = {}
    faults = []
    for path in files(project):
        text = path.read_bytes().decode("utf-8", "replace")
        found = re.search(r"^id:[ \t]*[\"']?([^\s\"'#]+)", read_front_matter(text)[0] or "", re.M)
        if not found:
            continue
        line = text[: text.index(found[0])].count("\n") + 1
        if found[1] in seen:
            other = f"{found[1]}, as in {seen[found[1]]}"
            faults.append(
                case_fault(
                    project.show(path),
                    line,
                    say("an id of its own", "不重复的编号"),
                    other,
                    f"id: {path.stem}",
                    "double",
                )
            )
        seen.setdefault(found[1], project.show(path))
    return faults


def domains(project: Project) -> list[str]:
    """The Chinese names of the themes: a case's domain is one of them.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of str
    """
    if not (project.reference / "themes.csv").is_file():  # cases alone, without a district's tables
        return []
    return list(reference.load(project, "themes").sort_values("order", kind="stable")["name_zh"])


def _codes(project):
    codes = set(reference.load(project, "places")["code"])
    district = project.reference / "district.yml"
    if district.is_file():
        codes.add(str(read_yaml(district, "data/reference/district.yml", needed=True)["code"]))
    return codes


def _domain_faults(name, case, known):
    if known and case.domain not in known:
        yield case_fault(
            name,
            1,
            say("`domain`: one of " + "、".join(known), "domain：以下之一：" + "、".join(known)),
            case.domain,
            nearest(case.domain, known),
            "domain",
        )


def _codes_faults(name, case, outline, codes):
    if not case.clauses:
        yield case_fault(
            name,
            1,
            say("`clauses`: what of the plan the case rests on", "clauses：案例依据的规划条款"),
            say("none", "没有"),
            say("write [26]", "请写 [26]"),
            "clause",
        )
    for clause in case.clauses:
        if clause not in outline:
            yield case_fault(
                name,
                1,
                say("a clause of the outline", "规划中的条款"),
                repr(clause),
                say("write 26, or 一(二) for a goal", "请写 26，目标写 一(二)"),
                "clause",
            )
    if not case.places and not case.example:
        yield case_fault(
            name,
            1,
            say("`places`: codes of data/reference/places.csv", "places：data/reference/places.csv 中的代码"),
            say("none", "没有"),
            "",
            "place",
        )
    for place in case.places:
        if place not in codes:
            yield case_fault(
                name,
                1,
                say("a code of data/reference/places.csv", "data/reference/places.csv 中的代码"),
                repr(place),
                nearest(place, codes),
                "place",
            )


def _section_faults(name, text, body):
    found = re.findall(r"^## +(.+?)(?: *\{.*\})?$", body, re.M)
    if found[: len(SECTIONS)] != list(SECTIONS):
        yield case_fault(name, 1, "the sections " + "、".join(SECTIONS), "、".join(found) or "none", "", "sections")
    for title in set(SECTIONS) & set(found):
        if not re.search(r"\w", _section(text, title).split(title, 1)[1]):
            yield case_fault(
                name,
                1,
                say(f"text in the section {title}", f"“{title}”一节有文字"),
                say("none", "没有"),
                "",
                "sections",
            )
    for number, row in enumerate(text.splitlines(), 1):
        if mark := re.search("待填|待写", row):
            yield case_fault(
                name, number, say("the text itself", "正文"), mark[0], say("fill it in", "请填写"), "placeholder"
            )
    if re.search(r"^# ", body, re.M):
        line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("# "))
        yield case_fault(
            name,
            line,
            say("`title:` alone as the title", "标题只写在 title: 中"),
            say("a heading of level 1", "一级标题"),
            say("use ##", "请用 ##"),
            "title",
        )


def _text_faults(name, case, text, outline):
    for line, words, clause in quotes(text):
        if clause is None:
            yield case_fault(
                name,
                line,
                say("a clause after the quote", "引文后注明条款"),
                f"「{words[:20]}」",
                say("add （第26条）", "请加（第26条）"),
                "quote",
            )
        elif clause not in outline or words not in outline[clause]:
            where = next((k for k, v in outline.items() if words in v), None)
            hint = f"it stands in {where}" if where else "quote the outline word for word"
            yield case_fault(
                name,
                line,
                say(f"words of clause {clause}", f"条款 {clause} 的原文"),
                f"「{words[:30]}」",
                hint,
                "quote",
            )
        elif clause not in case.clauses:
            yield case_fault(
                name,
                line,
                say(f"clause {clause} among `clauses`", f"clauses 中有条款 {clause}"),
                ", ".join(case.clauses),
                say("add it", "请补上"),
                "clause",
            )
    for line, digits in bare_numbers(text):
        yield case_fault(
            name,
            line,
            say("numbers quoted or embedded", "引自原文或由笔记本嵌入的数字"),
            digits,
            say("embed the notebook that computes it", "请嵌入算出它的笔记本"),
            "number",
        )
    if not case.comparison or _NO_CLAIM.search(case.comparison):
        plain = mask(text)
        for title in ("做法", "成效", "经验启示", "可推广性"):
            part = _section(plain, title)
            for match in _EFFECT.finditer(part):
                line = part.count("\n", 0, match.start()) + 1
                yield case_fault(
                    name,
                    line,
                    say("a `comparison` for a claim of effect", "写成效须有 comparison（与什么比较）"),
                    match[0],
                    say("say what it is compared with, or state the level alone", "请写明与什么比较，或只陈述水平"),
                    "effect",
                )


def _section(text, title):
    """The section `title` alone, everything else blanked, so that lines stay true."""
    match = re.search(rf"^## +{title}.*?(?=^## |\Z)", text, re.M | re.S)
    if not match:
        return ""
    return re.sub(r"[^\n]", " ", text[: match.start()]) + match[0]


def _evidence_faults(project, name, case, text):
    embeds = [(text.count("\n", 0, m.start()) + 1, m[1], m[2]) for m in _EMBED.finditer(text)]
    if not case.evidence:
        if embeds:
            yield case_fault(
                name,
                embeds[0][0],
                say("`evidence` to name the notebook", "evidence 写明笔记本"),
                embeds[0][1],
                "",
                "evidence",
            )
        if NO_DATA not in text:
            yield case_fault(
                name,
                1,
                say(f"成效 to say {NO_DATA}", f"“成效”一节写明：{NO_DATA}"),
                say("nothing", "空"),
                say("a case without data says so", "没有数据的案例须写明"),
                "no-data",
            )
        return
    notebook = project.root / case.evidence
    if not notebook.is_file():
        yield case_fault(
            name,
            1,
            say("an evidence notebook", "证据笔记本"),
            case.evidence,
            say("no such file", "没有这个文件"),
            "evidence",
        )
        return
    evidence = read_evidence(notebook)
    for cell, found, way_out in evidence.faults:
        yield Fault(
            f"{case.evidence}, {cell}",
            say("kept, repeatable evidence", "留存且可重复的证据"),
            found,
            way_out,
            "case-notebook",
        )
    wanted = shown_evidence(project, case)
    for line, target, label in embeds:
        if target != wanted:
            yield case_fault(
                name,
                line,
                wanted,
                target,
                say("embed the case's own notebook, as the edition ran it", "请嵌入本案例自己的笔记本"),
                "evidence",
            )
        elif label not in evidence.labels:
            yield case_fault(
                name,
                line,
                say(f"a label of {case.evidence}", f"{case.evidence} 的标签"),
                label,
                nearest(label, evidence.labels),
                "label",
            )
    if not embeds:
        yield case_fault(
            name, 1, say("embeds of the evidence notebook", "证据笔记本的嵌入"), say("none", "没有"), "", "evidence"
        )
    marked, follows = SAMPLE_NOTE in text, takes_parameters(notebook)
    if is_sample(evidence) and not follows:
        yield Fault(
            spot(case.evidence),
            say(
                "a cell tagged 'parameters' that assigns edition and data",
                "一个标为 parameters 的单元，给 edition 和 data 赋值",
            ),
            say("none", "没有"),
            say(
                "a case on the sample is run anew on each edition's data", "依据示例数据的案例须随每一版的数据重新运行"
            ),
            "case-parameters",
        )
    if marked != is_sample(evidence) and not (marked and follows):  # the mark follows the edition's data
        want = f"{{{{< include {SAMPLE_NOTE} >}}}}" if not marked else "no sample mark"
        yield case_fault(
            name, 1, want, say(f"evidence of status {evidence.status}", f"状态为 {evidence.status} 的证据"), "", "mark"
        )
