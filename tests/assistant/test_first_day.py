"""What a driver says on the first day, typed into `mcqueen --plain` as it opens: town, car and profile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.understanding.beyond import Beyond
from assistant.understanding.language import language
from client.catalog import Catalog
from tests.assistant.test_conversation import talk
from tests.assistant.understanding.catalogs import CAR

WEEKDAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"


@pytest.mark.proves("D.everyday")
@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("what time is it", r"It is \d\d:\d\d\."),
        ("what's the date today", rf"It is ({WEEKDAYS}) the \d+\w\w of \w+\."),
        ("which day of the week is it?", rf"It is ({WEEKDAYS}) the .*"),
        ("how much battery do I have", r"The battery is at \d+ percent\."),
        ("how much battery do I have left", r"The battery is at \d+ percent\."),
        ("is the trunk open", r"The trunk is closed\."),
        ("call anna", r"I can't call anna here: no connected server can\."),
        (
            "could you play my song please",
            r"I can't play your song here: no connected server can\.",
        ),
        ("play the radio", r"I can't play the radio here: no connected server can\."),
        ("I'm cold", r"It is set to 22 degrees\."),
        ("it's freezing in here", r"It is set to 22 degrees\."),
        ("I'm way too hot", r"It is set to 20 degrees\."),
        ("thank you", r"You are welcome\.|Any time\."),
        ("hello", r"Hello\..*\?"),
    ],
)
async def test_everyday_things_are_answered_at_once(tmp_path: Path, said: str, answered: str) -> None:
    (answer,) = await talk(tmp_path, said)
    assert re.fullmatch(answered, answer), answer


@pytest.mark.proves("D.everyday", "P1.no")
async def test_thanks_and_greetings_answer_no_question(tmp_path: Path) -> None:
    said = await talk(tmp_path, "book a table at luigi's for two tomorrow at seven", "thank you", "good morning", "no")
    assert len({*said[:3]}) == 1
    assert said[0].endswith("Shall I book this?")
    assert said[3].endswith("Nothing was done.")


@pytest.mark.proves("D.everyday")
@pytest.mark.parametrize(
    ("said", "deed"),
    [
        ("order a pizza for me", "order a pizza for you"),
        ("water my plants", ""),  # "water" is no verb that people order with: not surely a request
        ("dial the thing", ""),  # a tool is named so
        ("open the window", ""),
        ("the radio is nice", ""),
        ("send anna a postcard", ""),  # a tool that sends takes any words
    ],
)
def test_what_is_told_to_be_beyond_every_tool_names_a_thing_that_none_of_them_names(said: str, deed: str) -> None:
    assert Beyond(CAR.tools, language()).deed(said) == deed


def test_with_no_tools_nothing_is_known() -> None:
    assert Beyond(Catalog().tools, language("de")).deed("") == ""
