"""What a CalDAV server that others wrote is tried with, by the product's own client; the same for every server."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from assistant.hosting.host import Done
from assistant.services.calendar.calendar_service import CalendarService
from assistant.services.calendar.dav import CalDav
from tests.assistant.services.calendar_cases import CASES
from tests.assistant.services.conftest import known

ASKED = datetime(2027, 2, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))


class CalendarServer:
    """One user's new calendar on a server; `lengths` gives each event an hour, for servers that want an end."""

    def __init__(self, http: httpx.AsyncClient, home: str, user: str, password: str, *, lengths: bool = False) -> None:
        self._lengths = lengths
        self._http = http
        self._auth = (user, password)
        self.url = f"{home}c{uuid.uuid4().hex[:8]}/"
        dav = CalDav(http, self.url, user, known(password))
        self.calendar = CalendarService(dav, lambda: ASKED)

    async def make(self) -> None:
        """Make the calendar on the server."""
        made = await self._http.request("MKCALENDAR", self.url, auth=self._auth)
        made.raise_for_status()

    async def put(self, name: str, text: str) -> int:
        """Write a file as another program does, and return the status."""
        url = f"{self.url}{name.replace(' ', '-').replace(',', '')}.ics"
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        text = _with_lengths(text) if self._lengths else text
        answer = await self._http.put(url, content=text.encode(), auth=self._auth, headers=headers)
        return answer.status_code

    async def call(self, **arguments: Any) -> Any:
        """Call the tool."""
        return await self.calendar.host().call("calendar_personal", arguments)

    async def wrongly_told(self) -> list[str]:
        """Put every case that the server takes, and return those that are then told wrongly."""
        taken = [case for case in CASES if await self.put(case.name, case.text) in (201, 204)]
        assert len(taken) > len(CASES) // 2
        wrong: list[str] = []
        for case in taken:
            told = await self.call(action="get_events", start_date=case.day)
            assert isinstance(told, Done), told
            found = [(event["event_title"], event.get("time")) for event in told.result["events"]]
            expected = [(title, at.isoformat() if at else None) for title, at in case.expected]
            if [event for event in found if event[0] == case.name] != expected:
                wrong.append(f"{case.name}: {found}")
        return wrong

    async def moves(self) -> None:
        """Move an event by its title over a change of clocks, and one without UID if the server takes such."""
        assert await self.put("garage", event_text("UID:garage\r\nSUMMARY:Garage\r\nDTSTART:20270320T080000Z")) < 300
        await self._moved("garage", "Garage", "09:00:00")
        if await self.put("barber", event_text("SUMMARY:Barber\r\nDTSTART:20270320T090000Z")) < 300:
            await self._moved("barber", "Barber", "10:00:00")

    async def _moved(self, said: str, title: str, at: str) -> None:
        moved = await self.call(action="update_event", event_title=said, start_date="2027-04-10")
        assert isinstance(moved, Done), moved
        assert moved.text == f"{title} is now on Saturday, 10 April."
        told = await self.call(action="get_events", start_date="2027-04-10", event_title=said)
        assert [event["time"] for event in told.result["events"]] == [at]
        before = await self.call(action="get_events", start_date="2027-03-20", event_title=said)
        assert before.result["events"] == []


def _with_lengths(text: str) -> str:
    """Return the file with an hour for each event at a time that has no end."""
    if "DURATION" in text:
        return text
    return re.sub(r"^(DTSTART\b(?!;VALUE=DATE:).*)$", r"\1\nDURATION:PT1H\r", text, flags=re.M)


def event_text(lines: str) -> str:
    """Return a file with one event of these lines."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//somebody//EN\r\nBEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n"
        f"{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
