"""Which value of an enum was said: exactly, inflected, by what it does, misspelled, or misheard.

Returns the schema's own spelling, always; a value without words in the sentence is never returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from assistant.understanding.language import Language
from assistant.understanding.routing.embeddings import Embeddings, stack
from assistant.understanding.tokens import Word, name_words, spoken_words
from client.values import JSON

MOST_VALUES = 5_000
NEAR = 0.82
"""Likeness of spelling from which a word of five letters or more counts as the same."""

HINT = 0.35
"""Strength of one word of a value of several: "keep" of "keep last assigned" is none where nothing else says it."""
MOST_OF_A_HALF = 2
"""Words of a value of which one is half of it."""
MEANT, APART, ALIKE = 0.6, 0.25, 0.58
"""Cosine from which a word says a value of like meaning, how much nearer it must be to it than to any other (opposites
are near as well: "quiet" and "loud" have 0.57), and the strength of such a match."""


@dataclass(frozen=True)
class EnumMatch:
    """A value that was said, with the words it came from."""

    value: JSON
    start: int
    end: int
    strength: float
    """1 for the value's own words, less for what is only like them."""


class EnumMatcher:
    """The values of one parameter, ready to be looked for."""

    def __init__(
        self,
        values: Sequence[JSON],
        language: Language,
        aliases: Sequence[tuple[str, JSON]] = (),
        embeddings: Embeddings | None = None,
    ) -> None:
        """`aliases` are other names of values, each with its value; without `embeddings` no word counts by meaning."""
        self._language = language
        self._embeddings = embeddings
        self._exact: dict[tuple[str, ...], JSON] = {}
        self._stems: dict[tuple[str, ...], JSON] = {}
        self._bare: dict[str, JSON] = {}
        for name, value in (*((str(value), value) for value in values[:MOST_VALUES]), *aliases):
            if not isinstance(value, str | int | float) or isinstance(value, bool):
                continue
            words = tuple(spoken_words(name)) or tuple(name_words(name))
            if not words:
                continue
            self._exact.setdefault(words, value)
            self._stems.setdefault(tuple(language.stem(word) for word in words), value)
            telling = [language.stem(w) for w in words if w not in language.common]
            if len(telling) == 1 and len(words) > 1:
                self._bare.setdefault(telling[0], value)
        shared = Counter(
            stem for stems in self._stems for stem in set(stems)
        )  # "event" of get and create tells neither
        self._bare = {stem: value for stem, value in self._bare.items() if shared[stem] == 1}
        self._parts = _parts(self._exact, language)
        self._same = _same(self._exact, language)
        self._spoken = _sounds(self._exact, language)
        self._sets = {frozenset(stems): value for stems, value in self._stems.items() if len(stems) > 1}
        self._longest = max((len(words) for words in self._exact), default=0)
        self._small = len(self._exact) <= 200
        self._acts = _actions(self._exact, language)
        self._verbs = frozenset((*language.words("asking"), *language.words("changing"), *language.words("reading")))
        self._meant = list(_lone(self._exact, language).items()) if self._small else []

    def find(self, words: Sequence[Word]) -> list[EnumMatch]:
        """Return the values said, the surest first; longer ones hide the shorter ones inside them."""
        forms = self._language.position_forms  # "das hintere linke Fenster": "hinten links"
        bare = (word.lower.removesuffix("'s") for word in words)
        lower = [forms.get(word, word) for word in bare]
        stems = [self._language.stem(word) for word in lower]
        found: list[EnumMatch] = []
        for start in range(len(words)):
            for end in range(min(len(words), start + self._longest + 2), start, -1):
                match = self._match(lower, stems, start, end)
                if match is not None:
                    found.append(match)
                    break
        if not any(match.strength >= 0.8 for match in found):
            found.extend(self._acted(lower))
        if not any(match.strength >= 0.7 for match in found):
            found.extend(self._likely(lower, stems))
        said = {place for match in found for place in range(match.start, match.end)}
        found.extend(self._alike(lower, said))
        found.sort(key=lambda match: (-match.strength, match.start - match.end, match.start))
        kept: list[EnumMatch] = []
        for match in found:
            if not any(match.start < other.end and other.start < match.end for other in kept):
                kept.append(match)
        return kept

    def _match(self, lower: list[str], stems: list[str], start: int, end: int) -> EnumMatch | None:
        said = tuple(word for word in lower[start:end] if word not in ("-", "'", "."))
        if not said or lower[start] in ("-", "'", ".") or lower[end - 1] in ("-", "'", "."):
            return None
        if said in self._exact:
            return EnumMatch(self._exact[said], start, end, 1.0)
        value = self._stems.get(tuple(s for s, word in zip(stems[start:end], lower[start:end], strict=True)
                                      if word not in ("-", "'", ".")))  # fmt: skip
        if value is not None and not (end == start + 1 and lower[start] in self._language.common):
            return EnumMatch(value, start, end, 0.9)
        value = self._sets.get(frozenset(stems[start:end])) if end - start > 1 else None
        if value is not None:
            return EnumMatch(value, start, end, 0.88)
        same = self._same.get(said)
        if same is not None:
            return EnumMatch(same, start, end, 0.8)
        if end - start == 1 and stems[start] in self._bare and lower[start] not in self._language.common:
            return EnumMatch(self._bare[stems[start]], start, end, 0.7)
        return self._near(said, start, end) if self._small else None

    def _likely(self, lower: list[str], stems: list[str]) -> list[EnumMatch]:
        """Return values of which one telling word, its beginning or its sound was said, where only one has it."""
        found: list[EnumMatch] = []
        for place, (word, stem) in enumerate(zip(lower, stems, strict=True)):
            if word in self._language.common or len(word) < 3:
                continue
            value = self._parts.get(stem)
            if value is not None:
                found.append(EnumMatch(value, place, place + 1, 0.65 if self._tells(value) else HINT))
            elif self._small and len(word) >= 4:
                begun = [v for w, v in self._parts.items() if min(len(w), len(word)) >= 5 and _begins(w, word)]
                if len(begun) == 1:
                    found.append(EnumMatch(begun[0], place, place + 1, 0.62))
                elif word not in self._verbs and (heard := self._spoken.get(self._language.sound(word))) is not None:
                    found.append(EnumMatch(heard, place, place + 1, 0.55))
        return found

    def _tells(self, value: JSON) -> bool:
        """Return whether one word is half of what tells a value from others, or more."""
        words = spoken_words(str(value)) or name_words(str(value))
        return sum(word not in self._language.common for word in words) <= MOST_OF_A_HALF

    def _alike(self, lower: list[str], said: set[int]) -> list[EnumMatch]:
        """Return values of which a word means nearly what was said: "big" for LARGE, where no other is half as near."""
        places = [
            place
            for place, word in enumerate(lower)
            if place not in said and len(word) > 2 and word.isalpha() and word not in self._language.common
        ]
        if self._embeddings is None or not self._meant or not places:
            return []
        near = (
            stack(self._embeddings, [lower[place] for place in places])
            @ stack(self._embeddings, [word for word, _ in self._meant]).T
        )
        found: list[EnumMatch] = []
        for place, row in zip(places, near, strict=True):
            best = int(row.argmax())
            value = self._meant[best][1]
            others = max((float(n) for n, (_, v) in zip(row, self._meant, strict=True) if v != value), default=0.0)
            if row[best] >= MEANT and others <= row[best] - APART:
                found.append(EnumMatch(value, place, place + 1, ALIKE))
        return found

    def _near(self, said: tuple[str, ...], start: int, end: int) -> EnumMatch | None:
        text = " ".join(said)
        if len(text) < 5 or any(word in self._language.common for word in said):
            return None
        best: tuple[float, JSON] | None = None
        for words, value in self._exact.items():
            if len(words) == len(said) or "".join(words) == "".join(said):
                likeness = DamerauLevenshtein.normalized_similarity("".join(words), "".join(said))
                if likeness >= NEAR and (best is None or likeness > best[0]):
                    best = (likeness, value)
        return EnumMatch(best[1], start, end, best[0] * 0.9) if best else None

    def _acted(self, lower: list[str]) -> list[EnumMatch]:
        found: list[EnumMatch] = []
        for value, phrases in self._acts.items():
            for start in range(len(lower)):
                for phrase in phrases:
                    if tuple(lower[start : start + len(phrase)]) == phrase:
                        strength = 0.5 + 0.05 * len(phrase) - 0.02 * min(start, 5)
                        found.append(EnumMatch(value, start, start + len(phrase), strength))
        return found


