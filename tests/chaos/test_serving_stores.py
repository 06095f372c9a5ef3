"""`mcqueen serve` whose stores fail at the first, second, ... statement of a request: what it answers is what was done.

A real server behind it counts what it executed. After the fault the same request with the same key is made again.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from mcp import Client

from assistant.policy.sensitivity import is_deferrable
from assistant.serving.server import RunningServer, serve_tools
from assistant.serving.tool_client_host import ToolClientHost
from assistant.tool_opening import needs_consent, open_tools
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from tests.assistant.serving.chain import Person, RemoteRest, call, logged_in, meta_of
from tests.chaos.faulty_disk import Plan
from tests.chaos.storage_loop import DISK_FAULTS, Tried, report, statements
from tests.client.counting_server import CountingServer
from tests.client.harness import QUICK

EVERY = int(os.environ.get("CHAOS_EVERY", "0")) or 11
"""Every N-th statement is tried."""


@dataclass(frozen=True)
class Said:
    """What a caller was told: `done`, `not done`, `waits`, or `not known`."""

    what: str
    raw: str


@asynccontextmanager
async def served(folder: Path, url: str) -> AsyncIterator[RunningServer]:
    """Serve that server, everything kept in files."""
    clock = SystemClock()
    async with open_http_client() as http:
        behind = StreamableHttpServer("town", url, http, clock, trusted=True)
        async with open_tools([behind], folder, clock, QUICK) as tools:
            await tools.ready(10)
            host = ToolClientHost(
                tools, clock=clock, needs_consent=needs_consent, deferrable=is_deferrable, deadline=5.0
            )
            store = str(folder / "store.db")
            async with serve_tools(host, clock.now, store=store, audit_path=folder / "audit.jsonl") as running:
                yield running


async def by_rest(rest: RemoteRest, tool: str, text: str) -> Said:
    """Make the call over REST, confirmed."""
    answer = await rest.execute(tool, {"text": text}, key=f"key-{text}", text=True)
    body = answer.json()
    if answer.status_code == 200 and body.get("success"):
        return Said("waits" if (body.get("data") or {}).get("status") == "waiting" else "done", answer.text)
    told_nothing = "nothing was done" in answer.text.lower() or body.get("details", {}).get("sent") == "no"
    return Said("not done" if told_nothing else "not known", answer.text)


async def by_mcp(client: Client, tool: str, text: str) -> Said:
    """Make the call over MCP with the SDK's client, which says yes to the read-back."""
    result = await call(client, tool, {"text": text}, key=f"key-{text}")
    meta = meta_of(result)
    outcome, sent = meta.get("mcqueen/outcome"), dict(meta.get("mcqueen/error") or {}).get("sent")
    if outcome == "deferred":
        return Said("waits", str(meta))
    return Said("done" if not result.is_error else "not done" if sent == "no" else "not known", str(result))


@asynccontextmanager
async def by_face(face: str, running: RunningServer) -> AsyncIterator[Callable[[str, str], Awaitable[Said]]]:
    """Log in, and yield what makes a call."""
    if face == "REST":
        async with logged_in(running) as rest:
            yield partial(by_rest, rest)
    else:
        async with Client(running.mcp_url, elicitation_callback=Person()) as client:
            yield partial(by_mcp, client)


def problems(said: Said, times: int) -> list[str]:
    """Compare what was told with how often the server did it."""
    found = [f"done {times} times"] if times > 1 else []
    if said.what == "done" and not times:
        found.append(f"told as done and not done: {said.raw}")
    if said.what in ("not done", "waits") and times:
        found.append(f"done and told as {said.what}: {said.raw}")
    return found


@pytest.mark.proves("G.effect-told", "P2.chaos", "P3.disk")
@pytest.mark.parametrize("face", ["REST", "MCP"])
@pytest.mark.parametrize("tool", ["send_message", "send_message_once"])
async def test_stores_that_fail_at_any_statement_of_a_request_answer_what_was_done(
    tmp_path: Path, face: str, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.records.storage._BUSY_SECONDS", 0.01)
    broken, pairs = [], 0
    with statements() as use:
        async with (
            CountingServer() as server,
            served(tmp_path, server.url) as running,
            by_face(face, running) as ask,
        ):
            for fault in DISK_FAULTS:
                for lasting in (False, True):
                    for at in count(1, EVERY):
                        plan, text = Plan(fault, at, lasting), f"{fault}-{lasting}-{at}"
                        use(plan)
                        said = await ask(tool, text)
                        use(Plan())
                        found = problems(said, server.sent.count(text))
                        again = await ask(tool, text)
                        found += [f"asked again: {one}" for one in problems(again, server.sent.count(text))]
                        if said.what == "done" and again.what != "done":
                            found.append(f"done, and asked again {again.what}: {again.raw}")
                        broken += [f"{face}, {tool}, {plan}: {one}" for one in found]
                        if not plan.hit:
                            break
                        pairs += 1
    report("serving stores", f"{face} {tool}", Tried(pairs, 0, broken))
