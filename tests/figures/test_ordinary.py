"""What is ordinary is not said: a forecast without a target, differences inside their error, what was told before."""

import re

import pytest

from research import extrapolate, figures
from research.core.faults import DataError
from research.wording.values import Value

PLACES = ("331003001", "331003101", "331003204")


def text_of(shown):
    return "".join(bundle["text/plain"] for bundle, _ in shown)


def test_a_forecast_is_told_only_beside_a_target(edition, shown):
    for place in PLACES:
        for theme in ("economy", "environment"):
            shown.clear()
            topic = edition.place(place).theme(theme)
            goal, main = topic.goal(topic.main), topic.main
            ahead = extrapolate(main, edition.plan.end, limits=topic.limits(main))
            told = {"name": main.title, **ahead.outlook, "verdict": ahead.reaches(goal)}
            figures.say(*edition.sentences["forecast"], **told, optional=True)
            assert bool(text_of(shown)) == (goal is not None), (place, theme)
            assert goal is None or "的目标" in text_of(shown)


def test_values_that_all_lack_are_an_error_unless_there_may_be_nothing_to_say(shown):
    with pytest.raises(DataError, match="至少一句有数值的话|a sentence whose values exist"):
        figures.say("甲为{now}。", now=Value(""))
    figures.say("甲为{now}。", now=Value(""), optional=True)
    assert len(shown) == 1 and text_of(shown) == ""


@pytest.mark.parametrize("place", PLACES)
def test_differences_inside_their_error_are_told_once_for_all(edition, place):
    panel = edition.place(place).theme("culture").panel
    beside = {m: panel[panel["measure"] == m].compare(place, edition.district) for m in dict.fromkeys(panel["measure"])}
    names = {m: panel[panel["measure"] == m].title.text for m in beside}
    made = panel.each(
        "{name}{now}，{beside}。",
        beside=lambda rows: rows.compare(place, edition.district),
        alike="{names}与{whole}的差别都在抽样误差之内。",
    ).text
    for measure, held in beside.items():
        alone = re.search(rf"{re.escape(names[measure])}\d", made)
        assert bool(alone) == (held.significant is not False), (measure, made)
        assert names[measure] in made
    assert made.count("抽样误差之内") == int(any(held.significant is False for held in beside.values()))


@pytest.mark.parametrize("theme", ["culture", "economy", "environment", "governance", "income", "services"])
def test_a_chapter_names_no_indicator_twice_as_better_or_worse_than_the_district(edition, theme):
    for place in PLACES:
        facts = edition.place(place).theme(theme).facts
        first = facts.unusual["apart"].text
        later = facts.beside_whole["ahead"].text + facts.beside_whole["behind"].text
        assert not first or first not in later, (place, first, later)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("theme", ["culture", "economy", "governance"])
def test_a_main_indicator_is_news_only_where_it_moved_or_stands_apart(edition, theme, place):
    main = edition.place(place).theme(theme).main
    told = main.news(place, edition.district)
    change, beside = main.change(), main.compare(place, edition.district)
    ordinary = bool(beside) and not change.direction and not beside.direction
    assert bool(told["now"]) == (not ordinary)
    assert ordinary or (told["change"], told["beside"]) == (change, beside)


def test_of_the_district_itself_everything_is_told(edition):
    for theme in ("culture", "economy", "income"):
        main = edition.place(edition.district).theme(theme).main
        assert main.news(edition.district, edition.district)["now"].text == main.at().text


def test_sentences_with_a_common_beginning_are_one(edition):
    panel = edition.place(PLACES[0]).theme("economy").panel
    alone = panel.each("{name}为{number}，{change}。").text
    assert alone.count("。") == 2
    assert (
        panel.each("{name}为{number}，{change}。", lead="{year}年").text
        == "2024年" + alone[:-1].replace("。", "；") + "。"
    )


def test_a_total_of_a_part_is_not_held_against_that_of_the_whole(edition):
    here = edition.place(PLACES[0])
    firms, output = here.estimate("ECO-2-02"), here.estimate("ECO-1-01")
    assert firms["unit"].iloc[0] == "家" and not firms.compare(PLACES[0], edition.district)
    assert output["unit"].iloc[0] == "元/人" and "全区" in output.compare(PLACES[0], edition.district).text
