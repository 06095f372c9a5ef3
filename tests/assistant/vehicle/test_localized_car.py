"""The bundled car, asked in German: its tools are reached, questions about it are answered, and refusals do nothing."""

from __future__ import annotations

from functools import cache

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from assistant.vehicle.car_tools import DEFINITIONS
from assistant.vehicle.localized_car import definitions_in
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON

NOW = 1_795_770_000.0


@cache
def german() -> Interpreter:
    tools = read_tools([*definitions_in("de")], "car", trusted=True).tools
    return Interpreter(Catalog(tuple(tools)), spoken=language("de"))


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("öffne den kofferraum", "set_trunk", {"open": True}),
        ("schließe den kofferraum", "set_trunk", {"open": False}),
        ("kannst du bitte den kofferraum öffnen", "set_trunk", {"open": True}),
        ("wir müssen den kofferraum öffnen", "set_trunk", {"open": True}),
        ("schalte die klimaanlage ein", "set_air_conditioning", {"on": True}),
        ("die klimaanlage ausschalten bitte", "set_air_conditioning", {"on": False}),
        ("schalte die nebelscheinwerfer ein", "set_light", {"light": "fog lights", "on": True}),
        ("mach es wärmer", "set_temperature", {"change": "warmer"}),
        ("stell die sitzheizung auf zwei", "set_seat_heating", {"level": 2}),
        ("ist der kofferraum offen", "get_state", {"what": "trunk"}),
        ("sind die fenster zu", "get_state", {"what": "windows"}),
    ],
)
def test_the_car_is_reached_in_german(text: str, tool: str, arguments: dict[str, JSON]) -> None:
    found = german().read([text], Context(now=NOW)).interpretations[:1]
    assert [each.tool.rpartition(".")[2] for each in found] == [tool]
    assert {name: found[0].arguments.get(name) for name in arguments} == arguments


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    ["öffne den kofferraum nicht", "meine frau will immer den kofferraum öffnen", "angenommen ich öffne den kofferraum",
     "öffne den kofferraum hat niemand gesagt", "warte bevor du den kofferraum öffnest",
     "verschiebe das öffnen des kofferraums", "mein sohn hat den kofferraum geöffnet"],
)  # fmt: skip
def test_words_about_a_deed_do_nothing_in_german(text: str) -> None:
    found = german().read([text], Context(now=NOW)).interpretations[:1]
    assert [each.tool for each in found if not each.tool.startswith("car.get_")] == []


@pytest.mark.proves("P1.mood")
def test_another_language_changes_words_and_never_what_a_tool_does() -> None:
    for own, said in zip(DEFINITIONS, definitions_in("de"), strict=True):
        assert [own[key] for key in ("name", "description", "annotations")] == [
            said[key] for key in ("name", "description", "annotations")
        ]
        assert [*own["inputSchema"]["properties"]] == [*said["inputSchema"]["properties"]]
        assert own["inputSchema"]["required"] == said["inputSchema"]["required"]
        assert said["_meta"]["mcqueen/examples"], own["name"]
    assert definitions_in("xx") is DEFINITIONS
