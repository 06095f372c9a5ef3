"""The car's tools in the driver's language: titles, example sentences and names of values, as data of a folder.

A tool's name, parameters and action stay the same. Words without a translation stay English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.hosting.tool_entry import Definition
from assistant.vehicle.car_tools import DEFINITIONS


@cache
def definitions_in(code: str) -> tuple[Definition, ...]:
    """Return the car's definitions in that language; English ones if the folder has none."""
    file = files("assistant.vehicle") / "language" / f"{code}.car.toml"
    if not file.is_file():
        return DEFINITIONS
    words = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_in_words(definition, words.get(definition["name"], {})) for definition in DEFINITIONS)


def _in_words(definition: Definition, words: Mapping[str, Any]) -> Definition:
    schema = definition["inputSchema"]
    called: Mapping[str, Mapping[str, list[str]]] = words.get("synonyms", {})
    properties = {
        name: {**each, "x-synonyms": dict(called[name])} if name in called else each
        for name, each in schema["properties"].items()
    }
    return {
        **definition,
        "title": words.get("title", definition["title"]),
        "inputSchema": {**schema, "properties": properties},
        "_meta": {**definition["_meta"], "mcqueen/examples": list(words.get("examples", ()))},
    }
