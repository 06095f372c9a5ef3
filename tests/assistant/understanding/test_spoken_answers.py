"""Answers to read-backs as varied people speak them: seen while the code was written, and held out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.language import language

CONFIRMING = YesOrNoReader(language())


def answers(name: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text); kind is yes, no, change, unclear, or noise (anything but a yes)."""
    kind = ""
    for line in (Path(__file__).parent / "data" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            yield kind, line


SEEN, HELD_OUT = tuple(answers("answers_seen")), tuple(answers("answers_held_out"))


@pytest.mark.proves("U.false-yes")
def test_of_at_least_three_hundred_answers_none_is_taken_for_a_yes_that_is_none() -> None:
    assert len(SEEN) + len(HELD_OUT) >= 300
    assert [text for kind, text in SEEN + HELD_OUT if kind != "yes" and CONFIRMING.answer(text) is YesOrNo.YES] == []


@pytest.mark.proves("U.true-yes")
@pytest.mark.parametrize("part", ["answers_seen", "answers_held_out"])
def test_at_least_ninety_five_of_a_hundred_true_yeses_are_taken(part: str) -> None:
    agreeing = [text for kind, text in answers(part) if kind == "yes"]
    taken = sum(CONFIRMING.answer(text) is YesOrNo.YES for text in agreeing)
    assert taken / len(agreeing) >= 0.95


def test_a_no_is_a_no_and_a_change_a_change_in_four_of_five_held_out_answers() -> None:
    """The other fifth is asked again, which is safe; a change that is missed would be, too."""
    for wanted in (YesOrNo.NO, YesOrNo.CHANGE):
        texts = [text for kind, text in HELD_OUT if kind == wanted.value]
        assert sum(CONFIRMING.answer(text) is wanted for text in texts) / len(texts) >= 0.8
