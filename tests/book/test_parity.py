"""Every format tells the reader the same, and what it tells was written down by hand."""

from pathlib import Path

import pytest
import yaml

from research import book
from research.book import parity

EXPECTED = yaml.safe_load((Path(__file__).parent / "expected_foreign.yml").read_text(encoding="utf-8"))


def test_html_word_and_pdf_say_the_same(foreign):
    book.render(foreign, "", engine="pandoc")
    found = parity.outputs(foreign / "_book")
    assert found["html"] == EXPECTED
    for name in set(found) - {"html"}:
        assert parity.compare(found["html"], found[name], ("html", name)) == []
    assert {"html", "docx"} <= set(found)


def test_quartos_captions_read_as_ours(tmp_path):
    (tmp_path / "index.html").write_text(
        "<main><h2><span>1.1</span>&nbsp; 按月</h2><figure><figcaption>图&nbsp;1.1: 渔获</figcaption></figure>"
        "<p>见 <a>图&nbsp;1.1</a>。</p></main>")
    found = parity.outputs(tmp_path)["html"]
    assert found == {"captions": {"图1.1": "渔获"}, "headings": {"1.1": "按月"}, "references": ["图1.1"]}


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: f["captions"].pop("图1.1"), "caption 图1.1: only in a"),
    (lambda f: f["captions"].update({"图1.1": "别的"}), "caption 图1.1: '各月渔获，吨' in a, '别的' in b"),
    (lambda f: f["headings"].update({"9.9": "多"}), "heading 9.9: only in b"),
    (lambda f: f["references"].remove("表1.1"), "reference 表1.1: only in a"),
])
def test_differences_are_told(change, said):
    other = yaml.safe_load(yaml.safe_dump(EXPECTED, allow_unicode=True))
    change(other)
    assert parity.compare(EXPECTED, other, ("a", "b")) == [said]


def test_the_script_counts_differences(site, capsys):
    assert parity.main([site]) == 0 and "no difference (html)" in capsys.readouterr().out
