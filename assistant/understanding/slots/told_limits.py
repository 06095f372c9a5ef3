"""What a description says of a number: its least and most, and the multiple that it is told in.

Reads English descriptions of schemas only; a schema's own limits stand above what its words say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from client.values import JSON

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(
    rf"(?:\(|\brange\b:?\s*|\bbetween\s+|\bfrom\s+){_NUMBER}\s*(?:-|–|to|and|\.\.)\s*{_NUMBER}\b(?!\s*[:/\d])",
    re.IGNORECASE,
)
_SAYS = rf"(?:\s+of|\s+is)?\s*[:=]?\s*{_NUMBER}\b(?!\s*[:/])"
_MOST = re.compile(rf"\b(?:max|maximum|at most|up to)\b{_SAYS}", re.IGNORECASE)
_LEAST = re.compile(rf"\b(?:min|minimum|at least)\b{_SAYS}", re.IGNORECASE)
_MULTIPLE = re.compile(r"\bin (?:units of )?(thousands|millions|billions)\b", re.IGNORECASE)
_SIZES = {"thousands": 1_000, "millions": 1_000_000, "billions": 1_000_000_000}
_RETURNED = re.compile(
    r"\b(?:max(?:imum)?|number|how many|limit|count|most)\b.{0,40}\b(?:return|fetch|retriev|show|list|include|"
    r"results?|items?|entries|records)",
    re.IGNORECASE,
)
_POINT_BEFORE = re.compile(r"(?<![\w.])(\d{1,3})\s*\(([A-Za-z][A-Za-z -]{1,20})\)")
_POINT = re.compile(r"(?<![\w.])(\d{1,3})\s*[=:]\s*['\"]?([A-Za-z][A-Za-z-]{1,20})")
_COUNTS = frozenset({"limit", "count", "results", "n", "top"})
KEYS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})


def with_told_limits(schema: Mapping[str, JSON], about: str) -> Mapping[str, JSON]:
    """Return a number's schema with the limits that its description says, if it has none of its own."""
    return schema if KEYS & set(schema) else {**schema, **_limits(about)}


@lru_cache(maxsize=1024)
def _limits(about: str) -> Mapping[str, JSON]:
    found = _RANGE.search(about)
    if found is not None and float(found[1]) < float(found[2]):
        return {"minimum": float(found[1]), "maximum": float(found[2])}
    most, least = _MOST.search(about), _LEAST.search(about)
    low, high = (float(each[1]) if each is not None else None for each in (least, most))
    if low is not None and high is not None and low >= high:
        return {}
    return {key: limit for key, limit in (("minimum", low), ("maximum", high)) if limit is not None}


def counts_results(words: Sequence[str], about: str) -> bool:
    """Return whether a number says how many results are wanted, by the words of its name and its description."""
    return bool(_COUNTS.intersection(words[-1:])) or (words[:1] == ("max",) and bool(_RETURNED.search(about)))


@lru_cache(maxsize=1024)
def told_points(about: str) -> Mapping[str, int]:
    """Return the points of a scale that a description names: "urgent" is 4 by "1 (normal) to 4 (urgent)"."""
    pairs = [*_POINT_BEFORE.findall(about), *_POINT.findall(about)]
    return {name.strip().lower(): int(number) for number, name in pairs}


def told_in(about: str) -> int:
    """Return the multiple that a number is told in: a million for "price in millions"; else 1."""
    found = _MULTIPLE.search(about)
    return _SIZES[found[1].lower()] if found is not None else 1
