"""What the words of a schema give a required parameter that nobody speaks of: "Use 'primary' for the main calendar".

Reads schemas only. It takes a value that the author calls the default, or that stands for the user's own thing, never
one of several to choose from; where the driver names another thing of that kind, the parameter is left to be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.understanding.language import Language
from assistant.understanding.slots.described import documented, is_opaque
from assistant.understanding.slots.listed_in_schemas import resolved, schema_type
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

_VALUE = r"(?:['\"`]([^'\"`\s]{1,40})['\"`]|([\w./@-]{1,40}?)(?=\s*(?:[).,;\]]|$)))"
_DEFAULT = re.compile(rf"\bdefaults?(?: value)?(?:\s+(?:to|is|of)\b|\s*[:=])?\s*{_VALUE}", re.IGNORECASE)
_USE = re.compile(r"\b(?:use|pass|set to|enter|specify)\s+['\"`]([\w@-]{1,40})['\"`]([^.;,)]*)", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:default|primary|main|own|yourself|current user|logged[- ]in|authenticated|user's|your)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"['\"`]([\w@-]{1,40})['\"`]")
_OWN_THINGS = frozenset({"primary", "me", "@me", "self", "default", "main"})
"""Values by which APIs call the user's own account, calendar or list."""
_NO_VALUES = frozenset("now today current none null undefined empty auto the a an all required optional".split())
"""What stands behind "default" and is no value to send, or gives too much to be sent unsaid."""


def stated_default(schema: Mapping[str, JSON], *, opaque: bool) -> JSON:
    """Return the value that a schema gives its parameter where nothing is said; None where it gives none.

    `opaque` is whether the parameter takes an id: then a quoted "primary" or "me" alone is such a value.
    """
    if schema.get("default") not in (None, ""):
        return schema["default"]
    about = schema.get("description")
    if not isinstance(about, str):
        return None
    found = _DEFAULT.search(about)
    if found is not None:
        word = found[1] or found[2]
        return None if word.lower() in _NO_VALUES else _typed(word, schema)
    used = dict(_USE.findall(about))
    if len(used) == 1:
        value, rest = next(iter(used.items()))
        return _typed(value, schema) if value.lower() in _OWN_THINGS or _OWN.search(rest) else None
    own = [value for value in _QUOTED.findall(about) if value.lower() in _OWN_THINGS] if opaque else []
    return _typed(own[0], schema) if len(set(own)) == 1 else None


def _typed(word: str, schema: Mapping[str, JSON]) -> JSON:
    """Return a word of a description as the parameter's type has it; None where it is no such value."""
    values = schema.get("enum")
    if isinstance(values, list):
        return word if word in values else None
    kind = schema_type(schema)
    if kind in ("string", ""):
        return word
    if kind == "boolean":
        return False if word.lower() == "false" else None  # nothing is switched on that nobody spoke of
    if kind == "array":
        return [word]
    if kind in ("integer", "number") and re.fullmatch(r"-?\d{1,9}(?:\.\d{1,6})?", word):
        return float(word) if "." in word else int(word)
    return None


class StatedDefaults:
    """The values that the tools of one server give their required parameters, by name."""

    def __init__(self, tools: Iterable[Tool], language: Language) -> None:
        self._language = language
        self._articles = frozenset((*language.words("cutting", "articles"), *language.words("places", "possessives")))
        self._given: dict[str, dict[str, tuple[JSON, bool]]] = {}
        self._ids: dict[str, JSON] = {}
        clashing: set[str] = set()
        for tool in tools:
            for name, schema, opaque in _described(tool):
                value = stated_default(schema, opaque=opaque) if opaque else None
                if isinstance(value, list):
                    value = value[0] if len(value) == 1 else None
                if isinstance(value, str) and self._ids.setdefault(_one(name), value) != value:
                    clashing.add(_one(name))
        for name in clashing:
            del self._ids[name]

    def of(self, tool: Tool, missing: Sequence[str], said: Sequence[str]) -> dict[str, JSON]:
        """Return values for parameters that the words do not give; `said` are the folded words of the sentence.

        An id that another tool of the server gives a value is the same id here.
        """
        if tool.qualified not in self._given:
            self._given[tool.qualified] = dict(self._values(tool))
        given = self._given[tool.qualified]
        return {
            name: given[name][0]
            for name in missing
            if name in given and not (given[name][1] and self._names_one(tool, name, said))
        }

    def _values(self, tool: Tool) -> Iterable[tuple[str, tuple[JSON, bool]]]:
        """Yield the parameters that have such a value, each with it and with whether it is an id."""
        for name, schema, opaque in _described(tool):
            value = stated_default(schema, opaque=opaque)
            if value is None and opaque and _one(name) in self._ids:
                value = self._ids[_one(name)]
                value = [value] if schema_type(schema) == "array" else value
            if value is not None:
                yield name, (value, opaque)

    def _names_one(self, tool: Tool, name: str, said: Sequence[str]) -> bool:
        """Return whether the words name a thing of that kind: "the work calendar", of calendarId."""
        stem = self._language.stem
        nouns = {stem(word) for word in name_words(name) if word not in self._language.common and len(word) > 2}
        known = {stem(word) for word in (*name_words(tool.name), *spoken_words(tool.description))}
        plain = {*self._articles, *self._language.common}
        for place, word in enumerate(said[1:], 1):
            before = said[place - 1]
            if stem(word) in nouns and before not in plain and stem(before) not in known:
                return True
        return False


def _described(tool: Tool) -> Iterable[tuple[str, Mapping[str, JSON], bool]]:
    """Yield the name of each parameter, its schema with what the docstring says of it, and whether it takes an id."""
    documents = documented(tool.description)
    for name, raw in tool.properties.items():
        schema = resolved(raw, tool.input_schema)
        about = schema.get("description") or raw.get("description") or documents.get(name, "")
        text = about if isinstance(about, str) else ""
        yield name, {**schema, "description": text}, is_opaque(name_words(name), text, schema)


def _one(name: str) -> str:
    """Return a parameter's name without plural and in one spelling: calendarIds and calendar_id are one id."""
    return "".join(word for word in name_words(name)).rstrip("s")
