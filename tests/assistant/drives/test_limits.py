"""Each driving limit that a drive can show is seen to hold, and seen to break."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli.main import cli
from assistant.conversation.observations import Spoke, Stepped
from assistant.dialogue.events import CallEnded, Delivered, Event, Heard, NothingHeard, PushToTalk
from assistant.dialogue.state import LastSaid, State
from assistant.dialogue.table_effects import Call, Earcon, Effect, EndTurn, Purpose, Say
from assistant.dialogue.turns import Choosing, Mode, Option
from assistant.drives.bundled import find_drive
from assistant.drives.drive_report import as_json, limit_lines
from assistant.drives.driving_limits import NOT_CHECKED, Measured, measure_limits
from assistant.drives.loading import load_drive
from assistant.drives.runner import DriveRunner
from assistant.drives.timeline import ResponseTime, Timeline
from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Control, Reading
from client.call import Consent, ConsentSource, Succeeded, ToolCall
from tests.assistant.dialogue.conversation import TURNS

MOVING = replace(State("test"), driving=DrivingState.MOVING)
BOOKING = ToolCall("c1", "town", "book", {"time": "19:00"}, "key")
ROWS = [
    "S9", "T1", "T2", "T3", "T4", "T5", "T6", "V1 words", "V1 seconds", "V2", "V4", "V5", "V6", "V12", "V13", "V14",
]  # fmt: skip


class Story:
    """A timeline made by hand."""

    def __init__(self) -> None:
        self.timeline = Timeline(0.0)
        self.state = MOVING

    def step(self, at: float, event: Event, *effects: Effect, **changes: object) -> Story:
        """Add a step that ends in this state."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # fields by name
        self.timeline(Stepped(at, event, effects, self.state))
        return self

    def speak(self, began: float, ended: float, text: str, purpose: Purpose = Purpose.STATEMENT) -> Story:
        """McQueen says something."""
        self.step(began, NothingHeard(began), Say(1, text, purpose))
        self.timeline(Spoke(ended, began, text, 0.0, True))
        return self

    def row(self, name: str) -> Measured:
        """Return what was measured of a row."""
        return next(found for found in measure_limits(self.timeline) if found.row == name)


def heard(at: float) -> Heard:
    """Something the driver said."""
    return Heard(at, Reading(control=Control.HELP))


def test_every_row_of_the_limits_is_either_checked_or_has_a_reason() -> None:
    rows = {row.split()[0] for row in ROWS} | set(NOT_CHECKED)
    wanted = {f"S{n}" for n in range(1, 23)} | {f"T{n}" for n in range(1, 7)} | {f"V{n}" for n in range(1, 15)}
    assert rows == wanted
    assert [found.row for found in measure_limits(Timeline(0.0))] == ROWS
    assert all(found.holds for found in measure_limits(Timeline(0.0)))


@pytest.mark.proves("T1")
def test_a_press_or_an_utterance_without_a_sign_breaks_the_row() -> None:
    assert Story().step(0, PushToTalk(0), Earcon("listening")).row("T1").holds
    assert not Story().step(0, PushToTalk(0)).row("T1").holds
    assert not Story().step(1.0, heard(0.5), Earcon("heard")).row("T1").holds


@pytest.mark.proves("T2")
def test_a_slow_call_without_a_sign_breaks_the_row() -> None:
    def story(*signs: float) -> Measured:
        told = Story().step(0, heard(0), Call(BOOKING, None))
        for at in signs:
            told.step(at, NothingHeard(at), Earcon("working"))
        return told.step(6, CallEnded(6, "c1", Succeeded(None)), Say(1, "Done.", Purpose.STATEMENT)).row("T2")

    assert story(1.5).holds
    assert not story().holds
    assert not story(2.5).holds


@pytest.mark.proves("T3")
def test_a_late_answer_breaks_the_row() -> None:
    story = Story()
    story.timeline.answers.append(ResponseTime(1.0, 1.5))
    assert story.row("T3").holds
    story.timeline.answers.append(ResponseTime(9.0, 6.0))
    assert not story.row("T3").holds


@pytest.mark.proves("T4")
def test_speech_that_goes_on_under_a_press_breaks_the_row() -> None:
    assert (
        not Story()
        .step(0, heard(0), said=LastSaid(playing=3))
        .step(1, PushToTalk(1), Earcon("listening"))
        .row("T4")
        .holds
    )


