"""The car's tools as entries of an MCP `tools/list` result. Only definitions.

All act only on the car, destroy nothing and are idempotent; effects that a driver can see are marked visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.hosting.tool_entry import Definition, tool_entry
from assistant.vehicle.cabin import AIRS, LIGHTS, SEATS, WINDOWS
from assistant.vehicle.condition import ALSO_CALLED, THINGS

HIDDEN = frozenset(
    {
        "navigate", "add_waypoint", "skip_waypoint", "end_navigation", "set_charging", "set_timer", "clear_timer",
        "set_temperature",
    }
)  # fmt: skip
"""Tools whose effect is not visible: words report it."""


def _percent(description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": 100, "description": description}


def _level(most: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most, "description": description}


def _one_of(values: Sequence[str], description: str, default: str | None = None) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), "description": description} | (
        {"default": default} if default else {}
    )


_ON = {"type": "boolean", "description": "on or off"}
_OPEN = {"type": "boolean", "description": "open or close it"}
_HOW_FAR = _percent("how far: 0 is closed, 100 is open")


def _tool(
    name: str, title: str, description: str, properties: dict[str, Any], examples: Sequence[str],
    *, looks: bool = False, optional: Sequence[str] = (), inverse: dict[str, Any] | None = None,
) -> Definition:  # fmt: skip
    required = [key for key, schema in properties.items() if "default" not in schema and key not in optional]
    return tool_entry(
        name, title, description, properties, examples,
        category="vehicle", required=required, looks=looks, inverse=inverse,
    )  # fmt: skip


DEFINITIONS: tuple[Definition, ...] = (
    _tool("set_window", "Window", "Open or close a window of the car, all the way or in part.",
          {"open": _OPEN, "percent": _HOW_FAR, "window": _one_of([*WINDOWS, "all"], "which window", "driver")},
          ["open the window", "close the window", "open my window", "close all windows", "wind down the window",
           "roll up the windows", "open the [passenger](window) window", "set the window to [30](percent) percent",
           "open the [passenger](window) window to [50](percent) percent", "shut all the windows",
           "roll my window back up", "pull up the [passenger](window) window"], optional=["open", "percent"],
          inverse={"tool": "set_window", "arguments": {"percent": "$result.before", "window": "$result.window"}}),
    _tool("set_sunroof", "Sunroof", "Open or close the sunroof, all the way or in part.",
          {"open": _OPEN, "percent": _HOW_FAR},
          ["open the sunroof", "close the sunroof", "open the sunroof to [50](percent) percent"],
          optional=["open", "percent"]),
    _tool("set_sunshade", "Sun shade", "Open or close the shade under the sunroof.",
          {"open": _OPEN, "percent": _HOW_FAR},
          ["open the shade", "close the sun shade", "pull the sun shade shut",
           "open the sun shade to [100](percent) percent"],
          optional=["open", "percent"]),
    _tool("set_trunk", "Trunk", "Open or close the trunk.", {"open": _OPEN},
          ["open the trunk", "close the boot", "pop the trunk", "shut the trunk", "pop the boot open"]),
    _tool("set_temperature", "Temperature", "Set the temperature in the cabin, or make it warmer or colder.",
          {"degrees": {"type": "number", "minimum": 16, "maximum": 28, "description": "degrees Celsius"},
           "change": _one_of(["warmer", "colder", "cooler"], "by one degree"),
           "seat": {**_one_of([*SEATS, "both"], "for which seat", "both"),
                    "x-synonyms": {"driver": ["my side", "my seat"], "passenger": ["passenger side"]}}},
          ["set the temperature to [22](degrees) degrees", "make it [warmer](change)", "make it [colder](change)",
           "turn the temperature [up](change)", "turn [down](change) the heat", "heat the car to [21](degrees) degrees",
           "a bit [warmer](change) please", "it should be [cooler](change) in here"], optional=["degrees", "change"]),
    _tool("set_fan", "Fan", "Set the fan, turn it up or down, and where the air goes.",
          {"level": _level(7, "0 is off"), "change": _one_of(["up", "down", "off"], "by one step"),
           "direction": _one_of(AIRS, "where the air goes")},
          ["set the fan to [3](level)", "turn [up](change) the fan", "turn the fan [down](change)",
           "blow the air to my [feet](direction)"], optional=["level", "change", "direction"]),
    _tool("set_air_conditioning", "Air conditioning", "Switch the air conditioning.", {"on": _ON},
          ["turn [on](on) the air conditioning", "switch [off](on) the climate"]),
    _tool("set_air_circulation", "Air circulation", "Take air from outside, or let the air inside go round.",
          {"mode": {**_one_of(["fresh air", "recirculation", "automatic"], "which air"),
                    "x-synonyms": {"fresh air": ["outside air"], "recirculation": ["recirculate", "inside air"]}}},
          ["switch to [recirculation](mode)", "let in [fresh air](mode)", "[recirculate](mode) the air",
           "let some [fresh air](mode) in"]),
    _tool("set_defrost", "Defrost", "Clear the windows of frost and fog.",
          {"window": _one_of(["front", "rear", "all", "off"], "which window", "front")},
          ["defrost the [front](window) window", "defrost the windscreen", "defrost the windshield",
           "clear the windscreen", "the windshield is foggy", "turn [off](window) the defrost"]),
    _tool("set_seat_heating", "Seat heating", "Warm a seat.",
          {"level": _level(3, "0 is off"), "on": _ON, "seat": _one_of(SEATS, "which seat", "driver")},
          ["set the seat heating to [2](level)", "turn [on](on) the seat heating", "warm my seat",
           "turn [off](on) the [passenger](seat) seat heating"], optional=["level", "on"]),
    _tool("set_wheel_heating", "Steering wheel heating", "Warm the steering wheel.", {"on": _ON},
          ["turn [on](on) the steering wheel heating", "turn the wheel heating [off](on)", "heat up the steering wheel",
           "warm the steering wheel"]),
    _tool("set_light", "Lights", "Switch a light of the car.", {"light": _one_of(LIGHTS, "which light"), "on": _ON},
          ["turn [on](on) the [fog lights](light)", "switch [off](on) the [reading lights](light)",
           "[high beams](light) [on](on)", "[low beams](light) [off](on)", "put the [fog lights](light) [on](on)",
           "turn [on](on) the [ambient](light) light", "[ambient](light) light [off](on)"]),
    _tool("set_volume", "Volume", "Set how loud the music is.",
          {"percent": _percent("0 is silent"), "change": _one_of(["up", "down", "mute"], "by a step")},
          ["set the volume to [40](percent) percent", "turn [up](change) the music", "turn the music [down](change)",
           "turn [down](change) the volume", "[mute](change) the music", "volume [up](change)", "turn it [up](change)",
           "turn it [down](change)", "make it [louder](change)", "make it [quieter](change)",
           "[softer](change) music please"],
          optional=["percent", "change"]),
    _tool("navigate", "Navigation", "Guide to a place.",
          {"destination": {"type": "string", "description": "where to"}},
          ["navigate to [Mannheim](destination)", "take me to [Mannheim](destination)", "navigate [home](destination)",
           "guide me to [Luigi's](destination)"]),
    _tool("add_waypoint", "Waypoint", "Add a stop on the way.",
          {"place": {"type": "string", "description": "where to stop"}},
          ["add a stop in [Speyer](place)", "add [Speyer](place) as a waypoint", "stop at [Speyer](place) on the way"],
          inverse={"tool": "skip_waypoint", "arguments": {"place": "$arguments.place"}}),
    _tool("skip_waypoint", "Waypoint left out", "Leave out a stop on the way.",
          {"place": {"type": "string", "description": "which stop"}},
          ["leave out the stop in [Speyer](place)", "remove the waypoint [Speyer](place)",
           "skip the stop in [Speyer](place)",
           "skip the [next](place) stop"]),
    _tool("end_navigation", "End of navigation", "End the guidance.", {},
          ["end the navigation", "stop navigating", "cancel the navigation", "end the route", "stop the guidance",
           "cancel the route", "i don't need directions any more"]),
    _tool("get_route", "Route", "Say where the guidance leads and by which stops.", {},
          ["where are we going", "what is my route"], looks=True),
    _tool("get_range", "Range", "Say how far the car still goes and how full the battery is.", {},
          ["how far can I still drive", "how full is the battery", "what is my range"], looks=True),
    _tool("set_charging", "Charging", "Start or end charging, up to how full if that is said.",
          {"on": _ON, "until": _percent("how full the battery gets")},
          ["turn [on](on) charging", "start charging", "stop charging", "charge to [80](until) percent",
           "charge the car up to [80](until) percent"], optional=["until"]),
    _tool("set_timer", "Timer", "Start a timer.",
          {"minutes": {"type": "integer", "minimum": 1, "maximum": 600, "description": "how many minutes"},
           "name": {"type": "string", "description": "what to call it", "default": "timer"}},
          ["set a timer for [10](minutes) minutes", "wake me in [20](minutes) minutes",
           "give me [5](minutes) minutes on the clock"],
          inverse={"tool": "clear_timer", "arguments": {"name": "$arguments.name"}}),
    _tool("clear_timer", "End of a timer", "End a timer.",
          {"name": {"type": "string", "description": "its name", "default": "timer"}},
          ["clear the timer", "stop the timer", "cancel the timer"]),
    _tool("get_timers", "Timers", "Say which timers run and how long.", {},
          ["how long does the timer run", "which timers are running", "how much time is left"], looks=True),
    _tool("get_cabin", "Cabin", "Say how warm it is and what is open in the car.", {},
          ["how warm is it in the car", "what is open in the car"], looks=True),
    _tool("get_date", "Date", "Tell the date of today.", {},
          ["what date is it", "what is the date", "what's the date today", "what's today's date"], looks=True),
    _tool("get_state", "State of the car",
          "Tell how a thing of the car is: open or closed, on or off, locked, how warm, how full, and the time of day.",
          {"what": {**_one_of(THINGS, "which thing"),
                    "x-synonyms": {name: list(words) for name, words in ALSO_CALLED.items()}}},
          ["is the [trunk](what) open", "did i close the [trunk](what)", "are the [windows](what) closed",
           "is a [window](what) open", "is the [sunroof](what) open", "is the [sun shade](what) closed",
           "are the [doors](what) locked", "did i lock the [doors](what)", "is the [air conditioning](what) on",
           "what [temperature](what) is it", "is the [fan](what) on", "is the [seat heating](what) on",
           "how high is the [seat heating](what)", "is the [steering wheel heating](what) on",
           "are the [lights](what) on", "did i leave the [lights](what) on", "how loud is the [volume](what)",
           "is the car [charging](what)", "how full is the [battery](what)", "how much [battery](what) is left",
           "how much [battery](what) do i have", "how much [battery](what) do we have left",
           "how [warm](what) is it in here", "how [cold](what) is it in the car", "is it [warm](what) in here",
           "is my [seat](what) warm", "are the [headlights](what) on", "is the [car](what) locked",
           "is the [ac](what) on",
           "what [time](what) is it", "tell me the [time](what)", "is the [defrost](what) on"],
          looks=True, optional=["what"]),
)  # fmt: skip
