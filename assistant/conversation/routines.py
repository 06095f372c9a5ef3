"""Puts the steps of a routine in its place, so that they are read back as one question and called one by one.

A step is a sentence, understood like any other, or a tool with its arguments. A routine of which a step cannot be
understood is not begun at all, and the driver hears which step it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.conversation.routine_server import NAME, said_for
from assistant.settings.settings import RoutineSettings, RoutineStep
from assistant.understanding.mood import Mood
from assistant.understanding.reading import Context, Interpretation, Reading
from assistant.understanding.tokens import plain
from client.catalog import Catalog
from client.schemas.tool_names import parted_name

SAID = 0.98
"""Score of a routine that was asked for."""
Read = Callable[[Sequence[str], Context], Reading]
"""Returns what a sentence means, offline."""


class Routines:
    """The routines of one driver."""

    def __init__(self, routines: Mapping[str, RoutineSettings]) -> None:
        self._routines = routines

    def expanded(self, reading: Reading, context: Context, catalog: Catalog, read: Read) -> Reading:
        """Return the reading with a routine's steps for the routine; the reading itself if it asks for none."""
        if not self._routines:
            return reading
        name = self._asked_for(reading)
        if not name:
            others = [one for one in reading.interpretations if parted_name(one.tool)[0] != NAME]
            return replace(reading, interpretations=tuple(others))  # one that is only near is not offered
        routine = self._routines[name]
        steps: list[Interpretation] = []
        for step in routine.steps:
            found = _interpreted(step, replace(context, asked="", options=(), confirming=False), catalog, read)
            if found is None:
                shown = step if isinstance(step, str) else step.tool
                return replace(reading, interpretations=(), mood=Mood.DO, beyond=shown.replace("_", " "))
            steps += [replace(each, then=(), routine=name) for each in (found, *found.then)]
        first = replace(steps[0], then=tuple(steps[1:]), score=SAID)
        return Reading(interpretations=(first,), text=reading.text, opens_request=True)

    def _asked_for(self, reading: Reading) -> str:
        """Return the name of the routine that is said by its very words, which may be no order, or asked for; or ""."""
        said = plain(reading.text)
        for name, routine in self._routines.items():
            if said and said in {plain(words) for words in said_for(name, routine)}:
                return name
        best = parted_name(reading.interpretations[0].tool) if reading.interpretations else ("", "")
        return best[1] if best[0] == NAME and best[1] in self._routines else ""


def _interpreted(step: RoutineStep | str, context: Context, catalog: Catalog, read: Read) -> Interpretation | None:
    """Return what a step asks for; None if that is not known whole."""
    if isinstance(step, str):
        found = read([step], context).interpretations
        best = found[0] if found else None
        usable = best is not None and not any(each.missing or each.invalid for each in (best, *best.then))
        return best if usable and best is not None and parted_name(best.tool)[0] != NAME else None
    tool = catalog.find(step.tool)
    if tool is None or tool.server == NAME:
        return None
    arguments = {**tool.defaults, **step.arguments}
    missing = any(name not in arguments for name in tool.required)
    return None if missing else Interpretation(tool.qualified, arguments, (), 1.0)
