"""Events as other programs write them, and when a driver in Berlin must be told of them; worked out by hand.

Berlin's clocks go forward on 28 March 2027 and back on 31 October 2027, New York's forward on 14 March 2027.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

BERLIN = "TZID=Europe/Berlin"
MONDAYS = f"DTSTART;{BERLIN}:20270301T090000\nRRULE:FREQ=WEEKLY"


@dataclass(frozen=True)
class CalendarCase:
    """One file, a day, and what of it takes place then."""

    name: str
    events: tuple[str, ...]
    day: str
    at: str | None
    """Time of day; "" for the whole day, None if nothing takes place."""

    @property
    def text(self) -> str:
        """The file; an event has its name as UID and title unless it says otherwise."""
        events = "".join(self._event(lines.splitlines()) for lines in self.events)
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//somebody//EN\r\n{events}END:VCALENDAR\r\n"

    def _event(self, lines: list[str]) -> str:
        own = {line.partition(":")[0].partition(";")[0] for line in lines}
        added = [f"{name}:{self.name}" for name in ("UID", "SUMMARY") if name not in own]
        inner = "\r\n".join([*added, "DTSTAMP:20260101T000000Z", *(line for line in lines if line != "UID")])
        return f"BEGIN:VEVENT\r\n{inner}\r\nEND:VEVENT\r\n"

    @property
    def expected(self) -> list[tuple[str, time | None]]:
        """Title and time of what takes place on that day."""
        return [] if self.at is None else [(self.name, time.fromisoformat(self.at) if self.at else None)]

    @property
    def date(self) -> date:
        """The day that is asked about."""
        return date.fromisoformat(self.day)


def case(name: str, day: str, at: str | None, *events: str) -> CalendarCase:
    """Return a case."""
    return CalendarCase(name, events, day, at)


CASES = [
    case("start alone", "2027-03-10", "10:00", "DTSTART:20270310T090000Z"),
    case("start alone in summer", "2027-07-01", "11:00", "DTSTART:20270701T090000Z"),
    case("day alone", "2027-03-11", "", "DTSTART;VALUE=DATE:20270311"),
    case("floating", "2027-07-02", "09:00", "DTSTART:20270702T090000"),
    case("own zone in winter", "2027-01-10", "23:30", f"DTSTART;{BERLIN}:20270110T233000"),
    case("own zone in summer", "2027-07-03", "00:30", f"DTSTART;{BERLIN}:20270703T003000"),
    case("own zone, not the day before", "2027-07-02", None, f"DTSTART;{BERLIN}:20270703T003000"),
    case("other zone", "2027-03-11", "01:00", "DTSTART;TZID=America/New_York:20270310T190000"),
    case("other zone, weeks apart", "2027-03-16", "00:00", "DTSTART;TZID=America/New_York:20270315T190000"),
    case("Windows zone", "2027-07-05", "09:00", "DTSTART;TZID=W. Europe Standard Time:20270705T090000"),
    case("half an hour off", "2027-03-12", "06:30", "DTSTART;TZID=Asia/Kolkata:20270312T110000"),
    case("series of dates", "2027-03-22", "11:00", "DTSTART:20270301T090000Z\nRDATE:20270312T090000Z,20270322T100000Z"),
    case("series in its zone", "2027-04-05", "09:00", MONDAYS),
    case("series in UTC", "2027-04-05", "10:00", "DTSTART:20270301T080000Z\nRRULE:FREQ=WEEKLY"),
    case("series back in winter", "2027-11-01", "09:00", MONDAYS),
    case("long ago", "2027-03-01", "10:00", "DTSTART:20100301T090000Z\nRRULE:FREQ=YEARLY"),
    case("left out", "2027-03-15", None, f"{MONDAYS}\nEXDATE;{BERLIN}:20270315T090000"),
    case("moved far", "2027-05-20", "09:00", f"{MONDAYS};COUNT=3",
         f"RECURRENCE-ID;{BERLIN}:20270308T090000\nDTSTART;{BERLIN}:20270520T090000"),
    case("moved away", "2027-03-08", None, f"{MONDAYS};COUNT=3",
         f"RECURRENCE-ID;{BERLIN}:20270308T090000\nDTSTART;{BERLIN}:20270520T090000"),
    case("mixed zones", "2027-03-10", "02:00", f"{MONDAYS};COUNT=3",
         "RECURRENCE-ID:20270308T080000Z\nDTSTART;TZID=America/New_York:20270309T200000"),
    case("mixed zones, moved away", "2027-03-08", None, f"{MONDAYS};COUNT=3",
         "RECURRENCE-ID:20270308T080000Z\nDTSTART;TZID=America/New_York:20270309T200000"),
    case("over midnight", "2027-03-14", "00:00", "DTSTART:20270313T230000Z\nDURATION:PT3H"),
    case("several days", "2027-04-03", "", "DTSTART;VALUE=DATE:20270401\nDTEND;VALUE=DATE:20270404"),
    case("several days, over", "2027-04-04", None, "DTSTART;VALUE=DATE:20270401\nDTEND;VALUE=DATE:20270404"),
    case("cancelled", "2027-03-16", None, f"DTSTART;{BERLIN}:20270316T090000\nSTATUS:CANCELLED"),
    case("cancelled once", "2027-03-15", None, MONDAYS,
         f"RECURRENCE-ID;{BERLIN}:20270315T090000\nDTSTART;{BERLIN}:20270315T090000\nSTATUS:CANCELLED"),
    case("cancelled once, the next", "2027-03-22", "09:00", MONDAYS,
         f"RECURRENCE-ID;{BERLIN}:20270315T090000\nDTSTART;{BERLIN}:20270315T090000\nSTATUS:CANCELLED"),
    case("cancelled series", "2027-03-15", None, f"{MONDAYS}\nSTATUS:Cancelled"),
    case("one occurrence alone", "2027-03-15", "10:00", "RECURRENCE-ID:20270308T080000Z\nDTSTART:20270315T090000Z"),
    case("night of the change", "2027-10-31", "01:30", f"DTSTART;{BERLIN}:20271031T013000"),
    case("confirmed", "2027-03-17", "09:00", f"DTSTART;{BERLIN}:20270317T090000\nSTATUS:CONFIRMED"),
]  # fmt: skip
