"""Schemas and patterns of strangers: none takes more than a tenth of a second, and none refuses what it should not."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from client.catalog import Tool
from client.schemas.argument_checker import ArgumentChecker
from client.schemas.json_schema import SchemaCheck
from client.schemas.patterns import matches
from client.schemas.tool_listing import read_tools, read_tools_aside
from client.values import JSON
from tests.client.harness import make_call

SLOW = [
    (r"^(a+)+$", "a" * 60 + "!"),
    (r"^(a|aa)+$", "a" * 80 + "!"),
    (r"(.*a){25}", "a" * 24 + "b" * 400),
    (r"^(\w+\s?)*$", "word " * 200 + "!"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 100),
    (r"^(?:(?:a*)*)*$", "a" * 5_000 + "!"),
    (r"(x+x+)+y", "x" * 3_000),
    (r"(.?){1000}z", "y" * 100_000),
    (r"([a-z]?){900}x", "y" * 100_000),
    (r"(\pL?\d?){300}!", "y1" * 50_000),
    (r"(?:a{1000}){1000}", "a" * 1_000_000),
    ("a?" * 5_000 + "a" * 5_000, "a" * 5_000),
    ("(" * 900 + "a" + ")" * 900, "a" * 1_000),
    (r"(?=(a+)+$)b", "a" * 60 + "!"),
    (r"^(\d+)*\1$", "1" * 60 + "x"),
    (r"(?R)", "aaa"),
]
LONGEST = 0.1


def spent(started: float) -> float:
    """Return the work of this thread since then, so that a busy machine fails nothing."""
    return time.thread_time() - started


@pytest.mark.proves("C.patterns")
@pytest.mark.parametrize(("pattern", "text"), SLOW, ids=lambda value: value[:20])
def test_no_pattern_takes_longer_than_a_tenth_of_a_second(pattern: str, text: str) -> None:
    matches("warm", "up")
    started = time.thread_time()
    matches(pattern, text)
    assert spent(started) < LONGEST


@pytest.mark.proves("C.patterns")
@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^[A-Z]{2}\d{2}[A-Z]{2}\d{4}$", "MH12AB1234", True),
        (r"^[A-Z]{2}\d{2}[A-Z]{2}\d{4}$", "MH12AB12345", False),
        (r"\d", "room 7", True),  # anywhere
        (r"^a$", "a\n", False),  # `$` is the very end
        (r"^\p{L}+$", "Zoë", True),
        (r"^\u00e9\\u$", "é\\u", True),
        (r"^(?<year>\d{4})-(\d{2})$", "2026-11", True),
        (r"^(a+)+$", "a" * 60 + "!", False),
        (r"(", "(", None),
        (r"^(?!x)", "a", None),
        (r"a", "\ud800", None),
    ],
)
def test_a_pattern_is_found_refused_or_not_to_be_said(pattern: str, text: str, found: bool | None) -> None:
    assert matches(pattern, text) is found


def tool(**properties: Any) -> Tool:
    return odd_tool({"type": "object", "properties": properties})


def odd_tool(schema: Any) -> Tool:
    (made,) = read_tools([{"name": "book", "inputSchema": schema}], "town", trusted=False).tools
    return made


DOUBLING: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}


@pytest.mark.proves("C.patterns")
@pytest.mark.parametrize(
    ("hostile", "arguments"),
    [
        (tool(code={"type": "string", "pattern": r"^(a+)+$"}), {"code": "a" * 60 + "!"}),
        (tool(codes={"items": {"pattern": r"^(.?){300}!"}}), {"codes": ["y" * 2_000] * 1_000}),
        (tool(codes={"items": {"pattern": r"^(.?){1000}!"}}), {"codes": ["y" * 60] * 1_000}),
        (odd_tool({"type": "object", "patternProperties": {r"^(a+)+$": {}}}), {"a" * 60 + "!": 1}),
        (
            odd_tool({"type": "object", "patternProperties": {r"^(a|aa)+$": {}}, "additionalProperties": False}),
            {"a" * 80 + "!": 1},
        ),
        (
            odd_tool({"type": "object", "patternProperties": {r"^(a|aa)+$": {}}, "unevaluatedProperties": False}),
            {"a" * 80 + "!": 1},
        ),
        (odd_tool({"type": "object", "$ref": "#/$defs/d0", "$defs": {**DOUBLING, "d40": {}}}), {"a": 1}),
        (tool(many={"uniqueItems": True}), {"many": [{"n": n} for n in range(3_000)]}),
        (tool(number={"multipleOf": 1e-300}), {"number": 10**400}),
    ],
    ids=["pattern", "many", "many short", "names", "other names", "all other names", "doubling", "unique", "huge"],
)
def test_no_schema_takes_longer_than_a_tenth_of_a_second(hostile: Tool, arguments: dict[str, Any]) -> None:
    checker = ArgumentChecker()
    checker.problem(tool(name={"pattern": "^a"}), make_call("book", name="a"))  # imports and caches
    started = time.thread_time()
    checker.problem(hostile, make_call("book", **arguments))
    assert spent(started) < LONGEST


def test_a_schema_that_takes_too_long_is_the_servers_to_mend() -> None:
    hostile = odd_tool({"type": "object", "$ref": "#/$defs/d0", "$defs": {**DOUBLING, "d40": {}}})
    problem = ArgumentChecker().problem(hostile, make_call("book", a=1))
    assert problem is not None
    assert (problem.code, problem.message) == (
        "invalid_schema",
        "The schema of book takes too long to check; its server must mend it.",
    )


@pytest.mark.parametrize(
    ("schema", "fits", "does_not"),
    [
        ({"properties": {"a": {"pattern": "^x"}}}, {"a": "xy"}, {"a": "yx"}),
        ({"patternProperties": {"^n": {"type": "integer"}}}, {"n1": 1, "other": "x"}, {"n1": "x"}),
        (
            {"properties": {"a": {}}, "patternProperties": {"^n": {}}, "additionalProperties": False},
            {"a": 1, "n1": 1},
            {"b": 1},
        ),
        ({"patternProperties": {"^n": {}}, "additionalProperties": {"type": "string"}}, {"n": 1, "b": "x"}, {"b": 1}),
        ({"properties": {"a": {"uniqueItems": True}}}, {"a": list(range(300))}, {"a": [1] * 300}),
        ({"properties": {"a": {"pattern": r"(?=x)x"}}}, {"a": "y"}, {"a": 1, "b": float("nan")}),  # the server decides
    ],
)
def test_good_schemas_are_checked_as_ever(schema: Any, fits: Any, does_not: Any) -> None:
    checker, made = ArgumentChecker(), odd_tool({"type": "object", **schema})
    assert checker.problem(made, make_call("book", **fits)) is None
    problem = checker.problem(made, make_call("book", **does_not))
    assert problem is not None
    assert problem.code == "invalid_arguments"


def test_a_pattern_that_only_ecmascript_knows_costs_no_tool_its_place() -> None:
    assert odd_tool({"type": "object", "properties": {"name": {"pattern": r"^[\p{L}\w-.]+$"}}}).name == "book"


async def test_a_long_listing_is_checked_once_and_lets_the_loop_work_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[JSON] = [
        {"name": f"t{n}", "inputSchema": {"type": "object", "properties": {f"p{n}": {"type": "string"}}}}
        for n in range(1000)
    ]
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(other_work())
    options: Any = {"trusted": True, "honours_keys": False, "most": 2000}
    first = await read_tools_aside(listed, "town", **options)
    assert turns > 10
    monkeypatch.setattr("client.schemas.tool_listing._rule_broken", lambda _: "checked again")
    assert await read_tools_aside(listed, "town", **options) == first
    assert len(first.tools) == 1000
    working.cancel()


async def test_a_schema_that_takes_long_to_check_holds_neither_the_loop_nor_other_servers() -> None:
    fields: dict[str, JSON] = {f"p{n}": {"type": "string"} for n in range(3000)}
    large: list[JSON] = [
        {"name": f"large{n}", "inputSchema": {"type": "object", "title": str(n), "properties": fields}}
        for n in range(5)
    ]
    small: list[JSON] = [{"name": "small", "inputSchema": {"type": "object", "title": "small"}}]
    options: Any = {"trusted": True, "honours_keys": False, "most": 2000}
    held = 0.0

    async def watch() -> None:
        nonlocal held
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            held = max(held, time.thread_time() - began)

    watching = asyncio.create_task(watch())
    slow = asyncio.create_task(read_tools_aside(large, "slow", **options))
    await asyncio.sleep(0.01)
    assert len((await read_tools_aside(small, "quick", **options)).tools) == 1
    assert not slow.done()
    assert len((await slow).tools) == 5
    assert held < 0.2, "one of the schemas alone takes a second"
    watching.cancel()


@pytest.mark.proves("C.patterns")
def test_every_price_is_a_multiple_of_a_cent_and_no_tenth_of_a_cent_is() -> None:
    """`jsonschema` divides as floats, by which 1,363 of these prices are refused."""
    check = SchemaCheck({"type": "number", "multipleOf": 0.01})
    assert [
        price for cents in range(1, 10_001) if check.errors(price := float(f"{cents // 100}.{cents % 100:02}"))
    ] == []
    assert all(check.errors(float(f"{mills // 1000}.{mills % 1000:03}")) for mills in (1, 19_991, 99_999))
    assert not SchemaCheck({"multipleOf": 5}).errors(True), "only numbers are looked at"
