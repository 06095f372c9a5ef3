"""A routine as a form: its name and its steps, a sentence each. What nothing here does is said before it is read back.

It keeps nothing itself: the values become an ordinary request, which is read back like spoken words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from assistant.conversation.routine_tools import MAKE, NAME
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.understanding.answers.sentence_lists import MOST_SENTENCES
from assistant.wording.languages import speaking, wording
from client.schemas.tool_names import qualified_name

if TYPE_CHECKING:
    from assistant.dashboard.face import Face
    from client.values import JSON

_STEPS = [f"step {number}" for number in range(1, MOST_SENTENCES + 1)]
_SCHEMA: dict[str, JSON] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "what you say for it: leaving work"},
        **{step: {"type": "string"} for step in _STEPS},
    },
    "required": ["name", _STEPS[0]],
}


class RoutineScreen(FormSheet):
    """Makes a routine."""

    def __init__(self) -> None:
        about = "each step is a sentence as you would say it; all of it is read back before it is kept"
        super().__init__("Make a routine", _SCHEMA, self._ask, button="Make", about=about)

    def _ask(self, values: dict[str, JSON]) -> str:
        app = cast("Face", self.app)
        if app.live is None:
            return "McQueen has not started yet"
        steps = [str(values[step]) for step in _STEPS if values.get(step)]
        for step in steps:
            said = app.live.reader.step_of(step, app.live.runtime.context)
            if said.problem:
                with speaking(app.settings.language):
                    return wording().text("told", f"sentence_{said.problem}", said=step)
        arguments: dict[str, JSON] = {"name": values["name"], "steps": [*steps]}
        app.call_later(app.request, qualified_name(NAME, MAKE), arguments)
        return ""
