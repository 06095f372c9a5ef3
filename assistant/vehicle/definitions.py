"""The car's tools as entries of an MCP `tools/list` result. Says what can be asked for; does nothing.

All reach no further than the car, destroy nothing and can be repeated; what a driver sees happen is marked visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.vehicle.cabin import LIGHTS, SEATS, WINDOWS

Definition = dict[str, Any]
HIDDEN = frozenset({"navigate", "add_waypoint", "end_navigation", "set_charging", "set_timer", "clear_timer"})
"""Tools whose effect nobody sees at a glance: they are told in words."""


def _percent(description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": 100, "description": description}


def _level(most: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most, "description": description}


def _one_of(values: Sequence[str], description: str, default: str | None = None) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), "description": description} | (
        {"default": default} if default else {}
    )


_ON = {"type": "boolean", "description": "on or off"}


def _tool(
    name: str, title: str, description: str, properties: dict[str, Any], examples: Sequence[str],
    *, looks: bool = False, optional: Sequence[str] = (), inverse: dict[str, Any] | None = None,
) -> Definition:  # fmt: skip
    required = [key for key, schema in properties.items() if "default" not in schema and key not in optional]
    meta: dict[str, Any] = {
        "mcqueen/category": "vehicle",
        "mcqueen/examples": list(examples),
        "mcqueen/deferrable": False,
    }
    return {
        "name": name,
        "title": title,
        "description": description,
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        },
        "annotations": {
            "readOnlyHint": looks,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": False,
        },
        "_meta": meta | ({"mcqueen/inverse": inverse} if inverse else {}),
    }


DEFINITIONS: tuple[Definition, ...] = (
    _tool("set_window", "Window", "Open or close a window of the car.",
          {"percent": _percent("0 is closed, 100 is open"),
           "window": _one_of([*WINDOWS, "all"], "which window", "driver")},
          ["open the [passenger](window) window to [50](percent) percent"],
          inverse={"tool": "set_window", "arguments": {"percent": "$result.before", "window": "$result.window"}}),
    _tool("set_sunroof", "Sunroof", "Open or close the sunroof.", {"percent": _percent("0 is closed, 100 is open")},
          ["open the sunroof to [50](percent) percent"]),
    _tool("set_sunshade", "Sun shade", "Open or close the shade under the sunroof.",
          {"percent": _percent("0 is closed, 100 is open")}, ["open the sun shade to [100](percent) percent"]),
    _tool("set_trunk", "Trunk", "Open or close the trunk.", {"open": {"type": "boolean", "description": "open or not"}},
          ["open the trunk"]),
    _tool("set_temperature", "Temperature", "Set the temperature in the cabin, in degrees Celsius.",
          {"degrees": {"type": "number", "minimum": 16, "maximum": 28, "description": "degrees Celsius"},
           "seat": _one_of([*SEATS, "both"], "for which seat", "both")},
          ["set the temperature to [22](degrees) degrees"]),
    _tool("set_fan", "Fan", "Set the fan, and where the air goes.",
          {"level": _level(7, "0 is off"),
           "direction": _one_of(["face", "feet", "windshield"], "where the air goes")},
          ["set the fan to [3](level)"], optional=["direction"]),
    _tool("set_air_conditioning", "Air conditioning", "Switch the air conditioning.", {"on": _ON},
          ["turn [on](on) the air conditioning"]),
    _tool("set_defrost", "Defrost", "Clear the windows of frost and fog.",
          {"window": _one_of(["front", "rear", "all", "off"], "which window")}, ["defrost the [front](window) window"]),
    _tool("set_seat_heating", "Seat heating", "Warm a seat.",
          {"level": _level(3, "0 is off"), "seat": _one_of(SEATS, "which seat", "driver")},
          ["set the seat heating to [2](level)"]),
    _tool("set_wheel_heating", "Steering wheel heating", "Warm the steering wheel.", {"on": _ON},
          ["turn [on](on) the steering wheel heating"]),
    _tool("set_light", "Lights", "Switch a light of the car.", {"light": _one_of(LIGHTS, "which light"), "on": _ON},
          ["turn [on](on) the [fog lights](light)"]),
    _tool("set_volume", "Volume", "Set how loud the music is.", {"percent": _percent("0 is silent")},
          ["set the volume to [40](percent) percent"]),
    _tool("navigate", "Navigation", "Guide to a place.",
          {"destination": {"type": "string", "description": "where to"}}, ["navigate to [Mannheim](destination)"]),
    _tool("add_waypoint", "Waypoint", "Add a stop on the way.",
          {"place": {"type": "string", "description": "where to stop"}}, ["add a stop in [Speyer](place)"]),
    _tool("end_navigation", "End of navigation", "End the guidance.", {}, ["end the navigation"]),
    _tool("get_range", "Range", "Say how far the car still goes and how full the battery is.", {},
          ["how far can I still drive"], looks=True),
    _tool("set_charging", "Charging", "Start or end charging.", {"on": _ON}, ["turn [on](on) charging"]),
    _tool("set_timer", "Timer", "Start a timer.",
          {"minutes": {"type": "integer", "minimum": 1, "maximum": 600, "description": "how many minutes"},
           "name": {"type": "string", "description": "what to call it", "default": "timer"}},
          ["set a timer for [10](minutes) minutes"]),
    _tool("clear_timer", "End of a timer", "End a timer.",
          {"name": {"type": "string", "description": "its name", "default": "timer"}}, ["clear the timer"]),
    _tool("get_cabin", "Cabin", "Say how warm it is and what is open in the car.", {},
          ["how warm is it in the car"], looks=True),
)  # fmt: skip
