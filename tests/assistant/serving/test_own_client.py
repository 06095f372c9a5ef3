"""Our own client of the McQueen REST dialect finds the face it expects: two sides, one contract."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from assistant.serving.server import RunningTown
from client.access.session import Credentials
from client.call import Need, ToolCall
from client.clock import SystemClock
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import Answered, FailureKind, Faulted, InputWanted
from tests.assistant.serving.conftest import SERVICES

TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00:00", "party_size": 4}


class TownClock(SystemClock):
    """The machine's clock, set to the town's time."""

    def __init__(self, town: RunningTown) -> None:
        self._town = town

    def now(self) -> float:
        return self._town.world.now().timestamp()


def _call(tool: str, arguments: dict[str, Any]) -> ToolCall:
    return ToolCall("call-1", "town", tool, arguments, "00000000-0000-4000-8000-000000000001")


@pytest.mark.proves("G.rest")
async def test_our_client_lists_asks_confirms_and_calls(town: RunningTown) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        credentials = Credentials("driver", town.login_token("driver"))
        server = McQueenServer("town", town.url, http, TownClock(town), credentials=credentials)
        await server.connect()
        assert (await server.health()).healthy
        listing = await server.list_tools()
        assert not listing.rejected
        assert "email_personal" not in {tool.name for tool in listing.tools}

        asked = await server.call(_call("book_restaurant_public", TABLE), seconds=5, confirmed=False)
        assert isinstance(asked, InputWanted)
        assert asked.need is Need.CONSENT
        for _ in range(2):
            done = await server.call(_call("book_restaurant_public", TABLE), seconds=5, confirmed=True)
            assert isinstance(done, Answered)
        assert len(town.world_of("driver").bookings.all) == 1

        locked = await server.call(_call("email_personal", {"action": "read"}), seconds=5, confirmed=False)
        assert isinstance(locked, InputWanted)
        assert (locked.need, locked.service) == (Need.LOGIN, "gmail")
        await town.users.link_all("driver", SERVICES)
        read = await server.call(_call("email_personal", {"action": "read"}), seconds=5, confirmed=False)
        assert isinstance(read, Answered)

        refused = await server.call(_call("get_weather", {"location": "Spexer"}), seconds=5, confirmed=False)
        assert isinstance(refused, Faulted)
        assert refused.kind is FailureKind.TOOL_ERROR
        assert "Speyer" in refused.error.message

        await town.stop()
        await town.start_again()
        renewed = await server.call(_call("get_weather", {"location": "Speyer"}), seconds=5, confirmed=False)
        assert isinstance(renewed, Answered)
        await server.close()
