"""Which of several proposals is taken: the strongest, one a parameter, no word twice.

Knows candidates only; who proposes them, and what they become, stands in `fill`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.candidates import KNOWN
from assistant.understanding.slots.codes_of_the_world import CURRENCY
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.slots.spoken_moments import share_words
from client.schemas.patterns import as_whole, matches

WEAKEST = 0.3
"""Proposals below this are no more than chance."""
_SHARED = ({Kind.DATE_TIME, Kind.RECURRENCE}, {Kind.DATE_TIME, Kind.DURATION}, {Kind.MONTH, Kind.YEAR})
"""Kinds that may take the same words: "every monday at nine" has a first time."""


def choose(candidates: Iterable[Candidate], chosen: dict[tuple[str, ...], Candidate]) -> None:
    """Take proposals from the strongest down: one a parameter, no word twice."""
    ordered = sorted(candidates, key=lambda c: (-c.strength, c.start, c.start - c.end))
    whole = [c for c in ordered if c.slot.kind is Kind.ENUM and not c.part]
    for candidate in ordered:
        if candidate.part and any(_is_whole(candidate, other) for other in whole):
            continue
        if candidate.strength < WEAKEST or candidate.slot.path in chosen or candidate.end <= candidate.start:
            continue
        if candidate.value is None or any(clash(candidate, other) for other in chosen.values()):
            continue
        chosen[candidate.slot.path] = candidate


def _is_whole(one: Candidate, other: Candidate) -> bool:
    """Return whether words that are a part of a value are a whole value of another parameter."""
    return one.slot != other.slot and one.start < other.end and other.start < one.end


def clash(one: Candidate, other: Candidate) -> bool:
    """Return whether not both proposals may be taken: they share words that say one thing only."""
    if one.slot.world and not other.slot.world and other.slot.kind is Kind.TEXT:
        return False  # "lyon france" is a place in a country
    if other.slot.world and not one.slot.world and one.slot.kind is Kind.TEXT:
        return False
    if any(each.slot.world == CURRENCY for each in (one, other)) and one.slot.kind is not other.slot.kind:
        return False  # the words of a sum name its currency as well
    if one.end <= other.start or other.end <= one.start or {one.slot.kind, other.slot.kind} in _SHARED:
        return False
    if share_words(one.slot, other.slot):
        return False
    if one.slot.kind is other.slot.kind:
        return True
    # an action ("find", "send") is said by the same verb that leads in what it is done to
    return not any(each.slot.kind is Kind.ENUM and each.strength < 0.7 for each in (one, other))


def without_parts_of_moments(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out enum values said by a part of a longer moment: the "tomorrow" of "tomorrow at nine" filters nothing."""
    moments = [c for c in candidates if c.slot.kind is Kind.DATE_TIME]

    def is_part(one: Candidate) -> bool:
        return any(m.start <= one.start and one.end <= m.end and m.end - m.start > one.end - one.start for m in moments)

    return [c for c in candidates if c.slot.kind is not Kind.ENUM or c.slot.required or not is_part(c)]


def without_ties(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out examples that several free texts of a tool list alike: then only the words beside them tell which."""
    known = [c for c in candidates if c.slot.kind is Kind.TEXT and c.strength == KNOWN]
    tied = {
        id(one)
        for one in known
        if any(other.slot != one.slot and (other.start, other.end) == (one.start, one.end) for other in known)
    }
    return [candidate for candidate in candidates if id(candidate) not in tied]


def keeps_pattern(candidate: Candidate) -> bool:
    """Return whether words that nobody asked for are what the parameter's pattern wants."""
    pattern = candidate.slot.schema.get("pattern")
    if candidate.slot.kind is not Kind.TEXT or not isinstance(pattern, str) or not isinstance(candidate.value, str):
        return True
    return matches(as_whole(pattern), candidate.value) is not False
