"""What a server asks in the middle of a call: all is heard before anything goes out, and a no declines the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from assistant.dialogue.table_effects import Decline
from assistant.dialogue.turns import Mode
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import CallError, Need, NeedsInput, Sent
from client.catalog import Catalog
from client.values import JSON
from tests.assistant.dialogue.conversation import (
    BOOK,
    BOOKED,
    CANCEL,
    DINNER,
    WEATHER,
    Conversation,
    asked_to_confirm,
    wants,
    word,
)

SEAT: Mapping[str, JSON] = {
    "type": "object",
    "properties": {
        "meal": {"type": "string", "enum": ["fish", "meat"]},
        "insurance": {"type": "boolean", "default": True},
        "donation": {"type": "number", "default": 250},
    },
    "required": ["meal"],
}
PRICE = "The seat costs 900 euros and cannot be returned"


def form(schema: Mapping[str, JSON] = SEAT, message: str = PRICE) -> NeedsInput:
    """A form of a server."""
    return NeedsInput(Need.ARGUMENTS, CallError("input_wanted", message, Sent.YES), schema)


def asks_yes(message: str = "Surge price: 480 euros. Accept?") -> NeedsInput:
    """A server that asks for a yes of its own."""
    return NeedsInput(Need.CONSENT, CallError("confirmation_wanted", message, Sent.YES))


def asked(outcome: NeedsInput) -> Conversation:
    """A confirmed call whose server asks this."""
    conversation = asked_to_confirm()
    conversation.hear(word(Control.YES))
    conversation.end_call(outcome)
    return conversation


def declines(conversation: Conversation) -> list[str]:
    """The calls that were declined."""
    return [effect.call.call_id for effect in conversation.all if isinstance(effect, Decline)]


@pytest.mark.proves("Q.heard")
def test_the_message_and_every_value_are_heard_before_a_form_goes_out_defaults_included() -> None:
    conversation = asked(form())
    assert conversation.said == f"{PRICE}. Which meal: fish or meat?"
    conversation.played()
    conversation.hear(Reading(choice=0))
    assert conversation.mode is Mode.CONFIRMING
    for part in (PRICE, "fish", "insurance", "donation 250"):
        assert part in conversation.said
    assert len(conversation.calls) == 1
    conversation.hear(word(Control.YES))  # too early: the read-back is still being said
    assert len(conversation.calls) == 1
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[1].answers == {"meal": "fish", "insurance": True, "donation": 250}
    assert conversation.calls[1].consent is not None
    assert conversation.calls[1].consent != conversation.calls[0].consent
    conversation.end_call(BOOKED)
    assert declines(conversation) == []


@pytest.mark.proves("Q.heard")
def test_a_default_is_changed_by_voice_and_read_back_again() -> None:
    conversation = asked(form())
    conversation.played()
    conversation.hear(Reading(choice=0))
    conversation.played()
    conversation.hear(Reading(changes={"donation": 0, "insurance": False}))
    assert "donation 0" in conversation.said
    assert len(conversation.calls) == 1
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[1].answers == {"meal": "fish", "insurance": False, "donation": 0}


@pytest.mark.proves("Q.heard")
def test_a_form_of_defaults_alone_is_read_back_and_not_sent_by_itself() -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": {"buy_now": {"type": "boolean", "default": True}}}
    conversation = asked(form(schema, "Buying this ticket for 300 euros"))
    assert conversation.mode is Mode.CONFIRMING
    assert "300 euros" in conversation.said
    assert "buy now" in conversation.said
    assert len(conversation.calls) == 1


@pytest.mark.proves("Q.heard")
def test_a_form_of_a_tool_that_only_looks_is_read_back_all_the_same() -> None:
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(form())
    conversation.played()
    conversation.hear(Reading(choice=1))
    assert conversation.mode is Mode.CONFIRMING
    assert len(conversation.calls) == 1


@pytest.mark.proves("Q.two")
def test_two_forms_are_two_questions_and_what_was_answered_to_the_first_does_not_go_into_the_second() -> None:
    conversation = asked(form())
    conversation.played()
    conversation.hear(Reading(choice=0))
    conversation.played()
    conversation.hear(word(Control.YES))
    conversation.end_call(form(message="The meal costs 90 euros more"))
    assert conversation.said == "The meal costs 90 euros more. Which meal: fish or meat?"
    conversation.played()
    conversation.hear(word(Control.YES))
    assert len(conversation.calls) == 2
    conversation.end_call(BOOKED)  # of nothing that runs
    conversation.played()
    conversation.hear(Reading(choice=1))
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[2].answers == {"meal": "meat", "insurance": True, "donation": 250}
    consents = [call.consent.consent_id for call in conversation.calls if call.consent is not None]
    assert len(set(consents)) == 3


@pytest.mark.proves("Q.heard")
def test_a_yes_that_the_server_asks_for_is_asked_with_its_message_and_takes_a_yes_of_its_own() -> None:
    conversation = asked(asks_yes())
    assert conversation.said.startswith("Surge price: 480 euros. Accept? Book a table: ")
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[1].answers is None
    assert conversation.calls[0].consent != conversation.calls[1].consent is not None


@pytest.mark.proves("Q.refused")
@pytest.mark.parametrize("ask", [form(), form({"type": "object", "properties": {"a": {"default": 1}}}), asks_yes()])
@pytest.mark.parametrize("words", [Control.NO, Control.NEVER_MIND])
def test_turning_a_question_down_declines_the_call_and_says_so(ask: NeedsInput, words: Control) -> None:
    conversation = asked(ask)
    call = conversation.calls[0].call
    conversation.played()
    conversation.hear(word(words))
    assert conversation.said == "I have turned down what the service asked, and the request with it."
    assert declines(conversation) == [call.call_id]
    assert len(conversation.calls) == 1
    conversation.played()
    conversation.silence()
    assert conversation.mode is Mode.IDLE
    assert declines(conversation) == [call.call_id]


@pytest.mark.proves("Q.refused")
def test_turning_down_a_question_of_the_car_speaks_of_no_service() -> None:
    conversation = asked(asks_yes())
    conversation.played()
    own = Catalog((replace(BOOK, place=""),))
    conversation.state = replace(conversation.state, catalog=own)
    conversation.hear(word(Control.NO))
    assert conversation.said == "Then I leave it as it is."


def silent_twice(conversation: Conversation) -> None:
    """The driver says nothing, to the question and to its re-prompt."""
    conversation.silence()
    conversation.played()
    conversation.silence()


def not_understood_three_times(conversation: Conversation) -> None:
    """The driver says nothing that fits, until McQueen gives up."""
    for _ in range(3):
        conversation.played()
        conversation.hear(Reading())


@pytest.mark.proves("Q.refused")
@pytest.mark.parametrize("ask", [form(), asks_yes()])
def test_whatever_leads_away_from_a_question_declines_it(ask: NeedsInput) -> None:
    ways: list[Callable[[Conversation], object]] = [
        lambda talk: talk.hear(word(Control.STOP)),
        silent_twice,
        lambda talk: talk.hear(wants(WEATHER, {"place": "Rome"}, 0.95)),
        not_understood_three_times,
    ]
    for way in ways:
        conversation = asked(ask)
        conversation.played()
        way(conversation)
        assert declines(conversation) == [conversation.calls[0].call.call_id]


@pytest.mark.proves("Q.refused")
def test_a_change_of_the_call_itself_while_its_server_asks_declines_and_makes_another_call() -> None:
    conversation = asked(asks_yes())
    conversation.played()
    conversation.hear(Reading(changes={"party_size": 6}))
    assert declines(conversation) == [conversation.calls[0].call.call_id]
    conversation.played()
    conversation.hear(word(Control.YES))
    assert conversation.calls[1].call.arguments == {**DINNER, "party_size": 6}
    assert conversation.calls[1].call.call_id != conversation.calls[0].call.call_id
    assert conversation.calls[1].call.tool == BOOK.name


def test_two_new_requests_that_lead_away_from_a_question_are_read_back_together() -> None:
    conversation = asked(asks_yes())
    conversation.played()
    second = Interpretation(BOOK.qualified, {**DINNER, "time": "21:00:00"}, (), 0.9)
    first = Interpretation(CANCEL.qualified, {"booking": "B7"}, (), 0.9, then=(second,))
    conversation.hear(Reading(interpretations=(first,)))
    assert declines(conversation) == [conversation.calls[0].call.call_id]
    assert conversation.said.startswith("First, ")
    assert conversation.said.endswith("Shall I do both?")


@pytest.mark.proves("Q.page")
def test_a_page_to_visit_is_told_by_its_host_and_never_accepted() -> None:
    page = NeedsInput(
        Need.LOGIN,
        CallError("login_required", "Confirm at the bank", Sent.YES),
        {"url": "https://pay.example/x"},
        "pay.example",
    )
    conversation = asked(page)
    assert "pay.example" in conversation.said
    assert conversation.mode is Mode.REPORTING
    assert len(conversation.calls) == 1
