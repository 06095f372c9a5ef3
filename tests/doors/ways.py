"""How each door is gone through in the tests: as its own users go through it, with a real server behind it."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from mcp import Client

from assistant.cli.main import cli
from assistant.cli.plain import converse
from assistant.policy.sensitivity import is_deferrable
from assistant.serving.platform.callers import Permission
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import Options, RunningServer, serve_tools
from assistant.serving.state.secret_keys import Secrets, mint_login_token
from assistant.serving.tool_client_host import ToolClientHost
from assistant.settings.settings import Settings
from assistant.tool_opening import needs_consent, open_tools
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from tests.assistant.serving.chain import Person, logged_in
from tests.client.harness import QUICK
from tests.doors.oracle import Oracle

SENTENCE = "pay the bill of 5 euros"


@dataclass
class Place:
    """What a way has: the oracle, a folder that lasts, and what was shown to whoever agrees."""

    oracle: Oracle
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    shown: list[str] = field(default_factory=list)
    secrets: Secrets = field(default_factory=Secrets.generate)
    tool: str = "pay_bill"
    arguments: dict[str, Any] = field(default_factory=lambda: {"amount": 5})


Way = Callable[[Place, bool], Awaitable[None]]
"""Tries to pay a bill of 5 through a door, with the yes of that door or without it."""


@contextmanager
def ports_opened() -> Iterator[list[object]]:
    """Collect the addresses at which this process begins to listen: pairs for the network, paths for socket files."""
    opened: list[object] = []
    listen = socket.socket.listen

    def noted(self: socket.socket, *backlog: int) -> None:
        opened.append(self.getsockname())
        listen(self, *backlog)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "listen", noted)
        yield opened


async def talk(place: Place, *lines: str, **settings: Any) -> list[str]:
    """Type lines to the live assistant with the oracle as its only server; return every answer."""
    given = {"data_folder": str(place.folder), "servers": {"bank": {"url": place.oracle.url}}, **settings}
    said: list[str] = []
    await converse(Settings.model_validate(given), io.StringIO("\n".join(lines)), said.append, lambda _: None)
    place.shown += said
    return said


async def conversation(place: Place, yes: bool) -> None:
    """Ask in words."""
    await talk(place, SENTENCE, "yes" if yes else "no")


async def command(place: Place, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run `mcqueen` in this process; return its code, its lines of JSON and all it printed."""
    done = await asyncio.to_thread(CliRunner().invoke, cli, list(words))
    place.shown.append(done.output)
    lines = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    return done.exit_code, lines, done.output


async def call(place: Place, yes: bool) -> None:
    """Call by hand."""
    agreed = ["--yes"] if yes else []
    words = [f"{name}:={json.dumps(value)}" for name, value in place.arguments.items()]
    place.shown += words  # the operator wrote them, and says --yes to what they wrote
    await command(place, "call", place.tool, *words, "--server", place.oracle.url, "--json", *agreed)


async def batch(place: Place, yes: bool) -> None:
    """Call from a file."""
    await batch_of(place, [{"id": 1, "tool": place.tool, "arguments": place.arguments}], yes=yes)


async def batch_of(place: Place, lines: Sequence[dict[str, Any]], *, yes: bool) -> list[dict[str, Any]]:
    """Run a batch and return its answers."""
    path = place.folder / "batch.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [json.dumps(line) for line in lines]
    path.write_text("\n".join(written), encoding="utf-8")
    place.shown += written  # the operator wrote them, and says --yes to what they wrote
    agreed = ["--yes"] if yes else []
    _, answers, _ = await command(place, "call", "--batch", str(path), "--server", place.oracle.url, "--json", *agreed)
    return answers


@asynccontextmanager
async def client_of(place: Place, *servers: tuple[str, str], **settings: Any) -> AsyncIterator[ToolClient]:
    """A client with the product's own policy, in front of these servers (name, URL), by default the oracle."""
    clock = SystemClock()
    named = servers or (("bank", place.oracle.url),)
    async with open_http_client() as http:
        made = [StreamableHttpServer(name, url, http, clock) for name, url in named]
        async with open_tools(made, place.folder, clock, settings.get("settings", QUICK)) as tools:
            await tools.ready(10)
            yield tools


