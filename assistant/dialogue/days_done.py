"""Answers "what did you do today" from the record of calls, also after a restart.

It does not read the record itself: the entries arrive with the driver's words.
"""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.dialogue.asides import aside
from assistant.dialogue.events import Deed, Event, Heard
from assistant.dialogue.speaking import Step
from assistant.dialogue.state import State
from assistant.understanding.reading import Control
from assistant.wording.dates_and_lists import spoken_time
from assistant.wording.prompts import prompt
from assistant.wording.replies import sentence, tool_title
from assistant.wording.spoken_values import label
from client.schemas.tool_names import parted_name


def tell_deeds(state: State, event: Event) -> Step:
    """Report the calls of the day that the driver asked about, earliest first, then return to the pending question."""
    assert isinstance(event, Heard)
    day = "yesterday" if event.reading.control is Control.DONE_YESTERDAY else "today"
    if event.deeds is None:
        return aside(state, prompt("record_away"), event.at)
    if not event.deeds:
        return aside(state, prompt(f"nothing_{day}"), event.at)
    told = [_told(state, deed) for deed in event.deeds]
    return aside(state, " ".join((prompt(f"done_{day}"), *told)), event.at)


def _told(state: State, deed: Deed) -> str:
    """Return one call in words: the action, the time, and, if its end is unknown, that it is."""
    tool = state.catalog.of(*parted_name(deed.tool))
    name = tool_title(tool) if tool is not None else label(parted_name(deed.tool)[1]).capitalize()
    when = datetime.fromtimestamp(deed.at + state.utc_offset, UTC).time().replace(second=0, microsecond=0)
    doubt = "" if deed.known else f", {prompt('not_known')}"
    return sentence(f"{name}, {spoken_time(when)}{doubt}")
