"""The network ends at every byte of a request and of an answer: what is told agrees with what the server executed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from client.call import Outcome
from client.tool_client import ToolClient
from tests.chaos.cutting_server import Cut, CuttingServer
from tests.client.harness import at, consent_to, make_call, tool_client

EVERY = int(os.environ.get("CHAOS_EVERY", "0")) or 61
"""Every N-th byte is tried."""


class Shop:
    """Makes one call a cut and holds what was told against what was executed."""

    def __init__(self, server: CuttingServer, tools: ToolClient) -> None:
        self.server = server
        self.tools = tools
        self.made = 0
        self.broken: list[str] = []

    async def buy(self, tool: str, cut: Cut | None) -> bool:
        """Call with that cut; False if the call ended before the cut was met."""
        self.made += 1
        call = make_call(tool, amount=self.made)
        self.server.cut = cut
        before = self.server.cuts
        outcome = await self.tools.call(call, consent=consent_to(call), deadline=3.0)
        self.server.cut = None
        times = sum(done["amount"] == self.made for done in self.server.executed)
        self.broken += [f"{tool}, {cut}: {problem}" for problem in _problems(outcome, times)]
        return self.server.cuts > before


def _problems(outcome: Outcome, times: int) -> list[str]:
    found = [f"executed {times} times"] if times > 1 else []
    if outcome.kind == "succeeded" and not times:
        found.append("said to have happened and did not")
    if outcome.kind in ("failed", "needs_input") and times:
        found.append(f"happened and is said to be {outcome.kind}: {outcome.error}")
    if outcome.kind == "deferred":
        found.append("left waiting although nothing may wait")
    return found


@pytest.mark.proves("P2.chaos", "P2.once")
@pytest.mark.parametrize("tool", ["pay", "pay_once"])
@pytest.mark.parametrize("of", ["request", "answer"])
async def test_a_connection_that_ends_at_any_byte_is_told_as_it_was(tmp_path: Path, tool: str, of: str) -> None:
    pairs = 0
    async with CuttingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        shop = Shop(server, tools)
        await shop.buy(tool, None)
        length = server.request_bytes if of == "request" else server.answer_bytes
        for reset in (False, True):
            for after in range(0, length, EVERY):
                pairs += await shop.buy(tool, Cut(of, after, reset))
                await shop.buy(tool, None)  # the breaker sees that it is there again
    print(f"\n{tool}, cut in its {of}: {pairs} of {length} bytes, twice")
    assert pairs >= length // EVERY
    assert shop.broken == []


@pytest.mark.proves("P2.chaos", "P2.once")
@pytest.mark.parametrize("tool", ["pay", "pay_once"])
async def test_a_server_that_is_gone_before_the_connection_was_asked_for_nothing(tmp_path: Path, tool: str) -> None:
    async with CuttingServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        shop = Shop(server, tools)
        await shop.buy(tool, None)
        await server.stop()
        call = make_call(tool, amount=0)
        outcome = await tools.call(call, consent=consent_to(call), deadline=1.0)
        assert (outcome.kind, server.executed) == ("failed", server.executed[:1])
        await server.start()
        await shop.buy(tool, None)
        assert shop.broken == []
