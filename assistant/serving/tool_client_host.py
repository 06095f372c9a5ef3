"""Configured servers as a host of tools: other programs call them through our `ToolClient`, under our policy.

A sensitive call runs only with a consent of source REMOTE. This module makes it, and only for a face that holds the
remote client's yes; it never decides that there was one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.hosting.argument_checks import problems
from assistant.hosting.host import ToolHost
from assistant.serving.tool_definitions import KEY_PARAMETER, definition_of
from assistant.wording import replies
from client.call import Consent, ConsentSource, Deferred, Failed, Need, NeedsInput, Outcome, Sent, ToolCall
from client.calls.idempotency_keys import id_of_remote, key_of_remote, new_key
from client.calls.sent_defaults import arguments_as_sent
from client.catalog import Tool
from client.clock import Clock
from client.connections.resources_and_prompts import Material
from client.notices import CallProgress, Notice
from client.schemas.argument_checker import ArgumentChecker
from client.tool_client import ToolClient
from client.values import JSON, canonical

"""Namespace of keys that are made from a client's own key."""
_LONGEST_KEY = 256


@dataclass(frozen=True)
class Prepared:
    """A call that a remote client asked for, ready to be made."""

    name: str
    """Public name of the tool."""
    tool: Tool
    call: ToolCall

    @property
    def title(self) -> str:
        """The tool's name for people."""
        return replies.tool_title(self.tool)


