"""Courtesies that are addressed to McQueen and are part of no value: "add milk please" adds milk.

Takes them off the ends of free words. Words for somebody else keep a "please" of their own ("call me please").
Pure; knows no tool beyond the names of its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.understanding.language import Language
from assistant.understanding.reading import Span
from assistant.understanding.slots.fill import Filled
from assistant.understanding.tokens import cut, name_words
from client.catalog import Tool

WORDED = frozenset({"message", "body", "text", "content", "note", "comment", "reply", "announcement", "nachricht"})
"""Words of the names of parameters whose values may be sentences."""


class Courtesies:
    """The courtesies of one language."""

    def __init__(self, language: Language) -> None:
        phrases = [tuple(phrase.split()) for phrase in language.answers["answers"]["courtesies"]]
        self._phrases = sorted(phrases, key=len, reverse=True)
        self._words = frozenset(word for phrase in phrases for word in phrase)
        self._pleas = frozenset(language.mood["closing_plea"])
        self._asking = frozenset(language.words("changing")) | frozenset(language.words("asking"))
        self._asking |= frozenset(language.mood["imperatives"]) | frozenset(language.mood["asking_for"])

    def without(self, filled: Filled, text: str, tool: Tool) -> Filled:
        """Return the values of a text without courtesies at their ends; one that is nothing else is left out."""
        arguments, spans = dict(filled.arguments), dict(filled.spans)
        for name, span in filled.spans.items():
            said = text[span.start : span.end]
            if arguments.get(name) != said or "enum" in tool.properties.get(name, {}):
                continue
            last = not text[span.end :].strip(" .!?")
            kept = self._bare(said, worded=bool(WORDED & {*name_words(name)}), last=last)
            if kept is None:
                del arguments[name], spans[name]
            elif kept != said:
                start = span.start + said.index(kept)
                arguments[name], spans[name] = kept, Span(start, start + len(kept))
        return replace(filled, arguments=arguments, spans=spans)

    def _bare(self, said: str, *, worded: bool, last: bool) -> str | None:
        """Return words without courtesies at their ends, None if they are nothing else; `last` ends what was said."""
        words = [word for word in cut(said) if word.spoken]
        lower = tuple(word.lower for word in words)
        start, end = 0, len(words)
        if all(word in self._words for word in lower):
            return None
        while not worded and lower[start] in self._pleas:
            start += 1
        addressed = not worded or (last and lower[0] not in self._asking)
        while addressed and (size := self._closing(lower[start:end])):
            end -= size
        return said if (start, end) == (0, len(words)) else said[words[start].start : words[end - 1].end]

    def _closing(self, lower: Sequence[str]) -> int:
        return next((len(each) for each in self._phrases if tuple(lower[-len(each) :]) == each != tuple(lower)), 0)
