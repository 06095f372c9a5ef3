"""Tools that do several things by a listed value, and what a sentence says for each: small catalogs of our own."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Interpretation
from tests.assistant.understanding.catalogs import catalog_of, tool

SATURDAY = 1_795_250_000.0
"""The 21st of November 2026, in the morning, UTC."""


def texts(**described: str) -> dict[str, Any]:
    return {name: {"type": "string", "description": about} for name, about in described.items()}


def catalog(*tools: tuple[str, str, dict[str, Any], tuple[str, ...]]) -> Interpreter:
    return Interpreter(catalog_of(*(tool(*each) for each in tools)))


ACTION = {"action": {"type": "string", "enum": ["read", "create", "update", "delete"]}}
CHORES = (
    "chores",
    "Manages chores. Supports reading, creating, updating, and deleting chores.",
    {
        **ACTION,
        **texts(
            title="The title of the chore (REQUIRED for create, optional for update).",
            due="Due date. Format 'YYYY-MM-DD HH:mm:ss' (local time) or 'YYYY-MM-DD'.",
            search="A search term to filter chores by.",
            filterRoom="Filter chores by room name.",
        ),
        "tags": {"type": "array", "items": {"type": "string"}, "description": "Tags of the chore."},
        "marks": {"type": "array", "items": {"type": "string"}, "description": "Marks of the chore."},
        "dueWithin": {"type": "string", "enum": ["today", "tomorrow"], "description": "Filter by due date."},
    },
    ("action",),
)


def read(interpreter: Interpreter, text: str) -> Interpretation:
    found = interpreter.read([text], Context(now=SATURDAY)).interpretations
    assert found, text
    return found[0]


@pytest.mark.proves("U.slots")
def test_a_title_that_only_creating_needs_is_taken_from_the_words_when_something_is_created() -> None:
    found = read(catalog(CHORES), "create a chore water the ferns tomorrow at nine")
    assert dict(found.arguments) == {"action": "create", "title": "water the ferns", "due": "2026-11-22T09:00:00"}


@pytest.mark.proves("U.slots")
def test_what_filters_is_left_alone_by_creating_and_filled_by_looking() -> None:
    found = read(catalog(CHORES), "search my chores for ferns")
    assert dict(found.arguments) == {"action": "read", "search": "ferns"}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize("text", ["show my chores", "list all chores", "which chores do i have"])
def test_any_way_of_looking_is_the_one_listed_value_that_looks(text: str) -> None:
    assert dict(read(catalog(CHORES), text).arguments) == {"action": "read"}


@pytest.mark.proves("U.slots")
def test_an_optional_list_among_others_takes_no_words_that_nothing_marks() -> None:
    found = read(catalog(CHORES), "create a chore fix the lamp and the chair")
    assert not {"tags", "marks"} & set(found.arguments)


TRAINS = (
    ("find_stop", "Find stops by name.", texts(query="Name of the stop"), ("query",)),
    (
        "find_ride",
        "Find a ride between two stops.",
        texts(from_stop="Name of the first stop", to_stop="Name of the last stop"),
        ("from_stop", "to_stop"),
    ),
)


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize("text", ["find me a tram from oldtown to newtown", "is there a ride from oldtown to newtown"])
def test_a_way_that_is_said_speaks_for_what_takes_both_ends(text: str) -> None:
    found = read(catalog(*TRAINS), text)
    assert found.tool == "made-up.find_ride"
    assert dict(found.arguments) == {"from_stop": "oldtown", "to_stop": "newtown"}


BOARD = (
    ("add_list_to_board", "Add a new list to the board.", texts(name="Name of the list"), ("name",)),
    (
        "add_row_to_list",
        "Add a row to a list on the board.",
        texts(text="Text of the row", listName="Name of the list"),
        ("text", "listName"),
    ),
)


@pytest.mark.proves("U.slots")
def test_a_name_ends_before_what_it_is_put_into_and_says_no_kind_of_thing() -> None:
    found = read(catalog(*BOARD), "add a list named waiting to the board")
    assert (found.tool, dict(found.arguments)) == ("made-up.add_list_to_board", {"name": "waiting"})
    found = read(catalog(*BOARD), "add a row paint the fence to the list garden")
    assert found.arguments["listName"] == "garden"


BILLS = (
    "add_bill",
    """Add a bill.

    Args:
        amount: The total (e.g., "70", "10.50").
        description: A brief description.
        friend_names: Friends to split with.
        group_name: Optional group to add the bill to.
    """,
    {
        "amount": {"type": "string"},
        "description": {"type": "string"},
        "friend_names": {"type": "array", "items": {"type": "string"}},
        "group_name": {"type": "string"},
    },
    ("amount", "description", "friend_names"),
)


@pytest.mark.proves("U.slots")
def test_a_number_that_is_taken_as_text_is_written_in_digits_and_each_noun_finds_its_parameter() -> None:
    found = read(catalog(BILLS), "add a bill of eighty euros for firewood with anna and ben")
    assert dict(found.arguments) == {"amount": "80", "description": "firewood", "friend_names": ["anna", "ben"]}


@pytest.mark.proves("U.context")
def test_both_requests_of_a_sentence_are_kept_if_one_of_two_alike_tools_is_meant() -> None:
    nothing: dict[str, Any] = {}
    photos = ("list_photos", "List photos.", nothing, ())
    of_album = ("list_photos_of_album", "List photos of the album.", nothing, ())
    timer = ("start_timer", "Start a timer.", {"minutes": {"type": "integer"}}, ("minutes",))
    found = read(catalog(photos, of_album, timer), "list my photos and start a timer for ten minutes")
    first, second = (each.tool for each in (found, *found.then))
    assert first in ("made-up.list_photos", "made-up.list_photos_of_album")
    assert second == "made-up.start_timer"


PLANS = (
    ("find_plans", "Find plans of a team.", texts(team="The team to search in", text="Words to look for"), ("team",)),
    ("close_plan", "Close a plan.", texts(plan_id="The plan", name="New name"), ("plan_id",)),
    ("get_plan_members", "Get the members of a team.", texts(team="The team GID to get the members of"), ("team",)),
    (
        "add_note",
        "Add a note to a plan.",
        texts(plan_id="The plan", text="What to say", due_on="YYYY-MM-DD"),
        ("plan_id",),
    ),
)


@pytest.mark.proves("U.slots", "U.invents-nothing")
@pytest.mark.parametrize(
    ("text", "tool_name", "arguments"),
    [
        ("find plans about firewood", "find_plans", {"text": "firewood"}),
        ("close this plan", "close_plan", {}),
        ("add a note to the plan that the roof is done", "add_note", {"text": "the roof is done"}),
    ],
)
def test_no_words_are_an_id_that_another_tool_tells_of_nor_what_only_points(
    text: str, tool_name: str, arguments: dict[str, str]
) -> None:
    found = read(catalog(*PLANS), text)
    assert (found.tool, dict(found.arguments)) == (f"made-up.{tool_name}", arguments)


GERMAN = (
    (
        "SetLamp",
        "Sets the brightness of a lamp",
        {**texts(name="", area="", floor=""), "brightness": {"type": "integer"}},
    ),
    ("TurnOn", "Turns on a device", texts(name="", area="", floor="")),
)


@pytest.mark.proves("U.german")
@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("schalte das Licht im Erdgeschoss ein", {"floor": "Erdgeschoss"}),
        ("schalte die Lampe Lesesessel ein", {"name": "Lampe Lesesessel"}),
        ("mach in der Küche das Licht an", {"area": "Küche"}),
    ],
)
def test_german_rooms_and_floors_are_no_names_and_nothing_left_over_is_a_room(
    text: str, arguments: dict[str, str]
) -> None:
    interpreter = Interpreter(catalog_of(*(tool(*each) for each in GERMAN)), spoken=language("de"))
    found = read(interpreter, text)
    assert (found.tool, dict(found.arguments)) == ("made-up.TurnOn", arguments)
