"""`mcqueen outbox`: shows waiting confirmed calls, and the results of earlier ones. Sends nothing."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also what was delivered, refused or expired.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, everything: bool, as_json: bool) -> None:
    """Show confirmed calls that wait for the network.

    Messages whose text is still missing are listed too, as unworded; they are never sent from here.
    """
    if context.invoked_subcommand is None:
        asyncio.run(_show(everything, as_json))


async def _show(everything: bool, as_json: bool) -> None:
    from assistant.settings.sources import database_path
    from client.records import outbox
    from client.records.storage import Storage

    storage = await Storage.open(database_path())
    try:
        unworded = [] if everything else await storage.run(lambda db: outbox.unworded(db, time.time()))
        rows = [*await storage.run(outbox.all_rows if everything else outbox.waiting), *unworded]
    finally:
        await storage.close()
    for row in rows:
        if as_json:
            answer_json(
                {
                    "id": row.call.call_id,
                    "server": row.call.server,
                    "tool": row.call.tool,
                    "arguments": dict(row.call.arguments),
                    "state": row.state.value,
                    "outcome": row.outcome.kind if row.outcome else None,
                    "queued_at": row.queued_at,
                    "expires_at": row.expires_at,
                    "attempts": row.attempts,
                }
            )
        else:
            queued = datetime.fromtimestamp(row.queued_at).astimezone()
            what = row.outcome.kind if row.outcome else row.state.value
            answer(f"{row.call.call_id}  {queued:%Y-%m-%d %H:%M}  {row.call.server}.{row.call.tool}  {what}")
    if not rows and not as_json:
        answer("nothing waits")


@command.command()
@click.argument("call_id")
def cancel(call_id: str) -> None:
    """Cancel a waiting call, or delete a message whose text is missing."""
    if not asyncio.run(_cancel(call_id)):
        complain(f"no call {call_id} waits; mcqueen outbox lists those that do")
        raise SystemExit(int(ExitCode.FAILED))
    answer(f"{call_id} is taken back")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rescue(file: Path) -> None:
    """Print the readable waiting calls of a damaged FILE, one JSON object a line.

    `mcqueen call --batch` takes these lines. Nothing is sent, and FILE stays unchanged.
    """
    from client.records.rescue import rescue as rescued

    calls = rescued(file)
    for call in calls:
        answer_json(
            {
                "id": call.call_id,
                "server": call.server,
                "tool": call.tool,
                "arguments": dict(call.arguments),
                "idempotency_key": call.key,
                "queued_at": call.queued_at,
                "state": call.state,
            }
        )
    complain(
        f"{len(calls)} confirmed calls can be read from {file}; of one that is sending it is not known if it arrived"
    )


async def _cancel(call_id: str) -> bool:
    from assistant.settings.sources import database_path
    from client.records import outbox
    from client.records.storage import Storage

    storage = await Storage.open(database_path())
    try:
        taken_back = await storage.run(lambda db: outbox.cancel(db, time.time(), call_id))
        return taken_back or await storage.run(lambda db: outbox.forget_unworded(db, call_id))
    finally:
        await storage.close()
