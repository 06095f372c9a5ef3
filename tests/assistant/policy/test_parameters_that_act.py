"""A tool of an untrusted server that speaks of looking only, with a parameter that may act, needs a yes."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.policy.sensitivity import assess
from client.catalog import Tool


def show_status(**properties: Any) -> Tool:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return Tool("stranger", "show_status", "Show status", "Show the status.", schema)


@pytest.mark.proves("P1.consent")
@pytest.mark.parametrize(
    "properties",
    [
        {"mode": {"type": "string"}},
        {"mode": {"type": "string", "enum": ["show", "wipe"]}},
        {"method": {"type": "string", "enum": ["GET", "DELETE"]}},
        {"force": {"type": "boolean"}},
        {"what": {"type": "string", "default": "delete everything"}},
        {"kind": {"enum": ["short", "erase"]}},
        {"amount": {"type": "number"}, "recipient": {"type": "string"}},
    ],
)
def test_a_parameter_that_may_act_raises_the_level(properties: dict[str, Any]) -> None:
    assert assess(show_status(**properties)).sensitive


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"city": {"type": "string"}, "days": {"type": "integer", "default": 3}},
        {"mode": {"type": "string", "enum": ["driving", "walking", "transit"]}},
        {"units": {"enum": ["metric", "imperial"], "default": "metric"}},
    ],
)
def test_a_parameter_that_only_narrows_what_is_shown_does_not(properties: dict[str, Any]) -> None:
    assert not assess(show_status(**properties)).sensitive
