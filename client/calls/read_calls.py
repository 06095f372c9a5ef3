"""One call that changes nothing: answered from the cache, its server, a fallback, or the last known answer.

It tries in the order of docs/design.md; the outcome says where the answer came from and how old it is. It never stores
a consent and never touches the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from client.call import Failed, Outcome, Succeeded, ToolCall, Unknown
from client.calls.answer_cache import AnswerCache
from client.calls.attempts import Attempts, Trial
from client.calls.call_settings import CallSettings
from client.calls.effect_calls import conclude
from client.calls.fallbacks import Ways
from client.catalog import Tool
from client.clock import Clock
from client.connections.links import Link
from client.resilience.retry import Safety
from client.servers.tool_server import Answered, FailureKind, Faulted
from client.values import JSON

_SHARE = 0.5
"""Share of the remaining time that one source may use if another source is left."""


@dataclass
class ReadCall:
    """The parts of one call without effects."""

    call: ToolCall
    tool: Tool
    confirmed: bool
    answers: Mapping[str, JSON] | None
    until: float
    ways: Ways[tuple[Tool, Link]]
    """The tool itself first, then those that may replace it."""
    anew: bool
    """Whether to ask the server even if an earlier answer is fresh."""
    cache: AnswerCache
    clock: Clock
    settings: CallSettings
    random: Random

    async def run(self) -> Outcome:
        """Return the best answer available."""
        started = self.clock.monotonic()
        kept = None if self.anew else await self.cache.fresh(self.tool, self.call)
        if kept is not None:
            return kept
        first: Trial | None = None
        sends = 0
        # Only looked up on disk if a problem is known, because otherwise every healthy call would pay for it.
        earlier = self.cache.in_memory(self.call) or (
            not self.ways.first[1].up and await self.cache.stale(self.call) is not None
        )
        for (tool, link), others in self.ways.each():
            trial = await self._try(tool, link, others=others or earlier, last=not others)
            sends += trial.attempts
            first = first or trial
            if isinstance(trial.answer, Answered):
                seconds = self.clock.monotonic() - started
                content = trial.answer.content
                return Succeeded(trial.answer.result, sends, seconds, tool.server, content=content)
            if not _cannot_be_reached(trial):
                break
        assert first is not None, "the tool itself is always a way"
        seconds = self.clock.monotonic() - started
        kept = await self.cache.stale(self.call) if _cannot_be_reached(first) else None
        if kept is not None:
            return replace(kept, attempts=sends, seconds=seconds)
        return self._told(first, sends, seconds)

    async def _try(self, tool: Tool, link: Link, *, others: bool, last: bool) -> Trial:
        now = self.clock.monotonic()
        call = self.call.at(tool.server, tool.name)
        changes = self.cache.changes(tool.server)
        trial = await Attempts(
            link=link,
            call=call,
            safety=Safety.REPEATABLE,
            clock=self.clock,
            randomness=self.random,
            settings=self.settings.retry,
            until=self.until if last else now + (self.until - now) * _SHARE,
            begin=_always,
            confirmed=self.confirmed,
            answers=self.answers,
            attempt_seconds=self.settings.attempt,
            patience=self.settings.patience_with_other_ways if others else self.settings.patience,
        ).run()
        if isinstance(trial.answer, Answered) and not trial.answer.content:  # pictures and sound are never stored
            self.cache.keep(call, trial.answer.result, changes, trial.answer.fresh_for)
        return trial

    def _told(self, trial: Trial, sends: int, seconds: float) -> Outcome:
        outcome: Outcome = conclude(self.call, trial, attempts=sends, seconds=seconds)
        if isinstance(outcome, Unknown):  # the call changes nothing, so a lost answer is an ordinary failure
            assert isinstance(trial.answer, Faulted)
            return Failed(trial.answer.error, sends, seconds)
        return outcome


def _cannot_be_reached(trial: Trial) -> bool:
    return isinstance(trial.answer, Faulted) and trial.answer.kind not in (
        FailureKind.TOOL_ERROR,
        FailureKind.SESSION_LOST,
    )


async def _always(_: int) -> bool:
    return True
