"""Which tool undoes another, and which can tell whether a lost call happened. Looks at catalogs only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from client.calls.english_words import words_of
from client.catalog import Catalog, Tool
from client.schemas.tool_names import qualified_name
from client.values import JSON

_SWITCHED = frozenset({"on", "off", "up", "down"})
"""Particles in which a tool and what reverses it differ."""
_LOOKING = frozenset({"get", "list", "find", "search", "read", "show", "status", "check", "look"})


_REVERSING = (
    ("add insert append attach save pin follow subscribe like favorite join",
     "remove delete clear detach unsave unpin unfollow unsubscribe unlike leave"),
    ("remove delete archive", "add restore undelete unarchive recreate"),
    ("create make write set start begin book reserve schedule order post send",
     "delete remove cancel clear stop end unbook unschedule unsend recall refund"),
    ("pay buy purchase rent donate transfer withdraw", "refund return cancel unpay recall deposit"),
    ("cancel stop end pause", "start resume continue rebook restore"),
    ("open unlock enable activate turn switch mute show",
     "close shut lock disable deactivate turn switch unmute hide"),
    ("close shut lock disable deactivate unmute hide", "open unlock enable activate mute show"),
    ("skip", "add restore previous"),
    ("move rename update change edit", "move rename update change edit revert"),
)  # fmt: skip
REVERSED_BY: Mapping[str, frozenset[str]] = {
    one: frozenset(others.split()) for verbs, others in _REVERSING for one in verbs.split()
}
"""Verbs of names, each with those that reverse it: only so an untrusted server's word for it counts."""
UNDOING = frozenset({"undo", "revert", "rollback", "restore"})
"""Verbs of names that reverse anything."""


def reverses(tool: Tool, other: Tool) -> bool:
    """Return whether one tool may be offered as what reverses another of its server.

    A trusted server is believed. Of any other, the name must say it: the same thing with the reversing verb, or with
    the same verb, which then sets back. `wipe_everything` reverses nothing.
    """
    if tool.trusted or tool.name == other.name:
        return True
    one, another = words_of(tool.name), words_of(other.name)
    if not one or not another:
        return False
    fits = another[0] in REVERSED_BY.get(one[0], frozenset()) | UNDOING or another[0] == f"un{one[0]}"
    return fits and {*one[1:]} - _SWITCHED == {*another[1:]} - _SWITCHED


def inverse_call(tool: Tool, arguments: Mapping[str, JSON], result: JSON) -> tuple[str, dict[str, JSON]] | None:
    """Return the name and arguments of the call that undoes this one, or None if the tool declares none.

    The declaration (`_meta["mcqueen/inverse"]`) is `{"tool", "arguments"}`; text of the form `$result.path` or
    `$arguments.path` is taken from there. An unresolved path means that there is nothing to undo.
    """
    if tool.inverse is None or not isinstance(name := tool.inverse.get("tool"), str):
        return None
    template = tool.inverse.get("arguments")
    values: dict[str, JSON] = {}
    for parameter, value in template.items() if isinstance(template, dict) else ():
        found = _resolve(value, arguments, result)
        if found is None:
            return None
        values[parameter] = found
    return qualified_name(tool.server, name), values


def _resolve(value: JSON, arguments: Mapping[str, JSON], result: JSON) -> JSON:
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    root, *path = value[1:].split(".")
    found: JSON = result if root == "result" else dict(arguments)
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def checking_call(catalog: Catalog, tool: Tool, arguments: Mapping[str, JSON]) -> tuple[str, dict[str, JSON]] | None:
    """Return a read-only call of the same server that may tell whether a lost call happened, or None.

    It is a looking tool that shares a word of substance with the lost one, and whose required arguments are known.
    """
    wanted = _words(f"{tool.name} {tool.title}") - _LOOKING
    best: tuple[int, Tool] | None = None
    for other in catalog:
        if other.server != tool.server or other.name == tool.name or not other.hints.read_only:
            continue
        if not set(other.required) <= set(arguments):
            continue
        shared = len(wanted & _words(f"{other.name} {other.title}"))
        if shared and _LOOKING & _words(other.name) and (best is None or shared > best[0]):
            best = (shared, other)
    if best is None:
        return None
    found = best[1]
    return found.qualified, {name: arguments[name] for name in found.properties if name in arguments}


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())}
