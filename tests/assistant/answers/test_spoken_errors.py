"""Errors of tools are one short sentence, and "nothing was done" is said only if that is known."""

from __future__ import annotations

import pytest

from assistant.wording.replies import failure_text, report
from assistant.wording.results.failures import cause
from assistant.wording.results.result_sentences import spoken_result
from client.call import CallError, Failed, Sent
from client.catalog import Tool
from client.values import JSON
from tests.assistant.answers.corpus import CLOCK, NOT_FOR_EARS

ROOMS: dict[str, JSON] = {"properties": {"room_name": {"type": "string"}, "guests": {"type": "integer"}}}
BOOK = Tool("home", "book_room", "Book a room", input_schema=ROOMS)
LOOK = Tool("home", "get_room_price", "Get the price of a room", input_schema=ROOMS)


@pytest.mark.proves("W.errors")
@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Error executing tool book_room: the room is taken", "The room is taken."),
        ("Error calling tool 'book_room': the room is taken", "The room is taken."),
        ("MCP error -32602: the room is taken", "The room is taken."),
        (
            "Cannot send 'elicitation/create': this transport context has no back-channel for server-initiated "
            "requests.",
            "The service refused it.",
        ),
        (
            "1 validation error for call[book_room] guests Input should be a valid integer, unable to parse string as "
            "an integer [type=int_parsing, input_value='many', input_type=str] For further information visit "
            "https://errors.pydantic.dev/2.14/v/int_parsing",
            "For guests it takes a number.",
        ),
        (
            "Error executing tool book_room: 1 validation error for book_roomArguments room_name Field required "
            "[type=missing, input_value={}, input_type=dict] For further information visit https://errors.pydantic.dev",
            "It needs a value for room name.",
        ),
        (
            "MCP error -32602: Input validation error: Invalid arguments for tool book_room: [ { \"code\": "
            "\"invalid_type\", \"expected\": \"number\", \"received\": \"string\", \"path\": [ \"guests\" ], "
            "\"message\": \"Expected number, received string\" } ]",
            "For guests it takes a number.",
        ),
        ("Invalid option: expected one of \"red\"|\"blue\" at room_name", "For room name it takes red or blue."),
        ("Input validation error: 'guests' is a required property", "It needs a value for guests."),
        ("ENOENT: no such file or directory, open '/srv/data/rooms.json'", "There is no such file or folder."),
        ("connect ECONNREFUSED 127.0.0.1:5432", "The service could not reach its own source."),
        ("Request failed with status code 503", "The service's own source is broken just now."),
        ("Request failed with status code 404", "The service did not find it."),
        ("TypeError: Cannot read properties of undefined (reading 'map')", "The service refused it."),
        ("Error: Error: Error: full", "The service refused it."),
        ("[object Object]", "The service refused it."),
        ("{\"error\": {\"code\": 7, \"message\": \"the hotel is closed\"}}", "The hotel is closed."),
        ("", "The service refused it."),
        (
            'Traceback (most recent call last): File "/srv/a.py", line 3, in run raise ValueError("the pump is stuck") '
            "ValueError: the pump is stuck",
            "The pump is stuck.",
        ),
    ],
)  # fmt: skip
def test_a_dump_of_a_library_becomes_a_sentence_about_the_argument_or_the_cause(message: str, said: str) -> None:
    assert cause(message, BOOK) == said
    assert NOT_FOR_EARS.findall(said) == []


@pytest.mark.proves("W.maybe-done")
@pytest.mark.parametrize("code", ["tool_error", "invalid_arguments", "unknown_tool", "unavailable", "refused_for_now"])
def test_after_the_send_nobody_says_that_nothing_was_done(code: str) -> None:
    said = failure_text(CallError(code, "the receipt could not be printed", Sent.YES), BOOK)
    assert "Nothing was done" not in said


@pytest.mark.proves("W.maybe-done")
def test_an_error_of_an_act_says_that_it_may_have_been_done_and_one_of_a_question_does_not() -> None:
    error = CallError("tool_error", "Error executing tool x: the receipt could not be printed", Sent.YES)
    assert report(BOOK, Failed(error), 0.0) == "The receipt could not be printed. It may have been done."
    assert report(LOOK, Failed(error), 0.0) == "The receipt could not be printed."


@pytest.mark.proves("W.maybe-done")
def test_nothing_was_done_is_said_if_nothing_was_sent() -> None:
    assert "Nothing was done" in failure_text(CallError("not_sent", "", Sent.NO), BOOK)
    assert failure_text(CallError("other", "", Sent.NO), BOOK) == "That did not work. Nothing was done."


@pytest.mark.proves("W.errors")
@pytest.mark.parametrize(
    "result",
    [
        {"error": "the hotel is closed"},
        {"error": {"code": 7, "message": "the hotel is closed"}},
        {"success": False, "message": "the hotel is closed"},
        {"ok": False, "reason": "the hotel is closed"},
        {"status": "error", "message": "the hotel is closed"},
        {"errors": [{"message": "the hotel is closed"}]},
        {"text": '{"error": "the hotel is closed"}'},
        {"text": "Error: the hotel is closed"},
        {"result": "Booking error: the hotel is closed"},
    ],
)
def test_an_answer_that_holds_an_error_is_a_failure(result: JSON) -> None:
    found = spoken_result(result, BOOK, CLOCK)
    assert found.failed
    assert "the hotel is closed" in found.sentences[0].lower()


@pytest.mark.parametrize("field", [{"error": None}, {"errors": []}, {"error": False}])
def test_an_answer_without_an_error_in_its_error_field_is_none(field: dict[str, JSON]) -> None:
    assert not spoken_result({**field, "name": "Ritz"}, LOOK, CLOCK).failed
