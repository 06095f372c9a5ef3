"""Names of things behind their nouns: "the note groceries", "a task water the plants", "the coordinates of Oslo".

Finds where a name begins and ends; what it is worth against other readings is decided in `fill`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.ends import Ends
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.frames import Part
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.slots.phrases import Phrases

LEAST_SPELLED = 2
"""Letters said one by one that are a code."""
SHORTEST_CLAUSE = 3
"""Words of a clause behind "that"."""
LONGEST_COUNT = 4
"""Digits of what may still be a count or a year; more are a phone number or a code."""
NAMED: tuple[tuple[str, ...], ...] = ((), ("title",), ("list",), ("message",), ("query",), ("topic",))
"""First roles of parameters that take what follows a noun; () for a parameter without any role."""


class NamedThings:
    """Names behind nouns, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._phrases = Phrases(language)
        self.ends = Ends(language, self._phrases)
        leads = (
            *language.words("date", "before"),
            *language.words("time", "before"),
            *language.words("date", "due"),
            *language.words("bounds", "filler"),
        )
        self._in = frozenset(language.words("date", "in"))
        self._lead_moments = frozenset(leads)
        self._that = frozenset(word for word in language.words("persons", "reply") if " " not in word)
        self._toward = frozenset(language.words("cutting", "toward"))
        self._tasks = frozenset(language.stem(word) for word in language.words("cutting", "tasks"))
        self._stating = language.words("cutting", "stating")
        self._announcing = frozenset(language.stem(word) for word in language.words("planning", "announcing"))
        self._naming = frozenset(language.words("cutting", "naming"))
        self._naming_verbs = frozenset(language.words("cutting", "naming_verbs"))
        self._copulas = frozenset(language.words("cutting", "copulas"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._putting = frozenset(language.words("verbs", "putting"))
        self._objects = frozenset(language.words("cutting", "objects"))
        self._fresh = frozenset(language.words("cutting", "fresh"))
        self._kept_in = frozenset(language.words("cutting", "kept_in"))
        self._common_stems = frozenset(language.stem(word) for word in language.common)
        self._possessives = frozenset(language.words("places", "possessives"))
        self._leads = frozenset(language.words("cutting", "boundaries"))
        self._pointing = frozenset(language.words("cutting", "pointing"))
        self._polite = frozenset(w for w in language.words("closing_pleas") if " " not in w)
        verbs = (*language.words("reading"), *language.words("changing"), *language.words("asking"))
        self._street_ends = language.words("cutting", "streets")
        self._commands = frozenset(language.words("cutting", "commands"))
        self._verb_stems = {language.stem(word) for word in verbs}
        self._vague = frozenset(language.words("cutting", "vague"))
        self._going_on = frozenset(language.words("cutting", "going_on"))
        self._of = frozenset(language.words("date", "of")[:1])
        self._kinds_of_devices = frozenset(language.words("house", "kinds"))
        self._states = frozenset(language.words("house", "states"))

    def behind_noun(
        self, slot: Slot, entities: Entities, taken: frozenset[int], kinds: Sequence[int], dated: bool
    ) -> Iterator[Candidate]:
        """Yield what follows the noun of the tool, or of a kind of thing, to the end of the sentence.

        "the note groceries", "a task water the plants and feed the cat", "the podcast the rest is history".
        """
        if slot.roles[:1] not in (
            (),
            ("title",),
            ("list",),
            ("message",),
            ("query",),
            ("topic",),
            ("address",),
            ("place",),
        ) or not (slot.required or slot.only):
            return
        makes = slot.roles[:1] == ("title",) and slot.required
        nouns = {stem for stem in (slot.gist_stems if makes else slot.tool_stems) if stem not in self._verb_stems}
        nouns -= self._common_stems
        for place in range(1, len(entities.words) - 1):
            stem = self._language.stem(entities.lowered[place])
            led = entities.lowered[place - 1] in (*self._articles, *self._possessives, *self._fresh)
            own = stem in (slot.tool_stems if led and not makes else nouns) or place + 1 in kinds
            if stem in slot.told_stems - self._verb_stems and entities.lowered[place + 1] in self._of:
                yield from self._of_thing(slot, entities, place + 2, taken)  # "the coordinates of oslo"
            if slot.roles[:1] not in NAMED or not own or not led:
                continue
            begin = place + 1
            while begin < len(entities.words) and entities.lowered[begin] in (*self._naming, *self._naming_verbs):
                begin += 1
            if begin >= len(entities.words) or begin in taken:
                continue
            bare = begin == place + 1
            if bare and (entities.lowered[begin] in self._leads or entities.lowered[begin] in self._copulas):
                continue
            if bare and self._language.stem(entities.lowered[begin]) in nouns | slot.gist_stems:
                continue  # "the address book under ..."
            end = len(entities.words)
            end = self._before_owner(slot, entities, begin, min(end, self.ends.named_end(slot, entities, begin)))
            end = self.ends.before_listed(entities, begin, end, kinds)
            end = self.ends.before_values(entities, begin, end, taken)
            while end > begin and (not entities.words[end - 1].spoken or entities.lowered[end - 1] in self._polite):
                end -= 1
            start, end = self.without_moments(entities, Part("title", begin, end)) if dated else (begin, end)
            if end > start:
                yield Candidate(slot, surface(entities, start, end), start, end, 0.78)
                return

    def looked_for(self, slot: Slot, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return what is looked for, without where it is kept and what is wanted of it.

        "insurance", of "insurance in my tasks"; "paul", of "paul's number in my contacts"; "oslo", of "the coordinates
        of oslo", where the tool tells of tasks, contacts' numbers and coordinates.
        """
        pointed = (*self._articles, *self._possessives)
        about = {self._language.stem(word) for word in slot.about}
        told = slot.told_stems | slot.gist_stems | about
        stems = [self._language.stem(lower) for lower in entities.lowered]
        for place in range(start + 1, end - 2):
            behind = [stems[i] for i in range(place + 2, end) if entities.lowered[i] not in self._language.common]
            leads = entities.lowered[place] in self._kept_in and entities.lowered[place + 1] in pointed
            if leads and behind and set(behind) <= told:
                end = place
                break
        begin = start
        while begin < end - 2 and entities.lowered[begin] in pointed:
            begin += 1
        telling = entities.lowered[begin] not in self._language.common and stems[begin] in told - self._verb_stems
        if telling and begin + 2 < end and entities.lowered[begin + 1] in self._of:
            start = begin + 2
        owner = next((i for i in range(start, end - 1) if entities.lowered[i].endswith("'s")), None)
        if owner is not None and set(stems[owner + 1 : end]) <= told:
            end = owner + 1
        return start, end

    def spelled(self, slot: Slot, entities: Entities, start: int, end: int) -> str | None:
        """Return a code that words say letter by letter, behind what it is a code of: "HND", of "code h n d"."""
        begin = end
        while begin > start and len(entities.lowered[begin - 1]) == 1 and entities.lowered[begin - 1].isalnum():
            begin -= 1
        about = slot.told_stems | slot.gist_stems | {self._language.stem(word) for word in slot.about}
        lead = [self._language.stem(lower) for lower in entities.lowered[start:begin]]
        if end - begin < LEAST_SPELLED or not set(lead) <= about | self._announcing:
            return None
        return "".join(entities.lowered[begin:end]).upper()

    def to_do(self, slot: Slot, entities: Entities, taken: frozenset[int], *, dated: bool) -> Iterator[Candidate]:
        """Yield what is to be done, for a title: "check the oven", of "remind me at noon to check the oven"."""
        if slot.roles[:1] not in (("title",), ("message",)) or not slot.required:
            return
        if entities.lowered[0] in self._putting and self._phrases.orders(entities.words, 1):
            end = self.ends.before_values(entities, 1, len(entities.words), taken)  # "add take out the trash daily"
            end = min(end, self.ends.named_end(slot, entities, 1))
            if end > 2:
                yield Candidate(slot, surface(entities, 1, end), 1, end, 0.76)
        if slot.roles[:1] != ("title",) or not self._tasks & slot.gist_stems:
            return
        for place in range(2, len(entities.words) - 1):
            verb = self._language.stem(entities.lowered[place + 1]) in self._verb_stems
            known = verb or self._phrases.asks(entities.words, place + 1)
            if entities.lowered[place] not in self._toward or not known:
                continue
            start, end = place + 1, len(entities.words)
            while end > start and (not entities.words[end - 1].spoken or entities.lowered[end - 1] in self._polite):
                end -= 1
            start, end = self.without_moments(entities, Part("title", start, end)) if dated else (start, end)
            if end > start:
                yield Candidate(slot, surface(entities, start, end), start, end, 0.77)
                return

    def behind_that(self, entities: Entities, start: int, end: int) -> int:
        """Return where the clause behind "that" begins, in words that open with what it is about: "on it that"."""
        if entities.lowered[start] not in self._leads or entities.lowered[start] in self._that:
            return start
        place = next((i for i in range(start + 2, end - SHORTEST_CLAUSE) if entities.lowered[i] in self._that), None)
        return start if place is None else place + 1

    def over_possessive(self, entities: Entities, end: int, taken: frozenset[int]) -> int:
        """Return where a title ends that goes on over "my": "to renew my passport"."""
        while end + 1 < len(entities.words) and entities.lowered[end] in self._possessives and end + 1 not in taken:
            if not self._phrases.tells(entities.words, end + 1):
                return end
            end += 2
            while end < len(entities.words) and end not in taken and self._phrases.tells(entities.words, end):
                end += 1
        return end

    def states(self, entities: Entities, start: int) -> bool:
        """Return whether words say how the speaker is, and name nothing: "i'm almost home", "we are hungry"."""
        before = " ".join(entities.lowered[max(0, start - 2) : start])
        return any(before == lead or before.endswith(f" {lead}") for lead in self._stating)

    def announces(self, entities: Entities, end: int) -> bool:
        """Return whether a value with a type of its own follows, which the words before it name: "my number is 98"."""
        if entities.lowered[end - 1].endswith("'s"):
            end -= 1
        elif end < len(entities.words) and entities.lowered[end] not in self._copulas:
            following = entities.lowered[end]
            code = len(following) > LONGEST_COUNT and following.isdigit()
            return code or any(email.start == end for email in entities.emails)
        return any(found.start == end + 1 for found in (*entities.typed, *entities.sums))

    @staticmethod
    def own_name(slot: Slot, entities: Entities) -> str:
        """Return the word that names a parameter: "group" of group_name, "checklist" of checkListName."""
        if slot.words[-1:] != ("name",) or len(slot.words) < 2:
            return slot.words[-1] if slot.words else ""
        joined = "".join(slot.words[:-1])
        return joined if joined in entities.lowered else slot.words[-2]

    @staticmethod
    def only_values(entities: Entities, start: int, end: int) -> bool:
        """Return whether words are but a number, a sum or a length, and so no name."""
        inside = {i for found in (*entities.typed, *entities.sums) for i in range(found.start, found.end)}
        return not any(word.text[0].isupper() for word in entities.words[start:end]) and inside >= set(
            range(start, end)
        )

    def names_another(self, slot: Slot, entities: Entities, start: int, end: int) -> bool:
        """Return whether words are but the name of another parameter: "e-mail", of "with the e-mail ..."."""
        stems = {self._language.stem(lower) for lower in entities.lowered[start:end]}
        joined = "".join(w.lower for w in entities.words[start:end] if w.spoken)
        return stems <= slot.other_stems or self._language.stem(joined) in slot.other_stems

    def _before_owner(self, slot: Slot, entities: Entities, begin: int, end: int) -> int:
        """Return where a name ends before what it is put into, a thing of the tool: "waiting to the board"."""
        for place in range(begin + 1, end - 2):
            pointed = entities.lowered[place + 1] in (*self._articles, *self._possessives, *self._pointing)
            if entities.lowered[place] not in self._leads or not pointed:
                continue
            if any(self._language.stem(lower) in slot.tool_stems for lower in entities.lowered[place + 2 : end]):
                return place
        return end

    def _of_thing(self, slot: Slot, entities: Entities, start: int, taken: frozenset[int]) -> Iterator[Candidate]:
        end = start
        while end < len(entities.words) and end not in taken and entities.words[end].spoken:
            if end > start and (entities.lowered[end] in self._leads or entities.lowered[end] in self._polite):
                break
            end += 1
        if end > start:
            start, end = self._phrases.without_articles(entities.words, start, end)
            yield Candidate(slot, surface(entities, start, end), start, end, 0.74)

    def past_noun(self, slot: Slot, entities: Entities, start: int, end: int) -> int:
        """Return where a thing's name begins behind the noun of its tool: "the task renew passport"."""
        place = start
        while place < end and entities.lowered[place] in (*self._articles, *self._possessives):
            place += 1
        nouns = slot.tool_stems if place > start else slot.tool_stems - self._verb_stems
        noun = place < end - 1 and self._language.stem(entities.lowered[place]) in nouns
        while noun and place + 2 < end and entities.lowered[place + 1] in (*self._naming, *self._naming_verbs):
            place += 1
        following = entities.lowered[place + 1] if noun else ""
        return place + 1 if noun and following not in self._leads and following not in self._copulas else start

    def without_moments(self, entities: Entities, part: Part) -> tuple[int, int]:
        """Return the part without days and times at its ends and what leads them in: they are said of it."""
        start, end = part.start, part.end
        moments = [(found.start, found.end) for found in entities.moments]
        moments += [
            (d.start - 1, d.end) for d in entities.durations if d.start and entities.lowered[d.start - 1] in self._in
        ]
        moving = True
        while moving and start < end:
            moving = False
            for first, last in moments:
                if last == end and first > start:
                    while first - 1 > start and entities.lowered[first - 1] in self._lead_moments:
                        first -= 1
                    end, moving = first, True
                elif first == start and last < end:
                    start, moving = last, True
        return start, end

    def runs_on(self, entities: Entities, end: int, taken: frozenset[int]) -> int:
        """Return where a title ends that goes on over "with" and "and": "lunch with ben and julia"."""
        while end + 1 < len(entities.words) and entities.lowered[end] in self._going_on and end + 1 not in taken:
            end += 1
            while end < len(entities.words) and end not in taken and entities.words[end].spoken:
                if entities.lowered[end] in self._leads or entities.lowered[end] in self._going_on:
                    break
                end += 1
        return end

    def core(self, entities: Entities, start: int, end: int) -> tuple[int, int]:
        """Return what is left without the verb that opens the request and the states that end it."""
        opening = entities.lowered[0]
        if start == 0 and (opening in self._commands or self._language.stem(opening) in self._verb_stems):
            start += 1
        while end > start and entities.lowered[end - 1] in self._states and (end - start > 1 or end < 2):
            end -= 1
        return start, end

    def says_nothing(self, slot: Slot, entities: Entities, start: int, end: int) -> bool:
        """Return whether words only say what the tool is about, and how: "my latest chats"."""
        if (start, end) == (0, 1) and len(entities.words) > 2:
            return True  # the verb of an order
        return all(
            not self._language.synonyms(self._language.stem(lower)).isdisjoint(slot.gist_stems)
            or lower in self._vague
            or lower in self._language.common
            or ("name" in slot.words and (lower in self._kinds_of_devices or f"{lower}s" in self._kinds_of_devices))
            for lower in entities.lowered[start:end]
        )

    def names_street(self, slot: Slot) -> bool:
        """Return whether a parameter takes a street, whose noun belongs to its name: "station street"."""
        return slot.words[-1:] != () and slot.words[-1].endswith(self._street_ends)

    def streets(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield "12 Mill Road" for a parameter that takes an address: what ends as streets do."""
        if "address" not in slot.roles[:2]:
            return
        for place, lower in enumerate(entities.lowered):
            start = place
            while start > 0 and place - start < 3 and self._phrases.tells(entities.words, start - 1):
                start -= 1
            if lower.endswith(self._street_ends) and (start < place or lower not in self._street_ends):
                last = place + 1
                spent = {i for found in entities.typed for i in range(found.start, found.end)}
                while last < len(entities.words) and last not in spent and self._phrases.tells(entities.words, last):
                    last += 1  # "ten downing street london"
                begin, end = self._phrases.without_articles(entities.words, start, last)
                yield Candidate(slot, surface(entities, begin, end), begin, end, 0.8)
