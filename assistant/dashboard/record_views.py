"""Reads outbox and ledger for the dashboard, as `mcqueen outbox` and `mcqueen ledger` do. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.settings.sources import DATABASE
from client.records import ledger, outbox
from client.records.ledger import LedgerRow, Verification
from client.records.outbox import OutboxRow, OutboxState
from client.records.storage import Storage

MOST_ROWS = 100


@dataclass(frozen=True)
class Records:
    """The present records."""

    waiting: tuple[OutboxRow, ...]
    unknown: tuple[OutboxRow, ...]
    """Calls with unknown outcome."""
    ledger: tuple[LedgerRow, ...]
    """Newest first."""


async def read_records(data_path: Path) -> Records:
    """Read them. Raises `client.client_errors.RecordsError`."""
    storage = await Storage.open(data_path / DATABASE)
    try:
        rows = await storage.run(lambda db: outbox.all_rows(db, MOST_ROWS))
        entries = await storage.run(lambda db: ledger.recent(db, MOST_ROWS))
    finally:
        await storage.close()
    waiting = tuple(row for row in rows if row.state in (OutboxState.PENDING, OutboxState.SENDING))
    return Records(waiting, tuple(row for row in rows if row.state is OutboxState.UNKNOWN), tuple(entries))


async def verify_ledger(data_path: Path) -> Verification:
    """Verify the ledger's whole hash chain. Raises `client.client_errors.RecordsError`."""
    storage = await Storage.open(data_path / DATABASE)
    try:
        return await storage.run(ledger.verify)
    finally:
        await storage.close()
