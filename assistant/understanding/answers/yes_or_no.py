"""How an answer to a read-back is taken: yes, no, change or unclear. Strict, because a yes lets things happen.

A yes is a yes only where every word of the answer is known to belong to one. It decides nothing about tools.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.tokens import cut, plain

LONGEST_ANSWER = 25
"""Words beyond which nobody answers a read-back; longer speech was meant for somebody else."""
FEW = 4
"""Words that may stand beside a no that does not open the answer."""


class YesOrNo(StrEnum):
    """What an answer to a read-back is."""

    YES = "yes"
    NO = "no"
    CHANGE = "change"
    UNCLEAR = "unclear"


class YesOrNoReader:
    """Takes answers in one language."""

    def __init__(self, language: Language) -> None:
        answers = language.answers["answers"]
        self._finder = EntityFinder(language)
        self._fillers = PhraseSet(answers["fillers"])
        acts = [f"{verb} {object_}" for verb in answers["verbs"] for object_ in answers["objects"]]
        led = [f"{lead} {act}" for lead in answers["leads"] for act in acts]
        agreeing = [form for phrase in answers["yes"] for form in _forms(phrase, answers["contractions"])]
        self._judgement = [PhraseSet(answers[f"agree_{part}"]) for part in ("subjects", "links", "adverbs", "ends")]
        self._yes = PhraseSet([*agreeing, *acts, *led])
        self._plain_yes = PhraseSet(agreeing)
        self._no = PhraseSet(answers["no"])
        self._strong_no = PhraseSet(answers["strong_no"])
        self._hedges = PhraseSet(answers["hedges"])
        self._mockery = PhraseSet(answers["mockery"])
        self._hesitations = PhraseSet(answers["hesitations"])
        self._others = PhraseSet(answers["others"])
        self._change = PhraseSet(answers["change"])
        self._clear_change = PhraseSet(answers["clear_change"])
        self._not_values = PhraseSet(answers["not_values"])
        self._lead_ins = PhraseSet(answers["lead_ins"])
        self._trailers = PhraseSet(answers["trailers"])
        self._questions = PhraseSet([*language.words("questions"), *language.words("not_questions")])

    def answer(self, text: str) -> YesOrNo:
        """Return how the answer is taken; the empty answer is unclear."""
        words = plain(text).split()
        if not words or len(words) > LONGEST_ANSWER or not _latin(text):
            return YesOrNo.UNCLEAR
        question = "?" in text
        if not question and self.is_yes(words):
            return YesOrNo.YES
        if self._others.within(words):
            return YesOrNo.UNCLEAR
        while len(words) > 1 and self._hesitations.opens(words):
            words = words[1:]
        hedged = self._hedges.within(words)
        value = self._value(text)
        changes = self._changes(text, words, value)
        if changes and not (question and not self._clear_change.within(words)):
            return YesOrNo.CHANGE if not hedged or value else YesOrNo.UNCLEAR
        refused = self._strong_no.opens(words)
        if hedged or question or (self._questions.opens(words) and not refused):
            return YesOrNo.UNCLEAR
        return YesOrNo.NO if self._says_no(words) else YesOrNo.UNCLEAR

    def is_yes(self, words: Sequence[str], *, acts: bool = True) -> bool:
        """Return whether folded words are made of phrases that mean yes, and fillers, and nothing else.

        `acts` is whether "book it" and the like are among them, as they are only after a read-back.
        """
        if tuple(words) in self._hedges or self._mockery.within(words):
            return False
        reached = {0: False}  # place -> whether a yes was on the way
        for place in range(len(words)):
            if place not in reached:
                continue
            for phrases, agrees in ((self._yes if acts else self._plain_yes, True), (self._fillers, False)):
                for end in phrases.ends(words, place):
                    reached[end] = reached.get(end, False) or reached[place] or agrees
            for end in self._judgement_ends(words, place):
                reached[end] = True
        return reached.get(len(words), False)

    def _judgement_ends(self, words: Sequence[str], start: int) -> set[int]:
        """Return where "that is all correct", "it sounds perfect" and their kin end, if one begins there."""
        subjects, links, adverbs, ends = self._judgement
        places = {place for place in subjects.ends(words, start) if place < len(words)}
        contracted = {place for place in places if "'" in words[place - 1]}
        places = {end for place in places for end in links.ends(words, place)} | contracted
        places |= {end for place in places for end in adverbs.ends(words, place)}
        return {end for place in places for end in ends.ends(words, place)}

    def is_no(self, words: Sequence[str]) -> bool:
        """Return whether folded words are made of phrases that mean no, or yes, and fillers, with a no among them."""
        covered = self._no.covered(words)
        others = self._plain_yes.covered(words) | self._fillers.covered(words)
        return bool(covered) and not self._hedges.within(words) and len(covered | others) == len(words)

    def _says_no(self, words: Sequence[str]) -> bool:
        covered = self._no.covered(words)
        if not covered:
            return False
        start = 0
        while (end := next(self._fillers.ends(words, start), None)) is not None:
            start = end
        others = len(words) - len(covered | self._yes.covered(words))
        return self._no.opens(words[start:]) or others <= FEW

    def _changes(self, text: str, words: Sequence[str], value: bool) -> bool:
        """Return whether the answer gives a new value, or says that one is wanted."""
        asks = self._questions.opens(words) and not self._yes.opens(words)
        if asks and not self._clear_change.within(words):
            return False
        if value or self._clear_change.within(words):
            return True
        return self._change.within(words) and bool(self.rest(text)) and self._more_than_no(words)

    def _more_than_no(self, words: Sequence[str]) -> bool:
        """Return whether words are left that are no yes, no, filler or mark of a change."""
        covered: set[int] = set()
        for phrases in (self._yes, self._no, self._fillers, self._change):
            covered |= phrases.covered(words)
        return len(covered) < len(words)

    def _value(self, text: str) -> bool:
        """Return whether the text holds a number, day, time or the like that is no figure of speech."""
        entities = self._finder.find(text, 0.0, 0.0)
        spent = self._not_values.covered(entities.lowered)
        return any(not spent.issuperset(range(found.start, found.end)) for found in entities.typed)

    def rest(self, text: str) -> str:
        """Return the answer without what leads in a change ("no, make it eight" -> "eight")."""
        words = [word for word in cut(text) if word.spoken]
        lower = [word.lower for word in words]
        start, end = 0, len(words)
        while (after := next(self._lead_ins.ends(lower, start), None)) is not None:
            start = after
        while (before := self._trailer(lower, start, end)) is not None:
            end = before
        return text[words[start].start : words[end - 1].end] if end > start else ""

    def _trailer(self, lower: Sequence[str], start: int, end: int) -> int | None:
        """Return where the longest trailing phrase begins; None where there is none, or nothing else."""
        for place in range(max(start + 1, end - 3), end):
            if tuple(lower[place:end]) in self._trailers:
                return place
        return None


def _forms(phrase: str, contractions: Mapping[str, str]) -> set[str]:
    """Return the phrase with its contractions as they are, and written apart."""
    words = phrase.split()
    return {phrase, " ".join(contractions.get(word, word) for word in words)}


def _latin(text: str) -> bool:
    return not re.search(r"[^\W\d_a-zA-ZÀ-ɏ]", text)
