"""Confirmed calls that wait for the network: kept in order for each server, never lost, never delivered twice.

A row is pending, sending, done or unknown. It is unworded if the request still lacks its message text and a yes; such a
row is never sent. The arguments are erased once a row is finished and reported. All functions run inside a transaction
of the writer. `OutboxLock` lets one process at a time deliver.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from client.call import CallError, Consent, Deferred, Need, NeedsInput, Outcome, Sent, ToolCall, Unknown
from client.records import cache, calls, ledger
from client.records.calls import NOBODY, Others, Refusal
from client.records.outcomes import outcome_from_text, outcome_to_text
from client.values import JSON

_COLUMNS = (
    "position, call_id, key, server, tool, arguments, digest, repeatable, queued_at, expires_at, state, attempts, "
    "outcome, agreed, maybe_sent"
)


UNWORDED_KEPT = 30 * 86400.0
"""Seconds for which a request without its message text is stored; afterwards it is erased."""


class OutboxState(StrEnum):
    """The progress of a waiting call."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    UNKNOWN = "unknown"
    UNWORDED = "unworded"
    """Stored until the driver can be asked for the message text. Nobody confirmed it, so it is never sent from here."""


@dataclass(frozen=True)
class OutboxRow:
    """One waiting or finished call."""

    position: int
    call: ToolCall
    """The arguments; empty once they were erased."""
    repeatable: bool
    """Whether the server can recognise a repeat, so that the call may be sent again after a lost answer."""
    queued_at: float
    expires_at: float
    state: OutboxState
    attempts: int
    outcome: Outcome | None
    agreed: str = ""
    """The terms on which the call was confirmed (`client.calls.agreed_terms`)."""
    maybe_sent: bool = False
    """Whether an earlier send may have arrived."""


def enqueue(
    db: sqlite3.Connection,
    now: float,
    call: ToolCall,
    consent: Consent | None,
    deferred: Deferred,
    *,
    repeatable: bool,
    agreed: str = "",
    others: Others = NOBODY,
) -> Outcome | Refusal:
    """Store a confirmed call and the terms of its consent; spend the consent (None if an earlier attempt spent it)."""
    known = calls.recorded(db, now, call, repeatable=repeatable, others=others)
    if known is not None:
        return known
    if consent is not None and not calls.spend(db, now, call, consent):
        return Refusal.CONSENT_SPENT
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    # A key that is free again (cancelled, expired) starts at the end of the queue.
    db.execute("DELETE FROM outbox WHERE key = ? AND state IN ('done', 'unknown')", (call.idempotency_key,))
    db.execute(
        "INSERT INTO outbox (call_id, key, server, tool, arguments, digest, repeatable, queued_at, expires_at, state, "
        "attempts, updated_at, agreed, maybe_sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)",
        (
            *(call.call_id, call.idempotency_key, call.server, call.tool, arguments, call.digest, int(repeatable)),
            *(now, deferred.expires_at, deferred.attempts, now, agreed, int(deferred.error.sent is Sent.MAYBE)),
        ),
    )
    calls.finish(db, now, call, deferred)
    return deferred


def keep_unworded(db: sqlite3.Connection, now: float, call: ToolCall) -> None:
    """Store a request that lacks its message text. Its arguments may hold what the recognizer heard."""
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    db.execute(
        "INSERT OR REPLACE INTO outbox (call_id, key, server, tool, arguments, digest, repeatable, queued_at, "
        "expires_at, state, updated_at, reported) VALUES (?, ?, ?, ?, ?, '', 0, ?, ?, 'unworded', ?, 1)",
        (call.call_id, call.idempotency_key, call.server, call.tool, arguments, now, now + UNWORDED_KEPT, now),
    )


def unworded(db: sqlite3.Connection, now: float) -> list[OutboxRow]:
    """Return the requests that lack their message text, oldest first. Requests that are too old are erased."""
    db.execute("DELETE FROM outbox WHERE state = 'unworded' AND expires_at <= ?", (now,))
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state = 'unworded' ORDER BY position"  # noqa: S608  # a constant
    return [_row(row) for row in db.execute(query)]


def forget_unworded(db: sqlite3.Connection, call_id: str) -> bool:
    """Erase a request that lacks its message text; False if none has that id."""
    return db.execute("DELETE FROM outbox WHERE call_id = ? AND state = 'unworded'", (call_id,)).rowcount > 0


