"""A reviewed Word file comes home: its changes into hand-written lines, the rest listed, nothing touched unasked."""

import csv
import re
import zipfile

import pytest

from research import book
from research.book.review.marks import Edit
from research.book.review.placing import review, spot_of
from research.errors import DataError

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
COMMENTS = f'<Relationship Id="rIdC" Type="{OFFICE}/relationships/comments" Target="comments.xml"/>'
BY = 'w:author="{who}" w:date="2025-01-02T03:04:05Z"'


def marked(path, target, old, new, who="甲", number=7):
    """The Word file with one tracked change in the run that holds some words."""
    by = f'w:id="{number}" ' + BY.format(who=who)

    def change(match):
        head, text = match[1], match[2]
        at = text.index(old)

        def run(words, tag="t"):
            return f'{head}<w:{tag} xml:space="preserve">{words}</w:{tag}></w:r>' if words else ""

        return (
            run(text[:at])
            + f"<w:del {by}>{run(old, 'delText')}</w:del><w:ins {by}>{run(new)}</w:ins>"
            + run(text[at + len(old) :])
        )

    pattern = (
        rf"(<w:r(?: [^>]*)?>(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?)<w:t[^>]*>([^<]*{re.escape(target)}[^<]*)"
        "</w:t></w:r>"
    )
    return rewritten(path, lambda xml: re.sub(pattern, change, xml, count=1), who)


def commented(path, target, words, who="乙"):
    by = 'w:id="0" ' + BY.format(who=who)
    body = (
        f'<?xml version="1.0"?><w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:comment {by}><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:comment></w:comments>"
    )

    def change(xml):
        run = re.search(rf"<w:r(?: [^>]*)?>(?:(?!</w:r>).)*{re.escape(target)}(?:(?!</w:r>).)*</w:r>", xml)[0]
        return xml.replace(
            run,
            f'<w:commentRangeStart w:id="0"/>{run}<w:commentRangeEnd w:id="0"/>'
            '<w:r><w:commentReference w:id="0"/></w:r>',
            1,
        )

    return rewritten(path, change, who, {"word/comments.xml": body})


def rewritten(path, change, who, more=None):
    target = path.parents[2] / f"{who}.docx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                text = data.decode()
                assert change(text) != text
                data = change(text).encode()
            if more and name == "word/_rels/document.xml.rels" and b"comments.xml" not in data:
                data = data.replace(b"</Relationships>", COMMENTS.encode() + b"</Relationships>")
            if name not in (more or {}):
                out.writestr(name, data)
        for name, text in (more or {}).items():
            out.writestr(name, text)
    return target


@pytest.fixture
def sent(tmp_path):
    """A small book whose Word file was sent out."""
    root = tmp_path / "book"
    (root / "made").mkdir(parents=True)
    (root / "_quarto.yml").write_text(
        "project:\n  type: book\n  output-dir: out\nlang: zh\nbook:\n  title: 书\n  chapters: [index.qmd]\n", "utf-8"
    )
    (root / "made" / "_lead.md").write_text("由程序算出的一句：收入差距为二点五倍，比上年缩小。\n", "utf-8")
    (root / "index.qmd").write_text(
        "# 总论\n\n本章先看**增长**，再看差距，最后看政策的作用。\n\n"
        "{{< include made/_lead.md >}}\n\n第三段说明数据从哪里来，怎样核对。\n",
        "utf-8",
    )
    book.render(root, "", to=["docx"], engine="pandoc")
    return root


def made(root):
    return next((root / "out").glob("*.docx"))


def looked(root, *files):
    return review(root, "", files, made=["made"])


def test_a_change_of_hand_written_text_is_shown_first_and_then_applied(sent):
    before = (sent / "index.qmd").read_text("utf-8")
    result = looked(sent, marked(made(sent), "最后看政策", "政策", "制度"))
    (found,) = result.found
    assert (found.outcome, found.place, found.paragraph.number) == ("source", "index.qmd, line 3", 2)
    assert found.paragraph.chapter.endswith("总论")
    assert "-本章先看**增长**，再看差距，最后看政策的作用。\n" in result.diff(sent)
    assert "+本章先看**增长**，再看差距，最后看制度的作用。\n" in result.diff(sent)
    assert (sent / "index.qmd").read_text("utf-8") == before
    assert result.apply() == [sent / "index.qmd"]
    assert (sent / "index.qmd").read_text("utf-8") == before.replace("政策", "制度")


