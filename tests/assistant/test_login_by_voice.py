"""From a server that wants a login first to the sentence that the driver hears: the whole way, over real HTTP."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

import pytest

from assistant.serving.server import serve_town
from assistant.tool_opening import open_tools
from assistant.town.world import World
from client.access.accounts import Credentials
from client.call import Need, ToolCall
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.rest.mcqueen import McQueenServer
from tests.assistant.dialogue.conversation import WEATHER, Conversation, wants


@pytest.mark.proves("C.login")
async def test_a_tool_that_needs_a_login_to_a_service_says_so_and_when_to_set_it_up(tmp_path: Path) -> None:
    now = datetime.fromisoformat("2026-11-21T12:00:00+01:00")
    clock = SystemClock()
    async with serve_town(World(now=lambda: now)) as town, open_http_client() as http:
        server = McQueenServer(
            "town", town.url, http, clock, credentials=Credentials("anna", town.login_token("anna")), trusted=True
        )
        async with open_tools([server], tmp_path, clock) as tools:
            await tools.ready(10)
            arguments = {"action": "get_saved_places"}
            call = ToolCall(str(uuid.uuid4()), "town", "maps_hybrid", arguments, str(uuid.uuid4()))
            outcome = await tools.call(call)
    assert outcome.kind == "needs_input", outcome
    assert (outcome.need, outcome.service) == (Need.LOGIN, "google_maps")
    conversation = Conversation()
    conversation.hear(wants(WEATHER, {"place": "Rome"}))
    conversation.end_call(outcome)
    assert conversation.said == "That needs a login to google maps first. Please set it up when you are parked."
