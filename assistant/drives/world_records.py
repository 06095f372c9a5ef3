"""The kinds of records that a drive's own server keeps, with the fields of each, so that a misspelt name is an error at
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from assistant.town.bank import Transaction
from assistant.town.bookings import Booking
from assistant.town.calendar import Event
from assistant.town.documents import Document, Post
from assistant.town.people import TextMessage, TownEmail
from assistant.town.service_booking.desk_records import ServiceBooking

TOWN_RECORDS: Mapping[str, type[Any]] = {
    "bookings": Booking,
    "messages_sent": TextMessage,
    "emails_sent": TownEmail,
    "events": Event,
    "transfers": Transaction,
    "notes": Document,
    "posts": Post,
}
"""Lists of the town's snapshot; a test compares them with the real snapshot."""
_RECORDS: Mapping[str, Mapping[str, type[Any]]] = {
    "town": TOWN_RECORDS,
    "service_booking": {"bookings": ServiceBooking},
}


def records_of(server: str) -> dict[str, tuple[str, ...]]:
    """Return the field names by kind of record, for a server that a drive names."""
    return {kind: tuple(field.name for field in fields(record)) for kind, record in _RECORDS[server].items()}
