"""Puts the verb into orders that go without one: "fog lights off" is "turn fog lights off".

Also takes a verb apart that stands at the end ("könntest du das Gebläse runterdrehen" is "dreh das Gebläse runter").
Knows no tool; what the completed order reaches is decided like that of any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.reading import Interpretation, Span
from assistant.understanding.tokens import cut


@dataclass(frozen=True)
class Completed:
    """An order with its verb in front."""

    text: str
    offset: int
    """What is added to a place in it to find the place in the words as they were said."""
    length: int
    """Letters of these words."""

    def back(self, found: Interpretation) -> Interpretation:
        """Return what was found in it with the places of the words as they were said."""
        moved = {name: (span.start + self.offset, span.end + self.offset) for name, span in found.spans.items()}
        kept = {name: Span(max(0, a), min(b, self.length)) for name, (a, b) in moved.items() if a < self.length}
        return replace(found, spans=kept)


class Completing:
    """Completes orders of one language."""

    def __init__(self, language: Language) -> None:
        raw = language.mood["polarity"]["completing"]
        self._verb = str(raw["verb"])
        verbs, particles = raw["verbs"].items(), raw["particles"]
        self._apart = {particle + verb: (plain, particle) for verb, plain in verbs for particle in particles}
        self._asking = frozenset(language.mood["asking_for"])
        pleas = language.mood["polarity"]["before_imperative"]
        self._before = frozenset(language.mood["asked_ones"]) | frozenset(pleas)

    def whole(self, text: str, *, elliptic: bool) -> Completed | None:
        """Return an order with its verb in front, `elliptic` being whether it goes without one; None if it has it."""
        found = self._apart_from(text)
        if found is None and elliptic:
            return Completed(f"{self._verb} {text}", -len(self._verb) - 1, len(text))
        return found

    def _apart_from(self, text: str) -> Completed | None:
        """Return a request whose verb stands at the end, as a particle and an infinitive, with the verb in front."""
        words = [word for word in cut(text) if word.spoken]
        start = next((i for i, word in enumerate(words) if word.lower in self._asking), None)
        if start is None or words[-1].lower not in self._apart:
            return None
        start += 1
        while start < len(words) - 1 and words[start].lower in self._before:
            start += 1
        plain, particle = self._apart[words[-1].lower]
        begin = words[start].start
        middle = text[begin : words[-1].start].strip()
        return Completed(f"{plain} {middle} {particle}", begin - len(plain) - 1, len(text)) if middle else None
