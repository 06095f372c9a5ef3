"""Proposals for parameters that take yes or no: by a switch that was said, or by what the name speaks of.

Only proposes. A yes or no needs the words of its name in the sentence; the verb that a name opens with is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot

FRAMES = frozenset(
    {"include", "includes", "included", "including", "only", "is", "has", "with", "show", "allow", "want", "use"}
)
"""Words of names that say how a yes or no is meant, and not of what: "starred_only", "include_reviews"."""
WEAK = frozenset("free friendly allowed accessible required supported enabled available".split())
"""Words of names that tell less than the thing beside them: "pet_friendly", "free_wifi"."""
REFUSING = frozenset({"exclude", "excludes", "without", "no", "skip", "hide", "ignore", "omit", "avoid", "avoids"})
"""First words of names of parameters whose yes leaves something out: "exclude_ads"."""
ARRIVING = frozenset({"arrive", "arrives", "arrival", "arriving"})
"""Words of names whose yes makes a time one of arrival, alone or beside these."""
BESIDE_ARRIVING = frozenset({"by", "time", "is", "at"})
SWITCHED, NAMED, TIMED = 0.7, 0.6, 0.8
"""Strength of a switch, of what the name speaks of, and of a time that says which it is."""
REACH = 2
"""Words before a name in which a no denies it: "without any mistakes"."""


class Booleans:
    """Yes and no in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._yes = frozenset(language.words("boolean", "yes"))
        self._no = frozenset(language.words("boolean", "no"))
        self._left_out = self._no | frozenset(language.words("boolean", "leaving_out"))
        self._switches = frozenset(language.words("boolean", "switches"))
        self._verbs = frozenset((*language.words("changing"), *language.words("reading")))
        self._having = frozenset(language.words("boolean", "having"))
        self._undoing = tuple(language.words("boolean", "undoing"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._joins = frozenset((*language.words("numbers", "and"), ","))
        self._looking = frozenset(language.words("reading"))
        self._same = language.lists("enums", "same")
        self._arriving = frozenset(language.words("time", "arriving"))

    def of(self, slot: Slot, entities: Entities, asked: bool) -> Iterator[Candidate]:
        """Yield the yes or no that the sentence says for a parameter; `asked` where it was just asked for."""
        if asked or self._is_switch(slot, entities):
            for place, lower in enumerate(entities.lowered):
                if lower in self._yes or lower in self._no:
                    yield Candidate(slot, lower in self._yes, place, place + 1, SWITCHED)
            return
        if set(slot.words) & ARRIVING and set(slot.words) <= ARRIVING | BESIDE_ARRIVING:
            yield from self._arrival(slot, entities)
        yield from self._named(slot, entities)

    def _is_switch(self, slot: Slot, entities: Entities) -> bool:
        """Return whether a parameter switches what the tool is for, and not a thing of its own: "enable_nagging"."""
        if not set(slot.words) & self._switches:
            return False
        stem = self._language.stem
        own = {stem(word) for word in slot.words if word not in self._switches | FRAMES | self._language.common}
        return own <= slot.gist_stems | {stem(word) for word in entities.lowered}

    def _arrival(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield a yes for a time that is led in as one to be there: "by half past two"."""
        for time in entities.times:
            if time.start and entities.lowered[time.start - 1] in self._arriving:
                yield Candidate(slot, True, time.start - 1, time.start, TIMED)
                return

    def _named(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        stem = self._language.stem
        refusing = slot.words[0] in REFUSING and len(slot.words) > 1
        named = [w for w in slot.words[refusing:] if w not in self._language.common and len(w) > 1]
        named = [w for w in named if w not in self._verbs] or named  # "add a lunch" adds no Google Meet
        named = [w for w in named if w not in FRAMES] or named
        named = [w for w in named if w not in WEAK] or named
        told = {stem(word) for word in entities.lowered}
        telling = {stem(word) for word in named if stem(word) not in slot.gist_stems}
        stems = {stem(word) for word in named}
        whole = len(named) < 2 or bool(telling and telling <= told)  # "the weather" does not ask for the current one
        for place, lower in enumerate(entities.lowered):
            if place == 0 and lower in self._looking:
                continue  # "read me the newest" asks for none that were read
            undone = any(lower.startswith(u) and stem(lower.removeprefix(u)) in stems for u in self._undoing)
            begun = any(len(n) >= 5 and lower.startswith(n.removesuffix("e")) for n in named)
            if not (undone or begun or stem(lower) in stems):
                continue
            left_out = undone or bool(self._left_out.intersection(entities.lowered[max(0, place - REACH) : place]))
            head = stem(lower) == stem(named[-1]) and (left_out or self._is_had(entities, place))
            if whole or head:
                if not refusing or left_out:
                    yield Candidate(slot, left_out == refusing, place, place + 1, NAMED)
                return
        if len(named) == 1 and not refusing:
            yield from self._same_as(slot, named[0], entities)

    def _is_had(self, entities: Entities, place: int) -> bool:
        """Return whether a thing is one that what is asked for has: "with wifi", "with a garden and a pool"."""
        led = place - 1
        while led >= 0 and entities.lowered[led] in self._articles:
            led -= 1
        before = entities.lowered[: led + 1]
        joined = bool(before) and before[-1] in self._joins and bool(self._having.intersection(before))
        return joined or (bool(before) and before[-1] in self._having)

    def _same_as(self, slot: Slot, name: str, entities: Entities) -> Iterator[Candidate]:
        """Yield a yes for other words for what the name speaks of: "coming into" for arrivals."""
        for group in self._same:
            for phrase in (tuple(each.split()) for each in group if name in group and each != name):
                for place in range(len(entities.words) - len(phrase) + 1):
                    if entities.lowered[place : place + len(phrase)] == phrase:
                        yield Candidate(slot, True, place, place + len(phrase), NAMED)
                        return
