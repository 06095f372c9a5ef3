"""The dashboard on a real (headless) terminal, with the real runtime and the town behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from rich.segment import Segment
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from assistant.assembly import Live
from assistant.dashboard.app import Dashboard
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.dashboard.widgets.parked import Parked
from assistant.dialogue.turns import Mode
from assistant.settings.settings import Settings
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED

MOVING = {SPEED: 30.0, GEAR: 127, PARKING_BRAKE: False}
IDLING = {SPEED: 0.0, GEAR: 127, PARKING_BRAKE: False}
STANDING = {SPEED: 0.0, GEAR: 126, PARKING_BRAKE: True}
BOOKING = "book a table at luigi's for two tomorrow at seven"

AWidget = TypeVar("AWidget", bound=Widget)


@asynccontextmanager
async def opened(
    folder: Path,
    size: tuple[int, int] = (80, 24),
    *,
    settings: Settings | None = None,
    symbols: Symbols = UNICODE,
    welcome: bool = False,
) -> AsyncIterator[tuple[Dashboard, Pilot[int]]]:
    """A dashboard whose assistant is ready."""
    given = (settings or Settings()).model_copy(update={"data_folder": str(folder)})
    app = Dashboard(given, sound=False, symbols=symbols, welcome=welcome)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0 and has_pane(app))
        yield app, pilot


def has_pane(app: Dashboard) -> bool:
    """Whether the first screen is made."""
    return app.screen_stack[0].query_one(Parked).pane is not None


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for the app to come to a condition; at most some seconds of the app's own turns."""
    for _ in range(600):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.02)
    raise AssertionError(f"the app did not come to what was waited for; it shows\n{shown(pilot.app)}")


def live(app: Dashboard) -> Live:
    """The running assistant."""
    assert app.live is not None
    return app.live


def mode(app: Dashboard) -> Mode:
    """Where the conversation stands."""
    return live(app).runtime.state.mode


async def typed(app: Dashboard, pilot: Pilot[int], text: str) -> None:
    """Type a line and send it."""
    line = app.query_one("#line", Input)
    line.value = text
    line.focus()
    await pilot.press("enter")


async def asked(app: Dashboard, pilot: Pilot[int]) -> None:
    """Come to a read-back that waits for its yes."""
    await typed(app, pilot, BOOKING)
    await until(pilot, lambda: mode(app) is Mode.CONFIRMING and live(app).runtime.state.said.heard)


async def drives(app: Dashboard, pilot: Pilot[int], signals: dict[str, float | int | bool]) -> None:
    """Have the vehicle do that, and the dashboard see it."""
    live(app).vehicle.set(signals)
    await until(pilot, lambda: live(app).runtime.state.driving is app.driving)
    await pilot.pause()


async def at(app: Dashboard, pilot: Pilot[int], name: str, kind: type[Pane]) -> Pane:
    """Go to a screen."""
    app.action_show(name)
    parked = app.screen_stack[0].query_one(Parked)
    await until(pilot, lambda: isinstance(parked.pane, kind))
    pane = parked.pane
    assert isinstance(pane, kind)
    return pane


def segments(app: Dashboard) -> list[Segment]:
    """What is on the screen, piece by piece with its colours."""
    return [segment for strip in app.screen._compositor.render_strips() for segment in strip]


def shown(app: object) -> str:
    """What is on the screen, as text."""
    assert isinstance(app, Dashboard)
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def told(app: Dashboard, words: str) -> Callable[[], bool]:
    """Whether a passing message with these words was shown."""
    return lambda: any(words in notification.message for notification in app._notifications)


def text_of(app: Dashboard, selector: str) -> str:
    """What a widget says."""
    return str(app.query_one(selector, Static).render())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for everything that the dashboard keeps, its settings among them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"
