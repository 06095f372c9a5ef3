"""Adds servers to the file that `mcqueen servers` keeps, and stops them there. Connects to none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings.server_entry import entry_of, usable
from assistant.settings.settings import servers_file
from client.errors import ConfigurationError
from client.values import JSON

if TYPE_CHECKING:
    from assistant.settings.settings import Settings


def add_server(settings: Settings, values: Mapping[str, JSON]) -> str:
    """Add one by its URL or command; return what was done. Raises `ConfigurationError`."""
    name, target = str(values["name"]).strip(), str(values["target"]).strip()
    if name in settings.servers:
        raise ConfigurationError(f"a server is called {name} already")
    entry = entry_of([target], {}, {}, None, None, trusted=bool(values.get("trusted")))
    usable(name, entry)
    servers_file().add({name: entry})
    return f"{name} is added"


def import_servers(settings: Settings, file: Path) -> str:
    """Add the servers of another program's JSON; return what was done. Raises `ConfigurationError`."""
    from client.configuration.other_programs import read_other_program

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
