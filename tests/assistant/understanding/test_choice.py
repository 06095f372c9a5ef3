"""Among proposals near each other, the one that explains the words is meant; what the mood bars stays barred."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON


def tool(name: str, description: str, required: tuple[str, ...] = (), **kinds: str) -> JSON:
    properties: dict[str, JSON] = {key: {"type": kind} for key, kind in kinds.items()}
    return {
        "name": name,
        "description": description,
        "inputSchema": {"type": "object", "properties": properties, "required": list(required)},
    }


LIBRARY: list[JSON] = [
    tool("get_album", "Get an album.", ("album_id",), album_id="string"),
    tool("list_albums", "List albums.", limit="integer"),
    tool("create_album", "Create an album.", ("title",), title="string"),
    tool("delete_album", "Delete an album.", ("title",), title="string"),
]


@pytest.fixture(scope="module")
def library() -> Interpreter:
    return Interpreter(Catalog(tuple(read_tools(LIBRARY, server="library").tools)))


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize("text", ["show me five albums", "tell me the last five albums"])
def test_an_order_to_show_something_goes_to_the_tool_that_needs_nothing_more(text: str, library: Interpreter) -> None:
    best = library.read([text], Context(now=1795255200.0)).interpretations[0]
    assert (best.tool, dict(best.arguments)) == ("library.list_albums", {"limit": 5})


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize("text", ["did i delete the album summer", "was the album summer created", "is summer deleted"])
def test_no_weight_lifts_a_question_to_a_tool_that_changes(text: str) -> None:
    asked = Interpreter(Catalog(tuple(read_tools(LIBRARY, server="library").tools)))
    choice = asked._requests._proposals.choice
    choice.fitted = type(choice.fitted)(
        {name: (-1000.0 if name == "looks" else value) for name, value in choice.fitted.weights.items()},
        {name: (1000.0 if name == "constant" else 0.0) for name in choice.fitted.acceptance},
    )
    found = asked.read([text], Context(now=1795255200.0)).interpretations
    assert not {each.tool.partition(".")[2] for each in found} & {"create_album", "delete_album"}
