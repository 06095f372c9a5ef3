"""The servers of others that `mcqueen servers add NAME` knows by name: what starts them, and what they still need.

They are data, in `known_servers.toml`. Fetches and starts nothing, and asks for nothing.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import TypeAdapter

_PLACE = re.compile(r"\{([A-Z_]+)\}")
_STARTERS = {"node": "npx", "python": "uvx"}
_COMES_WITH = {"node": "Node", "python": "uv (pip install uv)"}


@dataclass(frozen=True)
class KnownServer:
    """One server of the catalog."""

    what: str
    """What it gives, in a few words."""
    runs: Literal["node", "python"]
    package: str
    """Its name on npm (node) or PyPI (python)."""
    version: str
    args: tuple[str, ...] = ()
    """After the package; `{NAME}` is the place of a value that it needs."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """What only its user has: by name, what it is."""
    paths: tuple[str, ...] = ()
    """Which of these are paths of files and folders."""
    before: str = ""
    """What must be there first and no value gives, such as a login."""
    node: str = ""
    """The oldest Node that it takes; "" if the package does not say."""
    trusted: bool = False
    tried: date | None = None
    """The day on which this version was started and listed its tools; None if it was not."""
    tools: int = 0
    """How many tools it listed on that day."""

    @property
    def starter(self) -> str:
        """Return the program that fetches and starts it."""
        return _STARTERS[self.runs]

    @property
    def command(self) -> tuple[str, ...]:
        """Return the command line, with the places of values that are needed."""
        fetched = f"{self.package}@{self.version}"
        return (self.starter, *(("-y",) if self.runs == "node" else ()), fetched, *self.args)

    def holds(self, word: str) -> bool:
        """Return whether its description, package or needs hold a word, in any case."""
        return word.casefold() in " ".join([self.what, self.package, *self.needs, *self.needs.values()]).casefold()


@dataclass(frozen=True)
class PreparedEntry:
    """An entry for `servers.json`, and what is missing before it can start."""

    entry: dict[str, Any]
    missing: Mapping[str, str]
    """By name, what it is; the program that starts it is named too."""


@cache
def known_servers() -> dict[str, KnownServer]:
    """Return the catalog by name, in the order of the file."""
    text = files("assistant.settings").joinpath("known_servers.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, KnownServer]).validate_python(tomllib.loads(text))


def prepared(
    server: KnownServer, values: Mapping[str, str], there: Callable[[str], str | None] = shutil.which
) -> PreparedEntry:
    """Return the entry with these values. It is switched off while something is missing.

    Empty values count as missing, and those that it does not need are left out.
    """
    given = {name: value for name, value in values.items() if value and name in server.needs}
    missing = {name: what for name, what in server.needs.items() if name not in given}
    if there(server.starter) is None:
        missing[server.starter] = f"the program that fetches and starts it, from {_COMES_WITH[server.runs]}"
    placed = {name for arg in server.args for name in _PLACE.findall(arg)}
    entry: dict[str, Any] = {
        "command": server.starter,
        "args": [_PLACE.sub(lambda place: given.get(place[1], place[0]), word) for word in server.command[1:]],
        "env": {name: given.get(name, "") for name in server.needs if name not in placed},
        "trusted": server.trusted,
        "enabled": not missing,
    }
    defaults = {"env": {}, "trusted": False, "enabled": True}
    return PreparedEntry({key: value for key, value in entry.items() if value != defaults.get(key)}, missing)


def unfinished(server: KnownServer, entry: Mapping[str, Any]) -> bool:
    """Return whether an entry is this server's as it was added while something was missing."""
    return entry.get("enabled") is False and list(entry.get("args", ()))[:2] == list(server.command[1:3])
