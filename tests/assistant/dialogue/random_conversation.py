"""Conversations in which anything may happen at any time: faults, misrecognitions, a vehicle that starts and stops.

Hypothesis plays it against the table; `promises.Watch` says whether anything that must not happen did.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assistant.dialogue import table
from assistant.dialogue.events import (
    CallEnded,
    CatalogChanged,
    Delivered,
    DrivingChanged,
    Event,
    Heard,
    NetworkChanged,
    NothingHeard,
    Noticed,
    PushToTalk,
    SpeechEnded,
    TimerFired,
    Unfinished,
    UnfinishedFound,
)
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent, Succeeded
from client.catalog import Catalog
from client.values import JSON
from tests.assistant.dialogue.conversation import BOOK, BOOKED, BOOKINGS, CANCEL, CATALOG, DINNER, LOST, NOW, WEATHER
from tests.assistant.dialogue.promises import Watch

CHANGED = Catalog((replace(BOOK, description="Book a table and pay a deposit"), CANCEL, WEATHER, BOOKINGS))
FEWER = Catalog((CANCEL, WEATHER))
LONG = Succeeded({"summary": " ".join(f"Sentence number {n} has exactly eight words here." for n in range(6))})

arguments = st.fixed_dictionaries(
    {},
    optional={
        "restaurant": st.sampled_from(["Luigi's", "Roma"]),
        "date": st.just("2026-11-22"),
        "time": st.sampled_from(["19:00:00", "20:00:00"]),
        "party_size": st.integers(1, 8),
        "booking": st.sampled_from(["B7", "B8"]),
        "place": st.just("Rome"),
    },
)
interpretations = st.builds(
    lambda tool, given, score: Interpretation(
        tool.qualified, {name: value for name, value in given.items() if name in tool.properties}, (), score
    ),
    st.sampled_from([BOOK, CANCEL, WEATHER]),
    arguments,
    st.floats(0.3, 1.0),
)
readings = st.builds(
    Reading,
    control=st.none() | st.sampled_from(list(Control)),
    changes=st.just({}) | arguments,
    choice=st.none() | st.integers(0, 3),
    interpretations=st.just(()) | st.tuples(interpretations) | st.tuples(interpretations, interpretations),
)
FORM = {"type": "object", "properties": {"time": {"type": "string", "format": "time"}}, "required": ["time"]}
TRAP: dict[str, JSON] = {"type": "object", "properties": {"donation": {"type": "number", "default": 250}}}
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        BOOKED,
        LONG,
        LOST,
        Deferred(CallError("not_sent", "offline"), 2e9),
        Failed(CallError("tool_error", "It is full", Sent.YES)),
        Failed(CallError("invalid_arguments", "Too many", Sent.NO, ("party_size",))),
        NeedsInput(Need.CONSENT, CallError("confirm", "Please confirm", Sent.NO, ("restaurant",))),
        NeedsInput(Need.LOGIN, CallError("login", "Log in"), service="gmail"),
        NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed")),
        NeedsInput(Need.ARGUMENTS, CallError("form", "Which?", Sent.NO), FORM),  # type: ignore[arg-type]  # plain JSON
        NeedsInput(Need.ARGUMENTS, CallError("form", "It costs 900.", Sent.NO), TRAP),
        NeedsInput(Need.CONSENT, CallError("confirmation_wanted", "It costs 900.", Sent.YES)),
    ]
)


class RandomConversation(RuleBasedStateMachine):
    """Anything may happen at any time; the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW
        self.state = State("random")
        self.watch = Watch()
        self.send(CatalogChanged(NOW, CATALOG))

    def send(self, event: Event, seconds: float = 1.0) -> None:
        """Feed an event, and look at the step."""
        self.at += seconds
        event = replace(event, at=self.at)
        before = self.state
        self.state, effects = table.step(before, event)
        self.watch.see(before, event, self.state, effects)

    def hear(self, reading: Reading, seconds: float = 1.0) -> None:
        """The driver says something."""
        self.send(Heard(0, reading), seconds)

    @rule(reading=readings)
    def misheard(self, reading: Reading) -> None:
        """Anything may come out of a recognizer."""
        self.hear(reading)

    @rule(control=st.sampled_from(list(Control)))
    def steer(self, control: Control) -> None:
        """A control word and nothing else."""
        self.hear(Reading(control=control))

    @rule(score=st.floats(0.3, 1.0))
    def ask_for_dinner(self, score: float) -> None:
        """A sensitive request, complete."""
        self.hear(Reading(interpretations=(Interpretation(BOOK.qualified, DINNER, (), score),)))

    @rule()
    def ask_for_two(self) -> None:
        """Two effects in one breath."""
        second = Interpretation(CANCEL.qualified, {"booking": "B7"}, (), 0.9)
        self.hear(Reading(interpretations=(Interpretation(BOOK.qualified, DINNER, (), 0.9, then=(second,)),)))

    @rule(seconds=st.sampled_from([1.0, 5.0, 700.0]))
    def say_yes(self, seconds: float) -> None:
        """Perhaps much later."""
        self.hear(Reading(control=Control.YES), seconds)

    @precondition(lambda self: self.state.mode is Mode.CONFIRMING and self.state.said.playing)
    @rule(
        answer=st.sampled_from([Reading(control=Control.YES), Reading(changes={"time": "20:00:00"})]),
        seconds=st.sampled_from([1.0, 700.0]),
    )
    def answer_once_heard(self, answer: Reading, seconds: float) -> None:
        """What a patient driver does."""
        self.send(SpeechEnded(0, self.state.said.playing))
        self.hear(answer, seconds)

    def wait(self) -> None:
        """Let what is being said be heard to its end."""
        if self.state.said.playing:
            self.send(SpeechEnded(0, self.state.said.playing))

    @rule(
        second=st.booleans(),
        outcome=st.none() | st.just(BOOKED) | outcomes,
        seconds=st.sampled_from([1.0, 70.0]),
        control=st.none() | st.sampled_from([Control.NO, Control.WHAT_HAPPENED, Control.UNDO]),
    )
    def agree(self, second: bool, outcome: Outcome | None, seconds: float, control: Control | None) -> None:
        """A patient driver: asks, listens, agrees, and perhaps hears what came of it."""
        self.ask_for_two() if second else self.ask_for_dinner(0.9)
        self.wait()
        self.hear(Reading(control=Control.YES))
        if self.state.mode is Mode.CALLING and outcome is not None:
            self.at += seconds
            self.call_ends(outcome)
            if control is not None:
                self.steer(control)

    @rule(driving=st.sampled_from(list(DrivingState)), delivered=st.booleans())
    def come_to_rest(self, driving: DrivingState, delivered: bool) -> None:
        """The turn is over, and something may leave the outbox soon after."""
        self.vehicle(driving)
        self.hear(Reading(control=Control.STOP))
        if delivered:
            self.delivery(True)

    @rule(outcome=outcomes)
    def look_up(self, outcome: Outcome) -> None:
        """Something harmless."""
        self.hear(Reading(interpretations=(Interpretation(WEATHER.qualified, {"place": "Rome"}, (), 0.9),)))
        if self.state.mode is Mode.CALLING:
            self.call_ends(outcome)

    @rule()
    def take_up(self) -> None:
        """What was asked when McQueen ended is found, whenever that is told."""
        self.send(UnfinishedFound(0, (Unfinished(BOOK.qualified, DINNER), Unfinished(CANCEL.qualified, {}))))

    @rule()
    def press(self) -> None:
        """Push-to-talk."""
        self.send(PushToTalk(0))

    @rule()
    def silence(self) -> None:
        """Nobody speaks."""
        self.send(NothingHeard(0))

    @precondition(lambda self: self.state.said.playing)
    @rule(complete=st.booleans())
    def speech_ends(self, complete: bool) -> None:
        """Playback ends, or breaks off."""
        self.send(SpeechEnded(0, self.state.said.playing, complete))

    @precondition(lambda self: self.state.mode is Mode.CALLING)
    @rule(outcome=outcomes)
    def call_ends(self, outcome: Outcome) -> None:
        """The call comes to something."""
        assert self.state.memory.past is not None
        self.send(CallEnded(0, self.state.memory.past.call.call_id, outcome))

    @rule(name=st.sampled_from(["busy", "notices"]), number=st.integers(0, 40), seconds=st.sampled_from([1.0, 40.0]))
    def timer(self, name: str, number: int, seconds: float) -> None:
        """A timer runs out."""
        self.send(TimerFired(0, name, number), seconds)

    @rule(driving=st.sampled_from(list(DrivingState)))
    def vehicle(self, driving: DrivingState) -> None:
        """The vehicle parks, stops or moves off."""
        self.send(DrivingChanged(0, driving))

    @rule(online=st.booleans())
    def network(self, online: bool) -> None:
        """The network comes or goes."""
        self.send(NetworkChanged(0, online))

    @rule(catalog=st.sampled_from([CATALOG, CHANGED, FEWER]))
    def services(self, catalog: Catalog) -> None:
        """Tools come, go and change."""
        self.send(CatalogChanged(0, catalog))

    @rule(succeeded=st.booleans())
    def delivery(self, succeeded: bool) -> None:
        """Something leaves the outbox."""
        self.send(Delivered(0, WEATHER.qualified, {}, succeeded, "It was refused"))

    @rule(safety=st.booleans())
    def notice(self, safety: bool) -> None:
        """Something worth telling."""
        self.send(Noticed(0, "range", "Range is down to 40 kilometers", safety))

    @invariant()
    def deliveries_are_told(self) -> None:
        """Promise 3."""
        self.watch.all_told(self.state)


