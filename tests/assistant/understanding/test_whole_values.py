"""Values whole and in their own place: what is looked for, made, kept, listed, named of a kind, or a time back."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from tests.assistant.understanding.catalogs import catalog_of, tool

TEXT = {"type": "string"}
TERMS = ["brief", "long", "ages"]
LISTING: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "search_notes": ("Search the notes by a word.", {"query": TEXT}, ("query",)),
    "search_people": ("Search the address book by name, number or e-mail.", {"query": TEXT}, ("query",)),
    "create_chore": ("Create a new chore.", {"title": TEXT}, ("title",)),
    "get_tide": (
        "Get the tide for a harbour.",
        {"place_name": {**TEXT, "description": "Name of a saved place (e.g. 'home', 'jetty')"},
         "city_name": {**TEXT, "description": "Any town"}},
        (),
    ),
    "compare_ways": (
        "Compare the driving times between places.",
        {"origins": {"type": "array", "items": TEXT}, "destinations": {"type": "array", "items": TEXT}},
        ("origins", "destinations"),
    ),
    "get_top_films": (
        "Get the films most watched over a time range.",
        {"range": {**TEXT, "enum": TERMS, "description": "brief (~4 weeks), long (~6 months), ages (~1 year)"}},
        (),
    ),
    "open_cover": (
        "Open a cover of the house.",
        {"name": TEXT, "area": TEXT,
         "kinds": {"type": "array", "items": {**TEXT, "enum": ["door", "garage", "blind", "window"]}}},
        (),
    ),
}  # fmt: skip
PLACES = Interpreter(catalog_of(*(tool(name, about, takes, needs) for name, (about, takes, needs) in LISTING.items())))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("search for thunder in my notes", "search_notes", {"query": "thunder"}),
        ("search the address book for ben's number", "search_people", {"query": "ben"}),
        ("create a chore rake leaves and moss", "create_chore", {"title": "rake leaves and moss"}),
        ("get the tide for whitby", "get_tide", {"city_name": "whitby"}),
        ("get the tide for jetty", "get_tide", {"place_name": "jetty"}),
        ("compare the ways from bath and wells to york and hull", "compare_ways",
         {"origins": ["bath", "wells"], "destinations": ["york", "hull"]}),
        ("what are my top films of the last six months", "get_top_films", {"range": "long"}),
        ("my top films of all time", "get_top_films", {"range": "ages"}),
        ("open the garage door", "open_cover", {"name": "garage door"}),
        ("open the blinds in the kitchen", "open_cover", {"kinds": ["blind"], "area": "kitchen"}),
    ],
)  # fmt: skip
def test_a_value_is_taken_whole_and_for_its_own_parameter(text: str, name: str, wanted: dict[str, Any]) -> None:
    found = PLACES.read([text], Context(now=1_795_250_000.0)).interpretations[0]
    assert (found.tool, dict(found.arguments)) == (f"made-up.{name}", wanted)
