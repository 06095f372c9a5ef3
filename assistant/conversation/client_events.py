"""The client's notices as events of the dialogue. Pure."""

from __future__ import annotations

from assistant.dialogue.events import Delivered, Event, NetworkChanged, Progressed
from assistant.wording.replies import client_failure
from client import notices
from client.call import NeedsInput, Succeeded
from client.calls.agreed_terms import CHANGED_CODES
from client.resilience.connectivity import Connectivity
from client.values import JSON

EXPIRED = "deferral_expired"
ASKED_AGAIN = frozenset({EXPIRED, *CHANGED_CODES})
"""Codes with which a waiting call is not sent because its yes no longer counts."""


def event_of(notice: notices.Notice, now: float) -> Event | None:
    """Return the event for a notice, or None. A new catalog goes to the reader first."""
    match notice:
        case notices.ConnectivityChanged():
            return NetworkChanged(now, notice.connectivity is not Connectivity.OFFLINE)
        case notices.DeliveryNotice():
            return _delivered(notice, now)
        case notices.CallProgress() if notice.total:
            return Progressed(now, notice.call.call_id, min(1.0, max(0.0, notice.done / notice.total)))
        case notices.CallProgress() | notices.CatalogNotice() | notices.ToolChanged():
            return None


def _delivered(notice: notices.DeliveryNotice, now: float) -> Delivered:
    call, outcome = notice.call, notice.outcome
    arguments = dict(call.arguments)
    if isinstance(outcome, Succeeded):
        return Delivered(now, call.qualified, arguments, reason=_left_out(outcome.result))
    code, reason = outcome.error.code, client_failure(outcome.error)
    again = isinstance(outcome, NeedsInput) and code in ASKED_AGAIN
    doubt = reason if again and code != EXPIRED else ""
    return Delivered(now, call.qualified, arguments, succeeded=False, reason=reason, stale=again, doubt=doubt)


def _left_out(result: JSON) -> str:
    """Return the sentence of a result that names a person whom a sent message did not reach; "" if it reached all."""
    if not isinstance(result, dict) or not result.get("not_reached"):
        return ""
    summary = result.get("summary")
    return summary if isinstance(summary, str) else ""
