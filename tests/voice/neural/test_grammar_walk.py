"""What the neural search may write: the same sentences as the other recognizer's network, in the model's spellings."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.neural.letters import vocabulary
from voice.recognition.network import build_network
from voice.recognition.neural.paths import Paths
from voice.recognition.neural.spelled_paths import SpelledPaths
from voice.recognition.neural.spellings import digits, spellings
from voice.recognition.recognizer_base import (
    AnyOrder,
    Choice,
    Expression,
    Grammar,
    Maybe,
    Open,
    Repeated,
    Rule,
    Sequence,
    Words,
)

WORDS = st.sampled_from(["turn", "on", "off", "the light", "seven", "thirty", "pm", "a b"])


def expressions() -> st.SearchStrategy[Expression]:
    return st.recursive(
        WORDS.map(Words),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Sequence(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Choice(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOrder(tuple(parts))),
            inner.map(Maybe),
            inner.map(Repeated),
            inner.map(Open),
            st.just(Rule("shared")),
        ),
        max_leaves=8,
    )


@given(expressions(), WORDS, st.lists(WORDS, max_size=5))
@pytest.mark.proves("V.neural.grammar")
def test_a_sentence_is_taken_exactly_if_the_other_recognizers_network_takes_it(
    root: Expression, shared: str, said: list[str]
) -> None:
    grammar = Grammar(root, {"shared": Words(shared)})
    text = " ".join(said)
    assert Paths(grammar).accepts(text) == build_network(grammar).accepts(text)


@given(expressions(), st.randoms(use_true_random=False))
@pytest.mark.proves("V.neural.grammar")
def test_whatever_is_written_token_by_token_is_a_sentence_of_the_grammar(
    root: Expression, random_: random.Random
) -> None:
    grammar = Grammar(root, {"shared": Words("on")})
    paths = SpelledPaths(Paths(grammar), vocabulary())
    network = build_network(grammar)
    point, words = paths.start, ""
    for _ in range(60):
        end = paths.end(point)
        if end is not None and random_.random() < 0.3:
            assert network.accepts(f"{words} {end.words}")
            return
        allowed = paths.allowed(point)
        if not len(allowed):
            assert end is not None or point == paths.start or point.letters.isdigit()  # a digit that led nowhere
            return
        move = paths.move(point, int(random_.choice(list(allowed))))
        assert move is not None
        point, words = move.point, f"{words} {move.words}".strip()


def written(paths: SpelledPaths, text: str) -> str | None:
    """Return the words of the grammar that a written text stands for; None if it may not be written."""
    tokens = {said: number for number, said in enumerate(vocabulary().said) if number > 258}
    point, words, rest = paths.start, "", f" {text.lower()}"
    while rest:
        piece = next(rest[:length] for length in (2, 1) if rest[:length] in tokens)
        if tokens[piece] not in paths.allowed(point):
            return None
        move = paths.move(point, tokens[piece])
        assert move is not None
        point, words, rest = move.point, f"{words} {move.words}".strip(), rest[len(piece) :]
    end = paths.end(point)
    return None if end is None else f"{words} {end.words}".strip()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A sixteen-ounce latte, please.", "a sixteen ounce latte please"),
        ("A 16-ounce latte please", "a sixteen ounce latte please"),
        ("A 16 ounce latte, please!", "a sixteen ounce latte please"),
        ("a sixteenounce latte please", "a sixteen ounce latte please"),
        ("A 17-ounce latte, please", None),
        ("A sixteen-ounce", None),
        ("A sixteen-ounce latte, please latte", None),
    ],
)
@pytest.mark.proves("V.neural.grammar")
def test_digits_hyphens_commas_and_capitals_are_forms_of_the_grammars_words(text: str, words: str | None) -> None:
    grammar = Grammar(Words("a sixteen ounce latte please"))
    assert written(SpelledPaths(Paths(grammar), vocabulary()), text) == words


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("at seven thirty pm", "At 7:30 p.m."),
        ("at seven thirty pm", "at 7:30pm"),
        ("at seven oh five", "At 7:05."),
        ("set it to twenty five percent", "Set it to 25%."),
        ("twenty one point five degrees", "21.5 degrees"),
        ("one hundred and fifty kilometres", "150 kilometres"),
        ("one hundred and fifty kilometres", "150 km"),
        ("on the twenty first", "On the 21st"),
        ("what's on tv", "Whats on TV?"),
        ("four and a half hours", "4.5 hours"),
    ],
)
def test_times_and_numbers_may_be_written_with_digits(said: str, text: str) -> None:
    assert written(SpelledPaths(Paths(Grammar(Words(said))), vocabulary()), text) == said


@pytest.mark.parametrize(
    ("words", "written_as"),
    [
        ("nine hundred and ninety nine", "999"),
        ("two thousand five hundred", "2500"),
        ("a hundred", "100"),
        ("zero", "0"),
        ("eleventh", "11th"),
        ("twenty second", "22nd"),
        ("twelve oh nine", "12:09"),
    ],
)
def test_a_numbers_digits_are_among_its_spellings(words: str, written_as: str) -> None:
    assert written_as in digits(tuple(words.split()))


@pytest.mark.parametrize("words", ["twenty ten", "hundred", "a", "and", "seven and", "point five", "five twenty oh"])
def test_words_that_are_no_number_have_no_digits(words: str) -> None:
    assert not [found for found in digits(tuple(words.split())) if ":" not in found]


def test_an_apostrophe_may_be_left_out() -> None:
    assert "whats" in spellings("what's")


def test_a_rule_that_uses_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="in a circle"):
        Paths(Grammar(Rule("a"), {"a": Rule("a")}))


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule 'b'"):
        Paths(Grammar(Rule("b")))


def test_only_the_states_that_a_text_reaches_are_made() -> None:
    many = Choice(
        tuple(Sequence((Words(f"w{n}"), AnyOrder(tuple(Words(f"p{m}") for m in range(20))))) for n in range(99))
    )
    paths = Paths(Grammar(many))
    assert paths.accepts("w7 p3 p1 p19")
    assert not paths.accepts("w7 p3 p3")
    assert len(paths) < 12
