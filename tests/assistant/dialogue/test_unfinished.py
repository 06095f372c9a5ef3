"""A question that was open when McQueen ended: offered once, read back anew, and never done by the old yes."""

from __future__ import annotations

import pytest

from assistant.dialogue.events import CatalogChanged, Unfinished, UnfinishedFound
from assistant.dialogue.table_effects import Call, Purpose, Say
from assistant.dialogue.turns import Mode
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import Succeeded
from client.catalog import Catalog
from tests.assistant.dialogue.conversation import BOOK, CANCEL, CATALOG, DINNER, WEATHER, Conversation

pytestmark = pytest.mark.proves("D.unfinished", "P1.read-back")
DINNER_LEFT = Unfinished(BOOK.qualified, DINNER)


def restarted(*requests: Unfinished, catalog: Catalog = CATALOG) -> Conversation:
    conversation = Conversation(catalog)
    conversation.send(UnfinishedFound(0, requests or (DINNER_LEFT,)))
    return conversation


def called(conversation: Conversation) -> list[Call]:
    return [effect for effect in conversation.all if isinstance(effect, Call)]


def said(conversation: Conversation) -> list[Say]:
    return [effect for effect in conversation.all if isinstance(effect, Say)]


def test_a_yes_to_the_offer_is_read_back_and_a_yes_to_that_is_the_consent() -> None:
    conversation = restarted()
    (offer,) = said(conversation)
    assert "Book a table" in offer.text
    assert offer.text.endswith("Shall I go on?")
    conversation.played()
    conversation.hear(Reading(control=Control.YES))
    assert not called(conversation)
    assert said(conversation)[-1].purpose is Purpose.READ_BACK
    conversation.played()
    conversation.hear(Reading(control=Control.YES))
    (call,) = called(conversation)
    assert dict(call.call.arguments) == DINNER
    assert call.consent is not None
    assert call.consent.digest == call.call.digest


@pytest.mark.parametrize("answer", [Control.NO, Control.NEVER_MIND, Control.STOP, None])
def test_a_no_and_silence_drop_it(answer: Control | None) -> None:
    conversation = restarted()
    conversation.played()
    if answer is None:
        conversation.silence()
    else:
        conversation.hear(Reading(control=answer))
    conversation.played()
    conversation.hear(Reading(control=Control.YES))
    assert not called(conversation)
    assert conversation.mode is not Mode.CONFIRMING


def test_it_is_offered_when_its_server_is_there() -> None:
    conversation = restarted(catalog=Catalog((WEATHER,)))
    assert not said(conversation)
    conversation.send(CatalogChanged(0, CATALOG))
    assert "Shall I go on?" in said(conversation)[-1].text


def test_whoever_asks_for_something_else_first_is_not_asked_about_it() -> None:
    conversation = restarted(catalog=Catalog((WEATHER,)))
    conversation.hear(Reading(interpretations=(Interpretation(WEATHER.qualified, {"place": "Bonn"}, (), 0.9),)))
    conversation.end_call(Succeeded({"summary": "Fog."}))
    conversation.played()
    conversation.silence()
    before = len(said(conversation))
    conversation.send(CatalogChanged(0, CATALOG))
    assert len(said(conversation)) == before


def test_a_new_value_in_place_of_the_yes_is_read_back() -> None:
    conversation = restarted()
    conversation.played()
    conversation.hear(Reading(changes={"party_size": 8}))
    assert conversation.mode is Mode.CONFIRMING
    assert not called(conversation)
    assert "8" in said(conversation)[-1].text


def test_what_was_read_back_together_is_read_back_together_again() -> None:
    conversation = restarted(DINNER_LEFT, Unfinished(CANCEL.qualified, {"booking": "B7"}))
    conversation.played()
    conversation.hear(Reading(control=Control.YES))
    assert conversation.state.plan == 1
    assert "B 7" in said(conversation)[-1].text


def test_a_value_that_was_being_asked_for_is_asked_for_again() -> None:
    conversation = restarted(Unfinished(WEATHER.qualified, {}))
    conversation.played()
    conversation.hear(Reading(control=Control.YES))
    assert (conversation.mode, conversation.state.asked) == (Mode.ELICITING, "place")
