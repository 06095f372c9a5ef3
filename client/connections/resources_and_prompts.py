"""Resources and prompts of the connected servers: what can be read besides what can be called.

Reading has no effects and needs no yes; it is kept only as long as its server says. What it returns is data, never an
instruction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from client.errors import UsageError
from client.servers.base import FailureKind, ServerUnavailableError, ToolServer


@dataclass(frozen=True)
class Resource:
    """Something that a server lets be read."""

    server: str
    uri: str
    """Its address, or for a template an RFC 6570 pattern of addresses."""
    name: str
    description: str = ""
    media_type: str = ""
    template: bool = False


@dataclass(frozen=True)
class PromptParameter:
    """One blank of a prompt."""

    name: str
    description: str
    required: bool


@dataclass(frozen=True)
class Prompt:
    """A text that a server offers to fill in."""

    server: str
    name: str
    description: str
    parameters: tuple[PromptParameter, ...]


@dataclass(frozen=True)
class Content:
    """A piece of what was read: text, or bytes in base64."""

    text: str
    media_type: str
    data: str = ""
    uri: str = ""


@dataclass(frozen=True)
class PromptMessage:
    """One message of a filled-in prompt."""

    role: str
    content: Content


@runtime_checkable
class Readable(Protocol):
    """A server that has more than tools."""

    name: str

    async def list_resources(self) -> list[Resource]:
        """Return resources and templates. Raises `ServerUnavailableError`."""
        ...

    async def read_resource(self, uri: str) -> list[Content]:
        """Read one. Raises `ServerUnavailableError`."""
        ...

    async def list_prompts(self) -> list[Prompt]:
        """Return the prompts. Raises `ServerUnavailableError`."""
        ...

    async def get_prompt(self, name: str, arguments: Mapping[str, str]) -> list[PromptMessage]:
        """Fill one in. Raises `ServerUnavailableError`."""
        ...


@runtime_checkable
class Completing(Protocol):
    """A server that may say what fits a blank."""

    name: str

    async def complete(self, kind: str, name: str, blank: str, begun: str) -> list[str]:
        """Return values for a blank of a prompt or template. Raises `ServerUnavailableError`."""
        ...


class Material:
    """What all servers together let be read; a server that is away or has nothing holds up no other."""

    def __init__(self, servers: Sequence[ToolServer]) -> None:
        # A server that is supervised, or whose dialect was found out, stands in front of the one that is spoken to.
        self._servers = [getattr(one, "reached", None) or getattr(one, "inner", None) or one for one in servers]
        self.failures: dict[str, str] = {}
        """Why a server could not be asked, by its name, as of the last listing."""

    async def resources(self) -> list[Resource]:
        """Return the resources of every server that can be asked."""
        self.failures = {}
        found: list[Resource] = []
        for server in self._servers:
            if isinstance(server, Readable):
                try:
                    found.extend(await server.list_resources())
                except ServerUnavailableError as error:
                    self.failures[server.name] = str(error)
        return found

    async def prompts(self) -> list[Prompt]:
        """Return the prompts of every server that can be asked."""
        self.failures = {}
        found: list[Prompt] = []
        for server in self._servers:
            if isinstance(server, Readable):
                try:
                    found.extend(await server.list_prompts())
                except ServerUnavailableError as error:
                    self.failures[server.name] = str(error)
        return found

    async def values(self, of: Prompt | Resource, blank: str, begun: str = "") -> list[str]:
        """Return what its server offers for a blank of a prompt or of a template; nothing where it cannot be asked."""
        kind, name = ("prompt", of.name) if isinstance(of, Prompt) else ("resource", of.uri)
        for server in self._servers:
            if isinstance(server, Completing) and server.name == of.server:
                try:
                    return await server.complete(kind, name, blank, begun)
                except ServerUnavailableError as error:
                    self.failures[server.name] = str(error)
        return []

    async def read(self, uri: str, server: str = "") -> list[Content]:
        """Read a resource, of that server or the first that has it. Raises `UsageError`, `ServerUnavailableError`."""
        refusal: ServerUnavailableError | None = None
        for one in self._chosen(server):
            try:
                return await one.read_resource(uri)
            except ServerUnavailableError as error:
                if refusal is None or refusal.kind is FailureKind.NOT_SENT:
                    refusal = error
        assert refusal is not None, "there is at least one server"
        raise refusal

    async def prompt(self, name: str, arguments: Mapping[str, str], server: str = "") -> list[PromptMessage]:
        """Fill in a prompt, of that server or the first that has it. Raises `UsageError`, `ServerUnavailableError`."""
        refusal: ServerUnavailableError | None = None
        for one in self._chosen(server):
            try:
                return await one.get_prompt(name, arguments)
            except ServerUnavailableError as error:
                if refusal is None or refusal.kind is FailureKind.NOT_SENT:
                    refusal = error
        assert refusal is not None, "there is at least one server"
        raise refusal

    def _chosen(self, name: str) -> list[Readable]:
        found: list[Readable] = [one for one in self._servers if isinstance(one, Readable) and name in ("", one.name)]
        if not found:
            raise UsageError(
                f"there is no server {name!r} that has resources or prompts" if name else "no server has any"
            )
        return found
