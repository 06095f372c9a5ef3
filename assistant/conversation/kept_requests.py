"""Requests that still lack their message text, passed between the dialogue and this device's records.

It sends nothing and decides nothing. If the disk cannot store one, the driver is told, and the conversation goes on.
"""

from __future__ import annotations

import logging

from assistant.conversation.ports import UnwordedRecords as Records
from assistant.dialogue.events import Unworded, UnwordedFound
from assistant.dialogue.table_effects import Forget, Keep
from assistant.profile.profile_tools import NAME as PROFILE
from assistant.profile.store import means_everything
from client.call import Outcome, Succeeded, ToolCall
from client.client_errors import ClientError

_log = logging.getLogger(__name__)


class Keeping:
    """The saved requests of one conversation."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def keep(self, effect: Keep) -> bool:
        """Save a request; False if the disk could not store it."""
        wanted = effect.request
        try:
            await self._records.keep(wanted.id, wanted.tool, wanted.arguments)
        except ClientError as error:
            _log.error("a message could not be kept: %s", error)
            return False
        return True

    async def forget(self, effect: Forget) -> None:
        """Erase a request."""
        try:
            await self._records.forget(effect.id)
        except ClientError as error:
            _log.error("a message that was kept could not be erased: %s", error)

    async def found(self, at: float) -> UnwordedFound | None:
        """Return the requests that earlier conversations saved, or None."""
        try:
            rows = await self._records.rows()
        except ClientError as error:
            _log.error("messages that wait for their words cannot be read: %s", error)
            return None
        calls = [row.call for row in rows]
        kept = tuple(Unworded(call.call_id, call.qualified, dict(call.arguments)) for call in calls)
        return UnwordedFound(at, kept) if kept else None


def erases_all(call: ToolCall, outcome: Outcome) -> bool:
    """Return whether that call erased everything about the driver, which includes saved requests."""
    forgets = (call.server, call.tool) == (PROFILE, "forget") and isinstance(outcome, Succeeded)
    return forgets and means_everything(str(call.arguments.get("what", "")))
