"""What the client reports, as events of the dialogue. Pure."""

from __future__ import annotations

from assistant.dialogue.events import Delivered, Event, NetworkChanged, Progressed
from client import notices
from client.call import NeedsInput, Succeeded
from client.resilience.connectivity import Connectivity


def event_of(notice: notices.Notice, now: float) -> Event | None:
    """Return the event that a notice is; None where it is none. A new catalog is the reader's first."""
    match notice:
        case notices.ConnectivityChanged():
            return NetworkChanged(now, notice.connectivity is not Connectivity.OFFLINE)
        case notices.Delivered():
            reason = "" if isinstance(notice.outcome, Succeeded) else notice.outcome.error.message
            name = f"{notice.call.server}.{notice.call.tool}"
            succeeded = isinstance(notice.outcome, Succeeded)
            stale = isinstance(notice.outcome, NeedsInput) and notice.outcome.error.code == "deferral_expired"
            return Delivered(now, name, dict(notice.call.arguments), succeeded, reason, stale)
        case notices.CallProgress() if notice.total:
            return Progressed(now, notice.call.call_id, min(1.0, max(0.0, notice.done / notice.total)))
        case notices.CallProgress() | notices.CatalogChanged() | notices.ToolChanged():
            return None
