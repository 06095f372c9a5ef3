"""Rules of the driver's settings that choose between fitting tools: by words, files, place, car and network.

A rule only chooses among the proposals of understanding. It never makes a tool fit that the sentence does not ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from assistant.settings.settings import RoutingRule
from assistant.understanding.reading import Interpretation, Reading
from assistant.understanding.tokens import plain

_PATTERN = frozenset("*?[")
"""Characters that make a name a pattern; a name without them means one tool."""


@dataclass(frozen=True)
class Circumstances:
    """The circumstances that rules check besides the words."""

    place: str = ""
    moving: bool = False
    online: bool = True


Fit = Callable[[str], Interpretation | None]
"""Returns the sentence's interpretation for the tool of that qualified name; None if a required value is missing."""


def preferred(
    reading: Reading,
    rules: Sequence[RoutingRule],
    circumstances: Callable[[], Circumstances],
    fit: Fit = lambda tool: None,
) -> Reading:
    """Return the reading with the preferred proposal of the first rule that applies in front, else unchanged.

    A rule that names one tool, not a pattern, also applies if the tool was not proposed but the sentence gives all that
    it needs.
    """
    found = reading.interpretations
    if not found or not rules:
        return reading
    now = circumstances()
    for rule in rules:
        if not _holds(rule, reading.text, now):
            continue
        place = next((at for at, one in enumerate(found) if fnmatchcase(one.tool, rule.prefer)), None)
        if place is not None:
            return replace(reading, interpretations=_first(found, place))
        named = fit(rule.prefer) if _PATTERN.isdisjoint(rule.prefer) and not found[0].then else None
        if named is not None:
            return replace(reading, interpretations=_first((*found, named), len(found)))
    return reading


def _first(found: Sequence[Interpretation], place: int) -> tuple[Interpretation, ...]:
    """Return the proposals with that one clearly in front: the driver is not asked to choose."""
    best, chosen = found[0], found[place]
    others = tuple(replace(one, score=one.score / 2) for at, one in enumerate(found) if at != place)
    return (replace(chosen, score=best.score), *others)


def _holds(rule: RoutingRule, text: str, now: Circumstances) -> bool:
    said = f" {plain(text)} "
    if rule.words and not any(f" {plain(word)} " in said for word in rule.words):
        return False
    if rule.files and not any(_names_file(text, ending) for ending in rule.files):
        return False
    if rule.place and plain(rule.place) != plain(now.place):
        return False
    if rule.driving and (rule.driving == "moving") is not now.moving:
        return False
    return not rule.network or (rule.network == "online") is now.online


def _names_file(text: str, ending: str) -> bool:
    """Return whether the words name a file with that ending, as written or as said ("notes dot md")."""
    return re.search(rf"\w(?:\.|\s+dot\s+){re.escape(ending.lstrip('.'))}\b", text, re.IGNORECASE) is not None