class ToolClientHost:
    """The tools of a `ToolClient`, under names that cannot collide.

    It is no `ToolHost`: each face asks for what a call needs first (a yes, a login, a value) step by step, in its own
    way.
    """

    name = "servers"

    def __init__(
        self,
        tools: ToolClient,
        *,
        clock: Clock,
        needs_consent: Callable[[Tool, Mapping[str, JSON]], bool],
        deferrable: Callable[[Tool], bool],
        deadline: float = 10.0,
        on_outcome: Callable[[ToolCall, Outcome, float], None] = lambda call, outcome, seconds: None,
    ) -> None:
        """Take an open client, and the policy that it was opened with. `deadline` is in seconds, for each call.

        `on_outcome` is called after every attempt, with the seconds that it took.
        """
        self._tools = tools
        self._clock = clock
        self._needs_consent = needs_consent
        self._deferrable = deferrable
        self._deadline = deadline
        self._on_outcome = on_outcome
        self._checker = ArgumentChecker()

    async def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return all tools that are known now, as entries of an MCP `tools/list` result."""
        return [self._definition(tool) for tool in self._tools.catalog]

    def definition(self, name: str) -> Mapping[str, Any] | None:
        """Return the entry of one tool by its public or qualified name; None if there is no such tool."""
        tool = self._named(name)
        return None if tool is None else self._definition(tool)

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """Return the JSON Schema of a tool's arguments; None if there is no such tool."""
        tool = self._named(name)
        return None if tool is None else tool.input_schema

    def _named(self, name: str) -> Tool | None:
        catalog = self._tools.catalog
        tool = catalog.find(name)
        return tool if tool is not None and name in (catalog.public_name(tool), tool.qualified) else None

    def _definition(self, tool: Tool) -> Mapping[str, Any]:
        return definition_of(
            tool,
            self._tools.catalog.public_name(tool),
            sensitive=self._needs_consent(tool, {}),
            deferrable=self._deferrable(tool),
        )

    def material(self) -> Material:
        """Return the resources and prompts of the servers."""
        return self._tools.material()

    def on_progress(self, listener: Callable[[CallProgress], None]) -> Callable[[], None]:
        """Register a listener for the progress of calls; return a function that removes it."""

        def notice(told: Notice) -> None:
            if isinstance(told, CallProgress):
                listener(told)

        return self._tools.watch(notice)

    # -- one call, step by step --

    def prepare(
        self, name: str, arguments: Mapping[str, Any], *, key: str | None = None, user_id: str | None = None
    ) -> Prepared | None:
        """Return the call, or None if no tool has that public name.

        The client's key becomes the call's key: the argument that is the tool's own parameter for keys, else `key`.
        With a user it becomes the user's own, so that another user's same key is another call.
        """
        tool = self._named(name)
        if tool is None:
            return None
        given = dict(arguments)
        named = isinstance(given.get(KEY_PARAMETER), str) and KEY_PARAMETER in tool.properties
        if named:
            key = given.pop(KEY_PARAMETER) or key
        call_key = call_key_of(key, user_id)
        if not named and not self._takes_key(tool, call_key):
            call_key = key_of_remote(call_key)
        # The same key is the same logical call, so that its open questions are found again.
        call_id = id_of_remote(call_key)
        call = ToolCall(call_id, tool.server, tool.name, arguments_as_sent(tool, given), call_key)
        return Prepared(self._tools.catalog.public_name(tool), tool, call)

    def _takes_key(self, tool: Tool, key: str) -> bool:
        """Return whether this key fits the tool's own parameter for keys, if it has one."""
        if KEY_PARAMETER not in tool.properties:
            return True
        problem = self._checker.problem(tool, ToolCall("", tool.server, tool.name, {}, key))
        return problem is None or KEY_PARAMETER not in problem.names

    async def attempt(
        self, prepared: Prepared, *, consent: Consent | None = None, answers: Mapping[str, JSON] | None = None
    ) -> Outcome:
        """Make the call. A sensitive one without consent answers `NeedsInput`; a known key gets its first outcome."""
        began = self._clock.monotonic()
        outcome = await self._tools.call(prepared.call, consent=consent, answers=answers, deadline=self._deadline)
        self._on_outcome(prepared.call, outcome, self._clock.monotonic() - began)
        return outcome

    def consent(self, prepared: Prepared) -> Consent:
        """Make a consent to exactly this call. Only for a face that has just received the remote client's yes."""
        return Consent(str(uuid.uuid4()), prepared.call.digest, ConsentSource.REMOTE, self._clock.now())

    def problems(self, prepared: Prepared) -> list[tuple[str, str]]:
        """Return (parameter, sentence) for wrong arguments, so that nobody is asked for a yes in vain."""
        problem = self._checker.problem(prepared.tool, prepared.call)
        if problem is None:
            return []
        schema, arguments = prepared.tool.input_schema, prepared.call.arguments
        if problem.names and _is_plain(schema, prepared.tool):
            found = problems({**schema, "properties": dict(prepared.tool.properties)}, arguments)
            if found:
                return found
        return [(name, problem.message.removesuffix(".")) for name in problem.names or ("arguments",)]

    # -- words --

    def read_back(self, prepared: Prepared, needs: NeedsInput | None = None) -> str:
        """Return the question that a yes answers: the tool and every argument by name, in words."""
        now, offset = self._clock.now(), self._utc_offset()
        question = replies.read_back(prepared.tool, prepared.call.arguments, now, offset, catalog=self._tools.catalog)
        named = [f"{name} = {canonical(value)}" for name, value in prepared.call.arguments.items()]
        exact = f"{prepared.name}({', '.join(named)})"
        asked = f"{replies.sentence(needs.error.message)} " if needs is not None and asked_by_server(needs) else ""
        return f"{asked}{question}\n{exact}"

    def _utc_offset(self) -> float:
        """Return how many seconds local time is ahead of UTC on this machine now."""
        here = datetime.fromtimestamp(self._clock.now()).astimezone()
        return (here.utcoffset() or timedelta(0)).total_seconds()

    def sentence(self, prepared: Prepared, outcome: Outcome) -> str:
        """Return how the call ended, in one or two short sentences."""
        if isinstance(outcome, Failed):
            nothing = " Nothing was done." if outcome.error.sent is Sent.NO else ""
            return f"{replies.sentence(outcome.error.message) or 'That did not work.'}{nothing}"
        if isinstance(outcome, NeedsInput) and outcome.need is Need.APPROVAL:
            return f"{replies.sentence(outcome.error.message)} Its owner must approve it first; nothing was done."
        return replies.report(prepared.tool, outcome, self._utc_offset(), self._clock.now())

    def waiting(self, prepared: Prepared, outcome: Deferred) -> dict[str, JSON]:
        """Return the result of a call that waits in the outbox."""
        expires = datetime.fromtimestamp(outcome.expires_at, UTC).isoformat()
        return {"deferred": True, "summary": self.sentence(prepared, outcome), "expires_at": expires}


def asked_by_server(needs: NeedsInput) -> bool:
    """Return whether the server asks for this yes itself, so that its own words belong in the question."""
    return needs.error.code == "confirmation_wanted"


def call_key_of(key: str | None, user_id: str | None = None) -> str:
    """Return the call's key: the client's own if a header can carry it, else a UUID derived from it.

    A user's key becomes a UUID derived from both, because other servers need not learn who the user is. Without a key
    every request is a call of its own.
    """
    if not key:
        return new_key()
    if user_id is not None:
        return key_of_remote(user_id, key)
    if len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable() and key == key.strip():
        return key
    return key_of_remote(key)


def _is_plain(schema: Mapping[str, JSON], tool: Tool) -> bool:
    """Return whether every problem with the schema can be said in words: it has one dialect and no references."""
    properties = schema.get("properties", {})
    text = canonical(dict(schema))
    return (
        isinstance(properties, dict)
        and len(tool.properties) == len(properties)
        and not any(f'"{word}"' in text for word in ("$ref", "$dynamicRef", "$schema"))
    )


Served = ToolHost | ToolClientHost
"""The tools that the faces serve: tools that run here, or the tools of a tool client."""
