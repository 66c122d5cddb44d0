"""Templates and parameters: what is not whole is refused before any kernel starts, by name."""

import json

import pytest
from tiny import DISTRICT, PARAMETERS, notebook, write_notebook

from research import runs
from research.errors import DataError
from research.runs.parameters import fill, model_for
from research.runs.templates import read_template


def template(project, *sources, name="income", **more):
    return read_template(write_notebook(project, name, *sources, **more))


def test_the_parameters_of_the_tagged_cell_are_read(project):
    assert template(project, "1").defaults == {"edition": "2024", "place": DISTRICT, "data": "sample"}


def test_a_notebook_without_a_tagged_cell_is_refused(project):
    with pytest.raises(DataError, match="one code cell tagged 'parameters', found none"):
        template(project, "1", parameters=None)


def test_a_notebook_that_would_ignore_its_place_is_refused(project):
    with pytest.raises(DataError, match="found no place"):
        template(project, "1", parameters='edition = "2024"\ndata = "sample"')


def test_code_in_the_parameters_cell_is_refused(project):
    with pytest.raises(DataError, match=r"line 4: expected name = plain value"):
        template(project, "1", parameters=PARAMETERS + "\nyears = list(range(3))")


@pytest.mark.parametrize("text", ["{not json", "[]", '{"cells": 3, "nbformat": 4}', '{"nbformat": 3, "cells": []}'])
def test_what_is_no_notebook_is_refused_by_name(project, text):
    path = write_notebook(project, "income")
    path.write_text(text)
    faults = runs.check(project)
    assert [str(f.place) for f in faults] == ["notebooks/themes/income.ipynb"]


def test_a_misspelt_parameter_gets_the_nearest_name(project):
    with pytest.raises(DataError, match=r"parameter plase: .* \(did you mean 'place'\?\)"):
        fill(template(project), {"plase": DISTRICT})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"edition": 2024}, "four digits"),
        ({"edition": "24"}, "four digits"),
        ({"place": 331003}, "digits, as"),
        ({"place": "../331003"}, "digits, as"),
        ({"place": "331003\n"}, "digits, as"),
        ({"data": "a\nb"}, "one line of text"),
        ({"place": '331003"; import os'}, "digits, as"),
        ({"share": 2.0}, "less than 1"),
        ({"share": "x"}, "valid number"),
        ({"top": 1.5}, "valid integer"),
        ({"data": ""}, "at least 1 character"),
    ],
)
def test_a_wrong_value_is_refused(project, values, words):
    limits = {"bluebook": {"parameters": {"share": {"gt": 0, "lt": 1}}}}
    made = template(project, parameters=PARAMETERS + "\nshare = 0.1\ntop = 3", metadata=limits)
    with pytest.raises(DataError, match=words):
        fill(made, values)


def test_all_wrong_parameters_are_told_at_once(project):
    with pytest.raises(DataError) as caught:
        fill(template(project), {"edition": 1, "placee": "x"})
    assert len(caught.value.faults) == 2


def test_an_unknown_place_is_refused(project):
    with pytest.raises(DataError, match="the code of a known place, found '331099'"):
        fill(template(project), {"place": "331099"}, places={DISTRICT: "黄岩区"})


def test_a_default_outside_its_own_bounds_is_a_fault(project):
    limits = {"bluebook": {"parameters": {"top": {"gt": 5}}}}
    with pytest.raises(DataError, match="greater than 5"):
        model_for(template(project, parameters=PARAMETERS + "\ntop = 3", metadata=limits))


def test_a_bound_that_pydantic_does_not_know_is_a_fault(project):
    limits = {"bluebook": {"parameters": {"top": {"max": 5}}}}
    with pytest.raises(DataError, match="a bound, found 'max'"):
        model_for(template(project, parameters=PARAMETERS + "\ntop = 3", metadata=limits))


def test_check_gathers_the_faults_of_all_templates(project):
    write_notebook(project, "income", parameters=None)
    write_notebook(project, "economy", parameters="edition = 1")
    write_notebook(project, "culture")
    assert len(runs.check(project)) == 2


def test_one_name_for_two_notebooks_is_a_fault(project):
    write_notebook(project, "income")
    write_notebook(project, "income", kind="district")
    assert "a name of its own" in str(runs.check(project)[0])


def test_old_outputs_do_not_change_the_checksum_but_a_sentence_does(project):
    made, other = notebook("1"), notebook("1")
    other["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    paths = [project.root / "a.ipynb", project.root / "b.ipynb", project.root / "c.ipynb"]
    third = notebook("1")
    third["cells"].append({"cell_type": "markdown", "id": "m", "metadata": {}, "source": "一句话"})
    for path, content in zip(paths, (made, other, third), strict=True):
        path.write_text(json.dumps(content))
    first, second, changed = (read_template(p).code_hash for p in paths)
    assert first == second != changed
