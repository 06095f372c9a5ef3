"""What an MCP server tells besides answers, and what is kept of it: changes, progress, revisions, what can be read."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations

from client.call import Need, NeedsInput
from client.clock import SystemClock
from client.connections.resources_and_prompts import Material
from client.http import open_http_client
from client.notices import CallProgress, Notice
from client.servers.mcp.mcp_negotiation import Agreement
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.readable import Content
from client.servers.tool_server import ServerUnavailableError
from tests.client.counting_server import CountingServer
from tests.client.faulty_server import FaultyServer, _reply_json
from tests.client.harness import at, make_call, tool_client, until

READING = ToolAnnotations(read_only_hint=True)


class TellingServer(CountingServer):
    """Grows a tool when told to, in the words of both eras, and tells how far it is."""

    def sdk_server(self) -> MCPServer:
        server = super().sdk_server()

        async def late() -> str:
            return "late"

        async def grow(context: Context) -> str:
            server.add_tool(late, name=f"late_{self.reading}", description="New.", annotations=READING)
            self.reading += 1
            await context.notify_tools_changed()
            if (context.protocol_version or "") < "2026":
                await context.session.send_tool_list_changed()
            return "grown"

        async def wash(context: Context) -> str:
            for step in (1, 2):
                await context.report_progress(step, 2, f"step {step}")
            return "clean"

        server.add_tool(grow, description="Show more.", annotations=READING)
        server.add_tool(wash, description="See the car washed.", annotations=READING)

        @server.resource("town://map", mime_type="text/plain")
        def town_map() -> str:
            return "a map"

        @server.resource("town://street/{name}")
        def street(name: str) -> str:
            return f"the street {name}"

        @server.prompt()
        def greeting(name: str) -> str:
            return f"Say hello to {name}."

        return server


async def shake_hands(
    session: ClientSession, _kept: object, place: str, _probe_seconds: float
) -> tuple[Agreement, bool]:
    await session.initialize()
    return Agreement(place, None), False


@pytest.fixture(params=["2026-07-28", "handshake"])
def era(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "handshake":
        monkeypatch.setattr("client.servers.mcp.mcp_server.negotiate", shake_hands)
    return str(request.param)


@pytest.mark.proves("C.changes")
@pytest.mark.usefixtures("era")
async def test_a_tool_that_comes_while_connected_is_there_at_once(tmp_path: Path) -> None:
    async with TellingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        assert tools.catalog.find("late_0") is None
        assert (await tools.call(make_call("grow"))).kind == "succeeded"
        await until(lambda: tools.catalog.find("late_0") is not None)


@pytest.mark.proves("C.changes")
async def test_changes_are_heard_of_again_after_the_server_was_away(tmp_path: Path) -> None:
    server = TellingServer()
    await server.start()
    async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
        await server.stop()
        await server.start()
        await until(lambda: tools.server_states()[0].healthy)

        async def grown() -> bool:
            await tools.call(make_call("grow"))
            return any(tool.name.startswith("late_") for tool in tools.catalog)

        for _ in range(100):
            if await grown():
                break
        else:
            await until(lambda: any(tool.name.startswith("late_") for tool in tools.catalog))
    await server.stop()


@pytest.mark.proves("C.progress")
@pytest.mark.usefixtures("era")
async def test_the_progress_of_a_call_is_told_to_listeners(tmp_path: Path) -> None:
    heard: list[Notice] = []
    async with TellingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        tools.subscribe(heard.append)
        call = make_call("wash")
        assert (await tools.call(call)).kind == "succeeded"
        await until(lambda: sum(isinstance(notice, CallProgress) for notice in heard) == 2)
    told = [notice for notice in heard if isinstance(notice, CallProgress)]
    assert {(one.call.call_id, one.done, one.total, one.message) for one in told} == {
        (call.call_id, 1.0, 2.0, "step 1"),
        (call.call_id, 2.0, 2.0, "step 2"),
    }


@pytest.mark.proves("C.reading")
@pytest.mark.usefixtures("era")
async def test_resources_and_prompts_are_listed_and_read() -> None:
    async with TellingServer() as server, open_http_client() as http:
        town = StreamableHttpServer("town", server.url, http, SystemClock())
        away = StreamableHttpServer("away", "http://127.0.0.1:9/mcp", http, SystemClock())
        await town.connect()
        material = Material([away, town])
        resources = await material.resources()
        assert {(one.server, one.uri, one.template) for one in resources} == {
            ("town", "town://map", False),
            ("town", "town://street/{name}", True),
        }
        assert "away" in material.failures
        assert await material.read("town://street/Main") == [
            Content("the street Main", "text/plain", "", "town://street/Main")
        ]
        (prompt,) = await material.prompts()
        assert [(one.name, one.required) for one in prompt.parameters] == [("name", True)]
        (message,) = await material.prompt("greeting", {"name": "Anna"})
        assert message.content.text == "Say hello to Anna."
        with pytest.raises(ServerUnavailableError, match="town answers"):
            await material.read("town://nowhere", "town")
        await town.close()


class Recording(FaultyServer):
    """Remembers the methods that arrived."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.methods: list[str] = []

    async def _manage(self, writer: Any, message: dict[str, Any]) -> bool:
        self.methods.append(message["method"])
        return await super()._manage(writer, message)


