"""Which of the near tools can take what was said: a sum of money asks for a tool that takes an amount.

Only weighs routes against each other; it never makes a sentence a request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.understanding.language import Language
from assistant.understanding.routing.router import Route
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.fill import PreparedTool
from assistant.understanding.slots.parameters import Kind
from client.catalog import Tool

DOUBT = 0.3
"""What is left of the chance of a tool that cannot take a value for which another one asks."""


class Fitting:
    """Weighs routes by the values in the sentence, in one language."""

    def __init__(self, language: Language, prepared: Callable[[Tool], PreparedTool]) -> None:
        self._prepared = prepared
        self._stem = language.stem
        self._money = frozenset(language.stem(word) for word in language.words("money", "named"))

    def weighed(self, routes: Sequence[Route], entities: Entities, message: tuple[int, int] | None) -> list[Route]:
        """Return the routes, best first; `message` is where words stand that are merely passed on."""
        if not routes:
            return []
        if self._counts(entities, message):
            routes = self._parted(routes, [bool(self._prepared(route.tool).slots) for route in routes])
        if not self._asks(entities, message):
            return list(routes)
        return self._parted(routes, [self._takes_money(route.tool) for route in routes])

    @staticmethod
    def _parted(routes: Sequence[Route], takers: Sequence[bool]) -> list[Route]:
        if all(takers) or not any(takers):
            return list(routes)
        weighed = [
            Route(route.tool, 1 - (1 - route.score) * DOUBT if takes else route.score * DOUBT)
            for route, takes in zip(routes, takers, strict=True)
        ]
        return sorted(weighed, key=lambda route: -route.score)

    @staticmethod
    def _counts(entities: Entities, message: tuple[int, int] | None) -> bool:
        """Return whether a number is said that a tool without parameters could do nothing with."""
        return message is None and any(number.value >= 2 for number in entities.numbers)  # "one" is a pronoun, too

    @staticmethod
    def _asks(entities: Entities, message: tuple[int, int] | None) -> bool:
        for money in entities.sums:
            inside = message is not None and message[0] <= money.start and money.end <= message[1]
            if message is None or not inside or (money.start, money.end) == message:
                return True
        return False

    def _takes_money(self, tool: Tool) -> bool:
        return any(
            slot.kind in (Kind.NUMBER, Kind.INTEGER)
            and any(self._stem(word) in self._money for word in (*slot.words, *slot.about))
            for slot in self._prepared(tool).slots
        )
