"""What several looks at one sound come to: agreement saves a wide look, and never makes a sentence of a difference."""

from __future__ import annotations

import pytest

from voice.recognition.neural.deciding import agreeing, transcript_of, worth_comparing
from voice.recognition.neural.sound_search import FoundText


def sentence(text: str, score: float) -> FoundText:
    return FoundText(text, score, 0.0, False, 4, text, "", score + 5.0)


def free(text: str, score: float, head: str = "") -> FoundText:
    return FoundText(text, score, 0.0, True, 4, text, head, score)


ON, OFF = "turn on the light", "turn off the light"


def test_a_sentence_that_both_looks_have_first_is_taken_with_its_mean_likelihood() -> None:
    found = agreeing([sentence(ON, -3.0), free("turn on a light", -2.0)], [sentence(ON, -5.0), free("torn", -6.0)], 2.0)
    assert found is not None
    assert [one.score for one in found if one.text == ON] == [-4.0]


def test_what_one_look_alone_found_is_less_likely_than_it_was_there() -> None:
    found = agreeing([sentence(ON, -3.0), free("turn on a light", -2.0)], [sentence(ON, -5.0)], 2.0)
    assert found is not None
    assert next(one.score for one in found if one.free) == -4.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param([sentence(ON, -3.0)], [sentence(OFF, -3.0)], id="other words"),
        pytest.param([sentence(ON, -3.0), sentence(OFF, -3.4)], [sentence(ON, -3.0), sentence(OFF, -3.2)], id="close"),
        pytest.param([sentence(ON, -9.0), free("who knows", -1.0)], [sentence(ON, -9.0), free("who knows", -1.0)],
                     id="far less likely than what is heard freely"),
        pytest.param([free("who knows", -1.0)], [free("who knows", -1.0)], id="no sentence"),
        pytest.param([sentence(ON, -3.0)], [], id="nothing"),
        pytest.param([sentence(ON, -3.0)], [sentence(ON, -3.0), free("tell tom hi", -3.0, "tell tom")],
                     id="words to take down"),
    ],
)  # fmt: skip
def test_looks_that_differ_or_are_in_doubt_are_followed_by_a_wide_one(
    first: list[FoundText], second: list[FoundText]
) -> None:
    assert agreeing(first, second, 2.0) is None


def test_little_is_not_agreed_on_nor_taken_for_a_long_sound() -> None:
    found = [sentence("stop", -2.0)]
    assert agreeing(found, found, 1.0) is not None
    assert agreeing(found, found, 4.0) is None
    assert transcript_of(found, False, 1.0, 0.1).text == "stop"
    assert transcript_of(found, False, 4.0, 0.1).text == ""


def test_words_to_take_down_are_not_compared_but_looked_at_widely() -> None:
    assert not worth_comparing([sentence("tell tom i am late", -4.0), free("tell tom hi", -3.0, "tell tom")])
    assert worth_comparing([sentence(ON, -4.0), free("torn", -3.0)])


def texts(*found: FoundText) -> list[str]:
    return [one.text for one in transcript_of(found, False, 2.0, 0.1).alternatives]


def headed(head: str, words: str, score: float) -> FoundText:
    text = f"{head} {words}"
    return FoundText(text, score, 0.0, True, 12, text, head, score, head_tokens=len(head.split()))


SAID = "temperatures will fall below zero"


def test_words_of_the_grammar_that_nobody_said_are_not_put_before_free_ones() -> None:
    assert texts(free(SAID, -0.7), headed("text", SAID, -11.6)) == [SAID]


def test_a_head_counts_by_the_best_of_its_texts_whatever_follows_it() -> None:
    said, other = (
        headed("tell anna", "the dog is at the vet", -3.0),
        headed("tell anna", "the dog is at the red", -11.0),
    )
    assert other.text in texts(free("tell anna the dog is at the vet", -2.0), said, other)


def test_the_beginning_of_what_was_heard_is_no_text_of_its_own() -> None:
    whole = "they charged my card twice"
    assert texts(free(whole, -1.1), free("they charged", -3.0)) == [whole]
    assert texts(free(whole, -3.0), free("they charged", -1.1)) == ["they charged", whole]


@pytest.mark.parametrize(("likelier", "doubtful"), [(-1.3, True), (-4.5, False)])
def test_an_opening_is_in_doubt_if_a_text_without_it_is_far_likelier(likelier: float, doubtful: bool) -> None:
    found = [free("shares of the company rose", likelier), headed("share", "of the company rose", -5.0)]
    listed = transcript_of(found, False, 2.0, 0.1).alternatives
    assert [one.doubtful for one in listed if not one.free] == [doubtful]
