"""Finds the part of an utterance that asks: chat before and after it is left aside, several requests are parted.

Only cuts and classifies text; it never looks at a catalog.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.understanding.language import Language
from assistant.understanding.tokens import fold

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|\s+-+\s+")
_COMMA = re.compile(r",\s+|:\s+")
MOST_KEPT = 32
"""Texts of which it is kept where their requests begin."""
MOST_CLAUSES = 6
"""Clauses looked at in one utterance; a driver who says more is answered on the first and last ones."""


class ClauseKind(StrEnum):
    """How a clause speaks."""

    QUESTION = "question"
    COMMAND = "command"
    """To change something."""
    WISH = "wish"
    """Asks for something, politely or by a verb that may look or change."""
    STATEMENT = "statement"
    """Asks for nothing in so many words."""


@dataclass(frozen=True)
class Clause:
    """One piece of an utterance that may ask for something."""

    text: str
    mood: ClauseKind


class Clauses:
    """Cuts utterances of one language."""

    def __init__(self, language: Language) -> None:
        self._bare: dict[str, str] = {}
        self._questions = tuple(tuple(words.split()) for words in language.words("questions"))
        self._not_questions = tuple(tuple(words.split()) for words in language.words("not_questions"))
        self._pleas = sorted((tuple(words.split()) for words in language.words("pleas")), key=len, reverse=True)
        self._closing = tuple(tuple(words.split()) for words in language.words("closing_pleas"))
        self._governing = frozenset(language.words("governing"))
        self._auxiliaries = frozenset(language.words("auxiliaries"))
        self._same = sorted(language.words("references", "same"), key=len, reverse=True)
        self._continuing = sorted(language.words("references", "continuing"), key=len, reverse=True)
        self._changing = frozenset(language.words("changing"))
        self._requests = frozenset(language.words("changing")) | frozenset(language.words("asking"))
        joins = sorted(language.words("joins"), key=len, reverse=True)
        joined = "|".join(re.escape(join) for join in joins)
        self._join = re.compile(rf"(?:,?\s+(?:{joined})|[,;.!?])\s+", re.IGNORECASE)
        self._joined = re.compile(rf"^\s*(?:(?:{joined})\s+)+", re.IGNORECASE)

    def asking(self, text: str) -> list[Clause]:
        """Return the whole utterance, and where it has several clauses those that ask, or all where none does.

        The whole speaks as its last asking clause does: "my hands are full, can you open the trunk?" is no statement.
        """
        clauses = [Clause(piece, self.mood(piece)) for piece in self._pieces(text)]
        asking = [clause for clause in clauses if clause.mood is not ClauseKind.STATEMENT]
        return [Clause(text, asking[-1].mood if asking else self.mood(text)), *(asking or clauses)]

    @staticmethod
    def _pieces(text: str) -> list[str]:
        """Return the sentences and comma clauses of an utterance that has several; empty for a single one."""
        sentences = [part for part in _SENTENCE.split(text) if part.strip()]
        found: list[str] = list(sentences) if len(sentences) > 1 else []
        for sentence in sentences:
            pieces = [piece for piece in _COMMA.split(sentence) if len(piece.split()) >= 3]
            if len(pieces) > 1:
                found.extend(pieces)
        if len(found) > MOST_CLAUSES:
            found = [*found[:2], *found[2 - MOST_CLAUSES :]]
        return found

    def is_question(self, words: Sequence[str]) -> bool:
        """Return whether folded words open as a question; a polite command ("can you ...") is none."""
        if any(tuple(words[: len(opening)]) == opening for opening in self._not_questions):
            return False
        return any(tuple(words[: len(opening)]) == opening for opening in self._questions)

    def mood(self, text: str) -> ClauseKind:
        """Return how a clause speaks: as a question, as a command, or as neither."""
        words = [word.strip(",.!?:;") for word in fold(text).split()]
        rest = [word.strip(",.!?:;") for word in fold(self.without_pleas(text)).split()]
        if self.is_question(words) or (self.is_question(rest) and not self._is_infinitive(words, rest)):
            return ClauseKind.QUESTION
        pleads = any(tuple(words[-len(plea) :]) == plea for plea in self._closing if len(plea) < len(words))
        polite = pleads or any(
            tuple(words[i : i + len(o)]) == o for o in self._not_questions for i in range(min(3, len(words)))
        )
        if "?" in text and not polite:
            return ClauseKind.QUESTION
        if rest and rest[0] in self._changing:
            return ClauseKind.COMMAND
        return (
            ClauseKind.WISH
            if rest and (rest[0] in self._requests or polite or len(rest) < len(words))
            else ClauseKind.STATEMENT
        )

    def _is_infinitive(self, words: Sequence[str], rest: Sequence[str]) -> bool:
        """Return whether what follows the opening is governed by it: "have", of "I'd love to have it open"."""
        opening = words[: len(words) - len(rest)]
        return bool(opening) and opening[-1] in self._governing and rest[0] in self._auxiliaries

    def continues(self, text: str) -> tuple[bool, str] | None:
        """Return whether a text goes on from the request before: as the same again or not, and its new part."""
        bare = fold(text).strip()
        for same, phrases in ((True, self._same), (False, self._continuing)):
            for phrase in phrases:
                if bare == phrase or (bare.startswith(phrase) and not bare[len(phrase)].isalnum()):
                    return same, text.lstrip()[len(phrase) :].lstrip(" ,")
        return None

    def halves(self, text: str) -> list[tuple[str, str]]:
        """Return the ways to part a text at a joining word, each as the two halves."""
        return [
            (text[: found.start()], text[found.end() :])
            for found in self._join.finditer(text)
            if found.start() > 0 and found.end() < len(text)
        ][:MOST_CLAUSES]

    def joins(self, text: str) -> bool:
        """Return whether a text begins with a word that joins two requests, behind a mark or not."""
        return self._joined.match(text.lstrip(" ,;.!?")) is not None

    def without_joins(self, text: str) -> str:
        """Return a clause without the words that join it to the one before ("and start charging please")."""
        return self._joined.sub("", text).strip(" ,;.")

    def opens_request(self, text: str) -> bool:
        """Return whether a text begins as a request does: with a verb that asks, or as a question."""
        words = [word.strip(",.!?:;") for word in fold(self.without_pleas(text)).split()]
        return bool(words) and (words[0] in self._requests or self.is_question(words))

    def asks(self, text: str) -> bool:
        """Return whether a text begins as a question."""
        words = [word.strip(",.!?:;") for word in fold(self.without_pleas(text)).split()]
        return self.is_question(words)

    def same_opening(self, one: str, other: str) -> bool:
        """Return whether both texts begin as requests, so that one tool is wanted twice."""
        return self.opens_request(one) and self.opens_request(other)

    def without_pleas(self, text: str) -> str:
        """Return the text from where its request begins ("could you please call Anna" -> "call Anna")."""
        found = self._bare.get(text)
        if found is None:
            if len(self._bare) >= MOST_KEPT:
                self._bare.clear()
            found = self._bare[text] = self._without_pleas(text)
        return found

    def _without_pleas(self, text: str) -> str:
        rest = text.lstrip()
        changed = True
        while changed:
            changed = False
            words = fold(rest).split()
            bare = [word.strip(",.!?:;") for word in words]
            for plea in self._pleas:
                if len(bare) > len(plea) and tuple(bare[: len(plea)]) == plea:
                    rest = rest.split(maxsplit=len(plea))[-1]
                    changed = True
                    break
        return rest
