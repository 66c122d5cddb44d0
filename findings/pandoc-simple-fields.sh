#!/usr/bin/env bash
# Guess:  pandoc reads what a Word file shows: a caption "表 1  人均收入" whose number is a simple field (w:fldSimple with
#         SEQ, as Word writes it), a reference (REF), a formula under a column of a table (=SUM(ABOVE)), like the same in a
#         complex field (w:fldChar).
# Seen:   pandoc 3.9 leaves out the words of a simple field, without a warning: "见。" for "见表 1。", an empty cell for
#         the sum. The same field in its complex form is read.
# Hurts:  chapters and reviews that come back from Word lose numbers of tables and sums; a paragraph with a reference no
#         longer matches its source, so that its tracked changes find no place. We unwrap simple fields first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pypandoc-binary==1.17 python-docx==1.2.0
cat >try.py <<'PY'
import sys

import pypandoc
from docx import Document
from docx.oxml import parse_xml

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def simple(code, shown):
    return [f'<w:fldSimple {SPACE} w:instr=" {code} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>']


def complex_(code, shown):
    parts = ['<w:fldChar w:fldCharType="begin"/>', f'<w:instrText xml:space="preserve"> {code} </w:instrText>']
    parts += ['<w:fldChar w:fldCharType="separate"/>', f"<w:t>{shown}</w:t>", '<w:fldChar w:fldCharType="end"/>']
    return [f"<w:r {SPACE}>{p}</w:r>" for p in parts]


def read(field):
    document = Document()
    for before, code, shown, after in (
        ("表 ", r"SEQ 表 \* ARABIC", "1", "人均收入"),
        ("见", r"REF tbl_income \h", "表 1", "。"),
        ("合计 ", "=SUM(ABOVE)", "123", "元"),
    ):
        paragraph = document.add_paragraph(before)
        for xml in field(code, shown):
            paragraph._p.append(parse_xml(xml))
        paragraph.add_run(after)
    document.save("a.docx")
    return pypandoc.convert_file("a.docx", "plain", extra_args=["--wrap=none"]).split("\n\n")


seen = {"simple": [t.strip() for t in read(simple)], "complex": [t.strip() for t in read(complex_)]}
print("pandoc", pypandoc.get_pandoc_version(), seen)
expected = {
    "simple": ["表 人均收入", "见。", "合计 元"],
    "complex": ["表 1人均收入", "见表 1。", "合计 123元"],
}
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
venv/bin/python try.py
