"""What is said to a request in hand: answers to a question, corrections, choices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Control

PENDING: dict[str, Any] = {"restaurant_name": "Luigi's", "date": "2026-11-22", "time": "19:00:00", "party_size": 4}


@pytest.fixture
def reading_back(context: Context) -> Context:
    return replace(context, pending_tool="made-up.book_table", pending_arguments=PENDING, confirming=True)


@pytest.mark.proves("U.confirming")
@pytest.mark.parametrize(
    ("heard", "control"),
    [
        (["yes please", "yes"], Control.YES),
        (["go ahead", "no wait"], None),  # a "no" in loud noise, as five passes of seven heard it
        (["yes", "yep", "nope"], None),
        (["the table", "yes"], None),
        (["no", "go ahead"], Control.NO),
    ],
)
def test_a_yes_counts_only_where_it_was_heard_first_and_no_pass_heard_a_no(
    car: Interpreter, reading_back: Context, heard: list[str], control: Control | None
) -> None:
    assert car.read(heard, reading_back).control is control


@pytest.mark.proves("U.confirming")
@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("no, make it eight", {"time": "20:00:00"}),
        ("make it half past six", {"time": "18:30:00"}),
        ("yes but at eight", {"time": "20:00:00"}),
        ("for five people", {"party_size": 5}),
        ("no, six people", {"party_size": 6}),
        ("tomorrow instead", {"date": "2026-11-22"}),
        ("no, on friday", {"date": "2026-11-27"}),
        ("how about monday at nine", {"date": "2026-11-23", "time": "21:00:00"}),
        ("at Mario's instead", {"restaurant_name": "Mario's"}),
    ],
)
def test_a_correction_gives_new_values_for_the_request_in_hand(
    car: Interpreter, reading_back: Context, text: str, changes: dict[str, Any]
) -> None:
    reading = car.read([text], reading_back)
    assert (dict(reading.changes), reading.control) == (changes, None)


@pytest.mark.proves("U.confirming")
@pytest.mark.parametrize(
    ("text", "control"),
    [("yes please", Control.YES), ("no", Control.NO), ("yes no wait", Control.NO), ("never mind", Control.NEVER_MIND),
     ("maybe", None), ("kids stop fighting", None), ("ja", None)],
)  # fmt: skip
def test_an_answer_without_a_value_changes_nothing(
    car: Interpreter, reading_back: Context, text: str, control: Control | None
) -> None:
    reading = car.read([text], reading_back)
    assert (reading.control, dict(reading.changes)) == (control, {})


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("asked", "text", "changes"),
    [
        ("party_size", "four", {"party_size": 4}),
        ("party_size", "just the two of us", {"party_size": 2}),
        ("time", "at eight in the evening", {"time": "20:00:00"}),
        ("time", "nine", {"time": "21:00:00"}),
        ("date", "tomorrow", {"date": "2026-11-22"}),
        ("restaurant_name", "Luigi's", {"restaurant_name": "Luigi's"}),
        ("restaurant_name", "at the Golden Dragon", {"restaurant_name": "Golden Dragon"}),
        ("date", "on friday at noon for three people", {"date": "2026-11-27", "time": "12:00:00", "party_size": 3}),
    ],
)
def test_the_answer_to_a_question_fills_what_was_asked_and_may_give_more(
    car: Interpreter, context: Context, asked: str, text: str, changes: dict[str, Any]
) -> None:
    asking = replace(context, pending_tool="made-up.book_table", asked=asked)
    assert dict(car.read([text], asking).changes) == changes


def test_the_subject_can_be_changed_in_the_middle(car: Interpreter, context: Context) -> None:
    asking = replace(context, pending_tool="made-up.book_table", asked="party_size")
    reading = car.read(["turn on the fog lights"], asking)
    assert reading.interpretations[0].tool == "made-up.set_fog_lights"


OPTIONS = ("Aral Castle Street", "Shell Main Road", "Esso North")


@pytest.mark.parametrize(
    ("text", "index"),
    [("the second one", 1), ("number three", 2), ("the last one", 2), ("Shell Main Road", 1), ("take the esso", 2),
     ("the first", 0), ("none of them", None), ("the seventh", None)],
)  # fmt: skip
def test_an_option_is_chosen_by_its_place_or_name(
    car: Interpreter, context: Context, text: str, index: int | None
) -> None:
    assert car.read([text], replace(context, options=OPTIONS)).choice == index
