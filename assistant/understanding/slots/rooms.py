"""Rooms and floors of a house: "the kitchen lights" are the lights of the kitchen, "upstairs" is a floor.

Also what kinds of devices are meant, and that one of a kind with a word before it has a name: "the front door". Only
proposes; what people call rooms and devices is language data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.slots.phrases import Phrases

ROOM, FLOOR = frozenset({"area", "room", "zone"}), frozenset({"floor", "level", "storey"})
"""Words of the names of parameters that take a room, and a floor, in the English of schemas."""
COLOR = frozenset({"color", "colour"})
"""Words of the names of parameters that take a colour."""
NAME = frozenset({"name"})
DOMAIN = ("domain",)
"""Name of a parameter that takes a kind of device, as Home Assistant's `domain` does."""
PARTICULAR = 0.92
"""Strength of the name of one device; the kind of it that is listed has less."""


class Rooms:
    """Rooms and floors of one language."""

    def __init__(self, language: Language) -> None:
        self._rooms = _phrases(language, "rooms")
        self._floors = _phrases(language, "floors")
        self._kinds = frozenset(language.words("house", "kinds"))
        self._domains = {str(said): str(kind) for said, kind in language.table("house", "domains").items()}
        self._colors = _phrases(language, "colors")
        self._phrases = Phrases(language)
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

    def said(self, entities: Entities) -> bool:
        """Return whether a room, a floor or a kind of devices is said."""
        if any(lower in self._domains for lower in entities.lowered):
            return True
        text = f" {' '.join(entities.lowered)} "
        return any(f" {' '.join(phrase)} " in text for phrase in (*self._rooms, *self._floors))

    def kinds(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the kind of devices that is meant ("the lights") for a parameter that takes it and lists none."""
        text = slot.kind is Kind.TEXT or (slot.kind is Kind.LIST and slot.item is Kind.TEXT)
        if slot.words != DOMAIN or slot.required or slot.values or not text:
            return
        for place, lower in enumerate(entities.lowered):
            kind = self._domains.get(lower)
            if kind is not None:
                yield Candidate(slot, [kind] if slot.kind is Kind.LIST else kind, place, place + 1, 0.9)
                return

    def colors(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the colour that is said for a parameter that takes one and lists none: "red" names no device."""
        if not COLOR.intersection(slot.words) or slot.values or slot.kind is not Kind.TEXT:
            return
        for start in range(len(entities.words)):
            for phrase in self._colors:
                end = start + len(phrase)
                if entities.lowered[start:end] == phrase:
                    yield Candidate(slot, surface(entities, start, end), start, end, 0.97)
                    return

    def particular(self, found: Sequence[Candidate], slots: Sequence[Slot], entities: Entities) -> list[Candidate]:
        """Return proposals with the name of one device in place of its listed kind: "the garage door"."""
        name = next((s for s in slots if s.words == ("name",) and s.kind is Kind.TEXT and not s.required), None)
        if name is None:
            return list(found)
        rooms = {place for c in found if ROOM & set(c.slot.words) for place in range(c.start, c.end)}
        kept: list[Candidate] = []
        for candidate in found:
            start, end = candidate.start, candidate.end
            if candidate.slot.kind is not Kind.LIST or not candidate.slot.values or candidate.slot.required:
                kept.append(candidate)
                continue
            while start > 0 and start - 1 not in rooms and self._phrases.tells(entities.words, start - 1):
                start -= 1
            noun = entities.lowered[end - 1]
            single = isinstance(candidate.value, list) and noun in candidate.value  # "fan", and not "fans"
            if end - start > 1 and (single or noun not in self._kinds):
                kept.append(Candidate(name, surface(entities, start, end), start, end, PARTICULAR))
            else:
                kept.append(candidate)
        return kept

    def _led(self, entities: Entities, start: int) -> bool:
        """Return whether "in the" or the like leads in the room."""
        before = [word for word in entities.lowered[max(0, start - 2) : start] if word not in self._articles]
        return bool(before) and before[-1] in self._within


def _phrases(language: Language, key: str) -> list[tuple[str, ...]]:
    return sorted((tuple(phrase.split()) for phrase in language.words("house", key)), key=lambda p: -len(p))
