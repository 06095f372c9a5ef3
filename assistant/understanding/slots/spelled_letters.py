"""Codes said letter by letter: "t s l a", "a m d".

Only letters that stand alone count; no word is shortened to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot

FEWEST = 2
"""Letters said one by one that are a code."""


def spelled_out(slot: Slot, entities: Entities) -> Iterator[Candidate]:
    """Yield the codes that single letters or digits make which stand side by side and are no part of a time."""
    spent = {i for found in entities.moments for i in range(found.start, found.end)}
    place = 0
    while place < len(entities.words):
        end = place
        while end < len(entities.words) and end not in spent and _is_letter(entities.lowered[end]):
            end += 1
        if end - place >= FEWEST:
            yield Candidate(slot, "".join(entities.lowered[place:end]).upper(), place, end, 0.86)
        place = max(end, place + 1)


def _is_letter(lower: str) -> bool:
    return len(lower) == 1 and lower.isalpha()
