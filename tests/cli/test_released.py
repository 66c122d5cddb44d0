"""What a bundle of an edition may hold: the finished books, unless the district names others."""

import pytest

from research.cli.bundles import released
from research.core.scope import Project, open_project


def test_the_books_are_released_and_nothing_else():
    assert released(open_project()) == ("bluebook", "cases")


def test_a_district_may_name_what_it_releases(tmp_path):
    text = (open_project().reference / "district.yml").read_text("utf-8")
    reference = tmp_path / "data" / "reference"
    reference.mkdir(parents=True)
    (reference / "district.yml").write_text(f"{text}\nrelease: [bluebook]\n", "utf-8")
    assert released(Project(tmp_path)) == ("bluebook",)


@pytest.mark.parametrize("kept", ["answers", "briefs"])
def test_what_departments_answered_and_briefs_stay_in_the_house(kept):
    assert kept not in released(open_project())
