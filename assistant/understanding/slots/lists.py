"""Lists as people say them: "eggs, milk and bread", several of an enum, several people.

Only proposes; the items keep the order in which they were said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.enums import EnumMatch, EnumMatcher
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.numbers import Number
from assistant.understanding.slots.parameters import ITEM, Kind, Slot
from assistant.understanding.slots.phrases import Phrases
from assistant.understanding.slots.recurrence import CODES
from assistant.understanding.slots.verbs import Verbs
from client.values import JSON

PEOPLE = frozenset({"person", "email", "place", "origin", "destination"})
"""First roles of lists whose items are known by the words that lead them in: "with anna", "from kiel"."""


_LONGEST_NAME = 3
"""Words of a person's name behind an "and"."""
_EMAILS = frozenset({"email", "addresses"})
"""Words of descriptions of lists that take e-mail addresses and no names."""
ENDS = frozenset({"origin", "destination"})
"""Roles of the ends of a way."""


class ListCandidates:
    """Proposals for parameters that take several values."""

    def __init__(self, language: Language) -> None:
        self._separators = [tuple(words.split()) for words in language.words("lists", "separators")]
        self._phrases = Phrases(language)
        self._sentence_verbs = Verbs(language)
        self._possessives = frozenset(language.words("places", "possessives"))
        self._cues = language.words("lists", "cues")
        self._stem = language.stem
        self._synonyms = language.synonyms
        self._objects = frozenset(language.words("cutting", "objects"))
        self._verbs = frozenset((*language.words("changing"), *language.words("reading"), *language.words("asking")))
        self._roles = language.table("roles")
        self._replies = [tuple(words.split()) for words in language.words("persons", "reply")]
        self._stops = frozenset(language.words("cutting", "boundaries")) - set(language.words("lists", "separators"))

    def of(
        self, slot: Slot, matcher: EnumMatcher | None, entities: Entities, parts: Sequence[Part], *, alone: bool
    ) -> Iterator[Candidate]:
        """Yield lists for one parameter; `alone` is whether it is the only list that its tool takes."""
        if ITEM in slot.path and not slot.required:
            return  # of what an item may have beside its text, nothing is guessed
        week = _week(slot)
        if week:
            for rule in entities.recurrences:
                if rule.weekdays:
                    yield Candidate(slot, [week[day] for day in rule.weekdays], rule.start, rule.end, 0.9)
            named = [day for day in entities.days if day.weekday and day.day is not None]
            if named:
                on = [week[day.day.weekday()] for day in named if day.day is not None]
                yield Candidate(slot, on, named[0].start, named[-1].end, 0.8)
        if matcher is not None:
            found = (m for m in matcher.find(entities.words) if m.strength >= 0.7)
            matches = sorted((m for m in found if not self._opens(slot, entities, m)), key=lambda m: m.start)
            if matches:
                values = list(dict.fromkeys(match.value for match in matches if isinstance(match.value, str | int)))
                yield Candidate(slot, list(values), matches[0].start, matches[-1].end, 0.9)
        elif slot.item is Kind.EMAIL or {*slot.about} >= _EMAILS or (entities.emails and "person" in slot.roles):
            if entities.emails:
                texts = [email.text for email in entities.emails]
                yield Candidate(slot, list(texts), entities.emails[0].start, entities.emails[-1].end, 0.95)
        elif slot.item in (Kind.INTEGER, Kind.NUMBER) and entities.numbers and self._is_meant(slot, entities):
            said = self._behind_noun(slot, entities)
            numbers = [int(n.value) if n.whole else n.value for n in said]
            yield Candidate(slot, list(numbers), said[0].start, said[-1].end, 0.7)
        if slot.item is Kind.TEXT and matcher is None and not {*slot.about} >= _EMAILS:
            yield from self._texts(slot, entities, parts, alone=alone)

    def _is_meant(self, slot: Slot, entities: Entities) -> bool:
        return slot.required or slot.only or self._is_named(slot, entities)

    def _behind_noun(self, slot: Slot, entities: Entities) -> Sequence[Number]:
        """Return the numbers of a list: those behind the noun that it is of, if any are: "kids aged four and nine"."""
        own = self._own_stems(slot)
        place = next((i for i, lower in enumerate(entities.lowered) if self._stem(lower) in own), None)
        behind = [number for number in entities.numbers if place is not None and number.start > place]
        return behind or entities.numbers

    def _own_stems(self, slot: Slot) -> frozenset[str]:
        """Return the stems of a parameter's name and of what people say for it, without those of its tool."""
        own = {self._stem(word) for word in slot.words}
        return frozenset().union(own, *(self._synonyms(stem) for stem in own)) - slot.gist_stems

    def _is_named(self, slot: Slot, entities: Entities) -> bool:
        """Return whether a word of the parameter's name was said that is none of its tool's."""
        return bool(self._own_stems(slot) & {self._stem(lower) for lower in entities.lowered})

    def _opens(self, slot: Slot, entities: Entities, match: EnumMatch) -> bool:
        """Return whether words are but the verb of the request: "switch off", "lock the door"."""
        return not slot.required and match.start == 0 and match.end == 1 and entities.lowered[0] in self._verbs

    def _texts(self, slot: Slot, entities: Entities, parts: Sequence[Part], *, alone: bool) -> Iterator[Candidate]:
        one = slot.schema.get("items")
        if isinstance(one, Mapping) and "pattern" in one:
            return  # codes, no words
        spent = frozenset(i for found in entities.moments for i in range(found.start, found.end))
        for part in parts:
            if part.role in slot.roles:
                items = self._split(entities, part.start, part.end)
                more = self._going_on(entities, part, spent) if PEOPLE & {*slot.roles[:1]} else []
                if more:
                    everybody: list[JSON] = [surface(entities, a, b) for a, b in (*items, *more)]
                    yield Candidate(slot, everybody, part.start, more[-1][1], 0.9)
                named: list[JSON] = [surface(entities, a, b) for a, b in items]
                yield Candidate(slot, named, part.start, part.end, 0.6 if more else 0.9)
        if not (alone or slot.required or slot.only or PEOPLE & {*slot.roles[:1]} or self._is_named(slot, entities)):
            return  # nothing says that a list of these was meant
        for start in () if self._is_led(slot, entities, spent) else range(len(entities.words)):
            items, end = self._listed(entities, start, spent)
            if len(items) > 1:
                yield Candidate(slot, [surface(entities, a, b) for a, b in items], start, end, 0.6)
                return
        for role in slot.roles[:1] or ("",):
            for cue in self._roles[role].get("cues", ()) if role else self._cues:
                for begin, end in self._phrases.after(entities.words, cue.split(), spent):
                    if {self._stem(lower) for lower in entities.lowered[begin:end]} <= slot.gist_stems:
                        continue
                    run = self._run(entities, cue.split(), begin, end, spent)
                    if len(run) > 1:
                        yield Candidate(slot, [surface(entities, a, b) for a, b in run], begin, run[-1][1], 0.58)
                    yield Candidate(slot, [surface(entities, begin, end)], begin, end, 0.5)
        runs = [
            run
            for run in self._phrases.remaining(entities.words, frozenset())
            if not {self._stem(lower) for lower in entities.lowered[run[0] : run[1]]} <= slot.gist_stems
        ]
        if runs and (slot.required or slot.only):
            yield Candidate(slot, [surface(entities, *runs[0])], *runs[0], 0.4)

    def _going_on(self, entities: Entities, part: Part, spent: frozenset[int]) -> list[tuple[int, int]]:
        """Return the people named behind the first one: "to ann and tom about dinner", "to ann, tom and my boss"."""
        items: list[tuple[int, int]] = []
        end, words = part.end, entities.words
        while True:
            place = self._behind_separators(entities, end)
            if place == end:
                return items
            if part.start and entities.lowered[place : place + 1] == entities.lowered[part.start - 1 : part.start]:
                place += 1  # "to ann and to tom"
            if place < len(words) and entities.lowered[place] in self._possessives:
                place += 1
            last = place
            while last < len(words) and last not in spent and words[last].spoken and self._phrases.tells(words, last):
                if self._behind_separators(entities, last) > last:
                    break
                last += 1
            if not 0 < last - place <= _LONGEST_NAME or self._says_more(entities, end, place):
                return items
            items.append((place, last))
            end = last

    def _says_more(self, entities: Entities, end: int, place: int) -> bool:
        """Return whether no name follows but another request, or the message: "and read it", "and say hello"."""
        if self._phrases.orders(entities.words, place) or self._phrases.asks(entities.words, place):
            return True
        return any(entities.lowered[end : end + len(said)] == said for said in self._replies)

    def _behind_separators(self, entities: Entities, place: int) -> int:
        """Return where the separators end that begin at that word; the place itself if none does."""
        end = place
        while size := next((len(s) for s in self._separators if entities.lowered[end : end + len(s)] == s), 0):
            end += size
        return end

    def _is_led(self, slot: Slot, entities: Entities, spent: frozenset[int]) -> bool:
        """Return whether a word leads in what the parameter takes, where that is an end of a way: "from", "to"."""
        cues = self._roles[slot.roles[0]].get("cues", ()) if ENDS & {*slot.roles[:1]} else ()
        return any(self._phrases.after(entities.words, cue.split(), spent) for cue in cues)

    def _run(
        self, entities: Entities, cue: Sequence[str], begin: int, end: int, spent: frozenset[int]
    ) -> list[tuple[int, int]]:
        """Return the items that go on behind the first: "kiel and to ulm", "kiel and ulm", behind a "to"."""
        items = [(begin, end)]
        while end < len(entities.words):
            size = next((len(s) for s in self._separators if entities.lowered[end : end + len(s)] == s), 0)
            place = end + size
            if entities.lowered[place : place + len(cue)] == tuple(cue):
                place += len(cue)
            if not size or place >= len(entities.words) or not self._phrases.tells(entities.words, place):
                return items
            end = place
            while end < len(entities.words) and end not in spent and self._phrases.tells(entities.words, end):
                if not entities.words[end].spoken or (end > place and entities.lowered[end] in self._stops):
                    break
                end += 1
            if end <= place:
                return items
            items.append((place, end))
        return items

    def _listed(self, entities: Entities, start: int, spent: frozenset[int]) -> tuple[list[tuple[int, int]], int]:
        """Return the items of a list that begins at that word ("eggs, milk and bread"), and its end."""
        if start in spent or not self._phrases.tells(entities.words, start):
            return [], start
        if start and self._phrases.tells(entities.words, start - 1):
            return [], start
        end = start
        while end < len(entities.words):
            size = next(
                (len(s) for s in self._separators if len(s) > 1 and entities.lowered[end : end + len(s)] == s), 0
            )
            if size:
                end += size
                continue
            if (
                end in spent
                or entities.lowered[end] in self._stops
                or (end > start and self._asks_again(entities, end))
            ):
                break
            word = entities.words[end]
            if not word.spoken and word.text not in ",-'&":
                break
            end += 1
        return self._split(entities, start, end), end

    def _asks_again(self, entities: Entities, place: int) -> bool:
        """Return whether what asks for a list begins: "milk, add it to the list", "milk and rice put them in"."""
        pointed = entities.lowered[place + 1 : place + 2]
        parted = entities.lowered[place - 1] == "," or bool(self._objects.intersection(pointed))
        return parted and self._phrases.asks(entities.words, place)

    def _split(self, entities: Entities, start: int, end: int) -> list[tuple[int, int]]:
        items: list[tuple[int, int]] = []
        verbs = self._sentence_verbs.places(entities)
        begin = place = start
        while place <= end:
            size = next(
                (len(s) for s in self._separators if entities.lowered[place : place + len(s)] == s and place < end), 0
            )
            if size or place == end:
                first, last = self._phrases.without_articles(entities.words, begin, place)
                while first < last - 1 and (first in verbs or entities.lowered[first] in self._possessives):
                    first += 1
                if last > first:
                    items.append((first, last))
                begin = place + max(size, 1)
                place = begin
            else:
                place += 1
        return items


def _week(slot: Slot) -> dict[int, JSON]:
    """Return the values of an enum of weekdays by day, 0 is Monday; empty for any other enum."""
    found: dict[int, JSON] = {}
    for value in slot.values:
        name = str(value).upper()
        for day, code in enumerate(CODES):
            if name == code or name in (NAMES[day], NAMES[day][:3]):
                found[day] = value
    return found if len(found) == len(slot.values) == len(CODES) else {}


NAMES = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
"""Days as schemas spell them, whatever language is spoken."""
