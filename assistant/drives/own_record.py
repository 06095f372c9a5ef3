"""Counts how often tools ran, from the client's own records, for servers whose records cannot be read.

Counts calls that the server answered as done, and lists calls with an unknown outcome. A missing record never counts as
zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.dialogue.events import Delivered
from assistant.drives.parts import Counterpart
from assistant.drives.timeline import Timeline
from client.call import Succeeded, Unknown
from client.schemas.tool_names import parted_name


@dataclass(frozen=True)
class Seen:
    """The known effects of a drive at its end."""

    executed: Mapping[str, int]
    """How often each tool did its work."""
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """What the tools changed, by kind of record; empty if the server's records cannot be read."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """For each tool, the number of calls with an unknown outcome."""


async def seen_at_the_end(counterpart: Counterpart | None, timeline: Timeline) -> Seen:
    """Return the effects: from the drive's own server, or for another server from the client's records."""
    if counterpart is not None:
        return Seen(Counter(counterpart.executed()), await counterpart.snapshot())
    done, lost = executed_by_record(timeline)
    return Seen(done, lost=lost)


def executed_by_record(timeline: Timeline) -> tuple[Counter[str], Counter[str]]:
    """Return, by the tool's own name, how often each tool surely ran and how often its answer was lost.

    Answers from the cache do not count; calls delivered from the outbox do.
    """
    done: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for called in timeline.calls:
        outcome = called.outcome
        if isinstance(outcome, Succeeded) and outcome.attempts and outcome.age is None:
            done[called.call.tool] += 1
        elif isinstance(outcome, Unknown):
            lost[called.call.tool] += 1
    for seen in timeline.steps:
        if isinstance(seen.event, Delivered) and seen.event.succeeded:
            done[parted_name(seen.event.tool)[1]] += 1
    return done, lost
