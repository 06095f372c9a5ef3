"""Two effects of one sentence: read back together, confirmed by one yes, and parted where anything comes between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.events import CatalogChanged
from assistant.dialogue.turns import Mode
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import CallError, Failed, Outcome, Sent, Succeeded
from client.catalog import Catalog
from tests.assistant.dialogue.conversation import (
    BOOK,
    BOOKED,
    CANCEL,
    DINNER,
    LOST,
    WEATHER,
    Conversation,
    word,
)

TWO = Reading(
    interpretations=(
        Interpretation(
            BOOK.qualified, DINNER, (), 0.9, then=(Interpretation(CANCEL.qualified, {"booking": "B7"}, (), 0.9),)
        ),
    )
)


def asked_for_two() -> Conversation:
    """Two effects of one sentence, read back to the end."""
    conversation = Conversation()
    conversation.hear(TWO)
    conversation.played()
    return conversation


@pytest.mark.proves("D.plan")
def test_two_effects_are_read_back_together_and_one_yes_covers_both() -> None:
    conversation = asked_for_two()
    assert conversation.said == (
        "First, Book a table: Luigi's, tomorrow, at 7 p.m., party size 4. "
        "Second, Cancel a booking: B 7. Shall I do both?"
    )
    conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.played()
    assert [made.call.tool for made in conversation.calls] == ["book_table", "cancel_table"]
    consents = [made.consent for made in conversation.calls]
    assert all(
        consent and consent.digest == made.call.digest
        for consent, made in zip(consents, conversation.calls, strict=True)
    )


@pytest.mark.proves("D.plan")
def test_one_of_two_is_left_out_and_the_other_is_read_back_by_itself() -> None:
    conversation = asked_for_two()
    conversation.hear(Reading(control=Control.NO, choice=1))
    assert conversation.said.startswith("Book a table: Luigi's")
    conversation.played()
    conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.played()
    assert [made.call.tool for made in conversation.calls] == ["book_table"]


@pytest.mark.proves("D.plan")
def test_one_of_two_is_taken_first_and_can_be_changed_then_the_other_follows() -> None:
    conversation = asked_for_two()
    conversation.hear(Reading(choice=1))
    assert conversation.said.startswith("Cancel a booking: B 7.")
    conversation.hear(Reading(changes={"booking": "B8"}))
    conversation.played()
    conversation.hear(word(Control.YES))
    conversation.end_call(Succeeded({"summary": "It is cancelled."}))
    conversation.played()
    assert conversation.calls[0].call.arguments == {"booking": "B8"}
    assert conversation.said.startswith("Book a table: Luigi's")


@pytest.mark.proves("D.plan")
@pytest.mark.parametrize("how", ["no", "failure", "lost", "changed tool", "a minute later"])
def test_the_second_of_two_is_asked_about_again_when_anything_came_between(how: str) -> None:
    conversation = asked_for_two()
    conversation.hear(word(Control.YES))
    if how == "changed tool":
        changed = replace(CANCEL, description="Cancel a booking for a fee")
        conversation.send(CatalogChanged(0, Catalog((BOOK, changed, WEATHER))))
    if how == "a minute later":
        conversation.at += 70
    outcomes: dict[str, Outcome] = {"failure": Failed(CallError("tool_error", "It is full", Sent.YES)), "lost": LOST}
    conversation.end_call(outcomes.get(how, BOOKED))
    if how == "no":
        conversation.hear(word(Control.NO))
    if how == "lost":
        conversation.played()
        conversation.silence()
    elif how != "no":
        conversation.played()
    assert [made.call.tool for made in conversation.calls] == ["book_table"]
    assert conversation.mode is Mode.CONFIRMING
    assert conversation.said.startswith("Cancel a booking: B 7")
