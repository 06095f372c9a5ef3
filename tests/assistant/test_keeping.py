"""Messages that wait for their words, in the live assistant's own database: kept over a restart, listed, forgotten."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.outbox_command import command as outbox
from assistant.conversation.live_sound import SilentMouth
from assistant.conversation.observations import Observation, Stepped
from assistant.conversation.runtime import Runtime
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Say
from assistant.dialogue.turns import Mode
from assistant.drives.cabin_sound import DriveLine, TypedEar
from assistant.drives.parts import DriveParts, open_drive_parts
from assistant.drives.virtual_clock import VirtualClock
from assistant.policy.driving import DrivingState
from assistant.profile.store import FILE_NAME, ProfileStore
from assistant.settings.sources import DATABASE

NOW = 1_795_255_200.0


class Life:
    """One run of McQueen on a virtual clock, with the town and this device's real records."""

    def __init__(self, clock: VirtualClock, parts: DriveParts, ear: TypedEar, runtime: Runtime) -> None:
        self.clock = clock
        self.tools = parts.tools
        self.runtime = runtime
        self.said: list[str] = []
        self._ear = ear
        runtime.observe(self._observe)

    def _observe(self, seen: Observation) -> None:
        if isinstance(seen, Stepped):
            self.said += [effect.text for effect in seen.effects if isinstance(effect, Say)]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until that holds."""
        assert await self.clock.run_until(holds, 60.0)

    async def say(self, line: str, mode: Mode) -> None:
        """The driver says something, is heard so, and the conversation then stands there."""
        if not self._ear.open and self.mode is Mode.IDLE:
            self.runtime.press()
        await self.until(lambda: self._ear.open)
        taken = self._ear.taken
        self._ear.say(DriveLine(line, None, line))
        await self.until(lambda: self._ear.taken > taken and self.mode is mode)

    @property
    def mode(self) -> Mode:
        """Where the conversation stands."""
        return self.runtime.state.mode

    async def keep_a_message(self) -> None:
        """On the road a message is taken down wrongly twice, and kept."""
        self.runtime.drive(DrivingState.MOVING)
        await self.say("tell anna the mating mood", Mode.CONFIRMING)
        await self.say("change the message to", Mode.CHOOSING)
        await self.say("keep it", Mode.REPORTING)
        await self.until(lambda: self.mode is Mode.IDLE)


@asynccontextmanager
async def life(folder: Path) -> AsyncIterator[Life]:
    clock = VirtualClock(NOW)
    store = ProfileStore(folder / FILE_NAME)
    async with open_drive_parts(
        folder, clock, lambda: datetime.fromtimestamp(clock.now(), UTC), place="Heidelberg", profile=store
    ) as parts:
        await parts.tools.ready()
        ear = TypedEar(clock.sleep)
        state = State(f"life-{folder.name}", driving=DrivingState.MOVING)
        async with Runtime(state, tools=parts.tools, clock=clock, mouth=SilentMouth(clock.sleep), ear=ear) as runtime:
            one = Life(clock, parts, ear, runtime)
            await one.until(lambda: len(runtime.state.catalog) > 0)
            yield one


def rows(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / DATABASE) as db:
        return db.execute("SELECT state, tool FROM outbox").fetchall()


@pytest.mark.proves("V.dictation.kept")
async def test_what_was_kept_outlives_the_program_is_told_once_when_parked_and_never_sent_by_itself(
    tmp_path: Path,
) -> None:
    async with life(tmp_path) as first:
        await first.keep_a_message()
    assert rows(tmp_path) == [("unworded", "send_message")]
    async with life(tmp_path) as second:
        await second.until(lambda: bool(second.runtime.state.backlog.unworded))
        assert await second.tools.waiting() == []
        second.runtime.drive(DrivingState.PARKED)
        await second.until(lambda: second.mode is Mode.ELICITING)
        assert second.said == ["You wanted to write to anna. What shall I say?"]
        await second.until(lambda: rows(tmp_path) == [])  # told once
        await second.say("i have arrived", Mode.CONFIRMING)
        assert second.said[-1] == "Send a message: anna, message i have arrived. Shall I send this?"
        await second.say("yes", Mode.REPORTING)
        assert [row.tool for row in await second.tools.recent()][:1] == ["send_message"]


@pytest.mark.proves("V.dictation.kept")
async def test_forgetting_everything_forgets_what_was_kept_so(tmp_path: Path) -> None:
    async with life(tmp_path) as one:
        await one.keep_a_message()
        await one.say("forget everything", Mode.CONFIRMING)
        await one.say("yes", Mode.REPORTING)
        await one.until(lambda: rows(tmp_path) == [])
        assert one.runtime.state.backlog.unworded == ()


@pytest.mark.proves("V.dictation.kept")
async def test_it_is_listed_with_what_waits_and_can_be_forgotten_there(tmp_path: Path) -> None:
    async with life(tmp_path) as one:
        await one.keep_a_message()
    # The commands run loops of their own, so they stand aside of this one.
    listed = await asyncio.to_thread(_invoke, tmp_path, "--json")
    (entry,) = [json.loads(line) for line in listed.splitlines()]
    assert (entry["state"], entry["arguments"]) == ("unworded", {"contact": "anna", "message": "the mating mood"})
    await asyncio.to_thread(_invoke, tmp_path, "cancel", entry["id"])
    assert rows(tmp_path) == []


def _invoke(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(outbox, arguments, env={"MCQUEEN_DATA_FOLDER": str(folder)})
    assert done.exit_code == 0, done.output
    return done.output
