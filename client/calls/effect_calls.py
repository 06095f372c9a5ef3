"""One call with effects from its first record to its last: it is stored, and its consent spent, before the first send.

It decides what the result of the attempts means: done, failed, unknown, or into the outbox. It never sends what the
retry table forbids.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from client.call import (
    CallError,
    Consent,
    Deferred,
    Failed,
    Need,
    NeedsInput,
    Outcome,
    Sent,
    Succeeded,
    ToolCall,
    Unknown,
)
from client.calls.agreed_terms import Terms
from client.calls.attempts import Attempts, Stopped, Trial
from client.calls.call_refusals import key_reused
from client.calls.call_settings import CallSettings
from client.calls.fallbacks import Ways
from client.catalog import Tool
from client.client_errors import RecordsError
from client.clock import Clock
from client.connections.deliveries import Deliveries
from client.connections.links import Link
from client.records import cache, calls, ledger, outbox
from client.records.calls import Refusal
from client.records.late_records import LateRecords
from client.records.outcomes import outcome_to_text
from client.records.storage import Storage
from client.resilience.retry import Safety, safety_of
from client.servers.tool_server import TRY_LATER, Answered, FailureKind, Faulted, InputWanted
from client.values import JSON

_log = logging.getLogger(__name__)


_LOOK_AGAIN = 0.05
"""Seconds between two looks at a call that another program is making."""


@dataclass(frozen=True)
class _EarlierFirst:
    """Earlier confirmed calls for the same server still wait; they are sent first."""


@dataclass
class EffectCall:
    """The parts of one call with effects."""

    call: ToolCall
    tool: Tool
    consent: Consent | None
    confirmed: bool
    answers: Mapping[str, JSON] | None
    deferrable: bool
    """Whether it may wait in the outbox; only confirmed calls ever do."""
    until: float
    ways: Ways[tuple[Tool, Link]]
    """The tool itself, then the tools that may replace it; never a tool that the yes does not cover."""
    storage: Storage
    clock: Clock
    deliveries: Deliveries
    settings: CallSettings
    random: Random
    terms: Terms
    """The terms of the yes; they are stored with the call if it has to wait."""
    late: LateRecords
    """Records the end of a call if the disk cannot."""
    _begun: bool = field(default=False, init=False)
    _decided: Outcome | Refusal | None = field(default=None, init=False)
    _sends: int = field(default=0, init=False)

    @property
    def _repeatable(self) -> bool:
        return safety_of(self.tool) is not Safety.EFFECTS

    async def run(self) -> Outcome:
        """Make the call and record what became of it."""
        started = self.clock.monotonic()
        try:
            trial, served_by = await self._try_ways()
        except RecordsError as error:
            return await self._not_begun(error)
        if isinstance(self._decided, Refusal):
            return refused(self._decided, self.call)
        if self._decided is not None:
            return self._decided
        with self.clock.working():
            if self._may_wait(trial):
                return await self._defer(trial, self.clock.monotonic() - started)
            seconds = self.clock.monotonic() - started
            outcome = conclude(self.call, trial, attempts=self._sends, seconds=seconds, served_by=served_by)
            return await self._record(outcome, served_by)

    async def _record(self, outcome: Outcome, served_by: str) -> Outcome:
        """Return what to report: the outcome, or the recorded outcome if the same call was made before.

        Record the end before it is told, so that a program that dies says the same afterwards.

        Not synced, which saves one sync a call: after a loss of power the same key answers "unknown", which is true.
        What was begun is noted in this program's own file and reaches the database with the next transaction.
        """
        if self._begun and self._noted(outcome, served_by):
            return outcome
        try:
            known = await self.storage.run(lambda db: self._finish(db, outcome, served_by), synced=False)
        except RecordsError as error:
            if not self._begun:
                return await self._not_begun(error)
            _log.error("what became of %s cannot be recorded yet: %s", self.tool.name, error)
            self.late.keep(lambda db: self._finish(db, outcome, served_by), self.call, outcome)
            return outcome
        return refused(known, self.call) if isinstance(known, Refusal) else known or outcome

    def _noted(self, outcome: Outcome, served_by: str) -> bool:
        """Note the end beside the database, which outlives this program, and record it with the next transaction."""
        text = outcome_to_text(outcome)
        note: dict[str, JSON] = {
            "key": self.call.idempotency_key,
            "server": self.call.server,
            "tool": self.call.tool,
            "digest": self.call.digest,
            "served_by": served_by,
            "at": self.clock.now(),
            "outcome": text,
        }
        owner = self.deliveries.owner
        if not owner.note(note):
            return False

        if outcome.kind in ("succeeded", "unknown"):  # any other may be followed by a new try with the key
            self.late.on_its_way(self.call, outcome)

        def finish(db: sqlite3.Connection) -> Outcome | Refusal | None:
            return self._finish(db, outcome, served_by, text)

        def recorded(done: asyncio.Future[Outcome | Refusal | None]) -> None:
            self.late.arrived(self.call)
            if not done.cancelled() and (error := done.exception()) is None:
                owner.recorded()
            else:
                _log.error("what became of %s cannot be recorded yet: %s", self.tool.name, error)
                self.late.keep(finish, self.call, outcome, then=owner.recorded)

        self.storage.put_off(finish).add_done_callback(recorded)
        return True

    async def _not_begun(self, error: RecordsError) -> Outcome:
        """Return the outcome if the beginning could not be stored: the known outcome, if the call was made before."""
        try:
            known = await self.storage.read(lambda db: calls.look_up(db, self.call))
        except RecordsError:
            # A write that failed may still reach the disk; then the call is recorded as begun.
            self.late.keep(lambda db: calls.not_begun(db, self.clock.now(), self.call, self._owner), self.call)
            unread = f"It was not sent now, and whether it was done before cannot be read, because {error}."
            return Failed(CallError("records_failed", unread, Sent.MAYBE), attempts=self._sends)
        if isinstance(known, Refusal):
            return refused(known, self.call)
        return known or self._not_stored(error)

    def _not_stored(self, error: RecordsError, *, maybe_sent: bool = False) -> Outcome:
        """Return what to report if the call could not be stored, so that it was neither sent nor queued.

        The failed write may still appear when the database file is opened again; it is then taken back.
        """
        outcome: Outcome
        if maybe_sent:
            lost = f"It is not known whether {self.tool.name} happened, because {error}."
            outcome = Unknown(CallError("records_failed", lost, Sent.MAYBE), attempts=self._sends)
        else:
            failure = CallError("records_failed", f"It was not sent, because {error}.", Sent.NO)
            outcome = Failed(failure, attempts=self._sends)

        def take_back(db: sqlite3.Connection) -> None:
            outbox.not_enqueued(db, self.call)
            calls.finish_if_open(db, self.clock.now(), self.call, outcome, self._owner)

        self.late.keep(take_back, self.call, outcome)
        return outcome

    async def _try_ways(self) -> tuple[Trial, str]:
        """Try the tool. Another tool may replace it only while nothing was sent at all."""
        for (tool, link), others in self.ways.each():
            trial = await self._try(tool, link, others=others)
            self._sends += trial.attempts
            not_sent = _not_sent(trial) and not trial.maybe_sent
            if not not_sent or not others:
                return trial, tool.server
        raise AssertionError("unreachable: the last way always returns")

    async def _try(self, tool: Tool, link: Link, *, others: bool) -> Trial:
        elsewhere = tool.server != self.call.server
        can_wait = others or self._confirmed_and_deferrable
        return await Attempts(
            link=link,
            call=self.call.at(tool.server, tool.name),
            safety=safety_of(tool),
            clock=self.clock,
            randomness=self.random,
            settings=self.settings.retry,
            until=self.until,
            begin=partial(self._begin_elsewhere, tool) if elsewhere else self._begin,
            confirmed=self.confirmed,
            answers=self.answers,
            attempt_seconds=self.settings.attempt,
            patience=self.settings.patience_with_other_ways if can_wait else self.settings.patience,
        ).run()

    async def _begin_elsewhere(self, tool: Tool, number: int) -> bool:
        """Record that a fallback server will be asked, before asking it."""

        def begin(db: sqlite3.Connection) -> Outcome | Refusal | None:
            now = self.clock.now()
            if not self._begun:
                found = self._begun_now(db, now)
                if found is not None:
                    return found
            calls.elsewhere(db, now, self.call, tool.server, self._sends + number)
            return None

        self._decided = await self.storage.run(begin)
        self._begun = self._begun or self._decided is None
        return self._decided is None

    async def _begin(self, number: int) -> bool:
        if number > 1:
            detail: dict[str, JSON] = {"attempt": number, "key": self.call.idempotency_key}
            self.storage.post(lambda db: ledger.append(db, self.clock.now(), "attempt", self.call, detail))
            return True
        found = await self.storage.run(lambda db: self._first(db, wait_for_earlier=True))
        looks = int((self.until - self.clock.monotonic()) / _LOOK_AGAIN)
        while found is Refusal.RUNNING and looks > 0:
            looks -= 1
            await asyncio.sleep(_LOOK_AGAIN)  # the other program works in real time
            found = await self.storage.run(lambda db: self._first(db, wait_for_earlier=True))
        if isinstance(found, _EarlierFirst):
            await self.deliveries.flushed(self.call.server, self.until - self.clock.monotonic())
            found = await self.storage.run(lambda db: self._first(db, wait_for_earlier=self._confirmed_and_deferrable))
        if isinstance(found, _EarlierFirst):
            return False
        self._begun = found is None
        self._decided = found
        return found is None

    def _first(self, db: sqlite3.Connection, *, wait_for_earlier: bool) -> Outcome | Refusal | _EarlierFirst | None:
        if wait_for_earlier and outbox.has_pending(db, self.call.server):
            known = self._known(db)
            return known if known is not None else _EarlierFirst()
        return self._begun_now(db, self.clock.now())

    def _known(self, db: sqlite3.Connection) -> Outcome | Refusal | None:
        others = self.deliveries.owner
        return calls.recorded(db, self.clock.now(), self.call, repeatable=self._repeatable, others=others)

    def _begun_now(self, db: sqlite3.Connection, now: float) -> Outcome | Refusal | None:
        owner = self.deliveries.owner
        return calls.begin(
            *(db, now, self.call, self.consent),
            repeatable=self._repeatable,
            owner=owner.identity,
            others=owner,
        )

    @property
    def _owner(self) -> str:
        return self.deliveries.owner.identity

    @property
    def _confirmed_and_deferrable(self) -> bool:
        return self.deferrable and self.confirmed

    def _may_wait(self, trial: Trial) -> bool:
        if not self._confirmed_and_deferrable:
            return False
        if isinstance(trial.answer, Stopped):
            return True
        return (_not_sent(trial) or _put_off(trial) is not None) and (not trial.maybe_sent or self._repeatable)

    async def _defer(self, trial: Trial, seconds: float) -> Outcome:
        now, attempts = self.clock.now(), self._sends
        sent = Sent.MAYBE if trial.maybe_sent else Sent.NO  # a call that may have arrived is a repeat
        error = CallError("not_sent", f"{self.call.server} cannot be reached; {self.tool.name} waits for it.", sent)
        put_off = _put_off(trial)
        if put_off is not None:
            error = replace(put_off, sent=sent)
        deferred = Deferred(error, now + self.settings.deferred_for, attempts, seconds)

        agreed = self.terms.of(self.call, self.tool)
        self.deliveries.times.waits(self.call.idempotency_key, self.settings.deferred_for)

        def store(db: sqlite3.Connection) -> Outcome | Refusal:
            if self._begun:
                calls.reopen(db, now, self.call, attempts)
            consent = None if self._begun else self.consent
            repeatable, others = self._repeatable, self.deliveries.owner
            return outbox.enqueue(
                db, now, self.call, consent, deferred, repeatable=repeatable, agreed=agreed, others=others
            )

        try:
            stored = await self.storage.run(store)
        except RecordsError as broken:
            if not self._begun:
                return await self._not_begun(broken)
            return self._not_stored(broken, maybe_sent=trial.maybe_sent)
        if put_off is None:  # else the server asked for patience; what waits is looked at from time to time anyway
            self.deliveries.kick(self.call.server)
        return refused(stored, self.call) if isinstance(stored, Refusal) else stored

    def _finish(
        self, db: sqlite3.Connection, outcome: Outcome, served_by: str, text: str = ""
    ) -> Outcome | Refusal | None:
        if not self._begun:  # nobody has checked yet whether this key was used before
            known = self._known(db)
            if known is not None:
                return known
        calls.finish(db, self.clock.now(), self.call, outcome, text)
        if outcome.kind in ("succeeded", "unknown"):
            for server in {self.call.server, served_by}:
                cache.forget_answers(db, server)
        return None


def conclude(
    call: ToolCall, trial: Trial, *, attempts: int, seconds: float, served_by: str = ""
) -> Succeeded | NeedsInput | Unknown | Failed:
    """Return the outcome of a call with effects, given the result of its attempts, their number and the seconds
    taken.
    """
    answer = trial.answer
    if isinstance(answer, Answered):
        return Succeeded(answer.result, attempts, seconds, served_by or call.server, content=answer.content)
    if isinstance(answer, InputWanted):
        question = (answer.schema, answer.service, answer.request_state, answer.asked_as)
        return NeedsInput(answer.need, answer.error, *question, attempts, seconds)
    assert not isinstance(answer, Stopped), "a stopped trial was decided before"
    lost = answer.kind is FailureKind.ANSWER_LOST
    if lost or (trial.maybe_sent and answer.kind is not FailureKind.TOOL_ERROR):
        message = f"It is not known whether {call.tool} happened. {answer.error.message}"
        error = CallError(answer.error.code, message, Sent.MAYBE, (), answer.error.retry_after)
        return Unknown(error, attempts, seconds)
    if answer.kind is FailureKind.SESSION_LOST and answer.error.code == "login_required":
        return NeedsInput(Need.LOGIN, answer.error, service=call.server, attempts=attempts, seconds=seconds)
    return Failed(answer.error, attempts, seconds)


def refused(refusal: Refusal, call: ToolCall) -> Outcome:
    """Return the outcome of a call that may not begin, from the record under its key."""
    if refusal is Refusal.CONSENT_SPENT:
        message = f"The yes for {call.tool} was used before."
        return NeedsInput(Need.CONSENT, CallError(refusal.value, message))
    if refusal is Refusal.RUNNING:
        message = f"It is not known whether {call.tool} happened: another program is making this call."
        return Unknown(CallError("answer_lost", message, Sent.MAYBE), attempts=1)
    return key_reused()


def _not_sent(trial: Trial) -> bool:
    return isinstance(trial.answer, Faulted) and trial.answer.kind is FailureKind.NOT_SENT


def _put_off(trial: Trial) -> CallError | None:
    """Return the error of a tool that did nothing and may succeed later; None for any other result."""
    answer = trial.answer
    if isinstance(answer, Faulted) and answer.kind is FailureKind.REFUSED_FOR_NOW and answer.error.code == TRY_LATER:
        return answer.error
    return None
