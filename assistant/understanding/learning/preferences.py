"""What the driver prefers, put where nothing was said: a kind of fuel or food, metric or imperial.

Fills a parameter only where its schema lists exactly one thing that is preferred; whatever was said stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.understanding.reading import Interpretation, Profile, Reading
from client.catalog import Catalog, Tool
from client.values import JSON


def with_preferences(reading: Reading, catalog: Catalog, profile: Profile) -> Reading:
    """Return the reading with the driver's preferences in what was left open."""
    liked = {preference.casefold() for preference in (*profile.preferences, profile.units) if preference}
    if not liked or not reading.interpretations:
        return reading
    return replace(reading, interpretations=tuple(_filled(found, catalog, liked) for found in reading.interpretations))


def _filled(found: Interpretation, catalog: Catalog, liked: set[str]) -> Interpretation:
    tool = catalog.find(found.tool)
    if tool is None:
        return found
    arguments = {**_wished(tool, found.arguments, liked), **found.arguments}
    missing = tuple(name for name in found.missing if name not in arguments)
    then = tuple(_filled(each, catalog, liked) for each in found.then)
    return replace(found, arguments=arguments, missing=missing, then=then)


def _wished(tool: Tool, said: Mapping[str, JSON], liked: set[str]) -> dict[str, JSON]:
    wished: dict[str, JSON] = {}
    for name, schema in tool.properties.items():
        values = schema.get("enum")
        if name in said or not isinstance(values, list):
            continue
        fitting = [value for value in values if isinstance(value, str) and value.casefold() in liked]
        if len(fitting) == 1:
            wished[name] = fitting[0]
    return wished
