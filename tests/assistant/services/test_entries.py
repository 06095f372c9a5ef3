"""When an event takes place and where moving puts it, asked in winter and in summer, in whatever zone it is written."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.calendar_texts import may_touch
from assistant.services.calendar.entries import CalendarFile, Entry, entries_between, moved
from tests.assistant.services.calendar_cases import BERLIN, CASES, MONDAYS, CalendarCase, case

HOME = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def file_of(asked: CalendarCase) -> CalendarFile:
    return CalendarFile(f"/{asked.name}.ics", "e", asked.text)


def entries_of(asked: CalendarCase, zone: tzinfo = HOME, day: date | None = None) -> list[Entry]:
    day = day or asked.date
    return entries_between([file_of(asked)], day, day, zone)


@pytest.mark.proves("G.calendar.zones")
@pytest.mark.parametrize("asked", CASES, ids=lambda asked: asked.name)
def test_an_event_is_told_by_its_own_zone_and_day(asked: CalendarCase) -> None:
    assert [(entry.title, entry.time) for entry in entries_of(asked)] == asked.expected


@pytest.mark.parametrize("asked", CASES, ids=lambda asked: asked.name)
def test_no_file_is_left_out_that_has_something_on_that_day(asked: CalendarCase) -> None:
    folded = asked.text.replace("DTSTART", "DTS\r\n TART")
    for text in (asked.text, folded, asked.text.replace("DTSTART", "dtstart")):
        assert may_touch(text, asked.date, asked.date) or not asked.expected


def test_a_file_far_from_the_day_is_not_even_read() -> None:
    plain = case("x", "2027-03-10", None, "DTSTART:20270310T090000Z\nDTEND:20270310T100000Z").text
    zone = "BEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=YEARLY\r\nEND:VTIMEZONE\r\n"
    for text in (plain, plain.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")):
        assert may_touch(text, date(2027, 3, 9), date(2027, 3, 9))
        assert not may_touch(text, date(2027, 3, 1), date(2027, 3, 7))
        assert not may_touch(text, date(2027, 3, 13), date(2027, 12, 1))


IN_BERLIN = """
import datetime as d
from assistant.services.calendar.entries import CalendarFile, entries_between
from assistant.services.local_zone import local_now
from tests.assistant.services.calendar_cases import CASES
zones = [d.datetime(2027, month, 5).astimezone().tzinfo for month in (1, 7)]
for zone in (local_now().tzinfo, *zones):
    for case in CASES:
        found = entries_between([CalendarFile("/x", "e", case.text)], case.date, case.date, zone)
        assert [(entry.title, entry.time) for entry in found] == case.expected, (zone, case, found)
print(local_now().tzinfo.utcoffset(d.datetime(2027, 7, 1)), local_now().tzinfo.utcoffset(d.datetime(2027, 1, 1)))
"""


@pytest.mark.proves("G.calendar.zones")
@pytest.mark.parametrize("zone", ["Europe/Berlin", ":Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_the_zone_of_the_environment_holds_with_all_its_changes(zone: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IN_BERLIN], env={"TZ": zone, "PATH": "/usr/bin:/bin"}, text=True, capture_output=True,
        cwd=Path(__file__).parents[3], check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["2:00:00", "1:00:00"]


def starts(text: str) -> dict[str, object]:
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    component: Any = event  # its values are of many classes
    return {name: component[name].dt for name in ("DTSTART", "DTEND") if name in component}


@pytest.mark.proves("G.calendar.zones")
@pytest.mark.parametrize(
    ("lines", "day", "to", "expected"),
    [
        ("DTSTART:20270320T080000Z\nDTEND:20270320T090000Z", "2027-03-20", "2027-04-10",
         [datetime(2027, 4, 10, 7, tzinfo=UTC), datetime(2027, 4, 10, 8, tzinfo=UTC)]),
        ("DTSTART:20271020T070000Z\nDTEND:20271020T080000Z", "2027-10-20", "2027-11-20",
         [datetime(2027, 11, 20, 8, tzinfo=UTC), datetime(2027, 11, 20, 9, tzinfo=UTC)]),
        ("DTSTART:20270320T230000Z", "2027-03-21", "2027-04-21", [datetime(2027, 4, 20, 22, tzinfo=UTC)]),
        (f"DTSTART;{BERLIN}:20270320T090000", "2027-03-20", "2027-04-10", [datetime(2027, 4, 10, 9, tzinfo=HOME)]),
        ("DTSTART:20270320T090000", "2027-03-20", "2027-04-10", [datetime(2027, 4, 10, 9)]),
        ("DTSTART;VALUE=DATE:20270320\nDTEND;VALUE=DATE:20270322", "2027-03-20", "2027-04-10",
         [date(2027, 4, 10), date(2027, 4, 12)]),
        ("UID\nDTSTART:20270220T090000Z", "2027-02-20", "2027-02-25", [datetime(2027, 2, 25, 9, tzinfo=UTC)]),
    ],
)  # fmt: skip
def test_a_moved_event_keeps_its_time_on_the_clock(lines: str, day: str, to: str, expected: list[object]) -> None:
    asked = case("garage", day, None, lines)
    if lines.startswith("UID\n"):
        assert "UID:" not in asked.text
    (entry,) = entries_of(asked)
    text = moved(entry, date.fromisoformat(to), NOW)
    assert list(starts(text).values()) == expected
    later = entries_between([CalendarFile("/x", "e", text)], date.fromisoformat(to), date.fromisoformat(to), HOME)
    assert [(found.title, found.time) for found in later] == [("garage", entry.time)]


def test_an_alarm_at_a_set_time_moves_along_and_one_before_the_event_stays() -> None:
    alarms = "".join(
        f"\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER{trigger}\nEND:VALARM"
        for trigger in (";VALUE=DATE-TIME:20270320T070000Z", ":-PT15M")
    )
    (entry,) = entries_of(case("garage", "2027-03-20", None, f"DTSTART:20270320T080000Z{alarms}"))
    text = moved(entry, date(2027, 4, 10), NOW)
    assert "TRIGGER;VALUE=DATE-TIME:20270410T060000Z" in text
    assert "TRIGGER:-PT15M" in text


def test_what_cannot_be_moved_says_the_true_reason() -> None:
    (repeated,) = entries_of(case("yoga", "2027-03-08", None, MONDAYS))
    with pytest.raises(RefusedError, match="yoga is repeated"):
        moved(repeated, date(2027, 3, 9), NOW)
    two = case("two", "2027-03-08", None, "UID\nDTSTART:20270308T090000Z", "UID\nDTSTART:20270309T090000Z")
    (entry,) = entries_of(two)
    with pytest.raises(RefusedError, match="two is kept together with others"):
        moved(entry, date(2027, 3, 10), NOW)


def test_a_set_offset_that_is_nobodys_zone_is_taken_as_it_is() -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    (entry,) = entries_of(CASES[0], zone)
    assert entry.time == time(14, 45)
