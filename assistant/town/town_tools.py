"""The town's tools: their definitions, and the one function that calls them. Speaks no protocol.

A call validates, fills in defaults, recognises a repeat by its idempotency key, acts on the world, and returns
structured content whose `summary` is a sentence for the driver. A refusal is an error of
`assistant.hosting.host_errors`; nothing changed then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from assistant.hosting.argument_checks import problems, with_defaults
from assistant.hosting.host_errors import ArgumentsError, RefusedError, UnknownToolError
from assistant.hosting.spoken_words import joined, near
from assistant.town import actions_booking, actions_driver, actions_information, actions_money, actions_personal
from assistant.town.definitions.every_tool import DEFINITIONS
from assistant.town.definitions.schema import Definition
from assistant.town.world import World

Action = Callable[[World, Mapping[str, Any]], dict[str, Any]]

_ACTIONS: tuple[Action, ...] = (
    actions_information.get_weather,
    actions_information.web_search,
    actions_information.maps_hybrid,
    actions_information.find_fuel_stations,
    actions_information.find_charging_stations,
    actions_booking.find_bookings,
    actions_booking.find_restaurants,
    actions_booking.book_restaurant_public,
    actions_booking.book_appointment,
    actions_booking.cancel_booking,
    actions_driver.send_message,
    actions_driver.read_messages,
    actions_driver.email_personal,
    actions_driver.calendar_personal,
    actions_personal.find_contact,
    actions_personal.find_documents,
    actions_personal.write_note,
    actions_personal.delete_note,
    actions_personal.post_update,
    actions_personal.delete_post,
    actions_money.get_balance,
    actions_money.list_transactions,
    actions_money.transfer_money,
    actions_money.shopping_hybrid,
)
"""In the order of the definitions."""
_TOOLS: dict[str, tuple[Definition, Action]] = {
    definition["name"]: (definition, action) for definition, action in zip(DEFINITIONS, _ACTIONS, strict=True)
}

HONOURS_KEYS = frozenset(
    {"send_message", "book_appointment", "book_restaurant_public", "transfer_money", "post_update", "write_note"}
)
"""Tools that recognise a repeat. A contract fixes the parameters of table bookings, so their key comes only
beside the arguments (`_meta["mcqueen/idempotency-key"]`, or the `Idempotency-Key` header). E-mail and calendar ignore
keys."""


def tool_definitions() -> list[Definition]:
    """Return the tools as entries of an MCP `tools/list` result; a fresh copy, free to change."""
    return [copy.deepcopy(definition) for definition, _ in _TOOLS.values()]


def call(
    world: World, name: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None
) -> dict[str, Any]:
    """Call a tool and return its structured content.

    Raises `UnknownToolError`, `ArgumentsError` (all problems in one message) and `RefusedError`. A repeated key returns
    the first result if the tool honours keys; the same key with other arguments is refused.
    """
    if name not in _TOOLS:
        similar = near(name.replace("_", " "), list(_TOOLS)) or list(_TOOLS)[:3]
        raise UnknownToolError(f"There is no tool called {name[:60]}; there is {joined(similar, 'or')}.")
    definition, action = _TOOLS[name]
    schema = definition["inputSchema"]
    filled = with_defaults(schema, arguments)
    if found := problems(schema, filled):
        raise ArgumentsError([sentence for _, sentence in found], list(dict.fromkeys(n for n, _ in found)))
    key = filled.pop("idempotency_key", None) or idempotency_key
    if not key or name not in HONOURS_KEYS:
        return _run(world, name, action, filled)
    if key in world.answered:
        return _repeat(world, key, name, filled)
    outcome = _run(world, name, action, filled)
    world.answered[key] = (name, filled, outcome)
    return copy.deepcopy(outcome)


def _run(world: World, name: str, action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
    outcome = action(world, arguments)
    world.executed.append((name, dict(arguments)))
    return outcome


def _repeat(world: World, key: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    first_name, first_arguments, outcome = world.answered[key]
    if (first_name, first_arguments) != (name, arguments):
        raise RefusedError("That idempotency key was used for another call; use a new one.", [], ["idempotency_key"])
    return copy.deepcopy(outcome)
