"""The state of each logical call with effects, by its idempotency key: stored before the first send.

A known key returns the recorded outcome instead of a second call. All functions run inside a transaction of
the writer; none of them sends anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from client.call import CallError, Consent, Outcome, Sent, ToolCall, Unknown
from client.records import cache, ledger
from client.records.outcomes import outcome_from_text, outcome_to_text, outcome_without_result
from client.values import JSON

OUTCOME_KEPT = 7 * 86400.0
"""Seconds that the text of an outcome is kept for a repeat with the same key."""


_REFUSED_BEFORE = ("rate_limited", "unavailable", "session_lost")
"""Failure codes with which a server refuses before it executes."""


class CallState(StrEnum):
    """The progress of a logical call."""

    BEGUN = "begun"
    """A send has begun, and its outcome is not known."""
    ELSEWHERE = "elsewhere"
    """A send to a fallback server has begun; the first server's key cannot recognise a repeat there."""
    OPEN = "open"
    """Nothing has happened yet: it was not sent, or the server asked for input."""
    DEFERRED = "deferred"
    DONE = "done"


class Refusal(StrEnum):
    """Why a call may not begin."""

    CONSENT_SPENT = "consent_spent"
    KEY_REUSED = "key_reused"
    RUNNING = "running"
    """Another program that lives is making this call now."""


class Others(Protocol):
    """The other programs that use the database. `client.records.locks.Owner` implements it."""

    def lives_elsewhere(self, identity: str) -> bool:
        """Return whether the owner is another program that still runs."""
        ...

    def notes(self, identity: str) -> Sequence[Mapping[str, JSON]]:
        """Return the ends of calls that a program noted beside the database but did not record in it."""
        ...


class _Nobody:
    """Stands for the case that no other program uses the database."""

    def lives_elsewhere(self, _: str) -> bool:
        return False

    def notes(self, _: str) -> Sequence[Mapping[str, JSON]]:
        return ()


NOBODY: Others = _Nobody()
_SENDING = (CallState.BEGUN, CallState.ELSEWHERE)


def recorded(
    db: sqlite3.Connection, now: float, call: ToolCall, *, repeatable: bool, others: Others = NOBODY
) -> Outcome | Refusal | None:
    """Return the outcome of the call with this key, or None if the call may be sent.

    If the program that sent the call has ended, return the outcome that it noted. Without a note, return `Unknown`,
    unless the server can recognise a repeat.
    """
    query = "SELECT digest, state, outcome, attempts, owner FROM calls WHERE key = ?"
    found = db.execute(query, (call.idempotency_key,)).fetchone()
    if found is None:
        return None
    if found[0] != call.digest:
        return Refusal.KEY_REUSED
    if found[1] in _SENDING:
        if others.lives_elsewhere(found[4]):
            return Refusal.RUNNING  # the stored outcome lacks details that a server can give for a repeat
        record_noted(db, others.notes(found[4]))  # that program may have noted how the call ended
        found = db.execute(query, (call.idempotency_key,)).fetchone()
    _, state, outcome, attempts, _ = found
    if state in (CallState.DONE, CallState.DEFERRED) and outcome is not None:
        return outcome_from_text(outcome)
    if state == CallState.OPEN or (state == CallState.BEGUN and repeatable):
        return None
    message = f"It is not known whether {call.tool} happened: the program ended before the answer came."
    lost = Unknown(CallError("answer_lost", message, Sent.MAYBE), attempts=max(1, attempts))
    finish(db, now, call, lost)
    return lost


def look_up(db: sqlite3.Connection, call: ToolCall) -> Outcome | Refusal | None:
    """Return the outcome recorded under this key, without changing anything; None if the call was never made or never
    ended."""
    found = db.execute("SELECT digest, state, outcome FROM calls WHERE key = ?", (call.idempotency_key,)).fetchone()
    if found is not None and found[0] != call.digest:
        return Refusal.KEY_REUSED
    if found is None or found[2] is None or found[1] not in (CallState.DONE, CallState.DEFERRED):
        return None
    return outcome_from_text(found[2])


