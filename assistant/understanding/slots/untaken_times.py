"""Times of day that were said to a tool that takes a day alone: "monday at nine", of a tool with a date.

The driver is told that they are left out. It only finds them and changes no value.
"""

from __future__ import annotations

from collections.abc import Collection

from assistant.understanding.reading import Span
from assistant.understanding.slots.candidate import surface
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.slots.prepared import PreparedTool

TIMED = frozenset({Kind.TIME, Kind.DATE_TIME, Kind.RECURRENCE, Kind.DURATION, Kind.INTEGER, Kind.NUMBER})
"""Kinds of parameters that take a time of day, or may mean it."""


def untaken_time(prepared: PreparedTool, entities: Entities, spans: Collection[Span]) -> str:
    """Return the time of day, in its own words, that nothing takes although a day was taken; "" if there is none."""
    kinds = {slot.kind for slot in prepared.slots}
    if Kind.DATE not in kinds or prepared.timed or TIMED & kinds or not entities.days:
        return ""
    for time in entities.times:
        start, end = entities.words[time.start].start, entities.words[time.end - 1].end
        if not any(span.start < end and start < span.end for span in spans):
            return surface(entities, time.start, time.end)
    return ""
