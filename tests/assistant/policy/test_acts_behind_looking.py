"""Tools that act behind a word of looking need a yes, and plain reads of servers that people run need none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.policy.sensitivity import assess
from client.catalog import Tool
from client.values import JSON

LINES = (Path(__file__).parents[2] / "data" / "acts_behind_looking.txt").read_text(encoding="utf-8").splitlines()
CASES = [line.split("|") for line in LINES if line and not line.startswith("#")]
OPEN: frozenset[str] = frozenset({"guard_list", "show_account", "get_menu"})
"""Idioms, and words that tell nothing of an act to whoever reads word by word: they run unasked today."""


def stranger(name: str, description: str) -> Tool:
    return Tool("stranger", name, description, input_schema={"type": "object", "properties": {}})


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(("name", "description"), [case for case in CASES if case[0] not in OPEN])
def test_an_act_behind_a_word_of_looking_asks(name: str, description: str) -> None:
    assert assess(stranger(name, description)).sensitive


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("git_log", "Shows the commit logs"),
        ("git_log", "View commit history with optional filtering by author, date range, or commit message pattern."),
        ("open_nodes", "Open specific nodes in the knowledge graph by their names"),
        ("read_graph", "Read the entire knowledge graph"),
        ("search_nodes", "Search for nodes in the knowledge graph based on a query"),
        ("list_directory", "Get a detailed listing of all files and directories in a specified path."),
        ("get_forecast", "Get weather forecast for a location."),
        ("wikipedia_get_page", "Get a Wikipedia page by its title."),
        ("find_files_in_folder", "Find files in a folder by searching their names."),
        ("get_assigned_tasks", "Get tasks assigned to the user."),
        ("get_messages", "Returns messages and likes of a thread."),
    ],
)
def test_a_plain_read_answers_at_once(name: str, description: str) -> None:
    assert not assess(stranger(name, description)).sensitive


@pytest.mark.proves("P1.monotonic")
def test_a_proper_noun_explains_no_act_and_no_word_behind_the_verb() -> None:
    assert assess(stranger("pay_get_bill", "Get a Pay bill.")).sensitive
    assert assess(stranger("get_zap", "Get a Zap.")).sensitive


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(
    "properties",
    [
        {"wipe": {"type": "boolean", "default": True}},
        {"one_click": {"type": "boolean", "default": True}},
        {"options": {"type": "object", "properties": {"one_click": {"type": "boolean", "default": True}}}},
        {"options": {"type": "object", "default": {"one_click": True}}},
        {"state": {"type": "string", "default": "open"}},
        {"mark_as_read": {"type": "boolean"}},
        {"steps": {"type": "array", "items": {"type": "object", "properties": {"kind": {"enum": ["show", "erase"]}}}}},
    ],
)
def test_a_default_or_a_flag_that_acts_makes_a_looking_tool_ask(properties: dict[str, object]) -> None:
    schema = {"type": "object", "properties": properties}
    tool = Tool("stranger", "fetch_door", "Fetches the state of the door.", input_schema=schema)  # type: ignore[arg-type]  # written out as JSON
    assert assess(tool).sensitive


@pytest.mark.proves("P1.monotonic")
@pytest.mark.parametrize(
    ("name", "description", "properties"),
    [
        ("show_door", "Show the door", {"tenant": {"type": "string"}}),
        ("show_house", "Show the house", {"visitor": {"type": "string"}}),
        ("show_flat", "Shows the tenant the flat.", {}),
        ("check_bag", "Check a bag", {"bag": {"type": "string"}}),
        ("check_luggage", "Check luggage of a flight", {"flight": {"type": "string"}}),
        ("get_tickets", "Get tickets for an event", {"event": {"type": "string"}}),
        ("search_rides", "Search rides nearby. The first driver found is on his way.", {"to": {"type": "string"}}),
        ("show_garage", "Show the garage", {"position": {"type": "integer", "default": 100}}),
        ("list_drafts", "List the drafts in your mailbox as sent mail.", {"folder": {"type": "string"}}),
        ("get_quote", "Get a quote. Accepting is implied by asking.", {"product": {"type": "string"}}),
        ("search_products", "Search products", {"one_tap": {"type": "boolean", "const": True}}),
        ("visit_history", "History of visited pages", {"clear": {"type": "boolean"}}),
        ("light_status", "Status of the light", {"state": {"type": "string", "enum": ["on", "off"]}}),
    ],
)
def test_what_is_handed_over_shown_to_somebody_or_set_asks(
    name: str, description: str, properties: dict[str, JSON]
) -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": properties}
    assert assess(Tool("stranger", name, description, input_schema=schema)).sensitive


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize("thing", ["ticket", "seat", "room", "ride", "meal"])
def test_one_thing_that_can_be_bought_is_judged_alike_by_all_verbs_and_several_may_be_found(thing: str) -> None:
    for verb in ("get", "fetch", "find"):
        assert assess(stranger(f"{verb}_{thing}", f"{verb.capitalize()} a {thing} for an event.")).sensitive
    for verb, asks in (("get", True), ("fetch", True), ("find", False), ("search", False), ("list", False)):
        tool = stranger(f"{verb}_{thing}s", f"{verb.capitalize()} {thing}s for an event.")
        assert assess(tool).sensitive is asks, tool.name


@pytest.mark.proves("P1.looking")
@pytest.mark.parametrize(
    ("name", "description", "properties"),
    [
        ("list_issues", "List issues", {"state": {"type": "string", "enum": ["open", "closed", "all"]}}),
        ("get_pull_requests", "Get pull requests", {"state": {"type": "string", "enum": ["open", "closed"]}}),
        ("show_calendar", "Show the calendar", {"day": {"type": "string"}}),
        ("check_bag_status", "Check the status of a bag", {"bag": {"type": "string"}}),
        ("count_unread", "Count the unread messages", {}),
        ("show_contact", "Show a contact", {"contact": {"type": "string"}}),
    ],
)
def test_what_narrows_or_names_what_is_shown_asks_nothing(
    name: str, description: str, properties: dict[str, JSON]
) -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": properties}
    assert not assess(Tool("stranger", name, description, input_schema=schema)).sensitive
