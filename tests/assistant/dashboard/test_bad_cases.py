"""What goes wrong around a dashboard: small and dumb terminals, floods, workers that break."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from assistant.conversation.observations import Recognized, Understood
from assistant.dashboard.history import MOST_TURNS, History
from assistant.dashboard.log_lines import MOST_LINES, LogLines
from assistant.dashboard.panes.conversation_pane import MOST_SHOWN
from assistant.dashboard.symbols import ASCII, UNICODE, symbols_for
from assistant.dashboard.widgets.parked import Parked
from assistant.dashboard.widgets.turn_view import TurnView
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Reading
from tests.assistant.dashboard.harness import MOVING, asked, drives, has_pane, live, opened, shown, until
from voice.recognition.recognizer_base import Transcript


@pytest.mark.proves("F.small")
async def test_a_small_terminal_without_unicode_shows_the_glance(folder: Path) -> None:
    async with opened(folder, (30, 8), symbols=ASCII) as (app, pilot):
        assert app.query_one(Parked).region.height == 0
        assert "Make the terminal" in shown(app)
        await asked(app, pilot)
        await pilot.pause()
        assert "CONFIRM" in shown(app) or "LISTENING" in shown(app)
        assert "Shall I book this?" in " ".join(shown(app).split())
        await drives(app, pilot, MOVING)
        assert "30 km/h" in shown(app)
        assert "Shall I book this?" in shown(app)
        await pilot.resize_terminal(10, 3)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.query_one("#small").region.height == 0)
        assert "#" in shown(app), "large type in signs that every terminal has"
        glance = shown(app).replace("─", "").replace("│", "")
        assert glance.isascii()


@pytest.mark.proves("F.small")
def test_only_a_unicode_terminal_gets_unicode() -> None:
    assert symbols_for("UTF-8") is symbols_for("utf8") is UNICODE
    assert symbols_for("ANSI_X3.4-1968") is symbols_for("latin-1") is symbols_for(None) is ASCII


@pytest.mark.proves("F.worker")
async def test_a_worker_that_breaks_is_shown_and_logged_and_the_app_lives(folder: Path) -> None:
    async with opened(folder) as (app, pilot):

        async def breaks() -> None:
            raise ValueError("the plot is lost")

        app.work_on(breaks(), "a plot")
        await until(pilot, lambda: "a plot failed: the plot is lost" in shown(app))
        assert any("the plot is lost" in line for line in app.log_lines.lines)
        # the assistant itself breaks: said, and opened again by a key of the palette
        first = live(app)
        first.runtime._start(breaks())
        await until(pilot, lambda: app.live is None)
        await until(pilot, lambda: "assistant failed" in shown(app))
        await app.action_restart()
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0)
        assert live(app) is not first


@pytest.mark.proves("F.flood")
async def test_a_flood_of_news_and_log_lines_leaves_keys_and_memory_alone(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        logger = logging.getLogger("flooding server")
        line = app.query_one("#line", Input)
        line.focus()
        reading = Reading()
        for number in range(2000):
            app.feed.take(Recognized(float(number), Transcript(f"word {number}")))
            app.feed.take(Understood(float(number), f"word {number}", reading, 0.001))
            logger.warning("line %d", number)
        await pilot.press(*"hello")
        assert line.value == "hello"
        assert app.history is not None
        await until(pilot, lambda: not app.feed.waiting)
        await until(pilot, lambda: len(app.query(TurnView)) <= MOST_SHOWN)
        assert len(app.history.turns) == MOST_TURNS
        assert len(app.log_lines.lines) == MOST_LINES
        # and the mode still changes at once, in the middle of it
        for number in range(500):
            app.feed.take(Recognized(float(number), Transcript(f"more {number}")))
        live(app).vehicle.set(MOVING)
        await until(pilot, lambda: app.driving is DrivingState.MOVING)
        assert app.query_one(Parked).region.height == 0


@pytest.mark.proves("F.key", "F.flood")
async def test_whatever_floods_waits_behind_one_message_so_that_a_key_comes_next(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await pilot.pause()
        before = app.message_queue_size
        logger = logging.getLogger("flooding server")
        for number in range(1000):
            app.feed.take(Recognized(float(number), Transcript(f"word {number}")))
            logger.warning("line %d", number)
        assert app.message_queue_size <= before + 1
        await until(pilot, lambda: not app.feed.waiting)
        app.feed.take(Recognized(0.0, Transcript("again")))
        assert len(app.feed.waiting) == 1
        await until(pilot, lambda: not app.feed.waiting)


@pytest.mark.proves("F.flood")
def test_an_hour_of_turns_keeps_the_history_at_its_size() -> None:
    history = History()
    for number in range(3600):
        history.take(Recognized(float(number), Transcript(f"turn {number}")))
        history.take(Understood(float(number), f"turn {number}", Reading(), 0.001))
    assert len(history.turns) == MOST_TURNS
    assert history.turns[-1].number == 3600
    assert all(len(values) <= 2000 for values in history.stages.values())


def test_log_lines_take_the_place_of_stderr_and_give_it_back() -> None:
    root = logging.getLogger()
    stream = logging.StreamHandler(sys.stderr)
    root.addHandler(stream)
    try:
        lines = LogLines()
        lines.install()
        assert stream not in root.handlers
        lines.remove()
        assert stream in root.handlers
    finally:
        root.removeHandler(stream)


@pytest.mark.proves("F.first-paint")
def test_what_is_heavy_is_loaded_after_the_first_paint() -> None:
    code = (
        "import sys, assistant.settings.settings, assistant.dashboard.app\n"
        "heavy = {'mcp', 'numpy', 'uvicorn', 'textual_plotext', 'wordllama', 'assistant.assembly', 'httpx', 'babel'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.proves("F.first-paint")
async def test_the_first_screen_is_there_before_the_assistant(folder: Path) -> None:
    from assistant.dashboard.app import Dashboard
    from assistant.settings.settings import Settings

    app = Dashboard(Settings(data_folder=str(folder)), sound=False)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.live is None
        assert "STARTING" in shown(app)
        for key in ("f2", "f3", "f5", "ctrl+t", "f1", "escape", "2"):  # nothing that is not there yet is needed
            await pilot.press(key)
        assert app.muted
        await until(pilot, lambda: app.live is not None and has_pane(app))


@pytest.mark.proves("F.small")
@pytest.mark.parametrize("terminal", ["dumb", "xterm-256color"])
def test_a_dumb_terminal_and_a_pipe_get_the_plain_conversation(tmp_path: Path, terminal: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "dashboard"], input="help\n", capture_output=True, text=True,
        check=False, timeout=60, env={"PATH": "", "HOME": str(tmp_path), "TERM": terminal},
    )  # fmt: skip
    assert done.returncode == 0
    assert "plain conversation" in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout, "no control characters reach a reader of screens"
    assert done.stdout.strip()