@pytest.mark.proves("C.revision")
async def test_the_second_start_does_not_ask_for_the_revision_again(tmp_path: Path) -> None:
    async with Recording() as server:
        for expected in (["server/discover", "tools/list"], ["tools/list"]):
            server.methods.clear()
            async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
                assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
            assert server.methods == expected


@pytest.mark.proves("C.revision")
@pytest.mark.parametrize("first", [False, True])
async def test_a_server_that_changed_its_revision_meanwhile_is_asked_anew(tmp_path: Path, first: bool) -> None:
    async with Recording(handshake=first) as server:
        async with tool_client(tmp_path / "records.db", at(server.url)):
            pass
        port = server.port
    other = Recording(handshake=not first)
    other.port = port
    async with other, tool_client(tmp_path / "records.db", at(other.url)) as tools:
        outcome = await tools.call(make_call("get_weather", place="Ulm"))
        assert outcome.kind == "succeeded"
        assert other.executed == [{"place": "Ulm"}]


async def test_a_page_to_visit_is_handed_on_with_its_address(tmp_path: Path) -> None:
    class Visiting(FaultyServer):
        def _execute(self, message: dict[str, Any]) -> dict[str, Any]:
            if message["params"].get("inputResponses") is None:
                params = {"mode": "url", "message": "Please log in.", "url": "https://login.example/start"}
                request = {"method": "elicitation/create", "params": params}
                result = {"resultType": "input_required", "inputRequests": {"q": request}, "requestState": "s"}
                return {"jsonrpc": "2.0", "id": message["id"], "result": result}
            return super()._execute(message)

    async with Visiting() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("get_weather", place="Ulm")
        asked = await tools.call(call)
        assert isinstance(asked, NeedsInput)
        assert (asked.need, asked.service) == (Need.LOGIN, "login.example")
        assert asked.schema == {"url": "https://login.example/start"}
        assert server.executed == []
        assert (await tools.call(call, answers={})).kind == "succeeded"


class Dated(Recording):
    """Says how long what it lets be read stays fresh, and for whom."""

    stamp: dict[str, Any] = {}  # noqa: RUF012  # replaced by each test, never changed

    async def _manage(self, writer: Any, message: dict[str, Any]) -> bool:
        if message["method"] != "resources/read":
            return await super()._manage(writer, message)
        self.methods.append(message["method"])
        contents = [{"uri": message["params"]["uri"], "text": f"edition {len(self.methods)}"}]
        result = {"contents": contents, "resultType": "complete", **self.stamp}
        return await _reply_json(writer, {"jsonrpc": "2.0", "id": message["id"], "result": result}, 200, {})


class Watch(SystemClock):
    """The machine's clock, moved forward by the test."""

    shift = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.shift


@pytest.mark.proves("C.fresh")
@pytest.mark.parametrize("scope", ["private", "public"])
async def test_what_a_server_calls_fresh_is_not_asked_again_until_it_ends_or_something_was_called(scope: str) -> None:
    async with Dated() as server, open_http_client() as http:
        server.stamp = {"ttlMs": 60_000, "cacheScope": scope}
        clock = Watch()
        town = StreamableHttpServer("town", server.url, http, clock)
        await town.connect()
        first = await town.read_resource("town://map")
        assert await town.read_resource("town://map") == first
        other = await town.read_resource("town://park")
        assert other != first
        clock.shift += 61.0
        second = await town.read_resource("town://map")
        assert second != first
        await town.close()
        await town.connect()  # perhaps with another login
        assert (await town.read_resource("town://map") == second) is (scope == "public")
        await town.call(make_call("get_weather", place="Ulm"), seconds=5, confirmed=False)
        assert await town.read_resource("town://map") != second
        await town.close()


@pytest.mark.proves("C.fresh")
async def test_what_no_server_calls_fresh_is_asked_each_time() -> None:
    async with Dated() as server, open_http_client() as http:
        town = StreamableHttpServer("town", server.url, http, SystemClock())
        await town.connect()
        for stamp in ({"ttlMs": 0, "cacheScope": "public"}, {"ttlMs": True}, {"ttlMs": "long"}, {"ttlMs": -1}, {}):
            server.stamp = {"cacheScope": "private", **stamp}
            before = server.methods.count("resources/read")
            for _ in range(2):
                with suppress(ServerUnavailableError):  # an answer of no revision is refused
                    await town.read_resource("town://map")
            assert server.methods.count("resources/read") == before + 2
        await town.close()


async def test_a_connection_given_up_while_it_is_made_leaves_no_failure_that_nobody_hears() -> None:
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    async with open_http_client() as http:
        for steps in range(25):
            away = StreamableHttpServer("away", "http://127.0.0.1:9/mcp", http, SystemClock())
            connecting = asyncio.create_task(away.connect())
            for _ in range(steps):
                await asyncio.sleep(0)
            connecting.cancel()
            await asyncio.wait({connecting})
            if not connecting.cancelled():
                connecting.exception()
            await away.close()
    del away, connecting
    gc.collect()
    await asyncio.sleep(0)
    assert unheard == []
