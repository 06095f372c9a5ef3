"""Adds servers to the file that `mcqueen servers` keeps, and stops them there. Connects to none."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import servers_file
from client.errors import ConfigurationError
from client.values import JSON

if TYPE_CHECKING:
    from assistant.settings import Settings


def add_server(settings: Settings, values: Mapping[str, JSON]) -> str:
    """Add one by its URL or command; return what was done. Raises `ConfigurationError`."""
    import httpx  # heavy, and only for a look at the entry

    from client.clock import SystemClock
    from client.configuration import make_server, read_entry

    name, target = str(values["name"]).strip(), str(values["target"]).strip()
    if not name or "://" in name or not name.isprintable():
        raise ConfigurationError(f"{name!r} is no name for a server; take a word")
    if name in settings.servers:
        raise ConfigurationError(f"a server is called {name} already")
    entry: dict[str, Any] = {"url": target} if "://" in target else _command(target)
    if values.get("trusted"):
        entry["trusted"] = True
    make_server(name, read_entry(name, entry), httpx.AsyncClient(), SystemClock())
    servers_file().add({name: entry})
    return f"{name} is added"


def _command(target: str) -> dict[str, Any]:
    try:
        command, *arguments = shlex.split(target)
    except ValueError as error:
        raise ConfigurationError(f"the command line {target!r} cannot be read: {error}") from error
    return {"command": command, "args": arguments}


def import_servers(settings: Settings, file: Path) -> str:
    """Add the servers of another program's JSON; return what was done. Raises `ConfigurationError`."""
    from client.other_programs import read_other_program

    found = read_other_program(file)
    new = {name: entry for name, entry in found.entries.items() if name not in settings.servers}
    if not new:
        problem = found.problems[0] if found.problems else f"{file} has no server that is not here already"
        raise ConfigurationError(problem)
    servers_file().add(new)
    return f"{', '.join(new)} added"


def set_stopped(name: str, *, stopped: bool) -> None:
    """Keep whether a server waits to be started."""
    servers_file().set_stopped(name, stopped=stopped)
