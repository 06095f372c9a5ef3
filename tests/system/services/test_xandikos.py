"""The calendar on a real Xandikos, whose own search leaves out series of dates and occurrences that were moved."""

from __future__ import annotations

import httpx
import pytest

from client.http import open_http_client
from tests.assistant.services.calendar_servers import CalendarServer
from tests.system.services.conftest import RunningServer

pytestmark = pytest.mark.system


async def new_calendar(http: httpx.AsyncClient, server: RunningServer) -> CalendarServer:
    made = CalendarServer(http, f"http://127.0.0.1:{server.port}/user/calendars/", "user", "")
    await made.make()
    return made


async def test_every_event_is_told_when_it_takes_place(xandikos: RunningServer) -> None:
    async with open_http_client() as http:
        assert await (await new_calendar(http, xandikos)).wrongly_told() == []


async def test_events_are_moved_also_without_a_uid(xandikos: RunningServer) -> None:
    async with open_http_client() as http:
        await (await new_calendar(http, xandikos)).moves()
