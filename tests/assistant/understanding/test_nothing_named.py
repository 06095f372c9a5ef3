"""A tool that has no place for a file that is named is never taken, whatever is connected.

The names are made up here, so that no catalog knows them; the oracle is the proposal alone: one of its values must
hold the name. Of requests for a thing of no kind ("read the zimfro") a few still reach a tool: words that a dictionary
happens to have, such as surnames.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.profile.profile_tools import DEFINITIONS as PROFILE
from assistant.services.messages.message_tools import read_definition, send_definition
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.vehicle.car_tools import DEFINITIONS as CAR
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools

DATA = Path(__file__).parents[2] / "data" / "understanding"
PEOPLE = ["Anna", "Tom"]
SYLLABLES = ("bla", "fro", "zim", "tuk", "vor", "gle", "pif", "nax", "dru", "wob")
ENDINGS = ("yaml", "py", "md", "txt", "json", "csv", "pdf")
ASKED = (
    "read the file {}", "read {}", "read me the file {} please", "open {}", "open the file {}", "show me {}",
    "what is in {}", "delete {}", "delete the file {}", "play {}", "send {} to anna", "read out {}",
)  # fmt: skip


def _listed(server: str, definitions: Any) -> list[Tool]:
    return list(read_tools([*definitions], server, trusted=True).tools)


def _of_file(name: str) -> list[Tool]:
    kept: Mapping[str, Any] = json.loads((DATA / name / "catalog.json").read_text(encoding="utf-8"))
    return _listed(name, kept["tools"])


@cache
def _interpreter(catalog: str) -> Interpreter:
    town = _listed("town", tool_definitions())
    channels = [send_definition(["whatsapp", "slack"], PEOPLE), read_definition(["matrix", "mastodon"], PEOPLE)]
    match catalog:
        case "town":
            tools = town
        case "town, car and profile":
            tools = [*town, *_listed("car", CAR), *_listed("profile", PROFILE)]
        case "channels":
            tools = _listed("messages", channels)
        case _:
            tools = _of_file(catalog)
    return Interpreter(Catalog(tuple(tools)))


@pytest.mark.proves("C.routing")
@pytest.mark.parametrize("catalog", ["town", "town, car and profile", "channels", "van", "second_car", "car"])
def test_whatever_is_taken_has_a_place_for_the_file_that_is_named(catalog: str) -> None:
    chance, misplaced = random.Random(catalog), []
    for asked in ASKED:
        for dot in (".", " dot "):
            stem = "".join(chance.choice(SYLLABLES) for _ in range(2))
            said = asked.format(f"{stem}{dot}{chance.choice(ENDINGS)}")
            for found in _interpreter(catalog).read([said], Context(now=1795193000.0)).interpretations:
                if stem not in json.dumps(dict(found.arguments)).lower():
                    misplaced.append(f"{said}: {found.tool} {dict(found.arguments)}")
    assert misplaced == []


THINGS = (
    "read the {}", "open the {}", "show me the {}", "play the {}", "delete the {}", "turn on the {}", "close the {}",
    "start the {}", "send the {}", "what is the {}",
)  # fmt: skip
MOST_TAKEN = 15
"""Of 240; it was 53."""


@pytest.mark.proves("C.routing")
def test_a_thing_that_nobody_knows_a_word_of_hardly_reaches_a_tool_that_holds_nothing_of_it() -> None:
    taken = []
    for catalog in ("town", "town, car and profile", "channels", "van", "second_car", "car"):
        chance = random.Random(f"{catalog}thing")
        for asked in THINGS * 4:
            name = "".join(chance.choice(SYLLABLES) for _ in range(2))
            found = _interpreter(catalog).read([asked.format(name)], Context(now=1795193000.0)).interpretations
            if found and name not in json.dumps(dict(found[0].arguments)).lower():
                taken.append(f"{asked.format(name)}: {found[0].tool}")
    assert len(taken) <= MOST_TAKEN, taken


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("open the trunck", "car.set_trunk"),
        ("find restarants near here", "town.find_restaurants"),
        ("close the sunrof", "car.set_sunroof"),
        ("turn up the aircon", "car.set_fan"),
        ("switch on the foglights", "car.set_light"),
        ("find a chargingstation", "town.find_charging_stations"),
        ("navigate to zimfro", "car.navigate"),
    ],
)
def test_a_word_that_is_spelled_badly_shortened_or_a_value_is_not_strange(said: str, tool: str) -> None:
    found = _interpreter("town, car and profile").read([said], Context(now=1795193000.0)).interpretations
    assert [each.tool for each in found[:1]] == [tool]
