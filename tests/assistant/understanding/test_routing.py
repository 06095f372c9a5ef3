"""The right tool from words alone, and none where none fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from tests.assistant.understanding.catalogs import catalog_of, tool

ASKED = {
    "set_cabin_temperature": ["make it 22 degrees in here", "it's too cold, set the air conditioning to 24"],
    "open_window": ["could you please open my window", "close the rear right window", "let some air in, open a window"],
    "set_fog_lights": ["turn on the fog lights", "fog lights off please"],
    "book_table": ["reserve a table for two", "I need a table at Luigi's", "get us a reservation for tonight"],
    "send_text": ["text Bob that I'm on my way", "tell mom I love her", "send a message to Anna"],
    "get_forecast": ["will it rain in Ulm", "how cold is it in Oslo", "do I need an umbrella tomorrow",
                     "is it snowing in Bern"],
    "plan_route": ["take me to the airport", "how do I get to the station", "drive me to Ulm",
                   "directions to the hospital"],
    "add_to_shopping_list": ["put butter on my shopping list", "add eggs to the shopping list"],
    "create_event": ["schedule a meeting with Tom", "put an appointment in my calendar",
                     "make an appointment on monday"],
    "pay_parking": ["pay the parking for zone 12", "I want to pay for parking"],
    "call_number": ["dial 112", "dial this phone number"],
    "share_trip": ["e-mail my trip to bob@example.com"],
}  # fmt: skip
ELSEWHERE = {"shopping list", "order", "buy", "bought", "shoes"}
"""What the shopping list of the test catalog may well be taken to serve."""


def _best(interpreter: Interpreter, text: str, context: Context) -> str:
    found = interpreter.read([text], context).interpretations
    return found[0].tool.removeprefix("made-up.") if found else ""


@pytest.mark.proves("U.routing")
def test_the_right_tool_is_found_from_names_and_descriptions(car: Interpreter, context: Context) -> None:
    cases = [(text, name) for name, texts in ASKED.items() for text in texts]
    wrong = [(text, name, got) for text, name in cases if (got := _best(car, text, context)) != name]
    assert len(wrong) <= 0.05 * len(cases), wrong


@pytest.mark.proves("U.none")
def test_most_of_what_no_tool_serves_is_refused(car: Interpreter, context: Context) -> None:
    lines = (Path(__file__).parent / "data" / "out_of_scope.txt").read_text().splitlines()
    texts = [line for line in lines if line and line[0] != "#" and not any(word in line for word in ELSEWHERE)]
    assert len(texts) >= 190
    accepted = [text for text in texts if _best(car, text, context)]
    assert len(accepted) <= 0.10 * len(texts), accepted


def test_chat_before_and_after_a_request_is_left_aside(car: Interpreter, context: Context) -> None:
    text = "Hey there! I'm on a business trip and it has been a long day. Book a table at Luigi's for two. Thank you!"
    best = car.read([text], context).interpretations[0]
    assert best.tool == "made-up.book_table"


def test_several_requests_of_one_sentence_are_parted(car: Interpreter, context: Context) -> None:
    best = car.read(["open the driver window and tell Anna I'll be late"], context).interpretations[0]
    assert best.tool == "made-up.open_window"
    assert [(further.tool, dict(further.arguments)) for further in best.then] == [
        ("made-up.send_text", {"recipient": "Anna", "message": "I'll be late"})
    ]


def test_and_inside_a_value_parts_nothing(car: Interpreter, context: Context) -> None:
    best = car.read(["tell Anna I'll be late and the roads are icy"], context).interpretations[0]
    assert best.then == ()
    assert best.arguments["message"] == "I'll be late and the roads are icy"


def test_the_same_words_always_give_the_same_reading(car: Interpreter, context: Context) -> None:
    text = "book a table at Luigi's for four tomorrow at seven"
    assert car.read([text], context) == car.read([text], context)


def test_examples_outweigh_a_description_that_says_nothing(context: Context) -> None:
    catalog = catalog_of(
        tool("alpha", "Does a", {}, (), _meta={"mcqueen/examples": ["beam me up", "take me aboard", "energize now"]}),
        tool("beta", "Does b", {}, (), _meta={"mcqueen/examples": ["raise the shields", "red alert", "shields up"]}),
    )
    interpreter = Interpreter(catalog)
    assert _best(interpreter, "please beam me up", context) == "alpha"
    assert _best(interpreter, "raise our shields", context) == "beta"


def test_an_empty_catalog_answers_nothing(context: Context) -> None:
    assert Interpreter(catalog_of()).read(["find a fuel station"], context).interpretations == ()


def test_a_later_alternative_is_taken_where_the_first_means_nothing(car: Interpreter, context: Context) -> None:
    reading = car.read(["wreck a nice beach", "turn on the fog lights"], context)
    assert reading.text == "turn on the fog lights"
    assert reading.interpretations[0].tool == "made-up.set_fog_lights"