def begin(
    db: sqlite3.Connection,
    now: float,
    call: ToolCall,
    consent: Consent | None,
    *,
    repeatable: bool,
    attempt: int = 1,
    owner: str = "",
    others: Others = NOBODY,
) -> Outcome | Refusal | None:
    """Record that a program begins a send, and spend the consent. Send the call only if the result is None."""
    known = recorded(db, now, call, repeatable=repeatable, others=others)
    if known is not None:
        return known
    rows: list[tuple[str, Mapping[str, JSON]]] = []
    if consent is not None:
        if not _mark_spent(db, now, call, consent):
            return Refusal.CONSENT_SPENT
        rows.append(_spent_row(consent))
    _store(db, now, call, CallState.BEGUN, None, attempt, owner)
    rows.append(("attempt", {"attempt": attempt, "key": call.idempotency_key}))
    ledger.append_rows(db, now, call.call_id, call.server, call.tool, call.digest, rows)
    return None


def elsewhere(db: sqlite3.Connection, now: float, call: ToolCall, server: str, attempt: int) -> None:
    """Record that a fallback server gets the call. After that, McQueen never resumes the call by itself."""
    _store(db, now, call, CallState.ELSEWHERE, None, attempt)
    ledger.append(db, now, "attempt", call, {"attempt": attempt, "key": call.idempotency_key, "asked": server})


def spend(db: sqlite3.Connection, now: float, call: ToolCall, consent: Consent) -> bool:
    """Spend a consent; False if it was spent before."""
    if not _mark_spent(db, now, call, consent):
        return False
    kind, detail = _spent_row(consent)
    ledger.append(db, now, kind, call, detail)
    return True


def _mark_spent(db: sqlite3.Connection, now: float, call: ToolCall, consent: Consent) -> bool:
    try:
        db.execute("INSERT INTO spent_consents VALUES (?, ?, ?)", (consent.consent_id, now, call.call_id))
    except sqlite3.IntegrityError:
        return False
    return True


def _spent_row(consent: Consent) -> tuple[str, Mapping[str, JSON]]:
    return "consent_spent", {
        "consent": consent.consent_id,
        "source": consent.source.value,
        "given_at": consent.given_at,
    }


def finish(db: sqlite3.Connection, now: float, call: ToolCall, outcome: Outcome, text: str = "") -> None:
    """Record the outcome; `text` is the outcome as JSON, if the caller has it already. If nothing happened, the key
    stays usable."""
    state, detail = _ending(outcome)
    _store(db, now, call, state, text or outcome_to_text(outcome), outcome.attempts)
    ledger.append(db, now, "outcome", call, detail)


def _ending(outcome: Outcome) -> tuple[CallState, Mapping[str, JSON]]:
    """Return the state of a call after this outcome, and the detail that the ledger records for it."""
    state = CallState.DONE
    if outcome.kind == "deferred":
        state = CallState.DEFERRED
    elif outcome.kind == "needs_input" or (
        outcome.kind == "failed" and (outcome.error.sent is Sent.NO or outcome.error.code in _REFUSED_BEFORE)
    ):
        state = CallState.OPEN
    detail: dict[str, JSON] = {"outcome": outcome.kind, "attempts": outcome.attempts}
    if outcome.kind != "succeeded":
        detail = {**detail, "code": outcome.error.code, "sent": outcome.error.sent.value}
    return state, detail


def finish_if_open(db: sqlite3.Connection, now: float, call: ToolCall, outcome: Outcome, owner: str) -> None:
    """Record the end of a call, if this program began or deferred it and no other end is recorded."""
    query = "SELECT digest, state, owner FROM calls WHERE key = ?"
    row = db.execute(query, (call.idempotency_key,)).fetchone()
    if row is None or row[0] != call.digest:
        return
    begun = row[1] in _SENDING and row[2] == owner
    if begun or row[1] == CallState.DEFERRED:
        finish(db, now, call, outcome)


