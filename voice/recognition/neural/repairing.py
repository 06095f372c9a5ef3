"""Names that a free text has in words that sound like them: "the temp of the ecob" for "the temp of the ecobee".

It only proposes texts, from how words are pronounced; the speech model then says how likely each is for the sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from voice.plain_words import plain_words
from voice.recognition.pronunciation import pronunciations

MOST_NAMES = 400
"""Names that are looked for in a text; each costs about 0.1 ms of the processor."""
MOST_TEXTS = 6
"""Repaired texts that are proposed for one sound."""
UNLIKE = 0.35
"""Most that a name may differ from the words it stands for, as a share of its phones. "Ice motto" for "iced mocha" has
0.27, "about their humidity" for "outdoor humidity" 0.06."""
_BOTH = 3
"""Repaired texts in which a second name is looked for."""
_LEAST_PHONES = 4
"""Phones of the shortest name that is looked for: short ones sound like parts of any sentence."""
_LEAST_LEFT = 2
"""Phones of a replaced word that stand outside the name, from which they may be a small word of their own."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_CLASSES = (
    "AA AO AH AE AW AY EH ER EY IH IY OW OY UH UW", "P B", "T D DH TH", "K G", "F V TH B", "S Z SH", "CH JH SH ZH T",
    "M N NG", "L R W ER", "Y IY", "HH",
)  # fmt: skip
_KIN = frozenset(
    (one, other) for listed in _CLASSES for one in listed.split() for other in listed.split() if one != other
)
_AKIN, _OTHER, _GAP, _WEAK_GAP = 0.4, 1.0, 0.7, 0.4
"""What it costs that a phone is another of its kind or of another kind, and that one is missing or too much; weak ones
are hardly heard."""
_SMALL = ("a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "with")
"""Words that may stand beside a name within one misheard word: "about their" for "of outdoor"."""
_WEAK = frozenset("AH HH IH D T".split())


@dataclass(frozen=True)
class Repaired:
    """A text with a name put in."""

    text: str
    unlike: float
    """How much the name differs from the words that it replaces, as a share of its phones."""


def repaired(texts: Iterable[str], names: Sequence[str]) -> list[Repaired]:
    """Return texts with one or two names in place of words that sound like them, the most alike first."""
    once = _distinct([one for text in texts for one in _with_a_name(text, names)])
    twice = [
        Repaired(two.text, max(one.unlike, two.unlike)) for one in once[:_BOTH] for two in _with_a_name(one.text, names)
    ]
    return _distinct([*once, *twice])[:MOST_TEXTS]


def _distinct(found: list[Repaired]) -> list[Repaired]:
    """Return texts of different words, the most alike first."""
    found.sort(key=lambda one: (one.unlike, one.text))
    return list({plain_words(one.text): one for one in reversed(found)}.values())[::-1]


def _with_a_name(text: str, names: Sequence[str]) -> Iterator[Repaired]:
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    spoken = [_phones(text[start:end].lower().replace("’", "'")) for start, end in words]
    said = f" {plain_words(text)} "
    sound = tuple(phone for phones in spoken for phone in phones)
    owner = [number for number, phones in enumerate(spoken) for _ in phones]
    for name in names[:MOST_NAMES]:
        if f" {name} " in said:
            continue
        wanted = tuple(phone for word in name.split() for phone in _phones(word))
        if not _LEAST_PHONES <= len(wanted) <= 2 * len(sound):
            continue
        cost, begin, end = _nearest(wanted, sound)
        if cost > UNLIKE * len(wanted) or begin >= end:
            continue
        first, last = owner[begin], owner[end - 1]
        start, stop = words[first][0], words[last][1]
        before = _small(sound[owner.index(first) : begin])
        after = _small(sound[end : len(owner) - owner[::-1].index(last)])
        put = " ".join(word for word in (before, name, after) if word)
        yield Repaired(f"{text[:start]}{put}{text[stop:]}", cost / len(wanted))


def _small(phones: Sequence[str]) -> str:
    """Return the small word that the rest of a replaced word sounds like; "" for none."""
    if len(phones) < _LEAST_LEFT:
        return ""
    cost, word = min((_cost(_phones(word), phones) / len(_phones(word)), word) for word in _SMALL)
    return word if cost <= UNLIKE else ""


@lru_cache(maxsize=20_000)
def _phones(word: str) -> tuple[str, ...]:
    ways = pronunciations([word])[word]
    return tuple(ways[0].split()) if ways else ()


def _cost(wanted: Sequence[str], heard: Sequence[str]) -> float:
    """Return the cost of changing all heard phones into the wanted phones."""
    row = [0.0]
    for phone in heard:
        row.append(row[-1] + _gap(phone))
    for phone in wanted:
        before, row = row, [row[0] + _gap(phone)]
        for place, other in enumerate(heard):
            row.append(min(before[place] + _swap(other, phone), before[place + 1] + _gap(phone), row[-1] + _gap(other)))
    return row[-1]


def _swap(heard: str, phone: str) -> float:
    return 0.0 if heard == phone else _AKIN if (heard, phone) in _KIN else _OTHER


def _gap(phone: str) -> float:
    return _WEAK_GAP if phone in _WEAK else _GAP


def _nearest(wanted: Sequence[str], sound: Sequence[str]) -> tuple[float, int, int]:
    """Return the least cost of changing a part of the sound into the wanted phones, and the position of that part."""
    row = [(0.0, place) for place in range(len(sound) + 1)]
    for phone in wanted:
        gap = _gap(phone)
        before, row = row, [(row[0][0] + gap, row[0][1])]
        for place, heard in enumerate(sound):
            swapped = before[place][0] + _swap(heard, phone), before[place][1]
            left_out = before[place + 1][0] + gap, before[place + 1][1]
            more = row[place][0] + _gap(heard), row[place][1]
            row.append(min(swapped, left_out, more))
    end = min(range(len(row)), key=lambda place: row[place][0])
    return row[end][0], row[end][1], end
