"""The table itself: complete, total, and true to its promises whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import settings

from assistant.dialogue.classify import Trigger
from assistant.dialogue.state import State
from assistant.dialogue.table import TABLE
from assistant.dialogue.table_effects import Call, Say
from assistant.dialogue.turns import Mode, Turn
from assistant.understanding.reading import Control, Interpretation, Reading
from tests.assistant.dialogue.conversation import BOOK, CANCEL, DINNER, TURNS, Conversation
from tests.assistant.dialogue.random_conversation import RandomConversation


@pytest.mark.proves("D.total")
def test_every_mode_answers_every_trigger() -> None:
    assert set(TABLE) == set(Mode)
    for mode, row in TABLE.items():
        assert set(row) == set(Trigger), mode


def test_each_mode_has_one_type_with_fields_of_its_own() -> None:
    assert sorted(kind.mode for kind in get_args(Turn)) == sorted(Mode)


def test_every_mode_can_be_left_for_idle_or_a_mode_that_can() -> None:
    for start in Mode:
        seen, open_modes = {start}, [start]
        while open_modes:
            for transition in TABLE[open_modes.pop()].values():
                fresh = transition.to - seen
                seen |= fresh
                open_modes.extend(fresh)
        assert Mode.IDLE in seen, start


TestRandomConversation = pytest.mark.proves("D.total", "D.search", "P1.read-back")(RandomConversation.TestCase)
RandomConversation.TestCase.settings = settings(stateful_step_count=40, deadline=None)


@pytest.mark.proves("D.never-mind")
@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.CALLING])
def test_never_mind_ends_any_pending_request_in_every_mode(mode: Mode) -> None:
    conversation = Conversation()
    conversation.state = _state_in(conversation.state, mode)
    conversation.hear(Reading(control=Control.NEVER_MIND))
    assert conversation.state.request is None
    assert not [effect for effect in conversation.effects if isinstance(effect, Call)]
    if conversation.mode is Mode.REPORTING:
        assert any(isinstance(effect, Say) for effect in conversation.effects)


def _state_in(state: State, mode: Mode) -> State:
    conversation = Conversation()
    if mode in (Mode.CONFIRMING, Mode.ANSWERING, Mode.REPORTING):
        conversation.hear(Reading(interpretations=(Interpretation(BOOK.qualified, DINNER, (), 0.9),)))
    elif mode is Mode.ELICITING:
        conversation.hear(Reading(interpretations=(Interpretation(BOOK.qualified, {}, BOOK.required, 0.9),)))
    elif mode is Mode.CHOOSING:
        near = tuple(Interpretation(tool.qualified, {}, (), 0.5) for tool in (BOOK, CANCEL))
        conversation.hear(Reading(interpretations=near))
    elif mode is Mode.LISTENING:
        conversation.press()
    if mode in (Mode.ANSWERING, Mode.REPORTING):
        return replace(conversation.state, turn=TURNS[mode])
    return conversation.state
