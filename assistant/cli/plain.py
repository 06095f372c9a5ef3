"""The plain conversation: lines in, answers out. For pipes, screen readers and simple terminals."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TextIO

from assistant.assembly import Live, open_live
from assistant.conversation.observations import Observation, Stepped
from assistant.conversation.runtime import Runtime
from assistant.dialogue.table_effects import Say, Show
from assistant.dialogue.turns import Mode
from assistant.settings.settings import Settings

PATIENCE = 30.0
"""Seconds to wait for an answer before the next line is read."""


async def converse(
    settings: Settings,
    lines: TextIO,
    answer: Callable[[str], None],
    complain: Callable[[str], None],
    only: str | None = None,
) -> None:
    """Read lines until the end of input; every answer is one line. `only` is the one server used, as in `open_live`."""

    def observe(seen: Observation) -> None:
        if isinstance(seen, Stepped):
            for effect in seen.effects:
                if isinstance(effect, Say | Show):
                    answer(effect.text)

    async with open_live(settings, complain, sound=False, server=only, only=only is not None) as live:
        live.runtime.observe(observe)
        await type_lines(live, lines)


async def type_lines(live: Live, lines: TextIO, invite: Callable[[], None] = lambda: None) -> None:
    """Type each line and wait for its answer, until the input ends; an empty line means push-to-talk.

    `invite` is called before each line.
    """
    changed = asyncio.Event()

    def observe(seen: Observation) -> None:
        if isinstance(seen, Stepped):
            changed.set()

    live.runtime.observe(observe)
    await live.tools.ready()
    await _wait(changed, lambda: len(live.runtime.state.catalog) >= len(live.tools.catalog) > 0)
    source = _read_aside(lines)
    invite()
    while line := await source.get():
        if line.strip():
            changed.clear()
            await live.runtime.type(line.strip())
            await changed.wait()
            await _wait(changed, lambda: _answered(live.runtime))
        elif live.has_microphone:
            live.runtime.press()
        invite()


def _read_aside(lines: TextIO) -> asyncio.Queue[str]:
    """Return a queue of the lines, then "". A daemon thread reads them, so that Ctrl-C never waits for a line."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop may have ended while a line was awaited
            for line in iter(lines.readline, ""):
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, "")

    threading.Thread(target=read, name="lines", daemon=True).start()
    return queue


async def _wait(changed: asyncio.Event, condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, checked after every step; at most `PATIENCE`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not condition():
                changed.clear()
                await changed.wait()


def _answered(runtime: Runtime) -> bool:
    state = runtime.state
    return not state.said.playing and state.mode is not Mode.CALLING
