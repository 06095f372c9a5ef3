"""The retry table, the waits, the breaker and connectivity, searched for a broken promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from client.call import CallError, Sent
from client.calls.attempts import Attempts, Stopped
from client.connections.links import Link
from client.resilience.circuit import Circuit, CircuitSettings, CircuitState
from client.resilience.connectivity import Connectivity, Reach, derive
from client.resilience.retry import RETRY_TABLE, Action, RetrySettings, Safety, wait_before
from client.servers.tool_server import Answer, Answered, FailureKind, Faulted, Health, Listing, ToolServer
from tests.client.clocks import VirtualClock
from tests.client.harness import make_call

kinds = st.sampled_from(FailureKind)
safeties = st.sampled_from(Safety)


@pytest.mark.proves("P2.table")
def test_every_failure_and_kind_of_tool_has_its_row() -> None:
    assert set(RETRY_TABLE) == {(kind, safety) for kind in FailureKind for safety in Safety}


@pytest.mark.proves("P2.once", "P2.table")
def test_only_a_call_that_cannot_have_happened_or_can_be_told_apart_is_sent_again() -> None:
    again = {Action.RETRY, Action.RETRY_AS_TOLD, Action.RENEW_ONCE}
    for (kind, safety), action in RETRY_TABLE.items():
        if kind is FailureKind.ANSWER_LOST and safety is Safety.EFFECTS:
            assert action is Action.UNKNOWN
        elif kind is FailureKind.TOOL_ERROR:
            assert action is Action.REPORT
        else:
            assert action in again


class ScriptedServer(ToolServer):
    """Keeps the `ToolServer` contract; answers as scripted and counts what may have been executed."""

    local = True

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__("town")
        self.answers = answers
        self.sends = 0
        self.maybe_executed = 0

    async def connect(self) -> None: ...

    async def list_tools(self) -> Listing:
        return Listing(())

    async def call(self, *_: object, **__: object) -> Answer:
        self.sends += 1
        answer = self.answers.pop(0) if self.answers else Answered("done")
        if isinstance(answer, Answered) or (isinstance(answer, Faulted) and answer.kind is FailureKind.ANSWER_LOST):
            self.maybe_executed += 1
        return answer

    async def health(self) -> Health:
        return Health(True, 0.0)

    async def close(self) -> None: ...


def fault(kind: FailureKind, retry_after: float | None) -> Faulted:
    sent = Sent.MAYBE if kind is FailureKind.ANSWER_LOST else Sent.NO
    return Faulted(kind, CallError(kind.value, "x", sent, (), retry_after))


@pytest.mark.proves("P2.once", "P2.key")
@given(
    script=st.lists(st.tuples(kinds, st.none() | st.floats(0, 30)), max_size=8),
    safety=safeties,
    deadline=st.floats(0.01, 20),
    seed=st.integers(0, 1000),
)
async def test_tries_keep_to_the_deadline_and_never_risk_a_second_effect(
    script: list[tuple[FailureKind, float | None]], safety: Safety, deadline: float, seed: int
) -> None:
    clock = VirtualClock()
    server = ScriptedServer([fault(kind, told) for kind, told in script])
    began: list[int] = []

    async def listed(_: Listing) -> None: ...

    async def begin(number: int) -> bool:
        began.append(number)
        return True

    link = Link(server, clock, random.Random(seed), on_listing=listed, on_reach=lambda *_: None, on_looked=lambda: None)
    attempts = Attempts(
        link=link,
        call=make_call("pay", amount=1),
        safety=safety,
        clock=clock,
        randomness=random.Random(seed),
        settings=RetrySettings(),
        until=clock.monotonic() + deadline,
        begin=begin,
    )
    started = clock.monotonic()
    trial = await clock.drive(attempts.run())
    assert clock.monotonic() - started <= deadline
    assert trial.attempts == server.sends == len(began) <= RetrySettings().attempts
    if safety is Safety.EFFECTS:
        assert server.maybe_executed <= 1
        if server.maybe_executed and isinstance(trial.answer, Faulted):
            assert trial.answer.kind is FailureKind.ANSWER_LOST
    assert not isinstance(trial.answer, Stopped)


@given(failures=st.integers(1, 10_000), told=st.none() | st.floats(0, 1e6), seed=st.integers())
def test_a_wait_is_never_shorter_than_asked_nor_longer_than_its_ceiling(
    failures: int, told: float | None, seed: int
) -> None:
    settings = RetrySettings()
    wait = wait_before(settings, failures, told, random.Random(seed))
    assert (told or 0.0) <= wait <= max(told or 0.0, settings.longest_wait)


class CircuitMachine(RuleBasedStateMachine):
    """Half-open admits one; a cancellation says nothing; any success closes."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.circuit = Circuit(lambda: self.time, CircuitSettings(failures=3, first_pause=1.0, longest_pause=4.0))
        self.probing = False

    @rule(seconds=st.floats(0, 5))
    def wait(self, seconds: float) -> None:
        self.time += seconds

    @rule()
    def ask(self) -> None:
        state = self.circuit.state
        admitted = self.circuit.admit()
        if state is CircuitState.CLOSED:
            assert admitted
        elif state is CircuitState.OPEN or self.probing:
            assert not admitted
        else:
            assert admitted
            self.probing = True

    @rule(ending=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, ending: str) -> None:
        getattr(self.circuit, ending)()
        self.probing = False
        if ending == "succeeded":
            assert self.circuit.state is CircuitState.CLOSED

    @invariant()
    def recovers(self) -> None:
        saved = self.time
        self.time += 4.0 + 1e-6  # a pause added to a clock and taken off again is not exact
        assert self.circuit.state is not CircuitState.OPEN
        self.time = saved


TestCircuit = CircuitMachine.TestCase


@given(seen=st.lists(st.sampled_from(Reach), max_size=6))
def test_connectivity_says_offline_only_when_nothing_was_reached(seen: list[Reach]) -> None:
    state = derive(seen)
    if Reach.REACHED in seen:
        assert state in (Connectivity.ONLINE, Connectivity.DEGRADED)
    if state is Connectivity.CAPTIVE:
        assert Reach.PORTAL in seen
    if state is Connectivity.OFFLINE:
        assert Reach.LOST in seen
