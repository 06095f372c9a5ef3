"""What software could do, as a language knows it: which tool does what is asked for, and what no tool does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.understanding.language import language
from assistant.understanding.routing.acts import Acts
from assistant.understanding.routing.capabilities import Capabilities
from assistant.understanding.routing.embeddings import unit, word_vectors
from assistant.understanding.tokens import spoken_words
from benchmarks.fit_capabilities import made_from_sentences
from client.catalog import Tool
from client.schemas.tool_listing import read_catalog_file

CAR = read_catalog_file(Path(__file__).parents[2] / "data" / "understanding" / "car" / "catalog.json").tools


def chances(text: str, tools: tuple[Tool, ...] = CAR, code: str = "en") -> dict[str, float]:
    spoken, vectors = language(code), word_vectors()
    words = spoken_words(text)
    direction = (
        unit(np.sum([vectors.weighted(word) for word in words], axis=0)) if words else np.zeros(256, dtype=np.float32)
    )
    found = Capabilities(tools, spoken, vectors, Acts(tools, spoken)).chances(words, direction)
    return {tool.name: float(chance) for tool, chance in zip(tools, found, strict=True)}


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("is everybody strapped in", "seat_occupancy_read"),
        ("my fingers are numb on this wheel", "steering_wheel_heating_set"),
        ("who is on the line tomorrow in my diary", "calendar_read"),
    ],
)
def test_words_that_no_tool_has_find_the_tool_that_does_what_they_ask(text: str, tool: str) -> None:
    found = chances(text)
    assert max(found, key=found.__getitem__) == tool


@pytest.mark.proves("U.none")
def test_what_no_tool_does_is_likelier_done_by_none() -> None:
    for strange in ("what is the capital of mongolia", "tell me a joke"):
        assert sum(chances(strange).values()) < 0.5
    for request in ("open the trunk", "call my mother", "what's the weather in rome"):
        assert sum(chances(request).values()) > 0.7


def test_chances_are_of_one_whole() -> None:
    for text in ("open the window", "", "zzz", "7"):
        found = chances(text)
        assert all(0 <= chance <= 1 for chance in found.values())
        assert sum(found.values()) <= 1 + 1e-4


def test_an_empty_catalog_does_nothing() -> None:
    assert chances("open the window", ()) == {}


def test_a_language_without_capabilities_says_nothing_of_any_tool() -> None:
    assert set(chances("mach das Fenster auf", code="de").values()) == {0.0}


def test_the_table_was_made_from_the_sentences_beside_it() -> None:
    assert made_from_sentences()
