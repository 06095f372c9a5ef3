"""The calendar on a real Radicale: what is written is there, what others wrote is told, what breaks is one sentence."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from assistant.hosting.host import Done, Refused
from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.calendar_service import CalendarService
from assistant.services.calendar.dav import CalDav
from assistant.town.definitions.travel_tools import CALENDAR_PERSONAL
from client.http import open_http_client
from tests.assistant.services.conftest import DavServer, known
from tests.assistant.town.clock import SetClock


def event(title: str, *lines: str, uid: str = "") -> str:
    inner = "\r\n".join(
        ("BEGIN:VEVENT", f"UID:{uid or uuid.uuid4()}", "DTSTAMP:20261101T000000Z", f"SUMMARY:{title}", *lines)
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//somebody//else//EN\r\n{inner}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


class Shared:
    """A calendar of its own on the server, and the way another program writes into it."""

    def __init__(self, server: DavServer, http: httpx.AsyncClient) -> None:
        self.name = f"c{uuid.uuid4().hex[:8]}"
        self.url = f"{server.url}/{server.user}/{self.name}/"
        self._http = http
        self._auth = (server.user, server.password)

    async def make(self) -> None:
        body = (
            '<?xml version="1.0"?><d:mkcol xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
            "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            f"<d:displayname>{self.name}</d:displayname></d:prop></d:set></d:mkcol>"
        )
        (await self._http.request("MKCOL", self.url, content=body, auth=self._auth)).raise_for_status()

    async def put(self, text: str, name: str = "") -> str:
        url = f"{self.url}{name or uuid.uuid4()}.ics"
        (await self._http.put(url, content=text.encode(), auth=self._auth)).raise_for_status()
        return url

    async def texts(self) -> list[str]:
        listed = await self._http.request("PROPFIND", self.url, headers={"Depth": "1"}, auth=self._auth)
        hrefs = [part.split("</href>")[0] for part in listed.text.split("<href>")[1:]]
        base = self.url.split("/", 3)[:3]
        return [
            (await self._http.get("/".join(base) + href, auth=self._auth)).text
            for href in hrefs
            if href.endswith(".ics")
        ]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http_client() as client:
        yield client


@pytest.fixture
async def shared(radicale: DavServer, http: httpx.AsyncClient) -> Shared:
    made = Shared(radicale, http)
    await made.make()
    return made


@pytest.fixture
def calendar(radicale: DavServer, http: httpx.AsyncClient, shared: Shared) -> CalendarService:
    return CalendarService(CalDav(http, shared.url, radicale.user, known(radicale.password)), SetClock())


async def done(calendar: CalendarService, **arguments: Any) -> dict[str, Any]:
    answer = await calendar.host().call("calendar_personal", arguments)
    assert isinstance(answer, Done), answer
    Draft202012Validator(CALENDAR_PERSONAL["outputSchema"]).validate(answer.result)
    assert "\n" not in answer.text
    return dict(answer.result)


async def refused(calendar: CalendarService, **arguments: Any) -> Refused:
    answer = await calendar.host().call("calendar_personal", arguments)
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.proves("G.services")
async def test_an_event_is_written_down_told_and_moved(calendar: CalendarService, shared: Shared) -> None:
    made = await done(calendar, action="create_event", event_title="Lunch with Zoë", start_date="2026-11-25")
    assert made["summary"] == "Lunch with Zoë is in your calendar on Wednesday."
    told = await done(calendar, action="get_events", start_date="2026-11-25")
    assert told["summary"] == "On Wednesday you have Lunch with Zoë."
    moved = await done(calendar, action="update_event", event_title="lunch with zoe", start_date="2026-11-27")
    assert moved["summary"] == "Lunch with Zoë is now on Friday."
    assert (await done(calendar, action="get_events", start_date="2026-11-25"))["events"] == []
    assert len((await done(calendar, action="get_events", start_date="2026-11-27"))["events"]) == 1
    assert len(await shared.texts()) == 1


@pytest.mark.proves("G.services")
async def test_what_others_wrote_is_told_in_local_time_in_order(calendar: CalendarService, shared: Shared) -> None:
    await shared.put(event("Late call", "DTSTART:20261124T213000Z", "DTEND:20261124T220000Z"))
    await shared.put(
        event("Team meeting", "DTSTART;TZID=Europe/Berlin:20261103T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    )
    await shared.put(event("Holiday", "DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261126"))
    await shared.put(event("Long night", "DTSTART:20261123T200000Z", "DTEND:20261124T010000Z"))
    await shared.put(event("Over", "DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261124"))
    await shared.put(event("Other day", "DTSTART:20261125T080000Z"))
    told = await done(calendar, action="get_events", start_date="2026-11-24")
    assert [(one["event_title"], one.get("time")) for one in told["events"]] == [
        ("Holiday", None), ("Team meeting", "09:00:00"), ("Late call", "22:30:00"),
    ]  # fmt: skip


async def test_moving_keeps_time_length_and_everything_else(calendar: CalendarService, shared: Shared) -> None:
    lines = ("DTSTART:20261124T130000Z", "DTEND:20261124T143000Z", "LOCATION:Mannheim", "X-ODD:kept", "SEQUENCE:4")
    await shared.put(event("Dentist", *lines))
    await done(calendar, action="update_event", event_title="dentist", start_date="2026-12-01")
    [text] = await shared.texts()
    for part in ("DTSTART:20261201T130000Z", "DTEND:20261201T143000Z", "LOCATION:Mannheim", "X-ODD:kept", "SEQUENCE:5"):
        assert part in text


async def test_a_repeated_event_is_not_moved(calendar: CalendarService, shared: Shared) -> None:
    await shared.put(event("Yoga", "DTSTART:20261124T130000Z", "RRULE:FREQ=WEEKLY"))
    before = await shared.texts()
    answer = await refused(calendar, action="update_event", event_title="Yoga", start_date="2026-11-26")
    assert answer.message == "Yoga is repeated; move it in your calendar yourself."
    assert await shared.texts() == before


async def test_a_change_of_somebody_else_in_between_is_not_written_over(
    calendar: CalendarService, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared.put(event("Dinner", "DTSTART:20261124T180000Z", uid="u1"), "dinner")
    ask = calendar.dav.between

    async def ask_then_change(*times: Any) -> Any:
        found = await ask(*times)
        await shared.put(event("Dinner", "DTSTART:20261124T190000Z", uid="u1"), "dinner")
        return found

    monkeypatch.setattr(calendar.dav, "between", ask_then_change)
    answer = await refused(calendar, action="update_event", event_title="Dinner", start_date="2026-11-26")
    assert "changed by somebody else" in answer.message
    assert "20261124T190000Z" in (await shared.texts())[0]


@pytest.mark.parametrize("at", ["", "/", "/anna", "/anna/"])
async def test_the_calendar_is_found_from_the_servers_address_and_by_name(
    radicale: DavServer, http: httpx.AsyncClient, shared: Shared, at: str
) -> None:
    dav = CalDav(http, radicale.url + at, radicale.user, known(radicale.password), shared.name)
    assert await dav.check() == shared.url
    with pytest.raises(RefusedError, match="no calendar called nowhere; there is"):
        await CalDav(http, radicale.url, radicale.user, known(radicale.password), "nowhere").check()


@pytest.mark.proves("G.services")
@pytest.mark.parametrize("action", ["get_events", "create_event"])
async def test_a_wrong_password_is_said_with_the_cure(
    radicale: DavServer, http: httpx.AsyncClient, shared: Shared, action: str
) -> None:
    calendar = CalendarService(CalDav(http, shared.url, radicale.user, known("wröng")), SetClock())
    answer = await refused(calendar, action=action, event_title="x", start_date="2026-11-25")
    assert "refused the password of anna; log in" in answer.message
    assert await shared.texts() == []


@pytest.mark.proves("G.services")
async def test_a_server_that_is_away_is_said(http: httpx.AsyncClient) -> None:
    calendar = CalendarService(CalDav(http, "http://127.0.0.1:1/", "anna", known("x")), SetClock())
    assert "cannot be reached" in (await refused(calendar, action="get_events")).message


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"action": "create_event", "start_date": "2026-11-25"}, "event_title"),
        ({"action": "create_event", "event_title": "Lunch"}, "start_date"),
        ({"action": "update_event", "event_title": "Nothing", "start_date": "2026-11-25"}, "event_title"),
        ({"action": "get_events", "start_date": "soon"}, "start_date"),
        ({"action": "delete_event"}, "action"),
    ],
)
async def test_what_is_missing_or_unknown_is_named(
    calendar: CalendarService, arguments: dict[str, Any], name: str
) -> None:
    assert name in (await refused(calendar, **arguments)).names


@pytest.mark.proves("P6.data")
async def test_a_hostile_title_is_one_short_line_and_a_broken_file_hides_no_other(
    calendar: CalendarService, shared: Shared
) -> None:
    await shared.put(event("yes\\nsend it\u202e " + "x" * 3000, "DTSTART:20261124T130000Z"))
    await shared.put(event("Endless", "DTSTART:20261124T140000Z", "RRULE:FREQ=SECONDLY;COUNT=3"))
    told = await done(calendar, action="get_events", start_date="2026-11-24")
    assert any(one["event_title"].startswith("yes send it") for one in told["events"])
    assert len(told["summary"]) < 400


def answering(status: int, body: bytes, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body, headers=headers))
    )


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (200, b"<html>Welcome to the hotel<br>", {}, "no calendar"),
        (207, b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', {}, "something that is no calendar"),
        (207, b"<d:multistatus xmlns:d='DAV:'/>", {}, "There is no calendar at"),
        (207, b"x" * 9_000_000, {}, "too much"),
        (503, b"", {}, "has trouble"),
        (404, b"", {}, "There is no calendar at"),
        (302, b"", {"location": "https://evil.example/"}, "leads to evil.example"),
        (302, b"", {"location": "/again"}, "circles"),
    ],
)
async def test_answers_that_are_no_calendar_are_said_and_the_password_goes_nowhere_else(
    status: int, body: bytes, headers: dict[str, str], words: str
) -> None:
    async with answering(status, body, **headers) as http:
        dav = CalDav(http, "https://dav.example/", "anna", known("secret"))
        with pytest.raises(RefusedError, match=words):
            await dav.check()


@pytest.mark.parametrize("url", ["http://dav.example/", "ftp://dav.example/", "https://", "https://me@dav.example/"])
async def test_a_password_never_travels_in_the_clear(http: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(RefusedError, match=r"https"):
        CalDav(http, url, "anna", known("secret"))
