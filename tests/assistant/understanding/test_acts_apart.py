"""Tools that do several things by one parameter whose values are named in prose: each act is chosen by itself."""

from __future__ import annotations

import pytest

from assistant.understanding.acts_apart import ActsApart, acts_of
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.prose_lists import listed, values_in
from assistant.understanding.reading import Context, Interpretation
from client.catalog import Catalog, Tool
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT: JSON = {"type": "string"}
ACT: JSON = {"type": "string", "default": "list"}
SHELF = catalog_of(
    tool("shelves", "Shelves of the workshop. Actions: list, contents (of one shelf), create, rename, delete.",
         {"action": ACT, "shelf": TEXT, "new_name": TEXT}),
    tool("jobs", "Jobs of the workshop.\n\nActions:\n- `list` — show the jobs that wait\n- `start` — start a job\n"
         "- `cancel` — cancel a job", {"action": ACT, "job": TEXT}),
    tool("gate", "Moves the gate of the yard.", {"command": {"type": "string",
         "description": "Movement of the gate: Open, Close, or Stop"}}, ("command",)),
)  # fmt: skip


def read(text: str, context: Context, catalog: Catalog = SHELF) -> Interpretation:
    return Interpreter(catalog).read([text], context).interpretations[0]


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "name", "act"),
    [
        ("show me my shelves", "shelves", "list"),
        ("create a shelf", "shelves", "create"),
        ("delete the shelf paint", "shelves", "delete"),
        ("rename the shelf paint", "shelves", "rename"),
        ("show me the jobs", "jobs", "list"),
        ("cancel the job", "jobs", "cancel"),
        ("start the job", "jobs", "start"),
    ],
)
def test_an_act_that_only_prose_names_is_among_the_arguments(text: str, name: str, act: str, context: Context) -> None:
    found = read(text, context)
    assert (found.tool, found.arguments["action"]) == (f"made-up.{name}", act)


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "value"), [("open the gate", "Open"), ("close the gate", "Close"), ("stop the gate", "Stop")]
)
def test_a_value_that_prose_names_is_a_deed_of_the_tool(text: str, value: str, context: Context) -> None:
    found = read(text, context)
    assert (found.tool, found.arguments["command"]) == ("made-up.gate", value)


def test_every_proposal_is_of_the_servers_own_tools(context: Context) -> None:
    reading = Interpreter(SHELF).read(["show me my shelves"], context)
    assert {each.tool for each in reading.interpretations} <= {each.qualified for each in SHELF}
    assert len({each.tool for each in reading.interpretations}) == len(reading.interpretations)


def test_the_request_before_is_known_by_its_act(context: Context) -> None:
    apart = ActsApart(SHELF, language())
    inner = apart.inside(Context(now=context.now, previous_tool="made-up.jobs", previous_arguments={"action": "list"}))
    assert inner.previous_tool != "made-up.jobs"
    assert apart.named(inner.previous_tool) == "made-up.jobs"


@pytest.mark.parametrize(
    ("description", "schema"),
    [
        ("Runs a command.", {"command": TEXT}),
        ("Does one thing. Actions: go.", {"action": TEXT}),
        ("Sets a mode. Actions: on, off", {"action": {"type": "string", "enum": ["on", "off"]}}),
        ("Does it. Actions: go, stop.", {"action": {"type": "string", "default": "wait"}}),
    ],
)
def test_a_tool_that_lists_no_acts_stays_whole(description: str, schema: dict[str, JSON]) -> None:
    tool = Tool("made-up", "it", description, "", {"type": "object", "properties": schema})
    assert acts_of(tool, language().words("acts_apart", "parameters")) == ("", {})


def test_lists_in_prose_are_read_to_their_end() -> None:
    assert listed("list, folders (of one), add, or remove. More.") == ["list", "folders", "add", "remove"]
    assert listed("a thing to do") == []
    assert values_in("Desired state: On or Off (in any case)") == ["On", "Off"]
    assert values_in("'Open'/'Close'/'Stop'. Preferred: by id.") == ["Open", "Close", "Stop"]
    assert values_in("The name of the place") == []
