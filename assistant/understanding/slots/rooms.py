"""Rooms and floors of a house: "the kitchen lights" are the lights of the kitchen, "upstairs" is a floor.

Only proposes; what people call rooms is language data.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot

ROOM, FLOOR = frozenset({"area", "room", "zone"}), frozenset({"floor", "level", "storey"})
"""Words of the names of parameters that take a room, and a floor, in the English of schemas."""


class Rooms:
    """Rooms and floors of one language."""

    def __init__(self, language: Language) -> None:
        self._rooms = _phrases(language, "rooms")
        self._floors = _phrases(language, "floors")
        self._kinds = frozenset(language.words("house", "kinds"))
        self._within = frozenset(language.words("house", "within"))
        self._articles = frozenset((*language.words("cutting", "articles"), *language.words("places", "possessives")))

    def of(self, slot: Slot, entities: Entities, taken_by_name: bool) -> Iterator[Candidate]:
        """Yield rooms for a parameter that takes one, and floors; `taken_by_name`: whether devices have names too.

        A room before one device ("the bedroom lamp") is a part of its name where devices have names.
        """
        room, floor = bool(ROOM.intersection(slot.words)), bool(FLOOR.intersection(slot.words))
        if not room and not floor:
            return
        for start in range(len(entities.words)):
            for phrase in self._floors if floor else self._rooms:
                end = start + len(phrase)
                if entities.lowered[start:end] != phrase:
                    continue
                following = entities.lowered[end] if end < len(entities.words) else ""
                alone = (
                    not following or not following.isalpha() or following in self._kinds or self._led(entities, start)
                )
                if floor or alone or not taken_by_name:
                    yield Candidate(slot, surface(entities, start, end), start, end, 0.97)
                break

    def _led(self, entities: Entities, start: int) -> bool:
        """Return whether "in the" or the like leads in the room."""
        before = [word for word in entities.lowered[max(0, start - 2) : start] if word not in self._articles]
        return bool(before) and before[-1] in self._within


def _phrases(language: Language, key: str) -> list[tuple[str, ...]]:
    return sorted((tuple(phrase.split()) for phrase in language.words("house", key)), key=lambda p: -len(p))
