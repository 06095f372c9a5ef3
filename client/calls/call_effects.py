"""Whether a call of a tool changes anything, judged by the words of its name and description and by their source.

A tool only looks if its name, description and parameters say so in English words that are known here, or if settings
trust its server and the server says so. Anything else that a server claims can raise the level, never lower it
(docs/design.md). It never looks at arguments: the result holds for every call of the tool.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from client.calls.argument_blocks import without_arguments
from client.calls.description_reading import begins_with_a_look, effect_in_description, gives_data
from client.calls.english_words import EffectSign, is_in, is_known, unusual_letters, words_of
from client.calls.name_reading import SAYS_ONLY_THINGS, effect_in_name
from client.calls.other_subjects import other_subject
from client.calls.parameter_reading import effect_in_answers, effect_in_parameters
from client.calls.title_reading import effect_in_title
from client.catalog import Tool

_EITHER = frozenset({"track", "monitor", "watch", "check", "find"})
"""Verbs that mean either a look or the start of something lasting: "track_parcel"."""
_MOST_READ = 8192
"""Tools whose verdict is cached; the oldest is dropped first."""
_read: OrderedDict[tuple[str, str], EffectSign | None] = OrderedDict()


def reading_of(tool: Tool) -> EffectSign | None:
    """Return why the tool's own words suggest that it changes something; None if all of them speak of looking only.

    Both the rule for a yes and the rule for questions use this verdict. It is cached for the tool's present definition.
    A named act is reported before a mere doubt.
    """
    key = (tool.server, tool.fingerprint)
    if key not in _read:
        while len(_read) >= _MOST_READ:
            _read.popitem(last=False)
        description, told = without_arguments(tool.description, tool.properties)
        in_name = effect_in_name(tool.name, tool.server, description)
        parts = (
            None if in_name == SAYS_ONLY_THINGS and gives_data(description) else in_name,
            effect_in_description(description, looks_by_name=True),
            other_subject(description, (tool.name, *tool.properties)),
            effect_in_parameters(tool.input_schema, tool.name, told),
            effect_in_title(tool.title, tool.name, tool.description),
            effect_in_answers(tool.output_schema),
        )
        found = [part for part in parts if part is not None]
        _read[key] = next((part for part in found if part.acts), found[0] if found else None)
    return _read[key]


def may_look_up(tool: Tool) -> bool:
    """Return whether only the verb at the start of the name may act, as in "track_parcel", which may also just look.

    A call of such a tool asks for a yes, but a question by the driver may still reach the tool.
    """
    words = words_of(tool.name)
    if not words or words[0] not in _EITHER:
        return False
    head = words[0].capitalize()
    name, description = tool.name.replace(words[0], "view", 1), tool.description.replace(head, "View", 1)
    found = reading_of(replace(tool, name=name, description=description))
    return found is None or not found.acts


def only_tells(tool: Tool) -> bool:
    """Return whether no word names an act and the description begins with looking or computing: "Calculate the tip".

    Unknown words leave such a tool in doubt, so it asks before it runs. If it fails, no act is left half done.
    """
    found = reading_of(tool)
    declared = tool.hints.read_only is False or tool.hints.destructive
    return not declared and (found is None or (not found.acts and begins_with_a_look(tool.description)))


def effect_in_words(tool: Tool) -> str:
    """Return the result of `reading_of` as text; "" if all of the tool's words speak of looking only."""
    found = reading_of(tool)
    return found.why if found is not None else ""


def wants_confirmation(tool: Tool) -> bool:
    """Return whether the description asks that every call is confirmed."""
    return tool.description.lstrip().upper().startswith("REQUIRES_CONFIRMATION")


def is_plain(tool: Tool) -> bool:
    """Return whether every word of the name is a known English word, act or not."""
    known = all(is_known(word) or is_in(word, "acts") for word in words_of(tool.name))
    return known and tool.name.isascii() and not unusual_letters(tool.title + tool.description)


def speaks_of_effect(tool: Tool) -> bool:
    """Return whether the tool's name or description may say that it changes something."""
    return reading_of(tool) is not None


def has_effects(tool: Tool) -> bool:
    """Return whether a call may change something."""
    if tool.trusted and tool.hints.read_only is not None:
        return not tool.hints.read_only
    if tool.hints.read_only is False or tool.hints.destructive:
        return True
    return speaks_of_effect(tool)


def is_repeatable(tool: Tool) -> bool:
    """Return whether sending twice has the same effect as sending once: no effects, or a trusted idempotent hint."""
    if not has_effects(tool):
        return True
    return bool(tool.hints.idempotent) and tool.trusted
