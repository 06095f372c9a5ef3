"""Words that point elsewhere: "there", "him", "the second one" become what was spoken of, and misheard words the
catalog's own.

Only rewrites, and remembers where each letter came from, so that spans still point into what was said. What servers
returned never becomes words of a sentence: a stand-in takes its place until the arguments are filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import DamerauLevenshtein

from assistant.understanding.language import Language
from assistant.understanding.reading import Context, Interpretation, Span
from assistant.understanding.routing.properties import Properties
from assistant.understanding.slots.known_places import PLACES
from assistant.understanding.slots.parameters import Slot
from assistant.understanding.tokens import Word, cut, name_words, spoken_words
from client.catalog import Catalog

ALIKE = 0.72
"""Likeness of spelling from which a word may be a misheard one of the catalog, where they sound alike too."""
SHORTEST = 4
"""Letters of a word that is repaired; shorter ones are like too many others."""
MOST_VALUES = 100
"""Values of one enum whose words count as the catalog's own when misheard words are repaired."""
STAND_IN = "Xqz"
"""With a letter behind it a name that no tool, no language and no value has."""
_LETTERS = "abcdefgh"

REPAIRED = 0.8
"""What is left of a score where words had to be taken for others that sound alike."""


@dataclass(frozen=True)
class Rewritten:
    """A text in which pieces were replaced."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...] = ()
    """Start and end in the new text, start and end in the old one, in order."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the stand-ins in the new text stand for."""

    def back(self, span: Span) -> Span:
        """Return where the words of a span stood in the old text."""
        return Span(self._old(span.start, 0), self._old(span.end, 1))

    def _old(self, place: int, side: int) -> int:
        shift = 0
        for start, end, old_start, old_end in self.pieces:
            if place < start or (place == start and side == 0):
                break
            if place <= end:
                return old_end if side else old_start
            shift = old_end - end
        return place + shift

    def interpretation(self, found: Interpretation) -> Interpretation:
        """Return the interpretation with its spans in the old text."""
        spans = {name: self.back(span) for name, span in found.spans.items()}
        return replace(found, spans=spans, then=tuple(self.interpretation(each) for each in found.then))


def rewritten(text: str, changes: Iterable[tuple[int, int, str]]) -> Rewritten:
    """Return the text with characters `start` to `end` replaced, for each change in order."""
    made, pieces, place = "", [], 0
    for start, end, new in changes:
        made += text[place:start]
        pieces.append((len(made), len(made) + len(new), start, end))
        made += new
        place = end
    return Rewritten(made + text[place:], tuple(pieces))