def next_pending(db: sqlite3.Connection, server: str) -> OutboxRow | None:
    """Return the oldest waiting call of that server."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE server = ? AND state = 'pending' ORDER BY position LIMIT 1"  # noqa: S608  # a constant
    row = db.execute(query, (server,)).fetchone()
    return _row(row) if row else None


def has_pending(db: sqlite3.Connection, server: str) -> bool:
    """Say whether a call waits for that server."""
    query = "SELECT 1 FROM outbox WHERE state = 'pending' AND server = ? LIMIT 1"
    return db.execute(query, (server,)).fetchone() is not None


def servers_waited_for(db: sqlite3.Connection) -> list[str]:
    """Return the servers that calls wait for."""
    query = "SELECT DISTINCT server FROM outbox WHERE state IN ('pending', 'sending')"
    return [server for (server,) in db.execute(query)]


def waiting(db: sqlite3.Connection) -> list[OutboxRow]:
    """Return the rows that are neither done nor unknown, oldest first."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('pending', 'sending') ORDER BY position"  # noqa: S608  # a constant
    return [_row(row) for row in db.execute(query)]


def count_waiting(db: sqlite3.Connection) -> int:
    """Return how many calls wait, without reading them."""
    count: int = db.execute("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").fetchone()[0]
    return count


def forget_reported(db: sqlite3.Connection, now: float) -> None:
    """Delete rows that ended and were reported long ago. The use of their keys stays recorded in another table."""
    db.execute(
        "DELETE FROM outbox WHERE state IN ('done', 'unknown') AND reported = 1 AND updated_at < ?",
        (now - calls.OUTCOME_KEPT,),
    )


def all_rows(db: sqlite3.Connection, limit: int = 100) -> list[OutboxRow]:
    """Return the newest rows of every state, oldest first."""
    query = f"SELECT {_COLUMNS} FROM outbox ORDER BY position DESC LIMIT ?"  # noqa: S608  # a constant
    return [_row(row) for row in db.execute(query, (limit,))][::-1]


def mark_sending(db: sqlite3.Connection, now: float, row: OutboxRow) -> bool:
    """Record that a send begins; False if another process sends or cancelled the row meanwhile."""
    changed = db.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, updated_at = ? "
        "WHERE position = ? AND state = 'pending'",
        (now, row.position),
    )
    if changed.rowcount != 1:
        return False
    ledger.append(db, now, "attempt", row.call, {"attempt": row.attempts + 1, "key": row.call.idempotency_key})
    return True


def mark_pending(db: sqlite3.Connection, now: float, row: OutboxRow, *, maybe_sent: bool) -> None:
    """Record that the row was not sent, or that it may have been sent and may be sent again."""
    db.execute(
        "UPDATE outbox SET state = 'pending', updated_at = ?, maybe_sent = max(maybe_sent, ?) WHERE position = ?",
        (now, int(maybe_sent), row.position),
    )


def not_sending(db: sqlite3.Connection, now: float, row: OutboxRow) -> None:
    """Take back the mark that a send begins, if the row has it: the send did not begin."""
    db.execute(
        "UPDATE outbox SET state = 'pending', updated_at = ? WHERE position = ? AND state = 'sending'",
        (now, row.position),
    )


def not_enqueued(db: sqlite3.Connection, call: ToolCall) -> None:
    """Remove a call whose storing seemed to fail, if it is in the table after all: the caller was told that it does not
    wait."""
    db.execute("DELETE FROM outbox WHERE key = ? AND state = 'pending'", (call.idempotency_key,))


def finish(db: sqlite3.Connection, now: float, row: OutboxRow, outcome: Outcome) -> None:
    """Record the outcome; it stays readable until it was reported."""
    state = OutboxState.UNKNOWN if outcome.kind == "unknown" else OutboxState.DONE
    db.execute(
        "UPDATE outbox SET state = ?, outcome = ?, updated_at = ? WHERE position = ?",
        (state.value, outcome_to_text(outcome), now, row.position),
    )
    calls.finish(db, now, row.call, outcome)
    if outcome.kind in ("succeeded", "unknown"):
        cache.forget_answers(db, row.call.server)


