"""What a drive and the dashboard show as heard: the text that was understood, which need not be the first."""

from __future__ import annotations

import pytest

from assistant.conversation.observations import Recognized, Understood
from assistant.dashboard.history import History
from assistant.drives.timeline import Timeline
from assistant.understanding.reading import Reading
from voice.recognition.recognizer_base import Alternative, Transcript

FIRST, TAKEN = "tell that i'm on my way", "tell anna i'm on my way"
HEARD = Recognized(1.0, Transcript(FIRST, (Alternative(FIRST, -1.0), Alternative(TAKEN, -2.0))))


@pytest.mark.parametrize(("read", "shown"), [(TAKEN, TAKEN), ("", FIRST)], ids=["understood", "nothing understood"])
def test_the_text_that_was_understood_is_shown_as_what_was_heard(read: str, shown: str) -> None:
    timeline, history = Timeline(0.0), History()
    for see in (timeline, history.take):
        see(HEARD)
        see(Understood(1.1, FIRST, Reading(text=read), 0.1))
    assert [entry.text for entry in timeline.entries if entry.kind == "heard"] == [shown]
    assert [turn.text for turn in history] == [shown]
