"""Idioms and indirect orders reach what they mean, and what sounds like one and is none does nothing.

The oracle is the test's own: what a person wants of each sentence was written by hand.
"""

from __future__ import annotations

from functools import cache

import pytest

from assistant.cli.catalogs import embedded_listings
from assistant.settings.settings import Settings
from assistant.understanding.interpret import Interpreter
from assistant.understanding.language import language
from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.values import JSON

NOW = 1_795_770_000.0  # 27 November 2026, a Friday


def tool(called: str, description: str, *required: str, **properties: JSON) -> Tool:
    schema: dict[str, JSON] = {"type": "object", "properties": dict(properties), "required": list(required)}
    return Tool("desk", called, description, input_schema=schema)


def text(description: str) -> JSON:
    return {"type": "string", "description": description}


DESK = (
    tool("create_note", "Write a note.", "text", text=text("what to write down")),
    tool("list_notes", "List the notes."),
    tool(
        "move_event",
        "Move an event of the calendar to another time.",
        "event",
        event=text("which event"),
        day={"type": "string", "format": "date", "description": "the new day"},
        time={"type": "string", "format": "time", "description": "the new time"},
    ),
    tool("call_contact", "Call somebody on the phone.", "name", name=text("whom to call")),
    tool("send_message", "Send a message to a person.", "recipient", "message", recipient=text("to whom"),
         message=text("what it says")),
)  # fmt: skip


@cache
def car(code: str) -> Interpreter:
    settings = Settings().model_copy(update={"language": code})
    tools = tuple(each for name, listing in embedded_listings(settings) if name == "car" for each in listing.tools)
    return Interpreter(Catalog((*tools, *DESK)), spoken=language(code))


def wanted(code: str, said: str) -> tuple[str, dict[str, JSON]] | None:
    found = car(code).read([said], Context(now=NOW)).interpretations
    return (found[0].tool.rpartition(".")[2], dict(found[0].arguments)) if found and not found[0].missing else None


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("i need to get to hamburg", "navigate", {"destination": "hamburg"}),
        ("take me home", "navigate", {"destination": "home"}),
        ("wake me up in a quarter of an hour", "set_timer", {"minutes": 15}),
        ("forget the stop at the bakery", "skip_waypoint", {"place": "bakery"}),
        ("swing by the post office first", "add_waypoint", {"place": "post office"}),
        ("crank the fan up to five", "set_fan", {"level": 5}),
        ("turn the fan down to level two", "set_fan", {"level": 2}),
        ("turn the volume up to forty", "set_volume", {"percent": 40}),
        ("turn the volume up", "set_volume", {"change": "up"}),
        ("charge to eighty percent", "set_charging", {"on": True, "until": 80}),
        ("seat heating on full", "set_seat_heating", {"level": 3}),
        ("a little more air", "set_fan", {"change": "up"}),
        ("the steering wheel could be warmer", "set_wheel_heating", {"on": True}),
        ("the music is way too loud", "set_volume", {"change": "down"}),
        ("make it a bit cooler on my side", "set_temperature", {"change": "cooler", "seat": "driver"}),
        ("move cleaning the gutters to friday", "move_event", {"event": "cleaning the gutters", "day": "2026-11-27"}),
        ("push dinner with tom back to eight o'clock", "move_event", {"event": "dinner with tom", "time": "20:00:00"}),
        ("give the garage a ring", "call_contact", {"name": "garage"}),
        ("drop mum a line saying we're home", "send_message", {"recipient": "mum", "message": "we're home"}),
    ],
)
def test_an_english_idiom_reaches_what_it_means(said: str, name: str, arguments: dict[str, JSON]) -> None:
    found = wanted("en", said)
    assert found == (name, arguments)


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("ich hätte es gern etwas wärmer", "set_temperature", ("change", "warmer")),
        ("hier drin ist es viel zu warm", "set_temperature", ("change", "colder")),
        ("weck mich in einer viertelstunde", "set_timer", ("minutes", 15)),
        ("lade bis achtzig prozent", "set_charging", ("until", 80)),
        ("lass den halt beim bäcker aus", "skip_waypoint", ("place", "bäcker")),
        ("wir müssen noch an der apotheke halten", "add_waypoint", ("place", "apotheke")),
        ("notier dir dass der linke reifen luft braucht", "create_note", ("text", "der linke reifen luft braucht")),
    ],
)
def test_a_german_idiom_reaches_what_it_means(said: str, name: str, value: tuple[str, JSON]) -> None:
    found = wanted("de", said)
    assert found is not None
    assert found[0] == name
    wished = found[1][value[0]]
    assert wished in ({"colder", "cooler"} if value[1] == "colder" else {value[1]})


@pytest.mark.parametrize("said", ["navi aus", "navigation beenden"])
def test_guidance_ends_in_german_without_a_verb(said: str) -> None:
    found = wanted("de", said)
    assert found is not None
    assert found[0] == "end_navigation"


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "skip the bakery stop hmm actually no leave it in"),
        ("en", "maybe i should message paul later"),
        ("en", "perhaps i could turn off the fog lights"),
        ("en", "move opening the trunk to friday"),
        ("en", "postpone opening the trunk"),
        ("en", "charge less"),
        ("en", "the soup could be warmer"),
        ("de", "lass das schiebedach lieber zu"),
        ("de", "lass den kofferraum zu"),
        ("de", "normalerweise stelle ich die temperatur auf zwanzig grad"),
        ("de", "abends mache ich das fenster auf"),
        ("de", "ich hätte es gern wärmer gehabt"),
    ],
)
def test_what_sounds_like_an_order_and_is_none_changes_nothing(code: str, said: str) -> None:
    found = wanted(code, said)
    assert found is None or found[0].startswith(("get_", "list_"))
