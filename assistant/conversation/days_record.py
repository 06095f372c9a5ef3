"""Finds the calls of one day in the client's record of calls. It changes nothing."""

from __future__ import annotations

import logging
from typing import Protocol

from assistant.dialogue.events import Deed
from assistant.understanding.reading import Control
from client.client_errors import ClientError
from client.records.ledger import LedgerRow

_log = logging.getLogger(__name__)
DAYS_BACK = {Control.DONE_TODAY: 0, Control.DONE_YESTERDAY: 1}
"""How many days before today each of these words asks about."""
_DAY = 86_400.0
_MOST_ROWS = 10_000
"""How many of the record's newest rows are searched."""
MOST_DEEDS = 20
"""Most calls of a day that are listed; the latest ones are."""


class Record(Protocol):
    """The store of the record (`client.tool_client.ToolClient`)."""

    async def recent(self, limit: int = 20) -> list[LedgerRow]:
        """Return the newest rows, newest first. Raises `RecordsError`."""
        ...


async def deeds_of(record: Record, control: Control | None, now: float, utc_offset: float) -> tuple[Deed, ...] | None:
    """Return the calls of the day that the words name, in order; None if the record cannot be read.

    `utc_offset` is how many seconds local time is ahead of UTC. If the words name no day, nothing is read.
    """
    if control not in DAYS_BACK:
        return ()
    begins = (now + utc_offset) // _DAY * _DAY - utc_offset - DAYS_BACK[control] * _DAY
    try:
        rows = await record.recent(_MOST_ROWS)
    except ClientError as error:
        _log.error("the record of calls cannot be read: %s", error)
        return None
    found = [
        Deed(row.at, f"{row.server}.{row.tool}", row.detail["outcome"] == "succeeded")
        for row in reversed(rows)
        if row.kind == "outcome" and begins <= row.at < begins + _DAY and _may_be_done(row)
    ]
    return tuple(found[-MOST_DEEDS:])


def _may_be_done(row: LedgerRow) -> bool:
    return row.detail.get("outcome") in ("succeeded", "unknown")
