"""What needs the driver's yes, and why (DESIGN sections 7 and 13).

A server can raise the level, never lower it below these rules. Judges the tool together with the arguments, because
reading mail is not sending it. Contacts nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from client.calls.effects import EFFECT_WORDS, has_effects, speaks_of_effect, words_of
from client.catalog import Tool
from client.values import JSON

_GRAVE = frozenset(
    """
    book buy call cancel charge delete donate erase mail message order pay post publish purchase remove reserve
    sell send share submit tell text transfer withdraw
    """.split()
)
"""Verbs that spend money, send words to a person, book, cancel or delete."""

_LOOKING = frozenset(
    """
    browse check directions display find forecast get list look lookup query read route search see show status
    view
    """.split()
)
"""Values of an action parameter that only look."""

_ACTION_NAMES = frozenset({"action", "operation", "command", "mode", "method", "verb"})


@dataclass(frozen=True)
class Sensitivity:
    """Whether a yes is needed, and the reason in words."""

    sensitive: bool
    why: str


def assess(tool: Tool, arguments: Mapping[str, JSON] | None = None) -> Sensitivity:
    """Return whether this tool with these arguments needs a yes. Without arguments: whether it ever may."""
    if tool.description.lstrip().upper().startswith("REQUIRES_CONFIRMATION"):
        return Sensitivity(True, "its description asks for confirmation")
    if _only_looks(tool, arguments or {}):
        return Sensitivity(False, "this action only looks")
    if tool.voice_confirmations:
        return Sensitivity(True, "its server lists voice confirmations")
    if not has_effects(tool):
        return Sensitivity(False, "read-only")
    grave = _GRAVE & set(words_of(tool.name))
    if grave:
        return Sensitivity(True, f"its name speaks of an effect: {', '.join(sorted(grave))}")
    if tool.hints.read_only:
        return Sensitivity(True, "it claims to be read-only, but its words speak of an effect")
    if tool.hints.destructive is None and tool.hints.open_world is None:
        return Sensitivity(True, "its server does not say what it does")
    if tool.hints.destructive is not False:
        return Sensitivity(True, "it may destroy something")
    if tool.hints.open_world is not False:
        return Sensitivity(True, "it reaches beyond the car")
    if not tool.trusted and speaks_of_effect(tool) and _GRAVE & set(words_of(tool.description)):
        return Sensitivity(True, "its description speaks of an effect")
    return Sensitivity(False, "harmless by its hints")


def _only_looks(tool: Tool, arguments: Mapping[str, JSON]) -> bool:
    """Whether the chosen value of a parameter like `action`, one of an enum of verbs, only looks."""
    for name, value in arguments.items():
        options = tool.properties.get(name, {}).get("enum")
        if name.lower() not in _ACTION_NAMES or not isinstance(value, str) or not isinstance(options, list):
            continue
        words = words_of(value)
        return bool(words) and words[0] in _LOOKING and not (EFFECT_WORDS - _LOOKING) & set(words)
    return False


def is_deferrable(tool: Tool) -> bool:
    """Return whether a confirmed call may wait for the network: what the server says, else only words to a person."""
    if tool.deferrable is not None:
        return tool.deferrable
    return bool({"send", "message", "mail", "text", "post"} & set(words_of(tool.name)))
