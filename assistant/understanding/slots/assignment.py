"""Which proposals are taken together: of all ways to give words to parameters, the one that explains the most.

One parameter takes one value or none, and no word feeds two parameters unless the proposals may share it. Knows nothing
of sentences: what a proposal is worth, and which ones exclude each other, is told to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST_STEPS = 2_000
"""Steps of the search for one group of proposals; beyond them the best that was found is taken."""
SHARING = 0.001
"""What an offer gains whose words another one explains already; each offer gains more."""
_SAME = 1e-9
"""Difference of two sums that counts as none."""


@dataclass(frozen=True)
class Offer:
    """One proposal: a value for `place` from the words `start` up to, not including, `end`."""

    place: Hashable
    start: int
    end: int
    gain: float
    """What it explains: more than 0."""


AnyOffer = TypeVar("AnyOffer", bound=Offer)


def assigned(offers: Sequence[AnyOffer], clash: Callable[[AnyOffer, AnyOffer], bool]) -> list[AnyOffer]:
    """Return the offers that together gain the most, at most one a place, no two of which clash.

    Only offers whose words overlap may clash. Of equal sums the one that takes earlier offers is returned, so that
    the order of `offers` decides what nothing else does.
    """
    taken: list[AnyOffer] = []
    for group in _groups(offers):
        taken += _Search(group, clash).best()
    return taken


def _groups(offers: Sequence[AnyOffer]) -> list[list[AnyOffer]]:
    """Return offers in groups of which none shares a place or a word with another, each in the given order."""
    owner = list(range(len(offers)))

    def root(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    by_place: dict[Hashable, int] = {}
    for number, offer in enumerate(offers):
        owner[root(number)] = root(by_place.setdefault(offer.place, number))
    reach, last = -1, 0
    for number in sorted(range(len(offers)), key=lambda number: offers[number].start):
        if offers[number].start < reach:
            owner[root(number)] = root(last)
        if offers[number].end > reach:
            reach, last = offers[number].end, number
    found: dict[int, list[AnyOffer]] = {}
    for number, offer in enumerate(offers):
        found.setdefault(root(number), []).append(offer)
    return list(found.values())


class _Search(Generic[AnyOffer]):
    """Branch and bound over the places of one group; it opens with the strongest offer first."""

    def __init__(self, offers: Sequence[AnyOffer], clash: Callable[[AnyOffer, AnyOffer], bool]) -> None:
        self._clash = clash
        places: dict[Hashable, list[AnyOffer]] = {}
        for offer in offers:
            places.setdefault(offer.place, []).append(offer)
        self._places = list(places.values())
        tops = [max(offer.gain for offer in each) for each in self._places]
        self._hope = [sum(tops[place:]) for place in range(len(tops) + 1)]
        self._rank: Mapping[int, int] = {id(offer): number for number, offer in enumerate(offers)}
        self._best = self._greedy(offers)
        self._sum = self._worth(self._best)
        self._steps = 0

    def best(self) -> list[AnyOffer]:
        """Return the best set, in the order of the offers."""
        if self._sum < self._hope[0] - _SAME:
            self._look(0, [])
        return sorted(self._best, key=lambda offer: self._rank[id(offer)])

    def _greedy(self, offers: Sequence[AnyOffer]) -> list[AnyOffer]:
        """Return what is taken one after another, the strongest first: where the search begins."""
        taken: list[AnyOffer] = []
        for offer in sorted(offers, key=lambda offer: -offer.gain):
            if not any(offer.place == other.place or self._excludes(offer, other) for other in taken):
                taken.append(offer)
        return taken

    @staticmethod
    def _worth(taken: Sequence[AnyOffer]) -> float:
        """Return what offers gain together: words that one of them explains are not explained by others anew."""
        worth, explained = 0.0, set[int]()
        for offer in sorted(taken, key=lambda offer: -offer.gain):
            words = range(offer.start, offer.end)
            worth += SHARING if explained.issuperset(words) else offer.gain
            explained.update(words)
        return worth

    def _look(self, place: int, taken: list[AnyOffer]) -> None:
        gained = self._worth(taken)
        if gained > self._sum + _SAME:
            self._best, self._sum = list(taken), gained
        self._steps += 1
        if place == len(self._places) or self._steps > MOST_STEPS:
            return
        if gained + self._hope[place] <= self._sum + _SAME:
            return
        for offer in self._places[place]:
            if not any(self._excludes(offer, other) for other in taken):
                self._look(place + 1, [*taken, offer])
        self._look(place + 1, taken)

    def _excludes(self, one: AnyOffer, other: AnyOffer) -> bool:
        return one.start < other.end and other.start < one.end and self._clash(one, other)
