"""The database of the serving processes: a SQLite file, or PostgreSQL for processes on several machines.

The records are written in SQL that both read, with `?` for each value. Only this module and `postgres_database.py` know
the differences between the two. A violated constraint is `sqlite3.IntegrityError` in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from client.records.migrations import Migrations
from client.records.storage import Storage

Result = TypeVar("Result")


class FoundRows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        ...


class Sql(Protocol):
    """A transaction in progress."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> FoundRows:
        """Run one statement."""
        ...


class Database(Protocol):
    """Runs transactions. Raises `RecordsError` if the database fails."""

    clock: str
    """The SQL expression for now, in seconds since the epoch: of the database, so that all processes agree."""

    apart: bool
    """Whether other processes may reach it while this one cannot, as over a network."""

    async def run(self, work: Callable[[Sql], Result], *, synced: bool = True, alone: str = "") -> Result:
        """Run `work` in a transaction, all of it or nothing.

        With `synced=False` a loss of power may take it back. Transactions with the same `alone` run one after the
        other, in whichever process; without it they see what others committed before.
        """
        ...

    async def close(self) -> None:
        """Close it."""
        ...


class FileDatabase:
    """A SQLite file. Its transactions run one after the other anyway."""

    apart = False
    clock = "((julianday('now') - 2440587.5) * 86400.0)"

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @classmethod
    async def open(cls, path: Path, migrations: Migrations) -> FileDatabase:
        """Open or make the file (mode 0600). Raises `RecordsError` with the cure."""
        return cls(await Storage.open(path, migrations))

    async def run(self, work: Callable[[Sql], Result], *, synced: bool = True, alone: str = "") -> Result:
        """Run `work` in a transaction."""
        return await self._storage.run(work, synced=synced)

    async def close(self) -> None:
        """Close the file."""
        await self._storage.close()
