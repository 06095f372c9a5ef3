"""Message text that could not be recognized: one correction, then alternatives, and a question once the car is parked.

After two failures McQueen does not guess a third time. It offers the driver's saved sentences, or saves the request on
the device and asks for the text when the vehicle has parked. A saved request is never sent without a read-back and its
yes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.dialogue.asides import close, pending_tool
from assistant.dialogue.events import Heard, Unworded
from assistant.dialogue.speaking import Step, join, say
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Keep, Purpose
from assistant.dialogue.turns import Choosing, Confirming, Option, Request, WayOut
from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.timing import MOST_MISSED_WORDS, MOST_OPTIONS
from assistant.understanding.answers.dictated_words import blank_of, filled, free_words
from assistant.wording.prompts import prompt
from assistant.wording.replies import blanks_worded, way_out_question, ways_out, which_tool
from client.values import JSON

MOST_KEPT = 20
"""Most requests saved at once; the next one replaces the oldest."""


# -- counting --------------------------------------------------------------------------------------------------------


def turned_down(state: State) -> State:
    """Return the state with one more failed read-back: of dictated words, or of words that were corrected."""
    request = state.request
    if request is None or not (request.dictated or request.missed):
        return state
    missed = replace(request, missed=request.missed + 1)
    return replace(state.with_request(missed), memory=replace(state.memory, turned_down=missed))


def corrected(
    state: State, request: Request, event: Heard, changes: dict[str, JSON]
) -> tuple[Request, dict[str, JSON]]:
    """Return the request and the new values. If they hold dictated text, a spoken one is counted as a try, and blanks
    are filled."""
    name = free_words(state.catalog.find(request.tool))
    words = changes.get(name) if name else None
    if not isinstance(words, str):
        return request, changes
    counted = request
    if isinstance(state.turn, Confirming) and not event.typed:
        counted = replace(counted, missed=counted.missed + 1)
    if counted.sentence:
        changes = {**changes, name: filled(counted.sentence, words)}
    dictated = name in event.reading.dictated and not counted.sentence
    return replace(counted, dictated=dictated, sentence=""), changes


# -- ways out --------------------------------------------------------------------------------------------------------


def at_a_loss(state: State, missed: int) -> Step | None:
    """Return the alternatives if the text failed too often by now; None if the driver may still say it again."""
    request = state.request
    if missed < MOST_MISSED_WORDS or request is None or state.plan or not free_words(pending_tool(state)):
        return None
    return way_out(state, request)


def way_out(state: State, request: Request) -> Step:
    """Say honestly that the text cannot be recognized, and offer saved sentences or saving the request."""
    labels = ways_out(bool(state.memory.messages))
    ways = (WayOut.MESSAGES, WayOut.KEEP) if state.memory.messages else (WayOut.KEEP,)
    options = tuple(Option(label, way=way) for label, way in zip(labels, ways, strict=True))
    asking = Choosing(options, request=replace(request, call_id="", consent=None, sentence=""))
    noted = replace(state, memory=replace(state.memory, turned_down=request))
    return say(noted, way_out_question(bool(state.memory.messages)), Purpose.QUESTION, turn=asking)


def take(state: State, request: Request, way: WayOut) -> Step:
    """Do what the driver chose for the request."""
    return _offer_messages(state, request) if way is WayOut.MESSAGES else _keep(state, request)


def _offer_messages(state: State, request: Request) -> Step:
    """Read at most three saved sentences aloud. The chosen one is read back before it is sent, like any other."""
    name = free_words(state.catalog.find(request.tool))
    bare = {key: value for key, value in request.arguments.items() if key != name}
    options = []
    for sentence in state.memory.messages:
        arguments = bare if blank_of(sentence) else {**bare, name: sentence}
        wanted = replace(
            request, arguments=arguments, sentence=sentence if blank_of(sentence) else "", dictated=False, missed=0
        )
        options.append(Option(blanks_worded(sentence), request=wanted))
    few = _that_fit(options, state.driving)
    offered = Choosing(tuple(options[:few]), tuple(options[few:]), request)
    return say(state, which_tool([option.label for option in offered.options]), Purpose.QUESTION, turn=offered)


def _that_fit(options: Sequence[Option], driving: DrivingState) -> int:
    """Return how many of the options one question may hold (V1, V2); at least one."""
    words, most = len(which_tool(["", ""]).split()), LIMITS[driving]
    for number, option in enumerate(options[: min(MOST_OPTIONS, most.options)]):
        words += len(option.label.split())
        if number and words > most.spoken_words:
            return number
    return min(len(options), MOST_OPTIONS, most.options)


def _keep(state: State, request: Request) -> Step:
    number = state.counter + 1
    kept = Request(request.tool, request.arguments, kept=request.kept or f"{state.conversation}-kept-{number}")
    unworded = (*state.backlog.unworded, kept)[-MOST_KEPT:]
    closed = close(
        replace(
            state,
            counter=number,
            memory=replace(state.memory, turned_down=None),
            backlog=replace(state.backlog, unworded=unworded),
        ),
        prompt("words_kept"),
    )
    return join(closed, Keep(Unworded(kept.kept, kept.tool, dict(kept.arguments))))
