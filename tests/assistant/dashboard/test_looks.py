"""How it looks: kept pictures of each driving state and each screen at two sizes, light and dark; its contrast."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from assistant.dashboard.app import Dashboard
from assistant.dashboard.letters import large
from assistant.dashboard.panes.conversation_pane import ConversationPane
from assistant.dashboard.panes.metrics_pane import MetricsPane
from assistant.dashboard.panes.outbox_pane import OutboxPane
from assistant.dashboard.panes.servers_pane import ServersPane
from assistant.dashboard.panes.tools_pane import ToolsPane
from assistant.dashboard.panes.vehicle_pane import VehiclePane
from assistant.dashboard.panes.voice_pane import VoicePane
from assistant.dashboard.symbols import ASCII, UNICODE
from assistant.dashboard.themes import NAMES, contrast, luminance
from assistant.dashboard.widgets.parked import PANES, Parked
from assistant.dashboard.widgets.status import Standing
from assistant.dashboard.widgets.turn_view import TurnView
from assistant.policy.driving import DrivingState
from tests.assistant.dashboard.harness import segments, shown, until
from tests.assistant.dashboard.snapshots import differences, same_as_before
from tests.assistant.dashboard.still import Still, kept, listen, play, ready, serve, still, watch
from tests.assistant.dialogue.conversation import NOW, asked_to_confirm

TEXT_CONTRAST = 4.5
GLANCE_CONTRAST = 7.0


SIZES = ((80, 24), (140, 45))


@pytest.fixture
def one_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same devices, models and time zone everywhere."""

    def devices() -> list[str]:
        return ["microphone  USB Headset, 16 kHz (system's choice)", "speaker     USB Headset (system's choice)"]

    monkeypatch.setattr("voice.devices.describe_devices", devices)
    monkeypatch.setattr("assistant.dashboard.panes.voice_pane.describe_devices", devices)
    for module in ("assistant.dashboard.panes.voice_pane", "voice.recognition.model_store"):
        monkeypatch.setattr(f"{module}.find_vosk_model", lambda: None)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return folder


@pytest.mark.proves("F.looks")
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("driving", list(DrivingState))
async def test_each_driving_state_looks_as_it_did(driving: DrivingState, theme: str, tmp_path: Path) -> None:
    async with still(driving, SIZES[0], theme) as (app, pilot):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            same_as_before(app, f"{driving}-{size[0]}x{size[1]}-{theme}", tmp_path)


async def looked_at(app: Still, pilot: Pilot[int], name: str) -> None:
    """Go to a screen, with something on it, and wait until it stands still."""
    app.action_show(name)
    parked = app.query_one(Parked)
    await until(pilot, lambda: parked.pane is not None and parked.pane.id == f"pane-{name}")
    pane = parked.pane
    if isinstance(pane, ConversationPane):
        last = app.query(TurnView).last()
        last.opened = True
        last.show()
    if isinstance(pane, ToolsPane):
        await until(pilot, lambda: pane.chosen == "town.book_table")
    if isinstance(pane, ServersPane):
        serve(pane, app)
        app.query_one("#servers", OptionList).highlighted = 1
    if isinstance(pane, MetricsPane):
        watch(pane, app)
    if isinstance(pane, VoicePane):
        listen(pane)
    if isinstance(pane, OutboxPane):
        pane.clock = lambda: NOW + 754
        place = app.query_one("#records", OptionList)
        await until(pilot, lambda: place.option_count > 5)
        place.highlighted = 1
    if isinstance(pane, VehiclePane):
        play(pane)
    if pane is not None:
        pane.look()
    await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
    await pilot.pause()


