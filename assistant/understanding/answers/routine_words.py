"""What a sentence says of a routine, whose name may be any words: "delete the routine leaving work".

Only reads words; which routines there are, and what becomes of one, is the conversation's part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.understanding.answers.clauses import Clauses
from assistant.understanding.language import Language
from assistant.understanding.tokens import plain

_PAUSE = re.compile(r"[:;]\s|[.,!?]\s")


class RoutineDeed(StrEnum):
    """What is wanted of a routine."""

    MAKE = "make"
    DELETE = "delete"
    START = "start"


@dataclass(frozen=True)
class SaidOfRoutine:
    """A deed and the name of the routine that it is for, in plain words."""

    deed: RoutineDeed
    name: str
    surely: bool = False
    """Whether the name stands behind the word, which is said of nothing else: "the routine good night"."""


class RoutineWords:
    """Reads what is said of routines in one language."""

    def __init__(self, language: Language) -> None:
        self._clauses = Clauses(language)
        said = language.answers["routines"]
        articles, nouns, naming = (_any(said[kind]) for kind in ("articles", "nouns", "naming"))
        self._nouns = re.compile(rf"\b(?:{nouns})s?\b")
        self._forms = {
            deed: re.compile(
                rf"(?:{_any(said[deed.value])}) (?:(?:{articles}) )?(?:new )?"
                rf"(?:(?:{nouns})(?: (?:{naming}))? (?P<behind>.+)|(?P<before>.+) (?:{nouns}))"
            )
            for deed in RoutineDeed
        }
        self._bare = {
            deed: re.compile(rf"(?:{_any(said[deed.value])}) (?:(?:{articles}) )?(?P<name>.+)")
            for deed in (RoutineDeed.DELETE, RoutineDeed.START)
        }
        self._now_is = re.compile(rf"(?:{_any(said['now_is'])}) (?P<name>.+)")
        self._ending = re.compile(rf"(?: (?:{_any(said['ending'])}))+$")
        self._cutting = re.compile(rf" (?:{_any(said['cutting'])}) .*$")
        self._answering = re.compile(rf"(?:{_any(said['answering'])}) (?P<name>.+)")
        self._articles = frozenset(plain(word) for word in said["articles"])
        self._unnamed = frozenset(plain(word) for word in (*said["unnamed"], *said["articles"], *said["nouns"]))

    def names_any(self, text: str) -> bool:
        """Return whether the word "routine" is said at all."""
        return self._nouns.search(plain(text)) is not None

    def said(self, text: str) -> SaidOfRoutine | None:
        """Return what a sentence wants of a routine that it names and calls a routine; None if it wants none."""
        words = self._order(text)
        for deed, form in self._forms.items():
            head = self._cutting.sub("", self._order(_PAUSE.split(text, 1)[0])) if deed is RoutineDeed.MAKE else words
            found = form.fullmatch(head)
            name = (found["behind"] or found["before"]) if found else ""
            own = {*name.split()} - self._unnamed
            if own and (found is None or found["behind"] or self._articles.isdisjoint(name.split())):
                return SaidOfRoutine(deed, name, surely=bool(found and found["behind"]))
        return None

    def bare(self, text: str) -> tuple[SaidOfRoutine, ...]:
        """Return what a sentence may want of a routine that it does not call one: "delete leaving work"."""
        words = self._order(text)
        found = ((deed, form.fullmatch(words)) for deed, form in self._bare.items())
        return tuple(SaidOfRoutine(deed, match["name"]) for deed, match in found if match)

    def happening(self, text: str) -> Sequence[str]:
        """Return the names of routines that a sentence says the moment of: itself, and what follows "i'm"."""
        words = plain(text)
        kept = [words, self._ending.sub("", words)]
        kept += [found["name"] for each in kept if (found := self._now_is.fullmatch(each))]
        return tuple(dict.fromkeys(kept))

    def named(self, text: str) -> str:
        """Return the name that an answer to "what shall it be called?" gives: "call it pay anna" -> "pay anna"."""
        words = plain(text)
        found = self._answering.fullmatch(words)
        return found["name"] if found else words

    def _order(self, text: str) -> str:
        """Return the plain words of an order without what is polite around it."""
        return self._ending.sub("", plain(self._clauses.without_pleas(text)))


def _any(phrases: Sequence[str]) -> str:
    """Return a pattern of any of the phrases, longer ones first."""
    return "|".join(re.escape(plain(phrase)) for phrase in sorted(phrases, key=len, reverse=True))
