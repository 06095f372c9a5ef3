"""The dashboard on a real (headless) terminal, with the real runtime and the town behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.dashboard.app import Dashboard
from assistant.dashboard.widgets.conversation import Conversation
from assistant.dashboard.widgets.question import Question, question_text
from assistant.dashboard.widgets.state_word import StateWord, state_word
from assistant.dialogue.state import Mode
from assistant.policy.driving import DrivingState
from assistant.settings import Settings
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED
from tests.assistant.dialogue.conversation import asked_to_confirm


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Dashboard, Pilot[int]]]:
    """A dashboard whose assistant is ready."""
    app = Dashboard(Settings(data_folder=str(folder)), sound=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0)
        yield app, pilot


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for the app to come to a condition; at most some seconds of the app's own turns."""
    for _ in range(400):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError("the app did not come to what was waited for")


def mode(app: Dashboard) -> Mode:
    """Where the conversation stands."""
    assert app.live is not None
    return app.live.runtime.state.mode


async def typed(app: Dashboard, pilot: Pilot[int], text: str) -> None:
    """Type a line and send it."""
    line = app.query_one("#line", Input)
    line.value = text
    line.focus()
    await pilot.press("enter")


@pytest.mark.proves("G.dashboard")
async def test_a_typed_booking_is_confirmed_in_the_dashboard(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await typed(app, pilot, "book a table at luigi's for two tomorrow at seven")
        await until(pilot, lambda: mode(app) is Mode.CONFIRMING and app.query_one(Question).display)
        assert "Shall I book this?" in str(app.query_one(Question).render())
        await until(pilot, lambda: app.live is not None and app.live.runtime.state.question_heard)
        await typed(app, pilot, "yes")
        await until(pilot, lambda: app.live is not None and app.live.runtime.state.past is not None)
        await until(pilot, lambda: any("is booked" in str(line) for line in app.query_one(Conversation).lines))
        assert not app.query_one(Question).display


@pytest.mark.proves("P5.transcript")
async def test_driving_off_hides_transcript_and_typing_at_once_and_parking_brings_them_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        assert app.live is not None
        assert app.query_one(Conversation).display
        app.live.vehicle.set({SPEED: 30.0, GEAR: 127, PARKING_BRAKE: False})
        await until(pilot, lambda: app.screen.has_class("driving"))
        await pilot.pause()
        assert app.query_one(Conversation).region.height == 0
        assert app.query_one("#line", Input).disabled
        app.live.vehicle.set({SPEED: 0.0, GEAR: 126, PARKING_BRAKE: True})
        await until(pilot, lambda: not app.screen.has_class("driving"))
        assert not app.query_one("#line", Input).disabled


async def test_the_space_key_is_push_to_talk_while_driving(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.has_class("driving"))
        await pilot.press("space")
        await until(pilot, lambda: mode(app) is Mode.LISTENING)
        assert "L I S T E N I N G" in str(app.query_one(StateWord).render())


def test_while_driving_the_question_on_the_screen_is_short() -> None:
    from dataclasses import replace

    state = replace(asked_to_confirm().state, driving=DrivingState.MOVING)
    assert question_text(state) == "Shall I book this?"
    assert len(question_text(state)) <= 30


@pytest.mark.parametrize("given", list(Mode))
def test_every_state_has_a_word_and_a_symbol(given: Mode) -> None:
    from dataclasses import replace

    symbol, word = state_word(replace(asked_to_confirm().state, mode=given, listening=False))
    assert symbol
    assert word.isupper()
