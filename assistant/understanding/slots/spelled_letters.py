"""Codes said letter by letter: "t s l a", "a m d".

Only letters that stand alone count; no word is shortened to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.tokens import letter_runs


def spelled_out(slot: Slot, entities: Entities) -> Iterator[Candidate]:
    """Yield the codes that single letters make which stand side by side and are no part of a time."""
    spent = {i for found in entities.moments for i in range(found.start, found.end)}
    for start, end in letter_runs(entities.lowered, spent):
        yield Candidate(slot, "".join(entities.lowered[start:end]).upper(), start, end, 0.86)
