"""Verbs that only a tool which says them serves: what deletes restores nothing, and what restarts shuts nothing down.

Also tells a thing that was put where a tool wants a place ("turn the alarm off", of a tool for the lights of a room).
Pure; knows no catalog.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from assistant.understanding.grammar.phrase_sets import PhraseSet
from assistant.understanding.language import Language
from assistant.understanding.reading import Span
from assistant.understanding.tokens import Word, cut, name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

LONGEST_GAP = 4
"""Words between a verb and its particle: "bring issue seven back"."""
LEAST_BASE = 3
"""Letters of a verb that a prefix may undo: "unpay"."""


class OwnVerbs:
    """The verbs of one language that ask for more than a likely tool."""

    def __init__(self, language: Language) -> None:
        raw = language.mood["polarity"]
        self._stem = language.stem
        self._common = language.common
        self._synonyms = language.synonyms
        self._groups: list[list[tuple[str, ...]]] = [[tuple(p.split()) for p in group] for group in raw["only"]]
        self._turning_down = PhraseSet(raw["turning_down"], accents=True)
        self._taking_from = {name: frozenset(found) for name, found in raw["taken_from"].items()}
        self._off_what = PhraseSet(raw["taken_from"]["from"], accents=True)
        self._undoing, self._not_undoing = tuple(raw["undoing_prefixes"]), frozenset(raw["not_undoing"])
        self._verbs = language.commands
        small = ("before_verb", "negations", "openers")
        self._before = frozenset(word for name in small for word in language.mood[name])
        self._places = frozenset(raw["places"])
        self._targets = frozenset(raw["targets"])
        rooms = (word for key in ("rooms", "floors") for word in language.words("house", key))
        self._rooms = frozenset(room.split()[-1] for room in rooms)
        self._leads = frozenset(raw["leading"])
        self._determiners = frozenset(language.mood["determiners"])
        self._setting, self._quantities = frozenset(raw["setting"]), frozenset(raw["quantities"])
        self._moving = frozenset(language.mood["shapes"]["moving"])
        self._moved_by, self._deeds = frozenset(raw["moved_by"]), tuple(language.mood["gerund_endings"])
        pairs = language.mood["pairs"]
        self._turning = frozenset(word for pair in pairs for side in ("plus", "minus") for word in pair[side])
        self._turning |= frozenset(raw["particle_verbs"])

    def unserved(self, text: str, tool: Tool) -> str:
        """Return the verb of a request that the tool does not serve, as it was said; "" if it may."""
        words = [word.lower for word in cut(text) if word.spoken]
        words = words[next((i for i, word in enumerate(words) if word not in self._before), len(words)) :]
        if not words:
            return ""
        own = {self._stem(word) for word in self._words(tool)}
        for group in self._groups:
            if any(self._opens(phrase, words) for phrase in group):
                served = any(self._stem(phrase[0]) in own for phrase in group if len(phrase) == 1)
                return "" if served else words[0]
        gerund = len(words) > 1 and words[1].endswith(self._deeds)
        if self._deeds and words[0] in self._moving and gerund:
            return "" if self._moved_by.intersection(self._words(tool)) else words[0]  # no clean gutters by moving it
        for prefix in self._undoing:
            base = words[0].removeprefix(prefix)
            if base == words[0] or len(base) < LEAST_BASE or words[0] in self._turning | self._not_undoing:
                continue
            known = base in self._verbs or self._stem(base) in own or bool(self._determiners & set(words[1:2]))
            if known and self._stem(words[0]) not in own:
                return words[0]
        return ""

    def is_named(self, text: str, tool: Tool) -> bool:
        """Return whether the verb that opens a request names the tool: "charge" and `set_charging`."""
        words = [word.lower for word in cut(text) if word.spoken]
        opening = next((word for word in words if word not in self._before), "")
        if opening not in self._verbs or opening in self._setting or self._quantities.intersection(words):
            return False
        return self._stem(opening) in {self._stem(word) for word in name_words(tool.name)}

    @staticmethod
    def _opens(phrase: Sequence[str], words: Sequence[str]) -> bool:
        """Return whether words open with a phrase, whose particle may stand some words later."""
        if words[0] != phrase[0]:
            return False
        return len(phrase) == 1 or phrase[-1] in words[1 : 2 + LONGEST_GAP]

    @staticmethod
    def _words(tool: Tool) -> list[str]:
        values = (each for schema in tool.properties.values() for each in _listed(schema))
        return [*name_words(tool.name), *spoken_words(tool.description), *spoken_words(" ".join(values))]

    def misplaced(self, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]) -> bool:
        """Return whether a thing that the tool is not about stands where it wants a place."""
        things = {word for word in name_words(tool.name) if word not in self._turning | self._before}
        said = {near for word in spoken_words(text) for near in (self._stem(word), *self._synonyms(self._stem(word)))}
        anything = any(self._targets & set(name_words(name)) for name in tool.properties)
        if not things or anything or any(self._stem(word) in said for word in things):
            return False
        if any(self._places & set(name_words(name)) for name in tool.properties) and self._unfilled(text, spans):
            return True
        for name, span in spans.items():
            value, about = arguments.get(name), frozenset(name_words(name))
            if not isinstance(value, str) or not about & self._places or _listed(tool.properties.get(name, {})):
                continue
            words = spoken_words(value)
            if any(word in self._rooms | self._places for word in words):
                continue
            before = [word for word in spoken_words(text[: span.start]) if word not in self._determiners]
            if before[-1:] and before[-1] in self._leads:
                continue
            return True
        return False

    def turned_down(self, text: str, tool: Tool, arguments: Mapping[str, JSON], spans: Mapping[str, Span]) -> str:
        """Return the words that turn down a listed value which an argument takes ("no recirculation"), or ""."""
        words = [word for word in cut(text) if word.spoken]
        lowered = [word.lower for word in words]
        left = {each for each in self._taken_from(lowered) if not self._determiners.isdisjoint(lowered[each[1] :][:1])}
        for start, end in (*self._turning_down.found(lowered), *self._taken_from(lowered)):
            said = (
                range(words[end].start, words[min(end + LONGEST_GAP, len(words)) - 1].end) if end < len(words) else ()
            )
            leaving = range(words[start].start, words[end - 1].end) if (start, end) in left else ()
            if any(span.start in leaving for span in spans.values()):
                return text[words[start].start : words[end - 1].end]  # "off my feet" turns nothing off
            for name, span in spans.items():
                listed = arguments.get(name) in _listed(tool.properties.get(name, {}))
                if listed and span.start in said and not self._resumes(words, end, span):
                    return text[words[start].start : words[end - 1].end]
        return ""

    def _taken_from(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield words behind which stands what something is to leave: "get the air off", "stop blowing air at"."""
        raw = self._taking_from
        verb = next((place for place, word in enumerate(words) if word not in self._before), len(words))
        if words[verb : verb + 1] and words[verb] in raw["verbs"]:
            found = self._off_what.found(words)
            yield from ((start, end) for start, end in found if start > verb + 1 and words[end : end + 1])
        for place, (stops, aims) in enumerate(itertools.pairwise(words)):
            if stops in raw["stops"] and aims in raw["aiming"]:
                at = next((i for i in range(place + 2, len(words)) if words[i] in raw["at"]), len(words) - 1)
                yield at, at + 1

    def _resumes(self, words: Sequence[Word], place: int, span: Span) -> bool:
        """Return whether another order begins between the words that turn down and a value: "no make it automatic"."""
        between = (word for word in words[place:] if word.start < span.start)
        return any(word.lower in self._verbs or word.lower in self._turning for word in between)

    def _unfilled(self, text: str, spans: Mapping[str, Span]) -> bool:
        """Return whether a request names a thing that no argument took: "turn off the guest wifi"."""
        small = self._turning | self._before | self._determiners | self._leads | self._common
        return any(
            word.spoken
            and word.lower not in small
            and not any(span.start <= word.start < span.end for span in spans.values())
            for word in cut(text)
        )


def _listed(schema: Mapping[str, JSON]) -> list[str]:
    found = schema.get("enum")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
