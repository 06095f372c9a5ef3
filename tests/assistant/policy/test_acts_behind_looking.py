"""Tools that act behind a word of looking need a yes, and plain reads of servers that people run need none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.policy.sensitivity import assess
from client.catalog import Tool

LINES = (Path(__file__).parents[2] / "data" / "acts_behind_looking.txt").read_text(encoding="utf-8").splitlines()
CASES = [line.split("|") for line in LINES if line and not line.startswith("#")]
OPEN = frozenset({"show_door", "check_mate", "show_money", "guard_list", "search_party", "read_rights", "extract_tooth",
                  "show_account", "get_menu"})  # fmt: skip
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
