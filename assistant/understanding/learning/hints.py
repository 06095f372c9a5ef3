"""What servers let be read, as help for their own tools: prompts are ways to ask, resources and completions are values.

Pure. A hint of one server never touches a tool of another, and never changes what is called: only what is listened for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.understanding.language import Language
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Catalog, Tool
from client.values import JSON

MOST_PHRASES = 8
"""Ways to ask that are taken from prompts, for one tool."""
MOST_VALUES = 200
"""Values taken for one parameter."""
LONGEST = 60
"""Letters of a value that somebody would say."""
ALIKE = 2
"""Words that a prompt and a tool must share, to be about the same; a blank named like a parameter counts as two."""
_BLANK = re.compile(r"\{[?&+#/;.]?(\w+)\}")


@dataclass(frozen=True)
class Offered:
    """A prompt, or a resource or template of resources, as far as it helps to understand."""

    server: str
    name: str
    """What people would call it."""
    told: str = ""
    """Its description."""
    blanks: tuple[str, ...] = ()
    """Names of what is to be filled in."""
    address: str = ""
    """Of resources."""


@dataclass(frozen=True)
class ServerHints:
    """Everything that the servers of one catalog offer besides tools."""

    prompts: tuple[Offered, ...] = ()
    resources: tuple[Offered, ...] = ()
    values: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """By server and name of a blank: what the server says fits there."""


def blanks_of(address: str) -> tuple[str, ...]:
    """Return the names in a template of addresses: `track` of "music://{track}"."""
    return tuple(_BLANK.findall(address))


def wanted_blanks(catalog: Catalog, offered: Sequence[Offered]) -> Iterator[tuple[Offered, str]]:
    """Yield the blanks that are called like a parameter of a tool of the same server: worth asking values for."""
    known = {(tool.server, name) for tool in catalog for name in tool.properties}
    seen: set[tuple[str, str]] = set()
    for one in offered:
        for blank in one.blanks:
            if (one.server, blank) in known - seen:
                seen.add((one.server, blank))
                yield one, blank


def hinted(catalog: Catalog, hints: ServerHints, language: Language) -> Catalog:
    """Return the catalog with what the servers offer put down as examples, of tools and of their parameters."""
    if not (hints.prompts or hints.resources or hints.values):
        return catalog
    phrases: dict[str, list[str]] = {}
    for prompt in hints.prompts:
        tool = _tool_of(prompt, catalog, language)
        if tool is not None:
            phrases.setdefault(tool.qualified, []).append(_escaped(" ".join(name_words(prompt.name))))
            if prompt.told and len(prompt.told) <= LONGEST:
                phrases[tool.qualified].append(_escaped(prompt.told.strip().rstrip(".")))
    return Catalog(tuple(_with(tool, phrases.get(tool.qualified, ()), hints, language) for tool in catalog))


def _tool_of(prompt: Offered, catalog: Catalog, language: Language) -> Tool | None:
    """Return the one tool of the prompt's server that is about the same; None where none or several are."""
    said = _stems(f"{prompt.name} {prompt.told}", language)
    found: list[tuple[int, Tool]] = []
    for tool in catalog:
        if tool.server == prompt.server:
            alike = len(said & _stems(f"{tool.name} {tool.title} {tool.description[:400]}", language))
            alike += 2 * sum(blank in tool.properties for blank in prompt.blanks)
            found.append((alike, tool))
    found.sort(key=lambda each: -each[0])
    if not found or found[0][0] < ALIKE or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def _with(tool: Tool, phrases: Sequence[str], hints: ServerHints, language: Language) -> Tool:
    properties: dict[str, JSON] = {}
    changed = False
    for name, schema in tool.properties.items():
        values = _values(tool, name, schema, hints, language)
        properties[name] = {**schema, "examples": [*values]} if values else dict(schema)
        changed = changed or bool(values)
    more = tuple(dict.fromkeys((*tool.examples, *phrases[:MOST_PHRASES])))
    raw = {**tool.input_schema, "properties": properties} if changed else tool.input_schema
    return replace(tool, examples=more, input_schema=raw) if changed or more != tool.examples else tool


def _values(tool: Tool, name: str, schema: Mapping[str, JSON], hints: ServerHints, language: Language) -> list[str]:
    """Return what may be said for a parameter of plain text: its own examples, and what the server offers."""
    if schema.get("type") != "string" or {"enum", "const", "format", "pattern"} & schema.keys():
        return []
    thing = {language.stem(word) for word in name_words(name)[-1:]}
    offered = list(hints.values.get((tool.server, name), ()))
    for one in hints.resources:
        if one.server == tool.server and not one.blanks and thing & _stems(one.address.rpartition("/")[0], language):
            offered.append(one.name)
    fitting = [value.strip() for value in offered if 0 < len(value.strip()) <= LONGEST and spoken_words(value)]
    if not fitting:
        return []
    own = schema.get("examples")
    shown = [value for value in own if isinstance(value, str)] if isinstance(own, list) else []
    return [*dict.fromkeys([*shown, *fitting])][:MOST_VALUES]


def _stems(text: str, language: Language) -> set[str]:
    return {language.stem(word) for word in spoken_words(text.replace(":", " ")) if word not in language.common}


def _escaped(text: str) -> str:
    return "".join("\\" + letter if letter in "\\[]()" else letter for letter in text)
