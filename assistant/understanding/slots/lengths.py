"""Lengths of time for parameters that share them out: hours, minutes and seconds of one tool, each a number.

Only proposes; a length has one reading in one group of parameters ("hours", "start_hours"), never half of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.number_types import in_range
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.times import Duration

SIZES = {
    "day": 86_400, "days": 86_400, "hour": 3600, "hours": 3600, "minute": 60, "minutes": 60, "mins": 60,
    "second": 1, "seconds": 1, "secs": 1,
}  # fmt: skip
"""Seconds of the units that names of parameters end with, in the English of schemas."""
Group = Mapping[int, Slot]


class Lengths:
    """Shared-out lengths of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._leads = frozenset((*language.words("date", "in"), *language.words("cutting", "boundaries")))

    @staticmethod
    def groups(slots: Sequence[Slot]) -> list[Group]:
        """Return the groups of parameters that share a length, the plain one first."""
        found: dict[tuple[str, ...], dict[int, Slot]] = {}
        for slot in slots:
            size = SIZES.get(slot.words[-1]) if slot.words and slot.kind in (Kind.INTEGER, Kind.NUMBER) else None
            if size is not None:
                found.setdefault((*slot.path[:-1], *slot.words[:-1]), {})[size] = slot
        return [found[key] for key in sorted(found, key=len) if len(found[key]) > 1]

    def shared(self, slots: Sequence[Slot], entities: Entities) -> Iterator[Candidate]:
        """Yield the parts of the sentence's lengths for every group, strong enough to keep other readings out."""
        groups = self.groups(slots)
        if not groups:
            return
        lengths = [each for each in entities.durations if not each.months]
        if len(lengths) > 1 and len(groups) > 1:  # "add ten minutes to the one hour timer"
            other = next((each for each in lengths if self._is_of_thing(groups[0], entities, each)), lengths[1])
            plain = next(each for each in lengths if each is not other)
            yield from self._parts(groups[0], plain)
            yield from self._parts(groups[1], other)
        elif lengths:
            yield from self._parts(groups[0], lengths[0])

    def _is_of_thing(self, group: Group, entities: Entities, length: Duration) -> bool:
        """Return whether a length says which thing is meant: "the one hour timer", "the timer for one hour"."""
        stems = next(iter(group.values())).tool_stems
        after = entities.lowered[length.end : length.end + 1]
        before = [word for word in entities.lowered[max(0, length.start - 2) : length.start] if word not in self._leads]
        near = (*after, *before[-1:])
        return any(self._language.stem(word) in stems for word in near)

    @staticmethod
    def _parts(group: Group, length: Duration) -> Iterator[Candidate]:
        rest = round(length.seconds)
        parts: list[tuple[Slot, int]] = []
        for size in sorted(group, reverse=True):
            count, rest = divmod(rest, size)
            if count:
                parts.append((group[size], count))
        if not rest and all(in_range(count, slot.schema) for slot, count in parts):
            for slot, count in parts:
                yield Candidate(replace(slot), count, length.start, length.end, 1.2)
