"""The act that is asked for is the act that is done: no tool serves a verb that it only resembles.

The oracle is written by hand: which tool, if any, does what each sentence asks.
"""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.values import JSON
from tests.assistant.understanding.test_mood import NOW

TEXT: dict[str, JSON] = {"type": "string"}
TOOLS: dict[str, tuple[str, dict[str, JSON]]] = {
    "delete_branch": ("Delete a branch of the repository.", {"name": TEXT}),
    "restart_heater": ("Restart the heater.", {"room": TEXT}),
    "close_blinds": ("Close the blinds.", {"room": TEXT}),
    "turn_off_light": ("Turn off the light in a room.", {"room": TEXT}),
    "turn_on_light": ("Turn on the light in a room.", {"room": TEXT}),
    "close_issue": ("Close an issue.", {"number": {"type": "integer"}}),
    "add_item": ("Add an item to the list.", {"item": TEXT}),
    "set_volume": ("Set the volume of the speaker.", {"level": {"type": "integer", "minimum": 0, "maximum": 100}}),
    "skip_track": ("Skip to the next track.", {}),
}


def called(text: str, *more: Tool) -> list[str]:
    tools = [
        Tool("own", name, about, input_schema={"type": "object", "properties": properties})
        for name, (about, properties) in TOOLS.items()
    ]
    found = Interpreter(Catalog((*tools, *more))).read([text], Context(now=NOW)).interpretations[:1]
    return [each.tool.rpartition(".")[2] for each in found]


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize(
    "text",
    ["reopen the issue", "restore the branch", "recover the branch", "undelete the branch", "bring the branch back",
     "shut down the heater", "power down the heater", "take milk off the list", "cross milk off the list",
     "tick milk off the list",
     "turn the alarm off", "turn off the guest wifi", "unmute the speaker", "raise the blinds", "lift the blinds",
     "dim the light", "make the light darker", "go back to the previous track", "unbranch the repository",
     "postpone the restart of the heater"],
)  # fmt: skip
def test_no_tool_stands_in_for_its_opposite_or_for_another_act(text: str) -> None:
    assert called(text) == []


@pytest.mark.proves("P1.opposite")
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("close issue seven", "close_issue"),
        ("delete the branch dev", "delete_branch"),
        ("restart the heater", "restart_heater"),
        ("lower the blinds", "close_blinds"),
        ("turn off the light in the hall", "turn_off_light"),
        ("turn off the kitchen lamp", "turn_off_light"),
        ("add milk to the list", "add_item"),
        ("skip to the next track", "skip_track"),
    ],
)
def test_each_tool_keeps_its_own_act(text: str, tool: str) -> None:
    assert called(text) == [tool]


@pytest.mark.proves("P1.opposite")
def test_a_verb_of_its_own_reaches_the_tool_that_says_it() -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": {"name": TEXT}}
    restore = Tool("own", "restore_branch", "Restore a deleted branch.", input_schema=schema)
    for text in ("restore the branch", "recover the branch", "bring the branch back"):
        assert called(text, restore) == ["restore_branch"], text
