"""The rule for defaults: values that a server would fill in are sent with the call, so that the driver can hear them
first.

Without this rule a server would use values that nobody heard, or a value other than the one that was read back. Pure;
it never replaces a value that was given, and never adds one for which the schema names no default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from client.call import Consent, ToolCall
from client.calls.call_effects import has_effects, wants_confirmation
from client.catalog import Tool
from client.client_errors import SchemaTroubleError
from client.schemas.json_schema import SchemaCheck
from client.values import JSON, canonical

_DEEPEST = 8
"""Levels of groups that are filled in."""
_SAYS_NOTHING: tuple[JSON, ...] = (None, "", [], {})
"""Default values that mean nothing; they are neither sent nor said."""
_KEY = "idempotency_key"
"""The parameter that the client fills in itself."""


def call_as_sent(tool: Tool, call: ToolCall) -> ToolCall:
    """Return the call with `arguments_as_sent`."""
    arguments = arguments_as_sent(tool, call.arguments)
    return call if arguments == call.arguments else replace(call, arguments=arguments)


def agreed_as_sent(tool: Tool, call: ToolCall, consent: Consent | None) -> tuple[ToolCall, Consent | None]:
    """Return the call with its tool's defaults, and the yes to it. Whoever gave the yes had heard the defaults."""
    try:
        sent = call_as_sent(tool, call)
        if consent is not None and sent is not call and consent.digest == call.digest:
            consent = replace(consent, digest=sent.digest)
    except (ValueError, TypeError, RecursionError):
        return call, consent  # not JSON: it is refused before it is sent
    return sent, consent


def arguments_as_sent(tool: Tool, arguments: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return the arguments with the defaults of the tool, if it changes something or its server wants it confirmed.

    A read-only tool without a question gets no defaults: its server shows the same anyway.
    """
    asks = has_effects(tool) or bool(tool.voice_confirmations) or wants_confirmation(tool)
    return with_sent_defaults(tool, arguments) if asks else arguments


def with_sent_defaults(tool: Tool, arguments: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the arguments, and beside them each default of the schema at any depth that its own schema allows.

    A missing group is added if its defaults make it complete. A default that would break the schema is neither sent nor
    said.
    """
    if not tool.may_have_defaults:
        return dict(arguments)
    return _filled(tool.input_schema, arguments, tool.input_schema, 0)


def _filled(
    schema: Mapping[str, JSON],
    given: Mapping[str, JSON],
    root: Mapping[str, JSON],
    depth: int,
    above: tuple[Mapping[str, JSON], ...] = (),
) -> dict[str, JSON]:
    found = dict(given)
    if depth > _DEEPEST:
        return found
    for name, inner in _properties(schema, root).items():
        if name == _KEY:
            continue
        if name in found:
            found[name] = _within(inner, found[name], root, depth)
        elif "default" in inner:
            value = inner["default"]
            if value not in _SAYS_NOTHING and _fits(canonical([dict(inner), _definitions(root)]), canonical(value)):
                found[name] = _within(inner, value, root, depth)
        elif inner not in above:  # a group that holds itself would never end
            group = _filled(inner, {}, root, depth + 1, (*above, inner))
            if group and all(needed in group for needed in _names(inner.get("required"))):
                found[name] = group
    return found


def _within(schema: Mapping[str, JSON], value: JSON, root: Mapping[str, JSON], depth: int) -> JSON:
    """Return a value with the defaults of the groups inside it."""
    if isinstance(value, dict):
        return _filled(schema, value, root, depth + 1)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        inner = _resolved(items, root)
        return [_within(inner, item, root, depth + 1) for item in value]
    return value


def _properties(schema: Mapping[str, JSON], root: Mapping[str, JSON]) -> dict[str, Mapping[str, JSON]]:
    """Return the parameters of a group, those of all its parts among them, each with what it refers to."""
    found: dict[str, Mapping[str, JSON]] = {}
    parts = schema.get("allOf")
    for part in (schema, *(parts if isinstance(parts, list) else ())):
        own = _resolved(part, root).get("properties") if isinstance(part, Mapping) else None
        for name, inner in own.items() if isinstance(own, Mapping) else ():
            if isinstance(inner, Mapping):
                found[name] = _resolved(inner, root)
    return found


def _resolved(schema: Mapping[str, JSON], root: Mapping[str, JSON], depth: int = 0) -> Mapping[str, JSON]:
    """Return the schema with what it refers to inside this document, and of "X or null" the X."""
    if depth > _DEEPEST:
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        place: Any = root
        for step in reference[2:].split("/"):
            place = place.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(place, Mapping) else None
        if isinstance(place, Mapping):
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return _resolved({**place, **beside}, root, depth + 1)
    for key in ("anyOf", "oneOf"):
        several = schema.get(key)
        real = [one for one in several if isinstance(one, Mapping) and one.get("type") != "null"] if isinstance(
            several, list) else []  # fmt: skip
        if len(real) == 1:
            beside = {name: value for name, value in schema.items() if name != key}
            return _resolved({**real[0], **beside}, root, depth + 1)
    return schema


def _definitions(root: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: root[key] for key in ("$defs", "definitions") if key in root}


@lru_cache(maxsize=4096)
def _fits(schema: str, value: str) -> bool:
    """Return whether a default is one that its own schema allows; both are canonical JSON."""
    inner, definitions = json.loads(schema)
    try:
        return not list(SchemaCheck({**definitions, **inner}).errors(json.loads(value)))
    except SchemaTroubleError:
        return False


def _names(value: JSON) -> Sequence[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else ()