_ARGUMENTS: Mapping[str, Sequence[JSON]] = {
    "restaurant": ["Luigi's", "Roma"], "date": ["2026-11-22"], "time": ["19:00:00", "20:00:00"],
    "party_size": [1, 4, 8], "booking": ["B7", "B8"], "place": ["Rome"],
}  # fmt: skip
_OUTCOMES: Sequence[Outcome] = (
    BOOKED, LONG, LOST, Deferred(CallError("not_sent", "offline"), 2e9),
    Failed(CallError("tool_error", "It is full", Sent.YES)),
    Failed(CallError("invalid_arguments", "Too many", Sent.NO, ("party_size",))),
    NeedsInput(Need.CONSENT, CallError("confirm", "Please confirm", Sent.NO, ("restaurant",))),
    NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed")),
)  # fmt: skip


def play(seed: int, steps: int = 40) -> RandomConversation:
    """Play one conversation by dice: the same rules at many times the speed, the same for each seed.

    Raises `AssertionError` where a promise is broken.
    """
    dice = random.Random(seed)
    conversation = RandomConversation()
    for _ in range(steps):
        _throw(conversation, dice)
        conversation.deliveries_are_told()
    return conversation


def _some(dice: random.Random) -> dict[str, JSON]:
    return {name: dice.choice(values) for name, values in _ARGUMENTS.items() if dice.random() < 0.4}


