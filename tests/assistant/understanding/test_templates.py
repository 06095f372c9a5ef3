"""Examples of tools: marked sentences, read and matched."""

from __future__ import annotations

import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.language import language
from assistant.understanding.templates import Template, exact, examples_of, read_example, templates_of
from tests.assistant.understanding.catalogs import catalog_of, tool

ROUTE = {"properties": {"to": {"type": "object", "properties": {"city": {"type": "string"}}}}}


def test_marks_are_taken_out_and_their_places_kept() -> None:
    example = read_example(r"drive to [Ulm \[old\]](to.city) \[now\]")
    assert example.text == "drive to Ulm [old] [now]"
    assert [(mark.path, example.text[mark.start : mark.end]) for mark in example.marks] == [("to.city", "Ulm [old]")]


@given(st.text(max_size=60))
def test_no_example_breaks_the_reader(raw: str) -> None:
    example = read_example(raw)
    assert all(0 <= mark.start <= mark.end <= len(example.text) for mark in example.marks)


def test_an_example_with_an_unknown_path_is_left_out_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    examples = ["drive to [Ulm](to.city)", "drive to [Ulm](to.planet)", "go [home](where)"]
    entry = tool("drive", "Drive", ROUTE["properties"], (), _meta={"mcqueen/examples": examples})
    with caplog.at_level(logging.WARNING):
        found = examples_of(catalog_of(entry).tools[0])
    assert [example.text for example in found] == ["drive to Ulm"]
    assert "to.planet" in caplog.text
    assert "where" in caplog.text


def test_a_sentence_equal_to_an_example_but_for_its_values_is_recognised() -> None:
    entry = tool(
        "drive", "Drive", ROUTE["properties"], (), _meta={"mcqueen/examples": ["please drive me to [Ulm](to.city)"]}
    )
    catalog = catalog_of(entry)
    templates = templates_of({"made-up.drive": examples_of(catalog.tools[0])}, catalog.tools, language())
    assert exact(templates, "Please drive me to Augsburg!") is catalog.tools[0]
    assert exact(templates, "please fly me to Augsburg") is None
    assert exact(templates, "please drive me to") is None
    assert exact(templates, "and please drive me to Augsburg") is None


def template_of(example: str) -> Template:
    properties = {name: {"type": "string"} for name in "abcdefghij"}
    catalog = catalog_of(tool("drive", "Drive", properties, (), _meta={"mcqueen/examples": [example]}))
    return templates_of({"made-up.drive": examples_of(catalog.tools[0])}, catalog.tools, language())[0]


@pytest.mark.parametrize(
    ("example", "text", "fits"),
    [
        ("go [x](a) then [y](b) now", "go there then here now", True),
        ("go [x](a) then [y](b) now", "go a then b then c now", True),
        ("go [x](a) then [y](b) now", "go then b now", False),
        ("go [x](a) then [y](b) now", "go a then now", False),
        ("[x](a) and [y](b)", "salt and pepper", True),
        ("[x](a) and [y](b)", "and and and", True),
        ("[x](a) and [y](b)", "salt and", False),
        ("go [x](a) [y](b)", "go far", False),
        ("go [x](a) [y](b)", "go far away", True),
        ("open it", "open it", True),
        ("open it", "open it now", False),
    ],
)
def test_every_mark_stands_for_at_least_one_word(example: str, text: str, fits: bool) -> None:
    assert template_of(example).fits(text.split()) is fits


def test_an_example_of_many_marks_takes_no_time_to_compare() -> None:
    template = template_of(" at ".join(f"[x]({name})" for name in "abcdefghij" * 9))
    started = time.thread_time()
    assert not template.fits(["at"] * 100 + ["b", "at", "at", "c"] * 30 + ["at"])
    assert time.thread_time() - started < 1
