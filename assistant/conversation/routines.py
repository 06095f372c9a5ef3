"""Puts the steps of a routine in its place, so that they are read back as one question and called one by one; and
says of each sentence whether it may become a step of a new one.

A step is a sentence, understood like any other, or a tool with its arguments. A routine of which a step cannot be
understood is not begun at all, and the driver hears which step it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.conversation.routine_book import RoutineBook
from assistant.conversation.routine_tools import DELETE, MAKE, NAME, key_of, said_for, spoken
from assistant.settings.settings import RESERVED_ROUTINES, RoutineStep
from assistant.understanding.answers.dictated_words import free_words
from assistant.understanding.answers.routine_words import RoutineDeed, RoutineWords, SaidOfRoutine
from assistant.understanding.answers.sentence_lists import for_a_sentence, is_asked, sentence_list, told_sentences
from assistant.understanding.beyond import is_vague
from assistant.understanding.language import Language
from assistant.understanding.mood import Mood
from assistant.understanding.reading import Context, Interpretation, NextSentence, Obstacle, Reading
from assistant.understanding.tokens import plain
from client.catalog import Catalog
from client.schemas.tool_names import parted_name, qualified_name

SAID = 0.98
"""Score of a routine that the driver asked for."""
CLEAR, CLEAR_IN_PART = 0.5, 0.3
"""Score from which a sentence is taken as a step, and from which one counts as a step that lacks a value."""
Read = Callable[[Sequence[str], Context], Reading]
"""Returns what a sentence means, offline."""


class Routines:
    """The routines of one driver."""

    def __init__(self, book: RoutineBook, language: Language) -> None:
        self._book = book
        self._words = RoutineWords(language)
        self._no_more = frozenset(plain(words) for words in language.answers["no_more"]["said"])

    def name_told(self, text: str) -> str:
        """Return the name in an answer to the question for a routine's name."""
        return self._words.named(text)

    def expanded(self, reading: Reading, context: Context, catalog: Catalog, read: Read) -> Reading:
        """Return the reading with a routine's steps in place of the routine; unchanged if the words ask for none."""
        if reading.control is not None:
            return reading  # yes, no and stop keep their meaning, even if a routine has such a name
        reading = _one_by_one(reading, context, catalog)
        said = self._words.said(reading.text)
        if said is not None and not self._known(said.name) and not said.surely and _asks_elsewhere(reading):
            return reading  # "make a workout routine" may be another server's
        if said is not None and said.deed is not RoutineDeed.START:
            return self._made_or_deleted(reading, said, catalog)
        reading = self._without_strays(reading)
        if said is None and context.asked and context.asked in reading.changes:
            return reading  # "i'm leaving work" is the message that was asked for
        name = self._known(said.name) if said is not None else self._asked_for(reading)
        if said is not None and not name:
            return _stopped(reading, "no_routine", name=said.name)
        if not name:
            others = [one for one in reading.interpretations if not self._is_routine(one.tool)]
            return replace(reading, interpretations=tuple(others))  # no routine with a merely similar name
        steps: list[Interpretation] = []
        for number, step in enumerate(self._book.routines[name].steps, 1):
            found = _interpreted(step, for_a_sentence(context), catalog, read)
            if isinstance(found, str):
                told = step if isinstance(step, str) else spoken(parted_name(step.tool)[1] or step.tool)
                return _stopped(reading, found, name=spoken(name), number=str(number), step=told)
            steps += [replace(each, then=(), routine=name) for each in (found, *found.then)]
        first = replace(steps[0], then=tuple(steps[1:]), score=SAID)
        return Reading(interpretations=(first,), text=reading.text, opens_request=True)

    def _made_or_deleted(self, reading: Reading, said: SaidOfRoutine, catalog: Catalog) -> Reading:
        """Return the reading with the full name in the request that makes or deletes a routine."""
        tool = qualified_name(NAME, MAKE if said.deed is RoutineDeed.MAKE else DELETE)
        if catalog.find(tool) is None:
            return reading
        best = reading.interpretations[0] if reading.interpretations else None
        wanted, then = said.name, best.then if best is not None and best.tool == tool else ()
        if said.deed is RoutineDeed.DELETE:
            heard = str(best.arguments.get("name", "")) if best is not None and best.tool == tool else ""
            known = self._known(said.name) or self._begun(said.name) or self._known(heard)
            if not known:
                return _stopped(reading, "no_routine", name=said.name)
            wanted, then = spoken(known), then if wanted != spoken(known) else ()
        missing = ("steps",) if said.deed is RoutineDeed.MAKE else ()
        request = Interpretation(tool, {"name": wanted}, missing, SAID, then=then)
        return replace(reading, interpretations=(request,), mood=Mood.DO, opens_request=True)

    def _without_strays(self, reading: Reading) -> Reading:
        """Return the reading without the tools that make, list or delete routines, unless the words speak of a routine.

        "Delete shopping" deletes no routine if none has that name.
        """
        if self._words.names_any(reading.text):
            return reading
        named = [self._known(said.name) for said in self._words.bare(reading.text) if said.deed is RoutineDeed.DELETE]
        gone = next((spoken(name) for name in named if name), "")
        kept = []
        for one in reading.interpretations:
            server, tool = parted_name(one.tool)
            if server != NAME or tool not in RESERVED_ROUTINES:
                kept.append(one)
            elif tool == DELETE and gone:
                kept.append(replace(one, arguments={**one.arguments, "name": gone}, missing=()))
        return replace(reading, interpretations=tuple(kept))

    def _known(self, said: str) -> str:
        """Return the routine of that name; "" if there is none."""
        key = key_of(said)
        return next((name for name in self._book.routines if key and key_of(spoken(name)) == key), "")

    def _begun(self, said: str) -> str:
        """Return the routine whose name begins the words, the longest one; "" if there is none."""
        known = (name for name in self._book.routines if f"{said} ".startswith(f"{spoken(name)} "))
        return max(known, key=len, default="")

    def ends(self, text: str, context: Context, catalog: Catalog) -> bool:
        """Return whether the words say that no more steps follow; a bare "no" does so only after a step."""
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
        whole = isinstance(_interpreted(said, for_a_sentence(context), catalog, read), Interpretation)
        return Reading(text=reading.text, next_sentence=NextSentence(said, "" if whole else "missing"))

    def _is_routine(self, tool: str) -> bool:
        server, name = parted_name(tool)
        return server == NAME and name in self._book.routines

    def _asked_for(self, reading: Reading) -> str:
        """Return the name of the routine that is said by its very words, which may be no order, or asked for; or ""."""
        said = self._words.happening(reading.text)
        for name, routine in self._book.routines.items():
            own = {plain(words) for words in (*said_for(name, routine), spoken(name))}
            if not own.isdisjoint(filter(None, said)):
                return name
        for wanted in self._words.bare(reading.text):
            if wanted.deed is RoutineDeed.START and (name := self._known(wanted.name)):
                return name
        best = reading.interpretations[0].tool if reading.interpretations else ""
        return parted_name(best)[1] if self._is_routine(best) else ""