@asynccontextmanager
async def served(place: Place, **options: Any) -> AsyncIterator[RunningServer]:
    """The serving faces in front of the oracle."""
    clock = SystemClock()
    async with client_of(place) as tools:
        host = ToolClientHost(tools, clock=clock, needs_consent=needs_consent, deferrable=is_deferrable, deadline=5.0)
        given: Options = {"faces": ("mcp", "rest"), "secrets": place.secrets, **options}  # type: ignore[typeddict-item]  # the caller's own
        async with serve_tools(host, clock.now, **given) as running:
            yield running


async def mcp(place: Place, yes: bool) -> None:
    """Call over MCP, as a person who accepts the form or declines it."""
    person = Person("accept" if yes else "decline")
    async with served(place) as running, Client(running.mcp_url, elicitation_callback=person) as client:
        result = await client.call_tool(place.tool, place.arguments)
        place.shown += [form.message for form in person.asked]
        place.shown += [block.text for block in result.content if block.type == "text"]


async def rest(place: Place, yes: bool) -> None:
    """Call over McQueen REST."""
    async with served(place) as running, logged_in(running) as remote:
        confirmations: Any = place.arguments if yes else {}
        answer = await remote.execute(place.tool, place.arguments, **confirmations)
        place.shown.append(answer.text)


STDIO = """\
import asyncio, json, sys
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

folder = sys.argv[1]
tools = json.load(open(folder + "/tools.json"))


async def listed(context, params):
    return types.ListToolsResult(tools=[types.Tool.model_validate(tool) for tool in tools])


async def called(context, params):
    with open(folder + "/effects.jsonl", "a") as log:
        log.write(json.dumps([params.name, params.arguments or {}]) + "\\n")
    return types.CallToolResult(content=[types.TextContent(type="text", text="It is done.")])


async def main():
    server = Server("oracle", on_list_tools=listed, on_call_tool=called)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


asyncio.run(main())
"""


class PlatformUser:
    """A user of the AI Platform face, whose server is the oracle as a process of its own."""

    def __init__(self, running: RunningServer, http: httpx.AsyncClient, place: Place) -> None:
        self.running, self.http, self.place = running, http, place
        self.headers = self.token("anna")

    def token(self, user: str, *permissions: Permission) -> dict[str, str]:
        """Return the headers of somebody's token."""
        named = [permission.value for permission in permissions] or None
        now = SystemClock().now()
        token = mint_login_token(self.running.secrets.jwt_secret, user, now=now, permissions=named)
        return {"Authorization": f"Bearer {token}"}

    def write_tools(self) -> None:
        """Have the process list what the oracle lists, from its next start on."""
        (self.place.folder / "tools.json").write_text(json.dumps(self.place.oracle.tools), encoding="utf-8")

    async def start(self) -> str:
        """Make the server if it is not there, start it, and return its id."""
        self.write_tools()
        script = self.place.folder / "oracle.py"
        script.write_text(STDIO, encoding="utf-8")
        found = (await self.http.get("/api/mcp", headers=self.headers)).json()["servers"]
        if not found:
            body = {"name": "oracle", "command": sys.executable, "args": [str(script), str(self.place.folder)]}
            found = [(await self.http.post("/api/mcp", json=body, headers=self.headers)).json()["server"]]
        server_id = str(found[0]["id"])
        started = await self.http.post(f"/api/mcp/{server_id}/start", headers=self.headers)
        assert started.status_code == 200, started.text
        return server_id

    async def execute(self, server_id: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """Pay a bill of 5."""
        given = {"tool_name": self.place.tool, "parameters": self.place.arguments, **body}
        answer = await self.http.post(
            f"/api/mcp/{server_id}/execute", json=given, headers=self.headers if headers is None else headers
        )
        self.place.shown.append(answer.text)
        self.note()
        return answer

    def note(self) -> None:
        """Take what the process did for what the oracle did."""
        path = self.place.folder / "effects.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.place.oracle.effects[:] = [(name, given) for name, given in map(json.loads, lines)]


@asynccontextmanager
async def platform_user(place: Place) -> AsyncIterator[PlatformUser]:
    """The platform with a user on it."""
    place.folder.mkdir(parents=True, exist_ok=True)
    settings = PlatformSettings(place.folder / "platform", timeout=5.0, commands=("*",))
    async with (
        served(place, faces=("rest", "platform"), platform=settings) as running,
        httpx.AsyncClient(base_url=running.url, trust_env=False, timeout=20) as http,
    ):
        yield PlatformUser(running, http, place)


async def platform(place: Place, yes: bool) -> None:
    """Execute a tool of a server of one's own."""
    async with platform_user(place) as user:
        confirmations = place.arguments if yes else {}
        await user.execute(await user.start(), voice_confirmations=confirmations)
