"""One case as a brief that stands alone: two pages at most, set by typst, with the same numbers as the book."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from research.book.pdf.text import quote
from research.book.pdf.write import STANDARDS
from research.book.tree import pandoc
from research.cases.evidence.evidence import read_evidence
from research.cases.model import basis_words, files, model_name, place_names, read
from research.core import fonts, scratch
from research.core.files import write_whole
from research.core.status import SAMPLE_MARK, is_sample, mark
from research.core.texts import read_json
from research.errors import BluebookError, DataError, Fault, nearest, say
from research.indicators.reference import reference
from research.indicators.reference.plans import in_force

__all__ = ["MOST_PAGES", "fitted", "typeset", "write"]

MOST_PAGES = 2
TEMPLATE = Path(__file__).parent / "assets" / "casebrief.typ"
_EMBED = re.compile(r"^\{\{<\s*embed\s+\S+?#([\w-]+)[^>]*>\}\}[ \t]*$", re.M)
_VAR = re.compile(r"\{\{<\s*var\s+([\w.-]+)\s*>\}\}")
_SIZES = ((11.5, 92), (11, 88), (10.5, 82), (10, 76), (9.5, 68), (9, 58), (8.5, 48), (8, 40))
"""Size of the text in points and width of a picture in percent, largest first: the first that fits is taken."""
_NOTE = re.compile(r"^(?:注|资料来源)：.*$", re.M)
_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)


def write(project: Any, case_id: str, output: str | Path | None = None) -> Path:
    """Write the brief of one case.

    Parameters
    ----------
    project : Project
    case_id : str
    output : str or Path, optional
        A file, or a folder for `<id>.pdf`; default `reports/output/briefs/cases/`.

    Returns
    -------
    Path
        A PDF of one or two pages; the same case gives the same bytes.

    Raises
    ------
    DataError
        An unknown case, a case with faults in its front matter, or a text that two pages do not hold.
    """
    known = {path.stem: path for path in files(project)}
    if case_id not in known:
        raise DataError(
            Fault(
                f"case {case_id}",
                say("the id of a case", "案例编号"),
                say("none such", "没有这个"),
                nearest(case_id, known),
                "case",
            )
        )
    case, text, faults = read(project, known[case_id])
    if faults:
        raise DataError(faults)
    body, pictures, sample = _body(project, case, text)
    data = fitted(case, body, pictures, _facts(project, case, sample))
    target = Path(output or project.output("briefs") / "cases")
    target = target if target.suffix == ".pdf" else target / f"{case_id}.pdf"
    return write_whole(target, data)


def _cells(project, case):
    """Outputs of the labelled cells of the evidence notebook."""
    if not case.evidence:
        return {}
    found = {}
    for cell in read_json(project.root / case.evidence, case.evidence)["cells"]:
        label = _LABEL.search("".join(cell["source"])) if cell["cell_type"] == "code" else None
        if label:
            found[label[1]] = cell.get("outputs", [])
    return found


def _body(project, case, text):
    """(typst text, pictures, sample?) of a case: embeds put in, marks and citations taken out."""
    cells = _cells(project, case)
    pictures: dict[str, Any] = {}
    sample = is_sample(read_evidence(project.root / case.evidence)) if case.evidence else False

    def embed(match):
        parts = [_output(match[1], output, pictures) for output in cells.get(match[1], [])]
        return "\n\n".join(p for p in parts if p)

    text = _VAR.sub(lambda m: _word(project, case, m[1]), text)
    text = re.sub(r"\{\{<\s*include[^>]*>\}\}", "", _EMBED.sub(embed, text))
    text = re.sub(r"\s*\[@[^\]]*\]", "", text)
    text = re.sub(r"^:::.*\n", "", text, flags=re.M)  # what only the compilation shows stands here as well
    text = re.sub(r"\[([^\]\n]+)\]\([^):\s]+\)", r"\1", text)  # other pages are not there
    return typeset(text), pictures, sample


def typeset(text: str) -> str:
    """Markdown as typst, without the labels that only a book can resolve."""
    made = pandoc.run(["-f", "markdown-citations", "-t", "typst", "--wrap=none"], text.encode()).decode()
    return re.sub(r"^<[\w-]+>$", "", made, flags=re.M)


def _word(project, case, name):
    """What `{{< var NAME >}}` says in a case: the plan of its year, the district, its model."""
    plan, about = in_force(reference.plans(project), case.year), reference.district(project)
    known = {
        "plan": plan.name,
        "outline_title": plan.title,
        "plan_start": plan.start,
        "plan_end": plan.end,
        "district": about["name"],
        "model": model_name(project),
    }
    if name not in known:
        raise DataError(
            Fault(
                f"reports/cases/{case.id}.qmd",
                say("a name that briefs know", "简报中已知的名称"),
                f"{{{{< var {name} >}}}}",
                nearest(name, known),
                "variable",
            )
        )
    return str(known[name])


def _output(label, output, pictures):
    data, about = output.get("data", {}), output.get("metadata", {}).get("bluebook", {})
    if "image/svg+xml" in data or "image/png" in data:
        svg = "".join(data.get("image/svg+xml", ""))
        caption = _caption(about)
        name = f"{label}.svg" if svg else f"{label}.png"
        pictures[name] = svg.encode() if svg else base64.b64decode("".join(data["image/png"]))
        return _typst(f"#shot({quote(name)}, {quote(caption)}, {quote(str(about.get('alt') or caption))})")
    words = "".join(data.get("text/markdown", "")).strip()
    words = _NOTE.sub(lambda m: f"{_typst('#note[')}\n\n{m[0]}\n\n{_typst(']')}", words)
    if not words.startswith("|") or not about.get("caption"):
        return words
    return f"{_typst(f'#cap({quote(_caption(about))})')}\n\n{words}"


def _typst(code):
    return f"```{{=typst}}\n{code}\n```"


def _caption(about):
    return mark(str(about.get("caption", "")), about)


def fitted(case: Any, body: str, pictures: dict[str, bytes], facts: dict[str, Any]) -> bytes:
    """A text on at most two pages: the largest type in which it fits.

    Parameters
    ----------
    case : Case or other object with `id` and `year`
    body : str
        Typst.
    pictures : dict of str to bytes
    facts : dict
        What the template prints around the text: title, lead, year, facts, notes, mark, series, foot.

    Returns
    -------
    bytes
        A PDF.

    Raises
    ------
    DataError
        A text that two pages do not hold.
    """
    for size, width in _SIZES:
        data, pages = _compile(case, body, pictures, facts, size, width)
        if pages <= MOST_PAGES:
            return data
    way_out = "shorten the text, or embed fewer figures and tables"
    raise DataError(
        Fault(
            f"brief of {case.id}",
            say(f"at most {MOST_PAGES} pages", f"不超过{MOST_PAGES}页"),
            say(f"{pages} pages", f"{pages}页"),
            way_out,
            "brief",
        )
    )


def _facts(project, case, sample):
    """What stands around the text: the head's facts, and the notes at its end."""
    names = place_names(project)
    facts = [
        ("类别", "方法示例" if case.example else case.class_),
        ("状态", case.status),
        ("领域", case.domain),
        ("年度", str(case.year)),
        ("地点", "、".join(names.get(c, c) for c in case.places) or "区外"),
        ("依据", basis_words(project, case.clauses, case.year) or "无"),
        ("牵头单位", case.lead_unit),
    ]
    proof = f"数字由证据笔记本 {case.evidence} 算出；运行 bluebook case run {case.id} 可以重算"
    notes = [
        ("资料来源", "；".join(case.sources)),
        ("比较对象", case.comparison or "没有比较，不作成效判断"),
        ("核验", proof if case.evidence else "本案例没有可核验的数据"),
        ("许可", case.licence),
    ]
    return {
        "title": case.title,
        "lead": case.lead_unit,
        "year": case.year,
        "facts": facts,
        "notes": notes,
        "mark": f"{SAMPLE_MARK}：数值由程序生成，不能引用。" if sample else "",
        "series": f"典型案例简报　{case.year}年",
        "foot": f"案例编号 {case.id}" + (f"　{SAMPLE_MARK}" if sample else ""),
    }


