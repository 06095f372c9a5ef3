"""What the dialogue does with answers as servers of others give them: errors inside, lists in text, nothing to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.table_effects import Earcon, Show
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control, Reading
from client.call import Succeeded
from client.catalog import Catalog, Tool
from tests.assistant.dialogue.conversation import BOOK, CATALOG, DINNER, Conversation, wants, word

THEIRS = replace(BOOK, server="diner", trusted=False)
LOOK = Tool("diner", "get_token", "Get the token", "Token", {"type": "object"})


def booked_there() -> Conversation:
    """The driver said yes to a table at a restaurant whose server is not trusted."""
    conversation = Conversation(Catalog((*CATALOG, THEIRS, LOOK)))
    conversation.hear(wants(THEIRS, DINNER))
    conversation.played()
    conversation.hear(word(Control.YES))
    return conversation


@pytest.mark.proves("W.errors", "W.maybe-done")
def test_an_error_inside_an_answer_is_told_as_a_failure_and_the_request_can_be_changed() -> None:
    conversation = booked_there()
    conversation.end_call(Succeeded({"success": False, "message": "Luigi's is full"}))
    assert conversation.said == "Luigi's is full. It may have been done."
    assert Earcon("error") in conversation.effects
    assert Earcon("done") not in conversation.effects
    conversation.played()
    conversation.hear(Reading(changes={"time": "20:00:00"}))
    assert "8 p.m." in conversation.said


@pytest.mark.proves("W.answers")
def test_things_in_a_text_that_is_json_are_told_and_can_be_chosen() -> None:
    conversation = Conversation(Catalog((*CATALOG, LOOK)))
    conversation.hear(wants(LOOK))
    conversation.end_call(Succeeded({"text": '[{"id": "a1", "name": "Ritz"}, {"id": "b2", "name": "Ibis"}]'}))
    assert conversation.said == "There are 2: Ritz; and Ibis."
    assert [item.name for item in conversation.state.memory.results] == ["Ritz", "Ibis"]


@pytest.mark.proves("W.ears")
@pytest.mark.parametrize("driving", list(DrivingState))
def test_an_answer_without_a_word_in_it_is_shown_while_parked_and_never_read_out(driving: DrivingState) -> None:
    conversation = Conversation(Catalog((*CATALOG, LOOK)))
    conversation.state = replace(conversation.state, driving=driving)
    conversation.hear(wants(LOOK))
    conversation.end_call(Succeeded({"token": "8f14e45f-ceea-467f-a0e6-1f2b7d1c0a11"}))
    assert conversation.said == "That answer is for the screen, not for ears."
    shown = [effect for effect in conversation.effects if isinstance(effect, Show)]
    assert bool(shown) == (driving is DrivingState.PARKED)
