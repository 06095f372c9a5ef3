"""The question that waits for an answer, in large type. Shows nothing while nothing waits."""

from __future__ import annotations

from textual.widgets import Static

from assistant.dialogue.speaking import WAITING
from assistant.dialogue.state import Mode, State
from assistant.policy.driving import DrivingState
from assistant.replies import asking


class Question(Static):
    """The pending question. While not parked: only what is asked, in few words (row S6)."""

    def show(self, state: State) -> None:
        """Show the question of this state, or hide."""
        waits = state.mode in WAITING
        self.display = waits
        if waits:
            self.update(question_text(state))


def question_text(state: State) -> str:
    """Return the words of the pending question: in full when parked, else at most a few."""
    tool = state.catalog.find(state.request.tool) if state.request else None
    if state.driving is DrivingState.PARKED or tool is None:
        return state.last_said
    if state.mode is Mode.CONFIRMING:
        return asking(tool)
    return state.last_said if len(state.last_said) <= SHORT else "Please answer"


SHORT = 30
"""Characters that may be read in one go (row S6)."""
