"""Parameters that belong to one deed of a tool with several: "title (REQUIRED for create)", "filterList".

A tool that takes its deed as a listed value ("action") says in the descriptions of its other parameters for which
deeds they are. Only reads descriptions; which deed was said is found by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.understanding.slots.parameters import Kind, Slot
from assistant.understanding.tokens import name_words, spoken_words

_NEEDED = re.compile(r"\brequired\s+(?:for|when|if|by|with)\b([^).;]*?)(?=[).;]|\boptional\b|$)", re.IGNORECASE)
_ONLY = re.compile(r"\(\s*(?:for\s+|when\s+)?([a-z][a-z /,]*?)\s+only\s*\)|\b(read)-only\b", re.IGNORECASE)
_FILTER = re.compile(r"^\W*(?:optional\W+)?(?:filters?|narrows?)\b", re.IGNORECASE)


def conditional(slots: Sequence[Slot], deeds: Sequence[str], looking: frozenset[str]) -> tuple[Slot, ...]:
    """Return the parameters that the deeds said leave, those required that one of them needs, all reading if it looks.

    `deeds` are the listed values that were said, such as "create"; `looking` are the verbs of a language that look.
    Without a deed all parameters are left as they are.
    """
    said = {word for deed in deeds for word in name_words(deed)[:1]}
    if not said:
        return tuple(slots)
    looks = bool(said & looking)
    return tuple(
        replace(slot, required=slot.required or _is_needed(slot, said), reads=slot.reads or looks)
        for slot in slots
        if _applies(slot, said, looks=looks)
    )


def says_conditions(slots: Sequence[Slot]) -> bool:
    """Return whether any parameter is for some deeds of its tool only, and some parameter lists deeds."""
    listed = any(slot.kind is Kind.ENUM and slot.required and len(slot.path) == 1 for slot in slots)
    return listed and any(
        _NEEDED.search(told) or _ONLY.search(told) or _filters(slot) for slot in slots for told in (_told(slot),)
    )


def _told(slot: Slot) -> str:
    described = slot.schema.get("description")
    return described if isinstance(described, str) else ""


def _filters(slot: Slot) -> bool:
    return slot.words[:1] == ("filter",) or bool(_FILTER.search(_told(slot)))


def _is_needed(slot: Slot, said: set[str]) -> bool:
    return any(said.intersection(spoken_words(found)) for found in _NEEDED.findall(_told(slot)))


def _applies(slot: Slot, said: set[str], *, looks: bool) -> bool:
    """Return whether a parameter belongs to the deed: what filters belongs to looking alone."""
    if slot.required or _is_needed(slot, said):
        return True
    only = [one or other for one, other in _ONLY.findall(_told(slot))]
    if only:
        return any(said.intersection(spoken_words(each)) or (looks and each.lower() == "read") for each in only)
    return looks or not _filters(slot)
