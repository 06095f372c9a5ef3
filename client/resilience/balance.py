"""Chooses the endpoint of a server for the next call: in turn, the least busy, by weight, or the nearest; healthy ones
only.

Keeps counts and nothing else: it never connects and never sends. Each endpoint has a breaker of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum

from client.resilience.circuit import Circuit, CircuitSettings


class Balance(StrEnum):
    """How calls are distributed."""

    ROUND_ROBIN = "round_robin"
    LEAST_CONNECTIONS = "least_connections"
    WEIGHTED = "weighted"
    NEAREST = "nearest"


CLEARLY_NEARER = 0.8
"""Share of the present endpoint's time below which another one is nearer, so that small changes move nothing."""


class EndpointState:
    """The state of one endpoint, for choosing."""

    def __init__(self, weight: float, monotonic: Callable[[], float], settings: CircuitSettings | None) -> None:
        self.weight = weight
        self.circuit = Circuit(monotonic, settings)
        self.up = False
        """Whether it is connected, as far as known."""
        self.busy = 0
        """Pending calls."""
        self.credit = 0.0
        self.seconds: float | None = None
        """Measured time of its smallest request; None if it was not measured."""


class Balancer:
    """Distributes calls among the endpoints of one server."""

    def __init__(
        self,
        balance: Balance,
        weights: Sequence[float],
        monotonic: Callable[[], float],
        circuit: CircuitSettings | None = None,
    ) -> None:
        """Take one positive weight for each endpoint."""
        self.endpoints = [EndpointState(weight, monotonic, circuit) for weight in weights]
        self._balance = balance
        self._last = -1
        self._nearest = -1

    def choose(self, tried: Sequence[int] = ()) -> int | None:
        """Return the endpoint for the next call, not one of `tried`; None if none is healthy.

        The endpoint's breaker admitted the call; tell that breaker how the call ended.
        """
        left = [number for number, endpoint in enumerate(self.endpoints) if endpoint.up and number not in tried]
        while left:
            number = self._best(left)
            if self.endpoints[number].circuit.admit():
                self._last = number
                return number
            left.remove(number)
        return None

    def _best(self, among: Sequence[int]) -> int:
        after_last = sorted(among, key=lambda number: (number <= self._last, number))
        if self._balance is Balance.LEAST_CONNECTIONS:
            return min(after_last, key=lambda number: self.endpoints[number].busy)
        if self._balance is Balance.NEAREST:
            return self._nearest_of(among)
        if self._balance is Balance.WEIGHTED:
            # Smooth weighted round robin: each endpoint gains its weight; the one with most is chosen and loses the
            # total.
            for number in among:
                self.endpoints[number].credit += self.endpoints[number].weight
            richest = max(among, key=lambda number: self.endpoints[number].credit)
            self.endpoints[richest].credit -= sum(self.endpoints[number].weight for number in among)
            return richest
        return after_last[0]

    def _nearest_of(self, among: Sequence[int]) -> int:
        """Return the endpoint with the shortest measured time; the present one unless another is clearly nearer."""

        def seconds(number: int) -> float:
            measured = self.endpoints[number].seconds
            return measured if measured is not None else math.inf

        best = min(among, key=lambda number: (seconds(number), number))
        stays = self._nearest in among and seconds(best) >= CLEARLY_NEARER * seconds(self._nearest)
        if not stays:
            self._nearest = best
        return self._nearest
