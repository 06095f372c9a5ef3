"""Proposals for free text: the speaker's own words, found by their role in the sentence and nothing else.

Never shortens or rewords: a value is cut from the sentence as it is. Resolving "home" or "my wife" comes after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.slots.announced import LONGEST_NAME, TOLD, Announced
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.described import is_loose
from assistant.understanding.slots.edges import Edges
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Frames, Part
from assistant.understanding.slots.known_places import PLACES
from assistant.understanding.slots.left_words import LeftWords
from assistant.understanding.slots.listed_words import ListedWords
from assistant.understanding.slots.named_things import NamedThings
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases
from assistant.understanding.slots.spans import Spans
from assistant.understanding.slots.verbs import Verbs

ADDRESSED = ("person", "email", "destination")
"""First roles of texts that take an e-mail address, where they take any."""
LEAST_PHONE = 5
"""Digits of a phone number."""
TIMED = ("day", "time", "duration")
NAMES = ("title", "place", "destination", "venue")


class TextCandidates:
    """Proposals for parameters of free text, in one language."""

    def __init__(self, language: Language, embeddings: Embeddings) -> None:
        self._language = language
        self._frames = Frames(language)
        self._phrases = Phrases(language)
        self._things = NamedThings(language)
        self._listed_words = ListedWords(language, embeddings, self._phrases, self._cut)
        self._roles: Mapping[str, Mapping[str, Sequence[str]]] = language.table("roles")
        verbs = Verbs(language)
        self._edges = Edges(language, verbs)
        self._spans = Spans(language, self._phrases, self._things, verbs, self._edges)
        self._announced = Announced(language, self._phrases, self._things, self._edges, self._cut)
        self._left_words = LeftWords(language, self._phrases, self._things, verbs)
        self._naming = frozenset(language.words("cutting", "naming"))
        self._title_cues = frozenset(self._roles["title"].get("cues", ()))
        self._titles = frozenset(language.stem(word) for word in language.words("cutting", "titles"))
        self._schema_stems = frozenset(language.stem(word) for word in language.words("schema_words"))
        self._here = PhraseSet(language.words("places", "here"))
        self._possessives = frozenset(language.words("places", "possessives"))
        self._and = language.words("numbers", "and")
        self._naming_verbs = frozenset(language.words("cutting", "naming_verbs"))
        self._bare_names = frozenset(language.words("cutting", "bare_names"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._holding = frozenset(language.words("cutting", "holding"))
        self._toward = frozenset(language.words("cutting", "toward"))
        self._addressing = frozenset(language.words("cutting", "addressing"))
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
        top = slot.roles[:1] if slot.roles[:1] == ("new",) else slot.roles[:2]
        yield from _addressed(slot, entities)
        named = bool(self._naming.intersection(entities.lowered))
        for part in parts:
            if self._left_words.says_nothing_new(slot, entities, part):
                continue  # "put it on the list", "add a card to the list"
            if part.role == "list" and named and slot.words == ("name",):
                continue  # "add a list named waiting to the board": it is named otherwise
            if part.role == "person" and top[:1] == ("container",) and slot.required:
                yield self._cut(slot, entities, part.start, part.end, 0.75)  # "tell marketing that ..."
            unnamed = part.role == "title" and slot.required and slot.roles[:1] in ((), ("message",), ("query",))
            if part.role in top or unnamed:
                strength = 0.95 - 0.1 * top.index(part.role) if part.role in top else 0.76
                start, end = self._things.without_moments(entities, part) if dated else (part.start, part.end)
                if part.role == "list":  # "to the backlog list that says ..."
                    end = min(end, self._things.ends.named_end(slot, entities, start))
                start = self._things.past_noun(slot, entities, start, end) if part.role in ("title", "query") else start
                if part.role == "query":
                    yield self._looked_for(slot, entities, start, end, strength)
                    continue
                if part.role == "person" and all(map(self._is_number, entities.lowered[start:end])):
                    yield from self._dialled(slot, entities, start, end, strength)
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

    def _dialled(self, slot: Slot, entities: Entities, start: int, end: int, strength: float) -> Iterator[Candidate]:
        """Yield a phone number in the place of a person; a short number, or one that counts things, is nobody's."""
        digits = self._numbers.digits_at(entities.words[start:end], 0)
        if digits is not None and len(digits[0]) >= LEAST_PHONE and not self._counts(slot, entities, end):
            yield Candidate(slot, digits[0], start, end, strength)

    def _is_number(self, word: str) -> bool:
        return word in self._number_words or word.isdigit()

    def _counts(self, slot: Slot, entities: Entities, end: int) -> bool:
        """Return whether a number counts things of the tool, which stand behind it."""
        known = slot.gist_stems | slot.other_stems | slot.other_told
        return end < len(entities.words) and self._language.stem(entities.lowered[end]) in known

    def _measured(self, slot: Slot, entities: Entities, top: Sequence[str]) -> Iterator[Candidate]:
        """Yield the times, lengths of time and counts of the sentence, if the parameter is first of all one of them."""
        if top[:1] == ("time",):
            for time in entities.times:
                yield self._cut(slot, entities, time.start, time.end, 0.85)
        if top[:1] == ("duration",):
            for duration in entities.durations:
                yield self._cut(slot, entities, duration.start, duration.end, 0.8)
        if top[:1] == ("count",) and slot.words[-1] not in ("description", "number", "no"):
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
            led |= slot.words[-1:] == ("label",)  # "anything labeled urgent"
            if lower != name and not (led and self._language.stem(lower) == self._language.stem(name)):
                continue
            begin = place + 1
            while begin < len(entities.words) and entities.lowered[begin] in self._naming_verbs:
                begin += 1
            if self._announced.makes(slot, entities, place, begin):
                continue
            worded = slot.roles[:1] in (("message",), ("topic",)) or slot.words[-1:] in TOLD
            if worded and begin < len(entities.words):
                yield from self._announced.worded(slot, entities, begin, led=led or begin > place + 1)
                continue
            if begin >= len(entities.words) or not self._phrases.opens(entities.words, begin):
                continue
            for start, end in self._phrases.after(entities.words, entities.lowered[place:begin], spent):
                stems = {self._language.stem(word) for word in entities.lowered[start:end]}
                if not stems & slot.tool_stems and not self._things.names_another(slot, entities, start, end):
                    yield self._cut(slot, entities, start, end, 0.8)

    def held(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield what stands before the parameter's own noun: "the sports folder"."""
        if slot.roles[:1] in ((), ("container",), ("title",)) and not self._things.names_street(slot):
            yield from self._spans.before_noun(slot, entities, frozenset())

    def _is_no_city(self, slot: Slot, entities: Entities, start: int) -> bool:
        """Return whether an article stands before what should be the name of a city: "for the Swift"."""
        articled = start > 0 and entities.lowered[start - 1] in self._articles
        return articled and bool(self._bare_names.intersection(slot.words))

    def phrased(
        self,
        slot: Slot,
        entities: Entities,
        taken: frozenset[int],
        others: frozenset[int],
        kinds: Sequence[int],
        dated: bool,
    ) -> Iterator[Candidate]:
        """Yield the phrases after words that lead in one of the parameter's roles, and after the thing's own noun.

        `taken` are words of values, days and times, `others` those of them that the tool takes; `kinds` are the places
        behind words that say what kind of thing is wanted.
        """
        if is_loose(str(slot.schema.get("pattern", "^x$"))):
            return
        for found in self._things.behind_noun(slot, entities, others, kinds, dated):
            start, end = self._edges.of(slot, entities, found.start, found.end)
            yield replace(found, value=surface(entities, start, end), start=start, end=end)
        yield from self._things.to_do(slot, entities, others, dated=dated)
        yield from self._spans.of(slot, entities, others, dated=dated)
        yield from self._announced.passed_on(slot, entities)
        for rank, role in enumerate(slot.roles[:2]):
            if role in (*TIMED, "count") or (role == "query" and rank) or (role == "purpose" and not slot.required):
                continue
            for number, cue in enumerate(self._cues(slot, role)):
                if cue in self._naming:
                    strength = 0.79 - 0.08 * rank
                    yield from self._announced.called(slot, entities, cue, strength, others, kinds, dated=dated)
                else:
                    yield from self._led(slot, entities, role, cue, taken, 0.7 - 0.08 * rank - 0.01 * number)

    def _led(
        self, slot: Slot, entities: Entities, role: str, cue: str, taken: frozenset[int], strength: float
    ) -> Iterator[Candidate]:
        """Yield the phrases that a word leads in for one role of a parameter: "in kiel", "about the budget"."""
        if slot.required is False and role == "title" and not slot.only and slot.roles[0] != "title":
            return  # "to", "for" and "about" lead in too much
        for start, end in self._phrases.after(entities.words, cue.split(), taken):
            stems = {self._language.stem(w) for w in entities.lowered[start:end] if w not in self._possessives}
            known = slot.gist_stems if role == "place" else slot.tool_stems
            if not taken.isdisjoint(range(start, end)) or stems <= known | self._schema_stems:
                continue
            if self._things.names_another(slot, entities, start, end) or self._is_no_city(slot, entities, start):
                continue
            if role == "place" and self._language.stem(entities.lowered[end - 1]) in slot.other_stems - known:
                continue  # "in my work calendar", of a tool that takes a calendar too
            if role == "title" and slot.required:
                end = self._things.over_possessive(entities, end, taken)
            common = self._left_words.common_noun(entities, start, end)
            sure = strength - 0.15 * (common and role in NAMES)
            if self._things.only_values(entities, start, end):
                continue
            if role == "query":
                yield self._looked_for(slot, entities, start, end, sure)
            elif common or role != "kind":
                yield self._cut(slot, entities, start, end, sure)

    def _cues(self, slot: Slot, role: str) -> Sequence[str]:
        """Return the words that lead in a role; "for" leads in no place if it leads in a title beside it."""
        found = self._roles["destination" if role == "kind" else role].get("cues", ())
        found = (*found, *self._naming) if role == "query" else found
        titled = role == "place" and not slot.required and slot.other_stems & self._titles
        return [cue for cue in found if cue not in self._title_cues] if titled else found

    def _looked_for(self, slot: Slot, entities: Entities, start: int, end: int, strength: float) -> Candidate:
        """Return what is looked for (`NamedThings.looked_for`) as a value: "paul", of "paul's number"."""
        head = start
        while head < end - 1 and entities.lowered[head] in (*self._articles, *self._possessives):
            head += 1
        start = self._spans.behind_head(slot, entities, head) or start
        first, last = self._things.looked_for(slot, entities, start, end)
        found = self._cut(slot, entities, first, last, strength)
        owner = last < end and isinstance(found.value, str) and found.value.endswith("'s")
        return replace(found, value=str(found.value)[:-2]) if owner else found

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
        """Yield what is left of the sentence for parameters that may take it (`LeftWords.of`)."""
        for slot, start, end, strength in self._left_words.of(slots, entities, taken):
            yield self._cut(slot, entities, start, end, strength)

    def is_identifier(self, slot: Slot) -> bool:
        """Return whether a parameter takes what nobody knows by heart ("dealer_code")."""
        return self._left_words.is_identifier(slot)

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
        if slot.roles[:1] == ("person",):
            cues |= self._addressing  # "for my wife"
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
        start, end = self._edges.of(slot, entities, start, end)
        spelled = self._things.spelled(slot, entities, start, end)
        value = surface(entities, start, end) if spelled is None else spelled
        return Candidate(slot, value, start, end, strength)

    def _without_own_noun(self, slot: Slot, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return the words without what kind of thing they name: "groceries", of "groceries list"."""
        kinds = {"".join(slot.words[:-1]), *slot.words[-2:-1]} if slot.words[-1:] == ("name",) else set()
        held = slot.roles[:1] in (("list",), ("container",))
        kinds |= set(slot.words[-1:]) if held else set()
        while end - start > 1 and entities.lowered[start] in kinds:
            start += 1
        kinds |= {word for word in entities.lowered[end - 1 : end] if held and _is_part(word, slot.words)}
        while end - start > 1 and held and entities.lowered[end - 1] in kinds:
            end -= 1
        return start, end


def _addressed(slot: Slot, entities: Entities) -> Iterator[Candidate]:
    """Yield the e-mail addresses of the sentence for a text that takes one, whatever its schema calls it."""
    if "email" in slot.roles and slot.roles[0] in ADDRESSED:
        for email in entities.emails:
            yield Candidate(slot, email.text, email.start, email.end, 0.97)


def _is_part(word: str, names: Sequence[str]) -> bool:
    """Return whether a word ends a longer one of a parameter's name: the "list" of "playlist"."""
    return len(word) >= len("list") and any(name.endswith(word) for name in names)
