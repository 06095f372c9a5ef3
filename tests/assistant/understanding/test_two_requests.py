"""Two requests in one sentence: both in their order, or the one that nothing serves named as left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Interpretation
from client.call import Succeeded
from tests.assistant.dialogue.conversation import WEATHER, Conversation, wants
from tests.assistant.understanding.catalogs import catalog_of, tool

CITY = {"city": {"type": "string", "description": "name of a city"}}
HOUSE = Interpreter(
    catalog_of(
        tool("list_rooms", "List the rooms of the house.", {}),
        tool("list_scenes", "List the scenes that can be set.", {}),
        tool("flash_beacon", "Flash the beacon on the roof.", {}),
        tool("lock_gate", "Lock the gate.", {}),
        tool("get_alerts", "Get the weather alerts for a city.", CITY, ("city",)),
        tool("get_forecast", "Get the weather forecast for a city.", CITY, ("city",)),
        tool("send_message", "Send a message to somebody.",
             {"recipient": {"type": "string", "description": "who gets it"},
              "message": {"type": "string", "description": "what to say"}}, ("recipient", "message")),
    )
)  # fmt: skip


def read(text: str) -> Interpretation:
    return HOUSE.read([text], Context(now=1_795_250_000.0)).interpretations[0]


def tools(found: Interpretation) -> list[str]:
    return [each.tool.removeprefix("made-up.") for each in (found, *found.then)]


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("list the rooms and the scenes", ["list_rooms", "list_scenes"]),
        ("lock the gate, then flash the beacon", ["lock_gate", "flash_beacon"]),
        ("flash the beacon after that lock the gate", ["flash_beacon", "lock_gate"]),
        ("list the scenes and also flash the beacon", ["list_scenes", "flash_beacon"]),
        ("get the alerts for kiel and the forecast for ulm", ["get_alerts", "get_forecast"]),
    ],
)
def test_both_requests_of_a_sentence_are_kept_in_their_order(text: str, wanted: list[str]) -> None:
    assert tools(read(text)) == wanted


@pytest.mark.proves("U.none")
@pytest.mark.parametrize(
    "text",
    [
        "when do the swallows nest and what are the alerts for kiel",
        "get the alerts for kiel and then delete my gym playlist",
        "lock the gate and what is the square root of nine",
    ],
)
def test_no_half_that_begins_as_a_request_is_lost_however_unclear_it_is(text: str) -> None:
    first, second = re.split(r" and (?:then )?", text)
    found = read(text)
    assert len(tools(found)) > 1 or found.left in (first, second)


MONEY = Interpreter(
    catalog_of(
        tool("convert_money", "Convert an amount of money from one currency to another.",
             {"amount": {"type": "number", "description": "how much"},
              "to_currency": {"type": "string", "enum": ["dollars", "yen", "zloty"]}}, ("amount", "to_currency")),
        tool("add_item", "Add an item to the shopping list.",
             {"item": {"type": "string", "description": "what to buy"}}, ("item",)),
    )
)  # fmt: skip


@pytest.mark.proves("U.slots")
def test_a_second_request_may_go_without_the_verb_of_the_first() -> None:
    found = MONEY.read(["convert ten euros to yen and thirty euros to dollars"], Context(now=1_795_250_000.0))
    first = found.interpretations[0]
    assert [dict(each.arguments) for each in (first, *first.then)] == [
        {"amount": 10, "to_currency": "yen"}, {"amount": 30, "to_currency": "dollars"}]  # fmt: skip


@pytest.mark.proves("U.slots")
def test_two_things_for_one_parameter_are_one_request() -> None:
    found = MONEY.read(["add milk and eggs to the shopping list"], Context(now=1_795_250_000.0)).interpretations[0]
    assert found.then == ()


DAY = {"type": "string", "format": "date"}
LOG = Interpreter(
    catalog_of(
        tool("list_entries", "List the entries of the log.",
             {"after": {**DAY, "description": "first day"}, "before": {**DAY, "description": "last day"}}),
    )
)  # fmt: skip


@pytest.mark.proves("U.slots")
def test_the_two_ends_of_a_range_are_one_request() -> None:
    text = "list the entries between the tenth and the twelfth of november"
    assert LOG.read([text], Context(now=1_795_250_000.0)).interpretations[0].then == ()


@pytest.mark.proves("U.slots")
def test_there_in_a_second_question_says_that_something_is_and_points_nowhere() -> None:
    found = read("what is the forecast for oslo and are there any alerts for kiel")
    assert [dict(each.arguments) for each in (found, *found.then)] == [{"city": "oslo"}, {"city": "kiel"}]


@pytest.mark.proves("U.none")
@pytest.mark.parametrize(
    ("text", "kept", "left"),
    [
        ("lock the gate and order a pizza", "lock_gate", "order a pizza"),
        ("write a novel about pirates and flash the beacon", "flash_beacon", "write a novel about pirates"),
        ("list the rooms and what is the capital of peru", "list_rooms", "what is the capital of peru"),
    ],
)
def test_a_request_that_nothing_serves_is_named_beside_the_one_that_is_kept(text: str, kept: str, left: str) -> None:
    found = read(text)
    assert (tools(found), found.left) == ([kept], left)


@pytest.mark.proves("U.slots")
def test_what_is_passed_on_runs_on_over_and() -> None:
    found = read("text ben that i bought bread and the scenes")
    assert (tools(found), found.arguments["message"], found.left) == (
        ["send_message"], "i bought bread and the scenes", "")  # fmt: skip


@pytest.mark.proves("U.none")
def test_what_was_left_is_told_when_the_first_request_is_over() -> None:
    conversation = Conversation()
    reading = wants(WEATHER, {"place": "Oslo"})
    conversation.press()
    conversation.hear(replace(reading, interpretations=(replace(reading.interpretations[0], left="order a pizza"),)))
    assert [call.call.tool for call in conversation.calls] == ["get_weather"]
    conversation.end_call(Succeeded({"text": "Sunny."}))
    conversation.played()
    conversation.silence()
    assert conversation.said == "One at a time. I left out: order a pizza."
