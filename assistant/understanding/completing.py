"""Says an order in plainer words: "fog lights off" is "turn fog lights off", "blinds down" is "close blinds".

Puts in a verb that is left out, takes one apart that stands at the end ("das Gebläse runterdrehen" is "dreh das
Gebläse runter"), and writes spelled letters as the word that they spell. Knows no tool; what the plainer order reaches
is decided like that of any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from assistant.understanding.language import Language
from assistant.understanding.opposites import Opposites
from assistant.understanding.references import Rewritten, rewritten
from assistant.understanding.tokens import Word, cut, fold, letter_runs

MOST_MOVED = 12
"""Words of the longest order of a thing that moves: "please roll the bedroom blinds down to forty percent now"."""
SIDES = (("plus", 1), ("minus", -1))
"""The two sides of a pair of opposites in the language's data."""


class Completing:
    """Completes orders of one language."""

    def __init__(self, language: Language) -> None:
        polarity = language.mood["polarity"]
        raw = polarity["completing"]
        self._verb, self._setting = str(raw["verb"]), str(raw["setting"])
        verbs, particles = raw["verbs"].items(), raw["particles"]
        self._apart = {particle + verb: (plain, particle) for verb, plain in verbs for particle in particles}
        self._light = frozenset(raw["light"])
        self._verbs = language.commands
        self._behind = frozenset(polarity["behind_particle"]) - frozenset(language.mood["determiners"])
        self._spelled = frozenset(raw["spelled"])
        self._levels, self._joints = frozenset(raw["levels"]), frozenset(raw["joints"])
        self._beginning = {verb: tuple(how) for verb, how in raw["beginning"].items()}
        shapes = language.mood["shapes"]
        self._finite = frozenset(map(fold, (*shapes["finite"], *shapes["pronouns"], *shapes["contracted"])))
        self._passing_on = frozenset(language.mood["handing_on"])
        self._asking = frozenset(language.mood["asking_for"])
        self._before = frozenset(language.mood["asked_ones"]) | frozenset(polarity["before_imperative"])
        self._to, self._determiners = frozenset(polarity["to"]), frozenset(language.mood["determiners"])
        numbers = (language.table("numbers", key) for key in ("words", "digit_words"))
        self._numbers = frozenset(word for words in numbers for word in words)
        pairs = language.mood["pairs"]
        turning = [pair for pair in pairs if pair.get("particles") and pair["axis"] != "direction"]
        self._switches = frozenset(fold(word) for pair in turning for side in ("plus", "minus") for word in pair[side])
        moving = [pair for pair in pairs if pair["axis"] == "direction" and not pair.get("of")]
        self._ways = {fold(word): sign for pair in moving for side, sign in SIDES for word in pair[side]}
        """Words for up (1) and down (-1)."""
        self._movers = frozenset(polarity["particle_verbs"]) | self._ways.keys()
        self._opening = {1: str(raw["opening"]), -1: str(raw["closing"])}
        self._opposites = Opposites(language)

    def spelled(self, text: str) -> Rewritten:
        """Return the text with words that were spelled letter by letter written as words: "the a c" is "the ac"."""
        words = cut(text)
        lowered = [word.lower for word in words]
        runs = [(start, end, "".join(lowered[start:end])) for start, end in letter_runs(lowered)]
        slashes = (place for place, word in enumerate(lowered) if word == "/" and 0 < place < len(words) - 1)
        runs += [(at - 1, at + 2, lowered[at - 1] + lowered[at + 1]) for at in slashes]  # "a/c"
        changes = [(words[start].start, words[end - 1].end, word) for start, end, word in runs if word in self._spelled]
        if any(word.lower in self._passing_on for word in words):
            return Rewritten(text)  # words that are passed on stay the driver's own
        return rewritten(text, changes)

    def ways(self, text: str, *, elliptic: bool) -> Iterator[Rewritten]:
        """Yield plainer ways to say an order, `elliptic` being whether it goes without a verb."""
        words = [word for word in cut(text) if word.spoken]
        apart = self._apart_from(text, words)
        if apart is not None:
            yield apart
        start = self._start(words)
        begun = self._begun(text, words, start)
        if begun is not None:
            yield begun
        moved = self._moved(text, words, start, elliptic=elliptic)
        if moved is not None:
            yield moved
        elif words and words[start].lower in self._light and self._is_switched(words[start:]):
            yield rewritten(text, [(words[start].start, words[start].end, self._verb)])
        elif elliptic:
            yield rewritten(text, [(0, 0, f"{self._verb} ")])
        numbered = self._numbered(text, words, start)
        if numbered is not None and moved is None:
            yield numbered

    def _is_switched(self, words: Sequence[Word]) -> bool:
        """Return whether "on" or "off" stands free behind a thing: "the lamp on", and not "on the list"."""
        for place in range(2, len(words)):
            behind = words[place + 1].lower if place + 1 < len(words) else ""
            if words[place].lower in self._switches:
                return not behind or behind in self._behind
        return False

    def is_foreign(self, text: str) -> bool:
        """Return whether an order opens with a light verb that is no verb of any deed: "stick the fan on"."""
        words = [word for word in cut(text) if word.spoken]
        verb = words[self._start(words)].lower if words else ""
        return verb in self._light and verb not in self._verbs

    def _start(self, words: Sequence[Word]) -> int:
        """Return the place of the verb behind "can you please"."""
        small = self._asking | self._before
        return next((place for place, word in enumerate(words[:-1]) if word.lower not in small), 0)

    def _moved(self, text: str, words: Sequence[Word], start: int, *, elliptic: bool) -> Rewritten | None:
        """Return an order to move a thing up or down as one to open, close or set it: "bring the blinds down".

        "Lower" and "raise" are such verbs; with a number behind "to" it is set, whichever way it goes.
        """
        if not words or len(words) > MOST_MOVED or not (elliptic or words[start].lower in self._movers):
            return None
        ways = [place for place in range(start, len(words)) if words[place].lower in self._ways]
        upwards = self._opposites.opens_upwards([word.lower for word in words])
        if len(ways) != 1 or not upwards:
            return None
        sign = self._ways[words[ways[0]].lower] * upwards
        verb = self._setting if self._tells_number(words[ways[0] :]) else self._opening[sign]
        gone = {ways[0]} if elliptic else {ways[0], start}
        first = words[start]
        changes = [(first.start, first.end, verb) if start in gone else (first.start, first.start, f"{verb} ")]
        changes += [(words[place].start, words[place].end, "") for place in sorted(gone - {start})]
        return rewritten(text, changes)

    def _tells_number(self, words: Sequence[Word]) -> bool:
        """Return whether words say to what number: "to forty percent", "auf Stufe drei"."""
        lowered = [word.lower for word in words if word.lower not in self._levels]
        pairs = itertools.pairwise(lowered)
        return any(one in self._to and (other in self._numbers or other[:1].isdigit()) for one, other in pairs)

    def _numbered(self, text: str, words: Sequence[Word], start: int) -> Rewritten | None:
        """Return an order to turn a thing "to" a number as one to set it: "crank the fan up to five", "fan to five"."""
        if not words or len(words) > MOST_MOVED or not self._tells_number(words[start + 1 :]):
            return None
        first = words[start]
        verbs = self._movers | self._light
        if first.lower not in verbs:
            told = self._verbs | self._finite
            bare = start == 0 and not any(
                word.lower in told or word.lower in verbs - self._ways.keys() for word in words
            )
            return rewritten(text, [(0, 0, f"{self._setting} ")]) if bare else None
        changes = [(first.start, first.end, self._setting)]
        gone = [word for word in words[start + 1 :] if word.lower in self._ways or word.lower in self._levels]
        return rewritten(text, changes + [(word.start, word.end, "") for word in gone])

    def _begun(self, text: str, words: Sequence[Word], start: int) -> Rewritten | None:
        """Return an order to begin or end a deed with its plain verb: "fang an zu laden" is "starte das laden"."""
        particle, plain = self._beginning.get(words[start].lower, ("", "")) if words else ("", "")
        behind = words[start + 1 :]
        if not particle or particle not in [word.lower for word in behind]:
            return None
        kept = [word for word in behind if word.lower not in self._joints and word.lower != particle]
        if not kept:
            return None
        deed = kept[-1]
        rest = " ".join(word.text for word in kept[:-1])
        made = f"{plain} {deed.text} {rest}".strip()
        return rewritten(text, [(words[start].start, len(text), made)])

    def _apart_from(self, text: str, words: Sequence[Word]) -> Rewritten | None:
        """Return a request whose verb stands at the end, as a particle and an infinitive, with the verb in front."""
        asks = next((i for i, word in enumerate(words) if word.lower in self._asking), None)
        if asks is None or words[-1].lower not in self._apart:
            return None
        begin = asks + 1
        while begin < len(words) - 1 and words[begin].lower in self._before:
            begin += 1
        if begin == len(words) - 1:
            return None
        plain, particle = self._apart[words[-1].lower]
        changes = [(0, words[begin].start, f"{plain} "), (words[-1].start, len(text), particle)]
        return rewritten(text, changes)
