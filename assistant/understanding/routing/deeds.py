"""What is to be done or told, said in a fixed turn of phrase, and which tools of a catalog do or tell just that.

"Turn the porch light on" shares its thing with a tool that sets lights, and its deed with one that turns anything on.
The turns of phrase are language data. Knows nothing of values, and never decides which tool is meant.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.looking import CHANGING, LOOKING
from assistant.understanding.prose_lists import MOVES, SWITCHES
from assistant.understanding.tokens import SENTENCE_END, fold, name_words, spoken_words
from client.catalog import Tool

Scores = NDArray[np.float32]

IN_DESCRIPTION, NEAR = 0.8, 0.8
"""How surely a tool serves a deed that only its description names, and one that is near to its own."""
UNSAID = (1.0, 0.5, 0.3, 0.15)
"""What is left of that for each word of the tool's name that nobody said: "pause the music" pauses no timer."""
CONFLICT = 0.4
"""How much a deed of its own that was not said speaks against a tool, of what the right one speaks for it."""
SET_ASIDE = 1.5
"""The same of all other tools where one does it to anything: "turn on the fans" sets no speed."""
ONE_WORD = 0.6
"""How surely a turn of phrase of one word is meant, where one of two words, or one at the beginning, surely is."""
AT_BEGINNING = 2.0
"""As many words it counts more that a turn of phrase stands at the beginning: "pause the five minute timer" pauses."""
OPENING = 10
"""Words of a description in which it says what it does."""
TURN, STATE = "turn", "state"
"""What is done to a thing by the values "on" and "off", and what a tool that takes them calls it."""
EVERYWHERE, FEW = 0.6, 4
"""Share of a catalog's names that have a word from which it tells nothing, in catalogs of at least so many tools."""
LONGEST_GAP = 6
"""Words that a gap in a turn of phrase may hold."""


@dataclass(frozen=True)
class _Turn:
    """A turn of phrase."""

    deed: int
    pattern: str
    """A regular expression over the words, each with a blank behind it."""
    words: int
    """How many words of it are fixed."""
    counts: bool
    """Whether it has a number."""
    opens: bool
    """Whether it opens with a fixed word."""
    strength: float
    """By which the most telling of several is chosen: its fixed words, and a little for its numbers and gaps."""


