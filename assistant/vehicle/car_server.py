"""The car's own tools as a host, with the rules of the car, in the driver's language.

Decides nothing about consent. If the car wants a yes first, the host asks, and the same call continues after the yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.lowlevel import Server

from assistant.hosting.argument_checks import checked
from assistant.hosting.host import Asks, Done, Refused, ToolHost
from assistant.hosting.host_errors import HostError
from assistant.hosting.mcp_over_host import mcp_server
from assistant.hosting.message_names import Message, Words
from assistant.vehicle.cabin import Cabin, CarQuestion, CarRefusal
from assistant.vehicle.car_tools import DEFINITIONS, HIDDEN
from assistant.vehicle.condition import get_date, get_state
from assistant.vehicle.localized_car import definitions_in

NAME = "car"
ACTIONS: Mapping[str, Callable[[Cabin, Mapping[str, Any], bool], Message]] = {
    "set_window": Cabin.set_window,
    "set_sunroof": Cabin.set_sunroof,
    "set_sunshade": Cabin.set_sunshade,
    "set_trunk": Cabin.set_trunk,
    "set_temperature": Cabin.set_temperature,
    "set_fan": Cabin.set_fan,
    "set_air_conditioning": Cabin.set_air_conditioning,
    "set_air_circulation": Cabin.set_air_circulation,
    "set_defrost": Cabin.set_defrost,
    "set_seat_heating": Cabin.set_seat_heating,
    "set_wheel_heating": Cabin.set_wheel_heating,
    "set_light": Cabin.set_light,
    "set_volume": Cabin.set_volume,
    "navigate": Cabin.navigate,
    "add_waypoint": Cabin.add_waypoint,
    "skip_waypoint": Cabin.skip_waypoint,
    "end_navigation": Cabin.end_navigation,
    "get_route": Cabin.get_route,
    "get_range": Cabin.get_range,
    "set_charging": Cabin.set_charging,
    "set_timer": Cabin.set_timer,
    "clear_timer": Cabin.clear_timer,
    "get_timers": Cabin.get_timers,
    "get_cabin": Cabin.get_cabin,
    "get_date": get_date,
    "get_state": get_state,
}
"""The action of each tool; a test checks that every definition has one."""
_SCHEMAS = {definition["name"]: definition["inputSchema"] for definition in DEFINITIONS}
_LOOKING = {definition["name"] for definition in DEFINITIONS if definition["annotations"]["readOnlyHint"]}


class CarHost(ToolHost):
    """The tools of one cabin."""

    name = NAME

    def __init__(self, cabin: Cabin, words: Words, code: str) -> None:
        self._cabin = cabin
        self._words = words
        self._definitions = {entry["name"]: entry for entry in definitions_in(code)}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The car's tools."""
        return self._definitions

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused | Asks:
        """Call a tool. All are idempotent, so keys need not be honoured."""
        try:
            filled = checked(_SCHEMAS, tool, arguments)
        except HostError as error:
            return Refused(error.code, str(error), error.names)
        before = self._cabin.windows.get(str(filled.get("window"))) if tool == "set_window" else None
        try:
            summary = self._words(ACTIONS[tool](self._cabin, filled, agreed))
        except CarRefusal as refusal:
            missing = (refusal.missing,) if refusal.missing else ()
            return Refused("invalid_arguments" if missing else "refused", self._words(refusal.message), missing)
        except CarQuestion as question:
            return Asks(self._words(question.message))
        return Done(self._result(tool, filled, summary, before), summary)

    def _result(self, tool: str, arguments: Mapping[str, Any], summary: str, before: int | None) -> dict[str, Any]:
        result: dict[str, Any] = {"summary": summary, "visible": tool not in _LOOKING and tool not in HIDDEN}
        if before is not None:
            result |= {"before": before, "window": arguments["window"]}
        if tool == "get_cabin":
            result |= {"fan": self._cabin.fan, "defrost": self._cabin.defrost}
        return result


def vehicle_server(cabin: Cabin, words: Words, code: str = "en") -> Server[dict[str, Any]]:
    """Return the MCP server of this cabin; `words` translates its messages."""
    return mcp_server(CarHost(cabin, words, code), title="The car")
