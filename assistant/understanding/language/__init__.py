"""One language as data: its words come from the file of the same name in this folder, none stand in code.

Only reads that file; it never decides what words mean for a tool.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.understanding.tokens import fold

MOST_STEMS = 50_000
"""Words whose stems are kept."""


@dataclass(frozen=True)
class Subject:
    """Something people talk to an assistant about."""

    name: str
    named: tuple[str, ...]
    """Words by which a tool says that it serves this."""
    said: tuple[str, ...]
    """Words and phrases of people who want it."""
    asked: tuple[str, ...] = ()
    """Whole sentences of such people."""


class Language:
    """Word lists by section, and the few operations that depend on them."""

    def __init__(
        self,
        code: str,
        raw: Mapping[str, Any],
        subjects: Sequence[Mapping[str, Any]],
        answers: Mapping[str, Any],
        names: Mapping[str, Sequence[str]],
        acts: Sequence[Mapping[str, Any]] = (),
        capabilities: Path | None = None,
        mood: Mapping[str, Any] | None = None,
        deeds: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    ) -> None:
        """Take the contents of the language's files: words, subjects, answers, names, acts, and moods with opposites.

        `capabilities` is the table of what software could do, where the language has one.
        """
        self.code = code
        """The name of its files: "en", "de"."""
        self.acts = acts
        self.mood: Mapping[str, Any] = mood or {}
        """Words that show whether a clause asks, wants or refuses, and the opposites among verbs."""
        self._sides = _sides(self.mood.get("pairs", ()))
        self.deeds: Mapping[str, Mapping[str, Sequence[str]]] = deeds or {}
        """Turns of phrase for what is to be done or told, and the words of tools that do or tell it, by name."""
        self.capabilities = capabilities
        self._raw = raw
        self.answers = answers
        self.names = {
            group: frozenset(tuple(name.replace(".", "").split()) for name in found) for group, found in names.items()
        }
        self.subjects = tuple(map(_subject, subjects))
        self._irregular: Mapping[str, str] = raw["stems"]
        self._stems: dict[str, str] = {}
        self.commands = frozenset(map(fold, (*self.words("changing"), *self.mood.get("imperatives", ()))))
        """Verbs that open an order, folded: of what changes something, and of what is asked for otherwise."""
        forms = self.mood.get("positions", {}).get("forms", {})
        self.position_forms = {form: place for place, inflected in forms.items() for form in inflected}
        """The plain words for a position by its inflected forms: "hinten", for "hintere"."""
        self.common: frozenset[str] = frozenset(str(raw["common"]).split())
        self._suffixes: tuple[str, ...] = tuple(raw["suffixes"])
        self._groups: dict[str, frozenset[str]] = {}
        for group in raw["synonyms"]:
            stems = frozenset(self.stem(word) for word in group)
            for stem in stems:
                self._groups[stem] = self._groups.get(stem, frozenset()) | stems

    def words(self, *path: str) -> tuple[str, ...]:
        """Return the word list at that place of the file."""
        return tuple(self._at(path))

    def table(self, *path: str) -> Mapping[str, Any]:
        """Return the mapping at that place of the file."""
        found: Mapping[str, Any] = self._at(path)
        return found

    def lists(self, *path: str) -> list[list[str]]:
        """Return the list of word lists at that place of the file."""
        return [list(item) for item in self._at(path)]

    def groups(self, key: str) -> list[Mapping[str, Any]]:
        """Return the list of tables at that key of the file."""
        return list(self._raw[key])

    def _at(self, path: tuple[str, ...]) -> Any:
        found: Any = self._raw
        for part in path:
            found = found[part]
        return found

    def stem(self, word: str) -> str:
        """Return the word without the endings of inflection; near enough for comparing, not a dictionary form."""
        found = self._stems.get(word)
        if found is None:
            if len(self._stems) > MOST_STEMS:
                self._stems.clear()
            found = self._stems[word] = self._irregular.get(word) or self._cut_endings(word)
        return found

    def _cut_endings(self, word: str) -> str:
        for suffix in self._suffixes:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word = word[: -len(suffix)]
                break
        if len(word) > 3 and word[-1] == word[-2]:
            word = word[:-1]
        return word

    def sound(self, word: str) -> str:
        """Return how a word sounds, roughly: words of one sound may be misheard for each other."""
        for letters, sound in self.lists("enums", "sounds"):
            word = word.replace(letters, sound)
        vowels = str(self.table("enums")["vowels"])
        kept = word[:1] + "".join(letter for letter in word[1:] if letter not in vowels)
        return "".join(letter for letter, before in zip(kept, " " + kept, strict=False) if letter != before)

    def are_opposites(self, one: str, other: str) -> bool:
        """Return whether two words stand on the two sides of one axis of the opposites."""
        sides = self._sides.get(one, frozenset()), self._sides.get(other, frozenset())
        return any((axis, -sign) in sides[1] for axis, sign in sides[0])

    def synonyms(self, stem: str) -> frozenset[str]:
        """Return the stems that mean nearly the same, the stem itself among them."""
        return self._groups.get(stem, frozenset((stem,)))


def _subject(raw: Mapping[str, Any]) -> Subject:
    said = tuple(phrase.strip() for phrase in raw["said"].split(";") if phrase.strip())
    return Subject(raw["name"], tuple(raw["named"].split()), said, tuple(raw["asked"]))


def _sides(pairs: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[tuple[str, int]]]:
    """Return on which sides of which axes each word of the opposites stands."""
    sides: dict[str, set[tuple[str, int]]] = {}
    for pair in pairs:
        for word, sign in (*((each, 1) for each in pair["plus"]), *((each, -1) for each in pair["minus"])):
            sides.setdefault(word, set()).add((pair["axis"], sign))
    return {word: frozenset(found) for word, found in sides.items()}


BASE = "en"
"""The language whose data stands where another's has nothing of its own: units, symbols, names."""


@cache
def language(code: str = BASE) -> Language:
    """Return that language, read once. Raises `FileNotFoundError` where the folder has no file for it."""
    words, subjects, answers, names, acts, mood, deeds = (
        _file(code, part) for part in ("", ".subjects", ".answers", ".names", ".acts", ".mood", ".deeds")
    )
    table = Path(__file__).parent / f"{code}.capabilities.npz"
    capabilities = table if table.exists() else None  # only a language's own sentences teach how it asks for them
    found = _with_sentences(code, subjects["subjects"])
    return Language(code, words, found, answers, names, acts["acts"], capabilities, mood, deeds["deeds"])


def _with_sentences(code: str, subjects: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the subjects with the sentences that the language has of them, and those that only sentences tell of."""
    path = Path(__file__).parent / f"{code}.sentences.toml"
    if not path.exists():
        return list(subjects)
    found = {subject["name"]: dict(subject) for subject in subjects}
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["sentences"]:
        subject = found.setdefault(entry["name"], {"said": "", **entry, "asked": []})
        subject["asked"] = [*subject["asked"], *entry["asked"]]
    return list(found.values())


def _file(code: str, part: str) -> dict[str, Any]:
    folder = Path(__file__).parent
    base: dict[str, Any] = tomllib.loads((folder / f"{BASE}{part}.toml").read_text(encoding="utf-8"))
    path = folder / f"{code}{part}.toml"
    if code == BASE or (part and not path.exists()):
        return base
    return _merged(base, tomllib.loads(path.read_text(encoding="utf-8")))


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the language's own entries over the base's: tables entry by entry, all else as a whole."""
    found = dict(base)
    for key, value in own.items():
        under = found.get(key)
        found[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return found
