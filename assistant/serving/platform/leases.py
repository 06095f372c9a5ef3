"""Which serving process runs which of the platform's servers: a lease for each, in the platform's database.

A process extends its leases while it lives. After it has died, they run out, and another process takes them over. Each
take-over raises the lease's fence, a number that only grows: a write with an old fence is refused in the same
transaction. Only the database's clock counts, so the clocks of machines need not agree. It starts and stops nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.serving.state.database import Database, Sql

SECONDS = 5.0
"""How long a lease lives after it was extended last."""
RENEW_SECONDS = 1.0
GIVE_UP_SECONDS = 3.0
"""A process that could not extend its leases for that long stops its servers, which takes some 2 s at most; it does
so before others may start them.
"""


@dataclass(frozen=True)
class Lease:
    """Who runs a server now."""

    holder: str
    address: str
    fence: int
    state: str
    """The server's status that its process reported last."""


class LeaseLostError(Exception):
    """Another process runs the server, or may run it; nothing was done."""


class Leases:
    """The leases, as one process sees and takes them."""

    def __init__(self, database: Database, seconds: float = SECONDS) -> None:
        self.holder = uuid.uuid4().hex
        self.seconds = seconds
        self._database = database
        self._until = f"{database.clock} + ?"
        self._ended = f"leases.expires_at < {database.clock}"

    async def take(self, name: str, address: str, state: str) -> int | None:
        """Take a free lease, or keep one's own; return its fence, or None if another process holds it."""
        query = (
            "INSERT INTO leases (name, holder, address, fence, state, expires_at) "  # noqa: S608  # our own clock
            f"VALUES (?, ?, ?, 1, ?, {self._until}) "
            "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, address = excluded.address, "
            "state = excluded.state, expires_at = excluded.expires_at, "
            "fence = CASE WHEN leases.holder = excluded.holder THEN leases.fence ELSE leases.fence + 1 END "
            f"WHERE leases.holder = excluded.holder OR {self._ended} RETURNING fence"
        )
        values = (name, self.holder, address, state, self.seconds)
        row = await self._database.run(lambda sql: sql.execute(query, values).fetchone())
        return None if row is None else int(row[0])

    async def extend(self, states: Mapping[str, str]) -> Mapping[str, int]:
        """Extend one's own leases with the states of their servers; return the fences of the leases that are still
        held.

        An expired lease that nobody took is still held.
        """
        query = (
            f"UPDATE leases SET expires_at = {self._until}, state = ? "  # noqa: S608  # our own clock
            "WHERE name = ? AND holder = ? RETURNING fence"
        )

        def work(sql: Sql) -> dict[str, int]:
            held = {}
            for name, state in sorted(states.items()):
                row = sql.execute(query, (self.seconds, state, name, self.holder)).fetchone()
                if row is not None:
                    held[name] = int(row[0])
            return held

        return await self._database.run(work) if states else {}

    async def find(self, name: str) -> Lease | None:
        """Return a server's lease, unless it ran out."""
        return (await self.all((name,))).get(name)

    async def all(self, names: Sequence[str] = ()) -> Mapping[str, Lease]:
        """Return the leases that have not run out, of these servers or of all."""
        which = f"AND name IN ({', '.join('?' for _ in names)})" if names else ""
        query = f"SELECT name, holder, address, fence, state FROM leases WHERE NOT ({self._ended}) {which}"  # noqa: S608  # our own conditions
        rows = await self._database.run(lambda sql: sql.execute(query, tuple(names)).fetchall(), synced=False)
        return {row[0]: Lease(row[1], row[2], int(row[3]), row[4]) for row in rows}

    async def let_go(self, names: Sequence[str]) -> None:
        """End leases of one's own, so that others may take them at once."""

        def work(sql: Sql) -> None:
            for name in sorted(names):
                sql.execute("UPDATE leases SET expires_at = 0 WHERE name = ? AND holder = ?", (name, self.holder))

        if names:
            await self._database.run(work)

    def need(self, sql: Sql, name: str, fence: int) -> None:
        """Check inside a transaction that the lease is still held with that fence. Raises `LeaseLostError`."""
        query = f"SELECT 1 FROM leases WHERE name = ? AND holder = ? AND fence = ? AND NOT ({self._ended})"  # noqa: S608  # our own conditions
        if sql.execute(query, (name, self.holder, fence)).fetchone() is None:
            raise LeaseLostError(name)