@pytest.mark.proves("F.looks", "F.themes", "F.limits")
@pytest.mark.parametrize("theme", NAMES)
async def test_each_screen_looks_as_it_did_and_can_be_read(theme: str, one_machine: Path, tmp_path: Path) -> None:
    await kept(one_machine)
    changed: list[str] = []
    weak: dict[str, set[str]] = {}
    pictured = theme in ("dark", "light")
    async with still(DrivingState.PARKED, SIZES[0], theme, one_machine) as (app, pilot):
        app.show(ready(DrivingState.PARKED), Standing(waiting=1, tools=16, down=("garage",)))

        def look(name: str) -> None:
            weak[name] = too_weak(app, TEXT_CONTRAST)
            if pictured:
                changed.extend(differences(app, f"{name}-{columns}x{rows}-{theme}", tmp_path))

        for columns, rows in SIZES if pictured else SIZES[1:]:
            await pilot.resize_terminal(columns, rows)
            for name in PANES:
                await looked_at(app, pilot, name)
                look(name)
            for action in ("keys", "set_up"):
                await opened_over(app, pilot, action)
                look(action)
                app.pop_screen()
        for action in ("settings", "command_palette"):
            await opened_over(app, pilot, action)
            weak[action] = too_weak(app, TEXT_CONTRAST)
            app.pop_screen()
        app.notify("Kept. Voice and servers follow", timeout=8.0, markup=False)
        await pilot.pause()
        weak["a passing message"] = too_weak(app, TEXT_CONTRAST)
        for driving in (DrivingState.IDLING, DrivingState.MOVING):
            for state in (ready(driving), replace(asked_to_confirm().state, driving=driving)):
                app.show(state, Standing(driving, online=False, waiting=2, muted=True))
                await pilot.pause()
                weak[f"{driving}, {state.mode}"] = too_weak(app, GLANCE_CONTRAST)
    assert {where: pairs for where, pairs in weak.items() if pairs} == {}
    assert changed == []


async def opened_over(app: Still, pilot: Pilot[int], action: str) -> None:
    """Open it, and wait until it stands still."""
    await app.run_action(action)
    await until(pilot, lambda: len(app.screen_stack) == 2)
    await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
    await pilot.pause()


@pytest.mark.proves("F.small")
async def test_every_screen_is_ascii_where_a_terminal_has_no_more(one_machine: Path) -> None:
    await kept(one_machine)
    strange: dict[str, set[str]] = {}
    async with still(DrivingState.PARKED, SIZES[0], "dark", one_machine, ASCII) as (app, pilot):
        for name in PANES:
            await looked_at(app, pilot, name)
            strange[name] = {sign for sign in shown(app) if not sign.isascii()}
        for action in ("keys", "settings", "set_up", "command_palette"):
            await opened_over(app, pilot, action)
            strange[action] = {sign for sign in shown(app) if not sign.isascii()}
            app.pop_screen()
    assert {where: signs for where, signs in strange.items() if signs} == {}


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
        text = shown(app)
        for row in large("LISTENING", 60, 3):
            assert row in text, "the word itself is drawn with signs, not with colours"
        assert UNICODE.listening in text


@pytest.mark.proves("F.looks")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_word_for_what_mcqueen_does_stands_once(size: tuple[int, int]) -> None:
    async with still(DrivingState.MOVING, size, "dark") as (app, _):
        text = shown(app)
        assert f"{UNICODE.listening}   " in text
        assert sum(text.count(sign) for sign in "█▀▄") > 100, "it is drawn"
        assert "listening" not in text.lower()


@pytest.mark.proves("F.looks")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_is_cut_off_and_no_code_stands_without_its_word(one_machine: Path, size: tuple[int, int]) -> None:
    await kept(one_machine)
    async with still(DrivingState.PARKED, size, "dark", one_machine) as (app, pilot):
        app.show(ready(DrivingState.PARKED), Standing(waiting=1, tools=16, down=("garage",)))
        for name in PANES:
            await looked_at(app, pilot, name)
            text = shown(app)
            assert "…" not in text, f"{name} cuts a line off:\n{text}"
            assert all(len(line) == size[0] for line in text.splitlines())
            keys = text.splitlines()[-1]
            assert all(label in keys for label in ("Keys", "Talk")) or name == "conversation" or size[0] == 80
        pane = app.query_one(VehiclePane)
        hint = str(app.query_one("#faults", Static).render())
        for word in ("t tunnel", "o network back", "a answers lost", "h hang", "s server on"):
            assert word in hint
        limits = [row for row in pane._facts() if row.label in ("holds", "BROKEN", "no case")]
        assert len(limits) > 10
        for row in limits:  # the words first, then the name of the row in the driving limits
            assert re.fullmatch(r"[A-Za-z0-9].{8,} \([STV]\d+.*\)", str(row.text)), row


@pytest.mark.proves("F.looks")
async def test_the_figures_of_the_speed_have_a_free_row_above_them() -> None:
    async with still(DrivingState.MOVING, (80, 24), "dark") as (app, _):
        lines = shown(app).splitlines()
        assert not lines[0].strip()
        assert [line.split("  ↱")[0].strip() for line in lines[1:4]] == [
            "▄█  ▄█  ▄▀▀▀▄",
            "█   █  ▄▀▀▀▄",
            "▀▀▀ ▀▀▀  ▀▀▀  km/h",
        ]
