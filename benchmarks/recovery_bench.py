"""How many transient faults are recovered: `mcqueen serve` behind a proxy that breaks the first send of every call.

Repeatable calls go through our ToolClient with its retry table, over MCP in both eras and over McQueen REST. A call
counts as recovered when it ends in success within its deadline. Effects whose answer was lost cannot be recovered by
contract; they have a row of their own: told as unknown, executed once at most. It claims nothing about other faults.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.serving.state.secret_keys import load_secrets, mint_login_token
from assistant.tool_opening import open_tools
from benchmarks.benchmark_rows import row
from benchmarks.served import served
from client.access.accounts import Credentials
from client.call import Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON
from tests.chaos.bank import Bank
from tests.chaos.proxy import FaultyProxy, reply
from tests.client.harness import consent_to

CALLS, AT_ONCE, EFFECTS = 2000, 8, 300
"""Calls with a fault in each of the three ways to reach the server; as many more have none, as on a real road."""
TRANSIENT = ("reset_before", "rate_limited", "unavailable", "hang_before", "session_lost")
LOST_ANSWERS = ("reset_after", "truncated", "hang_after")
ATTEMPT = 1.0
"""Seconds of one try, well under the deadline of 10: what hangs is given up and tried again."""
PLACES = ("Speyer", "Mannheim", "Heidelberg", "Karlsruhe")


class FirstSendBreaks(FaultyProxy):
    """Breaks the first send of each call whose key says so, each in its turn in one of `faults`; repeats pass."""

    def __init__(self, upstream: int, faults: Sequence[str], *, handshake: bool = False) -> None:
        super().__init__(upstream, share=0.0, seed=1, handshake=handshake)
        self._faults = faults
        self.sends: Counter[str] = Counter()
        """How often each call was sent, by its key."""
        self.broken: dict[str, str] = {}
        """The fault of each call that had one, by its key."""

    def _fault_of(self, head: bytes, headers: dict[str, str], message: dict[str, Any]) -> str:
        key = headers.get("idempotency-key", "")
        if key:
            self.sends[key] += 1
        if not key.startswith("broken") or self.sends[key] > 1:
            return "none"
        faults = [one for one in self._faults if one != "session_lost" or self._has_session(headers)]
        self.broken[key] = faults[len(self.broken) % len(faults)]
        return self.broken[key]

    @staticmethod
    def _has_session(headers: dict[str, str]) -> bool:
        return "mcp-session-id" in headers or "x-session-id" in headers

    async def _break_before(self, fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault in ("rate_limited", "unavailable"):
            status = 429 if fault == "rate_limited" else 503
            await reply(writer, status, b"{}", "application/json\r\nretry-after: 1")
        elif fault == "session_lost" and self._rest:
            body = json.dumps({"success": False, "error": "This session is not known."}).encode()
            await reply(writer, 401, body, "application/json")
        else:
            await super()._break_before(fault, reader, writer)

    _rest = False


class RestBreaks(FirstSendBreaks):
    """The same before McQueen REST, where a lost session is a 401."""

    _rest = True


@asynccontextmanager
async def tools_behind(proxy: FirstSendBreaks, credentials: Credentials | None) -> AsyncIterator[ToolClient]:
    """Open our client on the server behind the proxy, over REST where there are credentials, else over MCP."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_http_client() as http:
            server: ToolServer
            if credentials is not None:
                base = proxy.url.replace("/mcp", "/api/v1")
                server = McQueenServer("town", base, http, clock, credentials=credentials, trusted=True)
            else:
                server = StreamableHttpServer("town", proxy.url, http, clock, trusted=True)
            settings = CallSettings(stale_for=0.0, attempt=ATTEMPT)
            async with open_tools([server], Path(folder), clock, settings) as tools:
                await tools.ready()
                yield tools


