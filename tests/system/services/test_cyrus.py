"""Mail and calendar on a real Cyrus, which keeps no event without an end and has its own answers."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator

import httpx
import pytest

from assistant.hosting.host import Done, Refused
from assistant.hosting.host_errors import RefusedError
from assistant.services.calendar.dav import CalDav
from assistant.services.mail.fetched_mails import FETCHED
from assistant.services.mail.inbox import Inbox
from assistant.services.mail.mail_addresses import MailEndpoint
from assistant.services.service_secrets import Password
from client.http import open_http_client
from tests.assistant.services.calendar_servers import CalendarServer
from tests.assistant.services.conftest import known
from tests.assistant.services.test_inbox import attached_first
from tests.system.services.conftest import DRIVER, SECRET
from tests.system.services.cyrus_server import RunningCyrus, running_cyrus

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def cyrus() -> Iterator[RunningCyrus]:
    with running_cyrus() as server:
        yield server


def logged_in(server: RunningCyrus) -> imaplib.IMAP4:
    other = imaplib.IMAP4("127.0.0.1", server.imap)
    other.authenticate("PLAIN", lambda _: f"\0{DRIVER}\0{SECRET}".encode())
    return other


async def new_calendar(http: httpx.AsyncClient, server: RunningCyrus) -> CalendarServer:
    made = CalendarServer(http, server.home, DRIVER, SECRET, lengths=True)
    await made.make()
    return made


@pytest.mark.proves("G.mail.marked")
def test_mail_is_told_three_at_a_time_and_searched(cyrus: RunningCyrus) -> None:
    with logged_in(cyrus) as other:
        other.create("INBOX")
        for number in range(1, 11):
            text = f"Content-Type: text/plain; charset=utf-8\r\n\r\ngröße {number}\r\n"
            other.append("INBOX", "", "", f"From: q@x.example\r\nSubject: mail {number}\r\n{text}".encode())
        other.append("INBOX", "", "", attached_first(FETCHED + 1000))
    inbox = Inbox(MailEndpoint("imap", "127.0.0.1", cyrus.imap), DRIVER, Password(SECRET))
    told: list[str] = []
    for remaining in (8, 5, 2, 0):
        unread = inbox.unread()
        assert unread.remaining == remaining
        told += [mail.subject for mail in unread.mails]
        assert all(mail.body for mail in unread.mails)
    assert told == ["photos", *(f"mail {number}" for number in range(10, 0, -1))]
    assert [mail.subject for mail in inbox.search(["größe", "7"])] == ["mail 7"]
    with pytest.raises(RefusedError, match="refused the password"):
        Inbox(MailEndpoint("imap", "127.0.0.1", cyrus.imap), DRIVER, Password("große-9")).check()


@pytest.mark.proves("G.calendar.zones")
async def test_every_event_is_told_when_it_takes_place(cyrus: RunningCyrus) -> None:
    async with open_http_client() as http:
        assert await (await new_calendar(http, cyrus)).wrongly_told() == []


async def test_events_are_moved(cyrus: RunningCyrus) -> None:
    async with open_http_client() as http:
        await (await new_calendar(http, cyrus)).moves()


async def test_the_calendar_is_found_from_any_address(cyrus: RunningCyrus) -> None:
    root = f"http://127.0.0.1:{cyrus.http}/"
    async with open_http_client() as http:
        for address in (root, f"{root}dav/", cyrus.home, f"{root}dav/principals/user/{DRIVER}/"):
            assert await CalDav(http, address, DRIVER, known(SECRET)).check() == f"{cyrus.home}Default/"


async def test_a_calendar_that_is_only_read_is_told_as_that(cyrus: RunningCyrus) -> None:
    only_read = (
        '<d:acl xmlns:d="DAV:"><d:ace><d:principal><d:authenticated/></d:principal>'
        "<d:grant><d:privilege><d:read/></d:privilege></d:grant></d:ace></d:acl>"
    )
    async with open_http_client() as http:
        calendar = await new_calendar(http, cyrus)
        said = {"Content-Type": "application/xml"}
        allowed = await http.request("ACL", calendar.url, content=only_read, headers=said, auth=(DRIVER, SECRET))
        assert allowed.status_code == 200
        refused = await calendar.call(action="create_event", event_title="Party", start_date="2027-05-05")
        read = await calendar.call(action="get_events", start_date="2027-05-05")
    assert isinstance(refused, Refused)
    assert refused.message == "The calendar at 127.0.0.1 does not let you change that."
    assert isinstance(read, Done)
