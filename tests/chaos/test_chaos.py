"""What the driver confirmed happens once, over a network and a server that fail in every way at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from client.calls.call_settings import CallSettings
from client.connections.links import LinkSettings
from tests.chaos.bank import Bank
from tests.chaos.proxy import FaultyProxy
from tests.chaos.run import Tally, drain, make_calls
from tests.client.harness import at, tool_client

CALLS = int(os.environ.get("CHAOS_CALLS", "500"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
LONG = CALLS >= 5000
SCALED = CallSettings(
    attempt=1.0, delivery=1.0, goodbye=1.0, link=LinkSettings(first_pause=0.05, longest_pause=0.3, look_seconds=3.0)
)
"""Shorter waits than the real ones, so that ten thousand calls end in minutes."""


@pytest.mark.proves("P2.chaos", "P3.chaos", "P1.consent")
@pytest.mark.parametrize("handshake", [False, True])
async def test_no_call_happens_twice_is_lost_or_is_claimed_wrongly(tmp_path: Path, handshake: bool) -> None:
    calls = CALLS // 2
    tally = Tally()
    async with Bank(tmp_path) as bank:
        every = 400 if LONG else 150
        options = {"share": 0.2, "seed": SEED, "handshake": handshake, "kill": bank.kill, "kill_every": every}
        async with FaultyProxy(bank.port, **options) as proxy:  # type: ignore[arg-type]  # a plain dictionary of options
            records = tmp_path / "records.db"
            async with tool_client(records, at(proxy.url), settings=SCALED, deferrable=True) as tools:
                tools.subscribe(tally.told)
                await make_calls(tools, tally, calls=calls, seed=SEED, at_once=16, deadline=6.0)
                proxy.share = 0.0
                await drain(tools)
        executions = bank.executions()
    print(f"\nhandshake={handshake}: {calls} calls, {bank.deaths} deaths of the server, faults {dict(proxy.seen)}")
    for tool in ("pay", "pay_once", "read_balance"):
        print(f"  {tool}: {dict(tally.kinds(tool))}")
    for reason in tally.failures():
        print(f"  {reason}")
    assert tally.judge(executions, calls) == []
    # A few hundred calls, perhaps beside other programs, show promises; the share takes the long run.
    assert tally.repeatable_share() >= (0.995 if LONG else 0.95)
