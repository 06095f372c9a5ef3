"""What something is taken out of may look like a deed ("from checking"): that is no refusal. A refusal stays one."""

from __future__ import annotations

import pytest

from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods

MOODS = Moods(language("en"))


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "said",
    ["transfer 12345.67 pounds from checking to holiday fund 2", "transfer from checking to savings 500 pounds",
     "withdraw 50 pounds from checking", "can you pay 50 pounds from checking",
     "please transfer 500 pounds out of checking", "i'd like to transfer 500 pounds from checking to savings"],
)  # fmt: skip
def test_money_is_taken_from_an_account_that_looks_like_a_deed(said: str) -> None:
    assert MOODS.of(said) is Mood.DO


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "said",
    ["keep the window from opening", "stop the robot from cleaning the kitchen", "stop the transfer from starting",
     "i want you to keep the transfer from starting", "keep anna from calling me", "move away from opening the trunk",
     "refrain from paying", "avoid transferring money from checking", "do not transfer 500 pounds from checking",
     "i don't want to transfer 500 pounds from checking"],
)  # fmt: skip
def test_what_keeps_from_a_deed_refuses(said: str) -> None:
    assert MOODS.of(said) is Mood.DO_NOT
