"""Addresses on the web, paths and names of files: as they are typed, and as their signs are said.

"Shopping.txt", "notes/ideas.md", "shopping dot txt", "dot dot slash notes". A value is what was written or said and
nothing else: a sign joins only what it stands between, and no word before a path becomes a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.understanding.language import Language
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Slot

_QUOTED = re.compile(r"(?<!\S)[\"“]([^\"“”]*[./][^\"“”]*)[\"”]")
_WRITTEN = re.compile(r"(?<!\S)[(\"']?((?:~|\.{1,2})?/?[\w.+~-]+(?:/[\w.+~-]+)*/?)(?=[)\"',;:!?.]*(?:\s|$))")
_NO_PATH = re.compile(r"[\d.:/-]+|(?:[a-z]\.)+[a-z]?\.?|\w+", re.IGNORECASE)
"""Numbers, dates and times; letters with dots ("a.m."); single words."""
_ABOVE = re.compile(r"(?:\.{1,2}/)+|/")
"""Signs that a path may begin with."""
LONGEST_NAME = 4
"""Words of one name of a file, such as "my shopping list", behind the word that says what it is."""
FILES = frozenset("path filepath filename file".split())
FOLDERS = frozenset("folder directory dir".split())
"""Last words of names of parameters that take a file or a folder, whose name may be any words."""


class SaidPaths:
    """Finds them in one language."""

    def __init__(self, language: Language) -> None:
        self._dot = frozenset(language.words("email", "dot"))
        self._joints = {str(k): str(v) for k, v in language.table("email", "joints").items()}
        self._leading = frozenset(language.words("email", "joint_leads"))
        self._toward = frozenset(str(cue) for cue in language.table("roles")["destination"]["cues"])
        self._naming = frozenset((*language.words("cutting", "naming"), *language.words("email", "file_nouns")))
        owned = frozenset(language.words("places", "possessives"))
        self._articles = owned | frozenset(language.words("cutting", "articles"))
        self._parting = (language.common | frozenset(language.words("cutting", "boundaries"))) - owned
        self._inside = frozenset(language.words("email", "inside"))
        self._kept = frozenset(language.words("email", "kept_things"))

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the paths of a sentence for one parameter, from left to right."""
        target = "destination" in slot.roles[:1]
        spent = 0
        for text, start, end in sorted([*self._typed(entities), *self._said(entities)], key=lambda each: each[1:]):
            if start < spent:
                continue
            spent = end
            begin = self._whole_name(entities, start) if _ABOVE.match(text) is None else start
            text = f"{surface(entities, begin, start)} {text}" if begin < start else text
            behind = begin > 0 and entities.lowered[begin - 1] in self._toward  # "rename a dot txt to b dot txt"
            yield Candidate(slot, text, begin, end, 0.9 if behind == target else 0.88)

    def _typed(self, entities: Entities) -> Iterator[tuple[str, int, int]]:
        """Yield what is typed as a path, with the places of its words."""
        for match in (*_QUOTED.finditer(entities.text), *_WRITTEN.finditer(entities.text)):
            text = match[1].rstrip(".") if match.re is _WRITTEN else match[1]
            if _NO_PATH.fullmatch(text):
                continue
            inside = [i for i, w in enumerate(entities.words) if match.start(1) < w.end and w.start < match.end(1)]
            if inside:
                yield text, inside[0], inside[-1] + 1

    def _said(self, entities: Entities) -> Iterator[tuple[str, int, int]]:
        """Yield what is said as a path."""
        for start in range(len(entities.words)):
            found = self._signed(entities, start)
            if found is not None:
                yield found[0], start, found[1]

    def _signed(self, entities: Entities, start: int) -> tuple[str, int] | None:
        """Return the words that signs join from there on, as they are written, and where they end."""
        text, place = self._signs(entities, start)
        if text and (start == 0 or _ABOVE.fullmatch(text) is None) and not self._is_name(entities, start - 1):
            return None  # a sign between two words, found from the first of them
        if text and _ABOVE.fullmatch(text) is None and text != ".":
            return None
        if self._is_sign(entities, place) or not self._is_part(entities, place):
            return None
        if not text and self._is_name(entities, start):
            return None  # "called dot dot slash notes": the word names what follows
        text, place = text + entities.words[place].text, place + 1
        while True:
            sign, end = self._signs(entities, place)
            if not sign or not (len(sign) == 1 or sign[0] == "/") or not self._is_part(entities, end):
                break
            text, place = f"{text}{sign}{entities.words[end].text}", end + 1
        return (text, place) if "." in text or "/" in text else None  # "the dash cam" is no path

    def _signs(self, entities: Entities, place: int) -> tuple[str, int]:
        """Return the signs that are said from there on, and where they end."""
        text = ""
        while self._is_sign(entities, place):
            lower = entities.lowered[place]
            if lower not in self._leading:
                text += "." if lower in self._dot else self._joints[lower]
            place += 1
        return text, place

    def _is_sign(self, entities: Entities, place: int) -> bool:
        lower = entities.lowered[place] if place < len(entities.words) else ""
        if lower in self._leading:  # "forward slash"
            return entities.lowered[place + 1 : place + 2] != () and entities.lowered[place + 1] in self._joints
        return lower in self._dot or lower in self._joints

    def _is_part(self, entities: Entities, place: int) -> bool:
        return place < len(entities.words) and re.fullmatch(r"[^\W_]+", entities.words[place].text) is not None

    def _is_name(self, entities: Entities, place: int) -> bool:
        """Return whether a word says that a name follows: "called", "file"."""
        return place >= 0 and entities.lowered[place] in self._naming

    def _whole_name(self, entities: Entities, start: int) -> int:
        """Return where a name of several words begins behind a word that announces it: "the file [my list].txt"."""
        for begin in range(start - 1, max(-1, start - LONGEST_NAME), -1):
            if self._is_name(entities, begin):
                return begin + 1
            if self._parts(entities, begin) or not entities.words[begin].spoken:
                break
        return start

    def named(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the name of a file without an ending, behind the word that announces it: "the file [packing list]"."""
        if slot.words[-1] not in FILES:
            return
        for place in range(len(entities.words) - 1):
            if not self._is_name(entities, place) or self._is_name(entities, place + 1):
                continue
            end = place + 1
            while end < len(entities.words) and end - place <= LONGEST_NAME and entities.words[end].spoken:
                if self._parts(entities, end):
                    break
                end += 1
            if end > place + 1:
                target = "destination" in slot.roles[:1]
                yield Candidate(slot, surface(entities, place + 1, end), place + 1, end, 0.7 - 0.1 * target)

    def held_in(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the folder whose files are asked for, by its bare name: "the files in [old letters]"."""
        for place in range(1, len(entities.words) - 1):
            begin = place + 1
            if entities.lowered[place] not in self._inside or entities.lowered[place - 1] not in self._kept:
                continue
            while begin < len(entities.words) - 1 and entities.lowered[begin] in self._articles:
                begin += 1
            end = begin
            while end < len(entities.words) and entities.words[end].spoken and not self._parts(entities, end):
                end += 1
            if 0 < end - begin <= LONGEST_NAME and FOLDERS.isdisjoint(entities.lowered[begin:end]):
                yield Candidate(slot, surface(entities, begin, end), begin, end, 0.75)

    def _parts(self, entities: Entities, place: int) -> bool:
        return entities.lowered[place] in self._parting
