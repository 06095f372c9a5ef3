"""The table itself: complete, total, and true to its promises whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assistant.dialogue.effects import Call, Say
from assistant.dialogue.events import Delivered, DrivingChanged, NetworkChanged, SpeechEnded, TimerFired
from assistant.dialogue.state import Mode, State
from assistant.dialogue.table import TABLE, Trigger
from assistant.policy.driving import DrivingState
from assistant.policy.sensitivity import assess
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent
from tests.assistant.dialogue.conversation import BOOK, BOOKED, CANCEL, CATALOG, DINNER, LOST, WEATHER, Conversation


@pytest.mark.proves("D.total")
def test_every_mode_answers_every_trigger() -> None:
    assert set(TABLE) == set(Mode)
    for mode, row in TABLE.items():
        assert set(row) == set(Trigger), mode


def test_every_mode_can_be_left_for_idle_or_a_mode_that_can() -> None:
    for start in Mode:
        seen, open_modes = {start}, [start]
        while open_modes:
            for transition in TABLE[open_modes.pop()].values():
                fresh = transition.to - seen
                seen |= fresh
                open_modes.extend(fresh)
        assert Mode.IDLE in seen, start


arguments = st.fixed_dictionaries(
    {},
    optional={
        "restaurant": st.sampled_from(["Luigi's", "Roma"]),
        "date": st.just("2026-11-22"),
        "time": st.sampled_from(["19:00:00", "20:00:00"]),
        "party_size": st.integers(1, 8),
    },
)
interpretations = st.builds(
    lambda tool, given, score: Interpretation(
        tool.qualified,
        {name: value for name, value in given.items() if name in tool.properties},
        (),
        score,
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
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        BOOKED,
        LOST,
        Deferred(CallError("not_sent", "offline"), 2e9),
        Failed(CallError("tool_error", "It is full", Sent.YES)),
        Failed(CallError("invalid_arguments", "Too many", Sent.NO, ("party_size",))),
        NeedsInput(Need.CONSENT, CallError("confirm", "Please confirm", Sent.NO)),
        NeedsInput(Need.LOGIN, CallError("login", "Log in", Sent.NO), service="gmail"),
        NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed", Sent.NO)),
        NeedsInput(
            Need.ARGUMENTS,
            CallError("form", "Which?", Sent.NO),
            {"type": "object", "properties": {"time": {"type": "string", "format": "time"}}, "required": ["time"]},
        ),
    ]
)


class RandomConversation(RuleBasedStateMachine):
    """Anything may happen at any time; the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation()
        self.played_read_back = ""
        self.seen_calls = 0
        self.consents: set[str] = set()
        self.yes_now = False

    def _after(self) -> None:
        conversation = self.conversation
        for made in conversation.calls[self.seen_calls :]:
            tool = CATALOG.find(f"{made.call.server}.{made.call.tool}")
            assert tool is not None
            if assess(tool, made.call.arguments).sensitive:
                assert made.consent is not None, "a sensitive call without consent (promise 1)"
            if made.consent is not None:
                assert self.yes_now, "a consent without a yes in this very step"
                assert made.consent.digest == made.call.digest, "a consent for something else"
                assert made.consent.consent_id not in self.consents, "a consent used twice"
                self.consents.add(made.consent.consent_id)
                for value in made.call.arguments.values():
                    shown = {"19:00:00": "7 p.m.", "20:00:00": "8 p.m.", "2026-11-22": "tomorrow"}.get(
                        str(value), str(value)
                    )
                    assert shown in self.played_read_back, "an argument that was not read back"
        self.seen_calls = len(conversation.calls)
        self.yes_now = False

    @rule(reading=readings)
    def hear(self, reading: Reading) -> None:
        self.yes_now = reading.control is Control.YES and not reading.changes
        self.conversation.hear(reading)
        self._after()

    @rule(score=st.floats(0.3, 1.0))
    def ask_for_dinner(self, score: float) -> None:
        self.hear(Reading(interpretations=(Interpretation(BOOK.qualified, DINNER, (), score),)))

    @rule()
    def say_yes(self) -> None:
        self.hear(Reading(control=Control.YES))

    @rule()
    def press(self) -> None:
        self.conversation.press()
        self._after()

    @rule()
    def silence(self) -> None:
        self.conversation.silence()
        self._after()

    @precondition(lambda self: self.conversation.state.speech)
    @rule(complete=st.booleans())
    def speech_ends(self, complete: bool) -> None:
        state = self.conversation.state
        if complete and state.mode is Mode.CONFIRMING and len(state.last_said) > len("Shall I book this?"):
            self.played_read_back = state.last_said
        self.conversation.send(SpeechEnded(0, state.speech, complete))
        self._after()

    @precondition(lambda self: self.conversation.mode is Mode.CALLING)
    @rule(outcome=outcomes)
    def call_ends(self, outcome: Outcome) -> None:
        self.conversation.end_call(outcome)
        self._after()

    @rule(name=st.sampled_from(["busy", "notices"]), number=st.integers(0, 40))
    def timer(self, name: str, number: int) -> None:
        self.conversation.send(TimerFired(0, name, number))
        self._after()

    @rule(driving=st.sampled_from(list(DrivingState)))
    def vehicle(self, driving: DrivingState) -> None:
        self.conversation.send(DrivingChanged(0, driving))
        self._after()

    @rule(online=st.booleans())
    def network(self, online: bool) -> None:
        self.conversation.send(NetworkChanged(0, online))
        self._after()

    @rule(succeeded=st.booleans())
    def delivery(self, succeeded: bool) -> None:
        self.conversation.send(Delivered(0, WEATHER.qualified, {}, succeeded, "It was refused"))
        self._after()

    @invariant()
    def a_waiting_mode_has_what_it_asks_about(self) -> None:
        state = self.conversation.state
        if state.mode in (Mode.CONFIRMING, Mode.ELICITING, Mode.CALLING):
            assert state.request is not None
        if state.mode is Mode.CHOOSING:
            assert state.options

    @invariant()
    def the_driver_is_never_left_in_silence(self) -> None:
        """Outside idle something is being said, listened for, or under way (promise 4)."""
        state = self.conversation.state
        if state.mode not in (Mode.IDLE, Mode.CALLING):
            assert state.speech or state.listening or _just_cut(self.conversation), state.mode


def _just_cut(conversation: Conversation) -> bool:
    """Playback was cut from outside in this very step; the face that cut it goes on."""
    return conversation.effects == ()


TestRandomConversation = pytest.mark.proves("D.total", "P1.read-back")(RandomConversation.TestCase)
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
        wanted = NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed"))
        return replace(conversation.state, mode=mode, wanted=wanted)
    return conversation.state
