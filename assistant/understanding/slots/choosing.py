"""Which of several proposals are taken: those that together explain the most, one a parameter, no word twice.

Knows candidates only; who proposes them, and what they become, stands in `fill`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.understanding.slots.assignment import Offer, assigned
from assistant.understanding.slots.candidate import Candidate, surface
from assistant.understanding.slots.candidates import KNOWN
from assistant.understanding.slots.currencies import takes_currency
from assistant.understanding.slots.entities import Entities, Stretch
from assistant.understanding.slots.parameters import CHANGING, SEARCHING, Kind, Slot
from assistant.understanding.slots.rooms import FLOOR, ROOM
from assistant.understanding.slots.spoken_moments import share_words
from assistant.understanding.slots.tagger import Tagged
from client.schemas.patterns import as_whole, matches

WEAKEST = 0.3
"""Proposals below this are no more than chance."""
SURENESS = 4
"""Power of its strength that a proposal explains: two guesses together do not outweigh what is sure."""
SEARCHED = frozenset({"query", "title", "kind"})
"""First roles of optional texts that say what a tool that requires nothing is to look for."""
_SHARED = ({Kind.DATE_TIME, Kind.RECURRENCE}, {Kind.DATE_TIME, Kind.DURATION}, {Kind.MONTH, Kind.YEAR})
"""Kinds that may take the same words: "every monday at nine" has a first time."""


@dataclass(frozen=True)
class _Bid(Offer):
    """A proposal with what it explains."""

    candidate: Candidate


def choose(
    candidates: Iterable[Candidate], chosen: dict[tuple[str, ...], Candidate], entities: Entities | None = None
) -> None:
    """Take the proposals that together explain the most of the sentence: one a parameter, no word twice.

    What is `chosen` already stays. A value that holds several of the `entities`, a day with its time, explains each.
    Without `entities` they are taken in turn, the surest first: free texts, whose words nothing but their place tells.
    """
    free = _free(candidates, chosen)
    if entities is None:
        for candidate in free:
            if candidate.slot.path not in chosen and not any(clash(candidate, other) for other in chosen.values()):
                chosen[candidate.slot.path] = candidate
        return
    bids = [_Bid(c.slot.path, c.start, c.end, c.strength**SURENESS * _held(c, entities), c) for c in free]
    for bid in assigned(bids, lambda one, other: clash(one.candidate, other.candidate)):
        chosen[bid.candidate.slot.path] = bid.candidate


def _free(candidates: Iterable[Candidate], chosen: Mapping[tuple[str, ...], Candidate]) -> list[Candidate]:
    """Return the proposals beside what is chosen already that are more than chance, the strongest first.

    Of equal ones those of required parameters come first, then those of earlier ones in the schema.
    """
    fitting = [c for c in candidates if c.strength >= WEAKEST and c.value is not None and c.start < c.end]
    whole = [c for c in fitting if c.slot.kind is Kind.ENUM and not c.part]
    free = [
        c
        for c in fitting
        if c.slot.path not in chosen
        and not (c.part and any(_is_whole(c, other) for other in whole))
        and not any(clash(c, other) for other in chosen.values())
    ]
    return sorted(free, key=lambda c: (-c.strength, c.start, c.start - c.end, not c.slot.required))


def _held(candidate: Candidate, entities: Entities) -> int:
    """Return how many of the sentence's days, times and lengths a moment or a rule holds; 1 for any other proposal."""
    if candidate.slot.kind not in (Kind.DATE_TIME, Kind.RECURRENCE):
        return 1
    found: tuple[Stretch, ...] = (*entities.days, *entities.times, *entities.durations)
    return max(1, sum(candidate.start <= each.start and each.end <= candidate.end for each in found))


def _is_whole(one: Candidate, other: Candidate) -> bool:
    """Return whether words that are a part of a value are a whole value of another parameter."""
    return one.slot != other.slot and one.start < other.end and other.start < one.end


def clash(one: Candidate, other: Candidate) -> bool:
    """Return whether not both proposals may be taken: they share words that say one thing only."""
    if one.slot.world and not other.slot.world and other.slot.kind is Kind.TEXT:
        return False  # "lyon france" is a place in a country
    if other.slot.world and not one.slot.world and one.slot.kind is Kind.TEXT:
        return False
    if takes_currency(one.slot) != takes_currency(other.slot):
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


def with_learned(
    proposals: Sequence[Candidate],
    slots: Sequence[Slot],
    learned: frozenset[str],
    tagged: Sequence[Tagged],
    entities: Entities,
) -> list[Candidate]:
    """Put what was learned from examples in the place of guesses: as text, or as a vote for a typed value."""
    paths = {slot.name: slot for slot in slots}
    found = [
        Candidate(paths[tag.path], surface(entities, tag.start, tag.end), tag.start, tag.end, 0.5 + tag.chance / 2)
        for tag in tagged
        if tag.path in paths and paths[tag.path].kind is Kind.TEXT
    ]
    for proposal in proposals:
        if proposal.slot.kind is Kind.TEXT and proposal.slot.name in learned:
            continue
        near = any(
            tag.path == proposal.slot.name and tag.start < proposal.end and proposal.start < tag.end for tag in tagged
        )
        found.append(replace(proposal, strength=proposal.strength + 0.3 * near))
    return found


def takes_rest(slot: Slot, lax: bool) -> bool:
    """Return whether words that nothing marks may be a text's; `lax` is whether its tool requires nothing.

    What takes a room or a floor is filled from names of rooms and what leads in a place, never from what is left.
    """
    if (ROOM | FLOOR) & set(slot.words[-1:]) and not slot.required:
        return False
    searched = bool(SEARCHED.intersection(slot.roles[:1])) and not CHANGING & slot.tool_stems
    loose = lax and slot.telling and len(slot.path) == 1 and searched
    if slot.roles[:1] == ("query",) and not (slot.lone_text or SEARCHING & slot.tool_stems):
        loose = False  # of what merely lists, words without a mark narrow nothing
    return slot.required or (slot.only and searched) or slot.stands_for or loose