def _compile(case, body, pictures, facts, size, width):
    families = fonts.typst_families()
    named = ", ".join(f"{kind}: {quote(font.family)}" for kind, font in families.items())
    with scratch.folder("brief") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "blocks.typ").write_bytes(TEMPLATE.with_name("caseblocks.typ").read_bytes())
        (folder / "settings.typ").write_text(f"#let fonts = ({named})\n#let size = {size}pt\n", encoding="utf-8")
        heads = f'#import "blocks.typ": *\n#let shot = shot.with(width: {width}%)\n'
        (folder / "body.typ").write_text(heads + body, encoding="utf-8")
        (folder / "brief.json").write_text(
            json.dumps(facts, ensure_ascii=False).replace("\ufeff", ""), encoding="utf-8"
        )  # no PDF/UA may hold it
        for file, content in pictures.items():
            (folder / file).write_bytes(content)
        known = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[str(p) for p in fonts.typst_font_paths()],
        )
        compiler = typst.Compiler(str(folder / "main.typ"), root=str(folder), font_paths=known)
        return _pdf(compiler, case)


def _pdf(compiler, case):
    stamp = int(datetime(case.year, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    try:
        data, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=list(STANDARDS), timestamp=stamp)
    except typst.TypstError as error:
        raise DataError(
            Fault(
                f"brief of {case.id}",
                say("text that can be set", "能够排版的文字"),
                error.message,
                "; ".join(error.hints or []),
                "brief",
            )
        ) from error
    bad = [w for w in warnings if "font" in w.message]
    if bad:
        raise BluebookError("brief: " + "; ".join(sorted({w.message for w in bad})))
    return data, int(json.loads(compiler.query("<pages>", field="value", one=True)))
