"""Looks up what nobody knows by heart: an argument that a read-only tool returns is obtained by calling that tool.

Only what `Planner` proposes is called, only tools that read and that policy asks no yes for, and only on the way to a
request of the driver. What was found is read back with the rest before anything happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping

from assistant.policy.sensitivity import assess
from assistant.understanding.planning import Ask, Choose, Facts, Look, Planner
from assistant.understanding.words import plain
from client.call import Outcome, Succeeded, ToolCall
from client.catalog import Catalog, Tool
from client.values import JSON

MOST = 6
"""Look-ups for one utterance."""

Values = Callable[[str], Mapping[str, JSON]]
"""What the driver's present words say for the parameters of a tool, by its qualified name."""


def may_look(tool: Tool) -> bool:
    """Return whether a tool may be called unasked: it says that it only reads, and policy agrees."""
    return tool.hints.read_only is True and not assess(tool).sensitive


class Lookups:
    """The look-ups of one conversation; what they found belongs to one request and ends with it."""

    def __init__(self, call: Callable[[ToolCall], Awaitable[Outcome]]) -> None:
        self._call = call
        self._planner = Planner(Catalog(), may_look)
        self._begin("")

    def adopt(self, catalog: Catalog) -> None:
        """Plan against that catalog from now on."""
        self._planner = Planner(catalog, may_look)
        self._begin("")

    def _begin(self, goal: str) -> None:
        self._goal = goal
        self._facts = Facts()
        self._given: dict[str, dict[str, JSON]] = {}
        self._wanted: Ask | None = None

    async def new(self, goal: str, arguments: Mapping[str, JSON], text: str, values: Values) -> Mapping[str, JSON]:
        """Return a new request's arguments with what could be looked up."""
        self._begin(goal)
        if not self._planner.lookups(goal):
            return arguments
        told = dict(arguments)
        if any(values(name) for name in self._planner.lookups(goal)):  # then no words of the sentence are an id
            told = {name: v for name, v in told.items() if not self._planner.obtainable(goal, name, self._facts)}
        return await self._completed(told, text, values)

    async def answered(
        self, goal: str, arguments: Mapping[str, JSON], asked: str, changes: Mapping[str, JSON], text: str,
        values: Values,
    ) -> Mapping[str, JSON]:  # fmt: skip
        """Return what an answer changes in the pending request: a registration where an id was asked gives the id."""
        if goal != self._goal or not self._planner.lookups(goal, self._facts):
            return changes
        told = dict(changes)
        wanted = self._wanted
        if wanted is not None and wanted.purpose == asked and wanted.tool != goal and asked in told:
            self._given.setdefault(wanted.tool, {})[wanted.parameter] = told.pop(asked)
        before = {**arguments, **told}
        after = await self._completed(dict(before), text, values)
        found = {name: value for name, value in after.items() if before.get(name) != value}
        return {**told, **found} if told or found else changes

    async def _completed(self, arguments: dict[str, JSON], text: str, values: Values) -> Mapping[str, JSON]:
        for name in self._planner.lookups(self._goal, self._facts):
            said = values(name)
            if said:
                self._given[name] = {**self._given.get(name, {}), **said}
        self._wanted = None
        named = {  # "Arena Baner" where a code was asked for: perhaps what one of the results is called
            name: value
            for name, value in arguments.items()
            if isinstance(value, str) and not any(map(str.isdigit, value))
            and self._planner.obtainable(self._goal, name, self._facts)
        }  # fmt: skip
        arguments = {name: value for name, value in arguments.items() if name not in named}
        text = " | ".join([text, *named.values()])
        for _ in range(MOST):
            move = self._planner.next(self._goal, arguments, self._facts, self._given)
            if isinstance(move, Look):
                if not await self._look(move):
                    break
            elif isinstance(move, Choose) and (row := _named(move, text)) is not None:
                self._facts = self._facts.chosen(move.tool, row)
            else:
                self._wanted = move if isinstance(move, Ask) else None
                break
        return {**named, **self._planner.known(self._goal, arguments, self._facts)}

    async def _look(self, move: Look) -> bool:
        server, _, tool = move.tool.partition(".")
        call = ToolCall(f"look-{uuid.uuid4().hex[:12]}", server, tool, move.arguments, str(uuid.uuid4()))
        outcome = await self._call(call)
        if not isinstance(outcome, Succeeded):
            self._given.pop(move.tool, None)  # what was said for it is not right
            return False
        self._facts = self._facts.learned(move.tool, outcome.result)
        return True


def _named(move: Choose, text: str) -> int | None:
    """Return the row of the one option whose name was said."""
    said = f" {' '.join(plain(part) for part in text.split(' | '))} "
    rows = [row for label, row in move.options if plain(label) and f" {plain(label)} " in said]
    return rows[0] if len(rows) == 1 else None
