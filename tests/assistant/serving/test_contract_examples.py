"""The outside systems' own examples (tests/data/contract_examples.json), posted to the real faces in their order."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningServer, serve_tools, serve_town
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceRecords
from assistant.town.world import World
from tests.assistant.serving.test_platform import ALLOWED, Platform
from tests.assistant.town.clock import SetClock
from tests.client.counting_server import free_port

EXAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "contract_examples.json").read_text(encoding="utf-8")
)
KINDS: dict[str, Callable[[Any], bool]] = {
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<number>": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "<boolean>": lambda value: isinstance(value, bool),
    "<list>": lambda value: isinstance(value, list),
    "<object>": lambda value: isinstance(value, dict),
    "<any>": lambda value: True,
    "<64 hex>": lambda value: isinstance(value, str) and bool(re.fullmatch("[0-9a-f]{64}", value)),
    "<moment>": lambda value: isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None,
}


def differences(shape: Any, value: Any, where: str = "answer") -> list[str]:
    """Return where a value is not as the shape says."""
    if isinstance(shape, str) and shape in KINDS:
        return [] if KINDS[shape](value) else [f"{where} is {value!r}, not {shape}"]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        missing = [f"{where} has no {name}" for name in shape if name not in value]
        return missing + [one for name in shape if name in value
                          for one in differences(shape[name], value[name], f"{where}.{name}")]  # fmt: skip
    if isinstance(shape, list) and len(shape) == 1 and isinstance(shape[0], dict):
        if not isinstance(value, list) or not value:
            return [f"{where} is no list, or an empty one"]
        return [one for number, each in enumerate(value) for one in differences(shape[0], each, f"{where}[{number}]")]
    return [] if shape == value else [f"{where} is {value!r}, not {shape!r}"]


def filled(shape: Any, kept: Mapping[str, Any]) -> Any:
    """Return a shape with the words in braces replaced by what is kept; a text that is one word gets the value."""
    if isinstance(shape, dict):
        return {name: filled(each, kept) for name, each in shape.items()}
    if isinstance(shape, list):
        return [filled(each, kept) for each in shape]
    if not isinstance(shape, str):
        return shape
    whole = re.fullmatch(r"\{(\w+)\}", shape)
    if whole is not None and whole[1] in kept:
        return kept[whole[1]]
    return re.sub(r"\{(\w+)\}", lambda found: str(kept.get(found[1], found[0])), shape)


async def post_all(
    running: RunningServer, examples: list[dict[str, Any]], headers: Any, kept: dict[str, Any]
) -> list[str]:
    """Send the examples and return what was answered otherwise. `headers` gives those of who sends."""
    wrong: list[str] = []
    async with httpx.AsyncClient(base_url=running.url, trust_env=False, timeout=30) as http:
        for example in examples:
            method, path = example["send"]
            answer = await http.request(
                method, filled(path, kept), json=filled(example.get("body"), kept),
                headers=headers(example.get("as", "")),
            )  # fmt: skip
            found = answer.json()
            problems = [] if answer.status_code == example["status"] else [f"status {answer.status_code}"]
            problems += differences(filled(example["answer"], kept), found)
            problems += [f"does not tell {word}" for word in example.get("told", ()) if word not in answer.text]
            wrong += [f"{example['name']}: {problem} in {answer.text[:200]}" for problem in problems]
            for name, place in example.get("keep", {}).items() if not problems else ():
                for step in place.split("."):
                    found = found[step]
                kept[name] = found
    return wrong


@pytest.mark.proves("G.rest", "G.examples")
async def test_the_examples_of_mcqueen_rest_are_answered_as_they_say() -> None:
    async with serve_town(World(seed=1, now=SetClock())) as running:
        kept: dict[str, Any] = {"auth_token": running.login_token("driver")}

        def headers(who: str) -> dict[str, str]:
            if who == "nobody":
                return {}
            session = str(kept["session"])
            return {"Authorization": f"Bearer {session}", "X-Session-ID": session, "X-User-ID": "driver"}

        assert await post_all(running, EXAMPLES["rest"], headers, kept) == []


@pytest.mark.proves("G.platform", "G.gateway", "G.examples")
async def test_the_examples_of_the_ai_platform_are_answered_as_they_say(tmp_path: Path) -> None:
    settings = PlatformSettings(tmp_path / "platform", commands=ALLOWED)
    world = World(seed=1, now=SetClock())
    async with serve_town(world, faces=("rest", "platform"), platform=settings) as running, httpx.AsyncClient() as http:
        people = {
            name: Platform(http, running, name, manage=name == "operator").headers
            for name in ("anna", "bob", "operator")
        }
        kept: dict[str, Any] = {"python": sys.executable, "port": free_port()}

        def headers(who: str) -> dict[str, str]:
            return {} if who == "nobody" else people[who or "anna"]

        assert await post_all(running, EXAMPLES["platform"], headers, kept) == []


@pytest.mark.proves("G.service-booking", "G.examples")
async def test_the_examples_of_the_service_desk_are_answered_as_they_say(tmp_path: Path) -> None:
    records = await ServiceRecords.open(tmp_path / "service.sqlite")
    clock = SetClock()
    desk = ServiceDesk(records, clock)
    async with (
        serve_tools(desk, lambda: clock().timestamp(), faces=("mcp",)) as running,
        Client(running.mcp_url) as client,
    ):
        listed = {tool.name for tool in (await client.list_tools()).tools}
        for example in EXAMPLES["service_booking"]:
            assert example["tool"] in listed
            answer = await client.call_tool(example["tool"], example["arguments"])
            assert answer.is_error is example.get("isError", False), example
            told = json.dumps([block.model_dump() for block in answer.content]) + str(answer.structured_content)
            assert [word for word in example["told"] if word not in told] == [], told
        pune = await client.call_tool("get_nearby_dealers", {"city": "Pune", "service_type": "regular"})
        assert len((pune.structured_content or {})["dealers"]) == 4
    await records.close()


@pytest.mark.parametrize(
    ("shape", "value", "right"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": "<number>"}, {"a": True}, False),
        ({"a": "<moment>"}, {"a": "2026-11-20T18:05:00"}, False),
        ([{"a": 1}], [], False),
        ([{"a": 1}], [{"a": 1}, {"a": 2}], False),
        (["x", "y"], ["x"], False),
    ],
)
def test_a_wrong_answer_is_noticed(shape: Any, value: Any, right: bool) -> None:
    assert (differences(shape, value) == []) is right
