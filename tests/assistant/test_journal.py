"""The journal: every event and effect survives the way to disk and back."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.conversation.journal import Journal, JournalError, decode_event, encode, read, replay
from assistant.dialogue.events import Event
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Effect
from assistant.understanding.reading import Control
from tests.assistant.dialogue.conversation import BOOK, BOOKED, DINNER, Conversation, wants, word


class Recorder(Conversation):
    """A conversation that writes its journal."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path, State("test"))
        super().__init__()

    def send(self, event: Event) -> tuple[Effect, ...]:
        """Feed and record."""
        effects = super().send(event)
        self.journal.write(replace(event, at=self.at), effects)
        return effects


def a_booking(path: Path) -> Recorder:
    """A whole booking, recorded."""
    conversation = Recorder(path)
    conversation.hear(wants(BOOK, DINNER))
    conversation.played()
    conversation.hear(word(Control.YES))
    conversation.end_call(BOOKED)
    conversation.journal.close()
    return conversation


@pytest.mark.proves("D.replay")
def test_a_recorded_conversation_replays_to_the_same_state_and_effects(tmp_path: Path) -> None:
    conversation = a_booking(tmp_path / "journal.jsonl")
    again = replay(tmp_path / "journal.jsonl")
    assert again.differences == ()
    assert again.state == conversation.state


def test_the_journal_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    a_booking(tmp_path / "journal.jsonl")
    assert stat.S_IMODE((tmp_path / "journal.jsonl").stat().st_mode) == 0o600


def test_a_last_line_torn_by_power_loss_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    a_booking(path)
    text = path.read_text()
    path.write_text(text[:-40])
    assert replay(path).steps == replay_steps(text) - 1


def replay_steps(text: str) -> int:
    """Steps in a whole journal."""
    return len(text.strip().split("\n")) - 1


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda text: "not json\n" + text, "is not JSON"),
        (lambda text: text.replace('"journal": 1', '"journal": 99'), "not a journal of this version"),
        (lambda text: text.replace('"type": "Heard"', '"type": "Smelled"'), "unknown type 'Smelled'"),
    ],
)
def test_a_damaged_journal_is_refused_with_the_reason(tmp_path: Path, damage: object, complaint: str) -> None:
    path = tmp_path / "journal.jsonl"
    a_booking(path)
    assert callable(damage)
    path.write_text(damage(path.read_text()))
    with pytest.raises(JournalError, match=complaint):
        replay(path)


def test_every_event_survives_the_way_to_disk_and_back(tmp_path: Path) -> None:
    a_booking(tmp_path / "journal.jsonl")
    _, steps = read(tmp_path / "journal.jsonl")
    for recorded in steps:
        assert decode_event(encode(recorded.event)) == recorded.event
