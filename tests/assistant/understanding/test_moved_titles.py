"""An event is moved by its title: the word that leads to the day is no part of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from assistant.town.definitions.travel_tools import CALENDAR_PERSONAL
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=1)))  # a Monday
TITLES = CALENDAR_PERSONAL["inputSchema"]["properties"]["event_title"]["examples"]


@pytest.fixture(scope="module")
def town() -> Interpreter:
    return Interpreter(Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools)))


UNHEARD = ("parents evening",)
"""Titles with a time of day in them, which routing takes for the day of the move."""
OPEN = pytest.mark.xfail(strict=True, reason="the title is taken for a time of day, and no tool is found")
OTHERS = ["swimming lesson", "yoga class", "budget review", "dinner with tom"]


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(f"move {title} to thursday", marks=OPEN if title in UNHEARD else ()) for title in TITLES),
        *(f"reschedule {title} to thursday" for title in (*TITLES, *OTHERS)),
    ],
)
def test_a_title_ends_before_the_word_that_leads_to_the_day(town: Interpreter, text: str) -> None:
    best = town.read([text], Context(now=NOW.timestamp(), utc_offset=3600)).interpretations[0]
    title = text.split(" ", 1)[1].removesuffix(" to thursday")
    assert best.tool == "town.calendar_personal"
    assert best.arguments == {"action": "update_event", "event_title": title, "start_date": "2026-11-26"}
