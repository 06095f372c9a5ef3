"""Tools with all that filling needs of them, read once: parameters, listed values, what is learned from examples.

Holds what was read; reads no sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assistant.understanding.routing.embeddings import Embeddings
from assistant.understanding.slots.check import Checker
from assistant.understanding.slots.conditional import says_conditions
from assistant.understanding.slots.described import ids_of, is_secret, moments_of
from assistant.understanding.slots.entities import EntityFinder
from assistant.understanding.slots.enums import EnumMatcher
from assistant.understanding.slots.parameters import NO_MOMENTS, Kind, slots_of
from assistant.understanding.slots.stated_defaults import StatedDefaults
from assistant.understanding.slots.tagger import Tagger
from assistant.understanding.templates import Example
from client.catalog import Catalog, Tool
from client.values import JSON


class PreparedTool:
    """A tool with its parameters read once."""

    def __init__(
        self,
        tool: Tool,
        examples: Sequence[Example],
        finder: EntityFinder,
        embeddings: Embeddings,
        ids: Collection[str] = (),
        moments: Mapping[str, str] = NO_MOMENTS,
    ) -> None:
        """`ids` are names of parameters that another tool of the server describes as ids, `moments` as moments."""
        language = finder.language
        self.tool = tool
        said = (slot for slot in slots_of(tool, language, ids, moments) if slot.path[0] not in tool.defaults)
        self.slots = tuple(slot for slot in said if not is_secret(slot.words))
        self.tagger = Tagger(examples, finder, embeddings) if Tagger.worth_training(examples) else None
        self.matchers = {
            slot.path: EnumMatcher(
                slot.values or slot.known, language, slot.aliases, embeddings if slot.values else None
            )
            for slot in self.slots
            if slot.values or slot.known
        }
        self.checker = Checker(tool)
        self.conditions = says_conditions(self.slots)
        self.lists = sum(slot.kind is Kind.LIST and not slot.opaque for slot in self.slots)
        self.passes_on = any(slot.roles[:1] == ("message",) for slot in self.slots)
        self.dated = any(
            slot.kind in (Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.RECURRENCE, Kind.MONTH)
            or (slot.kind is Kind.TEXT and slot.roles[:1] in (("day",), ("time",)))
            for slot in self.slots
        )
        self.timed = any(
            slot.kind is Kind.TIME or (slot.kind is Kind.TEXT and slot.roles[:1] == ("time",)) for slot in self.slots
        )


class PreparedTools:
    """The tools of a catalog, each with its parameters read when it is first asked for."""

    def __init__(
        self,
        catalog: Catalog,
        examples: Mapping[str, Sequence[Example]],
        finder: EntityFinder,
        embeddings: Embeddings,
    ) -> None:
        """`examples` has those of each tool by its qualified name."""
        self._examples = examples
        self._finder = finder
        self._embeddings = embeddings
        self._prepared: dict[str, PreparedTool] = {}
        self._ids: dict[str, set[str]] = {}
        for tool in catalog:
            self._ids.setdefault(tool.server, set()).update(ids_of(tool.properties))
        self._moments: dict[str, dict[str, str]] = {}
        self._servers: dict[str, list[Tool]] = {}
        for tool in catalog:
            self._servers.setdefault(tool.server, []).append(tool)
        self._stated: dict[str, StatedDefaults] = {}

    def __call__(self, tool: Tool) -> PreparedTool:
        """Return the tool with its parameters read."""
        prepared = self._prepared.get(tool.qualified)
        if prepared is None:
            examples = self._examples.get(tool.qualified, ())
            ids = self._ids.get(tool.server, ())
            moments = self._told(tool.server)
            prepared = PreparedTool(tool, examples, self._finder, self._embeddings, ids, moments)
            self._prepared[tool.qualified] = prepared
        return prepared

    def _told(self, server: str) -> Mapping[str, str]:
        """Return what tools of a server say of parameters that they describe as moments, by name."""
        if server not in self._moments:
            tools = self._servers.get(server, ())
            self._moments[server] = dict(pair for tool in tools for pair in moments_of(tool.properties))
        return self._moments[server]

    def unsaid(self, tool: Tool, given: Collection[str], said: Sequence[str]) -> dict[str, JSON]:
        """Return the values that the server's own words give required parameters of which the sentence says nothing.

        `given` are the parameters that have a value, `said` the folded words of the sentence.
        """
        missing = [name for name in tool.required if name not in given]
        if not missing:
            return {}
        if tool.server not in self._stated:
            self._stated[tool.server] = StatedDefaults(self._servers.get(tool.server, ()), self._finder.language)
        return self(tool).checker.valid(self._stated[tool.server].of(tool, missing, said))
