"""Tables broken on purpose: the search that finds nothing in ours finds each of them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.dialogue import asides, classify, driver_answers, reports, requests, speaking, table
from assistant.dialogue.classify import Trigger
from assistant.dialogue.events import CallEnded, Event
from assistant.dialogue.speaking import Step, say
from assistant.dialogue.state import State
from assistant.dialogue.table import TABLE, Transition
from assistant.dialogue.table_effects import Call, Effect, Purpose, StartTimer
from assistant.dialogue.turns import Confirming, Mode, Reporting, Request
from assistant.policy.sensitivity import Sensitivity
from assistant.wording import replies
from assistant.wording.prompts import prompt
from client.call import Consent, ConsentSource
from tests.assistant.dialogue.random_conversation import play

CONVERSATIONS = 800
ANYWHERE = frozenset(Mode)
Break = Callable[[pytest.MonkeyPatch], None]


def row(mode: Mode, trigger: Trigger, do: Callable[[State, Event], Step]) -> Break:
    """Break one cell of the table."""
    return lambda patch: patch.setitem(TABLE[mode], trigger, Transition(do, ANYWHERE))


def agree_unheard(state: State, event: Event) -> Step:
    """A yes that asks for no read-back."""
    return driver_answers.agree(replace(state, said=replace(state.said, heard=True, read_back_heard=True)), event)


def any_yes_counts(patch: pytest.MonkeyPatch) -> None:
    """A yes while the read-back is still being spoken."""
    patch.setitem(TABLE[Mode.CONFIRMING], Trigger.EARLY_YES, Transition(agree_unheard, ANYWHERE))


def correction_goes_ahead(state: State, event: Event) -> Step:
    """A correction that is carried out without being read back."""
    changed, _ = driver_answers.new_values(state, event)
    request = changed.request
    return agree_unheard(replace(changed, turn=Confirming(request)), event) if request else (changed, ())


def one_consent_for_all(patch: pytest.MonkeyPatch) -> None:
    """Consents that all have the same name."""
    patch.setattr(requests, "Consent", lambda _id, digest, source, at: Consent("the one", digest, source, at))


def consent_for_nothing(patch: pytest.MonkeyPatch) -> None:
    """A consent that covers other arguments than those sent."""
    patch.setattr(requests, "Consent", lambda name, _digest, source, at: Consent(name, "other", source, at))


def resend(state: State, event: Event) -> Step:
    """A lost answer, and the same call once more."""
    assert isinstance(event, CallEnded)
    assert state.memory.past is not None
    consent = Consent(f"again-{state.counter}", state.memory.past.call.digest, ConsentSource.DRIVER, event.at)
    effects: tuple[Effect, ...] = (Call(state.memory.past.call, consent), StartTimer("busy", state.counter + 1, 1.5))
    return replace(state, counter=state.counter + 1), effects


def aside_drops_the_question(state: State, event: Event) -> Step:
    """An answer on the side after which the waiting question is forgotten."""
    return say(state, prompt("nothing_done"), Purpose.STATEMENT, turn=Reporting(state.request))


def aside_counts_as_read_back(patch: pytest.MonkeyPatch) -> None:
    """Anything that was heard to its end while confirming counts as the read-back."""
    heard = speaking.question_ended
    patch.setattr(
        reports,
        "question_ended",
        lambda state, at: heard(replace(state, said=replace(state.said, read_back_heard=True)), at),
    )
    patch.setattr(requests, "confirm", _confirm_with_a_lead)


def _confirm_with_a_lead(state: State, request: Request, *_: object) -> Step:
    return say(state, prompt("nothing_back"), Purpose.QUESTION, turn=Confirming(request))


def no_quiet_after_a_task(patch: pytest.MonkeyPatch) -> None:
    """Notices at once, also while moving."""
    tell = speaking.tell_notices
    for module in (speaking, reports, asides):
        patch.setattr(module, "tell_notices", lambda state, at: tell(state, at + 1000))


def yes_after_the_night(patch: pytest.MonkeyPatch) -> None:
    """A yes counts however late it comes, and the consent says that it is fresh."""
    patch.setattr(classify, "YES_SECONDS", 1e9)
    patch.setattr(requests, "AGREED_SECONDS", 1e9)


MUTANTS: dict[str, Break] = {
    "any yes counts": any_yes_counts,
    "silence is yes": row(Mode.CONFIRMING, Trigger.SILENCE, agree_unheard),
    "no is yes": row(Mode.CONFIRMING, Trigger.NO, agree_unheard),
    "a correction goes ahead": row(Mode.CONFIRMING, Trigger.CHANGE, correction_goes_ahead),
    "one consent for all": one_consent_for_all,
    "a consent for something else": consent_for_nothing,
    "nothing is sensitive": lambda patch: patch.setattr(requests, "assess", lambda *_: Sensitivity(False, "")),
    "an aside counts as read-back": aside_counts_as_read_back,
    "agreed to a night ago": yes_after_the_night,
    "a plan survives a no": lambda patch: patch.setattr(table, "without_consents", tuple),
    "a lost answer is sent again": row(Mode.CALLING, Trigger.UNKNOWN, resend),
    "a delivery is dropped": row(Mode.IDLE, Trigger.DELIVERED, reports.nothing),
    "silence after a misunderstanding": row(Mode.CONFIRMING, Trigger.NOT_UNDERSTOOD, reports.nothing),
    "a deferral is not told": row(Mode.CALLING, Trigger.DEFERRED, reports.nothing),
    "broken playback is the end": row(
        Mode.ELICITING, Trigger.CUT_SHORT, lambda s, e: (replace(s, said=replace(s.said, playing=0)), ())
    ),
    "no quiet after a task": no_quiet_after_a_task,
    "everything in one breath": lambda patch: patch.setattr(replies, "in_breaths", lambda text, _: (text,)),
    "an aside drops the question": row(Mode.CONFIRMING, Trigger.WHAT_HAPPENED, aside_drops_the_question),
    "never mind leaves it": row(Mode.CONFIRMING, Trigger.NEVER_MIND, asides.repeat),
}


@pytest.mark.proves("D.mutants")
@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_table_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    with pytest.raises(AssertionError):
        search()


def search() -> None:
    """Play many conversations."""
    for seed in range(CONVERSATIONS):
        play(seed)


@pytest.mark.proves("D.search")
def test_the_same_conversations_find_nothing_in_the_table_as_it_is() -> None:
    search()
