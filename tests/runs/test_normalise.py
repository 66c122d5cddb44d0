"""Normalised notebooks: machine and moment gone, captions and labels in the cells."""

import copy
from pathlib import Path

import nbformat
import pytest

from research.core.status import mark
from research.runs.normalise import normalise, to_text

ROOT = Path("/home/someone/bluebook")


def code(source, *outputs, **metadata):
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": metadata,
        "execution_count": 1,
        "source": source,
        "outputs": list(outputs),
    }


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(data=None, **bluebook):
    return {"output_type": "display_data", "data": data or {"text/plain": "x"}, "metadata": {"bluebook": bluebook}}


def done(*cells, **more):
    book = {"cells": copy.deepcopy(list(cells)), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return normalise(book, ROOT, **more)["cells"]


def text_of(output):
    return done(code("1", output))[0]["outputs"][0]["text"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<A object at 0x7f3a1c2b4d50>", "<A object at 0x0>"),
        ("/home/someone/bluebook/data/sample/x.csv", "./data/sample/x.csv"),
        ("/tmp/ipykernel_4321/987.py:3: UserWarning", "cell.py:3: UserWarning"),
        ('File "/a b/ipykernel_1/2.py", </var/x/ipykernel_3/4.py>', 'File "/a cell.py", <cell.py>'),
        ("Date: Tue, 24 Nov 2026  Prob", "Date: ---, -- --- ----  Prob"),
        ("Time:                 06:43:25   AIC", "Time:                 --:--:--   AIC"),
        ("Date:    2026-11-24 06:43 BIC", "Date:    ---------- --:-- BIC"),
        (
            "9f1b2c3d-4e5f-4a6b-8c7d-0123456789ab 9f1b2c3d-4e5f-4a6b-8c7d-0123456789ab",
            "00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000001",
        ),
        ("100%|##| 3/3 [00:01<00:00,  2.31it/s]", "100%|##| 3/3 []"),
        ("0x7f3a1c2b4d50 a plain number", "0x7f3a1c2b4d50 a plain number"),
        ("/home/someone/bluebooks/x", "/home/someone/bluebooks/x"),
    ],
)
def test_what_belongs_to_a_machine_or_a_moment_goes(before, after):
    assert text_of(stream(before)) == after


@pytest.mark.parametrize("piece", ["x", "0", "f", "1:", "[1:00<1, ", "ipykernel_", " at 0x", "Date: ", "a-", "/tmp/"])
def test_a_long_word_takes_no_time(piece):
    """A picture written into HTML is one word of a million characters; a pattern that goes back would not end."""
    assert text_of(stream(piece * 300_000))


def test_pieces_of_a_stream_are_joined_and_ordered():
    outputs = done(code("1", stream("a"), stream("w", "stderr"), stream("b"), shown(), stream("c")))[0]["outputs"]
    assert [(o.get("name"), o.get("text")) for o in outputs] == [
        ("stdout", "ab"),
        ("stderr", "w"),
        (None, None),
        ("stdout", "c"),
    ]


def test_clocks_in_metadata_go_and_tags_stay():
    cell = done(code("1", papermill={"duration": 1}, execution={"iopub": "t"}, tags=["x"]))[0]
    assert cell["metadata"] == {"tags": ["x"]}


def test_the_injected_cell_has_one_id():
    assert done(code("edition = 1", tags=["injected-parameters"]))[0]["id"] == "injected-parameters"


def test_the_caption_is_written_as_quoted_yaml_with_the_sample_mark():
    cell = done(code("#| label: fig-a\n#| fig-cap: old\nshow()", shown(caption='图: "a"', alt="b", status="sample")))[0]
    assert cell["source"].split("\n") == [
        "#| label: fig-a",
        '#| fig-alt: "b"',
        '#| fig-cap: "图: \\"a\\"（示例数据，非真实统计）"',
        "show()",
    ]


def test_a_real_caption_has_no_mark_and_a_mark_is_not_doubled():
    assert mark("a", "published") == "a"
    assert mark(mark("a", "sample"), "sample") == "a（示例数据，非真实统计）"


def test_tables_get_tbl_cap_and_a_caption_over_several_lines_is_replaced_whole():
    source = "#| label: tbl-a\n#| tbl-cap: >\n#|   old\n#|   text\n#| echo: false\nf()"
    cell = done(code(source, shown(caption="新")))[0]
    assert cell["source"] == '#| label: tbl-a\n#| tbl-cap: "新"\n#| echo: false\nf()'


def test_labels_of_townships_end_with_the_place_and_the_districts_stay_bare():
    assert done(code("#| label: text-a\n1"), suffix="331003001")[0]["source"].startswith("#| label: text-a-331003001\n")
    assert done(code("#| label: text-a\n1"))[0]["source"].startswith("#| label: text-a\n")


def test_pictures_are_left_as_they_are():
    assert done(code("1", shown({"image/png": "/home/someone/bluebook"})))[0]["outputs"][0]["data"] == {
        "image/png": "/home/someone/bluebook"
    }


def test_the_text_is_a_valid_notebook_and_reads_back_as_the_same():
    book = normalise(
        {
            "cells": [code("a\nb", stream("1\n2\n"), shown({"image/svg+xml": "<svg>\n</svg>"}))],
            "metadata": {"papermill": {"start_time": "now"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ROOT,
    )
    read = nbformat.reads(to_text(book), as_version=4)
    nbformat.validate(read)
    assert read.cells[0].source == "a\nb" and read.cells[0].outputs[0].text == "1\n2\n"
    assert to_text(normalise(read, ROOT)) == to_text(book)
