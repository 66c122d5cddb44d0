"""Files that people write are read whole or refused by file and line, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.core.faults import DataError
from research.core.texts import parse_yaml, read_json, read_made, read_text, read_yaml


def told(act, *words):
    with pytest.raises(DataError) as caught:
        act(*words)
    return [f.text("zh") for f in caught.value.faults]


def test_a_file_in_another_encoding_is_named_with_its_line_and_encoding(tmp_path):
    path = tmp_path / "章.qmd"
    path.write_bytes("title\n\n共同富裕\n".encode("gb18030"))
    words = "章.qmd，第3行：应为UTF-8 编码的文本，现为GB18030 (GBK)（请另存为 UTF-8 编码）"
    assert told(read_text, path, "章.qmd") == [words]
    path.write_bytes("共同富裕".encode("utf-16"))
    assert "UTF-16" in told(read_text, path, "章.qmd")[0]
    missing = told(read_text, tmp_path / "none.qmd", "none.qmd")[0]
    assert missing.startswith("none.qmd：应为可以读取的文件，现为没有这个文件")


def test_line_ends_and_a_byte_order_mark_are_no_matter(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(path) == "a\nb\nc\n"


@pytest.mark.parametrize(
    "text, line, word",
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "'c' again (first: line 3)"),
        ("a: 1\na: 1\n", 2, "'a' again"),
        ("- x: 1\n  y: 2\n  x: 1\n", 3, "'x' again"),
        ("a: [1\nb: 2\n", 2, "YAML"),
        ("a: b: c\n", 1, "YAML"),
        ("1: a\n1: b\n", 2, "1 again"),
    ],
)
def test_a_key_that_stands_twice_or_broken_yaml_is_refused_by_line(text, line, word):
    with pytest.raises(DataError) as caught:
        parse_yaml(text, "settings.yml")
    assert caught.value.faults[0].place.line == line and word in str(caught.value)


def test_anchors_and_merges_may_give_a_key_again():
    assert parse_yaml("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\n", "a.yml")["b"] == {"k": 3, "l": 2}


def test_no_object_is_made_from_a_file():
    assert "YAML" in told(parse_yaml, "a: !!python/object/apply:os.getcwd []\n", "a.yml")[0]


def test_an_empty_file_is_a_fault_only_where_it_is_needed(tmp_path):
    (tmp_path / "a.yml").write_text("# nothing\n")
    assert read_yaml(tmp_path / "a.yml") == {}
    assert told(lambda: read_yaml(tmp_path / "a.yml", "a.yml", needed=True)) == ["a.yml：应为设置内容，现为空文件"]


def test_broken_json_names_its_line_and_made_files_count_as_not_made(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"a": 1,\n "b": }')
    assert told(read_json, path, "a.json")[0].startswith("a.json，第2行：应为JSON")
    assert read_made(path) == {} and read_made(tmp_path) == {} and read_made(tmp_path / "none") == {}
    path.write_text("[1]")
    assert read_made(path) == {}
    path.write_text("[" * 100_000)
    assert read_made(path) == {} and told(read_json, path, "a.json")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        for read in (read_text, read_yaml, read_json, read_made):
            try:
                read(path)
            except DataError as error:
                assert error.faults
