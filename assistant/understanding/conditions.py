"""What hangs on a condition: the main clause behind it, and orders that would have to wait for something to happen.

Nobody here watches whether it rains: such an order is told from one that is meant now ("if you can, close the window").
Pure; reads one clause at a time and knows no catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.governing import Governing
from assistant.understanding.mood_words import Mood, MoodWords, Opened

LONGEST_SUBJECT = 4
"""Words behind a condition among which its verb stands, where it opens with no pronoun: "if Anna's train comes"."""


class Conditions:
    """Reads conditions in one language; words are folded, `start` is where the clause itself begins."""

    def __init__(self, words: MoodWords, governing: Governing) -> None:
        self._words = words
        self._governing = governing
        phrases = words.phrases
        self._waiting, self._polite, self._grants = (phrases[n] for n in ("waiting", "polite_conditions", "grants"))
        self._conditions, self._ahead = phrases["conditions"], phrases["waiting_ahead"]

    def courtesy(self, words: Sequence[str], start: int) -> int | None:
        """Return where a condition ends that is mere courtesy ("if possible"); None if the clause opens with none."""
        return next(self._polite.ends(words, start), None)

    def opens(self, words: Sequence[str], start: int) -> int | None:
        """Return the end of the words that introduce a condition; None if there are none."""
        waiting = next(self._waiting.ends(words, start), None)
        if waiting is not None and self._has_subject(words, waiting):
            return waiting
        return next(self._conditions.ends(words, start), None)

    def leading(self, words: Sequence[str], start: int, place: int) -> Opened | int:
        """Return how a clause speaks that opens with a condition, or the verb of its order if it means one now.

        `place` is where the condition's own subject stands.
        """
        main = self._main(words, place)
        waits = self._waiting.opens(words[start:]) or self._ahead.opens(words[start:])
        if main is None:
            granted = next(self._grants.ends(words, place + 1), len(words))
            addressed = words[place : place + 1] and words[place] in self._words.shapes["addressed"]
            if addressed and granted < len(words) and words[start] in self._words.sets["whether"]:
                return granted
            return Opened(Mood.WAIT, start, states=True) if waits else Opened(Mood.TELL, start, states=True)
        if self._asks(words, main):
            return Opened(Mood.TELL, start)
        waits = waits and words[main] not in self._words.shapes["warning"]
        return Opened(Mood.WAIT, start) if waits else main

    def trails(self, words: Sequence[str], verb: int, since: int, *, wished: bool) -> bool:
        """Return whether an order is followed by a condition that it would have to wait for: "... if it rains".

        Behind the word at `since` no title goes on. What is wished for a time ("I want it warm when I get back") may be
        seen to now.
        """
        told = self._words.shapes["warning"] | self._words.asking
        if words[verb] in told - self._words.changing - self._words.shapes["going"]:
            return False
        for place in range(since + 1, len(words) - 1):
            end = next(self._waiting.ends(words, place), None)
            late = words[place] in self._words.sets["subordinating"]
            timed = late and words[place - 1] in self._words.shapes["times"]
            timed = timed or (late and wished)
            if end is None or timed or next(self._polite.ends(words, place), None) is not None:
                continue
            if self._has_subject(words, end):
                return True
        return False

    def _has_subject(self, words: Sequence[str], place: int) -> bool:
        """Return whether the subject of a clause stands there, with a verb of its own behind it."""
        rest = words[place:]
        if not rest:
            return False
        if rest[0] in self._words.shapes["contracted"]:
            return True
        if len(rest) > 1 and (self._words.is_subject(rest[0]) or rest[0] in self._words.sets["determiners"]):
            return rest[0] not in self._words.shapes["amounts"]
        third = self._words.endings("third_endings")
        verbs = (
            word in self._words.shapes["finite"] or (word.endswith(third) and self._governing.is_deed(word))
            for word in rest[1 : 1 + LONGEST_SUBJECT]
        )
        return self._words.late or any(verbs)

    def _main(self, words: Sequence[str], place: int) -> int | None:
        """Return where the main clause begins behind a condition whose own subject begins at that place."""
        if place >= len(words):
            return None
        predicate = place + (2 if words[place] in self._words.sets["determiners"] else 1)
        while predicate < len(words) and (
            words[predicate] in self._words.shapes["between"] or words[predicate] in self._words.shapes["finite"]
        ):
            predicate += 1
        for later in range(predicate + 1, len(words)):
            if self._asks(words, later):
                return later
            before = words[later - 1]
            led = before in self._words.shapes["leads"] or self._words.is_subject(before)
            owns = self._governing.is_object(words, later + 1) or later == predicate + 1
            thing = words[later] in self._words.shapes["things"] and later > predicate + 1
            if words[later] in self._words.verbs and not led and owns and not thing:
                return later
        return None

    def _asks(self, words: Sequence[str], place: int) -> bool:
        """Return whether a question begins there: "do I lose range", "what happens"."""
        first, following = words[place], words[place + 1] if place + 1 < len(words) else ""
        if first in self._words.sets["interrogatives"]:
            return first not in self._words.sets["subordinating"]
        if self._words.late and following in self._words.shapes["persons"]:
            return True  # "verliere ich dann Reichweite"
        return self._words.inverts(first) and following in self._words.sets["subjects"]
