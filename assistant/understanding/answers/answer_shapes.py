"""Whether a sentence has the shape of an answer to a question for a number, a day, a time or a listed value.

A question ("is it 17 degrees outside"), a statement about something else ("my daughter is 17") and another order
are no answers, whatever numbers they hold. Pure; reads no values.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.understanding.language import Language
from assistant.understanding.tokens import cut


class AnswerShapes:
    """The shapes of one language."""

    def __init__(self, language: Language) -> None:
        raw = language.answers["answer_shapes"]
        self._questions = frozenset(raw["questions"])
        self._offers = tuple(tuple(phrase.split()) for phrase in raw["offers"])
        self._finite = frozenset(raw["finite"])
        self._subjects = frozenset(raw["subjects"])
        self._openings = tuple(tuple(phrase.split()) for phrase in raw["openings"])
        self._welcome = frozenset(raw["welcome"])
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
        for place, word in enumerate(words[1:], 1):
            if word in self._finite:
                about = self._subjects | {*names}
                told = any(one in about for one in words[:place]) or any(_opens(one, words) for one in self._openings)
                return told or bool(self._welcome & {*words[place + 1 :]})
        return True


def _opens(phrase: Sequence[str], words: Sequence[str]) -> bool:
    return tuple(words[: len(phrase)]) == tuple(phrase)
