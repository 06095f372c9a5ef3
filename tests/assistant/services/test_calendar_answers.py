"""What CalDAV servers answer, by Radicale and by sentences of the standard: told as it is, with nothing told twice."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from assistant.hosting.host import Done
from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.dav import FETCHED_AT_ONCE, CalDav
from client.http import open_http_client
from tests.assistant.services.calendar_servers import ASKED, CalendarServer, event_text
from tests.assistant.services.conftest import DavServer, known


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http_client() as client:
        yield client


@pytest.fixture
async def server(radicale: DavServer, http: httpx.AsyncClient) -> CalendarServer:
    made = CalendarServer(http, f"{radicale.url}/{radicale.user}/", radicale.user, radicale.password)
    await made.make()
    return made


@pytest.mark.proves("G.calendar.zones", "G.services")
async def test_radicale_every_event_is_told_when_it_takes_place_and_moved(server: CalendarServer) -> None:
    assert await server.wrongly_told() == []
    await server.moves()


async def test_changes_of_others_are_seen_and_only_they_are_read_again(
    server: CalendarServer, http: httpx.AsyncClient
) -> None:
    many = FETCHED_AT_ONCE + 3
    for number in range(many):
        text = event_text(f"UID:{number}\r\nSUMMARY:e{number}\r\nDTSTART:20270301T{8 + number % 10:02}0000Z")
        assert await server.put(f"e{number}", text) == 201
    sizes: list[int] = []

    async def told() -> set[str]:
        found = await server.call(action="get_events", start_date="2027-03-01")
        assert isinstance(found, Done)
        sizes.append(received[0])
        received[0] = 0
        return {event["event_title"] for event in found.result["events"]}

    received = [0]

    async def count(answer: httpx.Response) -> None:
        await answer.aread()
        received[0] += answer.text.count("BEGIN:VEVENT")

    http.event_hooks["response"].append(count)
    everything = {f"e{number}" for number in range(many)}
    assert await told() == everything
    assert await told() == everything
    await server.put("e7", event_text("UID:7\r\nSUMMARY:changed\r\nDTSTART:20270301T080000Z"))
    await http.delete(f"{server.url}e8.ics", auth=server._auth)
    assert await told() == everything - {"e7", "e8"} | {"changed"}
    assert sizes == [many, 0, 1]


def answering(put: httpx.Response | Exception, report: httpx.Response | Exception | None = None) -> CalDav:
    """Return a calendar at a server that answers so."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PROPFIND":
            inner = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            names = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
            found = f"<d:href>/f/</d:href><d:propstat><d:prop>{inner}</d:prop></d:propstat>"
            return httpx.Response(207, text=f"<d:multistatus {names}><d:response>{found}</d:response></d:multistatus>")
        given = put if request.method == "PUT" or report is None else report
        if isinstance(given, Exception):
            raise given
        return given

    return CalDav(
        httpx.AsyncClient(transport=httpx.MockTransport(answer)),
        "http://127.0.0.1/f/",
        "ben",
        known("x"),
    )


def because(name: str, status: int = 403) -> httpx.Response:
    space = "DAV:" if name in ("need-privileges", "quota-not-exceeded") else "urn:ietf:params:xml:ns:caldav"
    return httpx.Response(status, text=f'<d:error xmlns:d="DAV:"><x:{name} xmlns:x="{space}"/></d:error>')


@pytest.mark.proves("G.services")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (because("need-privileges"), "does not let you change that"),
        (httpx.Response(403), "does not let you change that"),
        (httpx.Response(401), "refused the password of ben; log in"),
        (because("valid-calendar-data"), "does not take such an event"),
        (because("supported-calendar-component"), "does not take such an event"),
        (because("unique-scheduling-object-resource"), "has that event already"),
        (because("no-uid-conflict", 409), "has that event already"),
        (because("quota-not-exceeded"), "is full"),
        (httpx.Response(507), "is full"),
        (httpx.Response(409), "no calendar at .* any more"),
        (httpx.Response(412), "changed by somebody else"),
        (httpx.Response(423), "changed by somebody else"),
        (httpx.Response(503), "I do not know whether that was written"),
        (httpx.ReadTimeout("slow"), "I do not know whether that was written"),
        (ssl.SSLError("bad record mac"), "does not answer; I do not know whether that was written"),
        (httpx.ConnectError("refused"), "cannot be reached"),
    ],
)
async def test_a_write_that_is_refused_says_why(answer: httpx.Response | Exception, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        await answering(answer).create(event_text("UID:a\r\nSUMMARY:a\r\nDTSTART:20270301T080000Z"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (because("need-privileges"), "does not let you see that"),
        (httpx.Response(401), "refused the password of ben"),
        (ssl.SSLError("bad record mac"), "does not answer; try again later"),
    ],
)
async def test_a_look_that_is_refused_says_why(answer: httpx.Response | Exception, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        await answering(answer, answer).between(ASKED, ASKED)
