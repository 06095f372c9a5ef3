"""Asking for more after an answer that left some out: the same call tells the rest, and nothing else is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.turns import Mode
from assistant.understanding.reading import Control
from client.call import Succeeded
from client.catalog import Catalog
from client.values import JSON
from tests.assistant.dialogue.conversation import BOOK, BOOKED, WEATHER, Conversation, asked_to_confirm, wants, word


@pytest.mark.proves("G.mail.marked", "D.asides")
def test_more_makes_the_same_call_again_as_long_as_some_are_left() -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(Succeeded({"summary": "Three of five.", "remaining": 2}))
    conversation.played()
    conversation.hear(word(Control.MORE))
    assert [call.call.tool for call in conversation.calls] == ["get_weather", "get_weather"]
    first, second = (call.call for call in conversation.calls)
    assert second.arguments == first.arguments
    assert second.idempotency_key != first.idempotency_key
    conversation.end_call(Succeeded({"summary": "The last two."}))
    assert conversation.said == "The last two."
    conversation.played()
    conversation.hear(word(Control.MORE))
    assert conversation.said == "That was all."
    assert len(conversation.calls) == 2


@pytest.mark.proves("D.asides", "P1.read-back")
def test_more_after_an_effect_asks_first_and_sends_nothing_by_itself() -> None:
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    result: JSON = {"summary": "Booked.", "remaining": 1}
    conversation.end_call(replace(BOOKED, result=result))
    conversation.played()
    conversation.hear(word(Control.MORE))
    assert len(conversation.calls) == 1
    assert conversation.mode is Mode.CONFIRMING


@pytest.mark.parametrize("remaining", [0, -1, True, "2", None, [3]])
def test_what_is_no_number_of_things_left_is_none(remaining: JSON) -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(Succeeded({"summary": "All.", "remaining": remaining}))
    conversation.played()
    conversation.hear(word(Control.MORE))
    assert conversation.said == "That was all."


def test_an_untrusted_servers_number_is_not_obeyed() -> None:
    weather = replace(WEATHER, trusted=False)
    conversation = Conversation(Catalog((BOOK, weather)))
    conversation.hear(wants(weather, {"place": "Rome"}))
    conversation.end_call(Succeeded({"summary": "Some.", "remaining": 3}))
    conversation.played()
    conversation.hear(word(Control.MORE))
    assert len(conversation.calls) <= 1
