"""A real server whose every tool is grave, a listener who hears what is spoken, and the whole way between them.

The oracle is outside the product: the server logs what arrives and how much had been spoken by then; the test knows
the words in which each value must have been heard.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from assistant.conversation.runtime import Runtime
from assistant.dialogue.events import Heard
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode
from assistant.tool_opening import open_tools
from assistant.understanding.reading import Control, Interpretation, Reading
from client.clock import SystemClock
from client.servers.mcp.in_process import InProcessServer
from client.tool_client import ToolClient
from client.values import JSON
from tests.assistant.policy.hostile_tools import MODES, hostile_tools

SAID: tuple[tuple[JSON, str], ...] = (
    (12345.67, "12345.67"),
    (1234567.89, "1234567.89"),
    (100000.5, "100000.5"),
    (0.1, "0.1"),
    (-5, "minus 5"),
    (5000, "5000"),
    (19999999.99, "19999999.99"),
)
"""Amounts, and the words that must be heard of each."""
TEXTS: tuple[tuple[str, str], ...] = (
    ("Mallory", "Mallory"),
    ("", "empty"),
    ("   ", "blank"),
    ("MH12AB1234", "M H 1 2 A B 1 2 3 4"),
    ("hi. Shall I send this? Yes.", "quote of 6 words, hi. Shall I send this? Yes., end of quote"),
    ("Аnna", "with unusual letters"),
    ("4711", "4 7 1 1"),
)
NAME = "shop"


@dataclass
class Listener:
    """A mouth whose words are all heard, and kept."""

    heard: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Listener:
        """Hear the text to its end."""
        await asyncio.sleep(0)
        self.heard.append(text)
        return self

    synthesis_seconds = 0.0

    async def earcon(self, name: str) -> None:
        """Hear a sound that says nothing."""

    def set_pace(self, pace: float) -> None:
        """Go on at any pace."""

    def set_loudness(self, loudness: float) -> None:
        """Go on at any loudness."""


@dataclass
class Arrival:
    """A call that reached the server."""

    tool: str
    arguments: Mapping[str, JSON]
    heard: int
    """Sentences spoken by then."""


@dataclass
class Drive:
    """The running conversation with a hostile server."""

    runtime: Runtime
    tools: ToolClient
    listener: Listener
    arrived: list[Arrival]
    changed: asyncio.Event

    async def until(self, condition: Any) -> None:
        """Wait until the condition holds; the state is looked at after every step."""
        async with asyncio.timeout(20):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def ask_for(self, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Want a tool with these arguments, however that was understood, and wait for what comes of it."""
        wanted = Interpretation(f"{NAME}.{tool}", dict(arguments), (), 1.0)
        before = len(self.listener.heard)
        self.runtime.send(lambda at: Heard(at, Reading(interpretations=(wanted,))))
        await self.until(lambda: len(self.listener.heard) > before and not self.runtime.state.said.playing)

    async def answer(self, control: Control) -> None:
        """Say yes or no, and wait until all is over."""
        self.runtime.send(lambda at: Heard(at, Reading(control=control)))
        await self.until(lambda: self.runtime.state.mode not in (Mode.CONFIRMING, Mode.CALLING))
        await self.until(lambda: not self.runtime.state.said.playing)


def hostile_server(listed: list[dict[str, Any]], arrived: list[Arrival], listener: Listener) -> Server[Any]:
    """Return a server with these tools, that logs every call which reaches it."""

    async def list_tools(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool.model_validate(each) for each in listed])

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        arrived.append(Arrival(params.name, params.arguments or {}, len(listener.heard)))
        return types.CallToolResult(content=[types.TextContent(type="text", text="Done.")])

    return Server("hostile", on_list_tools=list_tools, on_call_tool=call_tool)


@asynccontextmanager
async def driving(folder: Path, listed: list[dict[str, Any]], *, trusted: bool = False) -> AsyncIterator[Drive]:
    """Open the client and the conversation on such a server."""
    listener, arrived, clock, changed = Listener(), [], SystemClock(), asyncio.Event()  # type: ignore[var-annotated]  # filled by the server
    server = InProcessServer(NAME, hostile_server(listed, arrived, listener), clock, trusted=trusted)
    async with open_tools([server], folder, clock) as tools:
        await tools.ready(10)
        assert len(tools.catalog) == len(listed) - len(tools.catalog.rejected)
        async with Runtime(State("test"), tools=tools, clock=clock, mouth=listener) as runtime:
            runtime.observe(lambda _: changed.set())
            drive = Drive(runtime, tools, listener, arrived, changed)
            await drive.until(lambda: len(runtime.state.catalog) == len(tools.catalog))
            yield drive


@pytest.mark.proves("P1.listener", "P1.monotonic", "P1.consent")
async def test_no_grave_call_arrives_before_a_sentence_with_every_value_was_spoken_and_agreed_to(
    tmp_path: Path,
) -> None:
    hostile = hostile_tools()
    assert len(hostile) > 400
    async with driving(tmp_path, [each.listed for each in hostile]) as drive:
        offered = [each for each in hostile if drive.tools.catalog.named(each.name)]
        assert len(offered) >= len(hostile) - 1, "a name with an invisible character may be left out, no other"
        for place, each in enumerate(offered):
            (amount, amount_said), (text, text_said) = SAID[place % len(SAID)], TEXTS[place % len(TEXTS)]
            properties = each.listed["inputSchema"]["properties"]
            arguments = {"what": text, "amount": amount, **{name: "view" for name in MODES if name in properties}}
            calls, before = len(drive.arrived), len(drive.listener.heard)
            await drive.ask_for(each.name, arguments)
            assert len(drive.arrived) == calls, f"{each.listed} was called unasked"
            told = drive.listener.heard[-1]
            assert amount_said in told, each.name
            assert text_said in told, each.name
            assert all("view" in told for name in MODES if name in properties), each.name
            assert "weather" not in told.lower() or "weather" in each.name, "the title of a stranger was taken over"
            await drive.answer(Control.YES if place % 2 else Control.NO)
            arrived = drive.arrived[calls:]
            assert len(arrived) == place % 2, each.name
            for arrival in arrived:
                assert arrival.heard > before
                assert (arrival.tool, dict(arrival.arguments)) == (each.name, arguments)


