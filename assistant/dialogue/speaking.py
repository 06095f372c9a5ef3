"""How the table speaks and listens: the few steps that every transition is made of.

Each takes a state and returns the next state with its effects. None decides what the conversation is about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from assistant.dialogue.events import Event
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import (
    Earcon,
    Effect,
    Listen,
    Purpose,
    Say,
    StartTimer,
    StopListening,
    StopSpeaking,
)
from assistant.dialogue.turns import Idle, Mode, Turn
from assistant.policy.driving import DrivingState
from assistant.policy.timing import QUIET_SECONDS, REOPEN_SECONDS, REPLY_SECONDS

Step = tuple[State, tuple[Effect, ...]]
"""The result of a transition: the next state and its effects."""

_E = TypeVar("_E", bound=Event)


def on(kind: type[_E]) -> Callable[[Callable[[State, _E], Step]], Callable[[State, Event], Step]]:
    """Turn a function for one kind of event into a transition; for any other event it changes nothing."""

    def transition(do: Callable[[State, _E], Step]) -> Callable[[State, Event], Step]:
        @wraps(do)
        def done(state: State, event: Event) -> Step:
            return do(state, event) if isinstance(event, kind) else (state, ())

        return done

    return transition


WAITING = frozenset({Mode.CHOOSING, Mode.ELICITING, Mode.CONFIRMING, Mode.ANSWERING})
"""Modes in which McQueen's question waits for an answer."""


def say(state: State, text: str, purpose: Purpose, *, turn: Turn | None = None) -> Step:
    """Speak; this ends earlier speech and listening. If `turn` is given, it becomes the state's turn."""
    effects: list[Effect] = []
    if state.listening:
        effects.append(StopListening())
    if state.said.playing:
        effects.append(StopSpeaking())
    number = state.counter + 1
    effects.append(Say(number, text, purpose))
    spoken = replace(
        state,
        turn=turn or state.turn,
        counter=number,
        said=replace(
            state.said,
            playing=number,
            heard=False,
            reading_back=purpose is Purpose.READ_BACK,
            text=text if purpose is not Purpose.NOTICE else state.said.text,
        ),
        listening=False,
        follow_up=False,
    )
    return spoken, tuple(effects)


def listen(state: State, seconds: float, *, pause: float = 0.0, follow_up: bool = False) -> Step:
    """Open the microphone."""
    return replace(state, listening=True, follow_up=follow_up), (Listen(seconds, pause),)


def question_ended(state: State, at: float) -> Step:
    """Wait for the answer: the question was played to its end, and so was the read-back if there was one."""
    heard = state.said.read_back_heard or state.said.reading_back
    asked = replace(
        state, said=replace(state.said, playing=0, heard=True, reading_back=False, read_back_heard=heard, heard_at=at)
    )
    return listen(asked, REPLY_SECONDS, pause=REOPEN_SECONDS)


def settle(state: State, at: float, *, quietly: bool = False) -> Step:
    """Close the turn. Say held-back notices as soon as the driving limits allow (V6), but not at once if `quietly` is
    set."""
    effects: list[Effect] = []
    if state.listening:
        effects.append(StopListening())
    idle = replace(
        state.for_another_subject(),
        turn=Idle(),
        waiting=(),
        listening=False,
        follow_up=False,
        said=replace(state.said, heard=False, reading_back=False, read_back_heard=False),
        backlog=replace(state.backlog, quiet_until=at + QUIET_SECONDS, unfinished=()),
    )
    if quietly and (idle.backlog.notices or idle.backlog.stale or idle.backlog.owed) and not idle.backlog.due:
        return _keep_notices(idle, at, effects)
    told, more = tell_notices(idle, at)
    return told, (*effects, *more)


def tell_notices(state: State, at: float) -> Step:
    """Say the next notice if nothing else is going on; while moving, wait until the quiet time is over."""
    backlog = state.backlog
    waits = backlog.due or backlog.notices or backlog.stale or backlog.owed
    if state.mode is not Mode.IDLE or state.said.playing or not waits:
        return state, ()
    if backlog.due:
        first, *others = backlog.due
        spoken, effects = say(replace(state, backlog=replace(backlog, due=tuple(others))), first, Purpose.NOTICE)
        return spoken, (Earcon("done"), *effects)
    if state.driving is DrivingState.MOVING and at < backlog.quiet_until:
        return _keep_notices(state, at, ())
    if not backlog.notices:
        return replace(state, counter=state.counter + 1), (StartTimer("notices", state.counter + 1, 0.0),)
    first, *others = backlog.notices
    spoken, effects = say(replace(state, backlog=replace(backlog, notices=tuple(others))), first, Purpose.NOTICE)
    return spoken, (Earcon("done"), *effects)


def _keep_notices(state: State, at: float, effects: Sequence[Effect]) -> Step:
    number = state.counter + 1
    return replace(state, counter=number), (*effects, StartTimer("notices", number, state.backlog.quiet_until - at))


def join(first: Step, *effects: Effect) -> Step:
    """Put these effects before the effects of a step."""
    state, rest = first
    return state, (*effects, *rest)
