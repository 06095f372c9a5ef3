"""Figures of the tool layer: kept answers, a routine beside its calls, asking ahead, real wrappers behind `serve`.

Everything is compared within one run. `python -m benchmarks.tool_layer_bench` prints the rows alone.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.assembly import open_live
from assistant.conversation.asking_ahead import AheadRules, AskingAhead
from assistant.conversation.observations import Called, Observation
from assistant.settings.settings import Settings, WarmingSettings
from assistant.tool_opening import open_tools, open_town
from assistant.vehicle.simulation import Journey, RouteStretch, SimulatedVehicle
from benchmarks.benchmark_rows import Row, percentile, row
from benchmarks.served import served
from benchmarks.serving_bench import Connection, Load, Measured, sessions
from client.call import Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.clock import SystemClock
from client.http import open_http_client

RATE, SECONDS, ROUNDS, USERS = 500, 10, 2, 20
STEPS = 5
STEP_SECONDS = 0.1
"""What each step of the routine takes its server, as over a mobile network."""
EVERY = 900.0
"""Seconds between two rounds of asking ahead, as docs/servers.md shows it."""
SIGNALS = 10
"""Changes of the vehicle's signals in a second."""
SLOW_SERVER = """\
import time
from mcp.server.mcpserver import MCPServer

server = MCPServer("slow", log_level="ERROR")
for name in {names!r}:
    def look() -> str:
        time.sleep({seconds})
        return "all is well"
    server.tool(name=name, description=f"Look at {{name}}", annotations={{"readOnlyHint": True}})(look)
server.run("stdio")
"""


async def cached(row: Row) -> None:
    """An answer that is fresh and comes from memory."""
    clock = SystemClock()
    kept = CallSettings(fresh_for={"town.get_weather": 600.0})
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_http_client() as http,
            open_town(lambda: datetime.now().astimezone(), http, clock) as (_, server),
            open_tools([server], Path(folder), clock, kept) as tools,
        ):
            await tools.ready()
            times = []
            for number in range(1010):
                began = time.perf_counter()
                made = ToolCall(f"c{number}", "town", "get_weather", {"location": "Mannheim"}, f"k{number}")
                outcome = await tools.call(made)
                times.append(time.perf_counter() - began)
                assert isinstance(outcome, Succeeded), outcome
    row("an answer from the cache, p95 of 1,000", f"{percentile(times[10:], 0.95) * 1000:.2f} ms", "goal < 5 ms")


async def routine(row: Row) -> None:
    """The steps of a routine that only looks, from the first call's beginning to the last one's end."""
    names = [f"look_{number}" for number in range(STEPS)]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "slow.py"
        script.write_text(SLOW_SERVER.format(names=names, seconds=STEP_SECONDS), encoding="utf-8")
        settings = Settings.model_validate(
            {
                "data_folder": folder,
                "servers": {"slow": {"command": sys.executable, "args": [str(script)], "trusted": True}},
                "tools": {"morning": {"says": ["good morning car"], "steps": [{"tool": name} for name in names]}},
            }
        )
        ratios = []
        async with open_live(settings, print, sound=False) as live:
            done: asyncio.Queue[Called] = asyncio.Queue()

            def seen(what: Observation) -> None:
                if isinstance(what, Called):
                    done.put_nowait(what)

            live.runtime.observe(seen)
            async with asyncio.timeout(60):
                while live.runtime.state.catalog.find("slow.look_0") is None:  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.05)
            for _ in range(5):
                await live.runtime.type("good morning car")
                async with asyncio.timeout(60):
                    calls = [await done.get() for _ in range(STEPS)]
                whole = calls[-1].at - (calls[0].at - calls[0].seconds)
                ratios.append(whole / sum(call.seconds for call in calls))
    told = f"{statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"
    row(f"a routine of {STEPS} steps beside its calls of {STEP_SECONDS} s", told, "goal <= 1.1x")


async def warming(row: Row) -> None:
    """Processor time of asking ahead, the town's own among it, because it runs in this process."""
    clock = SystemClock()
    rules = AheadRules.of(WarmingSettings(before_dead_zones=True, every=EVERY))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_http_client() as http,
            open_town(lambda: datetime.now().astimezone(), http, clock) as (_, server),
            open_tools([server], Path(folder), clock) as tools,
        ):
            await tools.ready()
            ahead = AskingAhead(tools, clock, rules, lambda name: "Mannheim")
            calls = [
                ToolCall("", "town", "get_weather", {"location": "Mannheim"}, ""),
                ToolCall("", "town", "find_fuel_stations", {}, ""),
            ]
            await ahead.ask(calls)
            spent, rounds = time.process_time(), 100
            for _ in range(rounds):
                await ahead.ask(calls)
            a_round = (time.process_time() - spent) / rounds
            stretches = [RouteStretch(50.0 + at, 50.5 + at, "tunnel") for at in range(8)]
            journey = Journey(SimulatedVehicle(), ((0.0, 49.4, 8.7), (60.0, 49.5, 8.5)), stretches)
            spent = time.process_time()
            for _ in range(10_000):
                ahead.moved(journey, 90.0)
            a_signal = (time.process_time() - spent) / 10_000
            await ahead.close()
    share = a_round / EVERY + a_signal * SIGNALS
    told = f"{share * 100:.3f} % of a core ({a_round * 1000:.1f} ms a round)"
    row(f"asking ahead every {EVERY:.0f} s, {SIGNALS} signals a second", told, "goal <= 1 %")


