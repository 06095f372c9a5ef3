"""Cuts phrases out of a sentence: what follows a leading word ("about the budget"), and what is left at the end.

Only finds words; what a phrase is worth is decided in `fill`.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.language import Language
from assistant.understanding.tokens import Word, trim


class Phrases:
    """Phrases of one language."""

    def __init__(self, language: Language) -> None:
        self._articles = frozenset(language.words("cutting", "articles"))
        self._boundaries = frozenset(language.words("cutting", "boundaries"))
        self._requests = frozenset(str(language.table("cutting")["requests"]).split())
        self._stops = self._boundaries | self._requests | language.common
        self._orders = self._requests | frozenset(language.mood["imperatives"]) | frozenset(language.words("changing"))
        self._twofold = frozenset(language.words("cutting", "twofold"))
        self._going_on = frozenset(language.words("cutting", "going_on"))
        self._objects = frozenset(language.words("cutting", "objects"))
        self._possessives = frozenset(language.words("places", "possessives"))
        self._common = language.common
        self._units: dict[str, list[tuple[str, ...]]] = {}
        for subject in language.subjects:
            for phrase in subject.said:
                parts = tuple(phrase.split())
                if len(parts) > 1 and not {parts[0], *parts[1:-1]} & (self._common | self._requests - {"fast"}):
                    self._units.setdefault(parts[0], []).append(parts)

    def after(
        self, words: Sequence[Word], cue: Sequence[str], taken: frozenset[int], *, named: bool = False
    ) -> list[tuple[int, int]]:
        """Return the phrases that follow those leading words, without articles, up to the next leading word.

        With `named` the leading words announce a name, which may be a word of any kind.
        """
        found: list[tuple[int, int]] = []
        for start in range(len(words) - len(cue)):
            if any(words[start + i].lower != part for i, part in enumerate(cue)) or start in taken:
                continue
            begin = start + len(cue)
            span = self._phrase(words, begin, taken, named)
            if span is not None:
                found.append(span)
        return found

    def _phrase(self, words: Sequence[Word], begin: int, taken: frozenset[int], named: bool) -> tuple[int, int] | None:
        while begin < len(words) and words[begin].lower in self._articles:
            begin += 1
        end = begin
        while end < len(words) and end not in taken:
            word = words[end]
            hyphened = end > begin and words[end - 1].text == "-" and words[end - 1].end == word.start
            if end > begin and word.lower in self._boundaries and not (hyphened or self._name(words, end)):
                break
            if not word.spoken and word.text not in "-'&./":
                break
            acts = end + 1 < len(words) and words[end + 1].lower in self._objects
            if end > begin and acts and not named:
                break  # "what would a trip to kiel cost me"
            if word.text == "." and (end + 1 >= len(words) or words[end + 1].start > word.end):
                break
            end += 1
        begin, end = trim(words, begin, end)
        if end > begin and words[begin].lower in self._requests and words[begin].text.islower() and not named:
            return None
        if end <= begin or all(word.lower in self._common for word in words[begin:end]):
            return None
        return begin, end

    @staticmethod
    def _name(words: Sequence[Word], place: int) -> bool:
        """Return whether a leading word stands inside a capitalised name ("Bank of America")."""
        if place + 1 >= len(words) or place == 0:
            return False
        return words[place].lower == "of" and words[place - 1].text[0].isupper() and words[place + 1].text[0].isupper()

    def remaining(self, words: Sequence[Word], taken: frozenset[int]) -> list[tuple[int, int]]:
        """Return the runs of words that are no request, leading word, article or value already; longest first."""
        runs: list[tuple[int, int]] = []
        start: int | None = None
        known = self._known(words)
        for place in range(len(words) + 1):
            inside = place < len(words) and place not in taken and (place in known or self.tells(words, place))
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                begin, end = trim(words, start, place)
                if end > begin:
                    runs.append((begin, end))
                start = None
        runs.sort(key=lambda run: (-(run[1] - run[0]), run[0]))
        return runs

    def _known(self, words: Sequence[Word]) -> set[int]:
        """Return the words that are parts of a known compound ("rest stop"), whatever they mean alone."""
        found: set[int] = set()
        for start, word in enumerate(words):
            for parts in self._units.get(word.lower, ()):
                if tuple(w.lower for w in words[start : start + len(parts)]) == parts:
                    found.update(range(start, start + len(parts)))
        return found

    def tells(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a word may be part of what is asked for: no request, leading word or article."""
        word = words[place]
        if not word.spoken:
            return word.text in "-'&"
        between = (
            0 < place < len(words) - 1 and words[place].lower in self._requests and words[place].lower in self._twofold
        )
        if between and words[place - 1].lower in self._articles and words[place + 1].lower in self._going_on:
            return True  # "a call with ben"
        if between and words[place - 1].lower in self._articles and words[place + 1].lower not in self._stops:
            return True  # "a car wash"
        if place + 1 < len(words) and words[place + 1].lower in self._objects:  # "reach me": a verb
            return False
        if word.lower in self._requests or word.lower in self._boundaries or word.lower in self._common:
            return False
        return word.lower not in self._articles

    def asks(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a word is a verb of requests."""
        return words[place].lower in self._requests

    def orders(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a word is a verb of orders, whatever stands around it."""
        return words[place].lower in self._orders

    def opens(self, words: Sequence[Word], place: int) -> bool:
        """Return whether a phrase may begin with that word: one that tells, or an article before it."""
        while place < len(words) and words[place].lower in self._articles:
            place += 1
        return place < len(words) and words[place].spoken and self.tells(words, place)

    def without_articles(self, words: Sequence[Word], start: int, end: int) -> tuple[int, int]:
        """Return the span without articles and punctuation at its ends."""
        start, end = trim(words, start, end)
        while start < end - 1 and words[start].lower in self._articles:
            start += 1
        return start, end