def not_begun(db: sqlite3.Connection, now: float, call: ToolCall, owner: str) -> None:
    """Take back the beginning of a call by this program, if it is recorded: nothing was sent."""
    db.execute(
        "UPDATE calls SET state = 'open', updated_at = ? "
        "WHERE key = ? AND digest = ? AND state = 'begun' AND owner = ?",
        (now, call.idempotency_key, call.digest, owner),
    )


def reopen(db: sqlite3.Connection, now: float, call: ToolCall, attempts: int) -> None:
    """Record that nothing was sent."""
    _store(db, now, call, CallState.OPEN, None, attempts)


def begun_by(db: sqlite3.Connection, owner: str) -> list[tuple[ToolCall, int]]:
    """Return the calls that a program began to send and did not finish, with their sends. Their arguments are not
    stored."""
    rows = db.execute(
        "SELECT key, call_id, attempts FROM calls WHERE owner = ? AND state IN ('begun', 'elsewhere')", (owner,)
    ).fetchall()
    found = []
    for key, call_id, attempts in rows:
        named = db.execute("SELECT server, tool FROM ledger WHERE call_id = ? LIMIT 1", (call_id,)).fetchone()
        if named is not None:
            found.append((ToolCall(call_id, named[0], named[1], {}, key), attempts))
    return found


def disown(db: sqlite3.Connection, owner: str) -> None:
    """Record that the calls of an ended program were handled."""
    db.execute("UPDATE calls SET owner = '' WHERE owner = ?", (owner,))


def record_noted(db: sqlite3.Connection, notes: Sequence[Mapping[str, JSON]]) -> None:
    """Record the ends that a program noted before it stopped; leave calls alone that have another end since."""
    for note in notes:
        _finish_begun(db, note)
        for server in ("server", "served_by"):
            cache.forget_answers(db, str(note[server]))


def _finish_begun(db: sqlite3.Connection, note: Mapping[str, JSON]) -> None:
    key, outcome = str(note["key"]), outcome_from_text(str(note["outcome"]))
    query = "SELECT call_id, digest, updated_at FROM calls WHERE key = ? AND state IN ('begun', 'elsewhere')"
    row = db.execute(query, (key,)).fetchone()
    # A note from before the call was begun tells the end of an earlier try, which a disk kept from being erased.
    if row is None or row[1] != note["digest"] or float(str(note["at"])) < row[2]:
        return
    state, detail = _ending(outcome)
    db.execute(
        "UPDATE calls SET state = ?, outcome = ?, attempts = ?, updated_at = ? WHERE key = ?",
        (state.value, note["outcome"], outcome.attempts, note["at"], key),
    )
    at, server, tool = float(str(note["at"])), str(note["server"]), str(note["tool"])
    ledger.append_row(db, at, "outcome", row[0], server, tool, row[1], detail)


def forget_old(db: sqlite3.Connection, now: float) -> None:
    """Delete the texts of old outcomes, which nobody will ask for any more. The use of each key stays recorded."""
    rows = db.execute(
        "SELECT key, outcome FROM calls WHERE state = 'done' AND updated_at < ? AND outcome LIKE '%\"result\"%'",
        (now - OUTCOME_KEPT,),
    ).fetchall()
    for key, text in rows:
        outcome = outcome_from_text(text)
        if outcome.kind == "succeeded":
            shortened = outcome_without_result(outcome)
            db.execute("UPDATE calls SET outcome = ? WHERE key = ?", (shortened, key))


def _store(
    db: sqlite3.Connection,
    now: float,
    call: ToolCall,
    state: CallState,
    outcome: str | None,
    attempts: int,
    owner: str | None = None,
) -> None:
    """Without a new owner, the recorded owner stays."""
    db.execute(
        "INSERT INTO calls (key, call_id, digest, state, outcome, attempts, updated_at, owner) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, '')) "
        "ON CONFLICT (key) DO UPDATE SET state = excluded.state, outcome = excluded.outcome, "
        "attempts = excluded.attempts, updated_at = excluded.updated_at, owner = coalesce(?8, owner)",
        (call.idempotency_key, call.call_id, call.digest, state.value, outcome, attempts, now, owner),
    )
