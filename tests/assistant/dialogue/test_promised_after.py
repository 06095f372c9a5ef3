"""What is said of a permission is what happens from then on, and what is offered to reverse an act reverses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.understanding.reading import Control
from client.catalog import Catalog, Tool
from tests.assistant.dialogue.conversation import (
    BOOK,
    BOOKED,
    CANCEL,
    DINNER,
    WEATHER,
    Conversation,
    wants,
    word,
)


@pytest.mark.proves("P1.monotonic")
def test_what_an_untrusted_server_calls_the_inverse_is_offered_only_if_its_name_reverses_the_act() -> None:
    stranger = replace(BOOK, trusted=False)
    wipe = Tool("town", "wipe_everything", "Wipe everything", input_schema={"type": "object", "properties": {}})
    for inverse, said in (("cancel_table", "To reverse:"), ("wipe_everything", "I can't reverse that from here.")):
        tool = replace(stranger, inverse={"tool": inverse, "arguments": {}})
        conversation = Conversation(Catalog((tool, replace(CANCEL, trusted=False), wipe)))
        conversation.hear(wants(tool, DINNER))
        conversation.played()
        conversation.hear(word(Control.YES))
        conversation.end_call(BOOKED)
        conversation.played()
        conversation.hear(word(Control.UNDO))
        assert conversation.said.startswith(said), inverse


@pytest.mark.proves("P1.allowed")
@pytest.mark.parametrize(
    ("tool", "control", "said"),
    [
        (WEATHER, Control.STOP_ASKING, "I never ask before this one: Weather."),
        (WEATHER, Control.ASK_IN_FUTURE, "I never ask before this one: Weather."),
        (BOOK, Control.STOP_ASKING, "I always ask before this one: Book a table."),
        (BOOK, Control.ASK_IN_FUTURE, "From here on I ask first: Book a table."),
    ],
)
def test_what_is_said_of_a_permission_is_what_happens_from_then_on(tool: Tool, control: Control, said: str) -> None:
    conversation = Conversation()
    conversation.hear(wants(tool, DINNER if tool is BOOK else {"place": "Ulm"}))
    conversation.played()
    if tool is BOOK:
        conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.played()
    conversation.hear(word(control))
    assert conversation.said == said