class References:
    """What words point to, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._there = frozenset(language.words("references", "there"))
        self._being = frozenset(language.words("references", "being"))
        self._lead = str(language.table("references")["lead"])
        self._leads = frozenset(language.words("references", "leads"))
        self._them = frozenset(language.words("references", "them"))
        self._ones = frozenset(language.words("references", "ones"))
        self._articles = frozenset(language.words("cutting", "articles"))
        self._ordinals = {str(k): int(v) for k, v in language.table("numbers", "ordinals").items()}
        self._last = frozenset(language.words("options", "last"))
        self._properties = Properties(language)

    def resolved(
        self, text: str, context: Context, slots: Sequence[Slot], message: tuple[int, int] | None
    ) -> Rewritten:
        """Return the text with stand-ins for its pointing words, where it is known what they point to.

        `slots` are those of the tool called last; `message` is where words stand that are merely passed on.
        """
        words = cut(text)
        changes: list[tuple[int, int, str]] = []
        names: dict[str, str] = {}
        skipped = range(*message) if message else range(0)
        place = 0
        while place < len(words) and len(names) < len(_LETTERS):
            found = None if place in skipped else self._points(words, place, context, slots)
            if found is not None:
                end, known = found
                stand_in = STAND_IN + _LETTERS[len(names)]
                names[stand_in] = known
                lead = words[place].lower in self._there and not self._led(words, place)
                new = f"{self._lead} {stand_in}" if lead else stand_in
                changes.append((words[place].start, words[end - 1].end, new))
                place = end
            else:
                place += 1
        return replace(rewritten(text, changes), names=names)

    def _led(self, words: Sequence[Word], place: int) -> bool:
        return place > 0 and words[place - 1].lower in self._leads

    def _points(
        self, words: Sequence[Word], place: int, context: Context, slots: Sequence[Slot]
    ) -> tuple[int, str] | None:
        lower = words[place].lower
        if lower in self._there and not self._exists(words, place):
            known = _said(context.previous_arguments, slots, PLACES) or (context.results[0] if context.results else "")
            return (place + 1, known) if known else None
        if lower in self._them:
            known = _said(context.previous_arguments, slots, frozenset({"person"}))
            return (place + 1, known) if known else None
        return self._counted(words, place, context.results) or self._compared(words, place, context)

    def _exists(self, words: Sequence[Word], place: int) -> bool:
        """Return whether "there" only says that something is: "are there any alerts", "there was one"."""
        beside = (*words[max(0, place - 1) : place], *words[place + 1 : place + 2])
        return any(word.lower in self._being for word in beside) and not self._led(words, place)

    def _counted(self, words: Sequence[Word], place: int, results: Sequence[str]) -> tuple[int, str] | None:
        """Return what "the second one" of the last results is."""
        at = place + 1 if words[place].lower in self._articles else place
        if at + 1 >= len(words) or words[at + 1].lower not in self._ones:
            return None
        number = self._ordinals.get(words[at].lower, len(results) if words[at].lower in self._last else 0)
        return (at + 2, results[number - 1]) if 1 <= number <= len(results) else None

    def _compared(self, words: Sequence[Word], place: int, context: Context) -> tuple[int, str] | None:
        """Return what "the cheaper one" or "the nearest" of the last results is; "the nearest bank" points nowhere."""
        if words[place].lower not in self._articles:
            return None
        for length in (2, 1):
            end = place + 1 + length
            index = self._properties.pick(
                " ".join(word.lower for word in words[place + 1 : end]), context.result_properties
            )
            if index is None or end > len(words) or index >= len(context.results):
                continue
            if end < len(words) and words[end].lower in self._ones:
                return end + 1, context.results[index]
            if end == len(words) or not words[end].spoken:
                return end, context.results[index]
        return None

    def repaired(self, text: str, vocabulary: Mapping[str, Sequence[str]], known: frozenset[str]) -> Rewritten:
        """Return the text with words that no tool knows replaced by the catalog's words that sound like them.

        `vocabulary` holds the catalog's words by their sound, `known` all of them.
        """
        changes: list[tuple[int, int, str]] = []
        for word in cut(text):
            if len(word.lower) < SHORTEST or word.lower in known or word.lower in self._language.common:
                continue
            near = [
                (DamerauLevenshtein.normalized_similarity(word.lower, other), other)
                for other in vocabulary.get(self._language.sound(word.lower), ())
            ]
            if near and max(near)[0] >= ALIKE:
                changes.append((word.start, word.end, max(near)[1]))
        return rewritten(text, changes)


def _said(arguments: Mapping[str, object], slots: Sequence[Slot], roles: frozenset[str]) -> str:
    """Return the first text among the arguments whose parameter has one of the roles."""
    for slot in slots:
        value = arguments.get(slot.path[0])
        if len(slot.path) == 1 and isinstance(value, str) and roles.intersection(slot.roles[:2]):
            return value
    return ""


def vocabulary(catalog: Catalog, spoken: Language) -> tuple[frozenset[str], Mapping[str, Sequence[str]]]:
    """Return the words of all tools' names, descriptions, parameters and small enums, and those words by sound."""
    known: set[str] = set()
    for tool in catalog:
        known.update(name_words(tool.name), spoken_words(f"{tool.title} {tool.description[:1000]}"))
        for name, schema in tool.properties.items():
            known.update(name_words(name))
            values = schema.get("enum")
            for value in values[:MOST_VALUES] if isinstance(values, list) else ():
                known.update(spoken_words(str(value)))
    sounds: dict[str, list[str]] = {}
    for word in sorted(known):
        if len(word) >= SHORTEST and word.isalpha():
            sounds.setdefault(spoken.sound(word), []).append(word)
    return frozenset(known), sounds
