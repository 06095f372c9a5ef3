"""A conversation in the dashboard, typed: asked, confirmed, done, and what every turn shows of itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.content import Content

from assistant.dashboard.history import Turn
from assistant.dashboard.symbols import UNICODE
from assistant.dashboard.widgets.question import QuestionBar
from assistant.dashboard.widgets.rows import Row, wrapped
from assistant.dashboard.widgets.turn_view import COLUMN, TurnView, bars, turn_rows
from assistant.dialogue.turns import Mode
from assistant.understanding.reading import Interpretation, Reading, Span
from tests.assistant.dashboard.harness import asked, live, mode, opened, shown, typed, until
from voice.recognition.recognizer_base import Alternative, Transcript


@pytest.mark.proves("G.dashboard", "F.conversation")
async def test_a_typed_booking_is_confirmed_in_the_dashboard(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await asked(app, pilot)
        assert "Shall I book this?" in app.query_one(QuestionBar).question
        await typed(app, pilot, "yes")
        await until(pilot, lambda: live(app).runtime.state.memory.past is not None)
        await until(pilot, lambda: "is booked" in shown(app))
        assert not app.query_one(QuestionBar).display
        assert "called ✓" in shown(app)

        await pilot.press("up")  # to the turns
        await until(pilot, lambda: isinstance(app.focused, TurnView))
        await pilot.press("up")
        await until(pilot, lambda: isinstance(app.focused, TurnView))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, TurnView) and app.focused.opened)
        opened_turn = app.focused
        assert isinstance(opened_turn, TurnView)
        text = opened_turn.render().plain
        assert "interpret " in text
        assert " ms" in text
        assert "restaurant_name = luigi's" in text
        await pilot.click(opened_turn)
        await until(pilot, lambda: not opened_turn.opened)


@pytest.mark.proves("F.conversation")
def test_a_turn_shows_alternatives_and_marks_the_words_of_each_argument() -> None:
    heard = Transcript("book luigis", (Alternative("book luigis", 0.8), Alternative("look luigis", 0.2)), 0.8)
    best = Interpretation("town.book", {"name": "luigis"}, ("date",), 0.7, {"name": Span(5, 11)})
    turn = Turn(1, 0.0, "book luigis", False, heard, Reading(interpretations=(best,)))
    content = Content("\n").join(wrapped(turn_rows(turn, UNICODE, opened=True), 80, COLUMN))
    assert "or        look luigis" in content.plain
    assert "date is missing" in content.plain
    start = content.plain.index("luigis")
    marked = [span for span in content.spans if span.start == start and span.end == start + 6]
    assert marked
    assert "underline" in str(marked[0].style)  # never by colour alone


@pytest.mark.proves("F.conversation")
def test_the_times_of_a_turn_are_bars_to_one_scale() -> None:
    turn = Turn(1, 0.0, "hello", False, seconds={"recognize": 0.4, "call": 0.1})
    lines = [row.content.plain for row in bars(turn, UNICODE)]
    assert [line.count("█") for line in lines] == [24, 6]
    assert "400.0 ms" in lines[0]


@pytest.mark.proves("F.conversation")
def test_what_is_wrapped_stays_beside_its_label() -> None:
    lines = [line.plain.rstrip() for line in wrapped([Row("asked", "shall I book a table for two tomorrow")], 24)]
    assert lines == ["asked  shall I book a", "       table for two", "       tomorrow"]


@pytest.mark.proves("F.replay")
async def test_sound_is_kept_and_replayed_only_where_it_was_asked_for(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await typed(app, pilot, "help")
        await until(pilot, lambda: bool(app.query(TurnView)))
        view = app.query(TurnView).first()
        view.action_replay()
        await until(pilot, lambda: bool(app._notifications))
        assert "Sound is not kept" in next(iter(app._notifications)).message
        view.turn.sound = np.zeros(16, dtype=np.int16)
        app.feed.keep_sound(None, wanted=False)
        assert not view.turn.sound
        assert mode(app) in (Mode.IDLE, Mode.REPORTING, Mode.LISTENING)
