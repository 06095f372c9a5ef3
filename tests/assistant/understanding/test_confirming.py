"""Answers to a read-back: nothing may be taken for a yes that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.answers.control_words import Controls
from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.language import language
from assistant.understanding.reading import Control

CORPUS = [
    (str(case["text"]), YesOrNo(case["answer"]))
    for case in map(json.loads, (Path(__file__).parent / "data" / "confirming.jsonl").read_text().splitlines())
]
CONFIRMING = YesOrNoReader(language())
CONTROLS = Controls(language(), CONFIRMING)
AGREEING = [text for text, answer in CORPUS if answer is YesOrNo.YES]


@pytest.mark.proves("U.confirming")
def test_nothing_of_the_corpus_is_taken_for_a_yes_that_is_none() -> None:
    assert len(CORPUS) >= 300
    assert [
        text for text, answer in CORPUS if answer is not YesOrNo.YES and CONFIRMING.answer(text) is YesOrNo.YES
    ] == []


@pytest.mark.proves("U.confirming")
def test_what_only_sounds_like_agreement_is_no_yes() -> None:
    texts = (Path(__file__).parent / "data" / "not_yes.txt").read_text().splitlines()
    assert [text for text in texts if CONFIRMING.answer(text) is YesOrNo.YES] == []


@pytest.mark.proves("U.confirming")
def test_a_clear_yes_is_taken_for_one() -> None:
    taken = sum(CONFIRMING.answer(text) is YesOrNo.YES for text in AGREEING)
    assert taken / len(AGREEING) >= 0.95


@pytest.mark.proves("U.confirming")
@pytest.mark.parametrize("kind", [YesOrNo.NO, YesOrNo.CHANGE, YesOrNo.UNCLEAR])
def test_other_answers_are_told_apart(kind: YesOrNo) -> None:
    texts = [text for text, answer in CORPUS if answer is kind]
    wrong = [text for text in texts if CONFIRMING.answer(text) is not kind]
    assert len(wrong) / len(texts) <= 0.05, wrong


@pytest.mark.proves("U.confirming", "P1.no")
@given(
    st.sampled_from(AGREEING),
    st.sampled_from(["no", "no wait", "don't", "not that", "never mind", "stop", "cancel it", "wait", "nope"]),
    st.booleans(),
)
def test_any_no_beside_a_yes_voids_it(yes: str, no: str, before: bool) -> None:
    text = f"{no} {yes}" if before else f"{yes}, {no}"
    assert CONFIRMING.answer(text) is not YesOrNo.YES


@pytest.mark.proves("U.confirming")
@given(st.sampled_from(AGREEING), st.sampled_from(["at eight", "for five people", "tomorrow", "on friday at nine"]))
def test_a_new_value_beside_a_yes_makes_it_a_change(yes: str, value: str) -> None:
    assert CONFIRMING.answer(f"{yes.rstrip('!')} but {value}") is YesOrNo.CHANGE


@pytest.mark.proves("U.confirming")
@given(st.sampled_from(AGREEING), st.from_regex(r"[a-z]{3,9}", fullmatch=True))
def test_a_yes_with_a_word_that_is_not_known_is_no_yes(yes: str, word: str) -> None:
    known = {part for phrase in AGREEING for part in phrase.lower().split()}
    if CONFIRMING.answer(word) is not YesOrNo.YES and word not in known and CONTROLS.find(word) is None:
        filler = CONFIRMING.is_yes(["yes", word])
        assert filler or CONFIRMING.answer(f"{yes} {word}") is not YesOrNo.YES


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert CONFIRMING.answer(text) in YesOrNo
    CONTROLS.find(text)


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("never mind", Control.NEVER_MIND), ("no, never mind", Control.NEVER_MIND), ("please stop", Control.STOP),
        ("say that again", Control.REPEAT), ("help", Control.HELP), ("go back", Control.GO_BACK),
        ("undo that please", Control.UNDO), ("what just happened", Control.WHAT_HAPPENED),
        ("tell me more", Control.MORE),
        ("yes please", Control.YES), ("nope", Control.NO), ("stop the music", None), ("cancel my booking", None),
        ("yes?", None), ("book a table", None), ("", None),
    ],
)  # fmt: skip
def test_control_words_are_taken_as_whole_utterances_only(text: str, control: Control | None) -> None:
    assert CONTROLS.find(text) is control


GERMAN = [
    (str(case["text"]), YesOrNo(case["answer"]))
    for case in map(json.loads, (Path(__file__).parent / "data" / "confirming.de.jsonl").read_text().splitlines())
]
ANSWERED_IN_GERMAN = YesOrNoReader(language("de"))


@pytest.mark.proves("U.languages", "U.confirming")
def test_in_german_nothing_is_taken_for_a_yes_that_is_none_and_the_kinds_are_told_apart() -> None:
    false_yes = [text for text, answer in GERMAN if answer is not YesOrNo.YES and _in_german(text) is YesOrNo.YES]
    assert false_yes == []
    for kind in YesOrNo:
        texts = [text for text, answer in GERMAN if answer is kind]
        wrong = [text for text in texts if _in_german(text) is not kind]
        assert len(wrong) / len(texts) <= 0.05, wrong


@pytest.mark.proves("U.languages", "P1.no")
@given(
    st.sampled_from([text for text, answer in GERMAN if answer is YesOrNo.YES]),
    st.sampled_from(["nein", "doch nicht", "nein warte", "stopp", "vergiss es", "bitte nicht", "abbrechen", "nee"]),
    st.booleans(),
)
def test_in_german_any_no_beside_a_yes_voids_it(yes: str, no: str, before: bool) -> None:
    assert _in_german(f"{no} {yes}" if before else f"{yes}, {no}") is not YesOrNo.YES


def _in_german(text: str) -> YesOrNo:
    return ANSWERED_IN_GERMAN.answer(text)
