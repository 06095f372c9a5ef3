"""Tools and the catalog: what can be called, on which server, and with what care.

Holds the servers' statements about their tools, unchanged. It does not judge whether a tool is sensitive (policy does),
and it never contacts a server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from client.schemas.tool_names import qualified_name
from client.values import JSON, canonical, digest

KEY_PARAMETER = "idempotency_key"
"""The parameter by which a server recognises a repeated call; we fill it in, and nobody is asked for it."""


class Tier(StrEnum):
    """Who may use a tool (docs/contracts.md)."""

    PUBLIC = "public"
    USER_SPECIFIC = "user_specific"
    HYBRID = "hybrid"


@dataclass(frozen=True)
class Hints:
    """MCP tool annotations as given; None means that the server said nothing. They are hints, not facts."""

    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None


@dataclass(frozen=True)
class Tool:
    """One tool of one server."""

    server: str
    name: str
    description: str = ""
    title: str = ""
    input_schema: Mapping[str, JSON] = field(default_factory=dict)
    """JSON Schema of an object (2020-12 dialect unless it says otherwise)."""
    output_schema: Mapping[str, JSON] | None = None
    hints: Hints = Hints()
    trusted: bool = False
    """Whether the settings trust this server's hints that lower the level of care."""
    examples: tuple[str, ...] = ()
    """Sentences with arguments marked `[surface](path)` (`_meta["mcqueen/examples"]`)."""
    voice_confirmations: tuple[str, ...] = ()
    """Parameters that the server wants confirmed by voice."""
    inverse: Mapping[str, JSON] | None = None
    """`{"tool", "arguments"}` of the call that undoes it (`_meta["mcqueen/inverse"]`)."""
    tier: Tier = Tier.PUBLIC
    service: str = ""
    """Service to be logged in to, for tiers other than public."""
    deferrable: bool | None = None
    """Whether a confirmed call may wait in the outbox; None leaves it to policy."""
    honours_keys: bool = False
    """Whether the server recognises a repeat by its idempotency key."""
    category: str = ""
    """The server's own word for the kind of tool (McQueen REST), or empty."""
    enabled: bool = True
    """Whether the user has it switched on, as far as the server knows."""
    priority: int = 5
    """If several tools fit equally well, the one with the highest priority comes first."""
    place: str = ""
    """Digest of the address or command at which its server is reached; empty in this process."""
    allowed: bool = False
    """Whether the driver allowed this tool, in its present form, without a question (`tool_permissions.py`)."""
    defaults: Mapping[str, JSON] = field(default_factory=dict)
    """Fixed arguments by name, from the settings of its server; sent unless the driver gives another value."""

    @property
    def qualified(self) -> str:
        """`server.tool`, as `qualified_name` spells it; unique in a catalog."""
        return qualified_name(self.server, self.name)

    @cached_property
    def properties(self) -> dict[str, Mapping[str, JSON]]:
        """Parameters by name in the schema's order, each with its own schema (`true` counts as an empty one)."""
        found = self.input_schema.get("properties")
        if not isinstance(found, Mapping):
            return {}
        return {
            name: schema if isinstance(schema, Mapping) else {} for name, schema in found.items() if schema is not False
        }

    @cached_property
    def may_have_defaults(self) -> bool:
        """Whether the word "default" is in its schema: without it, no parameter at any depth has a default."""
        return '"default"' in canonical(self.input_schema)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the required parameters, without the idempotency key, which we send ourselves."""
        names = self.input_schema.get("required")
        if not isinstance(names, Sequence) or isinstance(names, str):
            return ()
        return tuple(str(name) for name in names if name != KEY_PARAMETER)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of everything that shapes a call or its wording, and of the address that the call goes to.

        It leaves out the user's settings: trust, order, permission. A change is announced and asked about (promise 6).
        """
        hints = [self.hints.read_only, self.hints.destructive, self.hints.idempotent, self.hints.open_world]
        return digest(
            {
                "name": self.name,
                "title": self.title,
                "description": self.description,
                "input": dict(self.input_schema),
                "output": dict(self.output_schema) if self.output_schema is not None else None,
                "hints": list(hints),
                "confirm": list(self.voice_confirmations),
                "examples": list(self.examples),
                "inverse": dict(self.inverse) if self.inverse is not None else None,
                "deferrable": self.deferrable,
                "tier": self.tier.value,
                "service": self.service,
                "category": self.category,
                "place": self.place,
            }
        )


@dataclass(frozen=True)
class RejectedTool:
    """A tool that was left out, and the reason; the other tools work."""

    server: str
    name: str
    reason: str


@dataclass(frozen=True)
class Catalog:
    """All tools that can be called now. Immutable: a change makes a new one."""

    tools: tuple[Tool, ...] = ()
    rejected: tuple[RejectedTool, ...] = ()

    def __iter__(self) -> Iterator[Tool]:
        return iter(self.tools)

    def __len__(self) -> int:
        return len(self.tools)

    @cached_property
    def _by_qualified(self) -> dict[str, Tool]:
        return {tool.qualified: tool for tool in self.tools}

    @cached_property
    def _by_name(self) -> dict[str, tuple[Tool, ...]]:
        by_name: dict[str, tuple[Tool, ...]] = {}
        for tool in self.tools:
            by_name[tool.name] = (*by_name.get(tool.name, ()), tool)
        return by_name

    def find(self, name: str) -> Tool | None:
        """Return the tool of that qualified name, else of that bare name if only one server has it.

        A server that calls its tool `a.b` never gets a call that is meant for tool `b` of server `a`.
        """
        if name in self._by_qualified:
            return self._by_qualified[name]
        same_name = self._by_name.get(name, ())
        return same_name[0] if len(same_name) == 1 else None

    def of(self, server: str, tool: str) -> Tool | None:
        """Return that tool of that server, both names exactly as they are."""
        return self._by_qualified.get(qualified_name(server, tool))

    def named(self, name: str) -> tuple[Tool, ...]:
        """Return the tools with that bare name, on all servers."""
        return self._by_name.get(name, ())

    def public_name(self, tool: Tool) -> str:
        """Return the bare name if only this tool has it in the catalog, else the qualified one."""
        return tool.name if self.find(tool.name) is tool else tool.qualified

    def with_server(self, server: str, tools: Iterable[Tool], rejected: Iterable[RejectedTool] = ()) -> Catalog:
        """Return a catalog in which that server's tools are replaced by these."""
        together = (*(tool for tool in self.tools if tool.server != server), *tools)
        return Catalog(
            tuple(sorted(together, key=lambda tool: -tool.priority)),
            (*(tool for tool in self.rejected if tool.server != server), *rejected),
        )