def _reading(dice: random.Random) -> Reading:
    tool = dice.choice([BOOK, CANCEL, WEATHER])
    given = {name: value for name, value in _some(dice).items() if name in tool.properties}
    found = (Interpretation(tool.qualified, given, (), dice.uniform(0.3, 1.0)),) if dice.random() < 0.4 else ()
    return Reading(
        control=dice.choice([None, None, *Control]),
        changes=_some(dice) if dice.random() < 0.3 else {},
        choice=dice.choice([None, None, None, 0, 1, 3]),
        interpretations=found,
    )


def _throw(conversation: RandomConversation, dice: random.Random) -> None:
    state = conversation.state
    if state.mode is Mode.CALLING and dice.random() < 0.5:
        conversation.call_ends(dice.choice(_OUTCOMES))
        return
    if state.said.playing and dice.random() < 0.4:
        conversation.speech_ends(dice.random() < 0.8)
        return
    throws: Sequence[Callable[[], object]] = (
        lambda: conversation.misheard(_reading(dice)),
        lambda: conversation.steer(dice.choice(list(Control))),
        lambda: conversation.ask_for_dinner(dice.uniform(0.3, 1.0)),
        conversation.ask_for_two,
        lambda: conversation.say_yes(dice.choice([1.0, 5.0, 700.0])),
        lambda: conversation.agree(
            dice.random() < 0.5,
            dice.choice([None, BOOKED, *_OUTCOMES]),
            dice.choice([1.0, 70.0]),
            dice.choice([None, Control.NO, Control.WHAT_HAPPENED]),
        ),
        lambda: conversation.come_to_rest(dice.choice(list(DrivingState)), dice.random() < 0.5),
        lambda: conversation.look_up(dice.choice(_OUTCOMES)),
        conversation.press,
        conversation.silence,
        lambda: conversation.timer(dice.choice(["busy", "notices"]), dice.randrange(40), dice.choice([1.0, 40.0])),
        lambda: conversation.vehicle(dice.choice(list(DrivingState))),
        lambda: conversation.network(dice.random() < 0.5),
        lambda: conversation.services(dice.choice([CATALOG, CATALOG, CHANGED, FEWER])),
        lambda: conversation.delivery(dice.random() < 0.5),
        lambda: conversation.notice(dice.random() < 0.3),
    )
    dice.choice(throws)()
