"""Servers that the user adds with `mcqueen servers add` or in the dashboard: checks them before they are written.

Connects to no server; `servers_file.py` writes the file.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings.sources import servers_file
from client.client_errors import ConfigurationError
from client.configuration.server_entries import is_url, make_server, read_entry
from client.values import JSON

if TYPE_CHECKING:
    from assistant.settings.settings import Settings


def add_server(settings: Settings, values: Mapping[str, JSON]) -> str:
    """Add a server by its URL or command and return a sentence for the user. Raises `ConfigurationError`."""
    name, target = str(values["name"]).strip(), str(values["target"]).strip()
    if name in settings.servers:
        raise ConfigurationError(f"a server is called {name} already")
    entry = entry_of([target], {}, {}, None, None, trusted=bool(values.get("trusted")))
    usable(name, entry)
    servers_file().add({name: entry})
    town = not settings.servers and not settings.town
    return f"{name} is added; the town is not used beside it, unless town = true is set" if town else f"{name} is added"


def import_servers(settings: Settings, file: Path) -> str:
    """Add the servers from another program's JSON and return a sentence for the user. Raises `ConfigurationError`."""
    from client.configuration.other_programs import read_other_program

    found = read_other_program(file)
    new = {name: entry for name, entry in found.entries.items() if name not in settings.servers}
    if not new:
        problem = found.problems[0] if found.problems else f"{file} has no server that is not here already"
        raise ConfigurationError(problem)
    servers_file().add(new)
    return f"{', '.join(new)} added"


def set_stopped(name: str, *, stopped: bool) -> None:
    """Store whether a server stays stopped until it is started by command."""
    servers_file().set_stopped(name, stopped=stopped)


def entry_of(
    target: Sequence[str],
    env: dict[str, str],
    headers: dict[str, str],
    cwd: Path | None,
    dialect: str | None,
    *,
    trusted: bool,
    defaults: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the entry without the fields that were not given.

    A single argument with spaces is a whole command line.
    """
    words = list(target)
    if len(words) == 1 and is_url(words[0]):
        entry: dict[str, Any] = {"url": words[0], "headers": headers, "dialect": dialect or ""}
        if env or cwd:
            raise ConfigurationError("--env and --cwd are for a command; a server at a URL has no process here")
    else:
        if len(words) == 1:
            try:
                words = shlex.split(words[0])
            except ValueError as error:
                raise ConfigurationError(f"the command line {target[0]!r} cannot be read: {error}") from error
        if not words:
            raise ConfigurationError("the server is empty; give a URL or a command line")
        if headers or dialect:
            raise ConfigurationError("--header and --dialect are for a URL")
        # Kept for later runs, which start in other folders.
        folder = str(cwd.expanduser().absolute()) if cwd else ""
        command = words[0]
        if "/" in command and not command.startswith(("/", "~")):
            command = str((Path(folder) if folder else Path.cwd()) / command)
        entry = {"command": command, "args": words[1:], "env": env, "cwd": folder}
    entry["trusted"] = trusted
    entry["defaults"] = dict(defaults or {})
    return {key: value for key, value in entry.items() if value}


def usable(name: str, entry: dict[str, Any]) -> None:
    """Raise `ConfigurationError` if the entry could never work."""
    import httpx  # heavy: only if a server is added

    from client.clock import SystemClock

    if not name.strip() or "://" in name or any(not letter.isprintable() for letter in name):
        raise ConfigurationError(f"{name!r} is no name for a server; take a word")
    make_server(name, read_entry(name, entry), httpx.AsyncClient(), SystemClock())
    command = entry.get("command", "")
    if command and not shutil.which(str(Path(command).expanduser()) if "/" in command else command):
        raise ConfigurationError(f"the command {command} is not there; install it or give its whole path")
