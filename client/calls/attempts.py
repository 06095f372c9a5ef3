"""One call, tried as often as the retry table and the deadline allow; it returns what is known at the end.

It waits between attempts on the clock that was passed in, and counts as an attempt only what it began to send. tenacity
runs the loop; this module and the table decide what may be sent again, and when.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, RetryCallState
from tenacity.asyncio import retry_if_result

from client.call import CallError, Sent, ToolCall
from client.clock import Clock
from client.connections.links import Link
from client.resilience.retry import RETRY_TABLE, Action, RetrySettings, Safety, wait_before
from client.servers.tool_server import Answer, FailureKind, Faulted
from client.values import JSON


@dataclass(frozen=True)
class Stopped:
    """`begin` decided that the call must not be sent."""


@dataclass(frozen=True)
class Trial:
    """The result of the attempts."""

    answer: Answer | Stopped
    attempts: int
    maybe_sent: bool = False
    """Whether an earlier attempt may have been executed, even if the last one was not."""


@dataclass
class Attempts:
    """The attempts of one call."""

    link: Link
    call: ToolCall
    safety: Safety
    clock: Clock
    randomness: random.Random
    settings: RetrySettings
    until: float
    """Monotonic time of the deadline."""
    begin: Callable[[int], Awaitable[bool]]
    """Called before each send with its number; it records the send durably, and False stops it."""
    confirmed: bool = False
    answers: Mapping[str, JSON] | None = None
    attempt_seconds: float = 5.0
    """Longest attempt of a call that may be tried again."""
    patience: float = 4.0
    """Seconds for which an unreachable server is tried, counted from the first failure to reach it."""
    _count: int = field(default=0, init=False)
    _failures: int = field(default=0, init=False)
    _maybe_sent: bool = field(default=False, init=False)
    _renewed: bool = field(default=False, init=False)
    _pause: float = field(default=0.0, init=False)
    """Seconds before the next attempt."""

    async def run(self) -> Trial:
        """Try until the result is known."""
        started = self.clock.monotonic()
        answer = await self._once()
        if isinstance(answer, Faulted):
            answer = await self._go_on_after(answer, started)
        if not isinstance(answer, Faulted | Stopped):
            self.link.budget.earn()
        return Trial(answer, self._count, self._maybe_sent)

    async def _go_on_after(self, first: Faulted, started: float) -> Answer | Stopped:
        """Return the result. The first attempt failed, so the retry machinery starts only now: few calls need it."""
        failed: Faulted | None = first

        async def attempt() -> Answer | Stopped:
            nonlocal failed
            if failed is None:
                return await self._once()
            answer, failed = failed, None
            return answer

        async def is_to_be_tried_again(answer: Answer | Stopped) -> bool:
            return isinstance(answer, Faulted) and await self._may_try_again(answer, started)

        retrying = AsyncRetrying(
            sleep=self.clock.sleep,
            retry=retry_if_result(is_to_be_tried_again),
            wait=lambda _: self._pause,
            stop=self._deadline_comes_first,
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )
        answer: Answer | Stopped = await retrying(attempt)
        return answer

    def _deadline_comes_first(self, state: RetryCallState) -> bool:
        return state.upcoming_sleep > 0 and self.clock.monotonic() + state.upcoming_sleep >= self.until

    async def _may_try_again(self, answer: Faulted, started: float) -> bool:
        """Return whether table, attempts, budget and patience allow another attempt; set the pause before it."""
        self._failures += 1
        action = RETRY_TABLE[answer.kind, self.safety]
        if answer.error.sent is Sent.MAYBE or (answer.kind is FailureKind.ANSWER_LOST):
            self._maybe_sent = True
        if action in (Action.UNKNOWN, Action.REPORT) or self._count >= self.settings.attempts:
            return False
        not_sent = answer.kind is FailureKind.NOT_SENT
        if self._out_of_patience(started) if not_sent else not self.link.budget.spend():
            return False
        if action is Action.RENEW_ONCE:
            if self._renewed:
                return False
            self._renewed = await self._within(self.link.renew(), self.until - self.clock.monotonic())
            if self._renewed:
                self._pause = 0.0
                return True
            if self._refused_us() or self._out_of_patience(started):
                return False
        self._pause = wait_before(self.settings, self._failures, answer.error.retry_after, self.randomness)
        return True

    def _refused_us(self) -> bool:
        """Return whether the server answered with a refusal to admit us, rather than not answering."""
        failure = self.link.failure
        return failure is not None and failure.kind in (FailureKind.SESSION_LOST, FailureKind.TOOL_ERROR)

    def _out_of_patience(self, started: float) -> bool:
        """Return whether the server has been away so long that nobody should wait for it."""
        missed = self.link.missed_since
        since = started if missed is None else min(missed, started)
        return self.clock.monotonic() - since >= self.patience

    async def _once(self) -> Answer | Stopped:
        link = self.link
        if not link.up and not await self._look():
            return self._not_sent()
        if not link.circuit.admit():
            return Faulted(FailureKind.NOT_SENT, CallError("circuit_open", f"{link.name} fails too often.", Sent.NO))
        seconds = self.until - self.clock.monotonic()
        if self.safety is not Safety.EFFECTS:
            seconds = min(seconds, self.attempt_seconds)
        try:
            with self.clock.working():
                if not await self.begin(self._count + 1):
                    link.circuit.abandoned()
                    return Stopped()
                self._count += 1
                answer = await link.server.call(
                    self.call, seconds=max(0.05, seconds), confirmed=self.confirmed, answers=self.answers
                )
        except BaseException:
            link.circuit.abandoned()
            raise
        link.saw(answer)
        return answer

    async def _look(self) -> bool:
        return await self._within(self.link.look(), min(self.until - self.clock.monotonic(), self.attempt_seconds))

    async def _within(self, work: Coroutine[Any, Any, bool], seconds: float) -> bool:
        """Return the result if it comes within that time, else False."""
        try:
            async with asyncio.timeout(max(0.05, seconds)):
                return await work
        except TimeoutError:
            return False

    def _not_sent(self) -> Faulted:
        failure = self.link.failure
        if failure is None:
            message = f"{self.link.name} cannot be reached."
            return Faulted(FailureKind.NOT_SENT, CallError("not_sent", message, Sent.NO))
        if failure.kind is FailureKind.SESSION_LOST:
            error = CallError(failure.code or "session_lost", str(failure), Sent.NO)
            return Faulted(FailureKind.SESSION_LOST, error)
        # Looking for the server failed for some reason: the call itself was certainly not sent.
        return Faulted(FailureKind.NOT_SENT, CallError(failure.code or "not_sent", str(failure), Sent.NO))