@pytest.mark.proves("T5")
def test_a_second_re_prompt_or_a_call_made_by_silence_breaks_the_row() -> None:
    asked = Story().step(0, heard(0), turn=TURNS[Mode.CONFIRMING])
    asked.step(8, NothingHeard(8), turn=TURNS[Mode.CONFIRMING])
    assert asked.row("T5").holds
    asked.step(16, NothingHeard(16), turn=TURNS[Mode.CONFIRMING])
    assert not asked.row("T5").holds
    called = Story().step(0, heard(0), turn=TURNS[Mode.CONFIRMING]).step(8, NothingHeard(8), Call(BOOKING, None))
    assert not called.row("T5").holds


@pytest.mark.proves("T6")
def test_a_fourth_failed_try_breaks_the_row() -> None:
    assert Story().step(0, heard(0), tries=3).row("T6").holds
    assert not Story().step(0, heard(0), tries=4).row("T6").holds


@pytest.mark.proves("V1")
def test_more_than_a_breath_breaks_the_row_and_a_read_back_may_take_longer() -> None:
    assert Story().speak(0, 6, "word " * 25).row("V1 words").holds
    assert not Story().speak(0, 9, "word " * 40).row("V1 words").holds
    assert not Story().speak(0, 12, "word " * 10).row("V1 seconds").holds
    assert Story().speak(0, 12, "word " * 40, Purpose.READ_BACK).row("V1 words").holds


@pytest.mark.proves("V2")
def test_four_options_break_the_row() -> None:
    options = tuple(Option(str(n)) for n in range(4))
    assert Story().step(0, heard(0), turn=Choosing(options[:3])).row("V2").holds
    assert not Story().step(0, heard(0), turn=Choosing(options)).row("V2").holds


@pytest.mark.proves("V4", "S9")
def test_turns_in_a_task_are_counted_and_too_many_break_the_row() -> None:
    story = Story().step(0, heard(0), turn=TURNS[Mode.CONFIRMING])
    for at in range(1, 7):
        story.step(at, heard(at))
    story.step(9, heard(9), turn=TURNS[Mode.IDLE])
    assert not story.row("S9").holds
    assert story.row("V4").worst == 8


@pytest.mark.proves("V5")
def test_a_task_in_which_mcqueen_speaks_too_long_breaks_the_row() -> None:
    story = Story().step(0, heard(0), turn=TURNS[Mode.CALLING]).speak(1, 20, "a").speak(20, 40, "b")
    assert not story.step(41, heard(41), turn=TURNS[Mode.IDLE]).row("V5").holds


@pytest.mark.proves("V6")
def test_unrequested_speech_soon_after_a_task_breaks_the_row() -> None:
    def story(at: float) -> Measured:
        told = Story().step(0, heard(0), turn=TURNS[Mode.REPORTING]).step(1, NothingHeard(1), turn=TURNS[Mode.IDLE])
        return told.step(at, Delivered(at, "town.book"), Say(4, "It has gone through.", Purpose.NOTICE)).row("V6")

    assert story(40).holds
    assert not story(10).holds


@pytest.mark.proves("V12")
def test_a_press_that_does_not_end_the_turn_breaks_the_row() -> None:
    listening = Story().step(0, PushToTalk(0), Earcon("listening"), listening=True)
    assert listening.step(1, PushToTalk(1), EndTurn()).row("V12").holds
    assert not listening.step(2, PushToTalk(2), Earcon("listening")).row("V12").holds


@pytest.mark.proves("V13")
def test_speech_into_the_drivers_turn_breaks_the_row() -> None:
    story = Story().step(0, PushToTalk(0), Earcon("listening"), listening=True)
    assert not story.step(1, CallEnded(1, "c1", Succeeded(None)), Say(1, "Done.", Purpose.STATEMENT)).row("V13").holds


@pytest.mark.proves("V14")
def test_a_consent_for_other_arguments_breaks_the_row() -> None:
    right = Consent("one", BOOKING.digest, ConsentSource.DRIVER, 0.0)
    assert Story().step(0, heard(0), Call(BOOKING, right)).row("V14").holds
    assert not Story().step(0, heard(0), Call(BOOKING, replace(right, digest="other"))).row("V14").holds


async def test_a_drive_prints_its_limits_with_what_cannot_be_checked(tmp_path: Path) -> None:
    path = find_drive("weather-before-a-trip")
    result = await DriveRunner(path, load_drive(path)).run()
    lines = limit_lines(result)
    assert any(line.startswith("V1 words") and " yes " in line for line in lines)
    assert any(line.startswith("S17") and "not checked" in line for line in lines)
    assert {row["row"] for row in as_json(result)["limits"]} == set(ROWS)


def test_the_command_knows_the_option() -> None:
    command = cli.get_command(None, "drive")  # type: ignore[arg-type]  # no context is needed to look one up
    assert command is not None
    assert any("--limits" in option.opts for option in command.params)
