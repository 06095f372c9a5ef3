"""Between iCalendar texts and the events of a day: recurrence, time zones, all-day events. Touches no network.

Needs the extra `mcqueen[calendar]` (icalendar, recurring-ical-events).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.services.spoken import one_line

try:
    import icalendar
    import recurring_ical_events
except ImportError as error:  # the extra is not installed
    raise RefusedError('a real calendar needs the extra: pip install "mcqueen[calendar]"') from error

_PRODUCT = "-//McQueen//Calendar//EN"


@dataclass(frozen=True)
class CalendarFile:
    """One calendar file on the server."""

    href: str
    etag: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One event, or one day of a repeated one."""

    title: str
    day: date
    time: time | None
    """Local; None for the whole day."""
    uid: str
    repeated: bool
    resource: CalendarFile


def entries_between(resources: Iterable[CalendarFile], first: date, last: date, zone: tzinfo) -> list[Entry]:
    """Return what happens from `first` to `last`, both included, in order; a file that is broken is left out."""
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    found: list[Entry] = []
    for resource in resources:
        try:
            calendar = icalendar.Calendar.from_ical(resource.text)
            events: list[Any] = recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            continue  # what strangers wrote into it
        repeated = any("RRULE" in event or "RDATE" in event for event in calendar.walk("VEVENT"))
        found.extend(_entry(event, resource, zone, repeated) for event in events)
    return sorted(
        (entry for entry in found if _shown(entry, first, last)),
        key=lambda e: (e.day, e.time is not None, e.time or time()),
    )


def _shown(entry: Entry, first: date, last: date) -> bool:
    """Whether it begins then, or is a whole day that goes on; a night that began the day before is not told again."""
    return first <= entry.day <= last or (entry.time is None and entry.day < first)


def _entry(event: Any, resource: CalendarFile, zone: tzinfo, repeated: bool) -> Entry:
    start = event["DTSTART"].dt
    title = one_line(str(event.get("SUMMARY", ""))) or "an event without a title"
    uid = str(event.get("UID", resource.href))
    if not isinstance(start, datetime):
        return Entry(title, start, None, uid, repeated, resource)
    local = start.astimezone(zone) if start.tzinfo else start  # floating times are local by definition
    return Entry(
        title, local.date(), local.time().replace(second=0, microsecond=0, tzinfo=None), uid, repeated, resource
    )


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
    """Return the file with the event on another day, its time, length and all else kept. Raises `RefusedError`."""
    calendar = icalendar.Calendar.from_ical(entry.resource.text)
    events: list[Any] = [event for event in calendar.walk("VEVENT") if str(event.get("UID", "")) == entry.uid]
    if entry.repeated or len(events) != 1:
        raise RefusedError(f"{entry.title} is repeated; move it in your calendar yourself.", [], ["event_title"])
    event = events[0]
    ahead = day - entry.day
    for name in ("DTSTART", "DTEND"):
        if name in event:
            value = event[name].dt + ahead
            del event[name]
            event.add(name, value)
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
