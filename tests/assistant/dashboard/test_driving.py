"""While driving: the rows S1 to S22 of the driving limits that a program can check, on the rendered screen."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from assistant.conversation.observations import Observation, Stepped
from assistant.dashboard.letters import large, width
from assistant.dashboard.screens.keys_screen import KeysScreen
from assistant.dashboard.symbols import ASCII, UNICODE
from assistant.dashboard.widgets.facts import SpeedAndStop
from assistant.dashboard.widgets.keys_line import KeysLine
from assistant.dashboard.widgets.parked import Parked
from assistant.dashboard.widgets.question import SHORT, QuestionBar, numbered, question_text
from assistant.dashboard.widgets.state_word import StateWord, state_word
from assistant.dashboard.widgets.status import Standing, Status, status_text
from assistant.dialogue.state import LastSaid, State
from assistant.dialogue.table_effects import Say
from assistant.dialogue.turns import Listening, Mode
from assistant.policy.driving import DrivingState
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED
from tests.assistant.dashboard.harness import (
    IDLING,
    MOVING,
    STANDING,
    asked,
    drives,
    live,
    mode,
    opened,
    segments,
    shown,
    typed,
    until,
)
from tests.assistant.dialogue.conversation import TURNS, asked_to_confirm


@pytest.mark.proves("P5.transcript", "F.driving", "F.limits")
async def test_a_moving_car_sees_facts_state_question_and_network_and_nothing_else(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await asked(app, pilot)
        await drives(app, pilot, MOVING)
        visible = [type(widget).__name__ for widget in app.screen.children if widget.region.height and widget.display]
        # S8, S10, S11, S22: no list, no message and no transcript is laid out; S14: nor is the line
        assert visible == ["SpeedAndStop", "StateWord", "QuestionBar", "Static", "Status", "KeysLine"]
        assert app.query_one(Parked).region.height == 0
        text = shown(app)
        assert "luigi" not in text.lower()  # V11, S22: nothing of what was said
        assert not app.query("Log:focus, DataTable:focus")
        # S6: what is read in one go
        assert len(app.query_one(QuestionBar).question) <= SHORT
        assert len(state_word(live(app).runtime.state)[1]) <= SHORT
        assert all(len(part) <= SHORT for part in re.split(r"\s{3,}", str(app.query_one(Status).render())))
        assert len(str(app.query_one("#refused", Static).render())) <= SHORT
        # S21: the road's facts keep their place at the top
        assert app.query_one(SpeedAndStop).region.y == 0
        assert app.query_one(SpeedAndStop).region.height == 4
        assert app.query_one(SpeedAndStop).speed == 30
        # S12, S13: no ticker, no spinner, no clock: without news nothing moves
        before = shown(app)
        for _ in range(3):
            app._tick()
            await pilot.pause(0.02)
        assert shown(app) == before
        for size in ((140, 45), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            large_dots = sum(segment.text.count("█") + segment.text.count("▀") for segment in segments(app))
            assert large_dots > 80


@pytest.mark.proves("F.driving")
async def test_every_signal_changes_the_screen_at_once(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        car = live(app).vehicle
        for signals, expected in (
            ({GEAR: 127, PARKING_BRAKE: False}, DrivingState.IDLING),
            ({SPEED: 0.1}, DrivingState.MOVING),
            ({SPEED: 0.0}, DrivingState.IDLING),
            ({PARKING_BRAKE: True}, DrivingState.PARKED),
            ({PARKING_BRAKE: False}, DrivingState.IDLING),
            ({SPEED: -3.0, GEAR: -1}, DrivingState.MOVING),
            ({SPEED: 0.0, GEAR: 126}, DrivingState.PARKED),
            ({SPEED: 90.0, GEAR: 127, PARKING_BRAKE: True}, DrivingState.MOVING),
        ):
            car.set(signals)
            await pilot.pause()  # one round of messages: no timer is waited for
            assert app.driving is expected
            assert app.screen.has_class("moving") is (expected is DrivingState.MOVING)
            assert app.screen.has_class("idling") is (expected is DrivingState.IDLING)
            assert app.query_one("#line", Input).disabled is (expected is DrivingState.MOVING)
            assert (app.query_one(Parked).region.height > 0) is (expected is DrivingState.PARKED)


@pytest.mark.proves("F.driving", "F.limits")
async def test_whatever_is_open_closes_when_the_car_moves(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, KeysScreen))
        await pilot.press("f3")
        live(app).vehicle.set(MOVING)
        await until(pilot, lambda: app.driving is DrivingState.MOVING)
        assert len(app.screen_stack) == 1
        for key in ("f1", "f4", "ctrl+p", "f6", "2", "slash"):  # S14, S15: nothing opens, nothing is set
            await pilot.press(key)
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert app.query_one(Parked).current == "conversation"
        await drives(app, pilot, IDLING)
        await pilot.press("f4", "f1", "ctrl+p")
        await pilot.pause()
        assert len(app.screen_stack) == 1


@pytest.mark.proves("F.limits")
async def test_letters_are_refused_while_moving_and_the_hint_is_spoken(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        said: list[str] = []

        def listen(seen: Observation) -> None:
            if isinstance(seen, Stepped):
                said.extend(effect.text for effect in seen.effects if isinstance(effect, Say))

        await drives(app, pilot, MOVING)
        live(app).runtime.observe(listen)
        await pilot.press("h", "e", "y")
        await until(pilot, lambda: bool(said))
        assert [text for text in said if "Typing waits" in text] == said[:1]  # once, not for each letter
        assert "Typing waits" in shown(app)
        assert app.query_one("#line", Input).value == ""
        await drives(app, pilot, STANDING)
        assert not str(app.query_one("#refused", Static).render())


@pytest.mark.proves("F.driving")
async def test_talk_and_mute_are_always_there(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        for signals in (MOVING, IDLING, STANDING):
            await drives(app, pilot, signals)
            app.screen.set_focus(None)
            await pilot.press("space")
            await until(pilot, lambda: mode(app) is Mode.LISTENING)
            assert app.query_one(StateWord).word == ("ready", "READY"), "there is no microphone here"
            await pilot.press("f2")
            assert app.muted
            assert "muted" in shown(app)
            await pilot.press("f2")
            await live(app).runtime.type("never mind")
            await until(pilot, lambda: mode(app) is not Mode.LISTENING)
            keys = shown(app).splitlines()[-1]
            assert "Talk" in keys or signals is not MOVING
            assert app.query_one(KeysLine).region.height == 1


@pytest.mark.proves("F.limits")
async def test_idling_shows_no_transcript_and_opens_the_line_alone(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        await typed(app, pilot, "what's the weather in mannheim")
        await until(pilot, lambda: "degrees" in shown(app))
        await drives(app, pilot, IDLING)
        assert "degrees" not in shown(app)
        assert not app.query_one("#line", Input).disabled
        await typed(app, pilot, "what's the weather in speyer")
        await until(pilot, lambda: any("speyer" in turn.text for turn in app.history or ()))
        assert "speyer" not in shown(app)


@pytest.mark.proves("F.limits")
@pytest.mark.parametrize("given", list(Mode))
def test_every_state_has_a_word_a_symbol_and_a_short_question(given: Mode) -> None:
    state = replace(asked_to_confirm().state, turn=TURNS[given], listening=False, driving=DrivingState.MOVING)
    name, word = state_word(state)
    assert getattr(UNICODE, name)  # S19
    assert getattr(ASCII, name)
    assert word.isupper()
    assert len(question_text(state)) <= SHORT  # S6
    long = replace(state, said=replace(state.said, text="word " * 40))
    assert len(question_text(replace(long, driving=DrivingState.PARKED))) <= 120  # S7
    assert large(word, 74, 10), "the word fits 80 columns in large type"
    assert large(question_text(state), 74, 20)


@pytest.mark.proves("F.limits")
@pytest.mark.parametrize(
    ("options", "shown_as"),
    [
        (["Book a table", "Weather"], "1 Book  2 Weather"),
        (["List directories, of notes", "List directories, of photos"], "1 notes  2 photos"),
        (["Luigi's", "Green Garden", "Blue Lantern", "Old Mill"], "1 Luigi's  2 Green  3 Blue"),
        (["Donaudampfschiffahrtsgesellschaft", "Rhein"], ""),
        (["Anna", "Anna Berg"], ""),
        (["Anna", "Anna"], ""),
    ],
)
def test_while_moving_choices_are_numbers_with_one_word_each(options: list[str], shown_as: str) -> None:
    assert numbered(options) == shown_as
    assert len(shown_as) <= SHORT


@pytest.mark.proves("F.limits")
def test_the_choices_stand_on_the_moving_screen_in_large_type() -> None:
    state = replace(asked_to_confirm().state, turn=TURNS[Mode.CHOOSING], driving=DrivingState.MOVING)
    assert question_text(state) == "1 Book  2 Weather"
    assert large(question_text(state), 74, 8)


@pytest.mark.proves("F.limits")
def test_the_status_says_everything_in_words_beside_its_symbols() -> None:
    standing = Standing(DrivingState.MOVING, online=False, waiting=2, muted=True, tools=40, down=("home",))
    assert status_text(standing, UNICODE) == "✕ offline   ✉ 2 waiting   ⊘ muted"
    parked = status_text(replace(standing, driving=DrivingState.PARKED), ASCII)
    assert parked.isascii()
    assert "home down" in parked
    assert "parked (simulated)" in parked


def test_large_type_takes_whole_words_and_gives_way_where_there_is_no_room() -> None:
    rows = large("ok", 40, 3)
    assert len(rows) == 3
    assert {len(row) for row in rows} == {width("ok")}
    assert large("LISTENING", 20, 10) == []
    assert large("a b", 200, 40)[0].startswith(" ")  # three times as large where there is room
    assert all(set(row) <= {"#", " "} for row in large("ok", 40, 5, blocks=False))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State("x", Listening(), listening=True), "READY"),
        (State("x", Listening()), "READY"),
        (State("x", TURNS[Mode.CONFIRMING], listening=True), "CONFIRM"),
        (State("x", TURNS[Mode.ELICITING], listening=True), "ASKING"),
        (State("x"), "READY"),
        (State("x", Listening(), said=LastSaid(playing=3)), "SPEAKING"),
    ],
)
def test_without_a_microphone_no_state_says_that_it_listens(state: State, word: str) -> None:
    assert state_word(state, hears=False)[1] == word