async def behind_serve(row: Row, rate: int = RATE) -> None:
    """Operations at that rate over REST: the built-in town, the town as a process, the files wrapper as a process.

    They are measured in turns, because this machine may have other work.
    """
    found: dict[str, list[Measured]] = {}
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        for number in range(20):
            (folder / "notes" / f"note-{number}.txt").write_text(f"The text of note {number}.\n" * 5, encoding="utf-8")
        kinds = {
            "the town": ("", _weather),
            "the town, a process": (_entry("town", "assistant.town"), _weather),
            "files, a process": (_entry("files", "assistant.services.files", "--root", str(folder / "notes")), _files),
        }
        for turn in range(ROUNDS):
            for kind, (entry, operation) in kinds.items():
                home = folder / f"{kind}-{turn}".replace(" ", "-")
                settings = home / "XDG_CONFIG_HOME" / "mcqueen" / "mcqueen.toml"
                settings.parent.mkdir(parents=True)
                settings.write_text(entry, encoding="utf-8")
                async with served(home, "--face", "rest", "--store", "memory") as ready:
                    measured, seconds = await _load(ready, home, operation, rate)
                found.setdefault(kind, []).append(measured)
                spent.setdefault(kind, []).append(seconds)
    base = _median_p95(found["the town"])
    for kind, runs in found.items():
        p95, wrong = _median_p95(runs), sum(sum(one.wrong.values()) for one in runs)
        told = f"p95 {p95 * 1000:.1f} ms = {p95 / base:.2f}x, {statistics.median(spent[kind]) * 1000:.2f} ms CPU"
        goal = "goal <= 1.2x of the town" if kind.startswith("files") else ""
        row(f"{rate} operations a second behind serve: {kind}", told, goal)
        row(
            f"  wrong answers, {ROUNDS} rounds",
            f"{wrong} of {sum(len(one.seconds) for one in runs)} {_first_wrong(runs)}",
            "",
        )


def _entry(name: str, module: str, *words: str) -> str:
    return f"[servers.{name}]\ncommand = {sys.executable!r}\nargs = {['-m', module, *words]!r}\ntrusted = true\n"


def _weather(number: int) -> tuple[str, dict[str, Any]]:
    return "get_weather", {"location": ("Speyer", "Mannheim", "Heidelberg", "Karlsruhe")[number % 4]}


def _files(number: int) -> tuple[str, dict[str, Any]]:
    if number % 10 == 0:
        return "list_files", {}
    return "read_file", {"path": f"note-{number % 20}.txt"}


async def _load(
    ready: dict[str, Any], home: Path, operation: Callable[[int], tuple[str, dict[str, Any]]], rate: int
) -> tuple[Measured, float]:
    """Begin the operations when they are due; return their times, and the processor seconds of each one."""
    connection = await Connection.open(ready["url"])
    logged_in = await sessions(ready, home, connection, USERS)
    connection.close()

    async def execute(connection: Connection, number: int) -> str:
        tool, arguments = operation(number)
        path, bearer = f"/api/v1/mcp/tools/{tool}/execute", f"Bearer {logged_in[number % len(logged_in)]}"
        status, answer = await connection.send("POST", path, {"parameters": arguments}, Authorization=bearer)
        return "" if status == 200 and answer["success"] else f"{status} {str(answer)[:80]}"

    measured, _, spent = await Load(ready["url"], ready["pid"], execute).at_rate(rate, SECONDS, 100, first=20)
    return measured, spent


def _first_wrong(runs: Sequence[Measured]) -> str:
    return next((wrong for run in runs for wrong in run.wrong), "")


def _median_p95(runs: Sequence[Measured]) -> float:
    return statistics.median(percentile(run.seconds, 0.95) for run in runs)


async def measure(row: Row) -> None:
    """Measure everything."""
    await cached(row)
    await routine(row)
    await warming(row)
    await behind_serve(row)


if __name__ == "__main__":
    asyncio.run(measure(row))
