"""Names in free words that sound like them. The pronunciations are those of the dictionary in pocketsphinx's wheel."""

from __future__ import annotations

import time

import pytest

from voice.plain_words import plain_words
from voice.recognition.neural.repairing import MOST_TEXTS, repaired

HOME = ("bed light", "standing light", "lights", "front door", "ecobee", "outdoor humidity", "blue", "new york")
DRINKS = ("iced mocha", "iced coffee", "light roast", "dark roast", "americano", "latte")


@pytest.mark.parametrize(
    ("heard", "names", "meant"),
    [
        ("Turn on the bedlight.", HOME, "turn on the bed light"),
        ("What's the temp of the ecob?", HOME, "what's the temp of the ecobee"),
        ("Can I get an iced moco?", DRINKS, "can i get an iced mocha"),
        ("Brew a dark rose latte", DRINKS, "brew a dark roast latte"),
        ("Get me a light rose ice coffee", DRINKS, "get me a light roast iced coffee"),
        ("What is the value about their humidity?", HOME, "what is the value of outdoor humidity"),
    ],
)
def test_a_name_is_found_in_words_that_sound_like_it(heard: str, names: tuple[str, ...], meant: str) -> None:
    assert meant in [plain_words(one.text) for one in repaired([heard], names)]


@pytest.mark.parametrize("said", ["Turn on the bed light.", "We painted it last week.", "", "?!", "12 30"])
def test_words_that_hold_the_name_or_nothing_like_it_stay(said: str) -> None:
    assert not repaired([said], ("bed light",))


def test_the_name_most_like_the_words_comes_first_and_few_are_proposed() -> None:
    found = repaired(["Turn the stunning light off.", "Turn the stun in light of."], HOME)
    assert plain_words(found[0].text) == "turn the standing light off"
    assert len(found) <= MOST_TEXTS
    assert [one.unlike for one in found] == sorted(one.unlike for one in found)


def test_hundreds_of_names_in_a_long_text_are_looked_for_within_a_second() -> None:
    names = tuple(f"{one} {other}" for one in HOME for other in (*HOME, *DRINKS)) * 4
    text = "please tell me whether the standing light in the office and the ice coffee are on " * 2
    began = time.process_time()
    repaired([text, text, text], names)
    assert time.process_time() - began < 5.0