def expire(db: sqlite3.Connection, now: float, positions: Iterable[int]) -> None:
    """End the waiting calls at these positions, because they waited too long. The driver is asked again."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state = 'pending' AND position = ?"  # noqa: S608  # a constant
    for position in positions:
        raw = db.execute(query, (position,)).fetchone()
        if raw is None:
            continue
        row = _row(raw)
        message = f"{row.call.tool} waited too long for the network and was not sent."
        finish(db, now, row, not_sent_after_all(row, CallError("deferral_expired", message, Sent.NO)))


def not_sent_after_all(row: OutboxRow, error: CallError) -> Outcome:
    """Return the end of a waiting call that will not be sent. The driver is asked again, unless the call may have
    arrived."""
    if not row.maybe_sent:
        return NeedsInput(Need.CONSENT, error, attempts=row.attempts)
    message = f"It is not known whether {row.call.tool} happened: an earlier answer was lost. It is not sent again."
    return Unknown(CallError(error.code, message, Sent.MAYBE), attempts=max(1, row.attempts))


def recover(db: sqlite3.Connection, now: float) -> None:
    """Settle rows whose sender died during a send: they are sent again with the same key, or become unknown. Call this
    only while holding `OutboxLock`."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state = 'sending' ORDER BY position"  # noqa: S608  # a constant
    for raw in db.execute(query).fetchall():
        row = _row(raw)
        if row.repeatable:
            mark_pending(db, now, row, maybe_sent=True)
            continue
        message = f"It is not known whether {row.call.tool} happened: the program ended while it was sent."
        finish(db, now, row, Unknown(CallError("answer_lost", message, Sent.MAYBE), attempts=max(1, row.attempts)))


def orphans(
    db: sqlite3.Connection,
    now: float,
    is_dead: Callable[[str], bool],
    notes: Callable[[str], Sequence[Mapping[str, JSON]]] = lambda _: (),
) -> None:
    """Mark the calls of programs that died after a send began, so that each is reported as possibly executed.

    The ends that it had noted (`client.records.locks.Owner.notes`) are recorded instead. Their keys stay usable: if the
    server can recognise a repeat, a caller with the same key learns the outcome.
    """
    query = "SELECT DISTINCT owner FROM calls WHERE state IN ('begun', 'elsewhere') AND owner != ''"
    for (owner,) in db.execute(query).fetchall():
        if not is_dead(owner):
            continue
        calls.record_noted(db, notes(owner))
        for call, attempts in calls.begun_by(db, owner):
            message = f"It is not known whether {call.tool} happened: the program ended before the answer came."
            lost = Unknown(CallError("answer_lost", message, Sent.MAYBE), attempts=max(1, attempts))
            db.execute(
                "INSERT OR IGNORE INTO outbox (call_id, key, server, tool, digest, repeatable, queued_at, expires_at, "
                "state, attempts, outcome, updated_at) VALUES (?, ?, ?, ?, '', 0, ?, ?, 'unknown', ?, ?, ?)",
                (
                    *(call.call_id, call.idempotency_key, call.server, call.tool),
                    *(now, now, attempts, outcome_to_text(lost), now),
                ),
            )
        calls.disown(db, owner)


def unreported(db: sqlite3.Connection) -> list[OutboxRow]:
    """Return finished rows that were not yet reported."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('done', 'unknown') AND reported = 0 ORDER BY position"  # noqa: S608  # a constant
    return [_row(row) for row in db.execute(query)]


def mark_reported(db: sqlite3.Connection, positions: Iterable[int]) -> None:
    """Record that the outcome was reported, and erase the arguments."""
    db.executemany(
        "UPDATE outbox SET reported = 1, arguments = NULL WHERE position = ?", [(position,) for position in positions]
    )


def cancel(db: sqlite3.Connection, now: float, call_id: str) -> bool:
    """Take a waiting call back. False if it no longer waits, or if it may have arrived; a call that may have arrived is
    reported."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE call_id = ? AND state = 'pending'"  # noqa: S608  # a constant
    raw = db.execute(query, (call_id,)).fetchone()
    if raw is None:
        return False
    row = _row(raw)
    error = CallError("cancelled", f"{row.call.tool} was taken back before it was sent.", Sent.NO)
    finish(db, now, row, not_sent_after_all(row, error))
    if not row.maybe_sent:
        mark_reported(db, [row.position])
    return not row.maybe_sent


def report_again(db: sqlite3.Connection, call_id: str) -> None:
    """Have the end of a call reported, even if it was reported before."""
    db.execute("UPDATE outbox SET reported = 0 WHERE call_id = ? AND state IN ('done', 'unknown')", (call_id,))


def _row(raw: tuple[object, ...]) -> OutboxRow:
    position, call_id, key, server, tool, arguments, _, repeatable, queued_at, expires_at, state, attempts, *end = raw
    outcome, agreed, maybe_sent = end
    values = json.loads(str(arguments)) if arguments is not None else {}
    return OutboxRow(
        int(str(position)),
        ToolCall(str(call_id), str(server), str(tool), values, str(key)),
        bool(repeatable),
        float(str(queued_at)),
        float(str(expires_at)),
        OutboxState(str(state)),
        int(str(attempts)),
        outcome_from_text(str(outcome)) if outcome is not None else None,
        str(agreed),
        bool(maybe_sent),
    )
