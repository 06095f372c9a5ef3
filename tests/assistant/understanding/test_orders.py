"""Only what has the shape of an order is one: a sentence that merely names a deed does nothing.

The oracle is the tests' own: the acts of `tests/data/moods/acts.toml`, and frames written by hand beside them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from tests.assistant.understanding.test_mood import GERMAN, GOES_ON, NOW, acts, deeds, interpreter

FRAMES = Path(__file__).parents[2] / "data" / "moods" / "orders.toml"


@cache
def frames() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(FRAMES.read_text("utf-8"))


def said(code: str, kind: str) -> list[str]:
    """Every frame of a kind with every act of the bundled tools."""
    names = ("imp", "inf", "part") if code == "de" else ("act", "acting", "acted")
    values = GERMAN if code == "de" else [one for one in acts()["bundled"].values() if one[1].split()[0] not in GOES_ON]
    return [frame.format(**dict(zip(names, each, strict=True))) for frame in frames()[code][kind] for each in values]


def asks(moods: Moods, text: str) -> bool:
    return bool({each.mood for each in moods.parts(text)} & {Mood.DO, Mood.UNDO})


HANDED_ON = ("send a message", "send an email", "write a note", "post an update")
"""Acts whose words go on to somebody: what follows them is a text, and is read back."""


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_what_only_names_a_deed_asks_for_none(code: str) -> None:
    moods = Moods(language(code))
    texts = [text for text in said(code, "nothing") if not text.startswith(HANDED_ON) and "schick anna" not in text]
    assert [text for text in texts if asks(moods, text)] == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_orders_stay_orders(code: str) -> None:
    moods = Moods(language(code))
    lost = [text for text in said(code, "orders") if not asks(moods, text)]
    assert [text for text in lost if "forget" not in text] == []  # without a pause it may as well refuse


WARNING = (
    "remind me",
    "warn me",
    "wake me",
    "tell me",
    "erinnere",
    "weck",
    "sag",
    "schick",
    "show",
    "read",
    "find",
    "search",
)
"""Acts that may wait for something themselves, or only look."""


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_what_would_have_to_wait_for_something_is_not_done_now(code: str) -> None:
    moods = Moods(language(code))
    texts = [text for text in said(code, "waits") if not any(word in text for word in (*WARNING, *HANDED_ON))]
    assert len(texts) >= 20
    assert [text for text in texts if asks(moods, text)] == []


@pytest.mark.proves("P1.mood")
def test_a_verb_that_no_list_knows_is_told_by_its_place() -> None:
    fork = Tool("hub", "fork_repository", "Fork a repository.", input_schema={"type": "object"})
    alone = Interpreter(Catalog((fork,)))
    for text in ("fork the repository", "please fork it", "would it trouble you to fork the repository"):
        assert alone.read([text], Context(now=NOW)).interpretations, text
    for text in ("anna forked the repository", "i regret forking the repository", "my boss likes to fork it",
                 "fork the repository said nobody ever", "if i fork the repository do i lose my stars"):  # fmt: skip
        assert alone.read([text], Context(now=NOW)).interpretations == (), text


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("tell anna i don't want to come", "send_message"),
        ("send a message to anna saying i won't make it", "send_message"),
        ("write a note that nobody called", "write_note"),
        ("close the window because i don't like the noise", "set_window"),
        ("open the trunk i'm carrying bags", "set_trunk"),
        ("the window is fogged up defrost the windscreen", "set_defrost"),
        ("i want the trunk open", "set_trunk"),
        ("windows down", "set_window"),
        ("seat heating on please", "set_seat_heating"),
        ("i dropped my pen between the seats turn on the reading lights", "set_light"),
        ("it started to hail shut every window at once", "set_window"),
        ("passenger window up her hair is flying everywhere", "set_window"),
        ("there's oncoming traffic, fog lights off", "set_light"),
        ("i'm picking up my girlfriend could you turn on the seat heating", "set_seat_heating"),
        ("fog lights on, i can't see a thing", "set_light"),
        ("windows down it's hot in here", "set_window"),
        ("my seat could use some heat", "set_seat_heating"),
        ("the windshield is foggy", "set_defrost"),
        ("the music's too loud, turn it down", "set_volume"),
    ],
)
def test_texts_reasons_and_wishes_may_hold_denials(text: str, tool: str) -> None:
    found = interpreter("bundled").read([text], Context(now=NOW)).interpretations[:1]
    assert [each.tool.rpartition(".")[2] for each in found] == [tool]


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    ["wait before you open the trunk", "open the trunk said nobody ever", "my wife likes to open the trunk",
     "the air conditioning turned itself on", "if i turn on the air conditioning do i lose range",
     "anna wants you to open the trunk but i don't", "before you delete my last post ask me",
     "can you open the trunk or is that not possible",
     "enough with the windows", "far be it from me to open the trunk", "the windows open on their own",
     "i said no trunk", "the volume went down a notch", "my ten minute timer ran out", "she said open the trunk",
     "i heard the kids open the window", "lights off i said no such thing",
     "fan on three i didn't say that", "the window is open in the back", "a bit warmer than last week i think",
     "it's two degrees cooler in the back", "the fan is on three", "the kids always want the window open",
     "the kids want the window open", "my wife always opens the window", "the volume is at forty percent",
     "the back seat's warmer with the windows shut", "the fan is louder than the music",
     "open the trunk, i'm kidding", "the temperature is the same as before", "it's a degree warmer back there",
     "trunk open or closed", "with the windows open it's noisy", "the timer rings in ten minutes",
     "my timer has two minutes left", "the navigation ended", "the gate got left open last night",
     "the fan being on is annoying", "ten degrees is cold", "leave the window alone", "hands off the trunk",
     "stop it with the windows", "enough music", "windows stay up", "cancel that, don't open the trunk",
     "it gets louder every year", "navigate to mannheim if it rains", "leave the window"],
)  # fmt: skip
def test_nothing_changes_through_words_about_a_deed(text: str) -> None:
    assert deeds("bundled", interpreter("bundled").read([text], Context(now=NOW))) == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "moods"),
    [
        ("i don't feel like having the window down", (Mood.DO_NOT,)),
        ("we don't feel like driving with the roof open", (Mood.DO_NOT,)),
        ("i don't like the window open", (Mood.DO_NOT,)),
        ("i don't like to open the window", (Mood.DO_NOT,)),
        ("i don't like this song skip it", (Mood.DO,)),
        ("i don't like it so hot turn on the air conditioning", (Mood.DO,)),
        ("i would like the window open", (Mood.DO,)),
    ],
)
def test_what_somebody_does_not_like_is_no_order_but_one_may_stand_behind_it(
    text: str, moods: tuple[Mood, ...]
) -> None:
    assert tuple(part.mood for part in Moods(language("en")).parts(text)) == moods


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    ["der lüfter steht auf drei", "hinten ist es zwei grad kühler", "die kinder wollen immer das fenster offen",
     "meine frau macht immer das fenster auf", "das nächste lied ist mein liebstes", "die musik ist lauter als sonst"],
)  # fmt: skip
def test_what_compares_counts_or_tells_a_habit_asks_for_nothing_in_german(text: str) -> None:
    assert not asks(Moods(language("de")), text)


@pytest.mark.proves("U.beside")
def test_what_something_is_belongs_to_the_request_beside_it() -> None:
    parts = Moods(language("en")).parts("book a service, oh and my number is 4711")
    assert [part.mood for part in parts] == [Mood.DO]


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("i don't like this song skip it", "skip it"),
        ("i can't see the road turn on the lights", "turn on the lights"),
        ("i can't hear you turn it down", "turn it down"),
        ("i can't sleep because the light is on turn it off", "turn it off"),
        ("i can't bear it when they open windows", ""),
        ("i can't stand it when the light is red", ""),
        ("i can't believe you left the trunk open", ""),
        ("i can't have people open the trunk", ""),
        ("i should have a look at the weather", "i should have a look at the weather"),
        ("i'd have the window open", "i'd have the window open"),
        ("i should have had the window open", ""),
    ],
)
def test_behind_an_aside_an_order_is_done_and_what_others_do_is_not(text: str, order: str) -> None:
    asked = [text[part.start : part.end] for part in Moods(language()).parts(text) if part.mood is Mood.DO]
    assert asked == ([order] if order else [])


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("text", ["i should have sent peter a message", "we could have checked the weather"])
def test_what_should_have_been_done_is_not_even_looked_up(text: str) -> None:
    assert interpreter("bundled").read([text], Context(now=NOW)).interpretations == ()
