"""Proposals for free text: the speaker's own words, found by their role in the sentence and nothing else.

Never shortens or rewords: a value is cut from the sentence as it is. Resolving "home" or "my wife" comes after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.described import is_code_word, is_loose
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Frames, Part
from assistant.understanding.slots.known_places import PLACES
from assistant.understanding.slots.listed_words import ListedWords
from assistant.understanding.slots.named_things import NamedThings
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.slots.parameters import SEARCHING, Slot
from assistant.understanding.slots.phrases import Phrases

LEAST_PHONE = 5
"""Digits of a phone number."""
TIMED = ("day", "time", "duration")
NAMES = ("title", "place", "destination", "venue")
LONGEST_NAME = 3
"""Words of what may still be a thing's name; longer ones are sentences."""
PASSED_ON = (("text",), ("message",), ("body",), ("comment",), ("content",))
"""Last words of names of texts that are passed on, required or not."""
LOOSE = ("kind", "purpose", "title", "query", "venue", "place", "destination", "message")
"""Roles that what is left of a sentence may fill, besides parameters without any role."""


class TextCandidates:
    """Proposals for parameters of free text, in one language."""

    def __init__(self, language: Language, embeddings: Embeddings) -> None:
        self._language = language
        self._frames = Frames(language)
        self._phrases = Phrases(language)
        self._things = NamedThings(language)
        self._listed_words = ListedWords(language, embeddings, self._phrases, self._cut)
        self._roles: Mapping[str, Mapping[str, Sequence[str]]] = language.table("roles")
        self._kinds = frozenset(
            language.stem(phrase.split()[-1]) for subject in language.subjects for phrase in subject.said
        )
        self._naming = frozenset(language.words("cutting", "naming"))
        self._common_stems = frozenset(language.stem(word) for word in language.common)
        self._title_cues = frozenset(self._roles["title"].get("cues", ()))
        self._titles = frozenset(language.stem(word) for word in language.words("cutting", "titles"))
        self._schema_stems = frozenset(language.stem(word) for word in language.words("schema_words"))
        self._here = PhraseSet(language.words("places", "here"))
        self._possessives = frozenset(language.words("places", "possessives"))
        self._identifiers = frozenset(language.words("planning", "identifiers"))
        self._and = language.words("numbers", "and")
        self._naming_verbs = frozenset(language.words("cutting", "naming_verbs"))
        self._bare_names = frozenset(language.words("cutting", "bare_names"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._holding = frozenset(language.words("cutting", "holding"))
        self._toward = frozenset(language.words("cutting", "toward"))
        self._that = frozenset(word for word in language.words("persons", "reply") if " " not in word)
        self._numbers = Numbers(language)
        self._number_words = frozenset(
            (
                *language.table("numbers", "words"),
                *language.table("numbers", "digit_words"),
                *language.words("numbers", "plus"),
            )
        )
        self._leads = frozenset(language.words("cutting", "boundaries"))

    def parts(self, entities: Entities, contacts: Mapping[str, str]) -> list[Part]:
        """Return what the shape of the sentence names."""
        taken = frozenset(i for found in (*entities.moments, *entities.sums) for i in range(found.start, found.end))
        return self._frames.find(entities.words, contacts, taken)

    def cued(
        self, slot: Slot, entities: Entities, parts: Sequence[Part], *, timed: bool, dated: bool, located: bool
    ) -> Iterator[Candidate]:
        """Yield what the sentence marks as this parameter's.

        `timed` is whether another parameter takes the time of day, `dated` whether any takes a day or time, `located`
        whether "here" is a known place.
        """
        top = slot.roles[:2]
        named = bool(self._naming.intersection(entities.lowered))
        for part in parts:
            if part.role == "list" and named and slot.words == ("name",):
                continue  # "add a list named waiting to the board": it is named otherwise
            unnamed = part.role == "title" and slot.required and slot.roles[:1] in ((), ("message",), ("query",))
            if part.role in top or unnamed:
                strength = 0.95 - 0.1 * top.index(part.role) if part.role in top else 0.76
                start, end = self._things.without_moments(entities, part) if dated else (part.start, part.end)
                start = self._things.past_noun(slot, entities, start, end) if part.role in ("title", "query") else start
                if part.role == "query":
                    yield self._looked_for(slot, entities, start, end, strength)
                    continue
                if part.role == "person" and self._number_words.issuperset(entities.lowered[start:end]):
                    digits = self._numbers.digits_at(entities.words[start:end], 0)
                    if digits is not None and len(digits[0]) >= LEAST_PHONE:
                        yield Candidate(slot, digits[0], start, end, strength)
                        continue
                if part.role == "message":  # passed on word for word
                    start = self._things.behind_that(entities, start, end)
                    yield Candidate(slot, surface(entities, start, end), start, end, strength)
                else:
                    yield self._cut(slot, entities, start, end, strength)
        yield from self.named(slot, entities)
        yield from self._things.streets(slot, entities)
        if top[:1] == ("day",):
            yield from self._days(slot, entities, timed)
        yield from self._measured(slot, entities, top)
        if "closeness" in top:
            yield from self._listed_words.close(slot, entities)
        if located and PLACES.intersection(top):
            for start, end in self._here.found(entities.lowered):
                yield self._cut(slot, entities, start, end, 0.6)
        yield from self._own_noun(slot, entities)
        yield from self._listed_words.listed(slot, entities)

    def _measured(self, slot: Slot, entities: Entities, top: Sequence[str]) -> Iterator[Candidate]:
        """Yield the times, lengths of time and counts of the sentence, if the parameter is first of all one of them."""
        if top[:1] == ("time",):
            for time in entities.times:
                yield self._cut(slot, entities, time.start, time.end, 0.85)
        if top[:1] == ("duration",):
            for duration in entities.durations:
                yield self._cut(slot, entities, duration.start, duration.end, 0.8)
        if top[:1] == ("count",) and slot.words[-1] != "description":
            for number in entities.numbers:
                if not any(t.start < number.end and number.start < t.end for t in entities.times):
                    yield self._cut(slot, entities, number.start, number.end, 0.55)

    def named(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield what follows the parameter's own name: "comment friendly and quick", "near the station"."""
        name = self._things.own_name(slot, entities)
        asked_for = slot.roles[:1] in (
            ("day",),
            ("time",),
            ("duration",),
            ("count",),
            ("address",),
        )  # "what time is ..."
        if len(name) < 3 or name in self._language.common or asked_for or "pattern" in slot.schema:
            return
        spent = frozenset(i for found in (*entities.typed, *entities.sums) for i in range(found.start, found.end))
        for place, lower in enumerate(entities.lowered[:-1]):
            led = place > 0 and entities.lowered[place - 1] in (*self._articles, *self._holding)
            if lower != name and not (led and self._language.stem(lower) == self._language.stem(name)):
                continue
            begin = place + 1
            while begin < len(entities.words) and entities.lowered[begin] in self._naming_verbs:
                begin += 1
            passed_on = slot.roles[:1] == ("message",)  # word for word, whatever it opens with: "open the gate"
            if begin >= len(entities.words) or not (
                self._phrases.opens(entities.words, begin) or (passed_on and self._phrases.asks(entities.words, begin))
            ):
                continue
            if (
                passed_on
                and entities.lowered[begin] in self._leads
                and self._that.intersection(entities.lowered[begin:])
            ):
                continue  # "a note on the third one that ...": the clause behind "that" is passed on
            if passed_on:
                yield self._cut(slot, entities, begin, len(entities.words), 0.8)
                continue
            for start, end in self._phrases.after(entities.words, entities.lowered[place:begin], spent):
                stems = {self._language.stem(word) for word in entities.lowered[start:end]}
                if not stems & slot.tool_stems and not self._names_another(slot, entities, start, end):
                    yield self._cut(slot, entities, start, end, 0.8)

    def _names_another(self, slot: Slot, entities: Entities, start: int, end: int) -> bool:
        """Return whether words are but the name of another parameter: "e-mail", of "with the e-mail ..."."""
        stems = {self._language.stem(lower) for lower in entities.lowered[start:end]}
        joined = "".join(w.lower for w in entities.words[start:end] if w.spoken)
        return stems <= slot.other_stems or self._language.stem(joined) in slot.other_stems

    def _is_no_city(self, slot: Slot, entities: Entities, start: int) -> bool:
        """Return whether an article stands before what should be the name of a city: "for the Swift"."""
        articled = start > 0 and entities.lowered[start - 1] in self._articles
        return articled and bool(self._bare_names.intersection(slot.words))

    def phrased(
        self, slot: Slot, entities: Entities, taken: frozenset[int], kinds: Sequence[int], dated: bool
    ) -> Iterator[Candidate]:
        """Yield the phrases after words that lead in one of the parameter's roles, and after the thing's own noun.

        `kinds` are the places behind words that say what kind of thing is wanted.
        """
        if is_loose(str(slot.schema.get("pattern", "^x$"))):
            return
        yield from self._things.behind_noun(slot, entities, taken, kinds, dated)
        yield from self._things.to_do(slot, entities, dated=dated)
        yield from self._passed_on(slot, entities)
        for rank, role in enumerate(slot.roles[:2]):
            if role in (*TIMED, "count") or (role == "query" and rank) or (role == "purpose" and not slot.required):
                continue
            kind = role == "kind"
            for number, cue in enumerate(self._cues(slot, role)):
                naming = cue in self._naming
                spent = frozenset[int]() if naming else taken  # a name may look like a day
                for start, end in self._phrases.after(entities.words, cue.split(), spent, named=naming):
                    if naming:
                        start, end = (
                            self._things.without_moments(entities, Part(role, start, end)) if dated else (start, end)
                        )
                        if end > start:
                            yield self._cut(slot, entities, start, end, 0.79 - 0.08 * rank)
                        continue
                    if slot.required is False and role == "title" and not slot.only and slot.roles[0] != "title":
                        continue  # "to", "for" and "about" lead in too much
                    stems = {self._language.stem(w) for w in entities.lowered[start:end] if w not in self._possessives}
                    known = slot.gist_stems if role == "place" else slot.tool_stems
                    if not taken.isdisjoint(range(start, end)) or stems <= known | self._schema_stems:
                        continue
                    if self._names_another(slot, entities, start, end) or self._is_no_city(slot, entities, start):
                        continue
                    if role == "title" and slot.required:
                        end = self._things.over_possessive(entities, end, taken)
                    common = self._common_noun(entities, start, end)
                    strength = 0.7 - 0.08 * rank - 0.01 * number - 0.15 * (common and role in NAMES)
                    if self._things.only_values(entities, start, end):
                        continue
                    if role == "query":
                        yield self._looked_for(slot, entities, start, end, strength)
                    elif common or not kind:
                        yield self._cut(slot, entities, start, end, strength)

    def _cues(self, slot: Slot, role: str) -> Sequence[str]:
        """Return the words that lead in a role; "for" leads in no place if it leads in a title beside it."""
        found = self._roles["destination" if role == "kind" else role].get("cues", ())
        titled = role == "place" and not slot.required and slot.other_stems & self._titles
        return [cue for cue in found if cue not in self._title_cues] if titled else found

    def _looked_for(self, slot: Slot, entities: Entities, start: int, end: int, strength: float) -> Candidate:
        """Return what is looked for (`NamedThings.looked_for`) as a value: "paul", of "paul's number"."""
        first, last = self._things.looked_for(slot, entities, start, end)
        found = self._cut(slot, entities, first, last, strength)
        owner = last < end and isinstance(found.value, str) and found.value.endswith("'s")
        return replace(found, value=str(found.value)[:-2]) if owner else found

    def _passed_on(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the clause behind "that" or "saying" for a text that is passed on: "comment that the plumber comes"."""
        if slot.roles[:1] != ("message",) or not (slot.required or slot.only or slot.words[-1:] in PASSED_ON):
            return
        for place in range(1, len(entities.words) - LONGEST_NAME + 1):
            if entities.lowered[place] in self._that and entities.lowered[place - 1] not in self._leads:
                start, end = place + 1, len(entities.words)
                yield Candidate(slot, surface(entities, start, end), start, end, 0.77)
                return

    def _common_noun(self, entities: Entities, start: int, end: int) -> bool:
        """Return whether a phrase is a kind of thing ("gas station") rather than a name ("Luigi's")."""
        if entities.words[start].text[:1].isupper() and not entities.words[0].text.isupper() and start > 0:
            return False
        return self._language.stem(entities.lowered[end - 1]) in self._kinds

    def _days(self, slot: Slot, entities: Entities, timed: bool) -> Iterator[Candidate]:
        for number, day in enumerate(entities.days):
            start, end = day.start, day.end
            following = entities.days[number + 1] if number + 1 < len(entities.days) else None
            if following is not None and following.start == end + 1 and entities.lowered[end] in self._and:
                end = following.end
            if not timed:
                for time in entities.times:
                    if time.start - end in (0, 1):
                        end = time.end
                    elif start - time.end in (0, 1):
                        start = time.start
            yield self._cut(slot, entities, start, end, 0.85)
        if not entities.days and not timed:
            for time in entities.times:
                yield self._cut(slot, entities, time.start, time.end, 0.7)
        if not entities.days:
            for duration in entities.durations:
                yield self._cut(slot, entities, duration.start, duration.end, 0.6)

    def _own_noun(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield "conference room 100" for a parameter named room: its own noun with what stands around it."""
        if not slot.roles or slot.roles[0] not in self._roles:
            nouns = {self._language.stem(word) for word in slot.words if word not in self._language.common}
        else:
            nouns = set()
        for place, lower in enumerate(entities.lowered):
            if self._language.stem(lower) not in nouns:
                continue
            start = place
            while start > 0 and place - start < 2 and self._phrases.tells(entities.words, start - 1):
                start -= 1
            end = place + 1
            if end < len(entities.words) and any(number.start == end for number in entities.numbers):
                end = next(number.end for number in entities.numbers if number.start == end)
            if end - start > 1:
                yield self._cut(slot, entities, start, end, 0.75)

    def left(self, slots: Sequence[Slot], entities: Entities, taken: frozenset[int]) -> Iterator[Candidate]:
        """Yield what is left of the sentence for parameters that may take it: a kind of thing, a name, a question."""
        runs = self._phrases.remaining(entities.words, taken)
        runs = [
            run
            for run in runs[:4]
            if not self._things.announces(entities, run[1]) and not self._things.states(entities, run[0])
        ]
        for rank, (start, end) in enumerate(runs):
            start, end = self._things.core(entities, start, end)
            if end <= start:
                continue
            known = self._common_noun(entities, start, end)
            stems = {self._language.stem(lower) for lower in entities.lowered[start:end]}
            for order, slot in enumerate(slots):
                if slot.roles and slot.roles[0] not in LOOSE:
                    continue
                if self.is_identifier(slot) and not any(map(str.isdigit, surface(entities, start, end))):
                    continue  # an identifier is looked up or asked for, not made of any words
                if not slot.required and self._things.says_nothing(slot, entities, start, end):
                    continue
                strength = 0.5 - 0.1 * rank - 0.02 * order
                if stems - self._common_stems <= slot.gist_stems or self._things.only_values(entities, start, end):
                    continue
                takes_all = not slot.required and slot.roles[:1] in ((), ("message",))
                if self._names_another(slot, entities, start, end) or (takes_all and stems <= slot.other_told):
                    continue
                strong = slot.required or slot.only or (entities.words[start].text[:1].isupper() and start > 0)
                if (not slot.roles or slot.roles[0] == "place") and not strong:
                    strength -= 0.25
                if "kind" in slot.roles[:2]:
                    strength += 0.1 if known else -0.1
                elif "title" in slot.roles[:2]:
                    strength += -0.05 if known else 0.1
                begin, end_ = start, end
                if slot.required and slot.roles[:1] in ((), ("title",), ("message",)) and not self.is_identifier(slot):
                    end_ = self._things.runs_on(entities, end, taken)
                named = not slot.required and (slot.roles[:1] == ("kind",) or "title" in slot.roles[:2])
                while named and end_ - begin > 1 and self._is_tool(slot, entities.lowered[end_ - 1]):
                    end_ -= 1  # "pasta timer", of a timer
                searched = slot.roles[:1] == ("query",) and begin == 0
                while searched and begin < end_ - 1 and self._is_tool(slot, entities.lowered[begin]):
                    begin += 1  # "airport lookup chicago", without a verb
                while self.is_identifier(slot) and begin < end - 1 and self._is_named(slot, entities.lowered[begin]):
                    begin += 1  # "vehicle V-4"
                yield self._cut(slot, entities, begin, end_, strength)

    def _is_tool(self, slot: Slot, word: str) -> bool:
        return self._language.stem(word) in slot.tool_stems or word in SEARCHING

    def _is_named(self, slot: Slot, word: str) -> bool:
        return self._language.stem(word) in {self._language.stem(own) for own in slot.words}

    def is_identifier(self, slot: Slot) -> bool:
        """Return whether a parameter takes what nobody knows by heart ("dealer_code")."""
        return slot.opaque or any(is_code_word(word, self._identifiers) for word in slot.words[-1:])

    def answer(self, slot: Slot, entities: Entities, taken: frozenset[int]) -> Iterator[Candidate]:
        """Yield the words of an answer that are no other value, for the parameter that was asked for."""
        free = [place for place in range(len(entities.words)) if place not in taken]
        if self.is_identifier(slot):  # "my car is MH12AB1234": what has digits is it
            free = [place for place in free if any(map(str.isdigit, entities.words[place].text))] or free
        if not free:
            return
        start = end = free[0]
        while end in free:
            end += 1
        cues = {cue for role in slot.roles for cue in self._roles[role].get("cues", ())}
        while start < end - 1 and entities.lowered[start] in cues:
            start += 1
        yield self._cut(slot, entities, start, end, 0.5)

    def _cut(self, slot: Slot, entities: Entities, start: int, end: int, strength: float) -> Candidate:
        """Return the words as a value, without articles; what is passed on word for word keeps them."""
        if slot.roles[:1] == ("message",) and end - start > LONGEST_NAME:
            return Candidate(slot, surface(entities, start, end), start, end, strength)
        leads_to_moment = any(moment.start == end for moment in entities.moments)
        if leads_to_moment and end - start > 1 and entities.lowered[end - 1] in self._toward:
            end -= 1  # "football practice to Thursday": the word belongs to the day
        start, end = self._phrases.without_articles(entities.words, start, end)
        start, end = self._without_own_noun(slot, entities, start, end)
        spelled = self._things.spelled(slot, entities, start, end)
        value = surface(entities, start, end) if spelled is None else spelled
        return Candidate(slot, value, start, end, strength)

    def _without_own_noun(self, slot: Slot, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return the words without what kind of thing they name: "groceries", of "groceries list"."""
        kinds = {"".join(slot.words[:-1]), *slot.words[-2:-1]} if slot.words[-1:] == ("name",) else set()
        kinds |= set(slot.words[-1:]) if slot.roles[:1] == ("list",) else set()
        while end - start > 1 and entities.lowered[start] in kinds:
            start += 1
        while end - start > 1 and slot.roles[:1] == ("list",) and entities.lowered[end - 1] in kinds:
            end -= 1
        return start, end
