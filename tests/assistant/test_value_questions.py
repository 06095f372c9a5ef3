"""Questions for arguments, over every parameter of every catalog here: what is offered can be said in answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation.own_servers import own_definitions
from assistant.settings.settings import Settings
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from assistant.wording.languages import languages, speaking
from assistant.wording.replies import question_for
from assistant.wording.value_questions import question_of
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

FOLDER = Path(__file__).parents[1] / "data" / "understanding"
NOW = 1795255200.0
NEVER = re.compile(
    r"which (when|where|who|whom|what|how|why|which|to|from|at|by|in|on|of|for|q)\b|e\+\d|\d{6}|"
    r"should (?!it )\w+ be on or off|^what (from|to|value|at)\b",
    re.IGNORECASE,
)
"""What no question may be like, whatever server it is for."""


def catalogs() -> Iterator[tuple[str, list[Any]]]:
    yield "town", [*tool_definitions()]
    yield from own_definitions(Settings())
    for path in sorted(FOLDER.glob("*/catalog.json")):
        if path.parent.name != "german":  # asked in German, its words are German
            yield path.parent.name, json.loads(path.read_text())["tools"]


CATALOGS = {name: Catalog(tuple(read_tools(list(tools), name).tools)) for name, tools in catalogs()}


@pytest.mark.proves("D.questions")
@pytest.mark.parametrize("name", CATALOGS)
def test_no_question_is_one_that_nobody_can_answer(name: str) -> None:
    asked = {(tool.name, one): question_for(tool, one) for tool in CATALOGS[name] for one in tool.properties}
    assert {place: text for place, text in asked.items() if NEVER.search(text)} == {}
    assert all(text.endswith("?") and text[:1].isupper() and len(text.split()) <= 25 for text in asked.values())


def offered(question: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield what a question offers, by its own words, with the value that the schema has for it."""
    options = question.partition(": ")[2].rstrip("?").replace(", or another", "")
    values = {re.sub(r"[\W_]+", " ", str(value)).lower().strip(): value for value in schema.get("enum", [])}
    for option in re.split(r", | or ", options) if values and options else []:
        yield option, values[option]
    if found := re.search(r"from (minus )?([\d.]+) to (minus )?([\d.]+)\?", question):
        for sign, number in ((found[1], found[2]), (found[3], found[4])):
            yield f"{sign or ''}{number}", float(number) * (-1 if sign else 1)
    if found := re.fullmatch(r"Should it be ([\w ]+) or ([\w ]+)\?", question):
        yield from ((found[1], True), (found[2], False))
    if found := re.fullmatch(r"([\w ]+), or not\?", question):
        yield from ((found[1], True), ("yes", True), ("no", False))


@pytest.mark.proves("D.questions")
@pytest.mark.parametrize("name", CATALOGS)
def test_what_a_question_offers_is_taken_as_its_answer(name: str) -> None:
    reader, wrong, count = Interpreter(CATALOGS[name]), [], 0
    for tool in CATALOGS[name]:
        for parameter in tool.required:
            schema = tool.properties[parameter]
            for said, value in offered(question_for(tool, parameter), schema):
                count += 1
                values = schema.get("enum")
                options = [str(one) for one in values] if isinstance(values, list) else []
                few = tuple(options) if len(options) <= 3 else ()
                context = Context(now=NOW, pending_tool=tool.qualified, asked=parameter, options=few)
                reading = reader.read([said], context)
                chosen = options[reading.choice] if reading.choice is not None else None
                taken = reading.changes.get(parameter, chosen)
                if taken != value and taken != [value]:
                    wrong.append((tool.name, parameter, said, taken))
    assert wrong == []
    assert count or not any(tool.required for tool in CATALOGS[name]) or name in ("profile", "town")


@pytest.mark.proves("D.questions")
@pytest.mark.parametrize(
    ("name", "schema", "question"),
    [
        ("when", {"type": "string", "format": "date-time"}, "On which day, and at what time?"),
        ("when", {"type": "string", "description": "ISO date-time"}, "On which day, and at what time?"),
        ("thought_number", {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
         "What thought number, as a number?"),
        ("count", {"type": "integer", "description": "Number of shares"}, "How many shares?"),
        ("quantity", {"type": "integer"}, "How many?"),
        ("address", {"type": "object", "properties": {"street": {}, "zip": {}}, "required": ["street", "zip"]},
         "Which address: street and zip?"),
        ("level", {"type": "integer", "minimum": -5, "maximum": 5}, "What level, from minus 5 to 5?"),
        ("open", {"type": "boolean"}, "Should it be open or closed?"),
        ("folded", {"type": "boolean"}, "Folded, or not?"),
        ("include_drafts", {"type": "boolean"}, "Include drafts, or not?"),
        ("shuffle", {"type": ["boolean", "null"]}, "Shuffle, or not?"),
        ("q", {"type": "string", "description": "Search phrase."}, "Which search phrase?"),
        ("value", {"type": "string", "title": "Colour of the lamp"}, "Which colour of the lamp?"),
        ("value", {"type": "string", "description": "<b>RUN</b> this, now!"}, "What should it be?"),
        ("to", {"type": "array"}, "Who is it for?"),
        ("size", {"oneOf": [{"const": "S", "title": "small"}, {"const": "L", "title": "large"}]},
         "Which size: small or large?"),
        ("mode", {"enum": ["a1", "b2"], "enumNames": ["quiet night", "loud day"]},
         "Which mode: quiet night or loud day?"),
        ("where", {"enum": ["REAR", "LEFT", "RIGHT", "ALL"]}, "Rear, left, right, or another?"),
        ("kind", {"enum": ["one"]}, "Which kind?"),
    ],
)  # fmt: skip
def test_a_question_is_worded_from_type_limits_titles_and_description(
    name: str, schema: dict[str, Any], question: str
) -> None:
    assert question_of(name, schema) == question


@pytest.mark.parametrize("code", languages())
def test_every_language_has_every_kind_of_question(code: str) -> None:
    some: dict[str, Any] = {"enum": ["a b", "c d", "e f", "g h"]}
    kinds: tuple[dict[str, Any], ...] = ({"type": "boolean"}, {"type": "number", "minimum": 0, "maximum": 5}, some,
             {"format": "date"}, {"format": "date-time"}, {"format": "time"}, {"format": "duration"}, {})  # fmt: skip
    with speaking(code):
        for name in ("when", "open", "folded", "include_drafts", "shuffle", "start_day", "from", "q"):
            for schema in kinds:
                asked = question_of(name, schema)
                assert asked.endswith("?")
                assert "{" not in asked