async def recovered(name: str, proxy: FirstSendBreaks, credentials: Credentials | None) -> tuple[int, int]:
    """Make the calls, print what became of them by fault, and return how many had one and how many succeeded."""
    ended: dict[str, Counter[str]] = {}
    async with proxy, tools_behind(proxy, credentials) as tools:
        numbers = iter(range(2 * CALLS))

        async def work() -> None:
            for number in numbers:
                key = f"{'broken' if number % 2 else 'whole'}-{number}"
                call = ToolCall(f"call-{number}", "town", "get_weather", {"location": PLACES[number % 4]}, key)
                outcome = await tools.call(call)
                told = "succeeded" if isinstance(outcome, Succeeded) else outcome.error.code
                ended.setdefault(proxy.broken.get(key, "none"), Counter())[told] += 1

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        took = time.perf_counter() - began
    faults = {fault: counts for fault, counts in ended.items() if fault != "none"}
    met = sum(sum(counts.values()) for counts in faults.values())
    well = sum(counts["succeeded"] for counts in faults.values())
    for fault, counts in sorted(ended.items()):
        failed = {code: count for code, count in counts.items() if code != "succeeded"}
        row(f"  {name}, {fault}: succeeded", f"{counts['succeeded']} of {sum(counts.values())} {failed or ''}")
    row(f"{name}: faults recovered", f"{well} of {met} in {took:.0f} s", "goal >= 99.9 %")
    return met, well


async def lost_answers() -> None:
    """Payments whose answer is lost, to a server that cannot tell a repeat: what is told, and how often they exist."""
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        async with Bank(Path(folder)) as bank:
            proxy = FirstSendBreaks(bank.port, LOST_ANSWERS)
            async with proxy, tools_behind(proxy, None) as tools:
                numbers = iter(range(EFFECTS))

                async def work() -> None:
                    for number in numbers:
                        arguments: dict[str, JSON] = {"identity": f"payment-{number}"}
                        call = ToolCall(f"payment-{number}", "town", "pay", arguments, f"broken-{number}")
                        outcome = await tools.call(call, consent=consent_to(call), deadline=2.0)
                        told[outcome.kind] += 1

                await asyncio.gather(*(work() for _ in range(AT_ONCE)))
            made = bank.executions()
    others = {kind: count for kind, count in told.items() if kind != "unknown"}
    row("effects whose answer was lost: told as unknown", f"{told['unknown']} of {EFFECTS} {others or ''}")
    row("  made, made more than once", f"{len(made)}, {sum(count > 1 for count in made.values())}", "0 more than once")


async def recovery() -> None:
    """Measure all of it."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with served(folder, "--store", "memory") as ready:
            secrets = load_secrets(folder / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})
            driver = Credentials("driver", mint_login_token(secrets.jwt_secret, "driver", now=time.time()))
            found.append(await recovered("MCP 2026-07-28", FirstSendBreaks(_port(ready), TRANSIENT), None))
            found.append(await recovered("McQueen REST", RestBreaks(_port(ready), TRANSIENT), driver))
        # With a server of its own behind it, which is where clients of the older revisions have sessions to lose.
        entry = f'[servers.town]\ncommand = "{sys.executable}"\nargs = ["-m", "assistant.town"]\ntrusted = true\n'
        (folder / "XDG_CONFIG_HOME" / "mcqueen" / "mcqueen.toml").write_text(entry)
        async with served(folder, "--store", "memory") as ready:
            sessions = FirstSendBreaks(_port(ready), TRANSIENT, handshake=True)
            found.append(await recovered("MCP 2025-11-25", sessions, None))
    met, well = (sum(column) for column in zip(*found, strict=True))
    row("all transient faults: recovered", f"{well} of {met} = {well / met:.2%}", "goal >= 99.9 %")
    await lost_answers()


def _port(ready: dict[str, Any]) -> int:
    port = urlsplit(str(ready["url"])).port
    assert port is not None
    return port


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    asyncio.run(recovery())
