"""Cells of the chat: a served conversation in front of the oracle, over real HTTP and WebSocket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from assistant.chat_opening import chat_opening
from assistant.conversation.chat import chats
from assistant.policy.sensitivity import is_deferrable
from assistant.policy.timing import CHAT_IDLE_SECONDS
from assistant.serving.rest.chat_face import MOST_SOCKETS
from assistant.serving.rest.rest_models import LONGEST_MESSAGE
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import Options, RunningServer, serve_tools
from assistant.serving.tool_client_host import ToolClientHost
from assistant.tool_opening import needs_consent
from client.clock import SystemClock
from tests.assistant.serving.chats import phones
from tests.doors.by_serving import HOSTS, takes_loopback_only
from tests.doors.cells import CELLS, PAID, asks_first, cell, holds_changed_tools
from tests.doors.ways import SENTENCE, Place, client_of


@asynccontextmanager
async def chat_served(place: Place, **options: Any) -> AsyncIterator[RunningServer]:
    """Serve chats in front of the oracle, as `mcqueen serve` does for configured servers."""
    clock = SystemClock()
    async with client_of(place) as tools:
        host = ToolClientHost(tools, clock=clock, needs_consent=needs_consent, deferrable=is_deferrable, deadline=5.0)
        opening = chat_opening(host, clock, place.folder / "chats", tools=tools, deadline=5.0)
        given: Options = {"faces": ("rest",), "secrets": place.secrets, "chat": opening, **options}  # type: ignore[typeddict-item]  # the caller's own
        async with serve_tools(host, clock.now, **given) as running:
            yield running


async def chat(place: Place, yes: bool) -> None:
    """Ask in a chat, and say yes to all that is asked, or no."""
    async with chat_served(place) as running, phones(running, "driver") as (phone,):
        await phone.say(SENTENCE)
        if not yes:  # everything that could pass for a yes of somebody who did not read
            for after in (None, 0, 10**6):
                assert (await phone.post(text="yes", **({} if after is None else {"after": after}))).status_code == 409
        await phone.say("yes" if yes else "no")
        place.shown += phone.heard


CELLS["chat", "consent"] = asks_first(chat)
CELLS["chat", "changed"] = holds_changed_tools(chat)


@cell("chat", "login")
async def nobody_chats_without_a_session(place: Place) -> None:
    async with chat_served(place) as running, httpx.AsyncClient(base_url=running.rest_url, trust_env=False) as http:
        socket = f"{running.rest_url.replace('http', 'ws', 1)}/chat"
        for headers in ({}, {"Authorization": f"Bearer {'0' * 64}"}, {"X-User-ID": "driver"}):
            assert (await http.post("/chat", json={"text": SENTENCE}, headers=headers)).status_code == 401
        with pytest.raises(InvalidStatus, match="401"):
            async with connect(socket, additional_headers={"Authorization": f"Bearer {'0' * 64}"}, proxy=None):
                pass
        async with phones(running, "driver") as (phone,):
            await phone.say(SENTENCE)
            await http.post("/auth/logout", headers=phone.headers)
            assert (await phone.post(text="yes", after=phone.after)).status_code == 401
            assert place.oracle.effects == []
            await phone.log_in()
            await phone.say("yes")
    assert place.oracle.effects == [PAID]


@cell("chat", "limits")
async def more_than_the_limits_is_refused(place: Place) -> None:
    assert (LONGEST_MESSAGE, chats.MOST_CHATS, MOST_SOCKETS, CHAT_IDLE_SECONDS) == (2000, 200, 4, 1800.0)
    async with (
        chat_served(place, settings=RestSettings(rate_max=8)) as running,
        phones(running, "driver") as (phone,),
    ):
        assert (await phone.post(text=f"{SENTENCE} {'x' * LONGEST_MESSAGE}")).status_code == 400
        statuses = [(await phone.request("GET", "/chat")).status_code for _ in range(8)]
        assert (statuses[0], statuses[-1]) == (200, 429)
        assert (await phone.post(text=SENTENCE)).status_code == 429
    assert place.oracle.effects == []


@cell("chat", "host")
async def the_chat_takes_loopback_names_and_allowed_origins_only(place: Place) -> None:
    page = "https://car.example"
    async with (
        chat_served(place, settings=RestSettings(allowed_origins=(page,))) as running,
        phones(running, "driver") as (phone,),
    ):
        body = {"text": SENTENCE, "after": 0}
        await takes_loopback_only(running.url, "POST", "/api/v1/chat", phone.headers, json=body)
        for headers, status in HOSTS:
            host = headers.get("Host", "127.0.0.1")
            url = f"ws://{host}:{running.port}/api/v1/chat"
            given = {**phone.headers, **{name: value for name, value in headers.items() if name != "Host"}}
            with pytest.raises(InvalidStatus, match=str(status)):
                async with connect(url, host="127.0.0.1", port=running.port, additional_headers=given, proxy=None):
                    pass
        async with phone.socket(Origin=page) as socket:
            await socket.recv()
    assert place.oracle.effects == []