def _asks_elsewhere(reading: Reading) -> bool:
    """Return whether words clearly ask for a tool that is not of the routines."""
    best = reading.interpretations[0] if reading.interpretations else None
    return best is not None and best.score >= CLEAR and parted_name(best.tool)[0] != NAME


def _stopped(reading: Reading, why: str, **names: str) -> Reading:
    """Return a reading that starts nothing and says why."""
    return Reading(text=reading.text, mood=Mood.DO, obstacle=Obstacle(why, names))


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
    """Return the sentence as it was said, or a saved sentence that sounds nearly the same."""
    best = reading.interpretations[0] if reading.interpretations else None
    name = free_words(catalog.find(best.tool)) if best is not None else ""
    span = best.spans.get(name) if best is not None and best.near else None
    if best is None or span is None:
        return reading.text.strip()
    return f"{reading.text[: span.start]}{best.arguments[name]}{reading.text[span.end :]}".strip()


def _interpreted(step: RoutineStep | str, context: Context, catalog: Catalog, read: Read) -> Interpretation | str:
    """Return the request of a step; if it is incomplete, the name of the sentence that says why."""
    if isinstance(step, str):
        found = read([step], context).interpretations
        best = found[0] if found and not is_vague(found) else None
        if best is None or parted_name(best.tool)[0] == NAME:
            return "step_beyond"
        lacking = any(each.missing or each.invalid for each in (best, *best.then))
        return "step_missing" if lacking else best
    tool = catalog.find(step.tool)
    if tool is None or tool.server == NAME:
        return "step_tool_gone"
    arguments = {**tool.defaults, **step.arguments}
    if any(name not in arguments for name in tool.required):
        return "step_missing"
    return Interpretation(tool.qualified, arguments, (), 1.0)
