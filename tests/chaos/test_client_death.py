"""The program itself is killed with -9 at any point and started again with the same batch: nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.bank import ROOT, Bank
from tests.chaos.proxy import FaultyProxy

KILLS = int(os.environ.get("CHAOS_KILLS", "5"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
CALLS = 40
"""Lines of one batch."""


def write_batch(path: Path, number: int) -> None:
    tools = ("pay", "pay_once", "read_balance")
    lines = [
        {
            "id": f"b{number}-{line}",
            "tool": tools[line % 3],
            "arguments": {"identity": f"b{number}-{line}"},
            "idempotency_key": f"key-b{number}-{line}",
        }
        for line in range(CALLS)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


async def run_batch(folder: Path, batch: Path, url: str, kill_after: float | None) -> tuple[list[dict[str, Any]], int]:
    """Run the batch and return the lines it printed and its exit code.

    `kill_after` is when the process is killed: seconds after its first line, or after its start where negative.
    """
    arguments = ("call", "--batch", str(batch), "--server", url, "--concurrency", "4", "--yes", "--json")
    environment = {**os.environ, "MCQUEEN_DATA_FOLDER": str(folder / "data")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant.cli", *arguments), cwd=ROOT, env=environment, stdout=PIPE, stderr=DEVNULL
    )
    assert child.stdout is not None
    at_start = kill_after is not None and kill_after < 0
    first = b"" if at_start else await child.stdout.readline()
    if kill_after is not None:
        await asyncio.sleep(abs(kill_after))  # the point of the death is the point of the test
        if child.returncode is None:
            child.kill()
    raw = [first, *(await child.stdout.read()).splitlines(keepends=True)]
    code = await child.wait()
    return [json.loads(line) for line in raw if line.endswith(b"\n")], code


@pytest.mark.proves("P2.death", "P3.chaos", "P2.chaos")
async def test_a_batch_whose_process_is_killed_again_and_again_resumes_and_repeats_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    kills, batches, problems = 0, 0, []
    async with Bank(tmp_path) as bank, FaultyProxy(bank.port, share=0.05, seed=SEED, hangs=False) as proxy:
        while kills < KILLS:
            batch = tmp_path / f"batch-{batches}.jsonl"
            write_batch(batch, batches)
            batches += 1
            said: dict[str, str] = {}
            for _ in range(6):
                lines, code = await run_batch(tmp_path, batch, proxy.url, _when(chance))
                kills += code == -9
                problems += _contradictions(said, lines)
                if code == 0:
                    break
            else:
                lines, code = await run_batch(tmp_path, batch, proxy.url, None)
                problems += _contradictions(said, lines)
            assert code == 0
            assert [line["id"] for line in lines] == [f"b{batches - 1}-{number}" for number in range(CALLS)]
            problems += _judge(lines, bank)
    print(f"\n{kills} kills, {batches} batches of {CALLS} calls")
    assert problems == []


def _when(chance: random.Random) -> float:
    return -chance.uniform(0.3, 2.0) if chance.random() < 0.2 else chance.uniform(0.0, 0.12)


def _contradictions(said: dict[str, str], lines: list[dict[str, Any]]) -> list[str]:
    """What is said later may know more than before, and never less nor otherwise."""
    found = []
    for line in lines:
        before, now = said.get(line["id"]), line["outcome"]
        if not _is_read(line) and before in ("succeeded", "unknown") and now != before:
            found.append(f"{line['id']} was {before} and is {now} now")
        said[line["id"]] = now
    return found


def _is_read(line: dict[str, Any]) -> bool:
    return int(line["id"].split("-")[1]) % 3 == 2


def _judge(lines: list[dict[str, Any]], bank: Bank) -> list[str]:
    executions = bank.executions()
    found = []
    for line in lines:
        times, outcome = executions[line["id"]], line["outcome"]
        if times > 1:
            found.append(f"{line['id']} was executed {times} times")
        if not _is_read(line) and outcome == "succeeded" and times != 1:
            found.append(f"{line['id']} is said to have happened and did not")
        if outcome not in ("succeeded", "unknown") and times:
            found.append(f"{line['id']} happened and is said to be {outcome}")
        if outcome in ("failed", "needs_input"):
            found.append(f"{line['id']} is {outcome}: {line['error']}")
    return found
