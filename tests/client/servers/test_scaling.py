"""Copies of a server's process: how many are wanted is computed on a virtual clock, and real processes come and go."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.client_errors import ConfigurationError
from client.clock import SystemClock
from client.configuration.process_entries import ProcessCommand, Upkeep, process_server
from client.configuration.server_entries import make_server, read_entry
from client.http import open_http_client
from client.servers.processes.scaled import ScaledServer
from client.servers.processes.scaling import Load, LoadHistory, Scale, ScaleRules, copies_for
from client.servers.processes.supervision import SupervisionRules
from client.servers.tool_server import (
    Answered,
)
from tests.client.harness import make_call, until
from tests.client.servers.test_supervisor import gone

BUSY = Path(__file__).with_name("busy_child.py")
DAY, HOUR = 86_400.0, 3_600.0
TEN = 1_800_000_000.0 - 1_800_000_000.0 % HOUR + 10 * HOUR
"""Some full hour."""

# -- how many --


@pytest.mark.proves("S.copies")
@pytest.mark.parametrize(
    ("load", "rules", "copies"),
    [
        (Load(calls=0), ScaleRules(), 0),
        (Load(calls=8), ScaleRules(queue=8), 1),
        (Load(calls=9), ScaleRules(queue=8), 2),
        (Load(calls=40), ScaleRules(most=4, queue=5), 4),
        (Load(calls=40), ScaleRules(queue=0), 0),
        (Load(cpu=0.8), ScaleRules(cpu=0.8), 1),
        (Load(cpu=1.9), ScaleRules(cpu=0.8), 3),
        (Load(cpu=1.9), ScaleRules(cpu=0), 0),
        (Load(memory=600_000_000), ScaleRules(memory=250), 3),
        (Load(memory=600_000_000), ScaleRules(memory=0), 0),
        (Load(calls=3, cpu=1.9, memory=100), ScaleRules(cpu=0.8, memory=250, queue=8), 3),
    ],
)
def test_the_highest_of_calls_processor_and_memory_says_how_many_are_needed(
    load: Load, rules: ScaleRules, copies: int
) -> None:
    assert copies_for(load, rules) == copies


@pytest.mark.proves("S.copies")
def test_more_come_at_once_and_fewer_only_after_the_cooldown() -> None:
    scale = Scale(ScaleRules(least=1, most=4, cooldown=60))
    assert scale.wanted(0, 0) == 1
    assert scale.wanted(1, 9) == 4
    assert scale.wanted(50, 2) == 4
    assert scale.wanted(61, 0) == 4
    assert scale.wanted(62, 0) == 2  # four were needed a minute ago, two within the last
    assert scale.wanted(110, 0) == 2
    assert scale.wanted(111, 0) == 1


@given(
    st.lists(st.tuples(st.floats(0.1, 40), st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(1, 3),
    st.integers(3, 6),
)
def test_what_is_wanted_is_the_most_that_was_needed_within_the_cooldown(
    steps: list[tuple[float, int]], least: int, most: int
) -> None:
    scale, now, seen = Scale(ScaleRules(least=least, most=most, cooldown=60)), 0.0, []
    for pause, needed in steps:
        now += pause
        seen.append((now, needed))
        within = max(count for at, count in seen if at >= now - 60)
        assert scale.wanted(now, needed) == min(most, max(least, within))


@pytest.mark.proves("S.forecast")
def test_an_hour_expects_what_most_past_days_needed_in_it(tmp_path: Path) -> None:
    history = LoadHistory(tmp_path / "load.json")
    for day in range(7):
        history.note(TEN - 7 * DAY + day * DAY, 0)
        history.note(TEN - 7 * DAY + day * DAY + 60, 3 if day != 2 else 1)
    history.note(TEN - DAY + 5 * HOUR, 9)  # one odd hour is no habit
    history.save()
    again = LoadHistory(tmp_path / "load.json")
    again.read()
    for kept in (history, again):
        assert kept.expected(TEN + 30) == 3
        assert kept.expected(TEN - 60) == 3  # two minutes before, so that the copies are there
        assert kept.expected(TEN - 10 * 60) == 0
        assert kept.expected(TEN + 5 * HOUR) == 0
        assert kept.expected(TEN + HOUR) == 0
    assert set(json.loads((tmp_path / "load.json").read_text())) == {"since", "hours"}


@pytest.mark.proves("S.forecast")
@pytest.mark.parametrize("text", ["", "{", "[]", '{"hours": 3, "since": 1}', '{"hours": {"x": 1}, "since": 1}'])
def test_a_history_that_cannot_be_read_forecasts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "load.json").write_text(text)
    history = LoadHistory(tmp_path / "load.json")
    history.read()
    assert history.expected(TEN) == 0


def test_one_day_is_no_habit_and_old_days_are_forgotten() -> None:
    history = LoadHistory()
    history.note(TEN, 4)
    assert history.expected(TEN + DAY) == 0
    history.note(TEN + DAY, 4)
    assert history.expected(TEN + 2 * DAY) == 4
    history.note(TEN + 20 * DAY, 1)
    assert history.expected(TEN + 21 * DAY) == 0


# -- real processes, in real time --


@asynccontextmanager
async def real(folder: Path, **env: str) -> AsyncIterator[ScaledServer]:
    rules = ScaleRules(least=1, most=4, cpu=0.0, queue=5, cooldown=6.0)
    what = ProcessCommand("busy", sys.executable, [str(BUSY)], env)
    server = process_server(what, SystemClock(), Upkeep(SupervisionRules(first_pause=0.05), folder), rules)
    assert isinstance(server, ScaledServer)
    try:
        yield server
    finally:
        await server.close()


@pytest.mark.proves("S.copies")
async def test_forty_calls_at_once_make_four_processes_that_go_again_and_none_fails(tmp_path: Path) -> None:
    async with real(tmp_path, BUSY="0.3") as server:
        await server.connect()
        await server.list_tools()
        assert len(server.process_ids) == 1
        began = time.monotonic()
        calls = [
            asyncio.ensure_future(server.call(make_call("process"), seconds=60, confirmed=False)) for _ in range(40)
        ]
        await until(lambda: len(server.process_ids) == 4, 30)
        grown, pids = time.monotonic() - began, server.process_ids
        answers = await asyncio.gather(*calls)
        assert [answer for answer in answers if not isinstance(answer, Answered)] == []
        by_process = Counter(str(answer.result["text"]) for answer in answers if isinstance(answer, Answered)
                             and isinstance(answer.result, dict))  # fmt: skip
        assert set(by_process) == {str(pid) for pid in pids}
        assert grown < 30
        ended = time.monotonic()
        await until(lambda: len(server.process_ids) == 1, 40)
        assert time.monotonic() - ended >= 5.0  # a look may have been up to a second before the last call ended
        await until(lambda: [gone(pid) for pid in pids].count(False) == 1, 10)
        assert isinstance(await server.call(make_call("process"), seconds=10, confirmed=False), Answered)
        assert server.report().counts.calls == 41


@pytest.mark.proves("S.copies")
async def test_a_real_copy_with_other_tools_is_ended_and_the_first_does_the_work(tmp_path: Path) -> None:
    async with real(tmp_path, BUSY="0.1", FIRST=str(tmp_path / "first")) as server:
        await server.connect()
        await server.list_tools()
        answers = await asyncio.gather(
            *(server.call(make_call("process"), seconds=60, confirmed=False) for _ in range(12))
        )
        told = {str(answer.result["text"]) for answer in answers
                if isinstance(answer, Answered) and isinstance(answer.result, dict)}  # fmt: skip
        assert told == {str(server.process_id)}
        assert len(server.process_ids) == 1


# -- settings --


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"command": "x", "scale": {"min": 3, "max": 2}}, "max .2. must not be below min .3."),
        ({"command": "x", "scale": {"max": 33}}, "scale.max"),
        ({"command": "x", "scale": {"copies": 2}}, "there is no key scale.copies"),
        ({"url": "http://127.0.0.1/mcp", "scale": {}}, "scale without a command"),
        ({"urls": ["http://127.0.0.1/mcp"], "scale": {}}, "keep one of them"),
    ],
)
async def test_a_scale_that_cannot_be_kept_is_refused_with_its_reason(entry: dict[str, Any], complaint: str) -> None:
    async with open_http_client() as http:
        with pytest.raises(ConfigurationError, match=complaint):
            make_server("yard", read_entry("yard", entry), http, SystemClock())


async def test_an_entry_with_a_scale_is_a_server_of_copies() -> None:
    async with open_http_client() as http:
        entry = read_entry("yard", {"command": "python3", "scale": {"min": 1, "max": 3}})
        assert isinstance(make_server("yard", entry, http, SystemClock()), ScaledServer)
