"""How an answer to a read-back is taken: yes, no, change or unclear. Strict, because a yes lets things happen.

A yes is a yes only where every word of the answer is known to belong to one. It decides nothing about tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from assistant.understanding.language import Language
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.words import Word, cut, plain

LONGEST_ANSWER = 25
"""Words beyond which nobody answers a read-back; longer speech was meant for somebody else."""
FEW = 4
"""Words that may stand beside a no that does not open the answer."""
Phrase = tuple[str, ...]


class Answer(StrEnum):
    """What an answer to a read-back is."""

    YES = "yes"
    NO = "no"
    CHANGE = "change"
    UNCLEAR = "unclear"


class Confirming:
    """Takes answers in one language."""

    def __init__(self, language: Language) -> None:
        answers = language.answers["answers"]
        self._finder = EntityFinder(language)
        self._fillers = _phrases(answers["fillers"])
        acts = [f"{verb} {object_}" for verb in answers["verbs"] for object_ in answers["objects"]]
        led = [f"{lead} {act}" for lead in answers["leads"] for act in acts]
        self._yes = _phrases([*answers["yes"], *acts, *led, *answers["leads"][1:2]])
        self._no = _phrases(answers["no"])
        self._strong_no = _phrases(answers["strong_no"])
        self._hedges = _phrases(answers["hedges"])
        self._others = _phrases(answers["others"])
        self._change = _phrases(answers["change"])
        self._clear_change = _phrases(answers["clear_change"])
        self._not_values = _phrases(answers["not_values"])
        self._lead_ins = sorted(_phrases(answers["lead_ins"]), key=len, reverse=True)
        self._trailers = sorted(_phrases(answers["trailers"]), key=len, reverse=True)
        self._questions = _phrases(language.words("questions"))
        self._not_questions = _phrases(language.words("not_questions"))

    def answer(self, text: str) -> Answer:
        """Return how the answer is taken; the empty answer is unclear."""
        words = plain(text).split()
        if not words or len(words) > LONGEST_ANSWER or not _latin(text):
            return Answer.UNCLEAR
        question = "?" in text
        if not question and self.is_yes(words):
            return Answer.YES
        if any(_has(words, phrase) for phrase in self._others):
            return Answer.UNCLEAR
        hedged = any(_has(words, phrase) for phrase in self._hedges)
        changes = self._changes(text, words)
        if changes and not (question and not self._asks_for_change(words)):
            return Answer.CHANGE if not hedged or self._value(text) else Answer.UNCLEAR
        refused = any(tuple(words[: len(phrase)]) == phrase for phrase in self._strong_no)
        if hedged or question or (self._opens_question(words) and not refused):
            return Answer.UNCLEAR
        return Answer.NO if self._says_no(words) else Answer.UNCLEAR

    def is_yes(self, words: Sequence[str]) -> bool:
        """Return whether folded words are made of phrases that mean yes, and fillers, and nothing else."""
        text = tuple(words)
        if any(text == hedge for hedge in self._hedges):
            return False
        reached = {0: False}  # place -> whether a yes was on the way
        for place in range(len(text)):
            if place not in reached:
                continue
            for phrases, agrees in ((self._yes, True), (self._fillers, False)):
                for size in range(1, 8):
                    if text[place : place + size] in phrases and place + size <= len(text):
                        reached[place + size] = reached.get(place + size, False) or reached[place] or agrees
        return reached.get(len(text), False)

    def _says_no(self, words: Sequence[str]) -> bool:
        found = [(place, phrase) for phrase in self._no for place in _places(words, phrase)]
        if not found:
            return False
        opening = list(words)
        while opening and any(tuple(opening[: len(f)]) == f for f in self._fillers if len(f) == 1):
            opening.pop(0)
        opens = any(tuple(opening[: len(phrase)]) == phrase for phrase in self._no)
        covered = {i for place, phrase in found for i in range(place, place + len(phrase))}
        agreeing = {
            i for phrase in self._yes for place in _places(words, phrase) for i in range(place, place + len(phrase))
        }
        others = len(words) - len(covered | agreeing)
        return opens or others <= FEW

    def _changes(self, text: str, words: Sequence[str]) -> bool:
        """Return whether the answer gives a new value, or says that one is wanted."""
        value = self._value(text)
        if self._opens_question(words) and not self._asks_for_change(words):
            return False
        if value:
            return True
        if any(_has(words, phrase) for phrase in self._clear_change):
            return True
        marked = any(_has(words, phrase) for phrase in self._change)
        return marked and bool(self.rest(text)) and self._more_than_no(words)

    def _more_than_no(self, words: Sequence[str]) -> bool:
        """Return whether words are left that are no yes, no, filler or mark of a change."""
        covered: set[int] = set()
        for phrases in (self._yes, self._no, self._fillers, self._change):
            for phrase in phrases:
                for place in _places(words, phrase):
                    covered.update(range(place, place + len(phrase)))
        return len(covered) < len(words)

    def _value(self, text: str) -> bool:
        """Return whether the text holds a number, day, time or the like that is no figure of speech."""
        words = cut(text)
        lower = [word.lower for word in words]
        spent = {i for p in self._not_values for place in _places(lower, p) for i in range(place, place + len(p))}
        found = [(stretch.start, stretch.end) for stretch in self._finder.find(text, 0.0, 0.0).typed]
        return any(not spent.issuperset(range(start, end)) for start, end in found)

    def _opens_question(self, words: Sequence[str]) -> bool:
        text = tuple(words)
        return any(text[: len(phrase)] == phrase for phrase in self._questions | self._not_questions)

    def _asks_for_change(self, words: Sequence[str]) -> bool:
        return any(_has(words, phrase) for phrase in self._clear_change)

    def rest(self, text: str) -> str:
        """Return the answer without what leads in a change ("no, make it eight" -> "eight")."""
        words = [word for word in cut(text) if word.spoken]
        start, end = 0, len(words)
        start = self._skip(words, start, end)
        changed = True
        while changed and end > start:
            changed = False
            for phrase in self._trailers:
                if end - start > len(phrase) and _lower(words[end - len(phrase) : end]) == phrase:
                    end, changed = end - len(phrase), True
                    break
        return text[words[start].start : words[end - 1].end] if end > start else ""

    def _skip(self, words: Sequence[Word], start: int, end: int) -> int:
        changed = True
        while changed and start < end:
            changed = False
            for phrase in self._lead_ins:
                if _lower(words[start : start + len(phrase)]) == phrase:
                    start, changed = start + len(phrase), True
                    break
        return start


def _phrases(raw: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(plain(phrase).split()) for phrase in raw)


def _lower(words: Sequence[Word]) -> Phrase:
    return tuple(word.lower for word in words)


def _places(words: Sequence[str], phrase: Phrase) -> list[int]:
    size = len(phrase)
    return [i for i in range(len(words) - size + 1) if tuple(words[i : i + size]) == phrase]


def _has(words: Sequence[str], phrase: Phrase) -> bool:
    return bool(_places(words, phrase))


def _latin(text: str) -> bool:
    return not re.search(r"[^\W\d_a-zA-ZÀ-ɏ]", text)
