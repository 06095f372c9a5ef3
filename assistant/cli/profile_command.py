"""`mcqueen profile`: shows, edits and erases what the driver has told about themselves, and what they allowed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain

if TYPE_CHECKING:
    from assistant.hosting.message_names import Words
    from assistant.profile.store import ProfileStore
    from client.records.permissions import ToolPermission
    from client.records.storage import Storage

KINDS = ("phone", "email", "relation", "place", "preference", "units")


@click.group(name="profile", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """Show, edit or erase what is stored about the driver.

    The same can be said: "remember that Anna's number is ...", "what do you know about me", "forget everything".
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(show))
    return ExitCode.OK


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def show(as_json: bool = False) -> int:
    """Show all that is stored, and which tools run without a question."""
    from assistant.profile.store import described

    store = _store()
    kept = store.read()
    allowed = [f"{one.server}.{one.tool}" for one in asyncio.run(_permissions())]
    if as_json:
        answer_json({**kept.model_dump(), "need_not_ask": allowed})
        return ExitCode.OK
    told = [*map(_words(), described(kept))]
    told += [f"{name} need not be asked about, while it stays as it is." for name in allowed]
    answer("\n".join(told) or f"Nothing is kept. It would stand in {store.path}.")
    return ExitCode.OK


@command.command(name="set")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.argument("value", required=False)
def set_(kind: str, name: str, value: str | None) -> int:
    """Store something: KIND NAME VALUE.

    phone Anna "0171 2345678", email Anna anna@example.org, relation wife Anna, place home "5 Main Street", preference
    diesel, units metric.
    """
    from assistant.profile.editing import keep

    alone = kind in ("preference", "units")
    if alone == (value is not None):
        raise click.UsageError(f"profile set {kind} takes {'one value' if alone else 'a name and a value'}")
    answer(_words()(keep(_store(), kind, name, value or "")))
    return ExitCode.OK


@command.command()
@click.argument("what")
def forget(what: str) -> int:
    """Erase what is stored about a person, place or preference, or everything."""
    from assistant.profile.editing import let_go

    found, told = let_go(_store(), what)
    answer(_words()(told))
    return ExitCode.OK if found else ExitCode.FAILED


def _words() -> Words:
    """Return the wording of the profile's messages: English, as in all commands."""
    from assistant.understanding.language import BASE
    from assistant.wording.host_messages import words_of

    return words_of("profile", BASE)


def _store() -> ProfileStore:
    from assistant.profile.store import FILE_NAME, ProfileStore
    from assistant.settings.settings import load_settings

    return ProfileStore(load_settings().data_path / FILE_NAME)


@command.command()
@click.argument("tool")
def ask(tool: str) -> int:
    """Ask again before TOOL (SERVER.TOOL), which you had allowed to run without a question."""
    if not asyncio.run(_take_back(tool)):
        complain(f"no permission is kept for {tool}; mcqueen profile lists those that are")
        return ExitCode.FAILED
    answer(f"{tool} is asked about again.")
    return ExitCode.OK


async def _permissions() -> list[ToolPermission]:
    """Return the tools that run without a question; none if nothing was stored on this device yet."""
    from client.records import permissions

    async with _records() as storage:
        return await storage.run(permissions.given) if storage is not None else []


async def _take_back(tool: str) -> bool:
    from client.records import permissions

    server, _, name = tool.partition(".")
    async with _records() as storage:
        if storage is None:
            return False
        return await storage.run(lambda db: permissions.take_back(db, time.time(), server, name))


@asynccontextmanager
async def _records() -> AsyncIterator[Storage | None]:
    from assistant.settings.settings import load_settings
    from assistant.settings.sources import DATABASE
    from client.records.storage import Storage

    path = load_settings().data_path / DATABASE
    if not path.exists():
        yield None
        return
    storage = await Storage.open(path)
    try:
        yield storage
    finally:
        await storage.close()
