"""What a review says of values, answers and an author's sentences: what was said decides, and the score follows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.review.answer_review import callable_with, heard
from assistant.cli.review.findings import AuthorTry, Review, Severity, Topic
from assistant.cli.review.judging import review
from assistant.cli.review.report import as_text, on_one_screen
from assistant.cli.review.spoken_tries import read_tries
from assistant.wording.spoken_values import SpokenClock
from client.catalog import Catalog, Tool
from client.client_errors import ConfigurationError
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.command_inside import run_inside

CLOCK = SpokenClock(1795161600.0, 0.0)
LOOKS = {"annotations": {"readOnlyHint": True}}


def tool(name: str, about: str, properties: dict[str, Any], required: tuple[str, ...], **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": [*required]}
    return {"name": name, "description": about, "inputSchema": schema, **more}


def catalog(*tools: dict[str, Any]) -> Catalog:
    return Catalog(tuple(read_tools([*tools], "peer").tools))


def only(*tools: dict[str, Any]) -> Tool:
    return next(iter(catalog(*tools)))


PARK = tool("park_car", "Park the car at a place", {"place": {"type": "string"}, "hours": {"type": "integer"}},
            ("place", "hours"))  # fmt: skip
COUPON = tool("use_coupon", "Use a coupon", {"coupon": {"type": "string", "maxLength": 3}}, ("coupon",))


@pytest.mark.proves("G.review")
def test_a_required_value_that_is_lost_however_it_is_said_makes_the_tool_unusable() -> None:
    found = review("peer", catalog(PARK, COUPON))
    lost = [one for one in found.findings if one.tool == "use_coupon" and "comes back as" in one.what]
    assert [(one.severity, one.parameter) for one in lost] == [(Severity.ERROR, "coupon")]
    assert "green apples" in lost[0].what
    assert found.speakable == 1
    assert found.shares["values exact"] == (2, 3)
    assert found.score < review("peer", catalog(PARK)).score


@pytest.mark.proves("G.review")
@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer"}, "three"),
        ({"type": "integer", "minimum": 5}, "five"),
        ({"type": "string", "format": "date"}, "tomorrow"),
        ({"type": "string", "enum": ["gentle", "rough"]}, "rough"),
        ({"type": "string", "examples": ["Blue Lagoon"]}, "Blue Lagoon"),
        ({"type": "array", "items": {"type": "string"}}, "bread and milk"),
    ],
)
def test_every_parameter_is_said_in_words_that_its_schema_takes(schema: dict[str, Any], said: str) -> None:
    found = review("peer", catalog(tool("set_item", "Set an item", {"item": schema}, ("item",))))
    (value,) = found.tools[0].values
    assert (value.parameter, value.said, value.exact) == ("item", said, True)


@pytest.mark.proves("G.review")
@pytest.mark.parametrize("name", ["password", "booking_id", "idempotency_key"])
def test_what_nobody_says_is_not_said(name: str) -> None:
    found = review("peer", catalog(tool("open_door", "Open the door", {name: {"type": "string"}}, (name,))))
    assert found.tools[0].values == ()


def tried(*tries: AuthorTry) -> Review:
    return review("peer", catalog(PARK), tries)


RIGHT = AuthorTry("park the car at the station for two hours", "park_car", {"place": "station", "hours": 2})
WRONG = AuthorTry("park the car at the station for two hours", "park_car", {"place": "station", "hours": 9})


@pytest.mark.proves("G.review")
def test_the_score_falls_with_an_authors_sentences_that_come_out_otherwise() -> None:
    good, half, bad = tried(RIGHT), tried(RIGHT, WRONG), tried(WRONG)
    assert [one.right for one in half.tries] == [True, False]
    assert good.score > half.score > bad.score == 0
    assert (good.speakable, half.speakable, bad.speakable) == (1, 1, 0)
    (named,) = [one for one in bad.findings if one.topic is Topic.TRY]
    assert named.severity is Severity.ERROR
    assert 'hours=2), not as park_car(place="station", hours=9)' in named.what


@pytest.mark.proves("G.review")
@pytest.mark.parametrize("value", ["2", True, [2], None])
def test_an_authors_value_of_another_type_is_not_right(value: JSON) -> None:
    assert not tried(AuthorTry(RIGHT.text, "park_car", {"place": "station", "hours": value})).tries[0].right


@pytest.mark.proves("G.review")
@pytest.mark.parametrize("line", ["no json", "[]", '{"text": "x"}', '{"text": "", "tool": "t"}', '{"say": "x"}'])
def test_a_line_that_is_no_sentence_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "tries.jsonl"
    path.write_text('{"text": "park", "tool": "park_car"}\n' + line + "\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        read_tries(path)


@pytest.mark.proves("G.review")
@pytest.mark.parametrize(
    ("result", "sayable"),
    [
        ({"result": "It is sunny."}, True),
        ({"temperature": 21, "unit": "celsius"}, True),
        ({"success": False, "error": "no such city"}, False),
        ("https://example.org/a", False),
        ("9f1b2c3d4e5f60718293a4b5c6d7e8f9", False),
    ],
)
def test_an_answer_that_no_listener_can_follow_is_told(result: JSON, sayable: bool) -> None:
    about = only(tool("get_weather", "Get the weather", {}, (), **LOOKS))
    assert (heard(about, result, CLOCK).trouble == "") is sayable


@pytest.mark.proves("G.review")
def test_only_tools_that_look_are_called_and_only_with_arguments_that_somebody_gave() -> None:
    city = {"city": {"type": "string"}}
    get = only(tool("get_weather", "Get the weather", city, ("city",), **LOOKS))
    send = only(tool("send_note", "Send a note", {}, (), **LOOKS))
    assert callable_with(get, ()) is None
    assert callable_with(get, [AuthorTry("weather in ulm", "get_weather", {"city": "Ulm"})]) == {"city": "Ulm"}
    assert callable_with(send, [AuthorTry("send a note", "send_note", {})]) is None
    listed = {"city": {"type": "string", "enum": ["Ulm", "Bonn"]}}
    assert callable_with(only(tool("get_weather", "Get the weather", listed, ("city",))), ()) == {"city": "Ulm"}


@pytest.mark.proves("G.review")
def test_the_summary_fits_one_screen_and_begins_with_the_worst() -> None:
    many = [tool(f"make_thing{n}", "Make", {"x": {"type": "object"}}, ("x",)) for n in range(30)]
    found = review("peer", catalog(PARK, *many))
    lines = on_one_screen(found).splitlines()
    assert len(lines) <= 40
    assert "score" in lines[1]
    assert lines[3].startswith("  ✖")
    assert lines[-1].endswith("more: --all")
    assert len(as_text(found).splitlines()) > 100


@pytest.mark.proves("G.review")
def test_a_server_whose_requests_fail_is_not_called_usable(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text(json.dumps({"tools": [PARK]}))
    (tmp_path / "tries.jsonl").write_text(
        json.dumps({"text": "park at noon", "tool": "park_car", "arguments": {"place": "noon", "hours": 1}})
    )
    words = ("review", "--catalog", "tools.json", "--try", "tries.jsonl", "--strict")
    done = run_inside(*words, folder=tmp_path)
    assert done.returncode == 1
    assert "0 of 1 tools can be used by voice" in done.stdout
    assert "score 0 of 100" in done.stdout
