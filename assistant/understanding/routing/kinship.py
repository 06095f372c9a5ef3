"""Tools of one server that are akin, and which of them a sentence means: what holds or what is held, one or many.

"Put milk on my shopping list" makes no list, though both tools speak of lists. Only weighs tools against each other, by
their names and parameters; it never makes a sentence a request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from assistant.understanding.language import Language
from assistant.understanding.looking import LOOKING
from assistant.understanding.tokens import name_words
from client.catalog import Tool

LONGEST_NAME = 4
"""Words between "on" and the noun of what holds: "on my weekly shopping list"."""


class Kinship:
    """Tells for the tools of one catalog in which way they are akin."""

    def __init__(self, tools: Sequence[Tool], language: Language) -> None:
        self._stem = language.stem
        self._synonyms = language.synonyms
        table = language.table("kinship")
        self._manner = frozenset(map(language.stem, table["manner"]))
        self._ids = frozenset(table["ids"])
        self._inside = frozenset(table["inside"])
        self._several = frozenset(table["several"])
        self._making = frozenset(table["making"])
        by_server: dict[str, list[Tool]] = defaultdict(list)
        for tool in tools:
            by_server[tool.server].append(tool)
        self._holds: dict[str, str] = {}
        self._many: dict[str, str] = {}
        self._special: dict[str, tuple[frozenset[str], ...]] = {}
        for of_one in by_server.values():
            self._special |= self._specials(of_one)
            self._holds |= self._holders(of_one)
            self._many |= self._bulk(of_one)

    def holder_said(self, tool: Tool, words: Sequence[str]) -> bool:
        """Return whether a tool makes or lists what holds things, and a sentence names that as the place of others.

        `words` are folded.
        """
        noun = self._holds.get(tool.qualified)
        return noun is not None and any(self._stands_inside(words, place, noun) for place in range(1, len(words) - 1))

    def for_many(self, tool: Tool, words: Sequence[str]) -> bool:
        """Return whether a tool does to many what another does to one, and nothing in a sentence says many."""
        thing = self._many.get(tool.qualified)
        plural = any(self._stem(word) == thing and word != thing and word.endswith("s") for word in words)
        return thing is not None and not plural and self._several.isdisjoint(words)

    def too_special(self, tool: Tool, words: Sequence[str]) -> bool:
        """Return whether another tool does the same without a thing that nobody said: "remind me" makes no list."""
        beyond = self._special.get(tool.qualified, ())
        said = {near for word in words for near in self._synonyms(self._stem(word))} if beyond else set()
        return any(said.isdisjoint(each) for each in beyond)

    def _stands_inside(self, words: Sequence[str], place: int, noun: str) -> bool:
        """Return whether "on my errands list" stands there, with the noun of what holds at its end."""
        if words[place] not in self._inside or words[place - 1] in self._making:
            return False
        behind = words[place + 1 : place + 2 + LONGEST_NAME]
        end = next((at for at, word in enumerate(behind) if self._stem(word) == noun), None)
        return end is not None and not any(word in self._inside for word in behind[:end])

    def _holders(self, tools: Sequence[Tool]) -> Mapping[str, str]:
        """Return the stem of what it holds things in for each tool that makes or lists such things, by its name."""
        held = {
            self._stem(words[-2]) for tool in tools for words in map(name_words, tool.properties) if self._names(words)
        }
        found: dict[str, str] = {}
        for tool in tools:
            own = name_words(tool.name)
            noun = self._stem(own[-1]) if len(own) > 1 else ""
            inside = any(
                self._names(words) and self._stem(words[-2]) == noun for words in map(name_words, tool.required)
            )
            if noun in held and not inside:
                found[tool.qualified] = noun
        return found

    def _bulk(self, tools: Sequence[Tool]) -> Mapping[str, str]:
        """Return the thing of each tool whose name is the plural of another's, the verb being no looking one."""
        names = {name_words(tool.name): tool for tool in tools}
        found: dict[str, str] = {}
        for words, tool in names.items():
            last = words[-1] if words else ""
            one = next((end for end in (last[:-1], last[:-2]) if (*words[:-1], end) in names), "")
            if last.endswith("s") and one and not LOOKING.intersection(words[:1]):
                found[tool.qualified] = self._stem(one)
        return found

    def _specials(self, tools: Sequence[Tool]) -> Mapping[str, tuple[frozenset[str], ...]]:
        """Return for each tool that acts what its name says beyond the whole names of others with its verb."""
        names = [[self._stem(word) for word in name_words(tool.name)] for tool in tools]
        found: dict[str, tuple[frozenset[str], ...]] = {}
        for own, tool in zip(names, tools, strict=True):
            if LOOKING.intersection(name_words(tool.name)[:1]):
                continue  # `get_task_list` lists what `get_task` gives one of
            less = (each for each in names if len(each) > 1 and each[:1] == own[:1] and {*each} < {*own})
            beyond = (frozenset(own) - frozenset(each) for each in less)
            found[tool.qualified] = tuple(each for each in beyond if each.isdisjoint(self._manner))
        return found

    def _names(self, words: Sequence[str]) -> bool:
        """Return whether a parameter names one thing: `list_id`."""
        return len(words) > 1 and words[-1] in self._ids and words[-2] not in self._ids
