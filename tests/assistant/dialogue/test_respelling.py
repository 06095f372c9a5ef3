"""A look-up that was refused for how a value is written is tried once more, in the way that the refusal shows."""

from __future__ import annotations

from typing import Any

import pytest

from client.call import CallError, Failed, Outcome, Sent, Succeeded
from client.catalog import Catalog, Hints, Tool
from client.values import JSON
from tests.assistant.dialogue.conversation import Conversation, wants

SEVEN = "2026-11-22T19:00:00"


def looking(schema: dict[str, Any], name: str = "at", *, trusted: bool = True) -> Tool:
    return Tool(
        "times",
        "get_forecast",
        "Get the forecast for a time",
        "Forecast",
        {"type": "object", "properties": {name: schema}, "required": [name]},
        hints=Hints(read_only=True),
        trusted=trusted,
    )


def refused(message: str, code: str = "tool_error") -> Failed:
    return Failed(CallError(code, message, Sent.YES))


def sent_after(schema: dict[str, Any], value: JSON, outcome: Outcome) -> tuple[Conversation, list[JSON]]:
    conversation = Conversation(Catalog((looking(schema),)))
    conversation.hear(wants(looking(schema), {"at": value}))
    conversation.end_call(outcome)
    return conversation, [call.call.arguments["at"] for call in conversation.calls]


TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "value", "complaint", "again"),
    [
        (TEXT, SEVEN, "at must be in UTC, for example 2026-01-01T12:00:00Z", "2026-11-22T19:00:00Z"),
        (TEXT, SEVEN, f"time data '{SEVEN}' does not match format '%Y-%m-%d %H:%M'", "2026-11-22 19:00"),
        (TEXT, SEVEN, "Invalid date format. Use YYYY-MM-DD HH:MM:SS", "2026-11-22 19:00:00"),
        (TEXT, SEVEN, "at: expected a Unix timestamp", "1795374000"),
        (TEXT, SEVEN, "at: expected a timestamp in milliseconds", "1795374000000"),
        (TEXT, "19:00:00", "Invalid time format. Expected HH:MM", "19:00"),
        (TEXT, "19:00:00", "could not parse '19:00:00', expected 07:30 PM", "07:00 PM"),
        (TEXT, "2026-11-22", "Invalid date: use DD/MM/YYYY", "22/11/2026"),
        (TEXT, "2026-11-22", "Date must be in MM/DD/YYYY format", "11/22/2026"),
        (TEXT, "2026-11-22", "at should be like 05.03.2026", "22.11.2026"),
        ({"type": ["string", "integer"]}, "PT1H30M", "at must be given as 1h30m", "1h30m"),
    ],
)
def test_the_second_try_is_written_as_the_refusal_shows(
    schema: dict[str, Any], value: JSON, complaint: str, again: JSON
) -> None:
    conversation, sent = sent_after(schema, value, refused(complaint))
    assert len(sent) == 2
    assert sent[1] == again
    conversation.end_call(Succeeded({"text": "Rain."}))
    assert "Rain" in conversation.said


def test_a_refusal_inside_a_result_counts_too() -> None:
    _, sent = sent_after(TEXT, "19:00:00", Succeeded({"error": "Invalid time format. Expected HH:MM"}))
    assert sent == ["19:00:00", "19:00"]


@pytest.mark.parametrize(
    "complaint", ["There is no forecast for that day.", "Rate limit reached", "unknown place", "Permission denied"]
)
def test_a_refusal_that_is_not_about_the_spelling_is_told(complaint: str) -> None:
    conversation, sent = sent_after(TEXT, SEVEN, refused(complaint))
    assert len(sent) == 1
    assert conversation.said


def test_it_is_tried_once_and_then_told() -> None:
    conversation, _ = sent_after(TEXT, "19:00:00", refused("Invalid time format. Expected HH:MM"))
    conversation.end_call(refused("Invalid time format. Expected HH:MM"))
    assert len(conversation.calls) == 2
    assert conversation.said


def test_the_spelling_is_kept_for_the_tool() -> None:
    conversation, _ = sent_after(TEXT, "19:00:00", refused("Invalid time format. Expected HH:MM"))
    conversation.end_call(Succeeded({"text": "Rain."}))
    conversation.played()
    conversation.press()
    conversation.hear(wants(looking(TEXT), {"at": "20:30:00"}))
    assert conversation.calls[-1].call.arguments == {"at": "20:30"}


@pytest.mark.parametrize("code", ["tool_error", "invalid_arguments"])
def test_a_tool_that_changes_something_is_never_called_again(code: str) -> None:
    act = Tool(
        "times",
        "set_alarm",
        "Set an alarm",
        "Set an alarm",
        {"type": "object", "properties": {"at": TEXT}, "required": ["at"]},
        hints=Hints(read_only=False),
        trusted=True,
    )
    conversation = Conversation(Catalog((act,)))
    conversation.hear(wants(act, {"at": "19:00:00"}))
    if not conversation.calls:
        conversation.played()
        conversation.hear(wants(act, {"at": "19:00:00"}))
    before = len(conversation.calls)
    if before:
        conversation.end_call(refused("Invalid time format. Expected HH:MM", code))
    assert len(conversation.calls) == before
