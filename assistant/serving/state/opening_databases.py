"""Opens the database at an address: a SQLite file, or PostgreSQL. It knows nothing of what is kept there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from assistant.serving.state.database import Database, FileDatabase
from client.records.migrations import Migrations


def is_postgres(where: str) -> bool:
    """Return whether that is the address of a PostgreSQL database."""
    return where.startswith(("postgresql://", "postgres://"))


@asynccontextmanager
async def open_database(where: str, migrations: Migrations, name: str) -> AsyncIterator[Database]:
    """Open the path of a SQLite file, or `postgresql://...`, until the block ends.

    `name` is what the steps of this schema are counted under in PostgreSQL, where several schemas share a database.
    Raises `ServingError` or `RecordsError` with the cure.
    """
    database: Database
    if is_postgres(where):
        from assistant.serving.state.postgres_database import PostgresDatabase  # an extra

        database = await PostgresDatabase.open(where, name)
    else:
        database = await FileDatabase.open(Path(where), migrations)
    try:
        yield database
    finally:
        await database.close()
