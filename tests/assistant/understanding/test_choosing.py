"""Which of several alike tools is meant, by what they quote, hold or tell; and what is stated to be kept."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.plainer import plainer
from assistant.understanding.reading import Context
from assistant.understanding.routing.quotations import quoted
from client.catalog import Catalog, Tool
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT: JSON = {"type": "string"}
LABELLED = tuple(
    Tool("made-up", name, f"🔒 Gold — {told}\nPart of the gold plan.")
    for name, told in (("scale", "Scale a plan."), ("share", "Share a plan."), ("print", "Print a plan."))
)
FERRY = catalog_of(
    tool("find_crossings", "Find ferry crossings between two ports.", {"from_port": TEXT, "to_port": TEXT}),
    tool("quiet_hours", "Hours of a day by how full the boats are. Use for 'when is it least crowded'.", {}),
)
NOTES = catalog_of(
    tool("create_task_list", "Create a task list.", {"title": TEXT}, ("title",)),
    tool("list_task_lists", "List the task lists.", {}),
    tool("create_task", "Create a task in a task list.", {"list_id": TEXT, "title": TEXT}, ("list_id", "title")),
    tool(
        "create_tasks", "Create tasks in bulk.", {"tasks": {"type": "array", "items": {"type": "object"}}}, ("tasks",)
    ),
)
SEA = catalog_of(
    tool("get_current_tide", "Get the tide at a harbour.", {"harbour": TEXT}),
    tool("get_tide_forecast", "Get the tide at a harbour for the days to come.", {"harbour": TEXT}),
)
PURSE = catalog_of(
    tool("add_expense", "Add an expense.", {"amount": {"type": "number"}, "note": TEXT}, ("amount",)),
    tool("get_expenses", "Get the expenses.", {}),
)


def best(catalog: Catalog, text: str, context: Context) -> str:
    found = Interpreter(catalog).read([text], context).interpretations
    return found[0].tool.removeprefix("made-up.") if found else ""


@pytest.mark.proves("U.routing")
def test_what_a_description_quotes_of_people_asks_for_its_tool(context: Context) -> None:
    assert best(FERRY, "when is it least crowded from dover to calais", context) == "quiet_hours"
    assert best(FERRY, "find a crossing from dover to calais", context) == "find_crossings"


def test_quotations_are_read_over_line_ends_and_code_is_none() -> None:
    told = "Use for 'when is it\n    cheapest to go' or \"where is it now, is it on time today\". Pass action='list'."
    assert quoted(Tool("made-up", "it", told)) == [
        "when is it cheapest to go",
        "where is it now",
        "is it on time today",
    ]


def test_what_a_server_repeats_of_every_tool_is_left_out() -> None:
    assert [each.description for each in plainer(Catalog(LABELLED))] == [
        "Scale a plan.",
        "Share a plan.",
        "Print a plan.",
    ]
    alone = Catalog(LABELLED[:1])
    assert plainer(alone) is alone


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("add call the plumber to my house list", "create_task"),
        ("put milk on the shopping list", "create_task"),
        ("create a list called garden", "create_task_list"),
        ("create a task called garden", "create_task"),
    ],
)
def test_what_is_put_into_a_thing_is_told_from_the_thing(text: str, name: str, context: Context) -> None:
    assert best(NOTES, text, context) == name


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("how is the tide in dover right now", "get_current_tide"),
        ("what is the tide in dover", "get_current_tide"),
        ("what will the tide be in dover tomorrow", "get_tide_forecast"),
    ],
)
def test_how_things_are_is_told_from_how_they_will_be(text: str, name: str, context: Context) -> None:
    assert best(SEA, text, context) == name


@pytest.mark.proves("U.routing")
def test_what_is_stated_is_kept_where_a_tool_is_there_to_keep_it(context: Context) -> None:
    found = Interpreter(PURSE).read(["i spent forty euros on parking"], context).interpretations
    assert (found[0].tool, found[0].arguments["amount"]) == ("made-up.add_expense", 40)
    assert best(PURSE, "i spent a lovely day at the lake", context) == ""
    assert best(SEA, "i spent forty euros on parking", context) == ""


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize("text", ["show me everything in my task lists", "list everything in the task lists"])
def test_everything_in_a_place_is_no_refusal(text: str, context: Context) -> None:
    assert best(NOTES, text, context) == "list_task_lists"


def test_a_request_that_opens_with_an_unknown_verb_is_named_as_left(context: Context) -> None:
    found = Interpreter(PURSE).read(["halve the batter and show me the expenses"], context).interpretations
    assert (found[0].tool, found[0].left) == ("made-up.get_expenses", "halve the batter")


@pytest.mark.proves("U.routing")
def test_a_duty_is_noted_and_talk_is_not(context: Context) -> None:
    assert best(NOTES, "i have to call the plumber tomorrow", context) == "create_task"
    assert best(NOTES, "i have to tell you something", context) == ""
