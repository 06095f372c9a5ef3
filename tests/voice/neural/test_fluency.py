"""What is taken down is weighed by how people put words in order; sentences of the grammar are not."""

from __future__ import annotations

from voice.recognition.neural.deciding import freely, settled
from voice.recognition.neural.fluency import Fluency
from voice.recognition.neural.sound_search import FoundText


def taken(words: str, score: float, head: str = "tell anna") -> FoundText:
    return FoundText(f"{head} {words}".strip(), score, 0.0, True, 8, words, head, score)


def test_words_in_their_usual_order_are_likelier() -> None:
    fluency = Fluency()
    assert fluency.of("the car is in the garage") > fluency.of("the carries in the garage")
    assert fluency.of("the car is in the garage") > fluency.of("garage the in is car the")


def test_a_word_that_nobody_knows_is_unlikely_and_not_impossible() -> None:
    assert -60.0 < Fluency().of("to the midroom") < Fluency().of("to the bedroom")


def test_words_left_out_make_a_text_no_likelier() -> None:
    found = [taken("i forgot the keys in the kitchen", -6.0), taken("I", -9.0)]
    assert freely(Fluency().weighed(found), closed=False)[0].text == "tell anna i forgot the keys in the kitchen"


def test_of_words_that_sound_alike_those_that_people_say_are_taken() -> None:
    found = [taken("the colour is in the garage", -4.6), taken("the car is in the garage", -5.0)]
    weighed = Fluency().weighed(found)
    assert freely(weighed, closed=False)[0].text == "tell anna the car is in the garage"
    assert max(one.rank for one in weighed) == -4.6


def test_what_sounds_clearly_different_stays() -> None:
    found = [taken("the colour is in the garage", -4.6), taken("the car is in the garage", -9.0)]
    assert freely(Fluency().weighed(found), closed=False)[0].text == "tell anna the colour is in the garage"


def test_other_texts_keep_their_rank() -> None:
    found = [FoundText("tell anna i am late", -3.0, 0.0, False, 6, "", "", 4.0), taken("who knows", -2.0, "")]
    assert Fluency().weighed(found) == found


def test_words_to_take_down_are_looked_at_closely() -> None:
    assert not settled([FoundText("stop", -0.5, 0.0, False, 1, "", "", 0.7), taken("the car", -0.6)])
