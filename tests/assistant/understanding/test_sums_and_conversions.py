"""Sums and conversions are said in words; the tool gets an expression, a number and units as its schema writes them."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from client.values import JSON

SUM = {
    "name": "calculate",
    "description": "Evaluates the given expression.",
    "inputSchema": {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]},
}


def convert(unit: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {"value": {"type": "number"}, "from_unit": unit, "to_unit": unit, **more}
    schema = {"type": "object", "properties": properties, "required": ["value", "from_unit", "to_unit"]}
    return {"name": "convert", "description": "Convert between units", "inputSchema": schema}


def understood(raw: dict[str, Any], sentence: str, code: str = "en") -> dict[str, JSON]:
    interpreter = Interpreter(Catalog(tuple(read_tools([raw], "peer").tools)), spoken=language(code))
    return dict(interpreter.read([sentence], Context(now=1795161600.0)).interpretations[0].arguments)


@pytest.mark.parametrize(
    ("sentence", "expression"),
    [
        ("calculate twelve times nine", "12 * 9"),
        ("calculate one hundred divided by eight", "100 / 8"),
        ("what is seventeen plus twenty five", "17 + 25"),
        ("how much is nineteen minus forty", "19 - 40"),
        ("calculate two point five times four plus one", "2.5 * 4 + 1"),
        ("calculate minus three times six", "-3 * 6"),
        ("calculate three to the power of four", "3 ** 4"),
        ("calculate five squared plus two", "5 ** 2 + 2"),
    ],
)
def test_a_sum_in_words_becomes_an_expression(sentence: str, expression: str) -> None:
    assert understood(SUM, sentence) == {"expression": expression}


def test_a_german_sum_becomes_an_expression() -> None:
    assert understood(SUM, "berechne zwölf mal neun", "de") == {"expression": "12 * 9"}


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("convert ten miles to kilometers", (10, "miles", "kilometers")),
        ("how many kilograms are ten pounds", (10, "pounds", "kilograms")),
        ("convert two and a half liters to gallons", (2.5, "liters", "gallons")),
    ],
)
def test_a_conversion_fills_number_and_units_as_said(sentence: str, values: tuple[JSON, ...]) -> None:
    assert tuple(understood(convert({"type": "string"}), sentence).values()) == values


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("convert twenty degrees celsius to fahrenheit", (20, "C", "F")),
        ("convert three tablespoons to teaspoons", (3, "tbsp", "tsp")),
        ("convert five pounds to kilograms", (5, "lb", "kg")),
    ],
)
def test_a_unit_of_a_list_is_found_by_what_is_short_for_it(sentence: str, values: tuple[JSON, ...]) -> None:
    unit = {"type": "string", "enum": ["C", "F", "tbsp", "tsp", "lb", "kg", "g"]}
    assert tuple(understood(convert(unit), sentence).values()) == values


def test_a_secret_is_never_filled_with_words() -> None:
    raw = convert({"type": "string"}, api_key={"type": "string", "default": ""})
    assert "api_key" not in understood(raw, "convert ten miles to kilometers with the key two hundred")


@pytest.mark.parametrize(
    ("sentence", "units", "arguments"),
    [
        ("convert two cups to milliliters", ["ml", "l", "cup", "tbsp"], (2, "cup", "ml")),
        ("convert three tablespoons to teaspoons", ["tsp", "tbsp"], (3, "tbsp", "tsp")),
        ("convert two quarts to liters", ["qt", "l"], (2, "qt", "l")),
        ("convert thirty degrees celsius to fahrenheit", ["C", "F"], (30, "C", "F")),
        ("convert four grams to ounces", ["oz", "g"], (4, "g", "oz")),
    ],
)
def test_units_of_the_kitchen_and_units_that_the_description_names_are_filled(
    sentence: str, units: list[str], arguments: tuple[int, str, str]
) -> None:
    raw = convert({"type": "string", "enum": units})
    raw["description"] = "Convert between units (celsius, fahrenheit, cup, quart, gram)"
    value, given, wanted = arguments
    assert understood(raw, sentence) == {"value": value, "from_unit": given, "to_unit": wanted}


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("how many celsius is seventy two fahrenheit", (72, "fahrenheit", "celsius")),
        ("how many celsius are seventy two fahrenheit", (72, "fahrenheit", "celsius")),
        ("convert seventy two fahrenheit to celsius", (72, "fahrenheit", "celsius")),
        ("what is seventy two fahrenheit in celsius", (72, "fahrenheit", "celsius")),
    ],
)
def test_the_unit_behind_the_number_is_the_one_that_is_given(sentence: str, arguments: tuple[int, str, str]) -> None:
    raw = convert({"type": "string", "enum": ["celsius", "fahrenheit", "kelvin"]})
    value, given, wanted = arguments
    assert understood(raw, sentence) == {"value": value, "from_unit": given, "to_unit": wanted}


def test_miles_are_no_miles_per_minute() -> None:
    speeds = convert({"type": "string", "enum": ["miles per minute", "kilometers per second"]}) | {
        "name": "convert_speed"
    }
    lengths = convert({"type": "string", "enum": ["mile", "kilometer"]}) | {"name": "convert_length"}
    interpreter = Interpreter(Catalog(tuple(read_tools([speeds, lengths], "peer").tools)), spoken=language("en"))
    found = interpreter.read(["convert ten miles to kilometers"], Context(now=1795161600.0)).interpretations[0]
    assert found.tool == "peer.convert_length"
    assert found.arguments == {"value": 10, "from_unit": "mile", "to_unit": "kilometer"}
