"""`mcqueen ledger`: shows the record of consents and calls, and verifies it. Changes nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain

if TYPE_CHECKING:
    from client.records.ledger import LedgerRow, Verification


@click.group(invoke_without_command=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000), help="Newest rows shown.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, limit: int, as_json: bool) -> None:
    """Show or verify the record of consents and calls."""
    if context.invoked_subcommand is not None:
        return
    for row in reversed(asyncio.run(_recent(limit))):
        if as_json:
            answer_json(
                {
                    "sequence": row.sequence,
                    "at": row.at,
                    "kind": row.kind,
                    "call_id": row.call_id,
                    "server": row.server,
                    "tool": row.tool,
                    "digest": row.digest,
                    "detail": dict(row.detail),
                }
            )
        else:
            when = datetime.fromtimestamp(row.at).astimezone()
            what = " ".join(f"{name}={value}" for name, value in row.detail.items())
            answer(f"{row.sequence:6}  {when:%Y-%m-%d %H:%M:%S}  {row.kind:14} {row.server}.{row.tool}  {what}")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(as_json: bool) -> None:
    """Verify the whole hash chain; end with 1 if a row was changed or is missing."""
    found = asyncio.run(_verify())
    if as_json:
        answer_json({"rows": found.rows, "intact": found.broken_at is None, "broken_at": found.broken_at})
    elif found.broken_at is None:
        answer(f"{found.rows} rows, all in order")
    if found.broken_at is not None:
        complain(f"the ledger was tampered with: {found.why}")
        raise SystemExit(int(ExitCode.FAILED))


async def _recent(limit: int) -> list[LedgerRow]:
    from assistant.settings.sources import database_path
    from client.records import ledger
    from client.records.storage import Storage

    storage = await Storage.open(database_path())
    try:
        return await storage.run(lambda db: ledger.recent(db, limit))
    finally:
        await storage.close()


async def _verify() -> Verification:
    from assistant.settings.sources import database_path
    from client.records import ledger
    from client.records.storage import Storage

    storage = await Storage.open(database_path())
    try:
        return await storage.run(ledger.verify)
    finally:
        await storage.close()
