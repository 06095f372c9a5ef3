"""What a server would fill in by itself is sent with the call, at every depth, if the schema allows."""

from __future__ import annotations

from typing import Any

import pytest

from client.calls.sent_defaults import arguments_as_sent
from client.catalog import Tool


def buy(properties: dict[str, Any], **more: Any) -> Tool:
    return Tool(
        "shop", "buy_ticket", "Buy a ticket.", input_schema={"type": "object", "properties": properties, **more}
    )


GROUP = {"type": "object", "properties": {"one_click": {"type": "boolean", "default": True}}}


@pytest.mark.proves("P1.said")
@pytest.mark.parametrize(
    ("properties", "given", "sent"),
    [
        ({"mode": {"default": "execute"}}, {}, {"mode": "execute"}),
        ({"mode": {"default": "execute"}}, {"mode": "look"}, {"mode": "look"}),
        ({"insured": {"type": "boolean", "default": False}}, {}, {"insured": False}),
        ({"count": {"type": "integer", "default": 0}}, {}, {"count": 0}),
        ({"note": {"default": ""}, "tags": {"default": []}, "who": {"default": None}}, {}, {}),
        ({"options": GROUP}, {}, {"options": {"one_click": True}}),
        ({"options": GROUP}, {"options": {"size": 2}}, {"options": {"size": 2, "one_click": True}}),
        ({"options": {**GROUP, "default": {"size": 3}}}, {}, {"options": {"size": 3, "one_click": True}}),
        ({"options": {**GROUP, "default": None}}, {}, {}),
        ({"options": {**GROUP, "required": ["size"]}}, {}, {}),
        ({"seats": {"type": "array", "items": GROUP}}, {"seats": [{}]}, {"seats": [{"one_click": True}]}),
        ({"options": {"$ref": "#/$defs/Group"}}, {}, {"options": {"one_click": True}}),
        ({"options": {"anyOf": [{"$ref": "#/$defs/Group"}, {"type": "null"}]}}, {}, {"options": {"one_click": True}}),
        ({"options": {"allOf": [{"$ref": "#/$defs/Group"}]}}, {}, {"options": {"one_click": True}}),
        ({"count": {"type": "integer", "default": "many"}}, {}, {}),
        ({"idempotency_key": {"default": "k"}}, {}, {}),
    ],
)
def test_a_default_that_acts_is_sent_as_the_schema_says(
    properties: dict[str, Any], given: dict[str, Any], sent: dict[str, Any]
) -> None:
    tool = buy(properties, **{"$defs": {"Group": GROUP}})
    assert arguments_as_sent(tool, given) == sent
    assert arguments_as_sent(tool, sent) == sent


@pytest.mark.proves("P1.said")
def test_a_schema_that_refers_to_itself_is_filled_in_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "on": {"default": True}}}
    sent = arguments_as_sent(buy({"first": {"$ref": "#/$defs/Node"}}, **{"$defs": {"Node": node}}), {})
    assert sent == {"first": {"next": {"on": True}, "on": True}} or sent == {"first": {"on": True}}


def test_a_tool_that_only_looks_gets_no_defaults() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"days": {"type": "integer", "default": 3}}}
    tool = Tool("sky", "get_forecast", "Get the forecast.", input_schema=schema)
    assert arguments_as_sent(tool, {}) == {}
