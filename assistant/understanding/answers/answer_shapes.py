"""Whether a sentence has the shape of an answer to a question for a number, a day, a time or a listed value.

A question ("is it 17 degrees outside"), a statement about something else ("my daughter is 17") and another order
are no answers, whatever numbers they hold. Pure; reads no values.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.understanding.language import Language
from assistant.understanding.mood_words import MoodPart
from assistant.understanding.tokens import cut, fold


class AnswerShapes:
    """The shapes of one language."""

    def __init__(self, language: Language) -> None:
        raw = language.answers["answer_shapes"]
        self._questions = frozenset(raw["questions"])
        self._offers = tuple(tuple(phrase.split()) for phrase in raw["offers"])
        self._finite = frozenset(raw["finite"])
        self._subjects = frozenset(raw["subjects"])
        self._openings = tuple(tuple(phrase.split()) for phrase in raw["openings"])
        self._headed = tuple(tuple(phrase.split()) for phrase in raw["headed"])
        self._speakers = frozenset(language.mood["shapes"]["wishers"])
        self._wanting = frozenset(language.mood["withdrawing"]["words"]["wanting"])
        self._welcome = frozenset(raw["welcome"])
        self._determiners = frozenset(language.mood["determiners"])
        pairs = [pair for pair in language.mood["pairs"] if pair["axis"] == "direction"]
        compared = (word for pair in pairs for side in ("plus", "minus") for word in pair[side])
        self._comparing = frozenset(map(fold, (*compared, *language.mood["shapes"]["better"])))
        self._verbs = (language.commands | frozenset(raw["orders"])) - frozenset(raw["giving"])

    def fits(self, text: str, names: Collection[str], own: Collection[str]) -> bool:
        """Return whether a text may answer a question.

        `names` are the words of the parameter asked for, `own` those of the tool's name.
        """
        words = [word.lower for word in cut(text) if word.spoken]
        if not words or any(_opens(offer, words) for offer in self._offers):
            return True
        if len(words) > 1 and (words[0] in self._questions or (words[0] in self._verbs and words[0] not in own)):
            return False  # a lone word is a listed value ("head") before it is a verb
        return not self.is_of_another(text, names)

    def is_of_another(self, text: str, names: Collection[str]) -> bool:
        """Return whether a text is a statement about something else: "my daughter is 17", "the kids are asleep"."""
        words = [word.lower for word in cut(text) if word.spoken]
        for place, word in enumerate(words[1:], 1):
            if word in self._finite:
                about = self._subjects | {*names}
                told = any(one in about for one in words[:place]) or any(_opens(one, words) for one in self._openings)
                behind = {*words[place + 1 :]}
                return not told and (not self._welcome & behind or bool(self._determiners & behind))  # "a nice town"
        return False

    def tells(self, text: str, parts: Sequence[MoodPart]) -> bool:
        """Return whether a statement says what something is, or where somebody goes: "it's Peter", not "it's cooler".

        `parts` are the moods of the text.
        """
        words = [word.lower for word in cut(text) if word.spoken]
        if any(_opens(opening, words) for opening in self._headed):
            return True
        return any(part.equates for part in parts) and not self.compares(text)

    def gives(self, text: str, names: Collection[str], parts: Sequence[MoodPart]) -> bool:
        """Return whether a statement gives a value of the request that it is said to: "there will be four of us".

        `names` are the words of its parameters and of its tool's name, `parts` the moods of the text.
        """
        words = [word.lower for word in cut(text) if word.spoken]
        if any(_opens(opening, words) for opening in self._openings) or not {*names}.isdisjoint(words):
            return True
        if self.tells(text, parts) and not self.is_of_another(text, names):
            return True
        verb = words[1] if len(words) > 1 else ""
        if words and words[0] in self._subjects and verb in self._finite:
            return True
        return bool(words) and words[0] in self._speakers and not self._wanting.isdisjoint(words[1:4])

    def compares(self, text: str) -> bool:
        """Return whether a text compares a thing with another: "two degrees cooler in the garage"."""
        return not self._comparing.isdisjoint(word.lower for word in cut(text))


def _opens(phrase: Sequence[str], words: Sequence[str]) -> bool:
    return tuple(words[: len(phrase)]) == tuple(phrase)
