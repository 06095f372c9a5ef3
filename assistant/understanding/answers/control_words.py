"""Words that steer the conversation: an utterance is one only as a whole, so "stop" is one and "stop the music" is not.

Looks at nothing but the words; what a control does is the dialogue's part.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.answers.yes_or_no import YesOrNo, YesOrNoReader
from assistant.understanding.language import Language
from assistant.understanding.reading import Control
from assistant.understanding.tokens import plain

STEERING = frozenset(Control) - {Control.YES, Control.NO, Control.NEVER_MIND, Control.STOP, Control.THANKS}
"""Control words that are something else where an option is called so; nothing is in the way of a no."""


class Controls:
    """The control words of one language."""

    def __init__(self, language: Language, confirming: YesOrNoReader) -> None:
        self._confirming = confirming
        self._phrases: dict[tuple[str, ...], Control] = {}
        for name, phrases in language.answers["controls"].items():
            for phrase in phrases:
                self._phrases[tuple(plain(phrase).split())] = Control(name)
        self._fillers = sorted(
            (tuple(plain(phrase).split()) for phrase in language.answers["answers"]["fillers"]), key=len, reverse=True
        )
        courtesies = (*language.answers["answers"]["courtesies"], *language.answers["answers"]["hesitations"])
        self._courtesies = frozenset(word for phrase in courtesies for word in plain(phrase).split())
        self._refusals = {tuple(plain(p).split()) for p in language.answers["answers"]["refusals"]}
        self._no = {tuple(plain(p).split()) for p in language.answers["answers"]["strong_no"]}

    def find(self, text: str, *, confirming: bool = False) -> Control | None:
        """Return the control that the whole text is, politeness and a leading "no" aside; else None.

        While a read-back waits (`confirming`), a yes may be "book it", and a no may have a few words beside it.
        """
        if "?" in text and self._confirming.is_yes(plain(text).split()):
            return None
        words = tuple(plain(text).split())
        if not words:
            return None
        direct = self._phrases.get(words) or self._phrases.get(self._bare(words))
        if direct is not None:
            return direct
        if words[:1] in self._no and words[1:]:
            after = self._phrases.get(self._bare(words[1:]))
            if after is not None:
                return after
        if not confirming:
            if "?" not in text and self._confirming.is_yes(words, acts=False):
                return Control.YES
            return Control.NO if self._confirming.is_no(words) else None
        answer = self._confirming.answer(text)
        if answer is YesOrNo.YES:
            return Control.YES
        return Control.NO if answer is YesOrNo.NO else None

    def refuses(self, text: str) -> bool:
        """Return whether the whole text refuses to answer a question: "no thanks", "nothing", "none of them"."""
        words = tuple(plain(text).split())
        return "?" not in text and (words in self._refusals or self._bare(words) in self._refusals)

    def is_mere(self, text: str) -> bool:
        """Return whether a text is nothing but a yes, a no, thanks or a courtesy, and so no value and no request."""
        words = tuple(plain(text).split())
        bare = self._bare(words)
        if not bare:
            return bool(words) and all(word in self._courtesies for word in words)
        steers = bare in self._no or bare in self._refusals or bare in self._phrases
        return steers or self._confirming.is_yes(bare, acts=False)

    def plain_yes(self, text: str) -> bool:
        """Return whether the text is a yes whatever was asked ("yes please", not "send it")."""
        return self._confirming.is_yes(plain(text).split(), acts=False)

    def doubts(self, texts: Sequence[str], rank: int) -> bool:
        """Whether a yes is none: it was not heard first, or the recognizer heard a no or another control word as well.

        "Undo" sounds like "I do", and "speed up" like "yup".
        """
        return rank > 0 or any(self.find(text, confirming=True) not in (None, Control.YES) for text in texts)

    def _bare(self, words: tuple[str, ...]) -> tuple[str, ...]:
        changed = True
        while changed and words:
            changed = False
            for filler in self._fillers:
                if words[: len(filler)] == filler:
                    words, changed = words[len(filler) :], True
                if words and words[-len(filler) :] == filler:
                    words, changed = words[: -len(filler)], True
        return words
