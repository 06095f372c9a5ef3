"""Words that point elsewhere, requests that go on from the one before, and words that were misheard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON

AFTER_WEATHER = ("made-up.get_forecast", {"city": "Ulm", "day": "2026-11-21"})
AFTER_LIGHTS = ("made-up.set_fog_lights", {"on": True})
AFTER_TEXT = ("made-up.send_text", {"recipient": "Anna", "message": "hi"})
AFTER_TABLE = ("made-up.book_table", {"restaurant_name": "Luigi's", "date": "2026-11-22", "time": "19:00:00",
                                      "party_size": 4})  # fmt: skip


@pytest.mark.proves("U.context")
@pytest.mark.parametrize(
    ("before", "text", "tool", "arguments"),
    [
        (AFTER_WEATHER, "and tomorrow?", "get_forecast", {"city": "Ulm", "day": "2026-11-22"}),
        (AFTER_WEATHER, "what about Augsburg", "get_forecast", {"city": "Augsburg", "day": "2026-11-21"}),
        (AFTER_WEATHER, "take me there", "plan_route", {"destination": "Ulm"}),
        (AFTER_LIGHTS, "turn it off", "set_fog_lights", {"on": False}),
        (AFTER_TABLE, "the same but at eight", "book_table", {**AFTER_TABLE[1], "time": "20:00:00"}),
        (AFTER_TABLE, "the same for six people", "book_table", {**AFTER_TABLE[1], "party_size": 6}),
        (AFTER_TEXT, "tell her I'm late", "send_text", {"recipient": "Anna", "message": "I'm late"}),
        (AFTER_WEATHER, "open the driver window thirty percent", "open_window", {"percent": 30, "window": "driver"}),
    ],
)  # fmt: skip
def test_words_are_understood_from_what_went_before(
    car: Interpreter, context: Context, before: tuple[str, dict[str, JSON]], text: str, tool: str,
    arguments: dict[str, JSON],
) -> None:  # fmt: skip
    known = replace(context, previous_tool=before[0], previous_arguments=before[1])
    best = car.read([text], known).interpretations[0]
    assert (best.tool, dict(best.arguments)) == (f"made-up.{tool}", arguments)


@pytest.mark.proves("U.context")
def test_the_second_one_is_the_second_of_the_last_results(car: Interpreter, context: Context) -> None:
    known = replace(context, results=("Arena Hinjewadi", "Arena Baner"))
    best = car.read(["navigate to the second one"], known).interpretations[0]
    assert dict(best.arguments) == {"destination": "Arena Baner"}
    assert "navigate to the second one"[best.spans["destination"].start : best.spans["destination"].end] == (
        "the second one"
    )


def test_a_message_is_passed_on_as_it_was_said(car: Interpreter, context: Context) -> None:
    known = replace(context, previous_tool=AFTER_WEATHER[0], previous_arguments=AFTER_WEATHER[1])
    best = car.read(["tell Bob I'm there"], known).interpretations[0]
    assert dict(best.arguments) == {"recipient": "Bob", "message": "I'm there"}


def test_with_nothing_before_nothing_is_gone_on_from(car: Interpreter, context: Context) -> None:
    assert not car.read(["and tomorrow?"], context).interpretations


@pytest.mark.proves("U.alternatives")
def test_the_alternative_that_makes_sense_is_taken(car: Interpreter, context: Context) -> None:
    reading = car.read(["torn under frock lice", "turn on the fog lights"], context)
    assert reading.interpretations[0].tool == "made-up.set_fog_lights"
    assert reading.text == "turn on the fog lights"


@pytest.mark.proves("U.alternatives")
def test_a_misheard_word_is_repaired_by_the_catalogs_own(car: Interpreter, context: Context) -> None:
    best = car.read(["shopink list add eggs"], context).interpretations[0]
    assert best.tool == "made-up.add_to_shopping_list"
