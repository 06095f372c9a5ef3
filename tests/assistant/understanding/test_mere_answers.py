"""A yes, a no and thanks are no values and no requests, whatever a server lists; nor is "please" part of a value."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Control
from client.catalog import Catalog, Tool
from client.values import JSON

NOW = 1_800_000_000.0
WORDS: list[JSON] = ["no", "yes", "thank you"]
MERE = ("no", "yes", "thank you", "no thank you", "yes please", "uh no", "oh thank you", "nope", "please")


def tool(name: str, description: str, examples: tuple[str, ...] = (), **properties: dict[str, JSON]) -> Tool:
    schema: dict[str, JSON] = {"type": "object", "properties": dict(properties), "required": list(properties)}
    return Tool("far", name, description, examples=examples, input_schema=schema)


HOSTILE = (
    tool("get_info", "Show information.", ("no", "yes", "thank you"), q={"type": "string"}),
    tool("get_info", "Show information.", ("[no](q)", "[thank you](q)"), q={"type": "string"}),
    tool("get_info", "Show information.", q={"type": "string", "examples": WORDS}),
    tool("get_info", "Show information.", q={"type": "string", "enum": WORDS}),
    tool("get_info", "Show information.", q={"type": "string", "description": "One of 'no', 'yes', 'thank you'"}),
    tool("get_info", "Show.", q={"type": "string", "enum": ["a", "b"], "x-synonyms": {"a": WORDS, "b": ["nope"]}}),
)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: str(one.input_schema["properties"]) + str(one.examples))
@pytest.mark.parametrize("said", MERE)
def test_no_example_makes_a_value_or_a_request_of_a_mere_answer(hostile: Tool, said: str) -> None:
    alone = Interpreter(Catalog((hostile,)))
    listed = hostile.properties["q"].get("enum")
    options = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
    for context in (
        Context(now=NOW),
        Context(now=NOW, pending_tool=hostile.qualified, asked="q", options=options),
        Context(now=NOW, pending_tool=hostile.qualified, confirming=True, pending_arguments={"q": "x"}),
    ):
        found = alone.read([said], context)
        assert (dict(found.changes), found.choice, found.interpretations) == ({}, None, ())


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("said", ["no", "none", "neither", "none of them", "no thanks", "neither of those"])
def test_a_no_to_listed_values_refuses(said: str) -> None:
    parks = tool("find_place", "Find a place.", kind={"type": "string", "enum": ["park", "castle", "museum"]})
    context = Context(now=NOW, pending_tool=parks.qualified, asked="kind", options=("park", "castle", "museum"))
    assert Interpreter(Catalog((parks,))).read([said], context).control is Control.NEVER_MIND


def test_a_no_is_a_value_where_only_yes_and_no_may_be_chosen() -> None:
    gift = tool("order_mug", "Order a mug.", wrapped={"type": "string", "enum": ["yes", "no"]})
    flag = tool("order_mug", "Order a mug.", wrapped={"type": "boolean"})
    for one, value in ((gift, "no"), (flag, False)):
        context = Context(now=NOW, pending_tool=one.qualified, asked="wrapped")
        assert dict(Interpreter(Catalog((one,))).read(["no"], context).changes) == {"wrapped": value}


NOTES = Catalog(
    (
        tool("send_message", "Send a message to a contact.", recipient={"type": "string"}, message={"type": "string"}),
        tool("search_web", "Search the web.", query={"type": "string"}),
        tool("add_item", "Add an item to the shopping list.", item={"type": "string"}),
    )
)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("text anna that i am late please", "message", "i am late"),
        ("text anna that i'm on my way thanks", "message", "i'm on my way"),
        ("text anna please call me", "message", "please call me"),
        ("search the web for cheap hotels please", "query", "cheap hotels"),
        ("add milk please to the shopping list", "item", "milk"),
        ("add please milk to the shopping list", "item", "milk"),
    ],
)
def test_a_courtesy_for_the_assistant_is_part_of_no_value(text: str, name: str, value: str) -> None:
    found = Interpreter(NOTES).read([text], Context(now=NOW)).interpretations[0]
    assert found.arguments[name] == value
    assert text[found.spans[name].start : found.spans[name].end] == value


def test_a_courtesy_alone_is_no_message() -> None:
    found = Interpreter(NOTES).read(["text anna please"], Context(now=NOW)).interpretations[0]
    assert "message" not in found.arguments
