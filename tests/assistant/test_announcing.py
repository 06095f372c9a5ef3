"""What is told without a question: an event of the calendar, the vehicle at the start."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.conversation.announcements import CalendarWatch, calendar_call
from assistant.policy.results import items_of
from assistant.town.town_tools import tool_definitions
from client.call import CallError, Failed, Outcome, Succeeded, ToolCall
from client.catalog import Catalog, Tool
from client.clock import SystemClock
from client.schemas.tool_listing import read_tools

NOW = datetime(2026, 11, 21, 9, 50, tzinfo=UTC)
TOWN = Catalog(tuple(read_tools(list(tool_definitions()), "town", trusted=True).tools))


class Calendar:
    """Answers what the town's calendar does."""

    def __init__(self, catalog: Catalog, *outcomes: Outcome) -> None:
        self.catalog = catalog
        self.outcomes = list(outcomes)
        self.calls: list[ToolCall] = []

    async def call(self, call: ToolCall) -> Outcome:
        """Give the next outcome; the last one stays."""
        self.calls.append(call)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def events(*of: tuple[str, str]) -> Succeeded:
    """What a calendar lists."""
    return Succeeded({"events": [{"event_title": n, "start_date": "2026-11-21", "time": t} for n, t in of]})


@pytest.mark.proves("D.calendar")
async def test_an_event_is_told_once_when_it_is_soon_and_not_before() -> None:
    calendar = Calendar(TOWN, events(("Standup", "10:00:00"), ("Lunch", "12:00:00"), ("Breakfast", "08:00:00")))
    watch = CalendarWatch(calendar, SystemClock(), lambda: NOW)
    assert await watch.look() == ["Standup begins in 10 minutes."]
    assert await watch.look() == []
    (call, _) = calendar.calls
    assert dict(call.arguments) == {"action": "get_events", "start_date": "2026-11-21"}


@pytest.mark.proves("D.calendar")
async def test_a_calendar_that_is_away_or_none_is_no_word_at_all() -> None:
    away = Calendar(TOWN, Failed(CallError("not_sent", "offline")))
    assert await CalendarWatch(away, SystemClock(), lambda: NOW).look() == []
    none = Calendar(Catalog(()), events())
    assert await CalendarWatch(none, SystemClock(), lambda: NOW).look() == []
    assert none.calls == []


@pytest.mark.proves("D.calendar")
def test_a_calendar_that_can_only_be_written_is_never_called() -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    writing = Tool("office", "create_calendar_event", "Create an event", "Event", schema)  # type: ignore[arg-type]  # plain JSON
    assert calendar_call(Catalog((writing,)), NOW) == (None, {})


def test_items_have_the_name_that_people_would_use_and_all_their_fields() -> None:
    found = items_of({"n": 2, "rows": [{"id": 7, "restaurant_name": "Luigi's"}, "Roma", {"id": 8}]})
    assert [item.name for item in found] == ["Luigi's", "Roma"]
    assert found[0].properties == {"id": 7, "restaurant_name": "Luigi's"}
    assert items_of({"text": "nothing"}) == ()
