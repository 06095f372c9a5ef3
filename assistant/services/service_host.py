"""One real service as a host of one tool: checks arguments, acts, and turns every refusal into a sentence.

Knows no service; what fails on the way to one is a `RefusedError` of the service's own module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from assistant.hosting.argument_checks import problems, with_defaults
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import ArgumentsError, HostError, TryLaterError, UnknownToolError
from assistant.town.definitions.schema import Definition

Act = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


class ServiceHost(ToolHost):
    """A host with one tool. `act` gets checked arguments and returns what the definition promises."""

    def __init__(self, name: str, definition: Definition, act: Act) -> None:
        self.name = name
        self._definition = definition
        self._act = act

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The one tool."""
        return {self._definition["name"]: self._definition}

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call the tool once; keys are not honoured, as with the simulated service."""
        try:
            result = await self._call(tool, arguments)
        except HostError as error:
            seconds = error.seconds if isinstance(error, TryLaterError) else None
            return Refused(error.code, str(error), error.names, error.alternatives, seconds)
        return Done(result, str(result["summary"]))

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if tool != self._definition["name"]:
            raise UnknownToolError(f"There is no tool called {tool[:60]}; there is {self._definition['name']}.")
        schema = self._definition["inputSchema"]
        filled = with_defaults(schema, arguments)
        if found := problems(schema, filled):
            raise ArgumentsError([sentence for _, sentence in found], list(dict.fromkeys(name for name, _ in found)))
        return await self._act(filled)
