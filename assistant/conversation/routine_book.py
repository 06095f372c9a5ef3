"""The driver's routines while McQueen runs: a routine that is made or deleted by voice counts at once and is stored in
a file.

It carries out no routine and asks nobody: the caller has the driver's yes for each change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.settings.routine_file import drop_routine, keep_routine
from assistant.settings.settings import RoutineSettings


class RoutineBook:
    """The routines of one driver, by name."""

    def __init__(self, routines: Mapping[str, RoutineSettings], path: Path | None = None) -> None:
        """`path` is the settings file for the changes; without a file, they count until McQueen ends."""
        self._routines = dict(routines)
        self._path = path
        self._told: list[Callable[[], None]] = []

    @property
    def routines(self) -> Mapping[str, RoutineSettings]:
        """The routines as they are now."""
        return self._routines

    def subscribe(self, told: Callable[[], None]) -> None:
        """Call `told` after each change."""
        self._told.append(told)

    def keep(self, name: str, routine: RoutineSettings) -> None:
        """Keep a routine. Raises `ConfigurationError` if the file does not take it; nothing changed then."""
        if self._path is not None:
            keep_routine(self._path, name, routine)
        self._routines[name] = routine
        self._tell()

    def drop(self, name: str) -> None:
        """Delete a routine. Raises `ConfigurationError`, with the file that still has it; nothing changed then."""
        if self._path is not None:
            drop_routine(self._path, name)
        self._routines.pop(name, None)
        self._tell()

    def _tell(self) -> None:
        for told in self._told:
            told()
