"""Finds moments, days and durations in servers' text, and words them on the vehicle's clock. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from assistant.wording.dates_and_lists import spoken_date, spoken_duration, spoken_time
from assistant.wording.languages import wording
from assistant.wording.spoken_values import SpokenClock

_ISO = (
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2})?(?:[.,]\d{1,9})?(?: ?([AaPp])\.?[Mm]\b\.?)?"
    r"(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?(?:\[[\w/]+\])?)?"
)
_IN_TEXT = re.compile(rf"(?<![\w.:/-]){_ISO}(?![\w:/]|[.-]\w)")
_WHOLE = re.compile(_ISO)
_OF_BROWSERS = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}):\d{2} GMT([+-]\d{4})(?: \([^)]*\))?"
)
_OF_MAIL = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT)"
)
_DURATION = re.compile(r"P(?:\d+W)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:\.\d+)?")
_TWELVE = re.compile(r"(?<![\w:.])(0?[1-9]|1[0-2]):([0-5]\d)(?::[0-5]\d)? ?([AaPp])\.?[Mm](?:\b\.?|\.)(?![\w:])")
"""A time of day on a clock of twelve hours: "07:58 AM"."""
_MONTHS = "january february march april may june july august september october november december".split()
_WITH_MONTH = re.compile(
    rf"(?:\b(?:{'|'.join(('mon', 'tues?', 'wed(?:nes)?', 'thu(?:rs)?', 'fri', 'sat(?:ur)?', 'sun'))})(?:day)?,? )?"
    rf"\b(?:({'|'.join(_MONTHS)}|{'|'.join(month[:3] for month in _MONTHS)})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)}|{'|'.join(month[:3] for month in _MONTHS)})\.?,? (\d{{4}}))\b",
    re.IGNORECASE,
)
"""A day with the name of its month and its year: "December 04, 2026", "Friday, 4 Dec 2026"."""
_SECONDS = range(946_684_800, 4_102_444_800)
"""Unix seconds that count as a moment: the years 2000 to 2100."""


def zone_of(clock: SpokenClock) -> timezone:
    """Return the zone of the vehicle's clock, as its present offset."""
    return timezone(timedelta(seconds=clock.utc_offset))


def moment_words(text: str, clock: SpokenClock, *, own_zone: bool = False) -> str | None:
    """Return a day, a moment, a time of day or a duration in words; None for any other text.

    `own_zone`: keep the time of day as written, because the answer is about another zone.
    """
    stripped = text.strip()
    if found := _WHOLE.fullmatch(stripped):
        return _iso(found, clock, own_zone)
    if found := _OF_BROWSERS.fullmatch(stripped):
        return _of_browser(found, clock)
    if _OF_MAIL.fullmatch(stripped):
        return _moment(parsedate_to_datetime(stripped), clock, own_zone)
    if found := _TWELVE.fullmatch(stripped):
        return spoken_time(_of_twelve(int(found[1]), int(found[2]), found[3]))
    if found := _CLOCK.fullmatch(stripped):
        return spoken_time(time(int(found[1]), int(found[2])))
    if len(stripped) > 2 and _DURATION.fullmatch(stripped):
        return duration_words(stripped)
    return None


def has_a_day(text: str) -> bool:
    """Return whether a text is a day or a moment of a day."""
    return _WHOLE.fullmatch(text.strip()) is not None


def in_words(text: str, clock: SpokenClock, *, own_zone: bool = False) -> str:
    """Return the text with every moment in it as people say it."""

    def said(found: re.Match[str]) -> str:
        return _iso(found, clock, own_zone) or found.group()

    text = _OF_BROWSERS.sub(lambda found: _of_browser(found, clock) or found.group(), text)
    text = _WITH_MONTH.sub(lambda found: _with_month(found, clock) or found.group(), _IN_TEXT.sub(said, text))
    return _TWELVE.sub(lambda found: spoken_time(_of_twelve(int(found[1]), int(found[2]), found[3])), text)


def _of_twelve(hour: int, minute: int, half: str) -> time:
    return time(hour % 12 + (12 if half in "Pp" else 0), minute)


def _with_month(found: re.Match[str], clock: SpokenClock) -> str | None:
    name, day, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    month = next(place for place, known in enumerate(_MONTHS, 1) if known.startswith(name.lower()[:3]))
    try:
        return spoken_date(date(int(year), month, int(day)), clock.today)
    except ValueError:
        return None


def month_words(text: str, clock: SpokenClock) -> str | None:
    """Return a month such as `2026-11` in words, with its year if it is not this one; None for any other text."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip())
    if found is None:
        return None
    named = str(wording().list("dates", "months")[int(found[2]) - 1])
    return named if int(found[1]) == clock.today.year else f"{named} {found[1]}"


def seconds_words(value: float, clock: SpokenClock) -> str | None:
    """Return Unix seconds or milliseconds as a moment; None if the number is neither."""
    whole = int(value)
    if whole not in _SECONDS:
        whole //= 1000
    if whole not in _SECONDS:
        return None
    return _moment(datetime.fromtimestamp(whole, UTC), clock, own_zone=False)


def duration_words(iso: str) -> str | None:
    """Return an ISO 8601 duration in its two largest units, also one written as seconds only (`PT5400S`)."""
    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?", iso)
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return length_words(((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds)


def length_words(seconds: int) -> str:
    """Return a length of time in words: `5400` is "1 hour and 30 minutes"."""
    days, left = divmod(max(0, seconds), 86_400)
    hours, left = divmod(left, 3600)
    minutes, rest = divmod(left, 60)
    parts = [f"{days}D" if days else "", *(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)]
    two = [part for part in parts if part][:2]
    of_day = "".join(part for part in two if not part.endswith("D"))
    whole = "".join(part for part in two if part.endswith("D"))
    if not two:
        return f"0 {wording().list('times', 'durations')[-1][1]}"
    return spoken_duration(f"P{whole}{f'T{of_day}' if of_day else ''}")


def _iso(found: re.Match[str], clock: SpokenClock, own_zone: bool) -> str | None:
    try:
        day = date.fromisoformat(found[1])
        if not found[2] or (found[2] == "00:00" and not found[4]):
            return spoken_date(day, clock.today)
        hour, minute = map(int, found[2].split(":"))
        moment = datetime.combine(day, _of_twelve(hour, minute, found[3]) if found[3] else time(hour, minute))
    except ValueError:
        return None
    zone = found[4]
    if zone and not (own_zone and zone[0] in "+-"):
        sign = {"Z": 0, "U": 0, "G": 0, "-": -1}.get(zone[0], 1)
        digits = re.sub(r"\D", "", zone) or "0000"
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * sign
        moment = moment.replace(tzinfo=timezone(ahead)) if abs(ahead) < timedelta(hours=24) else moment
    return _moment(moment, clock, own_zone and moment.tzinfo is None)


def _of_browser(found: re.Match[str], clock: SpokenClock) -> str | None:
    try:
        moment = datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M %z")
    except ValueError:
        return None
    return _moment(moment, clock, own_zone=False)


def _moment(moment: datetime, clock: SpokenClock, own_zone: bool) -> str:
    local = moment if own_zone or moment.tzinfo is None else moment.astimezone(zone_of(clock))
    day = spoken_date(local.date(), clock.today)
    return wording().text("times", "of_day", date=day, time=spoken_time(local.time().replace(second=0, microsecond=0)))
