"""Whether words take back what was asked for, without a word such as "cancel".

Two structures do. Behind an order, a turn ("oh", "no", "actually", a pause) leads to what says that things are well as
they are, that nothing is needed, or, behind a firm "no", how things are ("no, I know the way"). And a wish is followed
by "but" and what keeps from it ("I'd love to open the window but it's raining"). Words that only say how the wish is
to be met ("but just a bit", "but it has to be outside") take nothing back. Pure; knows no catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.governing import Governing
from assistant.understanding.grammar.phrase_patterns import PhrasePatterns
from assistant.understanding.mood_words import MoodWords

LONGEST_WISH_OPENING = 6
"""Words from the start of a clause among which the driver and the verb of wishing stand: "am liebsten würde ich"."""
LONGEST_REASON = 9
"""Words behind a firm "no" that may say how things are."""
LEAST_TEXT = 3
"""Words of an order that hands on words, from its verb on, before any of them can be more than who gets them."""


class Withdrawals:
    """Reads what takes back an order or a wish, in one language; words are folded."""

    def __init__(self, words: MoodWords, governing: Governing) -> None:
        self._words, self._shapes, self._governing = words, words.shapes, governing
        raw = words.withdrawing
        self._lists = {name: frozenset(found) for name, found in raw["words"].items()}
        slots = {**raw["slots"], "quality": self._shapes["judged"], "state": words.sets["states"]}
        self._turns, self._firm, self._content, self._needless, self._sufficient, self._left = (
            PhrasePatterns(raw[name], slots) for name in ("turns", "firm", "content", "needless", "enough", "left")
        )
        self._void, self._alone = (PhrasePatterns(raw[name], slots) for name in ("void", "alone"))
        self._closing = PhrasePatterns(("closing",), slots)
        self._kept = PhrasePatterns(raw["kept"], slots)

    # -- at the end of an order ------------------------------------------------------------------------------------

    def alone(self, words: Sequence[str]) -> bool:
        """Return whether a whole utterance turns something down that was asked before: "actually it's fine"."""
        led = [place for place, _ in self._led(words) if place]
        said = any(self._ends(kind, words, place) for place in led for kind in (self._needless, self._sufficient))
        well = any(self._ends(self._content, words, place) for place in led if self._firmly(words, place))
        return said or well or self._is_left(words) or self._ends(self._alone, words, 0)

    def takes_back(self, rest: Sequence[str], words: Sequence[str], head: int, *, paused: bool) -> bool:
        """Return whether the last words take back the order before them.

        `rest` is that order, which begins at `head`; `paused` is whether there was a pause.
        """
        hands_on = rest[head] in self._words.sets["handing_on"] if head < len(rest) else True
        hands_on = hands_on or self._hands_on(rest[head:])
        if hands_on and len(rest) - head < LEAST_TEXT:
            return False  # "tell Tom it's okay"
        if paused and not hands_on and (self._is_enough(words, 0, firm=False) or self._is_left(words)):
            return True
        if paused and self._ends(self._void, words, 0):
            return True
        for place, count in self._led(words):
            if not place:
                continue
            if hands_on and not paused and count < 2:
                if self._ends(self._needless, words, place):
                    return True
                continue  # in a text, "actually it's fine" may be meant for its reader
            if self._is_enough(words, place, firm=True):
                return True
            if not hands_on and self._firmly(words, place) and self._is_reason(words[place:]):
                return True
        return False

    def _led(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return the places behind the words that turn, each with how many of those there are."""
        found: dict[int, int] = {}
        fresh = {0: 0}
        while fresh:
            fresh = {end: n + 1 for place, n in fresh.items() for end in self._turns.ends(words, place)}
            fresh = {place: n for place, n in fresh.items() if found.get(place, 0) < n}
            found.update(fresh)
        return [(place, count) for place, count in found.items() if place < len(words)]

    def _firmly(self, words: Sequence[str], place: int) -> bool:
        """Return whether what turns before that place is a "no" of some kind."""
        return any(place in self._firm.ends(words, start) for start in range(place))

    def _is_enough(self, words: Sequence[str], place: int, *, firm: bool) -> bool:
        """Return whether all words from a place on say that things are well, or that nothing is needed."""
        if self._ends(self._content, words, place) or self._ends(self._needless, words, place):
            return True
        return firm and self._ends(self._sufficient, words, place)

    def _is_left(self, words: Sequence[str]) -> bool:
        """Return whether words say, without any turn, that things may stay as they are: "it's loud enough as it is"."""
        return self._ends(self._left, words, 0)

    def _ends(self, patterns: PhrasePatterns, words: Sequence[str], place: int) -> bool:
        """Return whether phrases and courtesies behind them fill the words from a place on."""
        ends = patterns.ends(words, place)
        for _ in range(2):  # "it's fine, no need"
            ends |= {
                end
                for start in set(ends)
                for kind in (self._content, self._needless, self._sufficient, self._closing)
                for end in kind.ends(words, start)
            }
        return len(words) in ends

    def _is_reason(self, words: Sequence[str]) -> bool:
        """Return whether words behind a "no" say how things are; a correction ("no, I meant ...") does not."""
        if not 2 <= len(words) <= LONGEST_REASON:
            return False
        meant = self._lists["correcting"] | self._words.numbers
        if not meant.isdisjoint(words) or any(word[:1].isdigit() for word in words):
            return False
        return self._is_clause(words) and not self._kept.ends(words, 0)

    # -- a wish, and what keeps from it ----------------------------------------------------------------------------

    def keeps_from(self, wish: Sequence[str], rest: Sequence[str]) -> bool:
        """Return whether a wish is taken back by the words behind it: "I'd like to open it" "but it's raining"."""
        joint = next((size for size in (2, 1) if " ".join(rest[:size]) in self._lists["but"]), 0)
        if not joint or not self._wishes(wish) or self._hands_on(wish):
            return False
        told = rest[joint:]
        while len(told) > 1 and told[0] in self._lists["before"]:
            told = told[1:]
        return self._is_clause(told) and not self._qualifies(told)

    def _wishes(self, words: Sequence[str]) -> bool:
        opening = words[:LONGEST_WISH_OPENING]
        contracted = any(word in self._lists["contracted_wishers"] for word in opening[:3])
        return len(words) > 2 and (
            contracted
            or (any(w in self._lists["wishers"] for w in opening) and bool(self._lists["wishing"] & {*opening}))
        )

    def _hands_on(self, words: Sequence[str]) -> bool:
        """Return whether words hold a text that is to be handed on, so that what follows belongs to it."""
        verb = next((i for i, word in enumerate(words) if word in self._lists["handing_on"]), None)
        if verb is None:
            return False
        if any(kind.within(words[verb:]) for kind in (self._words.phrases["texts"], self._words.phrases["marks"])):
            return True
        behind = words[verb + 2 :]
        return any(w in self._lists["text_opens"] or w in self._shapes["contracted"] for w in behind)

    def _is_clause(self, words: Sequence[str]) -> bool:
        """Return whether words are a clause with a subject and a verb of its own, and no order."""
        if len(words) < 2 or words[0] in self._words.verbs - self._words.sets["subjects"]:
            return False
        first = words[0]
        if first in self._shapes["contracted"] | self._lists["stating"]:
            return True
        if self._words.is_subject(first):
            return len(words) >= 2
        if first in self._words.sets["determiners"] | self._lists["owners"]:
            finite = self._shapes["finite"] | self._words.sets["copulas"] | self._shapes["reporting"]
            finite |= self._shapes["motions"] | self._lists["happening"]
            short = any(self._governing.is_shortened(words, place) for place in range(1, min(6, len(words))))
            return short or any(word in finite or self._is_third(word) for word in words[1:6])
        # a name: "Anna isn't home"
        return words[1] in self._shapes["finite"] | self._words.sets["copulas"] | self._shapes["motions"]

    def _is_third(self, word: str) -> bool:
        endings = self._words.endings("third_endings")
        return word.endswith(endings) and self._governing.is_deed(word) and word not in self._words.sets["states"]

    def _qualifies(self, words: Sequence[str]) -> bool:
        """Return whether a clause behind "but" only says how a wish is to be met: "it has to be outside"."""
        speaks = any(word in self._lists["speakers"] for word in words[:2])
        if speaks:
            return not self._lists["wanting"].isdisjoint(words[1:4])
        return bool(self._kept.ends(words, 0)) or not self._lists["asking_of_it"].isdisjoint(words[1:4])
