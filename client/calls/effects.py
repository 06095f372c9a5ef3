"""Whether calling a tool changes anything, judged from what its server says and how far the server is trusted.

A hint that relaxes (read-only, idempotent) counts only from a trusted server, or where no word of the tool's name and
description speaks of an effect (DESIGN section 13). Absent hints mean effects. Never looks at arguments.
"""

from __future__ import annotations

import re

from client.catalog import Tool

EFFECT_WORDS = frozenset(
    """
    add append apply approve archive assign authorize backup book buy call cancel change charge clear close
    commit configure confirm copy create deactivate delete deliver deny disable disconnect dismiss drop edit
    empty enable enter erase exec execute format grant import insert install invite invoke kill launch like lock
    log mail merge message modify mount move notify open order patch pay place post print publish purchase purge
    push put reboot record register reject release remove rename repeal replace reply reserve reset restart
    restore revoke run save schedule sell send set share shutdown sign start stop store submit subscribe swap
    switch sync tell terminate text toggle transfer trash trigger turn uninstall unlock unmount unsubscribe
    update upload upsert wipe withdraw write
    """.split()
)
"""Verbs that speak of an effect."""

_READING_VERBS = frozenset(
    """
    calculate check compare compute convert count describe estimate fetch find forecast get inspect list look
    lookup plan query read retrieve route search show status tell translate verify view watch
    """.split()
)
"""Verbs that, at the head of a name, say that what follows is a thing and not an action ("get_order", "list_calls")."""


def words_of(text: str) -> list[str]:
    """Return the words of a name or sentence, lower case, camelCase and snake_case taken apart."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[a-z]+", spaced.lower())


def speaks_of_effect(tool: Tool) -> bool:
    """Return whether a word of the tool's name, or a verb of its description, speaks of an effect."""
    name = words_of(tool.name)
    if name and name[0] in _READING_VERBS:
        name = []
    described = words_of(re.sub(r"\([^)]*\)", " ", tool.description))
    return bool(EFFECT_WORDS & set(name)) or bool(EFFECT_WORDS & _verbs(described))


def _verbs(words: list[str]) -> set[str]:
    """Words in the place of a verb: at the start, or after "to", "and", "or", "will", "can", "then"."""
    openers = {"to", "and", "or", "will", "can", "then", "may", "must"}
    return {_stem(word) for before, word in zip(["and", *words], words, strict=False) if before in openers}


def _stem(word: str) -> str:
    """Take off the ending of "sends", "books", "deleted"."""
    for ending in ("es", "s", "ed", "d", "ing"):
        if word.endswith(ending) and word.removesuffix(ending) in EFFECT_WORDS:
            return word.removesuffix(ending)
    return word


def has_effects(tool: Tool) -> bool:
    """Return whether a call may change something."""
    if not tool.hints.read_only:
        return True
    return not (tool.trusted or not speaks_of_effect(tool))


def is_repeatable(tool: Tool) -> bool:
    """Return whether sending the call twice is the same as once: no effects, or a trusted idempotent hint."""
    if not has_effects(tool):
        return True
    return bool(tool.hints.idempotent) and tool.trusted
