"""Describes a wrong value in one sentence with the cure, instead of in a library's words.

Pure: takes pydantic's findings and the model that was checked. Never shows a value that may be a secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

KeyPath = tuple[int | str, ...]
"""The position of a value: keys from the outside in, and indexes of list entries from 0."""
_SECRET = re.compile(r"token|secret|password|authorization|cookie|key", re.IGNORECASE)
_LONGEST = 40
_KINDS: tuple[tuple[str, str], ...] = (
    (r"int_.*|int", "a whole number (an integer)"),
    (r"float_.*|finite_number", "a number"),
    (r"bool_.*", "true or false"),
    (r"string_type|string_unicode|string_sub_type", "text in quotes"),
    (r"list_type|tuple_type", 'a list, such as ["a", "b"]'),
    (r"dict_type|model_type|model_attributes_type|dict_attributes_type", "a table of keys, such as { key = 1 }"),
)
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("{} or more", "ge"),
    "greater_than": ("more than {}", "gt"),
    "less_than_equal": ("{} or less", "le"),
    "less_than": ("less than {}", "lt"),
}


def told(error: ValidationError, model: type[BaseModel]) -> tuple[KeyPath, str]:
    """Return the position of the first wrong value, without a library's own parts, and the cure."""
    problems = error.errors(include_url=False)
    first = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
    path = written_path(first["loc"], model)
    return path, _cure(problems, first, path, model)


def shown(path: KeyPath) -> str:
    """Return a position as people write it: "routing.rules[1].prefer", entries counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def near_names(wrong: str, known: Sequence[str]) -> str:
    """Return "; did you mean volume?" for the nearest known name; "" if none is near."""
    near = difflib.get_close_matches(wrong, known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""


def written_path(loc: Sequence[int | str], model: type[BaseModel]) -> KeyPath:
    """Return the part of a position that stands in the file. The names of a union's members do not."""
    kinds = {"str", "int", "float", "bool", "[key]"} | {each.__name__ for each in _models(model)}
    return tuple(part for part in loc if part not in kinds)


def _cure(problems: Sequence[Any], first: Any, path: KeyPath, model: type[BaseModel]) -> str:
    kind, value, context = first["type"], first["input"], first.get("ctx", {})
    alike = [each for each in problems if written_path(each["loc"], model)[: len(path)] == path]
    if kind == "extra_forbidden":
        return _unknown(path, model)
    if kind == "missing":
        return f"the key {path[-1]} is missing; add it"
    if kind == "value_error":
        return str(context.get("error", first["msg"]))
    if len({each["loc"] for each in alike}) > 1 and any(each["loc"][len(path) :] for each in alike):
        return f'write a sentence in quotes, or a table such as {{ tool = "server.tool" }}{_not(path, value)}'
    return f"write {_wanted(kind, context, first)}{_not(path, value)}"


def _wanted(kind: str, context: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    for pattern, words in _KINDS:
        if re.fullmatch(pattern, kind):
            return words
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        limit = context[name]
        return f"a number, {words.format(int(limit) if limit == int(limit) else limit)}"
    if kind in ("literal_error", "enum"):
        return f"one of {context['expected']}"
    if kind in ("too_short", "too_long"):
        least = kind == "too_short"
        count = context["min_length" if least else "max_length"]
        return f"at {'least' if least else 'most'} {count} {'entry' if count == 1 else 'entries'}"
    if kind in ("string_too_short", "string_too_long"):
        least = kind == "string_too_short"
        count = context["min_length" if least else "max_length"]
        return "some text" if least and count == 1 else f"at {'least' if least else 'most'} {count} letters"
    if kind == "string_pattern_mismatch":
        return "a name of small letters, digits and underscores that begins with a letter, such as leaving_work"
    return f"another value ({first['msg'][:1].lower()}{first['msg'][1:]})"


def _not(path: KeyPath, value: Any) -> str:
    """Return ", not 900": the value as it was written, unless it may be a secret or is long."""
    secret = any(_SECRET.search(str(part)) for part in path) or "headers" in path or "env" in path
    if secret or isinstance(value, Mapping | list | tuple) or value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return f", not {text}" if len(text) <= _LONGEST else ""


def _unknown(path: KeyPath, model: type[BaseModel]) -> str:
    known = _fields_at(path[:-1], model)
    near = near_names(str(path[-1]), known)
    listed = f"; there is {', '.join(known)}" if known and not near and len(known) <= 12 else ""
    return f"there is no setting {shown(path)}{near or listed or '; check its spelling'}"


def _fields_at(path: KeyPath, model: type[BaseModel]) -> list[str]:
    """Return the keys that are allowed at a position; [] if any key is."""
    here: list[type[BaseModel]] = [model]
    for part in path:
        fields = [each.model_fields[part] for each in here if isinstance(part, str) and part in each.model_fields]
        if fields:
            here = [inner for field in fields for inner in _models_in(field.annotation)]
    return [name for each in here for name in each.model_fields]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return a model and all models nested in it."""
    found, waiting = {model}, [model]
    while waiting:
        for field in waiting.pop().model_fields.values():
            for inner in _models_in(field.annotation):
                if inner not in found:
                    found.add(inner)
                    waiting.append(inner)
    return found