class Deeds:
    """The deeds of one catalog's tools, in one language."""

    def __init__(self, tools: Sequence[Tool], language: Language, looks: Sequence[bool]) -> None:
        """`looks` says of each tool whether it only looks things up."""
        self._language = language
        self._foreign = language.capabilities is None
        """Whether tools say what they do in another language: then nobody says the words of their names."""
        counting = (language.table("numbers", key) for key in ("words", "digit_words", "scales"))
        parts = (language.words("numbers", key) for key in ("half", "quarter"))
        self._numbers = frozenset(word for words in (*counting, *parts) for word in words)
        self._openings = frozenset(language.mood["openers"])
        self._rooms = PhraseSet(
            [room for key in ("rooms", "floors") for room in language.words("house", key)], accents=True
        )
        self._locating = frozenset(language.mood["shapes"]["locating"])
        self._determiners = frozenset(language.mood["determiners"])
        self._turns: dict[str, list[_Turn]] = defaultdict(list)
        self._names = list(language.deeds)
        for number, deed in enumerate(language.deeds.values()):
            for phrase in deed["said"]:
                self._add(number, phrase)
        self._serves = np.zeros((len(tools), len(self._names)), dtype=np.float32)
        self._own: list[dict[int, frozenset[str]]] = [{} for _ in tools]
        """For each tool and deed: the stems of its name that the deed leaves, of which some may be said."""
        self._index(tools, looks)
        self._anything = [bool(deed.get("anything")) for deed in language.deeds.values()]
        self._unless = [tuple(f" {each} " for each in deed.get("unless", ())) for deed in language.deeds.values()]
        """For each deed: phrases with which a turn of phrase of it means something else."""
        self._is_stated = [bool(deed.get("stated")) for deed in language.deeds.values()]
        self._serves_any = self._serves.any(axis=1)
        near = [deed.get("near", ()) for deed in language.deeds.values()]
        self._near = [[self._names.index(name) for name in found] for found in near]

    def _add(self, number: int, phrase: str) -> None:
        tokens = fold(phrase).split()
        fixed = [token for token in tokens if token not in ("*", "#", "^", "$")]
        extra = 0.5 * tokens.count("#") + 0.25 * tokens.count("*") + 0.25 * (tokens.count("^") + tokens.count("$"))
        parts = {"*": rf"(?:\S+ ){{1,{LONGEST_GAP}}}?", "#": "(?:# )+", "^": "^ ", "$": "$"}
        pattern = "".join(parts.get(token, re.escape(token) + " ") for token in tokens)
        begins = "" if tokens[0] == "^" else " "
        opens = tokens[0] not in ("*", "#") and tokens[:2] != ["^", "*"]
        turn = _Turn(number, begins + pattern, len(fixed), "#" in tokens, opens, len(fixed) + extra)
        self._turns[fixed[0]].append(turn)

    def _index(self, tools: Sequence[Tool], looks: Sequence[bool]) -> None:
        stem = self._language.stem
        listed = [[stem(word) for word in sorted(listed_verbs(tool))] for tool in tools]
        names = [[*verbs, *map(stem, name_words(tool.name))] for tool, verbs in zip(tools, listed, strict=True)]
        seen = Counter(word for words in names for word in set(words))
        idle = {word for word, count in seen.items() if len(tools) >= FEW and count > EVERYWHERE * len(tools)}
        first = Counter((tool.server, name_words(tool.name)[:1]) for tool in tools)
        idle |= {stem(word) for word in self._language.words("schema_words")}
        idle |= {stem(word) for word in self._language.common}
        verbs = {stem(word) for key in ("changing", "reading", "asking") for word in self._language.words(key)}
        pairs = [pair for pair in self._language.mood["pairs"] if pair.get("particles")]
        verbs |= {stem(word) for pair in pairs for word in (*pair["plus"], *pair["minus"])}
        opening_with: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for column, deed in enumerate(self._language.deeds.values()):
            for phrase in (tuple(map(stem, phrase.split())) for phrase in deed["tools"]):
                opening_with[phrase[0]].append((column, phrase))
        about = [{stem(word) for word in deed.get("about", ())} for deed in self._language.deeds.values()]
        does = [bool(deed.get("does")) for deed in self._language.deeds.values()]
        for row, (tool, name) in enumerate(zip(tools, names, strict=True)):
            head = name_words(tool.name)[:1]
            prefix = {stem(word) for word in head if first[tool.server, head] >= FEW} - verbs
            opening = SENTENCE_END.split(tool.description.strip(), maxsplit=1)[0]
            told = [stem(word) for word in spoken_words(opening)[:OPENING]]
            by_name: dict[int, list[tuple[str, ...]]] = defaultdict(list)
            by_words: set[int] = set()
            chosen = [tuple(map(stem, phrase)) for phrase in done_by_value(tool)]
            by_value: set[int] = set()
            for phrase in chosen:
                by_value |= {column for column, said in opening_with[phrase[0]] if said == phrase}
            for word in set(name) | set(told):
                for column, phrase in opening_with[word]:
                    if looks[row] and does[column]:
                        continue
                    if _runs_through(phrase, name):
                        by_name[column].append(phrase)
                    elif _stands_in(phrase, told):
                        by_words.add(column)
            for column in by_value - by_name.keys():
                self._serves[row, column] = 1.0
                self._own[row][column] = frozenset(name) - idle - about[column] - verbs - prefix - {stem(STATE)}
            for column in by_words - by_value:
                self._serves[row, column] = IN_DESCRIPTION
                self._own[row][column] = frozenset(name) - idle - about[column] - verbs - prefix
            for column, matching in by_name.items():
                self._serves[row, column] = 1.0
                most = max(map(len, matching))
                naming = {word for phrase in matching if len(phrase) == most for word in phrase}
                self._own[row][column] = frozenset(name) - naming - idle - about[column] - prefix

    def said(self, words: Sequence[str]) -> list[tuple[int, float, float]]:
        """Return the deeds whose turns of phrase are said, how surely each is meant, and how telling it is.

        The most telling comes first. A turn of phrase may go on behind a room: "set the blinds in the office to #".
        """
        first = next((place for place, word in enumerate(words) if word not in self._openings), 0)
        found: dict[int, tuple[float, float]] = {}
        self._match(words[first:], found)
        inside = self._without_rooms(words[first:])
        if len(inside) < len(words[first:]):
            self._match(inside, found)
        ranked = sorted(found.items(), key=lambda each: -each[1][0])
        return [(deed, sure, strength) for deed, (strength, sure) in ranked]

    def _without_rooms(self, words: Sequence[str]) -> list[str]:
        """Return the words without those that say in which room a thing is and that others follow."""
        kept = list(words)
        for start, end in reversed([*self._rooms.found(words)]):
            lead = start - 1 - (words[start - 1] in self._determiners)
            if lead > 0 and words[lead] in self._locating and end < len(words):
                del kept[lead:end]
        return kept

    def _match(self, words: Sequence[str], found: dict[int, tuple[float, float]]) -> None:
        """Put into `found` how telling each deed's turn of phrase is that is said, and how surely it is meant."""
        marked = ["#" if word in self._numbers or word[:1].isdigit() else word for word in words]
        text, counted = f" {' '.join(words)} ", f" {' '.join(marked)} "
        for word in dict.fromkeys(words):
            for turn in self._turns.get(word, ()):
                if any(phrase in text for phrase in self._unless[turn.deed]):
                    continue
                if turn.strength + AT_BEGINNING <= found.get(turn.deed, (0.0, 0.0))[0]:
                    continue
                place = _compiled(turn.pattern).search(counted if turn.counts else text)
                if place is None:
                    continue
                heads = place.start() == 0 and turn.opens
                strength = turn.strength + AT_BEGINNING * heads
                if strength > found.get(turn.deed, (0.0, 0.0))[0]:
                    found[turn.deed] = (strength, 1.0 if turn.words > 1 or heads else ONE_WORD)

    def stated(self, words: Sequence[str]) -> frozenset[int]:
        """Return the numbers of the tools that do what people say by stating it: "i spent ten euros on parking"."""
        deeds = [deed for deed, _, _ in self.said(words) if self._is_stated[deed]]
        return frozenset(int(row) for deed in deeds for row in np.flatnonzero(self._serves[:, deed]))

    def evidence(self, words: Sequence[str]) -> tuple[Scores, Scores]:
        """Return what the deed that is said speaks for each tool, -1.5 to 1, and which tools do it to anything, 0 to 1.

        Both have the shape (tools,). Of several deeds the most telling counts that any tool of the catalog serves.
        """
        heard = {near for word in words for near in self._language.synonyms(self._language.stem(word))}
        nothing = np.zeros(len(self._own), dtype=np.float32)
        said = self.said(words)
        for _, alike in itertools.groupby(said, key=lambda each: each[2]):
            chosen = [(deed, sure, self._served(deed, heard)) for deed, sure, _ in alike]
            chosen = [each for each in chosen if each[2].any()]
            if not chosen:
                continue
            sure = max(each[1] for each in chosen)
            served = np.max([each[2] for each in chosen], axis=0)
            others = self._serves_any & (served == 0)
            against = CONFLICT * others
            anything = nothing
            deeds = {each for deed, _, _ in chosen for each in (deed, *self._near[deed])}
            if all(self._anything[deed] for deed, _, _ in chosen):
                anything = nothing.copy()
                bare = [row for row in map(int, np.flatnonzero(served)) if self._is_bare(row, deeds)]
                anything[bare] = served[bare]
                against = SET_ASIDE * (served == 0) if anything.any() else against
            for_tools = np.clip(sure * (served - against), -SET_ASIDE, 1).astype(np.float32)
            return for_tools, (sure * anything).astype(np.float32)
        return nothing, nothing

    def _is_bare(self, row: int, deeds: Iterable[int]) -> bool:
        """Return whether the tool's name has nothing but one of the deeds."""
        return any(not self._own[row].get(deed, {""}) for deed in deeds)

    def _served(self, deed: int, heard: set[str]) -> Scores:
        """Return how surely each tool serves the deed, less for words of its name that were not said.

        Of a deed that one tool may do to anything, a tool for another thing does nothing. A deed near to this one
        counts only if no tool does this one: if a tool of its own closes doors, "close" turns nothing off.
        """
        found = self._serves[:, deed].copy()
        unsaid = {int(row): len(self._own[row][deed] - heard) for row in np.flatnonzero(found)}
        settled = self._anything[deed] and 0 in unsaid.values()
        for own, left in unsaid.items():
            if settled or not self._foreign:
                found[own] *= not left if settled else UNSAID[min(left, len(UNSAID) - 1)]
        if unsaid:
            return found  # a tool of the very deed is there: one of a deed near to it is not meant
        for near in self._near[deed]:
            for row in np.flatnonzero(self._serves[:, near]):
                if not self._own[row][near] - heard:
                    found[row] = max(found[row], NEAR * self._serves[row, near])
        return found


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, made when its first word is said for the first time."""
    return re.compile(pattern)


def listed_verbs(tool: Tool) -> frozenset[str]:
    """Return the verbs of a tool that takes its deed as a listed value that it requires: "create" and "delete".

    Of an enum that names anything else ("red", "green") it is none.
    """
    for name in tool.required:
        values = tool.properties.get(name, {}).get("enum")
        texts = [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
        heads = frozenset(word for text in texts for word in name_words(text)[:1])
        if heads & LOOKING and heads & CHANGING:
            return heads
    return frozenset()


def done_by_value(tool: Tool) -> list[tuple[str, ...]]:
    """Return the deeds that a tool does by a listed value that it needs: "turn on", "open"."""
    found: list[tuple[str, ...]] = []
    for name in tool.required:
        schema = tool.properties.get(name, {})
        values = schema.get("enum")
        words = [fold(each) for each in values if isinstance(each, str)] if isinstance(values, list) else []
        found += [(TURN, word) if word in SWITCHES else (word,) for word in words]
    return found if any(phrase[0] in MOVES or phrase[0] == TURN for phrase in found) else []


def _runs_through(phrase: Sequence[str], name: Sequence[str]) -> bool:
    """Return whether the words of the phrase stand in the name, in this order."""
    rest = iter(name)
    return all(word in rest for word in phrase)


def _stands_in(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether the words of the phrase stand side by side."""
    size = len(phrase)
    return any(tuple(words[i : i + size]) == tuple(phrase) for i in range(len(words) - size + 1))
