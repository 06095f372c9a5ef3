"""Puts the steps of a routine in its place, so that they are read back as one question and called one by one; and
says of each sentence whether it may become a step of a new one.

A step is a sentence, understood like any other, or a tool with its arguments. A routine of which a step cannot be
understood is not begun at all, and the driver hears which step it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routine_tools import NAME, key_of, name_in, said_for
from assistant.settings.settings import RoutineStep
from assistant.understanding.answers.dictated_words import free_words
from assistant.understanding.answers.sentence_lists import for_a_sentence, is_asked, sentence_list, told_sentences
from assistant.understanding.beyond import is_vague
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood
from assistant.understanding.reading import Context, Interpretation, NextSentence, Reading
from assistant.understanding.tokens import plain
from client.catalog import Catalog
from client.schemas.tool_names import parted_name

SAID = 0.98
"""Score of a routine that was asked for."""
CLEAR, CLEAR_IN_PART = 0.5, 0.3
"""Score from which a sentence is taken as a step, and from which one counts as a step that lacks a value."""
Read = Callable[[Sequence[str], Context], Reading]
"""Returns what a sentence means, offline."""


class Routines:
    """The routines of one driver."""

    def __init__(self, book: RoutineBook, spoken: Language) -> None:
        self._book = book
        self._no_more = frozenset(plain(words) for words in spoken.answers["no_more"]["said"])

    def expanded(self, reading: Reading, context: Context, catalog: Catalog, read: Read) -> Reading:
        """Return the reading with a routine's steps for the routine; the reading itself if it asks for none."""
        if reading.control is not None:
            return reading  # whatever a routine is called, yes, no and stop stay what they are
        reading = _one_by_one(reading, context, catalog)
        if (wanted := name_in(plain(reading.text))) and key_of(wanted) not in self._book.routines:
            return replace(reading, interpretations=(), mood=Mood.DO, beyond=f"start a routine called {wanted}")
        if not self._book.routines:
            return reading
        name = self._asked_for(reading)
        if not name:
            others = [one for one in reading.interpretations if not self._is_routine(one.tool)]
            return replace(reading, interpretations=tuple(others))  # one that is only near is not offered
        routine = self._book.routines[name]
        steps: list[Interpretation] = []
        for step in routine.steps:
            found = _interpreted(step, for_a_sentence(context), catalog, read)
            if found is None:
                shown = step if isinstance(step, str) else step.tool
                return replace(reading, interpretations=(), mood=Mood.DO, beyond=shown.replace("_", " "))
            steps += [replace(each, then=(), routine=name) for each in (found, *found.then)]
        first = replace(steps[0], then=tuple(steps[1:]), score=SAID)
        return Reading(interpretations=(first,), text=reading.text, opens_request=True)

    def ends(self, text: str, context: Context, catalog: Catalog) -> bool:
        """Return whether words say that no more steps follow; a bare no does so only behind a step."""
        if not is_asked(catalog, context) or plain(text) not in self._no_more:
            return False
        tool = catalog.find(context.pending_tool)
        return bool(told_sentences(tool, context.pending_arguments)) or len(plain(text).split()) > 1

    def next_step(self, reading: Reading, context: Context, catalog: Catalog, read: Read) -> Reading:
        """Return what was said as a step: taken if it can be done as it is; words that steer stay what they are."""
        if reading.next_sentence is not None or reading.control is not None or not reading.text.strip():
            return reading
        said = _as_meant(reading, catalog)
        found = read([said], for_a_sentence(context)).interpretations
        least = CLEAR if found and not found[0].missing else CLEAR_IN_PART
        if not found or is_vague(found) or found[0].score < least or parted_name(found[0].tool)[0] == NAME:
            return Reading(text=reading.text, next_sentence=NextSentence(said, "beyond"))
        whole = _interpreted(said, for_a_sentence(context), catalog, read) is not None
        return Reading(text=reading.text, next_sentence=NextSentence(said, "" if whole else "missing"))

    def _is_routine(self, tool: str) -> bool:
        server, name = parted_name(tool)
        return server == NAME and name in self._book.routines

    def _asked_for(self, reading: Reading) -> str:
        """Return the name of the routine that is said by its very words, which may be no order, or asked for; or ""."""
        said = plain(reading.text)
        for name, routine in self._book.routines.items():
            if said and said in {plain(words) for words in said_for(name, routine)}:
                return name
        best = reading.interpretations[0].tool if reading.interpretations else ""
        return parted_name(best)[1] if self._is_routine(best) else ""


def _one_by_one(reading: Reading, context: Context, catalog: Catalog) -> Reading:
    """Return the reading without steps that were found in the request for a routine, or in an answer about it.

    They are told one after the other, each as a request of its own.
    """
    found = []
    for one in reading.interpretations:
        name = sentence_list(catalog.find(one.tool))
        if name and name in one.arguments and reading.text:
            kept = {key: value for key, value in one.arguments.items() if key != name}
            one = replace(one, arguments=kept, missing=(*one.missing, name))
        found.append(one)
    name = sentence_list(catalog.find(context.pending_tool))
    changes = {key: value for key, value in reading.changes.items() if key != name}
    return replace(reading, interpretations=tuple(found), changes=changes)


def _as_meant(reading: Reading, catalog: Catalog) -> str:
    """Return the sentence as it was said, with a kept sentence in place of words that were heard nearly so."""
    best = reading.interpretations[0] if reading.interpretations else None
    name = free_words(catalog.find(best.tool)) if best is not None else ""
    span = best.spans.get(name) if best is not None and best.near else None
    if best is None or span is None:
        return reading.text.strip()
    return f"{reading.text[: span.start]}{best.arguments[name]}{reading.text[span.end :]}".strip()


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
