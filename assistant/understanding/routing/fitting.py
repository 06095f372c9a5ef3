"""Which of the near tools can take what was said: a sum of money asks for a tool that takes an amount.

Only weighs routes against each other; it never makes a sentence a request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.understanding.language import Language
from assistant.understanding.routing.kinship import Kinship
from assistant.understanding.routing.router import Route
from assistant.understanding.routing.tense import Tenses
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.slots.prepared import PreparedTool
from assistant.understanding.slots.rooms import FLOOR, NAME, ROOM, Rooms
from assistant.understanding.tokens import name_words
from client.catalog import Tool

DOUBT = 0.3
"""What is left of the chance of a tool that cannot take a value for which another one asks."""

UNDATED, WAYLESS, AIMLESS = 0.5, 0.1, 0.15
"""What is left of the chance of a tool that cannot take a day or time, or a way, that was said, if a near one can; and
of one that acts on one of many things ("which room?") where no such thing was said, if a near one needs none."""
HOLDING, MANY, SPECIAL = 0.1, 0.1, 0.3
"""The same of a tool for what holds things, if the sentence names that as the place of something, of one that does to
many what a near one does to one, and of one for a thing that was not said, if a near one does the same without it."""
UNTIMELY, UNTIMED, UNTOLD, BROADLY, NEAR_IN_TIME = 0.05, 0.4, 0.7, 0.15, 0.01
"""The same of a tool that tells of another time than is asked for, of one that says no time where the sentence does or
where only its form does, and of one that tells of everything at once; and the share of the best score from which a tool
of the right time is near."""
FAR = 0.02
"""Share of the best score below which a tool is left out."""
RIVAL = 0.1
"""Share of the best score from which another tool is one of its rivals."""
FEWEST_TARGETS = 2
"""Parameters that say which of many things is meant, from which a tool acts on one of many."""
LONGEST_WAY = 6
"""Words from the name of a start to that of a destination."""


class Fitting:
    """Weighs routes by the values in the sentence, in one language."""

    def __init__(self, tools: Sequence[Tool], language: Language, prepared: Callable[[Tool], PreparedTool]) -> None:
        """`tools` are those of the catalog."""
        self._prepared = prepared
        self._kinship = Kinship(tools, language)
        self._stem = language.stem
        self._common = language.common
        self._from = frozenset(cue for cue in language.words("roles", "origin", "cues") if " " not in cue)
        near = language.words("roles", "place", "cues")
        self._to = frozenset(language.words("roles", "destination", "cues")) - set(near)
        self._origins = frozenset(language.words("roles", "origin", "named"))
        self._destinations = frozenset(language.words("roles", "destination", "named"))
        self._rooms = Rooms(language)
        self._tenses = Tenses(language)
        self._reading = frozenset(language.words("reading"))
        self._money = frozenset(language.stem(word) for word in language.words("money", "named"))

    def weighed(self, routes: Sequence[Route], entities: Entities, message: tuple[int, int] | None) -> list[Route]:
        """Return the routes, best first; `message` is where words stand that are merely passed on."""
        if not routes:
            return []
        found = self._by_values(self._by_kind(routes, entities, message), entities, message)
        return [route for route in found if route.score >= FAR * found[0].score]

    def doubts(self, tool: Tool, entities: Entities) -> bool:
        """Return whether a sentence speaks rather of a tool that is akin to this one."""
        words = entities.lowered
        own = self._kinship
        return own.holder_said(tool, words) or own.for_many(tool, words) or own.too_special(tool, words)

    def _by_kind(self, routes: Sequence[Route], entities: Entities, message: tuple[int, int] | None) -> Sequence[Route]:
        """Return the routes weighed by what kind of tool each is among those that are akin to it."""
        if message is not None:
            return routes
        words = entities.lowered
        routes = self._leaned(routes, [not self._kinship.holder_said(r.tool, words) for r in routes], HOLDING)
        routes = self._leaned(routes, [not self._kinship.for_many(r.tool, words) for r in routes], MANY)
        routes = self._leaned(routes, [not self._kinship.too_special(r.tool, words) for r in routes], SPECIAL)
        return self._timed(routes, entities)

    def _by_values(
        self, routes: Sequence[Route], entities: Entities, message: tuple[int, int] | None
    ) -> Sequence[Route]:
        """Return the routes weighed by what each can take of what was said."""
        if self._counts(entities, message):
            routes = self._parted(routes, [bool(self._prepared(route.tool).slots) for route in routes])
        if message is None and (entities.days or entities.times):
            routes = self._leaned(routes, [self._prepared(route.tool).dated for route in routes], UNDATED)
        if message is None and self._leads_from_to(entities):
            routes = self._leaned(routes, [self._takes_both_ends(route.tool) for route in routes], WAYLESS)
        if message is None and not self._rooms.said(entities):
            routes = self._aimed(routes)
        if not self._asks(entities, message):
            return list(routes)
        return self._parted(routes, [self._takes_money(route.tool) for route in routes])

    def _timed(self, routes: Sequence[Route], entities: Entities) -> list[Route]:
        """Return the routes with those doubted that tell of another time, or of everything, if a near one fits."""
        asked, said = self._tenses.asked(entities)
        if asked is None:
            return list(routes)
        told = [self._tenses.told(route.tool) for route in routes]
        near = [each for each, r in zip(told, routes, strict=True) if r.score >= NEAR_IN_TIME * routes[0].score]
        if asked not in near:
            return list(routes)
        unclear = UNTIMED if said else UNTOLD
        routes = self._weighted(routes, [1.0 if t is asked else UNTIMELY if t else unclear for t in told])
        narrow = [not self._tenses.broad(route.tool, entities.lowered) for route in routes]
        return self._leaned(routes, narrow, BROADLY)

    @staticmethod
    def _parted(routes: Sequence[Route], takers: Sequence[bool]) -> list[Route]:
        if all(takers) or not any(takers):
            return list(routes)
        weighed = [
            Route(route.tool, 1 - (1 - route.score) * DOUBT if takes else route.score * DOUBT)
            for route, takes in zip(routes, takers, strict=True)
        ]
        return sorted(weighed, key=lambda route: -route.score)

    @classmethod
    def _leaned(cls, routes: Sequence[Route], takers: Sequence[bool], left: float) -> list[Route]:
        """Return the routes with those doubted that cannot take a value of this kind; their sum stays."""
        if all(takers) or not any(takers):
            return list(routes)
        return cls._weighted(routes, [1.0 if takes else left for takes in takers])

    @staticmethod
    def _weighted(routes: Sequence[Route], lefts: Sequence[float]) -> list[Route]:
        """Return the routes, best first, with what is left of each; their sum stays."""
        weights = [route.score * left for route, left in zip(routes, lefts, strict=True)]
        share = sum(route.score for route in routes) / sum(weights)
        leaned = [Route(route.tool, weight * share) for route, weight in zip(routes, weights, strict=True)]
        return sorted(leaned, key=lambda route: -route.score)

    def _leads_from_to(self, entities: Entities) -> bool:
        """Return whether a way is said, "from kiel to bremen": two names, and no times or numbers."""
        taken = {i for found in (*entities.typed, *entities.sums) for i in range(found.start, found.end)}
        starts = [i + 1 for i, word in enumerate(entities.lowered[:-1]) if word in self._from]
        names = [i for i in starts if i not in taken and entities.lowered[i] not in self._common]
        ends = [i + 1 for i, word in enumerate(entities.lowered[:-1]) if word in self._to]
        return any(
            0 < end - start <= LONGEST_WAY and end not in taken and entities.lowered[end] not in self._common
            for start in names
            for end in ends
        )

    def _takes_both_ends(self, tool: Tool) -> bool:
        words = [set(slot.words) for slot in self._prepared(tool).slots]
        return any(each & self._origins for each in words) and any(each & self._destinations for each in words)

    def _aimed(self, routes: Sequence[Route]) -> list[Route]:
        """Return the routes with the first doubted if it needs one of many things and a near one does it to the one."""
        first = routes[0]
        near = [route for route in routes[1:] if route.score >= RIVAL * first.score and self._acts_at_once(route.tool)]
        if not near or not self._aims(first.tool):
            return list(routes)
        return self._leaned(routes, [route is not first for route in routes], AIMLESS)

    def _acts_at_once(self, tool: Tool) -> bool:
        """Return whether a tool that acts takes nothing that people say."""
        acts = name_words(tool.name)[0] not in self._reading if name_words(tool.name) else False
        return acts and not tool.required and all(slot.opaque for slot in self._prepared(tool).slots)

    def _aims(self, tool: Tool) -> bool:
        """Return whether a tool acts on one of many things, each called by a room, a floor or a name of its own."""
        slots = self._prepared(tool).slots
        targets = [slot for slot in slots if not slot.required and (ROOM | FLOOR | NAME) & set(slot.words)]
        return not tool.required and len(targets) >= FEWEST_TARGETS

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
