"""Outputs are compared cell by cell; numbers within the tolerance are close, others are named."""

import pytest

from research.cases.evidence.compare import compare, failed, sources_differ


def notebook(*cells):
    return {"cells": [{"cell_type": "code", "source": source, "outputs": outputs} for source, outputs in cells]}


def text(value):
    return {"output_type": "display_data", "data": {"text/markdown": value}}


def picture(value, name="<Figure>"):
    return {"output_type": "display_data", "data": {"image/png": value, "text/plain": name}}


@pytest.mark.parametrize(
    "before, after, outcome",
    [
        ("基尼系数 0.4000", "基尼系数 0.4000", "same"),
        ("比值 1.00000000001", "比值 1.00000000002", "close"),
        ("比值 1.7", "比值 1.8", "differs"),
        ("12,345 元", "12,346 元", "differs"),
        ("上升", "下降", "differs"),
    ],
)
def test_texts(before, after, outcome):
    source = "#| label: text-a\nshow()"
    found = compare(notebook((source, [text(before)])), notebook((source, [text(after)])))
    assert [(d.label, d.outcome) for d in found] == [("text-a", outcome)]
    assert failed(found) == (outcome == "differs")


def test_the_pair_of_numbers_that_differs_is_shown():
    kept, fresh = (notebook(("a", [text(f"2021年 1.70，2022年 {value}")])) for value in ("1.65", "1.66"))
    found = compare(kept, fresh)
    assert found[0].detail == "1.65 then, 1.66 now"


def test_a_picture_with_other_bytes_is_told_apart_from_other_numbers():
    found = compare(notebook(("a", [picture("AAA", "<A at 0x1>")])), notebook(("a", [picture("BBB", "<A at 0x2>")])))
    assert found[0].outcome == "picture" and not failed(found)


def test_a_lost_output_differs():
    assert failed(compare(notebook(("a", [text("x")])), notebook(("a", []))))


def test_another_program_is_noticed():
    assert sources_differ(notebook(("a = 1", [])), notebook(("a = 2", [])))
    assert not sources_differ(notebook((["a =", " 1"], [])), notebook(("a = 1", [])))
