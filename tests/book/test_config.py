"""`_quarto.yml`, profiles, folder metadata: what Quarto says they mean."""

import pytest

from research.book.source.config import merge, read_config


def words(root, profile=""):
    return "\n".join(str(f) for f in read_config(root, profile).faults)


def test_a_profile_adds_to_lists_and_replaces_values(foreign):
    config = read_config(foreign, "short")
    assert config.book["title"] == "渔港小书（节本）"
    assert config.output == foreign / "_short"
    assert [i.path for i in config.items] == [i.path for i in read_config(foreign).items]


def test_chapters_parts_and_appendices_in_order(foreign):
    found = [(i.kind, i.path.name if i.path else i.title, i.part) for i in read_config(foreign).items]
    assert found == [
        ("index", "index.qmd", None),
        ("part", "上篇 渔获", None),
        ("chapter", "catch.qmd", "上篇 渔获"),
        ("chapter", "boats.ipynb", "上篇 渔获"),
        ("part", "second.qmd", None),
        ("chapter", "weather.qmd", "parts/second.qmd"),
        ("chapter", "references.qmd", None),
        ("appendix", "methods.qmd", None),
    ]


def test_the_default_profile_is_the_projects_own(foreign):
    text = (foreign / "_quarto.yml").read_text()
    (foreign / "_quarto.yml").write_text(text + "\nprofile:\n  default: short\n")
    assert read_config(foreign).profiles == ["short"]


def test_folder_metadata_comes_from_the_inside_out(foreign):
    (foreign / "_metadata.yml").write_text("editor: 外\nstyle: 外\n")
    (foreign / "parts" / "_metadata.yml").write_text("editor: 内\n")
    assert read_config(foreign).directory_metadata(foreign / "parts") == {"editor": "内", "style": "外"}


def test_merge_leaves_its_inputs_alone():
    base = {"a": [1]}
    merge(base, {"a": [2]})
    assert base == {"a": [1]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    - gone.qmd", "_quarto.yml, line 21: expected a chapter's file, found no gone.qmd"),
        ("    - catch.qmd", "expected each chapter once, found catch.qmd again"),
        ("    - [catch.qmd]", "expected a file name or a part, found ['catch.qmd']"),
        ("    - notes.txt", "_quarto.yml, line 21: expected a .qmd, .md or .ipynb file, found notes.txt"),
    ],
)
def test_a_broken_chapter_list_is_named_by_line(foreign, line, said):
    (foreign / "notes.txt").write_text("x")
    lines = (foreign / "_quarto.yml").read_text().splitlines()
    at = lines.index("    - references.qmd")
    (foreign / "_quarto.yml").write_text("\n".join([*lines[:at], line, *lines[at:]]))
    assert said in words(foreign)


def test_faults_of_the_configuration(foreign):
    (foreign / "_quarto.yml").write_text(
        "project:\n  type: website\nbook:\n  tilte: x\n  chapters:\n    - catch.qmd\nfilters: [a.lua]\n"
    )
    text = words(foreign, "shrot")
    assert "_quarto-shrot.yml: expected the profile's settings, found no such file (did you mean 'short'?)" in text
    assert "_quarto.yml, line 2: expected project: type: book, found 'website'" in text
    assert "_quarto.yml, line 4: expected a setting of book:, found 'tilte' (did you mean 'title'?)" in text
    assert "_quarto.yml, line 7: expected settings the engine carries, found 'filters'" in text
    assert "expected index.qmd as the first chapter, found catch.qmd" in text


def test_broken_yaml_is_named_by_line(foreign):
    (foreign / "_quarto.yml").write_text("project:\n  type: book\nbook: [\n")
    assert words(foreign).startswith("_quarto.yml, line 4: expected valid YAML")


def test_of_two_profiles_the_first_listed_wins(foreign):
    (foreign / "_quarto-one.yml").write_text("book:\n  title: one\n  date: 2001-01-01\n")
    (foreign / "_quarto-two.yaml").write_text("book:\n  title: two\n  author: [丙组]\n")
    config = read_config(foreign, "one,two")
    assert (config.book["title"], config.profiles) == ("one", ["one", "two"])
    assert config.book["author"] == ["甲组", "乙组", "丙组"]  # lists are joined
    assert read_config(foreign, "two,one").book["title"] == "two"


@pytest.mark.parametrize(
    ("said", "profiles"),
    [
        ("profile:\n  group: [draft, print]\n", ["draft"]),
        ("profile:\n  default: print\n  group: [draft, print]\n", ["print"]),
        ("profile:\n  default: [short]\n  group: [[draft, print], [a4, letter]]\n", ["short", "draft", "a4"]),
    ],
)
def test_of_each_group_one_profile_is_on_and_needs_no_file(foreign, said, profiles):
    with (foreign / "_quarto.yml").open("a") as file:
        file.write("\n" + said)
    config = read_config(foreign)
    assert config.profiles == profiles and config.faults == []


def test_the_local_file_has_the_last_word_and_may_choose_the_profile(foreign):
    (foreign / "_quarto.yml.local").write_text("profile:\n  default: short\nbook:\n  subtitle: 本机\n")
    config = read_config(foreign)
    assert (config.profiles, config.book["title"], config.book["subtitle"]) == (["short"], "渔港小书（节本）", "本机")


def test_the_environment_may_choose_the_profile_and_a_word_said_wins(foreign, monkeypatch):
    monkeypatch.setenv("QUARTO_PROFILE", "short")
    assert read_config(foreign).profiles == ["short"]
    (foreign / "_quarto-long.yml").write_text("toc: true\n")
    assert read_config(foreign, "long").profiles == ["long"]
