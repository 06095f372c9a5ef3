"""Resources and prompts of the connected servers: data that servers offer for reading, besides tools.

Reading has no effects and needs no yes. A result is cached only as long as its server says. It is data, never an
instruction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from client.client_errors import UsageError
from client.servers.readable import Content, Prompt, PromptMessage, Readable, Resource
from client.servers.tool_server import FailureKind, ServerUnavailableError, ToolServer


class Material:
    """The resources and prompts of all servers. A server that is away or has none does not delay the others."""

    def __init__(self, servers: Sequence[ToolServer]) -> None:
        self._servers = tuple(servers)
        self.failures: dict[str, str] = {}
        """Why a server could not be asked, by server name, from the last listing."""

    async def resources(self) -> list[Resource]:
        """Return the resources of every server that can be asked."""
        self.failures = {}
        found: list[Resource] = []
        for server in self._readable():
            try:
                found.extend(await server.list_resources())
            except ServerUnavailableError as error:
                self.failures[server.name] = str(error)
        return found

    async def prompts(self) -> list[Prompt]:
        """Return the prompts of every server that can be asked."""
        self.failures = {}
        found: list[Prompt] = []
        for server in self._readable():
            try:
                found.extend(await server.list_prompts())
            except ServerUnavailableError as error:
                self.failures[server.name] = str(error)
        return found

    async def values(self, of: Prompt | Resource, blank: str, begun: str = "") -> list[str]:
        """Return the server's suggestions for a parameter of a prompt or template; none if it cannot be asked."""
        kind, name = ("prompt", of.name) if isinstance(of, Prompt) else ("resource", of.uri)
        for server in self._readable():
            if server.name == of.server:
                try:
                    return await server.complete(kind, name, blank, begun)
                except ServerUnavailableError as error:
                    self.failures[server.name] = str(error)
        return []

    async def read(self, uri: str, server: str = "") -> list[Content]:
        """Read a resource of that server, or of the first server that has it. Raises `UsageError`,
        `ServerUnavailableError`."""
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
        """Fill in a prompt of that server, or of the first server that has it. Raises `UsageError`,
        `ServerUnavailableError`."""
        refusal: ServerUnavailableError | None = None
        for one in self._chosen(server):
            try:
                return await one.get_prompt(name, arguments)
            except ServerUnavailableError as error:
                if refusal is None or refusal.kind is FailureKind.NOT_SENT:
                    refusal = error
        assert refusal is not None, "there is at least one server"
        raise refusal

    def _readable(self) -> Iterator[Readable]:
        """Yield the servers that are known to offer more than tools."""
        return (server.readable for server in self._servers if server.readable is not None)

    def _chosen(self, name: str) -> list[Readable]:
        found = [one for one in self._readable() if name in ("", one.name)]
        if not found:
            raise UsageError(
                f"there is no server {name!r} that has resources or prompts" if name else "no server has any"
            )
        return found
