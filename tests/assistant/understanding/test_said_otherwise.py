"""What ends a state never brings it on, what others say is no order, and a position that was said is never lost.

The oracle is the test's own: what a person wants of each sentence was written by hand.
"""

from __future__ import annotations

import pytest

from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods
from assistant.understanding.reading import Context
from tests.assistant.understanding.test_idioms import NOW, car

REFUSED = ("anything but open the sunroof", "the last thing i want is the radio any louder",
           "the last thing i need is another song in the queue")  # fmt: skip
HEARSAY = ("Ben claims i should message the landlord", "Lena insists i should text the teacher",
           "Maria swears i should turn off the boiler", "Tom reckons i should call Anna")  # fmt: skip
PLACED = (("de", "öffne das vordere rechte Fenster"), ("de", "Fenster hinter mir auf"),
          ("en", "open the window behind me"), ("en", "close the window behind the driver"),
          ("en", "warm my wife's seat"))  # fmt: skip


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused_in_other_words_is_refused(said: str) -> None:
    assert Moods(language("en")).of(said) is Mood.DO_NOT


@pytest.mark.parametrize("said", HEARSAY)
def test_what_somebody_claims_is_no_order(said: str) -> None:
    assert Moods(language("en")).of(said) is Mood.TELL


@pytest.mark.parametrize(("code", "said"), PLACED)
def test_a_position_that_no_value_takes_is_asked_for(code: str, said: str) -> None:
    found = car(code).read([said], Context(now=NOW)).interpretations[0]
    assert {"window", "seat"} & set(found.missing)


def test_an_inflected_position_is_the_one_that_was_said() -> None:
    found = car("de").read(["mach das hintere linke Fenster wieder hoch"], Context(now=NOW)).interpretations[0]
    assert found.arguments["window"] == "rear left"


@pytest.mark.parametrize("said", ["get the speaker off mute", "end the mute on the speaker"])
def test_what_ends_a_state_never_brings_it_on(said: str) -> None:
    found = car("en").read([said], Context(now=NOW)).interpretations
    assert not [each for each in found if "mute" in each.arguments.values()]
