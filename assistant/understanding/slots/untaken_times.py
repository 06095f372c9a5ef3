"""Times of day that were said to a tool that takes a day alone: "monday at nine", of a tool with a date.

The driver is told that they are left out. It only finds them and changes no value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assistant.understanding.reading import Span
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind
from assistant.understanding.slots.prepared import PreparedTool


def untaken_time(
    prepared: PreparedTool, entities: Entities, spans: Mapping[str, Span], before_times: Collection[str]
) -> str:
    """Return the time of day that nothing takes although a day was taken, in its own words; "" if there is none.

    `spans` has what was taken, by parameter; `before_times` are words such as "at", which belong to a time.
    """
    kinds = {slot.kind for slot in prepared.slots if ".".join(slot.path) in spans}
    timed = prepared.timed or any(slot.kind is Kind.DATE_TIME for slot in prepared.slots)
    if Kind.DATE not in kinds or timed:
        return ""
    for time in entities.times:
        start, end = entities.words[time.start].start, entities.words[time.end - 1].end
        led = time.start > 0 and entities.lowered[time.start - 1] in before_times
        if (time.sure or led) and not any(span.start < end and start < span.end for span in spans.values()):
            return entities.text[entities.words[time.start - 1].start if led else start : end]
    return ""
