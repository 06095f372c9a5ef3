"""The service desk's bookings with the keys of their calls, in a SQLite file that outlives the process.

Two bookings never share a slot at a dealer's: the table itself refuses the second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from client.records.migrations import Migrations
from client.records.storage import Storage

MIGRATIONS: Migrations = (
    (
        """CREATE TABLE bookings (
            number INTEGER PRIMARY KEY, customer_id TEXT NOT NULL, vehicle_id TEXT NOT NULL, dealer_id TEXT NOT NULL,
            service_type TEXT NOT NULL, date TEXT NOT NULL, time TEXT NOT NULL, status TEXT NOT NULL,
            key TEXT UNIQUE)""",
        """CREATE UNIQUE INDEX places ON bookings (dealer_id, date, time) WHERE status = 'confirmed'""",
        """CREATE UNIQUE INDEX one_a_day ON bookings (vehicle_id, date) WHERE status = 'confirmed'""",
    ),
)
"""Step n brings a file of version n to version n + 1; steps are only ever added."""
FIRST_NUMBER = 5001


@dataclass(frozen=True)
class ServiceBooking:
    """One service. `date` and `time` are ISO 8601, local to the dealer."""

    number: int
    customer_id: str
    vehicle_id: str
    dealer_id: str
    service_type: str
    date: str
    time: str
    status: str
    key: str | None = None
    """Idempotency key of the call that made the booking."""

    @property
    def booking_id(self) -> str:
        """The number as it is said and shown."""
        return f"S-{self.number}"


class TakenError(Exception):
    """The slot is taken, or the vehicle is already booked on that day."""


class ServiceRecords:
    """The file."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @classmethod
    async def open(cls, path: Path) -> ServiceRecords:
        """Open or create the file (mode 0600). Raises `RecordsError` with the cure."""
        return cls(await Storage.open(path, MIGRATIONS))

    async def close(self) -> None:
        """Close the file."""
        await self._storage.close()

    async def book(self, fields: Mapping[str, str], key: str | None) -> ServiceBooking:
        """Store a booking with its key, in one step. Raises `TakenError`."""

        def work(connection: sqlite3.Connection) -> ServiceBooking:
            number = connection.execute(
                "SELECT coalesce(max(number) + 1, ?) FROM bookings", (FIRST_NUMBER,)
            ).fetchone()[0]
            booking = ServiceBooking(number=number, status="confirmed", key=key, **fields)
            row = (booking.number, *(fields[name] for name in _FIELDS), booking.status, key)
            try:
                connection.execute("INSERT INTO bookings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise TakenError(str(error)) from error
            return booking

        return await self._storage.run(work)

    async def cancel(self, number: int) -> None:
        """Cancel a booking."""
        await self._storage.run(
            lambda connection: connection.execute(
                "UPDATE bookings SET status = 'cancelled' WHERE number = ?", (number,)
            )
        )

    async def find(self, **wanted: str | int) -> list[ServiceBooking]:
        """Return the bookings with these field values, in the order made."""
        names = [name for name in wanted if name in (*_FIELDS, "number", "status", "key")]
        where = " AND ".join(f"{name} = ?" for name in names) or "1"

        def work(connection: sqlite3.Connection) -> list[ServiceBooking]:
            rows = connection.execute(
                f"SELECT * FROM bookings WHERE {where} ORDER BY number",  # noqa: S608  # only names of our own columns
                [wanted[name] for name in names],
            )
            return [ServiceBooking(*row) for row in rows]

        return await self._storage.run(work)


_FIELDS = ("customer_id", "vehicle_id", "dealer_id", "service_type", "date", "time")
