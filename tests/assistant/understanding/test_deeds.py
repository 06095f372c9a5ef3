"""Deeds said in fixed turns of phrase, on catalogs of a home, a player and a list that nobody has written code for."""

from __future__ import annotations

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

NAMED: dict[str, JSON] = {"name": {"type": "string"}, "area": {"type": "string"}}
HOME = catalog_of(
    tool("ZumTurnOn", "Turns on a device", NAMED),
    tool("ZumTurnOff", "Turns off a device", NAMED),
    tool("ZumLampSet", "Sets the brightness of a lamp or light", {**NAMED, "brightness": {"type": "integer"}}),
    tool("ZumFanSetSpeed", "Sets the speed of a fan", {**NAMED, "percentage": {"type": "integer"}}),
    tool("ZumGetState", "Gets the state of a device", NAMED),
    tool("ZumStartTimer", "Starts a timer", {"minutes": {"type": "integer"}}),
    tool("ZumPauseTimer", "Pauses a timer", {"name": {"type": "string"}}),
    tool("ZumMediaPause", "Pauses a media player", NAMED),
)
HOME_ASKED = {
    "ZumTurnOn": ["turn on the hall light", "switch the ceiling fan on", "turn all the lamps on in the attic"],
    "ZumTurnOff": ["turn off the fans in the nursery", "cellar lights off", "switch the heater off please"],
    "ZumLampSet": ["dim the reading lamp to ten percent", "set the desk light to 40 percent"],
    "ZumFanSetSpeed": ["set the ceiling fan to 70 percent"],
    "ZumGetState": ["is the cellar door open", "did i leave the oven on", "are the lights in the attic on"],
    "ZumPauseTimer": ["pause the ten minute timer"],
    "ZumStartTimer": ["set a timer for eight minutes", "twelve minute timer"],
    "ZumMediaPause": ["pause the film in the nursery", "stop the music for a moment"],
}
LIST = catalog_of(
    tool("add_tasks", "Add tasks to a list", {"title": {"type": "string"}}, ("title",)),
    tool("complete_tasks", "Complete tasks", {"title": {"type": "string"}}, ("title",)),
    tool("delete_tasks", "Delete tasks", {"title": {"type": "string"}}, ("title",)),
    tool("get_task", "Get a task by its number", {"number": {"type": "integer"}}, ("number",)),
    tool("get_tasks_list", "Get all tasks", {}),
    tool("get_completed_tasks", "Get completed tasks", {"since": {"type": "string", "format": "date"}}),
)
LIST_ASKED = {
    "add_tasks": ["put call the plumber on my list", "remind me to renew my passport"],
    "complete_tasks": ["tick off buy a stamp", "mark the ironing as done"],
    "delete_tasks": ["get rid of the task paint the fence"],
    "get_tasks_list": ["which tasks do i have", "what do i still have to do"],
    "get_completed_tasks": ["what did i get done last week"],
}


def best(catalog: Catalog, text: str, context: Context) -> str:
    found = Interpreter(catalog).read([text], context).interpretations
    return found[0].tool.removeprefix("made-up.") if found else ""


@pytest.mark.proves("U.routing")
@pytest.mark.parametrize(("catalog", "asked"), [(HOME, HOME_ASKED), (LIST, LIST_ASKED)], ids=["home", "list"])
def test_a_turn_of_phrase_reaches_the_tool_that_does_just_that(
    catalog: Catalog, asked: dict[str, list[str]], context: Context
) -> None:
    cases = [(text, name) for name, texts in asked.items() for text in texts]
    assert [(t, name, got) for t, name in cases if (got := best(catalog, t, context)) != name] == []


def test_without_a_tool_that_turns_anything_on_the_thing_decides(context: Context) -> None:
    cabin = catalog_of(
        tool("set_seat_heating", "Set the seat heating", {"level": {"type": "integer"}}),
        tool("switch_fog_lights", "Switch the fog lights on or off", {"on": {"type": "boolean"}}),
    )
    assert best(cabin, "turn on the seat heating", context) == "set_seat_heating"
    assert best(cabin, "turn on the fog lights", context) == "switch_fog_lights"


def test_a_tool_that_needs_what_was_not_said_yields_to_one_that_needs_nothing(context: Context) -> None:
    diary = catalog_of(
        tool("search_events", "Search calendar events", {"code": {"type": "integer"}}, ("code",)),
        tool("list_events", "List calendar events", {"day": {"type": "string", "format": "date"}}),
    )
    assert best(diary, "what's on my calendar tomorrow", context) == "list_events"


def test_many_other_tools_do_not_silence_what_stands_clearly_first(context: Context) -> None:
    others = [tool(f"get_{word}_report", f"Get the {word} report of the plant", {}) for word in PLANTS]
    assert best(catalog_of(*others, *RESUME), "carry on playing", context) == "resume_playback"


PLANTS = [f"{a}{b}" for a in ("bor", "cal", "dun", "fen", "gor", "hel", "jun") for b in ("mak", "nol", "pir", "sut")]
RESUME = [tool("resume_playback", "Resume playback on the player", {})]


def test_a_remark_on_when_to_call_a_tool_keeps_no_question_from_it(context: Context) -> None:
    clock = catalog_of(
        tool("get_current_time", "Get the current time. Call this first before you plan anything.", {}),
        tool("call_number", "Call this number", {"number": {"type": "string"}}),
        tool("get_free_slots", "Get free slots. Note: at most three months.", {}, annotations={"readOnlyHint": True}),
    )
    assert best(clock, "what time is it", context) == "get_current_time"
    assert best(clock, "am i free on friday", context) == "get_free_slots"
    assert best(clock, "what is this number", context) != "call_number"
