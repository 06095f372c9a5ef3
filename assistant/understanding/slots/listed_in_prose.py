"""The values that words or a pattern list where a schema has no enum: "one of 'add', 'remove'", "^(on|off)$".

Reads schemas only. A list is closed where the author says so or where the parameter is named for a choice ("action",
"mode"); words that are quoted as examples are no list of values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{1,30})['\"`]")
_FOR_EXAMPLE = re.compile(
    r"\be\.?g\b|\bexamples?\b|\bsuch as\b|\blike\b|\bz\. ?b\b|\betc\b|\.\.\.|comma[- ]separated", re.IGNORECASE
)
_CHOICES = frozenset(
    "action command mode state status type operation sort order by unit units format level priority direction period "
    "filter method kind scope frequency speed visibility interval granularity style size strategy task".split()
)
"""Last words of names of parameters that take one of a few values."""
_ITEM = r"['\"`]?([A-Za-z0-9][\w-]{0,30})['\"`]?(?: ?\([^()]{0,80}\))?"
_LIST = rf"{_ITEM}(?:\s*(?:,\s*(?:or\s|and\s)?|\||/|\bor\b|\band\b)\s*{_ITEM})+"
_SAID_CLOSED = re.compile(
    r"\b(?:one of|either|must be|can be|could be|may be|valid (?:values|options)(?: are)?|allowed values?(?: are)?|"
    r"options?(?: are)?|possible values?(?: are)?|supported values?(?: are)?|choose (?:from|between)|choices)"
    rf"\s*[:=]?\s*[\[({{]?\s*({_LIST})\s*(?=$|[.;)\]}}(:]|\s-\s)",
    re.IGNORECASE,
)
_BEHIND_COLON = re.compile(rf"(?:^|[:(])\s*({_LIST})\s*(?=$|[.;()])")
_WHOLE = re.compile(rf"[^:.;,()]+:\s*({_LIST})\.?")
_OPENING = re.compile(rf"^\s*[\[(]?(['\"`]{_LIST})")
_ONE = re.compile(_ITEM)
_BULLET = re.compile(r"(?:^|\s)[-*•]\s+['\"`*]{1,2}([A-Za-z][\w-]{1,30})['\"`*]{1,2}\s*(?:\([^)]*\))?\s*[:-]")
_NOTHING = frozenset({"none", "null", "undefined", "empty", "or", "and", "omit"})
_NUMBERED = re.compile(r"(?<![\w.])(\d{1,3})\s*[=:]\s*['\"]?([A-Za-z][A-Za-z -]{1,30})")
_NUMBERED_BARE = re.compile(r"(?:^|[:,(]\s*)(\d{1,3}) ([A-Za-z][A-Za-z -]{1,30})(?=,|$|[.;)])")
_ALTERNATIVES = re.compile(r"\^?\(?(?:\?:|\?i\))?\(?((?:[\w-]|\[\w{1,2}\])+(?:\|(?:[\w-]|\[\w{1,2}\])+)+)\)*\$?")
FEWEST_UNSAID = 3
"""Values behind a colon, and none behind them, that are a list if no word says so: "Goal: lose, keep, gain"."""
MOST = 30
"""Values of a list in prose; a longer one is read as text."""


def quoted_values(about: str) -> tuple[str, ...]:
    """Return the words that a description quotes as values, "('local') or ('remote')"; () for fewer than two.

    Quoted examples ("e.g. 'Berlin'") are no list of values.
    """
    found = tuple(dict.fromkeys(_QUOTED.findall(about)))
    return found if len(found) > 1 and not _FOR_EXAMPLE.search(about) else ()


def numbered(about: str) -> list[tuple[str, int]]:
    """Return what a description says whole numbers stand for: "0=Economy, 1=Premium Economy"; [] for fewer than two.

    Without a sign between them ("1 low, 2 high") the numbers must follow one another: "0 is closed, 100 is open" names
    the ends of a scale.
    """
    found = [(name.strip(), int(number)) for number, name in _NUMBERED.findall(about)]
    if len(found) < 2:
        found = [(name.strip(), int(number)) for number, name in _NUMBERED_BARE.findall(about)]
        if any(later - earlier != 1 for (_, earlier), (_, later) in pairwise(found)):
            return []
    return found if len(found) > 1 and len({number for _, number in found}) == len(found) else []


@lru_cache(maxsize=1024)
def told_names(about: str, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return other names of values that a description puts behind them in brackets: "gazole (diesel)"."""
    found: list[tuple[str, str]] = []
    for value in values:
        told = re.search(rf"(?<!\w){re.escape(value)}['\"`]?\s*\(([A-Za-z][A-Za-z -]{{1,30}})\)", about)
        found += [(told[1], value)] if told is not None else []
    return tuple(found)


@lru_cache(maxsize=1024)
def pattern_values(pattern: str) -> tuple[str, ...]:
    """Return the texts that a pattern is but a list of: "^(on|off)$", "^([Oo]n|[Oo]ff)$"; () for any other pattern."""
    found = _ALTERNATIVES.fullmatch(pattern)
    if found is None:
        return ()
    return tuple(_plain(part) for part in found[1].split("|"))


def _plain(part: str) -> str:
    """Return an alternative as it is usually written: the first spelling of its first letter, the last of the rest."""
    pieces = re.findall(r"\[(\w{1,2})\]|([\w-])", part)
    return "".join(
        (either[0] if not place else either[-1]) if either else letter for place, (either, letter) in enumerate(pieces)
    )


def closed_values(words: Sequence[str], about: str) -> tuple[str, ...]:
    """Return the values that a text is limited to by its description; () for one that takes any words.

    `words` are those of its name.
    """
    bullets = tuple(dict.fromkeys(_BULLET.findall(about)))
    choice = bool(_CHOICES.intersection(words[-1:]))
    if choice and 2 <= len(bullets) <= MOST:
        return bullets
    if not _FOR_EXAMPLE.search(about):
        said = _SAID_CLOSED.search(about) or (_BEHIND_COLON.search(about) if choice else None) or _OPENING.search(about)
        if said is not None:
            return _values(said[1])
        whole = _WHOLE.fullmatch(about.strip())
        if whole is not None and len(_values(whole[1])) >= FEWEST_UNSAID:
            return _values(whole[1])
        if choice:
            found = quoted_values(about)
            return found if len(found) <= MOST else ()
    return ()


def told_of(name: str, description: str) -> str:
    """Return what a tool's words say that a parameter can be: "importance can be: low, normal, high"; "" if nothing."""
    says = r"(?:can be|may be|must be|should be|is one of|is|accepts|:|=)?\s*[:=]?\s*(?:one of\s*:?\s*|either\s+)?"
    found = re.search(
        rf"(?<!\w){re.escape(name)}(?!\w)[`'\"]?\s*{says}[\[({{]?({_LIST})\s*(?=$|[.;)\]}}\n])", description
    )
    return f"One of {found[1]}" if found is not None and len(_values(found[1])) > 1 else ""


def _values(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(word for word in _ONE.findall(text) if word.lower() not in _NOTHING))
    return found if 2 <= len(found) <= MOST else ()
