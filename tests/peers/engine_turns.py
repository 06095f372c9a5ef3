"""A conversation of several turns with a real model behind a real engine, and what it makes of thirty plain orders.

The whole assistant stands between model and town: what changes the town without a yes is a failure. The sentences are
written beforehand (`orders.toml`).
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import tomllib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from assistant.conversation.chat.chat_lines import ChatLines
from assistant.conversation.observations import Observation, Stepped
from assistant.conversation.reader import Reader
from assistant.conversation.runtime import Runtime
from assistant.dialogue.events import Heard
from assistant.dialogue.state import State
from assistant.dialogue.turns import Mode
from assistant.hosting.mcp_over_host import mcp_server
from assistant.tool_opening import open_tools
from assistant.town.town_host import TownHost
from assistant.town.world import World
from assistant.understanding.interpret import Interpreter
from assistant.understanding.learning.language_model import MOST_TOKENS, Model, ModelSettings
from assistant.understanding.learning.model_history import MOST_EXCHANGES
from assistant.understanding.reading import Context, Reading
from assistant.understanding.slots.check import Checker
from client.catalog import Catalog
from client.clock import SystemClock
from client.schemas.tool_listing import read_tools
from client.servers.mcp.in_process import InProcessServer
from tests.peers.calling import told

ORDERS = Path(__file__).with_name("orders.toml")
PATIENCE = 600.0
"""Seconds for an answer: as slow as the machine may be, none is cut off unless a row is about that."""
ASIDE = (
    "would I need a coat there",
    "give my better half a sign that we roll in soon",
    "same thing for the other town",
    "my throat is dry and I fancy something spicy",
)
"""What understands itself only from what was said before, or not at all: the model is asked."""
TURNS = 3
"""Of these, the least that it must be asked about: the rest may come to be understood without it."""
LONGEST_HISTORY = 2 + MOST_EXCHANGES * 4
"""Messages of a request: instructions, sentence, and for each earlier sentence at most one call here."""
WHOLE = 20
"""Of thirty orders, the least that must come back as a whole call: with fewer the protocol is not spoken any more. With
the pinned weights and engine it was 30."""


class Wire:
    """What went to the engine, and how it answered."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[tuple[int, str]] = []
        http.event_hooks = {"response": [self._saw]}

    async def _saw(self, response: httpx.Response) -> None:
        if response.request.method == "POST":
            self.sent.append(json.loads(response.request.content))
            self.answers.append((response.status_code, response.headers.get("content-type", "")))


def _alternates(messages: Sequence[dict[str, Any]]) -> bool:
    """Return whether users and assistant take turns and each result follows its call, as chat templates want."""
    follows = {"user": {"system", "assistant"}, "assistant": {"user", "tool"}, "tool": {"assistant"}}
    return all(one["role"] in follows[other["role"]] for one, other in pairwise(messages))


async def conversation(peer: str, http: httpx.AsyncClient, url: str, folder: Path) -> None:
    """Talk, with the model asked wherever the assistant is unsure."""
    wire, clock = Wire(http), SystemClock()
    host = TownHost(World(1, now=lambda: datetime.now().astimezone()))
    start = host.world.snapshot()
    model = Model(ModelSettings(url, "small", seconds=PATIENCE), http)
    with tempfile.TemporaryDirectory(dir=folder) as records:
        server = InProcessServer("town", mcp_server(host), clock, built_in=True)
        async with open_tools([server], Path(records), clock) as tools:
            lines = ChatLines()
            reader = Reader(model=model, heard=False)
            runtime = Runtime(State("engine"), tools=tools, clock=clock, mouth=lines, reader=reader)
            talk = Talk(runtime, lines)
            await tools.ready(10)
            async with runtime:
                await talk.ready()
                await talk.say("what is the weather in Mannheim")
                for line in ASIDE:
                    await talk.say(line)
                    await talk.say("never mind")  # else the next line answers what a proposal left open
                told(peer, "nothing changes without a yes", host.world.snapshot() == start)
                await talk.say("send a message to Anna saying we roll in soon")
                told(peer, "nor by a read-back", host.world.snapshot() == start)
                await talk.say("yes")
                sent = host.world.snapshot()["messages_sent"]
                told(peer, "a yes sends what was read back, once", [one["contact"] for one in sent] == ["Anna"], sent)
    _judge(peer, wire)
    await _limits(peer, http, url, host)


