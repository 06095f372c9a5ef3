"""Plates and codes spelled out as people spell them, by letters, by names of letters, by likeness; in two languages."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.values import JSON
from voice.recognition.network import build_network

PLATE: dict[str, JSON] = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{1,2}[A-Z]{1,3}[0-9]{4}$"}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FIND_CAR = Tool(
    "desk",
    "find_car",
    "The car that has a plate.",
    input_schema={"type": "object", "properties": {"plate": PLATE}, "required": ["plate"]},
    examples=("my car is [m h one two a b one two three four](plate)",),
)
CATALOG = Catalog((FIND_CAR,))


@cache
def _interpreter(spoken: str) -> Interpreter:
    return Interpreter(CATALOG, spoken=language(spoken))


def plate_in(text: str, spoken: str = "en", *, codes: tuple[str, ...] = ()) -> object:
    """Return the plate that is read from an answer to the question for it; `codes` were in answers before."""
    reading = _interpreter(spoken).read([text], Context(pending_tool=FIND_CAR.qualified, asked="plate", codes=codes))
    return reading.changes.get("plate")


@pytest.mark.parametrize(
    "said",
    [
        "MH12AB1234",
        "MH 12 AB 1234",
        "m h one two a b one two three four",
        "m h twelve a b twelve thirty four",
        "mike hotel one two alpha bravo one two three four",
        "Mike Hotel twelve Alfa Bravo twelve thirty four",
        "m as in mother, h as in hotel, one two, a for apple, b for bravo, one two three four",
        "it's m like mike h like house one two a b one two three four",
    ],
)
def test_a_plate_is_read_however_it_is_spelled(said: str) -> None:
    assert plate_in(said) == "MH12AB1234"


def test_double_and_oh_are_digits_as_on_the_telephone() -> None:
    assert plate_in("mike hotel one two alpha bravo double five oh one") == "MH12AB5501"


def test_a_letter_with_a_word_that_does_not_begin_with_it_is_not_believed() -> None:
    assert plate_in("m as in house h one two a b one two three four") != "MH12AB1234"


def test_german_names_of_letters_are_read() -> None:
    assert plate_in("Martha Heinrich zwölf Anton Berta eins zwei drei vier", "de") == "MH12AB1234"


@given(st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z]{2}[0-9]{4}", fullmatch=True), st.randoms(use_true_random=False))
def test_any_plate_spelled_in_names_and_letters_comes_back(plate: str, chance: object) -> None:
    names: dict[str, list[str]] = {}
    for name, letter in language("en").table("spelling", "alphabet").items():
        names.setdefault(letter, []).append(name)
    said = [DIGITS[int(c)] if c.isdigit() else chance.choice([c.lower(), *names[c.lower()]]) for c in plate]  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert plate_in(" ".join(said)) == plate


def test_the_recognizer_is_told_the_names_of_letters() -> None:
    network = build_network(compile_grammar(CATALOG, Context(pending_tool=FIND_CAR.qualified, asked="plate")))
    for line in ("mike hotel one two alpha bravo one two three four", "m hotel one two a bravo one two three four"):
        assert network.accepts(line)


@pytest.mark.parametrize(
    ("said", "plate"),
    [
        ("m t one two r b one two three four", "MH12AB1234"),
        ("m h one two a b one two three five", "MH12AB1235"),  # a digit is what it is
        ("k l one two c d one two three four", "KL12CD1234"),  # too much else
        ("MT12RB1234", "MT12RB1234"),  # typed
    ],
)
def test_misheard_letters_of_a_plate_that_an_answer_held_are_put_right(said: str, plate: str) -> None:
    assert plate_in(said, codes=("9876543210", "MH12AB1234")) == plate


def test_of_two_known_plates_that_are_as_near_none_is_taken() -> None:
    assert plate_in("m t one two r b one two three four", codes=("MH12AB1234", "MN12EB1234")) == "MT12RB1234"


def test_a_plate_that_an_answer_held_is_likelier_to_the_recognizer_than_any_other() -> None:
    asked = Context(pending_tool=FIND_CAR.qualified, asked="plate", codes=("MH12AB1234",))
    network = build_network(compile_grammar(CATALOG, asked))
    likelihood = {word: arc[1] for word, arc in network.arcs[0].items()}
    assert likelihood["m"] > 50 * likelihood["n"] > 0
    assert network.accepts("n h nine nine a b one two three four")


def test_things_that_the_last_answer_listed_can_be_named_where_a_name_is_wanted() -> None:
    book = Tool(
        "desk",
        "book",
        "Book a service.",
        input_schema={"type": "object", "properties": {"dealer": {"type": "string"}}, "required": ["dealer"]},
        examples=("book a service at [the garage](dealer)",),
    )
    network = build_network(compile_grammar(Catalog((book,)), Context(results=("Arena Baner", "Nexa Kothrud"))))
    for line in ("book a service at nexa kothrud", "book a service at the second one"):
        assert network.accepts(line)
