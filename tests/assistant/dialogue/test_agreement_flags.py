"""A server that wants "confirm: true" gets it from the driver's yes: it is read back, and never sent without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.dialogue.context import context_of
from assistant.dialogue.events import Heard
from assistant.dialogue.turns import Mode
from assistant.policy.agreement_flags import with_agreement
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Profile
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.assistant.dialogue.conversation import Conversation


class Garden(Conversation):
    """A conversation in words about one tool."""

    def __init__(self, flag: dict[str, Any], name: str = "confirm", verb: str = "delete", **more: Any) -> None:
        properties = {"plant": {"type": "string"}, name: flag}
        schema = {"type": "object", "properties": properties, "required": ["plant", name]}
        raw = {"name": f"{verb}_plant", "description": f"{verb.title()} a plant", "inputSchema": schema, **more}
        catalog = Catalog(tuple(read_tools([raw], "garden").tools))
        super().__init__(catalog)
        self._interpreter = Interpreter(catalog)

    def say(self, text: str) -> None:
        self.send(Heard(0, self._interpreter.read([text], context_of(self.state, self.at, Profile()))))
        self.played()


FLAGS = [
    ({"type": "boolean"}, "confirm"),
    ({"type": "boolean"}, "user_confirmed"),
    ({"type": "boolean", "const": True}, "sure"),
    ({"type": "boolean", "description": "Must be true to delete anything."}, "really"),
]


@pytest.mark.proves("D.plans")
@pytest.mark.parametrize(("flag", "name"), FLAGS, ids=str)
def test_the_yes_of_the_driver_says_what_the_server_wants_to_be_true(flag: dict[str, Any], name: str) -> None:
    talk = Garden(flag, name)
    talk.say("delete the plant fern")
    assert talk.mode is Mode.CONFIRMING
    assert talk.calls == []
    talk.say("yes")
    (made,) = talk.calls
    assert dict(made.call.arguments) == {"plant": "fern", name: True}
    assert made.consent is not None


@pytest.mark.proves("D.plans")
def test_a_no_sends_nothing_for_it() -> None:
    talk = Garden({"type": "boolean"})
    talk.say("delete the plant fern")
    talk.say("no")
    assert talk.calls == []


@pytest.mark.proves("D.plans")
@pytest.mark.parametrize("flag", [{"type": "boolean"}, {"type": "boolean", "description": "Whether to water it."}])
def test_any_other_yes_or_no_of_a_tool_is_still_asked_for(flag: dict[str, Any]) -> None:
    talk = Garden(flag, "indoors")
    talk.say("delete the plant fern")
    assert (talk.mode, talk.calls) == (Mode.ELICITING, [])


@pytest.mark.proves("D.plans")
def test_where_no_yes_is_needed_nothing_is_agreed_to() -> None:
    schema = {"type": "object", "properties": {"confirm": {"type": "boolean"}}, "required": ["confirm"]}
    raw: dict[str, Any] = {"name": "get_plant", "description": "Get a plant", "inputSchema": schema}
    (tool,) = read_tools([{**raw, "annotations": {"readOnlyHint": True}}], "garden").tools
    trusted = replace(tool, trusted=True)
    assert with_agreement(trusted, {}) == {}
    assert with_agreement(tool, {}) == {"confirm": True}
    assert with_agreement(tool, {"confirm": False}) == {"confirm": False}
