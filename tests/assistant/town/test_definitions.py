"""The town's definitions keep what contracts and grammar rely on."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.town.town_tools import tool_definitions
from client.schemas.tool_listing import read_tools
from client.values import JSON

CONTRACT: dict[str, tuple[str, str, list[str], list[str]]] = {
    # name: (category, access level, required, all parameters), as the contract gives them
    "get_weather": ("weather", "public", ["location"], ["location", "units"]),
    "web_search": ("search", "public", ["query"], ["query", "num_results"]),
    "book_restaurant_public": (
        "booking",
        "public",
        ["restaurant_name", "date", "time", "party_size"],
        ["restaurant_name", "date", "time", "party_size"],
    ),
    "email_personal": ("communication", "user_specific", ["action"], ["action", "to", "subject", "body"]),
    "calendar_personal": ("productivity", "user_specific", ["action"], ["action", "start_date", "event_title"]),
    "maps_hybrid": ("navigation", "hybrid", ["action"], ["action", "origin", "destination", "saved_places"]),
}

BY_NAME = {definition["name"]: definition for definition in tool_definitions()}


@pytest.mark.parametrize("name", CONTRACT)
def test_contract_tools_have_exactly_the_contracts_parameters(name: str) -> None:
    category, level, required, parameters = CONTRACT[name]
    definition = BY_NAME[name]
    assert definition["_meta"]["mcqueen/category"] == category
    assert definition["_meta"]["mcqueen/access_level"] == level
    assert definition["inputSchema"]["required"] == required
    assert list(definition["inputSchema"]["properties"]) == parameters


def test_every_definition_is_usable_and_none_is_left_out() -> None:
    entries: list[JSON] = [*tool_definitions()]
    listing = read_tools(entries, "town")
    assert not listing.rejected
    assert {tool.name for tool in listing.tools} == set(BY_NAME)


def _marks(sentence: str) -> list[tuple[str, str]]:
    return re.findall(r"\[([^\]]+)\]\(([^)]+)\)", sentence)


@pytest.mark.parametrize("name", BY_NAME)
def test_examples_are_many_lower_case_and_mark_parameters_that_exist(name: str) -> None:
    definition = BY_NAME[name]
    examples: list[str] = definition["_meta"]["mcqueen/examples"]
    assert len(set(examples)) >= 10
    properties: dict[str, Any] = definition["inputSchema"]["properties"]
    for sentence in examples:
        assert sentence == sentence.lower()
        assert not re.search(r"\d", sentence)
        assert {parameter for _, parameter in _marks(sentence)} <= set(properties)


@pytest.mark.parametrize("name", BY_NAME)
def test_words_for_enum_values_name_values_that_exist_and_cover_the_examples(name: str) -> None:
    definition = BY_NAME[name]
    words: dict[str, dict[str, list[str]]] = definition["_meta"].get("mcqueen/words", {})
    for parameter, by_value in words.items():
        options = definition["inputSchema"]["properties"][parameter]["enum"]
        assert set(by_value) <= set(options)
    for sentence in definition["_meta"]["mcqueen/examples"]:
        for surface, parameter in _marks(sentence):
            options = definition["inputSchema"]["properties"][parameter].get("enum")
            said = {word for spoken in words.get(parameter, {}).values() for word in spoken}
            assert options is None or surface in options or surface in said, (sentence, surface)


def test_a_definition_handed_out_can_be_changed_without_changing_the_town() -> None:
    tool_definitions()[0]["name"] = "changed"
    assert tool_definitions()[0]["name"] == "get_weather"
