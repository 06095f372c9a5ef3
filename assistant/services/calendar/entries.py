"""Between iCalendar texts and the events of a day: recurrence, time zones, all-day events. Touches no network.

Series are expanded here from their master events, never by the server: servers differ in what they expand. Needs the
extra `mcqueen[calendar]` (icalendar, recurring-ical-events).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.calendar_texts import may_touch
from assistant.services.local_zone import LOCAL_ZONE, whole_zone
from assistant.services.spoken import one_line

try:
    import icalendar
    import recurring_ical_events
except ImportError as error:  # the extra is not installed
    raise RefusedError('a real calendar needs the extra: pip install "mcqueen[calendar]"') from error

_PRODUCT = "-//McQueen//Calendar//EN"
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""The errors of the two libraries for texts that strangers wrote wrongly."""
_KEPT_PARSED = 2_000
"""How many calendar files stay parsed in memory, some 20 kB each."""


@dataclass(frozen=True)
class CalendarFile:
    """One calendar file on the server."""

    href: str
    etag: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One event, or one occurrence of a repeated event."""

    title: str
    day: date
    time: time | None
    """Local time; None for a whole day."""
    uid: str
    """The event's own id, or the address of its file if it has none."""
    repeated: bool
    resource: CalendarFile
    zone: tzinfo = LOCAL_ZONE
    """The zone in which its day and time are said."""


def entries_between(resources: Iterable[CalendarFile], first: date, last: date, zone: tzinfo) -> list[Entry]:
    """Return the events from `first` to `last`, both included, in order.

    Each time is given on the event's own day and zone, with the offset that `zone` has then. Cancelled events and
    occurrences, and broken files, are left out.
    """
    zone = whole_zone(zone)
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    found: list[Entry] = []
    for resource in resources:
        if not may_touch(resource.text, first, last):
            continue
        try:
            calendar = _parsed(resource.text)
            events: list[Any] = recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end)
            repeated = {_uid(event, resource) for event in calendar.walk("VEVENT") if _in_series(event)}
            taking_place = [event for event in events if not _cancelled(event, calendar)]
            found.extend(_entry(event, resource, zone, _uid(event, resource) in repeated) for event in taking_place)
        except _BROKEN:
            continue
    return sorted(
        (entry for entry in found if _shown(entry, first, last)),
        key=lambda e: (e.day, e.time is not None, e.time or time()),
    )


@lru_cache(_KEPT_PARSED)
def _parsed(text: str) -> Any:
    return icalendar.Calendar.from_ical(text)


def _uid(event: Any, resource: CalendarFile) -> str:
    return str(event.get("UID") or resource.href)


def _in_series(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _cancelled(event: Any, calendar: Any) -> bool:
    said = (event.get("STATUS", ""), "CANCELLED" if str(calendar.get("METHOD", "")).upper() == "CANCEL" else "")
    return any(str(word).strip().upper() == "CANCELLED" for word in said)


def _shown(entry: Entry, first: date, last: date) -> bool:
    """Whether it begins in that time, or is a whole day that continues. A night that began the day before is not
    repeated."""
    return first <= entry.day <= last or (entry.time is None and entry.day < first)


def _entry(event: Any, resource: CalendarFile, zone: tzinfo, repeated: bool) -> Entry:
    start = event["DTSTART"].dt
    title = one_line(str(event.get("SUMMARY", ""))) or "an event without a title"
    uid = _uid(event, resource)
    if not isinstance(start, datetime):
        return Entry(title, start, None, uid, repeated, resource, zone)
    local = start.astimezone(zone) if start.tzinfo else start  # floating times are local by definition (RFC 5545)
    at = local.time().replace(second=0, microsecond=0, tzinfo=None)
    return Entry(title, local.date(), at, uid, repeated, resource, zone)


def whole_day(uid: str, title: str, day: date, now: datetime) -> str:
    """Return the file of a new event that lasts all day."""
    calendar = icalendar.Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    event = icalendar.Event()
    event.add("UID", uid)
    event.add("DTSTAMP", now.astimezone(UTC))
    event.add("SUMMARY", title)
    event.add("DTSTART", day)
    event.add("DTEND", day + timedelta(days=1))
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def moved(entry: Entry, day: date, now: datetime) -> str:
    """Return the file with the event moved to another day; its time of day, its length and everything else stay.

    Raises `RefusedError` for repeated events, and if the file holds several events.
    """
    calendar = icalendar.Calendar.from_ical(entry.resource.text)
    events: list[Any] = [event for event in calendar.walk("VEVENT") if _uid(event, entry.resource) == entry.uid]
    if entry.repeated:
        raise RefusedError(f"{entry.title} is repeated; move it in your calendar yourself.", [], ["event_title"])
    if len(events) != 1:
        raise RefusedError(
            f"{entry.title} is kept together with others; move it in your calendar yourself.", [], ["event_title"]
        )
    event = events[0]
    ahead = day - entry.day
    for component, name in (
        (event, "DTSTART"), (event, "DTEND"), *((alarm, "TRIGGER") for alarm in event.walk("VALARM")),
    ):  # fmt: skip
        if name in component and not isinstance(component[name].dt, timedelta):
            value = _later(component[name].dt, ahead, entry.zone)
            parameters = {key: given for key, given in component[name].params.items() if key not in ("TZID", "VALUE")}
            del component[name]
            component.add(name, value, parameters | ({"VALUE": "DATE-TIME"} if name == "TRIGGER" else {}))
    sequence = int(event.get("SEQUENCE", 0))
    for name, value in (
        ("SEQUENCE", sequence + 1),
        ("DTSTAMP", now.astimezone(UTC)),
        ("LAST-MODIFIED", now.astimezone(UTC)),
    ):
        if name in event:
            del event[name]
        event.add(name, value)
    return bytes(calendar.to_ical()).decode()


def _later(value: Any, ahead: timedelta, zone: tzinfo) -> Any:
    """Return a day or time moved by so many days, at the same time of day; for times in UTC, by the clock of `zone`."""
    if isinstance(value, datetime) and value.tzinfo is not None and value.tzname() == "UTC":
        return (value.astimezone(zone) + ahead).astimezone(UTC)
    return value + ahead
