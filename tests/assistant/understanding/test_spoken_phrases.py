"""Every phrase of a language that steers a conversation is listened for, and what is listened for is understood."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog
from voice.plain_words import plain_words
from voice.recognition.network import WordNetwork, build_network

LANGUAGES = ("en", "de")


def raw(code: str) -> dict[str, Any]:
    """Return the language's file as it lies on disk, read without McQueen's own loader."""
    return tomllib.loads((files("assistant.understanding.language") / f"{code}.answers.toml").read_text("utf-8"))


def network(code: str, **context: Any) -> WordNetwork:
    return build_network(compile_grammar(Catalog(), Context(**context), language(code)))


@pytest.mark.proves("C.one-source")
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_control_phrase_of_the_language_is_listened_for_in_every_state(code: str) -> None:
    idle, confirming = network(code), network(code, confirming=True)
    wanted = [phrase for kind in raw(code)["controls"].values() for phrase in kind]
    assert len(wanted) > 60
    assert [p for p in wanted if not (idle.accepts(plain_words(p)) and confirming.accepts(plain_words(p)))] == []


@pytest.mark.proves("C.one-source")
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_yes_and_no_of_the_language_is_listened_for_while_a_read_back_waits(code: str) -> None:
    confirming = network(code, confirming=True)
    answers = raw(code)["answers"]
    acts = [f"{lead} {verb} {thing}" for lead in answers["leads"] for verb in answers["verbs"] for thing in answers["objects"]]  # fmt: skip  # noqa: E501  # one sentence a combination
    agreeing = [phrase for phrase in answers["yes"] if phrase not in raw(code)["listening"]["unheard"]]
    wanted = [*agreeing, *answers["no"], *answers["strong_no"], *acts]
    assert [phrase for phrase in wanted if not confirming.accepts(plain_words(phrase))] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_yes_that_is_only_listened_for_is_understood_as_one_and_a_no_as_no(code: str) -> None:
    confirming, listening = YesOrNoReader(language(code)), raw(code)["listening"]
    for phrases, meant in ((listening["yes"], YesOrNo.YES), (listening["no"], YesOrNo.NO)):
        assert {phrase: confirming.answer(phrase) for phrase in phrases} == dict.fromkeys(phrases, meant)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_usual_phrase_stands_in_one_of_the_lists(code: str) -> None:
    found = raw(code)
    lists = [*found["controls"].values(), *(found["answers"][name] for name in ("yes", "no", "strong_no"))]
    lists += [found["listening"]["yes"], found["listening"]["no"]]
    known = {plain_words(phrase) for each in lists for phrase in each}
    assert [phrase for phrase in found["listening"]["usual"] if plain_words(phrase) not in known] == []


def test_a_yes_that_sounds_like_a_control_word_is_understood_typed_and_never_heard() -> None:
    assert YesOrNoReader(language()).answer("i do") is YesOrNo.YES
    assert not network("en", confirming=True).accepts("i do")
    assert network("en", confirming=True).accepts("undo")