def _actions(values: Mapping[tuple[str, ...], JSON], language: Language) -> dict[JSON, list[tuple[str, ...]]]:
    """Return what people say for values that name an action ("search_places": "where is", "find")."""
    found: dict[JSON, list[tuple[str, ...]]] = {}
    actions = language.groups("actions")
    verbs = frozenset((*language.words("changing"), *language.words("reading"), *language.words("asking")))
    heads = {words[0]: value for words, value in values.items()}
    looking = [group for group in actions if group.get("looks")]
    lookers = [head for head in heads if head in language.words("reading")]
    for words, value in values.items():
        assert isinstance(value, str | int | float)
        for place, word in enumerate(words[:2]):
            if place and words[0] not in verbs and words[0] not in language.common:
                break  # the "events" of "future-events" say no action
            groups = [g for g in actions if word in g["named"]]
            if not place and lookers == [word] and len(heads) > 1:
                groups = looking  # of several deeds the one that looks
            if groups:
                phrases = [tuple(phrase.split()) for group in groups for phrase in group["said"]]
                found.setdefault(value, []).extend(sorted(phrases, key=len, reverse=True))
                break
    return found


Words = Mapping[tuple[str, ...], JSON]


def _parts(values: Words, language: Language, *, stemmed: bool = True) -> dict[str, JSON]:
    """Return the telling stems, or words, that only one value has."""
    owners: dict[str, list[JSON]] = {}
    idle = (
        language.common
        | frozenset(language.table("numbers", "words"))
        | frozenset(language.table("numbers", "ordinals"))
    )
    for words, value in values.items():
        telling = (word for word in words if (word not in idle or len(words) == 1) and len(word) > 2)
        for stem in {language.stem(word) if stemmed else word for word in telling}:
            owners.setdefault(stem, []).append(value)
    return {stem: found[0] for stem, found in owners.items() if len(found) == 1}


def _lone(values: Words, language: Language) -> dict[str, JSON]:
    """Return the telling words of values that have but one: "armed" and "home" say nothing alone of "armed home"."""
    one = {w: v for w, v in values.items() if sum(word not in language.common for word in w) == 1}
    return _parts(one, language, stemmed=False)


def _same(values: Words, language: Language) -> dict[tuple[str, ...], JSON]:
    """Return what is said for values in other words: "everywhere" for ALL."""
    found: dict[tuple[str, ...], JSON] = {}
    for group in language.lists("enums", "same"):
        phrases = [tuple(phrase.split()) for phrase in group]
        for words, value in values.items():
            if words in phrases:
                for phrase in phrases:
                    if phrase not in values:
                        found.setdefault(phrase, value)
    return found


def _sounds(values: Words, language: Language) -> dict[str, JSON]:
    """Return the sounds that only one value of one word has."""
    owners: dict[str, list[JSON]] = {}
    for words, value in values.items():
        if len(words) == 1 and len(words[0]) >= 3 and words[0].isalpha():
            owners.setdefault(language.sound(words[0]), []).append(value)
    return {sound: found[0] for sound, found in owners.items() if len(found) == 1 and len(sound) > 1}


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
