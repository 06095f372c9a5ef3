"""Many ways to say a value: ends of ranges, groups of digits, parts of one, a parameter's own name, like meaning."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import CAR, ODD, catalog_of, tool

NOW = Context(now=1795255200.0)
"""Saturday, 21 November 2026, 10:00."""
NUMBER = {"type": "number"}
SEARCH = Interpreter(catalog_of(tool("search_cars", "Search cars for sale", {
    "min_price": {**NUMBER, "description": "lowest price in euros"},
    "max_price": {**NUMBER, "description": "highest price in euros"},
    "seats": {"type": "integer", "description": "number of seats"},
    "near": {"type": "string", "description": "place that it is near to"},
    "size": {"type": "string", "enum": ["COMPACT", "MEDIUM", "LARGE"], "description": "size"}})))  # fmt: skip
BAKE = Interpreter(catalog_of(tool("bake", "Bake something in the oven", {
    "temperature": {"type": "integer", "description": "degrees Celsius", "minimum": 30, "maximum": 275},
    "minutes": {"type": "integer", "description": "how long, in minutes"},
    "level": {"type": "integer", "description": "fan in percent", "minimum": 0, "maximum": 100},
    "note": {"type": "string", "description": "words kept with it"}}, ("temperature",))))  # fmt: skip
SHELF = Interpreter(catalog_of(tool("cut_board", "Cut a board to size", {
    "length": {"type": "integer", "description": "length in centimetres"},
    "width": {"type": "integer", "description": "width in centimetres"},
    "height": {"type": "integer", "description": "height in centimetres"},
    "weight": {**NUMBER, "description": "weight in kilograms"}})))  # fmt: skip
PAY = Interpreter(catalog_of(tool("log_spending", "Log what was spent", {
    "amount": {**NUMBER, "description": "amount in euros"},
    "day": {"type": "string", "format": "date", "description": "day"}}, ("amount",))))  # fmt: skip
TRIP = Interpreter(catalog_of(tool("rent_cabin", "Rent a cabin", {
    "check_in": {"type": "string", "format": "date", "description": "day of arrival"},
    "check_out": {"type": "string", "format": "date", "description": "day of departure"},
    "street": {"type": "string", "description": "street of the cabin"}}, ("check_in",))))  # fmt: skip


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("interpreter", "text", "arguments"),
    [
        (SEARCH, "search cars for at most nine thousand euros", {"max_price": 9000}),
        (SEARCH, "search cars for no more than 9000 euros", {"max_price": 9000}),
        (SEARCH, "search cars from 4000 to 7500 euros", {"min_price": 4000, "max_price": 7500}),
        (SEARCH, "search cars between eight hundred and eleven hundred euros",
         {"min_price": 800, "max_price": 1100}),
        (SEARCH, "search cars over two and a half thousand euros", {"min_price": 2500}),
        (SEARCH, "search a big car near the harbour", {"size": "LARGE", "near": "harbour"}),
        (BAKE, "bake at one eighty for three quarters of an hour", {"temperature": 180, "minutes": 45}),
        (BAKE, "bake at two hundred for an hour and a quarter", {"temperature": 200, "minutes": 75}),
        (BAKE, "bake at two hundred with the fan at four fifths", {"temperature": 200, "level": 80}),
        (BAKE, "bake at 150, note grandma's recipe", {"temperature": 150, "note": "grandma's recipe"}),
        (SHELF, "cut a board, length sixty, width forty, height two centimetres",
         {"length": 60, "width": 40, "height": 2}),
        (SHELF, "cut a board of ten pounds", {"weight": 4.54}),
        (PAY, "log six fifty", {"amount": 6.5}),
        (PAY, "log forty francs on friday the thirteenth", {"amount": 40, "day": "2026-11-13"}),
        (TRIP, "rent a cabin from the third to the sixth of february",
         {"check_in": "2027-02-03", "check_out": "2027-02-06"}),
        (TRIP, "rent a cabin arriving december 30th and leaving on the 2nd",
         {"check_in": "2026-12-30", "check_out": "2027-01-02"}),
        (TRIP, "rent a cabin on Elm Road tomorrow", {"check_in": "2026-11-22", "street": "Elm Road"}),
    ],
)  # fmt: skip
def test_a_value_is_read_however_it_is_said(interpreter: Interpreter, text: str, arguments: Mapping[str, JSON]) -> None:
    found = interpreter.read([text], NOW).interpretations[0]
    assert found.arguments == arguments
    assert set(found.spans) == set(arguments), "each value has its words"


@pytest.mark.parametrize("word", ["compact", "medium", "blue", "cheap", "left", "quiet"])
def test_a_word_of_another_meaning_is_no_value(word: str) -> None:
    found = SEARCH.read([f"search a {word} car"], NOW).interpretations[0]
    assert found.arguments.get("size") == {"compact": "COMPACT", "medium": "MEDIUM"}.get(word)


LONG = {
    "five thousand words": "please turn the fog lights on and tell Anna that I will be late on friday " * 340,
    "requests without end": "open the window and " * 1200,
    "digits in words": "seven " * 5000,
    "a list without end": "eggs, " * 3000,
    "an address without end": "a dot " * 2500,
    "pictures": "🚗🔥" * 2500,
    "marks on one letter": "a\u0301" * 5000,
    "another script": "मुझे घर ले चलो " * 1000,
}


@pytest.mark.parametrize("name", LONG)
def test_no_length_of_words_takes_long(name: str) -> None:
    for interpreter in (LONG_CAR, LONG_ODD):
        began = time.process_time()
        interpreter.read([LONG[name]], NOW)
        assert time.process_time() - began < 1.5


LONG_CAR, LONG_ODD = Interpreter(CAR), Interpreter(ODD)


def test_words_for_an_enum_of_thousands_of_values_are_found_in_no_time() -> None:
    stations = [f"Station {number} North" for number in range(5000)]
    interpreter = Interpreter(catalog_of(tool("tune_radio", "Tune the radio to a station", {
        "station": {"type": "string", "enum": stations, "description": "station"}}, ("station",))))  # fmt: skip
    began = time.process_time()
    found = interpreter.read(["tune the radio to station 4711 north please"], NOW).interpretations[0]
    assert time.process_time() - began < 0.5
    assert found.arguments == {"station": "Station 4711 North"}


def test_what_a_schema_lets_in_besides_its_properties_is_never_made_up() -> None:
    interpreter = Interpreter(catalog_of(tool("order_tea", "Order a tea", {
        "extras": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "sugar and milk"},
        "cup": {"type": "object", "properties": {"size": {"enum": ["small", "big"]}}, "additionalProperties": False},
    })))  # fmt: skip
    found = interpreter.read(["order a big tea with two sugar"], NOW).interpretations[0]
    assert found.arguments == {"cup": {"size": "big"}}
