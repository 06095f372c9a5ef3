"""Transitions for the outcome of a call: it succeeded, failed, was deferred, was lost, or its server asks something.

Every outcome is reported. No call is sent again from here, except one look-up whose values are spelled differently.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue import questions
from assistant.dialogue.events import (
    CallEnded,
    Event,
)
from assistant.dialogue.plans import found_out
from assistant.dialogue.reports import nothing, say_part
from assistant.dialogue.requests import (
    elicit,
    next_request,
    proceed,
    without_consents,
)
from assistant.dialogue.respelling_calls import respelled
from assistant.dialogue.speaking import (
    Step,
    join,
    say,
)
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Earcon, Purpose, Show
from assistant.dialogue.turns import Calling, Reporting, Request
from assistant.policy.consequences import checking_call
from assistant.policy.driving import DrivingState
from assistant.policy.results import items_of
from assistant.policy.timing import (
    MOST_FAILED_LOOK_UPS,
)
from assistant.wording.prompts import prompt
from assistant.wording.replies import (
    answer_parts,
    in_breaths,
    refused,
    report,
    sentence,
    shown_only,
)
from assistant.wording.results.failures import cause
from assistant.wording.spoken_values import SpokenClock
from client.call import CallError, Deferred, Failed, NeedsInput, Outcome, Sent, Succeeded, Unknown
from client.calls.call_effects import has_effects
from client.catalog import Tool

_REFUSED_BY_TOOL = ("tool_error", "invalid_arguments")


def succeeded(state: State, event: Event) -> Step:
    """Report the result, one breath at a time."""
    match state.turn, event:
        case Calling() as under_way, CallEnded(outcome=Succeeded() as outcome):
            tool, remembered = _ended(state, under_way, outcome)
            if tool is None:
                return say(remembered, prompt("done"), Purpose.STATEMENT, turn=Reporting(under_way.request))
            return _result_told(remembered, under_way, tool, outcome, event.at)
        case _:
            return nothing(state, event)


def _result_told(state: State, under_way: Calling, tool: Tool, outcome: Succeeded, at: float) -> Step:
    clock = SpokenClock(at, state.utc_offset)
    if refusal := refused(tool, outcome, clock):
        failure = Failed(CallError("tool_error", refusal, Sent.YES))
        again = respelled(state, under_way, tool, str(outcome.result), at)
        again = again or _look_up_failed(state, under_way.request, tool, failure)
        if again is not None:
            return again
        return _kept_open(state, under_way.request, in_breaths(refusal, state.driving))
    known = found_out(state, tool, outcome.result)
    goal = under_way.request.goal
    if goal is not None:
        return _towards_goal(known, goal, tool, outcome, at)
    listed = items_of(outcome.result) or known.memory.results
    done = replace(known, earlier=(), memory=replace(known.memory, results=listed))
    if tool.trusted and isinstance(outcome.result, dict) and outcome.result.get("visible") is True:
        # The driver sees the effect, so nothing is spoken; a screen or transcript still shows the words.
        shown = in_breaths(report(tool, outcome, state.utc_offset, at), state.driving)[0]
        return join(next_request(done, at), Show(shown), Earcon("done"))
    telling = say_part(done, answer_parts(tool, outcome, clock, state.driving))
    seen = shown_only(tool, outcome, clock) if state.driving is DrivingState.PARKED else ""
    return join(telling, Earcon("done"), *((Show(seen),) if seen else ()))


def _kept_open(state: State, request: Request, parts: tuple[str, ...]) -> Step:
    """Say why a call failed; its request can be changed or tried again."""
    left = replace(state, waiting=without_consents(state.waiting))
    return join(say_part(left, parts, replace(request, call_id="")), Earcon("error"))


def _towards_goal(state: State, goal: Request, tool: Tool, outcome: Succeeded, at: float) -> Step:
    """Go on with the request that needed the look-up. Say the result if it is one thing; if there are several, ask
    which."""
    several = len(items_of(outcome.result) or ()) > 1
    found = "" if several else in_breaths(report(tool, outcome, state.utc_offset, at), state.driving)[0]
    return proceed(state, goal, at, found)


def _look_up_failed(state: State, request: Request, tool: Tool, outcome: Failed) -> Step | None:
    """If the server did not know the value of a look-up, ask for that value again; None if asking cannot help."""
    if request.goal is None or outcome.error.code not in _REFUSED_BY_TOOL:
        return None
    told = next((name for name in reversed(tool.required) if name in request.arguments), "")
    if not told or request.failures >= MOST_FAILED_LOOK_UPS:
        return None
    arguments = {name: value for name, value in request.arguments.items() if name != told}
    given = {name: values for name, values in request.goal.given.items() if name != request.tool}
    again = replace(
        request, arguments=arguments, call_id="", failures=request.failures + 1, goal=replace(request.goal, given=given)
    )
    return join(elicit(state, again, tool, told, cause(outcome.error.message, tool)), Earcon("error"))


def failed(state: State, event: Event) -> Step:
    """Say what went wrong. Ask again for values that the server refused; the request can still be changed."""
    match state.turn, event:
        case Calling() as under_way, CallEnded(outcome=Failed() as outcome):
            tool, remembered = _ended(state, under_way, outcome)
            left = replace(remembered, waiting=without_consents(remembered.waiting))
            if tool is None:
                told = sentence(outcome.error.message)
                return say(left, told, Purpose.STATEMENT, turn=Reporting(under_way.request))
            return _failure_told(left, under_way, tool, outcome, event.at)
        case _:
            return nothing(state, event)


def _failure_told(state: State, under_way: Calling, tool: Tool, outcome: Failed, at: float) -> Step:
    error, request = outcome.error, under_way.request
    again = respelled(state, under_way, tool, error.message, at) if error.code in _REFUSED_BY_TOOL else None
    again = again or _look_up_failed(state, request, tool, outcome)
    if again is not None:
        return again
    names = [name for name in error.names if name in tool.properties]
    if error.code == "invalid_arguments" and names:
        arguments = {name: value for name, value in request.arguments.items() if name not in names}
        open_again = replace(request, arguments=arguments, call_id="")
        return join(elicit(state, open_again, tool, names[0], cause(error.message, tool)), Earcon("error"))
    return _kept_open(state, request, in_breaths(report(tool, outcome, state.utc_offset), state.driving))


def deferred(state: State, event: Event) -> Step:
    """Say that the call is saved and will be sent later."""
    match state.turn, event:
        case Calling() as under_way, CallEnded(outcome=Deferred() as outcome):
            tool, remembered = _ended(state, under_way, outcome)
            text = report(tool, outcome, state.utc_offset) if tool else prompt("kept")
            kept = replace(remembered, earlier=())
            return join(say(kept, text, Purpose.STATEMENT, turn=Reporting()), Earcon("done"))
        case _:
            return nothing(state, event)


def unknown(state: State, event: Event) -> Step:
    """Say that nobody knows how the call ended. Offer to check, if a tool of the same server can tell (promise 2)."""
    match state.turn, event:
        case Calling() as under_way, CallEnded(outcome=Unknown() as outcome):
            tool, remembered = _ended(state, under_way, outcome)
            lost = replace(remembered, earlier=(), waiting=without_consents(remembered.waiting))
            if tool is None:
                return say(lost, prompt("lost"), Purpose.STATEMENT, turn=Reporting())
            text, offer = report(tool, outcome, state.utc_offset), ""
            if checking_call(state.catalog, tool, under_way.call.arguments) is not None:
                text, offer = f"{text} {prompt('check')}", "check"
            return join(say(lost, text, Purpose.STATEMENT, turn=Reporting(offer=offer)), Earcon("error"))
        case _:
            return nothing(state, event)


def input_wanted(state: State, event: Event) -> Step:
    """The server asks for something before the call can go on."""
    match state.turn, event:
        case Calling() as under_way, CallEnded(outcome=NeedsInput() as outcome):
            tool, remembered = _ended(state, under_way, outcome)
            return questions.input_wanted(remembered, under_way, tool, outcome, event.at)
        case _:
            return nothing(state, event)


def _ended(state: State, under_way: Calling, outcome: Outcome) -> tuple[Tool | None, State]:
    """Return the tool that was called, if it still exists, and the state that remembers the outcome of the call."""
    past = replace(state.memory.past, outcome=outcome) if state.memory.past else None
    tool = state.catalog.find(under_way.request.tool)
    done = past if past is not None and (tool is None or has_effects(tool)) else state.memory.done
    return tool, replace(state, memory=replace(state.memory, past=past, done=done), tries=0)


def hold_outcome(state: State, event: Event) -> Step:
    """The driver is speaking, so the outcome is reported when they have finished (V13)."""
    match state.turn, event:
        case Calling() as under_way, CallEnded():
            return replace(state, turn=replace(under_way, held=event)), ()
        case _:
            return nothing(state, event)
