"""Answers of real servers are said as a person would say them, and nothing in them is for programs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy.result_values import value_of
from assistant.policy.results import items_of
from assistant.wording.languages import speaking
from assistant.wording.results.markup import plain
from assistant.wording.results.result_sentences import spoken_result
from client.catalog import Tool
from client.values import JSON
from tests.assistant.answers.corpus import CLOCK, NOT_FOR_EARS, Case, cases
from voice.synthesis.wording import as_spoken

CASES = list(cases())
GET = Tool("home", "get_thing", "Get the thing")
SET = Tool("home", "open_gate", "Open the gate")


@pytest.mark.proves("W.answers")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.package}-{case.tool.name}")
def test_what_should_be_heard_of_an_answer_is_heard_and_nothing_else_is(case: Case) -> None:
    said = case.said().lower()
    assert [wanted for wanted in case.says if not any(word.lower() in said for word in wanted.split("/"))] == []
    assert [unwanted for unwanted in case.never if unwanted.lower() in said] == []
    assert not case.error or len(said.split()) <= 40


@pytest.mark.proves("W.ears")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.package}-{case.tool.name}")
def test_nothing_that_is_for_programs_reaches_the_ears(case: Case) -> None:
    said = case.said()
    assert said
    assert NOT_FOR_EARS.findall(said) == []
    assert NOT_FOR_EARS.findall(as_spoken(said)) == []


def test_there_are_answers_of_many_servers_of_others() -> None:
    assert len({case.package for case in CASES}) >= 15
    assert len(CASES) >= 150


NASTY = st.sampled_from(
    [
        "8f14e45f-ceea-467f-a0e6-1f2b7d1c0a11",
        "https://example.org/a?b=[1]",
        '```json\n{"a": 1}\n```',
        "**bold** _i_",
        "<b onclick='x'>hi</b>",
        "\x1b[31mred\x1b[0m",
        "a_b__c",
        "[x] done",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        '{"a": [',
        "[{'a': None}]",
        "C:\\Users\\anna\\a_b.txt",
        "2026-11-30T09:00:00.123456Z",
        "P1DT2H",
        "\u202egnp.exe",
        "",
        "null",
        "<5",
        "d41d8cd98f00b204e9800998ecf8427e",
        "ftp://x",
        "a\u0000b",
        "$1.5M",
        "# Title\n\n- one\n- two",
        "&lt;script&gt;",
        "Error: no",
        "done_",
        "-0.5",
        "1e400",
        "![p](data:image/png;base64,AAAA)",
        "file:///etc/hosts",
        "\\[x\\]",
        "NaN",
    ]
)
TEXTS = NASTY | st.text(max_size=40) | st.builds("{} {}".format, NASTY, NASTY)
VALUES: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.proves("W.ears")
@given(VALUES, st.sampled_from([GET, SET]), st.sampled_from(["bare", "text", "result"]), st.sampled_from(["en", "de"]))
def test_whatever_a_server_returns_only_words_are_heard(value: JSON, tool: Tool, form: str, language: str) -> None:
    result: JSON = value
    if form == "text":
        result = {"text": json.dumps(value)}
    elif form == "result":
        result = {"result": value}
    with speaking(language):
        sentences = spoken_result(result, tool, CLOCK).sentences
    assert sentences
    for sentence in sentences:
        assert sentence.strip()
        assert NOT_FOR_EARS.findall(sentence) == []
        assert NOT_FOR_EARS.findall(as_spoken(sentence, language)) == []


@given(TEXTS)
def test_text_that_was_cleaned_stays_clean(text: str) -> None:
    assert NOT_FOR_EARS.findall(plain(text)) == []
    assert "\n" not in plain(text)


@pytest.mark.parametrize("wrapped", [
    {"text": "[1, 2]"}, {"result": "[1, 2]"}, {"result": [1, 2]}, {"text": "```json\n[1, 2]\n```"}, {"text": "1\n2"},
    {"content": [{"type": "text", "text": "[1, 2]"}]}, [{"type": "text", "text": "[1, 2]"}], {"text": "\ufeff[1, 2]"},
    {"data": {"result": [1, 2]}}, {"text": "[1, 2, "},
])  # fmt: skip
def test_wrappers_and_json_inside_text_come_off(wrapped: JSON) -> None:
    assert value_of(wrapped) == [1, 2]


def test_things_listed_in_text_that_is_json_can_be_chosen_from() -> None:
    listed = items_of({"text": '[{"id": 1, "name": "Ritz"}, {"id": 2, "name": "Ibis"}]'})
    assert [item.name for item in listed] == ["Ritz", "Ibis"]


def test_a_list_is_told_three_at_a_time() -> None:
    names: JSON = [{"name": name} for name in ("Ann", "Ben", "Cleo", "Dora", "Emil")]
    assert spoken_result(names, GET, CLOCK).parts == ("There are 5: Ann; Ben; and Cleo.", "Dora; and Emil.")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Dazu gibt es nichts: thing."),
        (2.5, "thing: 2,5."),
        ("2026-12-01T18:30:00+01:00", "thing: morgen um 18:30 Uhr."),
    ],
)
def test_answers_are_said_in_the_language_spoken(value: JSON, said: str) -> None:
    with speaking("de"):
        assert spoken_result({"result": value}, GET, CLOCK).sentences == (said,)


@pytest.mark.parametrize("value", [None, "", [], {}, "null", "[]"])
def test_an_empty_answer_to_a_question_is_none_and_of_an_act_is_done(value: JSON) -> None:
    assert spoken_result({"result": value}, GET, CLOCK).sentences == ("There is no thing.",)
    assert spoken_result({"result": value}, SET, CLOCK).sentences == ("Done: Open gate.",)
