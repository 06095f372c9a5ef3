"""How often tools were executed, by the client's own record: for servers that nobody can look behind.

Counts what a server answered as done, and says where nobody knows. It never takes a missing record for a zero.
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
    """What is known at the end of what a drive brought about."""

    executed: Mapping[str, int]
    """How often each tool did its work."""
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """What the tools changed, by kind of record; empty for a server that nobody can look behind."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Calls by tool of which nobody knows whether they happened."""


async def seen_at_the_end(counterpart: Counterpart | None, timeline: Timeline) -> Seen:
    """Look behind the drive's own server; of another one the client's record tells."""
    if counterpart is not None:
        return Seen(Counter(counterpart.executed()), await counterpart.snapshot())
    done, lost = executed_by_record(timeline)
    return Seen(done, lost=lost)


def executed_by_record(timeline: Timeline) -> tuple[Counter[str], Counter[str]]:
    """Return how often each tool was executed for sure, and how often its answer was lost, by the tool's own name.

    An answer from the cache executed nothing; a call delivered from the outbox did.
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
