"""How the model may write words of a grammar: "sixteen" as "16", "seven thirty" as "7:30", "pm" as "p.m.".

Pure. It knows no grammar: it takes words and returns their spellings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

ONES = {word: n for n, word in enumerate("zero one two three four five six seven eight nine".split())}
TEENS = {
    word: n
    for n, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), start=10
    )
}
TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")

WRITTEN = {
    "am": ("a.m.", "a.m"),
    "pm": ("p.m.", "p.m"),
    "percent": ("%", "per cent"),
    "degrees": ("°",),
    "okay": ("ok",),
    "ok": ("okay", "o.k."),
    "tv": ("t.v.",),
    "o'clock": (":00", "oclock"),
    "minutes": ("min",),
    "kilometers": ("km", "kilometres"),
    "kilometres": ("km", "kilometers"),
    "meters": ("metres",),
    "mister": ("mr.", "mr"),
    "doctor": ("dr.", "dr"),
    "saint": ("st.", "st"),
    "and": ("&",),
    "plus": ("+",),
    "euros": ("€",),
    "dollars": ("$",),
}
"""Other spellings of single words; those without a letter at the beginning follow a number without a space."""


@lru_cache(maxsize=20_000)
def spellings(word: str) -> tuple[str, ...]:
    """Return how one word may be written, itself first: an apostrophe may be left out, a letter may have a dot."""
    found = [word, *WRITTEN.get(word, ())]
    if "'" in word:
        found.append(word.replace("'", ""))
    if len(word) == 1 and word in _LETTERS:
        found.append(f"{word}.")
    return tuple(found)


@lru_cache(maxsize=100_000)
def digits(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return how the words together may be written with digits; nothing if they are no number, or not a whole one."""
    found: list[str] = []
    value = _cardinal(words)
    if value is not None:
        found.append(str(value))
        if value >= 1000:
            found.append(f"{value:,}")
    if "point" in words[1:-1]:
        place = words.index("point")
        whole, parts = _cardinal(words[:place]), [_digit(word) for word in words[place + 1 :]]
        if whole is not None and all(part is not None for part in parts):
            found.append(f"{whole}." + "".join(str(part) for part in parts))
    if words[-3:] == ("and", "a", "half") and (whole := _cardinal(words[:-3])) is not None:
        found += [f"{whole}.5", f"{whole} 1/2", f"{whole} and 1/2"]
    ordinal = _ordinal(words)
    if ordinal is not None:
        found.append(f"{ordinal}{_ending(ordinal)}")
    found += _clock(words)
    return tuple(dict.fromkeys(found))


@dataclass
class NumberTree:
    """The numbers that may be written with digits, word by word."""

    written: tuple[str, ...] = ()
    """How the words up to here may be written."""
    next: dict[str, NumberTree] = field(default_factory=dict)


@cache
def number_tree() -> NumberTree:
    """Return all numbers tried with digits: to 999, round thousands, tenths, halves, times, days of a month."""
    root = NumberTree()
    for phrase in _phrases():
        here = root
        for word in phrase:
            here = here.next.setdefault(word, NumberTree())
        here.written = digits(phrase)
    return root


def first_digits(word: str) -> str:
    """Return the digits that a number beginning with this word may begin with; "" if none does."""
    if word == "a":
        return "1"
    value = ONES.get(word, TEENS.get(word, TENS.get(word, _ORDINALS.get(word))))
    return str(value)[0] if value is not None else ""


def _phrases() -> Iterator[tuple[str, ...]]:
    below: list[tuple[str, ...]] = [(one,) for one in (*ONES, *TEENS, *TENS)]
    below += [(ten, one) for ten in TENS for one in ONES if one != "zero"]
    yield from below
    yield from ((word,) for word in _ORDINALS)
    yield from ((ten, word) for ten in ("twenty", "thirty") for word, value in _ORDINALS.items() if value < 10)
    for front in ("a", *ONES):
        if front == "zero":
            continue
        yield front, "hundred"
        for rest in below[1:]:
            yield front, "hundred", *rest
            yield front, "hundred", "and", *rest
    for front_words in below[1:]:
        yield *front_words, "thousand"
        yield from ((*front_words, "thousand", one, "hundred") for one in ONES if one != "zero")
    for whole in below:
        yield *whole, "and", "a", "half"
        yield from ((*whole, "point", digit) for digit in ONES)
    for hour in below[1:13]:
        yield from (
            (*hour, *minute) for minute in below[10:] if minute[0] not in ("sixty", "seventy", "eighty", "ninety")
        )
        yield from ((*hour, "oh", one) for one in ONES if one != "zero")


def _digit(word: str) -> int | None:
    return 0 if word == "oh" else ONES.get(word)


def _below_hundred(words: tuple[str, ...]) -> int | None:
    match words:
        case (one,):
            return ONES.get(one, TEENS.get(one, TENS.get(one)))
        case (ten, one) if ten in TENS and ONES.get(one, 0) > 0:
            return TENS[ten] + ONES[one]
        case _:
            return None


def _cardinal(words: tuple[str, ...]) -> int | None:
    """Return the number that the words are, up to 999,999; None if they are none."""
    if "thousand" in words:
        place = words.index("thousand")
        front = 1 if words[:place] == ("a",) else _below_thousand(words[:place])
        rest = words[place + 1 :]
        behind = 0 if not rest else _below_thousand(rest[1:] if rest[0] == "and" else rest)
        return None if not front or behind is None else 1000 * front + behind
    return _below_thousand(words)


def _below_thousand(words: tuple[str, ...]) -> int | None:
    if "hundred" not in words:
        return _below_hundred(words)
    place = words.index("hundred")
    front = 1 if words[:place] == ("a",) else _below_hundred(words[:place])
    rest = words[place + 1 :]
    behind = 0 if not rest else _below_hundred(rest[1:] if rest[0] == "and" else rest)
    return None if not front or front > 9 or behind is None else 100 * front + behind


def _ordinal(words: tuple[str, ...]) -> int | None:
    match words:
        case (one,):
            return _ORDINALS.get(one)
        case (ten, one) if ten in TENS and 0 < _ORDINALS.get(one, 0) < 10:
            return TENS[ten] + _ORDINALS[one]
        case _:
            return None


def _ending(value: int) -> str:
    if 10 < value % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _clock(words: tuple[str, ...]) -> list[str]:
    """Return times of day: "seven" is "7:00", "seven oh five" "7:05", "seven thirty" "7:30"."""
    hour = _below_hundred(words[:1])
    if hour is None or not 0 < hour < 24:
        return []
    if len(words) == 1:
        return [f"{hour}:00"] if hour <= 12 else []
    rest = words[1:]
    minute = _digit(rest[1]) if len(rest) == 2 and rest[0] == "oh" else _below_hundred(rest)
    if minute is None or (minute < 10 and rest[0] != "oh") or not minute < 60:
        return []
    return [f"{hour}:{minute:02d}"] if hour <= 12 else []
