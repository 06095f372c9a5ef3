"""What sentences say of a routine: its name is all of the words that name it, whatever they would mean alone."""

from __future__ import annotations

import pytest

from assistant.understanding.answers.routine_words import RoutineDeed, RoutineWords
from assistant.understanding.language import language

ENGLISH = RoutineWords(language("en"))


@pytest.mark.parametrize(
    "name", ["pay anna", "leaving work", "movie night with anna and tom", "call mum", "21 degrees"]
)
@pytest.mark.parametrize(
    ("deed", "form"),
    [
        (RoutineDeed.MAKE, "make a routine called {}"),
        (RoutineDeed.MAKE, "could you create a new routine named {}, please"),
        (RoutineDeed.MAKE, "new routine {}"),
        (RoutineDeed.MAKE, "set up a {} routine"),
        (RoutineDeed.DELETE, "delete the routine {}"),
        (RoutineDeed.DELETE, "please get rid of my {} routine"),
        (RoutineDeed.DELETE, "remove the routine called {} now"),
        (RoutineDeed.START, "start my {} routine"),
        (RoutineDeed.START, "can you run the routine {}"),
    ],
)
def test_the_whole_name_is_taken_in_every_form(deed: RoutineDeed, form: str, name: str) -> None:
    said = ENGLISH.said(form.format(name))
    assert said is not None
    assert (said.deed, said.name) == (deed, name)


@pytest.mark.parametrize(
    "text",
    [
        "make a routine", "make a new routine", "delete a routine", "start the routine", "don't delete the routine x",
        "should i delete the routine x", "i deleted the routine x", "delete all my routines", "what routines do i have",
        "add a step to my coffee routine", "make a note about my morning routine", "delete shopping", "do the dishes",
    ],
)  # fmt: skip
def test_what_names_no_routine_or_orders_nothing_is_left_alone(text: str) -> None:
    assert ENGLISH.said(text) is None


@pytest.mark.parametrize(
    "text", ["I'm leaving work", "i am leaving work now", "Leaving work.", "time for leaving work"]
)
def test_the_moment_of_a_routine_is_said_with_and_without_words_before_its_name(text: str) -> None:
    assert "leaving work" in ENGLISH.happening(text)


@pytest.mark.parametrize("text", ["i'm leaving work late today", "when am i leaving work", "i'm not leaving work"])
def test_a_sentence_that_says_more_than_its_name_is_not_its_moment(text: str) -> None:
    assert "leaving work" not in ENGLISH.happening(text)


@pytest.mark.parametrize("text", ["call it pay anna", "Pay Anna", "the name is pay anna", "let's call it pay anna."])
def test_an_answer_gives_the_name_alone(text: str) -> None:
    assert ENGLISH.named(text) == "pay anna"


def test_german_orders_are_read_too() -> None:
    said = RoutineWords(language("de")).said("lösche die routine feierabend")
    assert said is not None
    assert (said.deed, said.name) == (RoutineDeed.DELETE, "feierabend")
