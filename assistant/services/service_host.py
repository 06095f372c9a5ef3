"""One real service as a host of tools: checks arguments, acts, and turns every refusal into a sentence.

Knows no service; a failure to reach one is a `RefusedError` of the service's own module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from assistant.hosting.argument_checks import problems, with_defaults
from assistant.hosting.host import Done, Refused, ToolHost
from assistant.hosting.host_errors import ArgumentsError, HostError, TryLaterError, UnknownToolError
from assistant.hosting.spoken_words import joined
from assistant.town.definitions.schema import Definition

Act = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


class ServiceHost(ToolHost):
    """A host of tools. The function behind a tool gets checked arguments and returns the result that the definition
    promises."""

    def __init__(self, name: str, *tools: tuple[Definition, Act]) -> None:
        self.name = name
        self._definitions: dict[str, Definition] = {definition["name"]: definition for definition, _ in tools}
        self._acts = {definition["name"]: act for definition, act in tools}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The tools."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool once. Idempotency keys are ignored, as with simulated services."""
        try:
            result = await self._call(tool, arguments)
        except HostError as error:
            seconds = error.seconds if isinstance(error, TryLaterError) else None
            return Refused(error.code, str(error), error.names, error.alternatives, seconds)
        return Done(result, str(result["summary"]))

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if tool not in self._acts:
            raise UnknownToolError(f"There is no tool called {tool[:60]}; there is {joined([*self._acts], 'or')}.")
        schema = self._definitions[tool]["inputSchema"]
        filled = with_defaults(schema, arguments)
        if found := problems(schema, filled):
            raise ArgumentsError([sentence for _, sentence in found], list(dict.fromkeys(name for name, _ in found)))
        return await self._acts[tool](filled)