def test_what_a_simple_field_shows_is_part_of_the_paragraph(sent):
    def field(xml):  # as Word saves a reference that it wrote itself
        run = re.search(r"<w:r(?: [^>]*)?>(?:(?!</w:r>).)*本章先看(?:(?!</w:r>).)*</w:r>", xml)[0]
        return xml.replace(run, f'<w:fldSimple w:instr=" REF a \\h ">{run}</w:fldSimple>', 1)

    made(sent).write_bytes(rewritten(made(sent), field, "甲").read_bytes())
    (found,) = looked(sent, marked(made(sent), "最后看政策", "政策", "制度")).found
    assert found.paragraph.text == "本章先看增长，再看差距，最后看政策的作用。"
    assert (found.outcome, found.place) == ("source", "index.qmd, line 3")


def test_computed_text_says_where_it_comes_from(sent):
    (found,) = looked(sent, marked(made(sent), "二点五倍", "二点五", "二")).found
    assert (found.outcome, found.place) == ("computed", "made/_lead.md, line 1")


def test_two_reviewers_are_merged_and_their_conflict_is_shown(sent):
    one = marked(made(sent), "再看差距", "差距", "鸿沟", "甲")
    two = marked(made(sent), "最后看政策", "政策", "制度", "乙")
    assert looked(sent, one, two).diff(sent).count("鸿沟，最后看制度") == 1
    other = marked(made(sent), "再看差距", "差距", "距离", "丙")
    result = looked(sent, one, other)
    assert [f.outcome for f in result.found] == ["conflict", "conflict"] and result.texts == {}


def test_comments_become_a_list_with_place_and_answer(sent, tmp_path):
    from research.cli.review import write_comments

    result = looked(sent, commented(made(sent), "第三段说明", "=请补来源"))
    write_comments(result, tmp_path / "c.csv")
    (row,) = csv.DictReader((tmp_path / "c.csv").read_text("utf-8-sig").splitlines())
    assert (row["审阅人"], row["批注"], row["答复"]) == ("乙", "'=请补来源", "") and row["章"].endswith("总论")
    assert row["位置"] == "index.qmd, line 7" and "第三段说明" in row["批注的文字"]


def test_text_that_was_typed_over_without_tracking_is_listed(sent):
    retyped = rewritten(made(sent), lambda xml: xml.replace("说明数据从哪里来", "说清楚数据是从哪儿来"), "丁")
    assert [f.outcome for f in looked(sent, retyped).found] == ["untracked"]


def test_a_file_of_another_book_or_no_word_file_is_refused(sent, tmp_path):
    (tmp_path / "a.docx").write_bytes(b"no zip")
    with pytest.raises(DataError, match="a Word file"):
        looked(sent, tmp_path / "a.docx")
    foreign = rewritten(made(sent), lambda xml: re.sub("[\u4e00-\u9fff]", "别", xml), "戊")
    with pytest.raises(DataError, match="a review of this edition's Word file"):
        looked(sent, foreign)


def test_words_that_stand_twice_are_placed_by_what_is_around_them():
    assert spot_of("甲乙丙乙", Edit("乙", "丁", "甲乙丙", "", "")) == (3, 4)
    assert spot_of("甲乙", Edit("丙", "丁", "", "", "")) is None


def test_the_command_shows_the_patch_and_writes_only_when_asked(sent, monkeypatch, capsys):
    from types import SimpleNamespace

    from research.cli import common
    from research.cli import review as command

    monkeypatch.setattr(common, "scope", lambda *_: SimpleNamespace(project=SimpleNamespace(root=sent)))
    file = marked(made(sent), "最后看政策", "政策", "制度")
    before = (sent / "index.qmd").read_text("utf-8")
    command.review([file], book="")
    told = capsys.readouterr().out
    assert "第2段，可以写入书稿（index.qmd, line 3）" in told and "“政策” → “制度”" in told and "+本章先看" in told
    assert (sent / "index.qmd").read_text("utf-8") == before
    command.review([file], book="", apply=True)
    assert (sent / "index.qmd").read_text("utf-8") == before.replace("政策", "制度")
    with pytest.raises(DataError, match="no such file"):
        command.review([sent / "gone.docx"], book="")
