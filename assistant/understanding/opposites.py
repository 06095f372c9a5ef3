"""The opposites of a language, and the words of them that a request is about. Pure; knows no tool."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.tokens import Word, cut, fold, spoken_words

BEING, DIRECTION, SEQUENCE, LOCK = "being", "direction", "sequence", "lock"
"""Axes of opposites that are treated apart from the others; the language file lists all of them."""
AGAIN, LEAST_BASE = "re", 2
"""What before a verb says that it is done once more, in both languages' tools, and letters that must follow."""
TURNING = (("turning_on", 1), ("turning_off", -1))
"""Lists of verbs with a particle, and what they do."""
LONGEST_SMALL = 3
"""Letters of words that are compared as they stand."""
PARTICLE_GAP = 5
"""Words behind a verb among which its particle stands."""
Sign = int
"""1 or -1: on which side of its axis a word stands."""


@dataclass(frozen=True)
class Said:
    """A word of polarity in a sentence."""

    axis: str
    sign: Sign
    pair: int
    """Which pair of opposites it is of."""
    start: int
    end: int
    head: bool
    """Whether it is the clause's verb or that verb's particle."""


MOST_KEPT = 32
"""Texts whose words of polarity are kept: each tool that is near is weighed against them."""


class Opposites:
    """Reads opposites in one language."""

    def __init__(self, language: Language) -> None:
        raw = language.mood
        self.stem = self._stem = language.stem
        self.pairs: list[Mapping[str, Any]] = list(raw["pairs"])
        self._about = [frozenset(self._stem(fold(word)) for word in pair.get("of", ())) for pair in self.pairs]
        words = (fold(word) for pair in self.pairs for side in ("plus", "minus") for word in pair[side])
        self._small = frozenset(word for word in words if len(word) <= LONGEST_SMALL)
        self._signs: dict[str, list[tuple[str, Sign, int]]] = {}
        for number, pair in enumerate(self.pairs):
            for side, sign in (("plus", 1), ("minus", -1)):
                for word in map(fold, pair[side]):
                    key = word if pair["axis"] in (DIRECTION, SEQUENCE) else self._key(word)
                    found = self._signs.setdefault(key, [])
                    if (pair["axis"], sign) not in {(axis, known) for axis, known, _ in found}:
                        found.append((pair["axis"], sign, number))
        self.exact = {fold(word) for pair in self.pairs for word in (*pair["plus"], *pair["minus"])}
        self.exact |= set(raw["states"])
        particled = (pair for pair in self.pairs if pair.get("particles"))
        self.particles = {fold(word) for pair in particled for word in (*pair["plus"], *pair["minus"])}
        self.ordering = {pair[side][0] for pair in self.pairs if pair["axis"] == SEQUENCE for side in ("plus", "minus")}
        """Plain words for both sides of a sequence: "next"."""
        data = raw["polarity"]
        self._particle_verbs_plain = frozenset(data["particle_verbs"])
        self._particle_verbs = frozenset(map(self._stem, data["particle_verbs"]))
        self._by = frozenset(data["by"])
        self._openers = PhraseSet(raw["openers"], accents=True)
        self._idioms = PhraseSet(data["idioms"], accents=True)
        self._kept: dict[str, tuple[Said, ...]] = {}
        self.loose = frozenset(data["loose"])
        self._passing_on = frozenset(raw["handing_on"]) | frozenset(raw["naming"])
        self._joints = frozenset(raw["joins"]) | frozenset(data["before_imperative"])
        self._before_verb = frozenset(raw["before_verb"]) | frozenset(raw["negations"]) | frozenset(raw["openers"])
        self._negations = frozenset(raw["negations"])
        self._behind_particle = frozenset(data["behind_particle"])
        self._states, self._measures = frozenset(raw["states"]), frozenset(data["measures"])
        self._determiners = frozenset(raw["determiners"]) - self._measures
        self._turning = [(tuple(each.split()), sign) for name, sign in TURNING for each in data[name]]
        self._taking_off, self._off_lists = frozenset(data["taking_off"]), frozenset(data["off_lists"])
        off = data["off_acts"]
        self._off_states, self._ending = PhraseSet(off["off"], accents=True), frozenset(off["ending"])
        self._off_acts, self._ended_acts = frozenset(off["acts"]), frozenset(off["ended"])
        self._off_first = frozenset(each.split()[0] for each in off["off"])
        self._quantities: Mapping[str, Sign] = data["quantities"]
        self._giving, self._given = frozenset(data["giving"]), frozenset(data["given"])
        self._making, self._setting = frozenset(data["making"]), frozenset(data["setting"])
        self._less = PhraseSet(data["lessening"], accents=True)
        self._comparative, self._kinds = tuple(data["comparative_endings"]), frozenset(raw["shapes"]["kinds"])
        self._opens = [(fold(thing), 1) for thing in data["raised_things"]]
        self._opens += [(fold(thing), -1) for thing in data["reversed_things"]]
        self._numbers = frozenset(language.table("numbers", "words"))

    def _key(self, word: str) -> str:
        """Return what a word is compared by: its stem, or itself where the stem is another word ("offen", "off")."""
        stem = self._stem(word)
        return word if len(word) <= LONGEST_SMALL or stem in self._small else stem

    def of(self, word: str) -> list[tuple[str, Sign, int]]:
        """Return the axis, the side and the number of each pair of opposites that a word is of."""
        found = self._signs.get(word, [])
        if not found and word.startswith(AGAIN) and len(word) > len(AGAIN) + LEAST_BASE:
            again = self._signs.get(word.removeprefix(AGAIN), [])
            if again:
                return again  # "reopen" opens
        return found if found or len(word) <= LONGEST_SMALL else self._signs.get(self._key(word), [])

    def said(self, text: str) -> tuple[Said, ...]:
        """Return the words of polarity that a request is about: its verb and particle, else the states it names."""
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[text] = self._said(text)
        return found

    def _said(self, text: str) -> tuple[Said, ...]:
        words = [word for word in cut(text) if word.spoken]
        lowered = [word.lower for word in words]
        start = self._verb(words, lowered)
        head = self._openers_end(lowered)
        if any(word in self._negations for word in lowered[head:start]):
            return ()  # "don't let me forget": not what the verb says
        whole = self._undone(words, lowered, start) or self._phrasal(words, lowered, start)
        if whole:
            return whole
        turns = bool(words) and self._stem(lowered[start]) in self._particle_verbs
        found = [] if not words or lowered[start] in self.particles else self._told(words, start, head=True)
        if turns:
            found = [*self._particle(words, start), *(one for one in found if one.axis != BEING)] or found
        if not found and not (words and lowered[start] in self._passing_on - self._particle_verbs_plain):
            found = [one for place in range(len(words)) for one in self._state(words, place)]
            made = bool(self._making & set(lowered[: start + 1]))
            found = [replace(one, head=made and one.axis == DIRECTION) for one in found]
        elif turns:
            later = [one for place in range(start + 1, len(words)) for one in self._told(words, place, head=False)]
            heads = {each.start for each in found}
            found += [replace(one, head=True) for one in later if one.axis == DIRECTION and one.start not in heads]
        if not any(one.axis == DIRECTION for one in found):
            found += self._measured(words, start)
        taken = {each.start for each in found}
        later = [one for place in range(start, len(words)) for one in self._told(words, place, head=False)]
        found += [one for one in later if one.axis == SEQUENCE and one.start not in taken]
        spent = {words[place].start for place in self._idioms.covered(lowered)}
        behind = set(lowered[start + 1 : start + 1 + PARTICLE_GAP])
        if words and lowered[start] in self._giving and self._given & behind and self._measures & behind:
            spent.add(words[start].start)  # "leave a comment" adds one
        return tuple(_without_contradictions([one for one in found if one.start not in spent]))

    def _undone(self, words: Sequence[Word], lowered: Sequence[str], start: int) -> tuple[Said, ...]:
        """Return what undoes an act that is named as what is to end: "off mute", "end the pause"."""
        ends = set(self._off_states.found(lowered))
        if words and lowered[start] in self._ending:
            ends.add((start, start + 1))
        for begin, end in sorted(ends):
            place = end
            while place < len(words) - 1 and lowered[place] in self._determiners:
                place += 1
            acts = self._off_acts if begin > start or lowered[begin] in self._off_first else self._ended_acts
            if place < len(words) and lowered[place] in acts and (known := self.of(lowered[place])):
                axis, sign, pair = known[0]
                return (Said(axis, -sign, pair, words[place].start, words[place].end, True),)
        return ()

    def _phrasal(self, words: Sequence[Word], lowered: Sequence[str], start: int) -> tuple[Said, ...]:
        """Return what a verb and its particle mean that mean something else apart: "shut down", "take off the list"."""
        if not words:
            return ()
        verb, behind = words[start], lowered[start + 1 : start + 1 + PARTICLE_GAP]
        for (head, particle), sign in self._turning:
            if verb.lower == head and particle in behind and not self.opens_upwards(behind):
                pair = next(n for n, each in enumerate(self.pairs) if each.get("particles") and each["axis"] == BEING)
                return (Said(BEING, sign, pair, verb.start, verb.end, True),)
        off = next((i for i in range(start + 1, len(words)) if lowered[i] in self._off_lists), len(words))
        if verb.lower in self._taking_off and self._kinds & set(lowered[off:]):
            pair = next(n for n, each in enumerate(self.pairs) if each.get("group") == "having")
            return (Said(BEING, -1, pair, verb.start, verb.end, True),)
        return ()

    def opens_upwards(self, words: Sequence[str]) -> Sign:
        """Return whether the thing that is named opens upwards (1: blinds) or downwards (-1: windows); 0 for others.

        0 also where things of both kinds are named. The end of a word may name it: "Fahrerfenster".
        """
        signs = {sign for word in words for thing, sign in self._opens if word.endswith(thing)}
        return signs.pop() if len(signs) == 1 else 0

    def _measured(self, words: Sequence[Word], start: int) -> list[Said]:
        """Return which way a thing goes of which a request wants more or less, where it opens with that: "less air"."""
        word = words[start] if start + 1 < len(words) else None
        sign = self._quantities.get(word.lower) if word is not None else None
        behind = words[start + 1].lower if word is not None else ""
        if (
            word is None
            or not sign
            or behind in self._determiners
            or behind in self._before_verb
            or self._compared(behind)
        ):
            return []
        pair = next(n for n, each in enumerate(self.pairs) if each.get("particles") and each["axis"] == DIRECTION)
        return [Said(DIRECTION, sign, pair, word.start, word.end, False)]

    def undoes(self, said: Said, word: str) -> bool:
        """Return whether a word is the other side of its pair with a prefix: "unmute"."""
        pair = self.pairs[said.pair]
        other = pair["minus"] if said.sign > 0 else pair["plus"]
        return any(word != each and word.endswith(each) for each in other)

    def _verb(self, words: Sequence[Word], lowered: Sequence[str]) -> int:
        """Return the place of the clause's verb: the first word of polarity in the place of one, else the first."""
        first = 0
        while first < len(words) - 1 and lowered[first] in self._before_verb:
            first += 1
        if not words or lowered[first] in self._passing_on or self._is_turning(lowered[first]):
            return first
        for place in range(first, len(words)):
            if (place == first or lowered[place - 1] in self._joints) and self._is_turning(lowered[place]):
                return place
        return first

    def _openers_end(self, lowered: Sequence[str]) -> int:
        """Return where the interjections and courtesies before a clause end."""
        end = 0
        while (after := next(self._openers.ends(lowered, end), None)) is not None:
            end = after
        return end

    def _is_turning(self, word: str) -> bool:
        """Return whether a word is a verb of opposites, or one that takes a particle of them."""
        if word in self.particles or word in self._states - {"open", "shut"}:
            return False
        return self._stem(word) in self._particle_verbs or any(axis != SEQUENCE for axis, _, _ in self.of(word))

    def _state(self, words: Sequence[Word], place: int) -> list[Said]:
        """Return what a word says that names a state ("the windows closed"), a step or a place in a sequence."""
        word = words[place].lower
        last = place == len(words) - 1 or words[place + 1].lower in self._behind_particle
        told = self._told(words, place, head=False)
        if word in self.particles:
            return told if last else []
        return [one for one in told if one.axis in (DIRECTION, SEQUENCE) or word in self._states]

    def _told(self, words: Sequence[Word], place: int, *, head: bool) -> list[Said]:
        if place >= len(words):
            return []
        word = words[place]
        lowered = [each.lower for each in words[:place]]
        lessened = any(end == place for _, end in self._less.found(lowered))
        found = self.of(word.lower) or (self._compared(word.lower) if lessened else [])
        turned = [(axis, -sign if lessened and axis == DIRECTION else sign, pair) for axis, sign, pair in found]
        return [Said(axis, sign, pair, word.start, word.end, head) for axis, sign, pair in turned]

    def _compared(self, word: str) -> list[tuple[str, Sign, int]]:
        """Return the opposites of which a word is the plain form: "warm", of "warmer"."""
        forms = (f"{stem}{ending}" for stem in (word, word + word[-1:]) for ending in self._comparative)
        return next((found for form in forms if (found := self._signs.get(form))), [])

    def is_unclear(self, text: str) -> bool:
        """Return whether more and less of a thing are said at once: "turn the fan up less"."""
        words = [word for word in cut(text) if word.spoken]
        lowered = [word.lower for word in words]
        ends = any(end == len(words) for _, end in self._less.found(lowered))
        return ends and any(one.head for one in self.said(text))

    def sets(self, text: str) -> bool:
        """Return whether a request wants something set, and says nothing of an end: "set a timer"."""
        words = [word for word in cut(text) if word.spoken]
        if not words or any(one.sign < 0 for one in self.said(text)):
            return False
        lowered = [word.lower for word in words]
        return lowered[self._verb(words, lowered)] in self._setting

    def _particle(self, words: Sequence[Word], verb: int) -> list[Said]:
        """Return the particle of a verb such as "turn": beside it, or else the last that stands free in the clause."""
        places = [place for place in range(verb + 1, len(words)) if words[place].lower in self.particles]
        free = [place for place in places if self._is_free(words, place)]
        if not places:
            return []
        beside = [place for place in places if place == verb + 1]
        chosen = (beside or free or [])[-1:]
        return [one for place in chosen for one in self._told(words, place, head=True)]

    def _is_free(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a particle governs no noun behind it: "the light off", "the light off in the kitchen"."""
        behind = words[place + 1].lower if place + 1 < len(words) else ""
        if any(axis == DIRECTION for axis, _, _ in self.of(words[place].lower)):
            return behind not in self._determiners
        return not behind or behind in self._behind_particle

    def alike(self, one: int, other: int) -> bool:
        """Return whether two pairs of opposites say nearly the same: "on" and "start", not "start" and "add"."""
        groups = [self.pairs[number].get("group", number) for number in (one, other)]
        return bool(groups[0] == groups[1])

    def about(self, said: Said) -> frozenset[str]:
        """Return the stems of words for the quality that a word compares; empty if it compares any."""
        return self._about[said.pair]

    def compares(self, word: str, said: Said) -> bool:
        """Return whether another word is of the same pair of opposites."""
        return any(pair == said.pair for _, _, pair in self._signs.get(word, ()))

    def say(self, said: Said, sign: Sign) -> str:
        """Return how one side of a word's pair is named in a sentence of ours."""
        say: Sequence[str] = self.pairs[said.pair]["say"]
        return say[0] if sign > 0 else say[1]

    def steps(self, text: str) -> bool:
        """Return whether a number of steps is said: "by ten"."""
        words = spoken_words(text)
        return any(a in self._by and (b in self._numbers or b.isdigit()) for a, b in itertools.pairwise(words))


def _without_contradictions(found: Sequence[Said]) -> list[Said]:
    """Return the words without an axis on which both sides were said beside each other, the verb's own excepted."""
    kept = []
    for one in found:
        against = [other for other in found if other.axis == one.axis and other.sign != one.sign]
        if one.head or not against:
            kept.append(one)
    return list(dict.fromkeys(kept))
