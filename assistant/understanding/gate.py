"""What a clause may reach: its mood decides before any score does, and its words of polarity must be taken up.

Every proposal passes here, whoever made it: typed, heard, continued, or a language model's. It proposes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.looking import answering, may_answer
from assistant.understanding.mood import Mood, Moods, Part
from assistant.understanding.polarity import Polarity
from assistant.understanding.reading import Half, Interpretation, Span
from assistant.understanding.words import name_words, spoken_words
from client.catalog import Tool
from client.values import JSON


@dataclass(frozen=True)
class Passed:
    """What became of a proposal."""

    arguments: Mapping[str, JSON] | None
    """With which the tool may be called; None if it may not."""
    half: Half | None = None
    """Why not, if the tool does the opposite or only part of what was said."""


class Gate:
    """The gate in one language."""

    def __init__(self, language: Language) -> None:
        self.moods = Moods(language)
        self._polarity = Polarity(language)
        undoing = language.mood["undoing"]
        self._undoing = frozenset(undoing["tools"])

    def may_reach(self, part: Part, tool: Tool) -> bool:
        """Return whether a clause of this mood may reach the tool at all."""
        match part.mood:
            case Mood.DO:
                return not part.ending or -1 in self._polarity.does(tool).get("being", frozenset()) or may_answer(tool)
            case Mood.TELL:
                return may_answer(tool)
            case Mood.UNDO:
                return bool(self._undoing & {*name_words(tool.name), *spoken_words(tool.description)[:3]})
            case Mood.DO_NOT | Mood.DROP:
                return False

    def passed(
        self, part: Part, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]
    ) -> Passed:
        """Return with which arguments a clause may call the tool; `spans` tells where in the text they were said."""
        if not self.may_reach(part, tool):
            return Passed(None)
        if part.mood is Mood.TELL:
            return Passed(answering(tool, arguments))
        if may_answer(tool) and answering(tool, arguments) == arguments:
            return Passed(arguments)  # a tool that looks is no opposite of anything
        if part.mood is not Mood.DO or part.ending:
            return Passed(arguments)
        verdict = self._polarity.verdict(text, tool, arguments, spans)
        return Passed(None if verdict.half else verdict.arguments, verdict.half)

    def turns(self, part: Part, text: str, tool: Tool) -> bool:
        """Return whether a text says one of two opposites between which a parameter of the tool chooses."""
        if part.mood is not Mood.DO:
            return False
        return any(self._polarity.switches(tool, said.axis) for said in self._polarity.said(text))

    def checked(self, text: str, tool: Tool, found: Interpretation) -> Interpretation | None:
        """Return a proposal for a whole utterance as it may stand, or None: what any outside source must pass."""
        parts = self.moods.parts(text)
        for part in parts:
            passed = self.passed(part, text[part.start : part.end], tool, found.arguments, {})
            if passed.arguments is not None:
                missing = tuple(name for name in tool.required if name not in passed.arguments)
                return replace(found, arguments=passed.arguments, missing=missing)
        return None