class Talk:
    """Lines typed to a conversation, each answered before the next, however long the model takes."""

    def __init__(self, runtime: Runtime, lines: ChatLines) -> None:
        self._runtime, self._lines = runtime, lines
        self._heard = False
        runtime.observe(lines.saw)
        runtime.observe(self._saw)

    def _saw(self, seen: Observation) -> None:
        self._heard = self._heard or (isinstance(seen, Stepped) and isinstance(seen.event, Heard))

    async def ready(self) -> None:
        """Wait for the tools."""
        async with asyncio.timeout(PATIENCE):
            while not len(self._runtime.state.catalog):
                await self._step()

    async def say(self, text: str) -> str:
        """Say something, and return what is answered."""
        before, self._heard = self._lines.last, False
        await self._runtime.type(text)
        async with asyncio.timeout(PATIENCE):
            while not self._heard or self._runtime.state.mode is Mode.CALLING or self._runtime.state.said.playing:
                self._lines.sent(self._lines.last)
                await self._step()
        return " ".join(line.text for line in self._lines.after(before))

    async def _step(self) -> None:
        self._lines.changed.clear()
        await self._lines.changed.wait()


def _judge(peer: str, wire: Wire) -> None:
    """Look at what went over the wire."""
    told(peer, "the model was asked in several turns", len(wire.sent) >= TURNS, f"{len(wire.sent)} times")
    streamed = all(status == 200 and kind.startswith("text/event-stream") for status, kind in wire.answers)
    told(peer, "each request is taken, and answered in a stream", streamed, wire.answers)
    conversations = [one["messages"] for one in wire.sent]
    told(peer, "user and assistant take turns in each", all(_alternates(messages) for messages in conversations))
    results = [message["content"] for messages in conversations for message in messages if message["role"] == "tool"]
    told(peer, "what a tool answered is told", any("temperature" in each for each in results), results[:1])
    told(peer, "the history is limited", max(map(len, conversations), default=0) <= LONGEST_HISTORY)


async def _limits(peer: str, http: httpx.AsyncClient, url: str, host: TownHost) -> None:
    """Have a short time run out, and a new sentence answered afterwards."""
    catalog, interpreter = _catalog(host)
    offline = Reading(text=ASIDE[1])
    hasty = Model(ModelSettings(url, "small", seconds=0.05), http)
    began = time.monotonic()
    late = await hasty.improved(offline, catalog, Context(now=time.time()), interpreter)
    took = time.monotonic() - began
    told(peer, "a model that is slow is not waited for", late == offline and took < 2.0, f"{took:.2f} s")
    name, _ = await Model(ModelSettings(url, "small"), http).proposal("what is the weather in Rome", catalog)
    told(peer, "the engine answers the next sentence", name in {tool.qualified for tool in catalog}, name)


def _catalog(host: TownHost) -> tuple[Catalog, Interpreter]:
    listing = read_tools([dict(one) for one in host.definitions.values()], server="town")
    catalog = Catalog(tuple(listing.tools))
    return catalog, Interpreter(catalog)


async def orders(peer: str, http: httpx.AsyncClient, url: str) -> None:
    """Give the orders, each by itself, and count."""
    wire, host = Wire(http), TownHost(World(1, now=lambda: datetime.now().astimezone()))
    catalog, interpreter = _catalog(host)
    model = Model(ModelSettings(url, "small"), http)
    written = tomllib.loads(ORDERS.read_text(encoding="utf-8"))["orders"]
    counted = {"a whole call": 0, "the right tool": 0, "tool and values": 0, "right after the gate": 0}
    invalid: list[str] = []
    offline = 0
    for order in written:
        context = Context(now=time.time())
        best = next(iter(interpreter.read([order["say"]], context).interpretations), None)
        same = best is not None and best.tool == f"town.{order['tool']}"
        offline += same and best is not None and _as_wanted(best.arguments, order["args"])
        try:
            name, arguments = await model.proposal(order["say"], catalog)
        except ValueError:
            continue  # cut off at `MOST_TOKENS`
        tool = catalog.find(name) if name else None
        counted["a whole call"] += tool is not None
        right = tool is not None and tool.name == order["tool"]
        counted["the right tool"] += right
        counted["tool and values"] += right and _as_wanted(arguments, order["args"])
        held = model.held(name, arguments, order["say"], catalog, context, interpreter)
        if held is not None and tool is not None:
            counted["right after the gate"] += right and _as_wanted(held.arguments, order["args"])
            invalid += [] if Checker(tool).valid(held.arguments) == held.arguments else [order["say"]]
    told(peer, f"at least {WHOLE} of {len(written)} orders become a whole call", counted["a whole call"] >= WHOLE)
    told(peer, "what passes the gate fits the schemas", not invalid, invalid)
    told(peer, "no answer is longer than allowed", all(one["max_tokens"] == MOST_TOKENS for one in wire.sent))
    shares = ", ".join(f"{name} {count}" for name, count in counted.items())
    print(f"of {len(written)} orders: {shares}; without a model, tool and values {offline}", flush=True)


def _as_wanted(given: Any, wanted: dict[str, Any]) -> bool:
    return all(str(given.get(name, "")).casefold() == str(value).casefold() for name, value in wanted.items())
