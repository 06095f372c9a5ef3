"""A tool as McQueen REST shows it: its entry in the list, the check of its parameters, and what confirms it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.hosting.argument_checks import problems, with_defaults
from assistant.serving.confirmed import is_confirmed
from assistant.serving.state.users import UserToolSetting

_MARK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^)\\])*\)")


@dataclass(frozen=True)
class RestTool:
    """One entry of `tools/list`, for the REST face."""

    definition: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The tool's name in the path."""
        return str(self.definition["name"])

    @cached_property
    def meta(self) -> Mapping[str, Any]:
        """The entry's `_meta`."""
        return self.definition.get("_meta") or {}

    @property
    def access_level(self) -> str:
        """`public`, `user_specific` or `hybrid`."""
        return str(self.meta.get("mcqueen/access_level", "public"))

    @property
    def service(self) -> str | None:
        """The service that needs a login, or None."""
        return self.meta.get("mcqueen/service")

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The input schema. A parameter that takes anything (`true`) gets an empty schema."""
        schema = self.definition.get("inputSchema") or {"type": "object"}
        properties = schema.get("properties")
        parts = properties.items() if isinstance(properties, Mapping) else ()
        return {**schema, "properties": {name: part if isinstance(part, Mapping) else {} for name, part in parts}}

    @cached_property
    def personal(self) -> frozenset[str]:
        """Parameters that need a login to the service."""
        return frozenset(self.meta.get("mcqueen/requires_auth", ()))

    def listed(self, setting: UserToolSetting | None, *, authenticated: bool) -> dict[str, Any]:
        """Return the tool as the contract lists it. Parameters that need a login are left out for users without one.

        It also has each parameter's JSON Schema (`schema`), `annotations`, and `marked_examples`: the sentences with
        their arguments marked.
        """
        examples = list(self.meta.get("mcqueen/examples", ()))
        required = self.schema.get("required", ())
        return {
            "id": self.id,
            "name": self.definition.get("title") or self.id,
            "description": self.definition.get("description", ""),
            "category": self.meta.get("mcqueen/category", "general"),
            "access_level": self.access_level,
            "requires_auth": self.access_level == "user_specific",
            "auth_service_id": self.service,
            "parameters": [
                {
                    "name": name,
                    "type": _rest_type(part),
                    "required": name in required,
                    "default": part.get("default"),
                    "options": part.get("enum"),
                    "description": part.get("description", ""),
                    "requires_auth": name in self.personal,
                    "schema": part,
                }
                for name, part in self.schema.get("properties", {}).items()
                if authenticated or name not in self.personal
            ],
            "voice_confirmations": list(self.meta.get("mcqueen/voice_confirmations", ())),
            "examples": [_MARK.sub(lambda mark: mark.group(1), sentence) for sentence in examples],
            "marked_examples": examples,
            "annotations": self.definition.get("annotations") or {},
            "user_enabled": setting.enabled if setting else False,
            "user_priority": setting.priority if setting else 5,
        }

    def filled(self, parameters: Mapping[str, Any], *, authenticated: bool) -> dict[str, Any]:
        """Return the parameters with their defaults. Without a login, parameters that need one are left out, and flags
        are off.
        """
        if authenticated:
            return with_defaults(self.schema, parameters)
        allowed = {name: value for name, value in parameters.items() if name not in self.personal}
        properties = self.schema.get("properties", {})
        refused = {name: False for name in self.personal if properties.get(name, {}).get("type") == "boolean"}
        return with_defaults(self.schema, {**allowed, **refused})

    def problems(self, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return (parameter, sentence) for everything that is wrong: required, type, options, limits, formats."""
        return problems(self.schema, parameters)

    def wants_login(self, parameters: Mapping[str, Any]) -> bool:
        """Return whether a parameter of a hybrid tool concerns the driver's own data; anyone may use the tool."""
        personal = self.meta.get("mcqueen/personal_when", {})
        return any(parameters.get(name) in values for name, values in personal.items())

    def unconfirmed(self, parameters: Mapping[str, Any], confirmations: Mapping[str, Any]) -> list[str]:
        """Return the parameters that need a spoken yes and have neither `true` nor the value itself."""
        for name, reading in self.meta.get("mcqueen/read_only_when", {}).items():
            if parameters.get(name) in reading:
                return []
        return [
            name
            for name in self.meta.get("mcqueen/voice_confirmations", ())
            if name in parameters and not is_confirmed(name, parameters, confirmations)
        ]


def _rest_type(part: Mapping[str, Any]) -> str:
    kind = part.get("type", "string")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        kind = next((one for one in kind if one != "null"), "string")  # REST has no null; leaving it out says the same
    return {"integer": "number"}.get(kind, kind if kind in ("string", "number", "boolean", "array") else "string")
