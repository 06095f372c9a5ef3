"""The terms of a yes besides the arguments: the tool's definition, its server's address, the account, and the policy.

A waiting call is sent only if these terms are unchanged. This module compares terms; it sends and stores nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from client.call import CallError, Sent, ToolCall
from client.catalog import Catalog, Tool
from client.connections.links import Link
from client.values import JSON, digest

CHANGED_CODES = frozenset({"address_changed", "account_changed", "tool_changed", "policy_changed", "tool_gone"})
"""Codes of the errors that `Terms.broken` gives."""
_CHANGES: Mapping[str, tuple[str, str]] = {
    "address": ("address_changed", "{server} is at another address than when {tool} was agreed to"),
    "account": ("account_changed", "Another account is logged in to {server} than when {tool} was agreed to"),
    "tool": ("tool_changed", "{server} has changed what {tool} does since it was agreed to"),
    "policy": ("policy_changed", "Other rules hold for {tool} of {server} than when it was agreed to"),
}
"""Error code and sentence for each kind of change, in the order in which they are reported."""


@dataclass(frozen=True)
class Terms:
    """Returns the present terms of a call."""

    links: Mapping[str, Link]
    catalog: Callable[[], Catalog]
    held: Callable[[], Collection[str]]
    """Qualified names of the tools that wait for approval."""
    needs_consent: Callable[[Tool, Mapping[str, JSON]], bool]
    deferrable: Callable[[Tool], bool]

    def of(self, call: ToolCall, tool: Tool) -> str:
        """Return the present terms of a call to this tool, as text to store with the call."""
        policy: JSON = [self.needs_consent(tool, call.arguments), self.deferrable(tool), tool.trusted]
        server = self.links[call.server].server
        terms: dict[str, JSON] = {"tool": tool.fingerprint, "policy": policy}
        terms["address"] = digest({"address": server.address})
        if server.user_id:  # not known before the first login of a program that started without a network
            terms["account"] = digest({"account": server.user_id})
        return json.dumps(terms, sort_keys=True)

    def broken(self, call: ToolCall, agreed: str) -> CallError | None:
        """Return why a call that was confirmed on these terms may not be sent now; None if it may be sent.

        Unknown terms ("" in a database of an older version) never equal the present ones.
        """
        tool = self.catalog().of(call.server, call.tool)
        if tool is None:
            return _not_sent("tool_gone", f"{call.server} has no tool called {call.tool} any more", call)
        now: Mapping[str, JSON] = json.loads(self.of(call, tool))
        then = _parsed(agreed)
        for name, (code, sentence) in _CHANGES.items():
            if name == "account" and name not in then:
                continue
            if then.get(name) != now.get(name) or (name == "tool" and tool.qualified in self.held()):
                return _not_sent(code, sentence.format(server=call.server, tool=call.tool), call)
        return None


def _parsed(agreed: str) -> Mapping[str, JSON]:
    found = json.loads(agreed) if agreed else {}
    return found if isinstance(found, dict) else {}


def _not_sent(code: str, reason: str, call: ToolCall) -> CallError:
    return CallError(code, f"{reason}, so it was not sent.", Sent.NO)