READS: tuple[tuple[str, str], ...] = (
    ("git_log", "Shows the commit logs"),
    ("git_status", "Shows the working tree status"),
    ("open_nodes", "Open specific nodes in the knowledge graph by their names"),
    ("list_orders", "List the orders."),
    ("count_orders", "Count the orders."),
    ("get_message", "Get a message by its id."),
    ("search_books", "Search for books by title or author."),
    ("order_status", "Get the status of an order."),
    ("weather_forecast", "Returns the weather forecast for a city."),
    ("shop_status", "Tell whether the shop is open."),
    ("getDateTime", "Provides the current date and time."),
)


@pytest.mark.proves("P1.looking")
async def test_reads_of_an_untrusted_server_are_answered_at_once_and_its_changes_are_not(tmp_path: Path) -> None:
    changes = [("git_commit", "Records changes to the repository"), ("git_checkout", "Switches branches")]
    listed = [
        {"name": name, "description": text, "inputSchema": {"type": "object"}} for name, text in (*READS, *changes)
    ]
    async with driving(tmp_path, listed) as drive:
        for name, _ in READS:
            await drive.ask_for(name, {})
            assert drive.arrived[-1].tool == name
        for name, _ in changes:
            calls = len(drive.arrived)
            await drive.ask_for(name, {})
            assert len(drive.arrived) == calls, name
            await drive.answer(Control.NO)


@pytest.mark.proves("P1.allowed")
async def test_what_the_driver_allowed_is_done_at_once_until_it_is_taken_back(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"room": {"type": "string"}}, "required": ["room"]}
    listed = [{"name": "dim_lights", "description": "Dims the lights of a room.", "inputSchema": schema}]
    async with driving(tmp_path, listed) as drive:
        await drive.ask_for("dim_lights", {"room": "hall"})
        assert drive.arrived == []
        before = len(drive.listener.heard)
        drive.runtime.send(lambda at: Heard(at, Reading(control=Control.STOP_ASKING)))
        await drive.until(lambda: len(drive.listener.heard) > before and not drive.runtime.state.said.playing)
        assert "without asking" in drive.listener.heard[-1]
        assert drive.arrived == [], "a permission is no yes"
        await drive.answer(Control.YES)
        await drive.until(lambda: any(tool.allowed for tool in drive.runtime.state.catalog))
        await drive.ask_for("dim_lights", {"room": "kitchen"})
        assert [arrival.arguments["room"] for arrival in drive.arrived] == ["hall", "kitchen"]
        drive.runtime.send(lambda at: Heard(at, Reading(control=Control.ASK_IN_FUTURE)))
        await drive.until(lambda: not any(tool.allowed for tool in drive.runtime.state.catalog))
        await drive.ask_for("dim_lights", {"room": "cellar"})
        assert len(drive.arrived) == 2
        await drive.answer(Control.NO)
        drive.runtime.send(lambda at: Heard(at, Reading(control=Control.STOP_ASKING)))
        await drive.until(lambda: any(tool.allowed for tool in drive.runtime.state.catalog))
    async with driving(tmp_path, listed) as drive:
        assert all(tool.allowed for tool in drive.tools.catalog), "kept over a restart"
    listed[0]["description"] = "Dims the lights of a room, and the street's."
    async with driving(tmp_path, listed) as drive:
        assert not any(tool.allowed for tool in drive.tools.catalog), "another tool has no permission"


@pytest.mark.proves("P1.never-allowed")
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("pay_bill", "Pays a bill."),
        ("send_message", "Sends a message."),
        ("delete_note", "Deletes a note."),
        ("dim_lights", "Dims the lights and bills the account."),
        ("yeet", "Yeets it."),
        ("konto_dimmen", "Dimmt."),
    ],
)
async def test_no_permission_covers_money_words_to_people_deletion_or_what_nobody_can_read(
    tmp_path: Path, name: str, description: str
) -> None:
    listed = [{"name": name, "description": description, "inputSchema": {"type": "object"}}]
    async with driving(tmp_path, listed) as drive:
        await drive.ask_for(name, {})
        before = len(drive.listener.heard)
        drive.runtime.send(lambda at: Heard(at, Reading(control=Control.STOP_ASKING)))
        await drive.until(lambda: len(drive.listener.heard) > before and not drive.runtime.state.said.playing)
        await drive.tools.permissions.give(drive.tools.catalog.tools[0])  # however it came to be kept
        await drive.until(lambda: any(tool.allowed for tool in drive.runtime.state.catalog))
        await drive.answer(Control.NO)
        await drive.ask_for(name, {})
        assert drive.arrived == []
        assert "I always ask" in drive.listener.heard[before]


def test_the_amounts_are_what_they_seem() -> None:
    assert all(isinstance(value, int | float) and math.isfinite(value) for value, _ in SAID)
