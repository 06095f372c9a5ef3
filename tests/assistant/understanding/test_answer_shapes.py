"""While a value is asked for, questions, statements about other things and other orders are no answers."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool

SET = Tool(
    "car",
    "set_temperature",
    "Set the temperature inside.",
    input_schema={
        "type": "object",
        "properties": {"degrees": {"type": "number", "description": "degrees Celsius, 16 to 28"}},
        "required": ["degrees"],
    },
)
ASKED = Context(now=1795255200.0, pending_tool=SET.qualified, asked="degrees")


def value(text: str, spoken: str = "en") -> object:
    return Interpreter(Catalog((SET,)), spoken=language(spoken)).read([text], ASKED).changes.get("degrees")


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    [
        "is it 17 degrees outside",
        "was it 19 degrees yesterday",
        "21 is too hot",
        "my daughter is 17",
        "i have three kids",
        "the battery is at 20 percent",
        "what is 20 percent of 80",
        "i owe tom 20",
        "cancel my booking 17",
        "did you say 20",
    ],
)
def test_a_sentence_about_something_else_sets_nothing(text: str) -> None:
    assert value(text) is None


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("17 degrees", 17),
        ("make it 18", 18),
        ("seventeen please", 17),
        ("it's 19", 19),
        ("to 20 degrees", 20),
        ("i want 21", 21),
        ("i'd like 22 degrees", 22),
        ("twenty is fine", 20),
        ("how about 23", 23),
        ("24 would be nice", 24),
        ("let's say twenty", 20),
        ("set it to 25", 25),
        ("i think twenty", 20),
    ],
)
def test_what_has_the_shape_of_an_answer_is_one(text: str, degrees: int) -> None:
    assert value(text) == degrees


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("der akku ist bei 20 prozent", None),
        ("storniere meine buchung 17", None),
        ("war es gestern 19 grad", None),
        ("zwanzig grad", 20),
        ("mach zwanzig", 20),
        ("zwanzig bitte", 20),
    ],
)
def test_german_answers_are_told_apart_too(text: str, degrees: int | None) -> None:
    assert value(text, "de") == degrees


CANCEL = Tool(
    "town",
    "cancel_booking",
    "Cancel a booking.",
    input_schema={
        "type": "object",
        "properties": {
            "booking_id": {"type": "string", "description": "which booking"},
            "message": {"type": "string", "description": "what to tell the host"},
        },
        "required": ["booking_id", "message"],
    },
)


def answered(text: str, asked: str, spoken: str = "en") -> object:
    context = Context(now=1795255200.0, pending_tool=CANCEL.qualified, asked=asked)
    return Interpreter(Catalog((CANCEL,)), spoken=language(spoken)).read([text], context).changes.get(asked)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    [
        "it's two degrees cooler in the garage",
        "my wife likes the radio",
        "the kids are asleep",
        "stuttgart is a nice town",
        "my brother lives in kiel",
        "i should have sent peter a message",
        "i can't stand it when the light is red",
    ],
)
def test_a_statement_is_no_name_that_was_asked_for_but_may_be_in_a_message(text: str) -> None:
    assert answered(text, "booking_id") is None
    assert answered(text, "message")


@pytest.mark.parametrize("text", ["it's the blue one", "the booking is 4711", "table nine"])
def test_words_that_say_what_it_is_are_a_name(text: str) -> None:
    assert answered(text, "booking_id")


@pytest.mark.proves("P1.mood")
def test_a_statement_behind_a_failed_look_up_says_nothing_of_it() -> None:
    look = Tool(
        "town",
        "get_weather",
        "Get the weather.",
        input_schema={"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
    )
    pending = Context(now=1795255200.0, pending_tool=look.qualified, pending_arguments={"location": "xyzzyville"})
    reader = Interpreter(Catalog((look,)))
    assert not reader.read(["my brother lives in kiel"], pending).changes
    assert reader.read(["i meant kiel"], pending).changes == {"location": "kiel"}
