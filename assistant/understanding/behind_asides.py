"""What follows an aside that asks nothing itself: "I don't like this song, skip it", "I can't see, turn on the lights".

Finds the order behind the aside and leaves alone the verbs that somebody else is said to do. Pure; decides no mood but
that of the clause it is asked about.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.understanding.governing import Governing
from assistant.understanding.mood_words import Mood, MoodWords, Opened

LEAST_DEED = 5
"""Letters of the shortest word that is taken for the name of a deed by its ending: "doing"."""


class Asides:
    """Reads what follows asides in one language; words are folded, `start` is where the clause itself begins."""

    def __init__(self, words: MoodWords, governing: Governing) -> None:
        self._words = words
        self._shapes = words.shapes
        self._governing = governing

    def names_deed(self, word: str) -> bool:
        """Return whether a word ends as the name of a deed does, known or not."""
        return word.endswith(self._words.endings("deed_endings")) and len(word) >= LEAST_DEED

    def leads_on(self, words: Sequence[str]) -> bool:
        """Return whether an aside ends with somebody of whom a verb may follow: "we can't have people ..."."""
        sets = self._words.sets
        if words[-1] in self._shapes["somebody"]:
            return True
        pairs = itertools.pairwise(words)
        return any(unable in sets["unable"] and verb in self._shapes["causing"] for unable, verb in pairs)

    def behind_harmless(self, words: Sequence[str], place: int) -> Opened:
        """Return the request behind "don't worry" or "don't just sit there"; a clause without a mood if none is."""
        after = next(self._words.harmless.ends(words, place), place + 1)
        return self._later_request(words, after)

    def behind_dislike(self, words: Sequence[str], start: int, place: int) -> Opened:
        """Return the order behind "I don't like this song"; without one, a dislike refuses what it names."""
        order = self._later_request(words, next(self._words.averse.ends(words, place), place + 1) + 1)
        asks = order.mood is Mood.DO and order.start + 1 < len(words)
        return order if asks and not self.names_deed(words[order.start]) else Opened(Mood.DO_NOT, start)

    def behind(self, words: Sequence[str], start: int, place: int) -> Opened:
        """Return the order behind an aside that ends before `place`.

        Without one, an aside that tells of a deed or a state ("I can't stand it when ...") is a statement.
        """
        if self.leads_on(words[:place]):
            return Opened(Mood.TELL, start, states=True)
        order = self._later_request(words, place)
        tells = order.mood is None and self._told_from(words, place) < len(words)
        return Opened(Mood.TELL, start, states=True) if tells else order

    def _later_request(self, words: Sequence[str], place: int) -> Opened:
        """Return the request that an aside leads to: the first verb behind it that asks for a deed."""
        sets, told = self._words.sets, self._told_from(words, place)
        for later in range(place, len(words)):
            if words[later] not in self._words.verbs or words[later - 1] in sets["determiners"] | self._shapes["led"]:
                continue
            state = words[later] in sets["states"] and later > place and not self._governing.is_object(words, later + 1)
            if not state and later < told:
                return Opened(Mood.DO, later)
        return Opened(None, 0)

    def _told_from(self, words: Sequence[str], place: int) -> int:
        """Return where it begins to be told what somebody does or how something is; else where the words end.

        "I can't stand it when people open ...", "I can't believe you left ...".
        """
        verbs = self._words.verbs | self._shapes["finite"] | self._words.sets["past"] | self._shapes["reporting"]
        for later in range(place, len(words) - 1):
            does = words[later + 1] in verbs or words[later + 1].endswith(self._words.endings("past_endings") or (" ",))
            if words[later] in self._shapes["telling"] or (words[later] in self._shapes["doers"] and does):
                return later
        return len(words)
