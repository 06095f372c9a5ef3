"""The definitions of the town's tools in a language, for those who only read them: nothing that answers is loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from assistant.town.definitions.every_tool import DEFINITIONS

Words = Mapping[str, Mapping[str, Any]]
"""What the tools say, by their names."""


def words_in(code: str) -> Words:
    """Return the words of a language. Raises `FileNotFoundError` if the folder has no file for it."""
    text = (files("assistant.town") / "language" / f"{code}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def definitions_in(code: str) -> list[Mapping[str, Any]]:
    """Return the definitions of the town's tools in that language; English ones if the folder has none."""
    try:
        words = words_in(code)
    except FileNotFoundError:
        return [*DEFINITIONS]
    return [in_words(definition, words) for definition in DEFINITIONS]


def in_words(definition: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """Return a definition with the title and the examples of a language."""
    told = words.get(definition["name"], {})
    meta = {**definition["_meta"], "mcqueen/examples": list(told.get("examples", ()))}
    return {**definition, "title": told.get("title", definition["title"]), "_meta": meta}
