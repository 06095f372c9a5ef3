"""How it looks: a kept picture of each driving state at two sizes, light and dark; contrast of all that is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from assistant.dashboard.app import Dashboard
from assistant.dashboard.history import Turn
from assistant.dashboard.themes import NAMES, contrast, luminance
from assistant.dashboard.widgets.facts import Facts
from assistant.dashboard.widgets.parked import PANES, Parked
from assistant.dashboard.widgets.question import Question
from assistant.dashboard.widgets.state_word import StateWord
from assistant.dashboard.widgets.status import Standing, Status
from assistant.dialogue.state import State
from assistant.policy.driving import DrivingState
from assistant.settings import DashboardSettings, Settings
from assistant.understanding.reading import Interpretation, Reading, Span
from tests.assistant.dashboard.harness import IDLING, MOVING, asked, drives, has_pane, opened, segments, until
from tests.assistant.dashboard.snapshots import same_as_before
from tests.assistant.dialogue.conversation import asked_to_confirm

TEXT_CONTRAST = 4.5
GLANCE_CONTRAST = 7.0
SENTENCE = "book a table at luigi's for four tomorrow at seven"


class Still(Dashboard):
    """A dashboard without an assistant: what it shows is given, so that it is the same each time."""

    async def _start(self) -> None:
        await self.base.query_one(Parked).open()

    def show_state(self) -> None:
        """Nothing by itself."""


@asynccontextmanager
async def still(driving: DrivingState, size: tuple[int, int], theme: str) -> AsyncIterator[tuple[Still, Pilot[int]]]:
    """A dashboard in the middle of a confirmation, in that driving state."""
    settings = Settings(dashboard=DashboardSettings(theme=theme))
    app = Still(settings, sound=False)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: has_pane(app))
        state: State = replace(asked_to_confirm().state, driving=driving)
        app._drive(driving)
        app.query_one(StateWord).show(state)
        app.query_one(Question).show(state)
        app.query_one(Facts).show(118.0 if driving is DrivingState.MOVING else 0.0, "Heilbronn")
        app.query_one(Status).show(Standing(driving, waiting=1, tools=40, microphone=True))
        spans = {"restaurant": Span(16, 23), "party_size": Span(28, 32), "date": Span(33, 41), "time": Span(45, 50)}
        best = Interpretation("town.book_table", {"restaurant": "Luigi's", "party_size": 4}, (), 0.97, spans)
        turn = Turn(1, 0.0, SENTENCE, True, reading=Reading(interpretations=(best,)), asked=[state.last_said])
        turn.seconds = {"recognize": 0.42, "interpret": 0.002}
        app.query_one(Parked).turns_changed([turn])
        app.screen.set_focus(None)
        await pilot.pause()
        yield app, pilot


@pytest.mark.proves("F.looks")
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("driving", list(DrivingState))
async def test_each_driving_state_looks_as_it_did(driving: DrivingState, theme: str, tmp_path: Path) -> None:
    async with still(driving, (80, 24), theme) as (app, pilot):
        same_as_before(app, f"{driving}-80x24-{theme}", tmp_path)
        await pilot.resize_terminal(140, 45)
        await pilot.pause()
        same_as_before(app, f"{driving}-140x45-{theme}", tmp_path)


def too_weak(app: Dashboard, least: float) -> set[str]:
    """Every pair of colours in which something is written, below that contrast."""
    weak = set()
    for segment in segments(app):
        style = segment.style
        if style is None or not any(letter.isalnum() for letter in segment.text):
            continue
        assert style.color is not None
        assert style.bgcolor is not None
        front, back = style.color.get_truecolor(), style.bgcolor.get_truecolor()
        front, back = (back, front) if style.reverse else (front, back)
        if (ratio := contrast((front[0], front[1], front[2]), (back[0], back[1], back[2]))) < least:
            weak.add(f"{segment.text.strip()[:30]!r}: {front.hex} on {back.hex} is {ratio:.1f}")
    return weak


@pytest.mark.proves("F.themes", "F.limits")
async def test_all_that_is_written_keeps_its_contrast_in_every_theme(folder: Path) -> None:
    async with opened(folder, (100, 40)) as (app, pilot):
        await asked(app, pilot)
        weak: dict[str, set[str]] = {}
        for name in PANES:
            app.action_show(name)
            await until(pilot, lambda name=name: app.query_one(Parked).current == name and has_pane(app))  # type: ignore[misc]  # bound at once
            weak[f"dark {name}"] = too_weak(app, TEXT_CONTRAST)
        for action in ("keys", "settings", "set_up", "command_palette"):
            await app.run_action(action)
            await until(pilot, lambda: len(app.screen_stack) == 2)
            weak[f"dark {action}"] = too_weak(app, TEXT_CONTRAST)
            if action == "settings":
                for theme in NAMES:  # the most kinds of widgets stand here
                    app.theme = f"mcqueen-{theme}"
                    await pilot.pause()
                    weak[f"{theme} {action}"] = too_weak(app, TEXT_CONTRAST)
            app.pop_screen()
        for theme in NAMES:
            app.theme = f"mcqueen-{theme}"
            for name in ("conversation", "tools"):
                app.action_show(name)
                await until(pilot, lambda name=name: app.query_one(Parked).current == name)  # type: ignore[misc]  # bound at once
                weak[f"{theme} {name}"] = too_weak(app, TEXT_CONTRAST)
        for signals in (IDLING, MOVING):
            await drives(app, pilot, signals)
            for theme in NAMES:
                app.theme = f"mcqueen-{theme}"
                await pilot.pause()
                weak[f"{theme} {app.driving}"] = too_weak(app, GLANCE_CONTRAST)
        assert {where: pairs for where, pairs in weak.items() if pairs} == {}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21.0)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert luminance(255, 255, 255) == pytest.approx(1.0)


@pytest.mark.proves("F.themes")
def test_night_is_red_alone() -> None:
    from assistant.dashboard.themes import NIGHT, THEMES

    night = next(theme for theme in THEMES if theme.name.endswith(NIGHT))
    for colour in (night.foreground, night.background, night.primary, night.surface, night.panel, night.error):
        assert colour is not None
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert red > max(green, blue)


@pytest.mark.proves("F.small", "F.themes")
async def test_without_colours_every_state_still_has_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with still(DrivingState.MOVING, (80, 24), "dark") as (app, _):
        assert app.no_color
        colours = {style.color for segment in segments(app) if (style := segment.style) is not None}
        assert colours
        assert "listening" in "".join(segment.text for segment in segments(app))
