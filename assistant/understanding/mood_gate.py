"""What a clause may reach: its mood decides before any score does, and its words of polarity must be taken up.

Every proposal passes here, whoever made it: typed, heard, continued, or a language model's. It proposes nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.looking import Looking
from assistant.understanding.mood import Mood, MoodPart, Moods
from assistant.understanding.polarity import Polarity
from assistant.understanding.reading import Half, Interpretation, Span
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Catalog, Tool
from client.values import JSON

TELLING = frozenset({"state", "states", "status", "statuses", "context"})
"""Words of tools that tell how things are."""
ANYTHING = frozenset("context device devices entity entities home house system things vehicle car appliances".split())
"""Words of those that tell of everything that their server knows."""
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")


@dataclass(frozen=True)
class Passed:
    """What became of a proposal."""

    arguments: Mapping[str, JSON] | None
    """With which the tool may be called; None if it may not."""
    half: Half | None = None
    """Why not, if the tool does the opposite or only part of what was said."""


class Gate:
    """The gate of one catalog, in one language."""

    def __init__(self, language: Language) -> None:
        """What is found of a tool is kept by its qualified name."""
        self.moods = Moods(language)
        self._stem = language.stem
        self._common = language.common | frozenset(language.mood["undoing"]["tools"])
        self._polarity = Polarity(language)
        self._looking = Looking(language)
        undoing = language.mood["undoing"]
        self._undoing = frozenset(undoing["tools"])
        self._states = frozenset((*language.mood["states"], *language.mood["state_verbs"]))
        self._answers: dict[str, bool] = {}
        self._barred: dict[tuple[Mood, bool, int], frozenset[str]] = {}
        self._reachable: dict[tuple[Mood, bool, str], bool] = {}

    def may_reach(self, part: MoodPart, tool: Tool) -> bool:
        """Return whether a clause of this mood may reach the tool at all."""
        if part.denied and part.denied & {self._stem(word) for word in name_words(tool.name)}:
            return False  # "don't forget it" is no order to forget it
        key = (part.mood, part.ending, tool.qualified)
        found = self._reachable.get(key)
        if found is None:
            found = self._reachable[key] = self._reaches(part, tool)
        return found

    def barred(self, part: MoodPart, tools: Sequence[Tool]) -> frozenset[str]:
        """Return the qualified names of the tools that a clause of this mood may not reach; kept for one catalog."""
        if part.denied:
            return frozenset(tool.qualified for tool in tools if not self.may_reach(part, tool))
        key = (part.mood, part.ending, id(tools))
        found = self._barred.get(key)
        if found is None:
            found = frozenset(tool.qualified for tool in tools if not self.may_reach(part, tool))
            self._barred[key] = found
        return found

    def unlike(self, part: MoodPart, text: str, tools: Sequence[Tool]) -> frozenset[str]:
        """Return the qualified names of the tools that have nothing to do with a quality that a request compares."""
        if part.mood is not Mood.DO:
            return frozenset()
        return frozenset(tool.qualified for tool in tools if not self._polarity.is_about(text, tool))

    def may_answer(self, tool: Tool) -> bool:
        """Return whether a question may reach the tool (`Looking.may_answer`)."""
        found = self._answers.get(tool.qualified)
        if found is None:
            found = self._answers[tool.qualified] = self._looking.may_answer(tool)
        return found

    def _reaches(self, part: MoodPart, tool: Tool) -> bool:
        match part.mood:
            case Mood.DO:
                return not part.ending or self._polarity.ends(tool) or self.may_answer(tool)
            case Mood.TELL:
                return self.may_answer(tool)
            case Mood.UNDO:
                return bool(self._undoing & {*name_words(tool.name), *spoken_words(tool.description)[:3]})
            case Mood.DO_NOT | Mood.WAIT | Mood.DROP:
                return False

    def passed(
        self, part: MoodPart, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]
    ) -> Passed:
        """Return with which arguments a clause may call the tool; `spans` tells where in the text they were said."""
        if not self.may_reach(part, tool):
            return Passed(None)
        if part.mood is Mood.TELL:
            return Passed(self._looking.answering(tool, arguments))
        if self.looks(tool, arguments) and not self._polarity.opposes(text, tool):
            return Passed(arguments)
        if part.mood is not Mood.DO or part.ending:
            return Passed(arguments)
        verdict = self._polarity.verdict(text, tool, arguments, spans)
        return Passed(None if verdict.half else verdict.arguments, verdict.half)

    def looks(self, tool: Tool, arguments: Mapping[str, JSON]) -> bool:
        """Return whether a call only looks: a calendar may be read and written by one tool."""
        return self.may_answer(tool) and self._looking.answering(tool, arguments) == arguments

    def asks_state(self, text: str) -> bool:
        """Return whether a question asks how something is: "are any lights on", "did I leave the stove on"."""
        return bool(self._states & set(spoken_words(text)))

    def tells_state(self, text: str, tool: Tool) -> bool:
        """Return whether a tool tells how the thing asked about is, or how all things of its server are."""
        opening = _SENTENCE.split(tool.description, maxsplit=1)[0]
        words = {*name_words(tool.name), *spoken_words(opening)}
        return self.may_answer(tool) and bool(TELLING & words) and (bool(ANYTHING & words) or self.names(text, tool))

    def names(self, text: str, tool: Tool) -> bool:
        """Return whether a text and a tool's name or description share a word that says something."""
        told = {self._stem(word) for word in spoken_words(text) if word not in self._common}
        return bool(told & {self._stem(word) for word in (*name_words(tool.name), *spoken_words(tool.description))})

    def preferred(
        self, part: MoodPart, text: str, found: Sequence[Interpretation], catalog: Catalog
    ) -> list[Interpretation]:
        """Return proposals with those whose own verb was said before one that merely has an amount to set to nought."""
        if part.mood is not Mood.DO or len(found) < 2:
            return list(found)
        tools = [catalog.find(each.tool) for each in found]
        first = tools[0]
        if first is None or not self._polarity.makeshift(text, first, found[0].spans):
            return list(found)
        own = [i for i, tool in enumerate(tools) if tool is not None and self._polarity.serves(text, tool)]
        if not own:
            return list(found)
        best = replace(found[own[0]], score=max(found[0].score, found[own[0]].score))
        return [best, *(each for i, each in enumerate(found) if i != own[0])]

    def lets(self, text: str, tool: Tool) -> bool:
        """Return whether the mood of a whole utterance lets it reach the tool."""
        return all(self.may_reach(part, tool) for part in self.moods.parts(text))

    def opposes(self, text: str, tool: Tool) -> bool:
        """Return whether the verb of a text is the opposite of the one that a tool is named by."""
        return self._polarity.opposes(text, tool)

    def turns(self, part: MoodPart, text: str, tool: Tool) -> bool:
        """Return whether a text says one of two opposites between which a parameter of the tool chooses."""
        return part.mood is Mood.DO and self._polarity.turns(text, tool)

    def checked(self, text: str, tool: Tool, found: Interpretation) -> Interpretation | None:
        """Return a proposal for a whole utterance as it may stand, or None: what any outside source must pass."""
        parts = self.moods.parts(text)
        for part in parts:
            passed = self.passed(part, text[part.start : part.end], tool, found.arguments, {})
            if passed.arguments is not None:
                missing = tuple(name for name in tool.required if name not in passed.arguments)
                return replace(found, arguments=passed.arguments, missing=missing)
        return None
