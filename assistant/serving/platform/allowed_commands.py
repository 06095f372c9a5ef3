"""Which commands a user without mcp:manage may start on this machine. Pure; it starts nothing.

An entry is a command line as a shell would read it, and allows exactly that. A `*` at its end allows any further
arguments, so use it only for a program whose arguments cannot start another one. Names followed by `=*` at the
beginning are environment variables that the user may set: a variable can change what a program loads.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from client.client_errors import ConfigurationError

_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=\*")
_ANY = "*"


@dataclass(frozen=True)
class _Allowed:
    words: tuple[str, ...]
    more: bool
    """Whether any further arguments are allowed."""
    variables: frozenset[str]

    def fits(self, words: Sequence[str], env: Iterable[str]) -> bool:
        begins = tuple(words[: len(self.words)]) == self.words
        return begins and (self.more or len(words) == len(self.words)) and self.variables.issuperset(env)


class AllowedCommands:
    """The list from settings. An empty list allows nothing."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        """Raises `ConfigurationError` naming an entry that cannot be read."""
        self._allowed = tuple(_read(entry) for entry in entries)

    def allow(self, command: str, args: Sequence[str], env: Mapping[str, str]) -> bool:
        """Return whether the list allows this command with these arguments and variables."""
        return any(one.fits((command, *args), env) for one in self._allowed)


def _read(entry: str) -> _Allowed:
    try:
        words = shlex.split(entry)
    except ValueError as error:
        raise ConfigurationError(f"serving.commands: {entry!r} cannot be read as a command line: {error}") from None
    variables = set()
    while words and (variable := _VARIABLE.fullmatch(words[0])):
        variables.add(variable[1])
        words = words[1:]
    if not words:
        raise ConfigurationError(f"serving.commands: {entry!r} names no command")
    more = words[-1] == _ANY
    return _Allowed(tuple(words[:-1] if more else words), more, frozenset(variables))
